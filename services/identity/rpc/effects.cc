#include "services/identity/rpc/effects.h"

#include "common/base/status.h"
#include "services/identity/store/accounts.h"
#include "services/identity/store/credentials.h"
#include "services/identity/store/journal.h"
#include "services/identity/store/notices.h"
#include "services/identity/store/phones.h"

namespace tc::identity {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(5);

// The clock has ended something: `what` in the journal and to those who follow.
absl::Status Ended(kv::Txn& txn, const Vault& vault, const Account& account, const char* what,
                   absl::Time now) {
  JournalEntry entry;
  entry.type = what;
  entry.at = now;
  entry.actor = "clock";
  TRY(Journal(vault).Append(txn, account.id, entry));
  kv::Event event;
  event.type = what;
  event.resource = account.id.Name();
  event.attributes = {{"account", account.id.text()}};
  event.at = now;
  return txn.Emit(std::move(event));
}

absl::Status ExpireLock(kv::Txn& txn, const Vault& vault, const kv::Timer& timer, absl::Time now) {
  const Accounts accounts(vault);
  std::optional<Account> account = TRY(accounts.Find(txn, AccountId::FromTrusted(timer.subject)));
  if (!account.has_value() || !account->lock.has_value() || now < account->lock->until)
    return absl::OkStatus();
  account->lock.reset();
  const Account saved = TRY(accounts.Update(txn, *account, now));
  return Ended(txn, vault, saved, "AccountUnlocked", now);
}

absl::Status ExpireFreeze(kv::Txn& txn, const Vault& vault, const kv::Timer& timer, absl::Time now) {
  const Accounts accounts(vault);
  std::optional<Account> account = TRY(accounts.Find(txn, AccountId::FromTrusted(timer.subject)));
  if (!account.has_value()) return absl::OkStatus();
  const auto over = [&](const std::optional<absl::Time>& until) {
    return until.has_value() && now >= *until;
  };
  const bool danger = over(account->danger_freeze_until);
  const bool owner = over(account->owner_freeze_until);
  if (!danger && !owner) return absl::OkStatus();
  if (danger) account->danger_freeze_until.reset();
  if (owner) account->owner_freeze_until.reset();
  const Account saved = TRY(accounts.Update(txn, *account, now));
  return Ended(txn, vault, saved, "AccountUnfrozen", now);
}

absl::Status ForgetPhone(kv::Txn& txn, const Vault& vault, const kv::Timer& timer, absl::Time now) {
  const Phones phones(vault);
  const std::optional<OwnedPhone> phone = TRY(phones.Find(txn, TRY(ParsePhoneName(timer.subject))));
  if (!phone.has_value() || phone->state != PhoneState::kPending || phone->PendingAt(now))
    return absl::OkStatus();
  return phones.Delete(txn, *phone);
}

}  // namespace

std::map<std::string, kv::OutboxHandler> OutboxHandlers(OtpPeer& otp, const Vault& vault,
                                                        const Clock& clock) {
  return {
      {kNotify,
       [&otp, &vault, &clock](const kv::OutboxRow& row) -> absl::Status {
         return otp.Notify(TRY(NoticeFrom(row, vault)), row.request_id, row.request_id,
                           clock.Now() + kPatience);
       }},
      {kCancelVerification,
       [&otp, &clock](const kv::OutboxRow& row) -> absl::Status {
         return otp.Cancel(VerificationId::FromTrusted(row.payload), row.request_id, clock.Now() + kPatience);
       }},
  };
}

std::map<std::string, kv::TimerHandler> TimerHandlers(const Vault& vault) {
  using Effect = absl::Status (*)(kv::Txn&, const Vault&, const kv::Timer&, absl::Time);
  const auto bind = [&vault](Effect effect) -> kv::TimerHandler {
    return [effect, &vault](kv::Txn& txn, const kv::Timer& timer, absl::Time now) {
      return effect(txn, vault, timer, now);
    };
  };
  return {
      {kExpireLock, bind(ExpireLock)},
      {kExpireFreeze, bind(ExpireFreeze)},
      {kForgetPhone, bind(ForgetPhone)},
      {Credentials::kForgetProof, [&vault](kv::Txn& txn, const kv::Timer& timer, absl::Time) -> absl::Status {
         return Credentials(vault).ForgetProof(txn, timer.subject);
       }}};
}

}  // namespace tc::identity
