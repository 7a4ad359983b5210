#include "services/identity/rpc/effects.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/identity/rpc/phone_import.h"
#include "services/identity/rpc/zones.h"
#include "services/identity/store/notices.h"

namespace tc::identity {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(5);

absl::Status ExpireLock(kv::Txn& txn, const Desk& desk, const kv::Timer& timer, absl::Time now) {
  std::optional<Account> account = TRY(desk.accounts.Find(txn, AccountId::FromTrusted(timer.subject)));
  if (!account.has_value() || !account->lock.has_value() || now < account->lock->until)
    return absl::OkStatus();
  account->lock.reset();
  const Account saved = TRY(desk.accounts.Update(txn, *account, now));
  return desk.Record(txn, TheClock(now), saved, "AccountUnlocked");
}

absl::Status ExpireFreeze(kv::Txn& txn, const Desk& desk, const kv::Timer& timer, absl::Time now) {
  std::optional<Account> account = TRY(desk.accounts.Find(txn, AccountId::FromTrusted(timer.subject)));
  if (!account.has_value()) return absl::OkStatus();
  const auto over = [&](const std::optional<absl::Time>& until) {
    return until.has_value() && now >= *until;
  };
  const bool danger = over(account->danger_freeze_until);
  const bool owner = over(account->owner_freeze_until);
  if (!danger && !owner) return absl::OkStatus();
  if (danger) account->danger_freeze_until.reset();
  if (owner) account->owner_freeze_until.reset();
  const Account saved = TRY(desk.accounts.Update(txn, *account, now));
  return desk.Record(txn, TheClock(now), saved, "AccountUnfrozen");
}

absl::Status ForgetPhone(kv::Txn& txn, const Desk& desk, const kv::Timer& timer, absl::Time now) {
  const std::optional<OwnedPhone> phone = TRY(desk.phones.Find(txn, TRY(ParsePhoneName(timer.subject))));
  if (!phone.has_value() || phone->state != PhoneState::kPending || phone->PendingAt(now))
    return absl::OkStatus();
  return desk.phones.Delete(txn, *phone);
}

absl::Status BindPhoneInTime(kv::Txn& txn, const Desk& desk, const kv::Timer& timer, absl::Time now) {
  return BindScheduled(txn, desk, TRY(ParsePhoneName(timer.subject)), now);
}

absl::Status ForgetEmail(kv::Txn& txn, const Desk& desk, const kv::Timer& timer, absl::Time now) {
  const AccountId account = AccountId::FromTrusted(timer.subject);
  const std::optional<PendingEmail> pending = TRY(desk.pending_emails.Find(txn, account));
  if (!pending.has_value() || pending->PendingAt(now)) return absl::OkStatus();
  return desk.pending_emails.Erase(txn, account);
}

absl::Status WarnOfExpiry(kv::Txn& txn, const Desk& desk, const kv::Timer& timer, absl::Time now) {
  const std::pair<absl::string_view, absl::string_view> subject = absl::StrSplit(timer.subject, '/');
  const AccountId id = AccountId::FromTrusted(std::string(subject.first));
  const std::optional<Account> account = TRY(desk.accounts.Find(txn, id));
  if (!account.has_value() || account->deleted) return absl::OkStatus();
  const StoredCredential credential = TRY(desk.credentials.Get(txn, id));
  const absl::Time expiry = PasswordExpiry(credential.set_at, desk.policy.password);
  // Another password by now, or another policy.
  if (absl::StrCat(credential.version) != subject.second || now >= expiry || expiry == absl::InfiniteFuture())
    return absl::OkStatus();
  const SecuritySettings settings = TRY(desk.preferences.Get(txn, id));
  const Delivery delivery =
      AsChosen(NoticeTo(NoticeKind::kPasswordExpires, *account, TRY(desk.phones.List(txn, id))), settings,
               ZoneOf(settings, desk.zone), now);
  return EnqueueNotice(txn, desk.vault, delivery.notice, now, delivery.not_before);
}

absl::Status SendNotice(OtpPeer& otp, const Vault& vault, const kv::OutboxRow& row, absl::Time now) {
  const absl::StatusOr<Notice> notice = NoticeFrom(row, vault);
  if (HasReason(notice.status(), Reason::kAccountDeleted)) return absl::OkStatus();  // nobody to tell
  TRY(notice.status());
  const std::string& id = notice->id.empty() ? row.request_id : notice->id;
  return otp.Notify(*notice, id, row.request_id, now + kPatience);
}

absl::Status ForgetProof(kv::Txn& txn, const Desk& desk, const kv::Timer& timer, absl::Time) {
  return desk.credentials.ForgetProof(txn, timer.subject);
}

// A purge asks no record and may take minutes: it is an effect, not a transaction.
absl::Status EnqueuePurge(kv::Txn& txn, const Desk&, const kv::Timer& timer, absl::Time) {
  kv::OutboxRow row;
  row.kind = timer.kind;
  if (timer.kind == kPurgeKeys) row.order_key = kPurgeKeys;
  return txn.Enqueue(std::move(row));
}

}  // namespace

std::map<std::string, kv::OutboxHandler> OutboxHandlers(OtpPeer& otp, const Vault& vault, const Clock& clock,
                                                        const Purges& purges) {
  return {
      {kNotify,
       [&otp, &vault, &clock](const kv::OutboxRow& row) -> absl::Status {
         return SendNotice(otp, vault, row, clock.Now());
       }},
      {kCancelVerification,
       [&otp, &clock](const kv::OutboxRow& row) -> absl::Status {
         return otp.Cancel(VerificationId::FromTrusted(row.payload), row.request_id, clock.Now() + kPatience);
       }},
      {kDestroyKey,
       [&vault, &clock](const kv::OutboxRow& row) -> absl::Status {
         return vault.people().Destroy(AccountId::FromTrusted(row.payload), clock.Now());
       }},
      {kPurgeKeys, [&purges](const kv::OutboxRow&) -> absl::Status { return purges.keys(); }},
      {kPurgeStore, [&purges](const kv::OutboxRow&) -> absl::Status { return purges.store(); }},
  };
}

std::map<std::string, kv::TimerHandler> TimerHandlers(const Desk& desk) {
  using Effect = absl::Status (*)(kv::Txn&, const Desk&, const kv::Timer&, absl::Time);
  const auto bind = [&desk](Effect effect) -> kv::TimerHandler {
    return [effect, &desk](kv::Txn& txn, const kv::Timer& timer, absl::Time now) {
      return effect(txn, desk, timer, now);
    };
  };
  return {
      {kExpireLock, bind(ExpireLock)},
      {kWarnOfExpiry, bind(WarnOfExpiry)},
      {kExpireFreeze, bind(ExpireFreeze)},
      {kForgetPhone, bind(ForgetPhone)},
      {kBindScheduledPhone, bind(BindPhoneInTime)},
      {kForgetEmail, bind(ForgetEmail)},
      {Credentials::kForgetProof, bind(ForgetProof)},
      {kPurgeKeys, bind(EnqueuePurge)},
      {kPurgeStore, bind(EnqueuePurge)},
  };
}

}  // namespace tc::identity
