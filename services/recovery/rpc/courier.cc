#include "services/recovery/rpc/courier.h"

#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "common/obs/log.h"
#include "services/recovery/domain/notice.h"

namespace tc::recovery {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(5);

absl::StatusOr<std::string> NotMeWay(const CourierParts& parts, const Notice& notice) {
  std::optional<Recovery> recovery;
  TRY(parts.database.View([&](kv::ReadTxn& txn) -> absl::Status {
    recovery = TRY(parts.store.Find(txn, notice.recovery));
    return absl::OkStatus();
  }));
  const bool gives = !parts.not_me_url.empty() && recovery.has_value() && !recovery->not_me_hash.empty() &&
                     HasNotMeWay(notice, recovery->principal);
  return gives ? absl::StrCat(parts.not_me_url, parts.tokens.NotMeOf(recovery->id, recovery->nonce))
               : std::string();
}

absl::Status Notify(const CourierParts& parts, const kv::OutboxRow& row) {
  const absl::Time deadline = parts.clock.Now() + kPatience;
  NoticeMessage message;
  message.notice = TRY(Notice::Decode(row.payload));
  message.link = TRY(NotMeWay(parts, message.notice));
  if (message.notice.about.has_value()) {
    const std::optional<KnownAccount> about = TRY(parts.identity.Lookup(message.notice.about, deadline));
    if (about.has_value()) message.masked_person = about->masked_name;
  }
  const bool told = TRY(parts.identity.Notify(message, row.request_id, deadline));
  if (!told) obs::Warning("nobody can be told", {{"notice", row.id}});
  return absl::OkStatus();
}

}  // namespace

std::string FreezeOrder::Encode() const {
  return absl::StrCat(account.text(), "|", absl::ToUnixMicros(until));
}

absl::StatusOr<FreezeOrder> FreezeOrder::Decode(absl::string_view text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '|');
  int64_t us = 0;
  if (parts.size() != 2 || !absl::SimpleAtoi(parts[1], &us))
    return absl::DataLossError("an unreadable order");
  return FreezeOrder{AccountId::FromTrusted(parts[0]), absl::FromUnixMicros(us)};
}

std::map<std::string, kv::OutboxHandler> CourierHandlers(const CourierParts& parts) {
  return {
      {kNoticeRow, [parts](const kv::OutboxRow& row) { return Notify(parts, row); }},
      {kCancelVerificationRow,
       [parts](const kv::OutboxRow& row) {
         return parts.otp.Cancel(VerificationId::FromTrusted(row.payload), row.request_id,
                                 parts.clock.Now() + kPatience);
       }},
      {kFreezeRow,
       [parts](const kv::OutboxRow& row) -> absl::Status {
         const FreezeOrder order = TRY(FreezeOrder::Decode(row.payload));
         return parts.identity.Freeze(order.account, order.until, row.request_id,
                                      parts.clock.Now() + kPatience);
       }},
  };
}

}  // namespace tc::recovery
