#include "services/recovery/rpc/identity_news.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/obs/log.h"
#include "services/recovery/domain/account_news.h"
#include "services/recovery/rpc/recorder.h"

namespace tc::recovery {
namespace {

std::optional<Happening> HappeningOf(const rpc::FollowedEvent& event) {
  const auto when = [&](const char* attribute, const char* value, Happening happening) {
    return event.Attribute(attribute) == value ? std::optional(happening) : std::nullopt;
  };
  if (event.type == "PhoneBound" || event.type == "PhoneReleased")
    return when("kind", "MAIN", Happening::kPhoneChanged);
  if (event.type == "AccountUpdated") return when("confirmation_lost", "true", Happening::kConfirmationLost);
  if (event.type == "EmailBound" || event.type == "EmailReleased") return Happening::kEmailChanged;
  if (event.type == "AccountBlocked") return Happening::kBlocked;
  if (event.type == "AccountFrozen") return Happening::kFrozen;
  if (event.type == "AccountDeleted") return Happening::kErased;
  return std::nullopt;
}

// Those in which the account takes part, on either side, ended ones too.
absl::StatusOr<std::vector<Recovery>> AllOf(kv::ReadTxn& txn, const RecoveryStore& store,
                                            const AccountId& account) {
  std::vector<Recovery> all;
  const auto take = [&](absl::string_view, const Recovery& recovery) {
    all.push_back(recovery);
    return true;
  };
  TRY(store.ScanOwn(txn, account, "", take));
  TRY(store.ScanAssigned(txn, account, "", take));
  return all;
}

// The open ones. His own is at most one.
absl::StatusOr<std::vector<Recovery>> OpenOf(kv::ReadTxn& txn, const RecoveryStore& store,
                                             const AccountId& account) {
  std::vector<Recovery> open;
  const auto take = [&](const Recovery& recovery) {
    if (!IsFinal(recovery.state)) open.push_back(recovery);
  };
  const PublicId own = TRY(store.LedgerOf(txn, account)).open;
  if (own.has_value()) {
    const std::optional<Recovery> recovery = TRY(store.Find(txn, own));
    if (recovery.has_value()) take(*recovery);
  }
  TRY(store.ScanAssigned(txn, account, "", [&](absl::string_view, const Recovery& recovery) {
    take(recovery);
    return true;
  }));
  return open;
}

absl::Status Apply(kv::Txn& txn, const RecoveryStore& store, const AccountNews& news, absl::Time now) {
  for (const Recovery& recovery : TRY(OpenOf(txn, store, news.account)))
    TRY(Record(txn, store, recovery, AfterNews(recovery, news, now), now));
  if (news.what != Happening::kErased) return absl::OkStatus();
  // After the end of the open ones has been recorded: what ended keeps ids, times and states only.
  for (const Recovery& recovery : TRY(AllOf(txn, store, news.account)))
    TRY(Record(txn, store, recovery, WithoutDataOf(recovery, news.account), now));
  return txn.Forget(news.account.text(), now);
}

}  // namespace

rpc::EventHandler IdentityNews(const RecoveryStore& store, const Clock& clock) {
  return [&store, &clock](kv::Txn& txn, const rpc::FollowedEvent& event) -> absl::Status {
    const std::optional<Happening> what = HappeningOf(event);
    if (!what.has_value()) return absl::OkStatus();
    const absl::StatusOr<AccountId> account = AccountId::Parse(event.Attribute("account"));
    if (!account.ok()) {
      obs::Warning("an event of identity names no account", {{"type", event.type}});
      return absl::OkStatus();
    }
    return Apply(txn, store, {*account, *what, event.at}, clock.Now());
  };
}

std::vector<std::string> IdentityNewsTypes() {
  return {"PhoneBound",     "PhoneReleased", "EmailBound",     "EmailReleased",
          "AccountBlocked", "AccountFrozen", "AccountDeleted", "AccountUpdated"};
}

}  // namespace tc::recovery
