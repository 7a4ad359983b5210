#pragma once

// PasswordHasher: Argon2id on the pool of hashing threads, never inside a transaction (PWD-05, PWD-09). Every
// question about a password costs one hashing at least, also when there is nothing to compare with (IDN-10).
// Thread-safe. Every method: RESOURCE_EXHAUSTED / OVERLOADED with RetryInfo when the pool is full.

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/secret.h"
#include "common/crypto/hash_pool.h"
#include "common/crypto/password_hash.h"
#include "common/env/random.h"

namespace tc::identity {

struct PasswordVerdict {
  bool matched = false;
  std::optional<Secret>
      renewed;  // the same password under today's parameters, when they were weaker (PWD-08)
};

class PasswordHasher {
 public:
  // Hashes once, to have something to compare with for unknown accounts.
  static absl::StatusOr<PasswordHasher> Create(crypto::HashPool& pool, const crypto::Argon2Params& params,
                                               Random& random);

  // The mutant: no work where there is nothing to compare with, which tells who is unknown. For tests.
  static absl::StatusOr<PasswordHasher> CreateWithoutDummyForTest(crypto::HashPool& pool,
                                                                  const crypto::Argon2Params& params,
                                                                  Random& random);

  absl::StatusOr<Secret> Hash(const Secret& password) const;
  // `phc` may be empty: then nothing matches, after the same work.
  absl::StatusOr<PasswordVerdict> Verify(const Secret& password, const Secret& phc) const;
  absl::StatusOr<bool> MatchesAny(const Secret& password, const std::vector<Secret>& phcs) const;

 private:
  PasswordHasher(crypto::HashPool& pool, const crypto::Argon2Params& params, Random& random)
      : pool_(&pool), params_(params), random_(&random) {}

  crypto::HashPool* pool_;
  crypto::Argon2Params params_;
  Random* random_;
  Secret dummy_;  // empty in the mutant only
};

}  // namespace tc::identity
