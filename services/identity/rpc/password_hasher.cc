#include "services/identity/rpc/password_hasher.h"

#include "common/base/status.h"

namespace tc::identity {
namespace {

constexpr size_t kSaltBytes = 16;

}  // namespace

absl::StatusOr<PasswordHasher> PasswordHasher::Create(crypto::HashPool& pool,
                                                      const crypto::Argon2Params& params, Random& random) {
  PasswordHasher hasher(pool, params, random);
  hasher.dummy_ = TRY(hasher.Hash(Secret(random.Bytes(kSaltBytes))));
  return hasher;
}

absl::StatusOr<PasswordHasher> PasswordHasher::CreateWithoutDummyForTest(crypto::HashPool& pool,
                                                                         const crypto::Argon2Params& params,
                                                                         Random& random) {
  return PasswordHasher(pool, params, random);
}

absl::StatusOr<Secret> PasswordHasher::Hash(const Secret& password) const {
  const std::string salt = random_->Bytes(kSaltBytes);
  absl::StatusOr<Secret> phc = absl::InternalError("the password was not hashed");
  TRY(pool_->Run([&] { phc = crypto::HashPassword(password, salt, params_); }));
  return phc;
}

absl::StatusOr<PasswordVerdict> PasswordHasher::Verify(const Secret& password, const Secret& phc) const {
  PasswordVerdict verdict;
  const std::string salt = random_->Bytes(kSaltBytes);
  TRY(pool_->Run([&] {
    verdict.matched = crypto::VerifyPassword(password, phc.empty() ? dummy_ : phc) && !phc.empty();
    if (!verdict.matched || !crypto::NeedsRehash(phc, params_)) return;
    absl::StatusOr<Secret> renewed = crypto::HashPassword(password, salt, params_);
    if (renewed.ok()) verdict.renewed = *std::move(renewed);
  }));
  return verdict;
}

absl::StatusOr<bool> PasswordHasher::MatchesAny(const Secret& password,
                                                const std::vector<Secret>& phcs) const {
  bool found = false;
  TRY(pool_->Run([&] {
    for (const Secret& phc : phcs) found = crypto::VerifyPassword(password, phc) || found;
  }));
  return found;
}

}  // namespace tc::identity
