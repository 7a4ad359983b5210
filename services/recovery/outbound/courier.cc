#include "services/recovery/outbound/courier.h"

#include <utility>

#include "common/base/status.h"
#include "common/obs/log.h"
#include "services/recovery/domain/notice.h"

namespace tc::recovery {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(5);

absl::Status Tell(IdentityPeer& identity, OtpPeer& otp, const kv::OutboxRow& row, absl::Time deadline) {
  NoticeMessage message;
  message.notice = TRY(Notice::Decode(row.payload));
  const std::optional<KnownAccount> receiver = TRY(identity.Lookup(message.notice.receiver, deadline));
  if (!receiver.has_value() || (!receiver->phone.has_value() && receiver->email.empty())) {
    obs::Warning("nobody can be told", {{"notice", message.notice.id}});
    return absl::OkStatus();
  }
  message.phone = receiver->phone;
  message.email = receiver->email;
  message.locale = receiver->locale;
  if (message.notice.about.has_value()) {
    const std::optional<KnownAccount> about = TRY(identity.Lookup(message.notice.about, deadline));
    if (about.has_value()) message.masked_person = about->masked_name;
  }
  return otp.Notify(message, row.request_id, deadline);
}

}  // namespace

std::map<std::string, kv::OutboxHandler> CourierHandlers(IdentityPeer& identity, OtpPeer& otp,
                                                         const Clock& clock) {
  return {
      {kNoticeRow,
       [&](const kv::OutboxRow& row) { return Tell(identity, otp, row, clock.Now() + kPatience); }},
      {kCancelVerificationRow,
       [&](const kv::OutboxRow& row) {
         return otp.Cancel(VerificationId::FromTrusted(row.payload), row.request_id, clock.Now() + kPatience);
       }},
  };
}

}  // namespace tc::recovery
