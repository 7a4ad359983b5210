#pragma once

// Checkpoints: what a service signs of its audit log from time to time (LOG-05), in the formats of C2SP
// (signed-note, tlog-checkpoint). Whoever keeps one outside holds the service to everything before it.
//
//   trusted-contact/linking/5f0c…      origin: the log of one store of one service; visible ASCII without "+"
//   1024                               entries
//   CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2   root hash, base64
//   previous NLMBd…                    SHA-256 of the text of the checkpoint before, base64; absent in the
//   first
//
//   — trusted-contact/linking/5f0c… Az3…   Ed25519 over the text up to here, after four bytes that tell the
//   key
//
// Pure; no I/O.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/audit/merkle.h"
#include "common/crypto/signature.h"

namespace tc::audit {

struct Checkpoint {
  std::string origin;
  uint64_t size = 0;
  Hash root;
  Hash previous;  // empty in the first
  friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

std::string OriginOf(absl::string_view service, absl::string_view store_uid);
// What is signed.
std::string TextOf(const Checkpoint& checkpoint);
// What the next checkpoint names as `previous`.
Hash HashOf(const Checkpoint& checkpoint);

// "<name>+<hash>+<key>": how a key that verifies is written down and compared.
class VerifierKey {
 public:
  static VerifierKey Of(absl::string_view name, const crypto::PrivateKey& key);
  // INVALID_ARGUMENT when it is none, or no Ed25519 key, or its hash does not fit.
  static absl::StatusOr<VerifierKey> Parse(absl::string_view text);

  std::string Text() const;
  const std::string& name() const { return name_; }
  // Four bytes.
  const std::string& hash() const { return hash_; }
  bool Verify(absl::string_view message, absl::string_view signature) const;
  friend bool operator==(const VerifierKey& a, const VerifierKey& b) { return a.Text() == b.Text(); }

 private:
  VerifierKey(absl::string_view name, std::string bytes, crypto::PublicKey key);

  std::string name_;
  std::string bytes_;
  std::string hash_;
  crypto::PublicKey key_;
};

// The signed note. The key's name is the origin.
std::string Sign(const Checkpoint& checkpoint, const crypto::PrivateKey& key);
// The checkpoint that a note says, without a look at its signatures. INVALID_ARGUMENT when it is no note of a
// checkpoint, in every letter as Sign writes it.
absl::StatusOr<Checkpoint> ReadUnverified(absl::string_view note);
// The checkpoint, if one of `keys` has signed it: PERMISSION_DENIED when none has; INVALID_ARGUMENT as above.
absl::StatusOr<Checkpoint> Verify(absl::string_view note, const std::vector<VerifierKey>& keys);

}  // namespace tc::audit
