#pragma once

// A file of an operator on which security rests: what is judged is what is read, since a path may lead
// elsewhere a moment later. Thread-safe.

#include <string>

#include "absl/status/statusor.h"
#include "common/base/secret.h"

namespace tc::crypto {

enum class Guard {
  kSecret,  // as a key file: nobody else may read it (IsPrivate in key_files.h)
  kPublic,  // everybody may read it and not everybody write it, for whoever writes it decides whom we believe
};

// The whole file, at most 4 MiB. FAILED_PRECONDITION naming it when it cannot be read, is no plain file or is
// not guarded so.
absl::StatusOr<Secret> ReadGuarded(const std::string& path, Guard guard);

}  // namespace tc::crypto
