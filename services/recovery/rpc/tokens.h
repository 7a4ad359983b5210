#pragma once

// Tokens: everything that is derived by a key outside the database. Capability and grant come from a
// recovery's random nonce, so that they can be given again without being kept; ids of steps come from what
// the step is, so that a repeated step is the same step. Immutable, thread-safe.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/hmac.h"
#include "common/crypto/keyring.h"
#include "common/rpc/call.h"
#include "services/recovery/domain/recovery.h"

namespace tc::recovery {

class Tokens {
 public:
  // Key purposes "token" and "index". NOT_FOUND names the missing one.
  static absl::StatusOr<Tokens> Create(const crypto::Keyring& keys);

  // The public id of the recovery that this call starts: the same for the same call repeated.
  PublicId IdOf(const rpc::Call& call) const;
  // 256 bits as 43 characters; the last part of recoveries/{capability}. Not of a recovery in person: there
  // the principal's own device has made it.
  std::string CapabilityOf(const PublicId& id, const std::string& nonce) const;
  // 256 bits as 43 characters.
  std::string GrantOf(const Recovery& recovery) const;
  // 128 bits: short enough for a message, good for one cancellation only.
  static constexpr size_t kNotMeLength = 22;  // characters
  std::string NotMeOf(const PublicId& id, const std::string& nonce) const;
  // What is stored of each of them: SHA-256.
  static std::string HashOf(absl::string_view token);
  // A UUID that depends on all fields and the key: codes may be among them.
  std::string StepId(const Recovery& recovery, const std::vector<std::string>& fields) const;
  // Blind index of an address or identifier; empty for an empty text.
  std::string IndexOf(absl::string_view text) const;

 private:
  Tokens(crypto::KeyedHash token, crypto::KeyedHash index)
      : token_(std::move(token)), index_(std::move(index)) {}
  std::string Derive(const std::vector<absl::string_view>& fields) const;

  crypto::KeyedHash token_;
  crypto::KeyedHash index_;
};

}  // namespace tc::recovery
