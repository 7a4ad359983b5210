#pragma once

// Key files: one file a key, "<purpose>.<kid>.key", 64 hexadecimal characters and an optional line end. A
// purpose consists of [a-z0-9._-], a kid of [A-Za-z0-9_-], at most 64 each. Mode 0400 or 0600; 0440 and 0640
// only where the file's group is one that this process runs under, as Kubernetes mounts a secret with
// fsGroup: a file that others may read is refused (CFG-02). Names that begin with ".." are passed over: a
// mounted secret has such links of its own. Thread-safe, also across processes.

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/crypto/key_set.h"
#include "common/env/random.h"

namespace tc::crypto {

// FAILED_PRECONDITION when the directory cannot be read, or a file is readable by others, malformed, of the
// wrong length, a placeholder (all bytes equal) or not named as above; names the file.
absl::StatusOr<RawKeys> ReadKeyFiles(const std::string& dir);

// Whether a key file of this mode and group keeps strangers out, for a process of the groups `own`.
bool IsPrivate(mode_t mode, gid_t group, const std::vector<gid_t>& own);
// The groups that this process runs under.
std::vector<gid_t> OwnGroups();

// The key that the text is, or FAILED_PRECONDITION naming `source` and not the text.
absl::StatusOr<Secret> DecodeKey(const std::string& source, absl::string_view text);

bool IsPurpose(absl::string_view text);
bool IsKid(absl::string_view text);

// Writes a fresh key file "<purpose>.<kid>.key" (mode 0600) where `dir` has none for the purpose; existing
// keys stay. Makes `dir` (mode 0700) when it is absent. Durable on return.
absl::Status EnsureKey(const std::string& dir, absl::string_view purpose, Random& random);

// Rotation: writes a further key, newer than all that `dir` has for the purpose, and returns its kid
// ("k000002"). Running services make with it once they have read their keys anew (Keyring::Reload).
// FAILED_PRECONDITION when a kid of the purpose was chosen by hand and sorts after "k…".
absl::StatusOr<std::string> AddKey(const std::string& dir, absl::string_view purpose, Random& random);

// Removes a key file that is not needed any more; absent ones are removed already. FAILED_PRECONDITION when
// it is the newest of its purpose: something is always made with that one.
absl::Status RemoveKey(const std::string& dir, absl::string_view purpose, absl::string_view kid);

}  // namespace tc::crypto
