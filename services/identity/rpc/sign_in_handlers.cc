// Sign-in (I6, I7, R11, IDN-10 to IDN-12). Hashing happens before the transaction, which takes its result
// only when the password is still the one that was compared with. Every answer, also that for an unknown
// account, costs one hashing and one commit, that of the answer itself, and takes the same time beside the
// hashing. Every refused one is noted for the audit log alike, which enters a count of them later and names
// nobody; only one that was counted is an entry of its own account, too.

#include "services/identity/rpc/sign_in_handlers.h"

#include <chrono>
#include <thread>

#include "common/base/status.h"

namespace tc::identity {
namespace {

using Steady = std::chrono::steady_clock;

// All but the hashing takes so long, or longer: reading and writing what there is about a known account must
// not show. More than a commit commonly takes; a slower one hides it by itself.
constexpr Steady::duration kAllElse = std::chrono::milliseconds(5);

}  // namespace

absl::StatusOr<pb::VerifyPasswordResponse> SignInHandlers::SettleSignIn(
    kv::Txn& txn, const SignInStep& step, const StoredCredential& seen,
    const PasswordVerdict& verdict) const {
  pb::VerifyPasswordResponse out;
  if (!seen.has_password()) return out;
  const absl::Time now = step.call.now;
  Entrance entrance = TRY(LoadEntrance(txn, desk_, seen.account, step.marks, now));
  if (entrance.gate == SignInGate::kClosed) return out;
  entrance.credential = TRY(SameCredential(txn, desk_, seen));
  if (!verdict.matched) {
    TRY(RefuseSignIn(txn, desk_, step, entrance, "PASSWORD"));
    return out;
  }
  StoredCredential& credential = entrance.credential;
  if (verdict.renewed.has_value()) credential.phc = *verdict.renewed;
  const SecondFactor factor = entrance.settings.second_factor;
  if (factor == SecondFactor::kNone) {
    out.set_new_device(TRY(CompleteSignIn(txn, desk_, step, entrance)));
  } else {
    credential.passed_at = now;
    TRY(desk_.credentials.Put(txn, credential));
    out.set_second_factor_required(true);
    out.set_second_factor(static_cast<pb::SecondFactor>(factor));
  }
  const absl::Time expiry = PasswordExpiry(credential.set_at, desk_.policy.password);
  out.set_verified(true);
  out.set_account(seen.account.Name());
  out.set_password_expired(now >= expiry || credential.change_required);
  if (expiry != absl::InfiniteFuture()) SetTime(out.mutable_password_expire_time(), expiry);
  // Past a lock it is the state beneath: the lock is not this person's.
  Account account = entrance.dossier.account;
  account.lock.reset();
  out.set_state(static_cast<pb::AccountState>(StateAt(account, now)));
  return out;
}

absl::StatusOr<pb::VerifyPasswordResponse> SignInHandlers::VerifyPassword(
    const rpc::Call& call, const pb::VerifyPasswordRequest& in) {
  if (std::optional<pb::VerifyPasswordResponse> earlier =
          TRY(desk_.once.Replay<pb::VerifyPasswordResponse>(call))) {
    return *std::move(earlier);
  }
  const Steady::time_point begin = Steady::now();
  const PasswordClaim claim = TRY(Parse(in));
  StoredCredential seen;  // without a password for who is unknown
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    const std::optional<AccountId> account = TRY(desk_.Resolve(txn, claim.who));
    if (account.has_value()) seen = TRY(desk_.credentials.Get(txn, *account));
    return absl::OkStatus();
  }));
  const Steady::time_point before = Steady::now();
  const PasswordVerdict verdict = TRY(desk_.hasher.Verify(claim.password, seen.phc));
  const Steady::duration hashing = Steady::now() - before;
  const SignInStep step{call, claim.client, desk_.MarksOf(seen.account, claim.client),
                        desk_.random.Digits(8)};
  absl::StatusOr<pb::VerifyPasswordResponse> out = desk_.once.Run<pb::VerifyPasswordResponse>(
      call, [&](kv::Txn& txn) -> absl::StatusOr<pb::VerifyPasswordResponse> {
        return SettleSignIn(txn, step, seen, verdict);
      });
  // Whoever was meant, and whether or not he is known: with more than the count the log would tell who
  // exists.
  if (out.ok() && !out->verified())
    desk_.refusals.Note(call, call.method, absl::UnauthenticatedError("a sign-in was refused"));
  std::this_thread::sleep_until(begin + hashing + kAllElse);
  return out;
}

}  // namespace tc::identity
