#pragma once

// Argon2id, PHC string format (PWD-05, PWD-06). About 140 ms and 64 MiB a call with the defaults: never on a
// request or writer thread; see HashPool. Thread-safe.

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/secret.h"

namespace tc::crypto {

struct Argon2Params {
  uint32_t memory_kib = 65536;  // floor 19456
  uint32_t passes = 3;          // floor 2
  uint32_t lanes = 1;
};

// `salt`: 16 random bytes. INTERNAL when the library refuses.
absl::StatusOr<Secret> HashPassword(const Secret& password, absl::string_view salt,
                                    const Argon2Params& params);
// False for a wrong password and for a string that is no PHC string.
bool VerifyPassword(const Secret& password, const Secret& phc);
// True when `phc` was made with weaker parameters than `params` (PWD-08).
bool NeedsRehash(const Secret& phc, const Argon2Params& params);

}  // namespace tc::crypto
