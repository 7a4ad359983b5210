#include "services/identity/rpc/convert_security.h"

#include <algorithm>

#include "absl/strings/strip.h"
#include "common/base/status.h"
#include "services/identity/rpc/parts.h"
#include "services/identity/rpc/zones.h"

namespace tc::identity {
namespace {

namespace type = ::trustedcontact::type::v1;

constexpr size_t kMostReason = 200;

AccountId AccountOf(const std::string& name, Mistakes& mistakes) {
  return mistakes.Take(AccountId::ParseName(name, "account"));
}

SecuritySettings SettingsOf(const pb::SecuritySettings& in) {
  SecuritySettings settings;
  settings.second_factor = static_cast<SecondFactor>(in.second_factor());
  settings.channels.clear();
  for (const int channel : in.channels()) settings.channels.push_back(static_cast<CodeChannel>(channel));
  settings.first_hour = in.first_hour();
  settings.last_hour = in.last_hour();
  settings.least_importance = static_cast<Importance>(in.least_importance());
  settings.sign_in_notices = in.sign_in_notices();
  settings.time_zone = in.time_zone();
  return settings;
}

// What is wrong with the named values, with the machine's zones in view.
std::vector<FieldViolation> MistakesIn(const SecuritySettings& wanted, const std::set<std::string>& fields) {
  std::vector<FieldViolation> violations = MistakesOf(wanted, fields);
  const std::string& zone = wanted.time_zone;
  const bool asked = fields.contains("time_zone") && !zone.empty();
  // Only a name of the right form is looked for among the machine's files.
  if (asked && MistakesOf(wanted, {"time_zone"}).empty() && !ZoneNamed(zone).has_value())
    violations.push_back(TimeZoneUnknown());
  return violations;
}

std::set<std::string> FieldsOf(const google::protobuf::FieldMask& mask, Mistakes& mistakes) {
  const std::vector<std::string>& known = SettingsFields();
  if (mask.paths().empty()) return {known.begin(), known.end()};
  std::set<std::string> fields;
  for (const std::string& path : mask.paths()) {
    if (std::find(known.begin(), known.end(), path) != known.end()) {
      fields.insert(path);
    } else {
      mistakes.Add("update_mask", "MASK_PATH_UNKNOWN", "one of the paths is no setting");
    }
  }
  return fields;
}

}  // namespace

absl::StatusOr<OwnOrder> Parse(const pb::EnrollTotpRequest& in) {
  Mistakes mistakes;
  OwnOrder order{AccountOf(in.account(), mistakes), ClientOf(in.client(), mistakes)};
  TRY(mistakes.status());
  return order;
}

absl::StatusOr<AppCode> Parse(const pb::ConfirmTotpRequest& in) {
  Mistakes mistakes;
  AppCode order;
  order.account = AccountOf(in.account(), mistakes);
  order.code = CodeOf(in.code(), mistakes);
  order.client = ClientOf(in.client(), mistakes);
  TRY(mistakes.status());
  return order;
}

absl::StatusOr<AppCode> Parse(const pb::DisableTotpRequest& in, rpc::Role caller) {
  Mistakes mistakes;
  const bool officer = caller != rpc::Role::kPortal;
  AppCode order;
  order.account = AccountOf(in.account(), mistakes);
  if (!officer) order.code = CodeOf(in.code(), mistakes);
  if (officer && !in.code().empty())
    mistakes.Add("code", "CODE_NOT_ALLOWED", "only the owner of the app has its codes");
  order.reason = TextOf(in.reason(), kMostReason, officer, "reason", mistakes);
  order.client = ClientOf(in.client(), mistakes);
  TRY(mistakes.status());
  return order;
}

absl::StatusOr<SecondStep> Parse(const pb::VerifySecondFactorRequest& in) {
  Mistakes mistakes;
  SecondStep step;
  step.account = AccountOf(in.account(), mistakes);
  step.send_sms = in.send_sms();
  if (!step.send_sms) {
    step.code = CodeOf(in.code(), mistakes);
  } else if (!in.code().empty()) {
    mistakes.Add("code", "CODE_NOT_ALLOWED", "either send a code or check one");
  }
  if (!in.phone().empty() && !step.send_sms) {
    mistakes.Add("phone", "PHONE_NOT_ALLOWED", "a number is named when a code is sent");
  } else if (!in.phone().empty()) {
    const PhoneName name = mistakes.Take(ParsePhoneName(in.phone(), "phone"));
    if (name.account != step.account) mistakes.Add("phone", "NAME_INVALID", "a number of the same account");
    step.phone = name.phone;
  }
  step.client = ClientOf(in.client(), mistakes);
  step.code_client = CodeClientOf(in.client(), step.client);
  TRY(mistakes.status());
  return step;
}

absl::StatusOr<AccountId> ParseSettingsName(absl::string_view name, absl::string_view field) {
  if (!absl::ConsumeSuffix(&name, "/securitySettings"))
    return InvalidField(field, "NAME_INVALID", "a name has the form accounts/{id}/securitySettings");
  return AccountId::ParseName(name, field);
}

absl::StatusOr<SettingsOrder> Parse(const pb::UpdateSecuritySettingsRequest& in) {
  SettingsOrder order;
  Mistakes& mistakes = order.mistakes;
  order.account = mistakes.Take(ParseSettingsName(in.settings().name(), "settings.name"));
  order.wanted = SettingsOf(in.settings());
  order.fields = FieldsOf(in.update_mask(), mistakes);
  for (const FieldViolation& v : MistakesIn(order.wanted, order.fields))
    mistakes.Add(v.field, v.reason, v.description);
  order.client = ClientOf(in.client(), mistakes);
  if (!order.account.has_value()) TRY(mistakes.status());
  return order;
}

absl::StatusOr<ReasonedOrder> Parse(const pb::RequirePasswordChangeRequest& in) {
  Mistakes mistakes;
  ReasonedOrder order{AccountOf(in.account(), mistakes),
                      TextOf(in.reason(), kMostReason, true, "reason", mistakes)};
  TRY(mistakes.status());
  return order;
}

pb::SecuritySettings ToProto(const SecuritySettings& settings, const AccountId& account) {
  pb::SecuritySettings out;
  out.set_name(account.Name() + "/securitySettings");
  out.set_second_factor(static_cast<pb::SecondFactor>(settings.second_factor));
  for (const CodeChannel channel : settings.channels) out.add_channels(static_cast<type::Channel>(channel));
  out.set_first_hour(settings.first_hour);
  out.set_last_hour(settings.last_hour);
  out.set_least_importance(static_cast<pb::Importance>(settings.least_importance));
  out.set_sign_in_notices(settings.sign_in_notices);
  out.set_time_zone(settings.time_zone);
  return out;
}

}  // namespace tc::identity
