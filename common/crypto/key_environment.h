#pragma once

// Keys from the environment, where no files can be mounted: TC_KEY_<PURPOSE>__<KID> holds 64 hexadecimal
// characters; the purpose in upper case with '-' and '.' as '_', the kid as it is ("TC_KEY_SEAL__k000001").
// Not thread-safe: called before the first thread is started.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/crypto/key_set.h"

namespace tc::crypto {

// The keys of these purposes. Every variable TC_KEY_* is overwritten and taken out of the environment,
// whatever comes of it, so that neither /proc nor a child process shows a key. FAILED_PRECONDITION naming the
// variable when it belongs to none of the purposes or is no key; INVALID_ARGUMENT when two purposes would
// read the same variables.
absl::StatusOr<RawKeys> TakeKeysFromEnvironment(const std::vector<std::string>& purposes);

}  // namespace tc::crypto
