#include "services/identity/rpc/convert_peers.h"

#include "common/base/link.h"
#include "common/base/mistakes.h"
#include "common/base/status.h"
#include "services/identity/domain/guarded.h"
#include "services/identity/rpc/parts.h"

namespace tc::identity {
namespace {

constexpr size_t kPassportDigits = 10;
constexpr size_t kSeriesDigits = 4;
constexpr size_t kMostMask = 64;

AccountId AccountOf(const std::string& name, absl::string_view field, Mistakes& mistakes) {
  return mistakes.Take(AccountId::ParseName(name, field));
}

Document PassportOf(absl::string_view digits, Mistakes& mistakes) {
  Document shown;
  shown.type = DocumentType::kRfPassport;
  const bool whole = digits.size() == kPassportDigits;
  if (whole) {
    shown.series = std::string(digits.substr(0, kSeriesDigits));
    shown.number = std::string(digits.substr(kSeriesDigits));
  }
  if (!whole || !CheckDocumentNumber(shown.type, shown.series, shown.number, "passport").ok())
    mistakes.Add("passport", "PASSPORT_FORMAT", "series and number of a passport are ten digits");
  return shown;
}

}  // namespace

absl::StatusOr<Comparison> Parse(const pb::CompareAccountsRequest& in) {
  Mistakes mistakes;
  Comparison comparison{AccountOf(in.principal(), "principal", mistakes),
                        AccountOf(in.contact(), "contact", mistakes)};
  TRY(mistakes.status());
  return comparison;
}

absl::StatusOr<DocumentQuestion> Parse(const pb::CheckDocumentRequest& in) {
  Mistakes mistakes;
  DocumentQuestion question{AccountOf(in.account(), "account", mistakes),
                            PassportOf(in.passport(), mistakes)};
  TRY(mistakes.status());
  return question;
}

absl::StatusOr<PeerNotice> Parse(const pb::NotifyPersonRequest& in) {
  Mistakes mistakes;
  PeerNotice notice;
  notice.account = AccountOf(in.account(), "account", mistakes);
  const std::optional<NoticeKind> kind = PeersKind(static_cast<int>(in.template_()));
  if (!kind.has_value()) mistakes.Add("template", "TEMPLATE_NOT_ALLOWED", "say one of a peer's own");
  notice.kind = kind.value_or(notice.kind);
  const auto& given = in.parameters();
  notice.masked_person =
      TextOf(given.masked_person(), kMostMask, false, "parameters.masked_person", mistakes);
  notice.link = mistakes.Take(ParseLink(given.link(), "parameters.link"));
  if (!notice.link.empty() && !MayHoldLink(notice.kind))
    mistakes.Add("parameters.link", "PARAMETER_NOT_ALLOWED", "this template holds no link");
  if (!given.masked_address().empty())
    mistakes.Add("parameters.masked_address", "PARAMETER_NOT_ALLOWED", "no address of anybody is told");
  TRY(mistakes.status());
  return notice;
}

absl::StatusOr<PermitOrder> Parse(const pb::PermitPhoneChangeRequest& in, absl::Time now) {
  Mistakes mistakes;
  PermitOrder order{AccountOf(in.account(), "account", mistakes), TimeOf(in.expire_time())};
  if (!in.has_expire_time()) {
    mistakes.Add("expire_time", "TIME_MISSING", "say until when the permit is good");
  } else if (order.until <= now) {
    mistakes.Add("expire_time", "TIME_PAST", "the end of the permit is in the past");
  } else if (TooFarAhead(order.until, kLongestPermit, now)) {
    mistakes.Add("expire_time", "TIME_TOO_FAR", "a permit ends within 15 minutes");
  }
  TRY(mistakes.status());
  return order;
}

}  // namespace tc::identity
