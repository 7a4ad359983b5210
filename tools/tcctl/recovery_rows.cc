#include "tools/tcctl/recovery_rows.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/tcctl/rows.h"

namespace tc::ctl {

namespace {

namespace pb = trustedcontact::recovery::v1;

constexpr char kStatePrefix[] = "RECOVERY_STATE_";

std::string StateOf(const pb::RecoverySummary& recovery) {
  return ShortName(pb::RecoveryState_Name(recovery.state()), kStatePrefix, recovery.state());
}

std::string WhyOf(const pb::RecoverySummary& recovery) {
  return absl::StrCat(
      ShortName(pb::HoldReason_Name(recovery.hold_reason()), "HOLD_REASON_", recovery.hold_reason()),
      ShortName(pb::RejectReason_Name(recovery.reject_reason()), "REJECT_REASON_", recovery.reject_reason()),
      ShortName(pb::Canceller_Name(recovery.canceller()), "CANCELLER_", recovery.canceller()));
}

std::string UntilOf(const pb::RecoverySummary& recovery) {
  return recovery.has_end_time()      ? TimeText(recovery.end_time())
         : recovery.has_expire_time() ? TimeText(recovery.expire_time())
                                      : "";
}

using Fields = std::vector<std::pair<std::string, std::string>>;

Fields RowOf(const pb::RecoverySummary& recovery) {
  return {{"recovery", recovery.name()},
          {"state", StateOf(recovery)},
          {"principal", recovery.principal()},
          {"contact", recovery.contact()},
          {"created", recovery.has_create_time() ? TimeText(recovery.create_time()) : ""},
          {"until", UntilOf(recovery)},
          {"why", WhyOf(recovery)}};
}

Fields FieldsOf(const pb::RecoverySummary& recovery) {
  Fields fields = RowOf(recovery);
  const pb::InPersonWay& way = recovery.in_person();
  fields.insert(fields.end(),
                {{"officer", way.officer()},
                 {"visit", way.visit()},
                 {"confirm from", way.has_confirm_allowed_time() ? TimeText(way.confirm_allowed_time()) : ""},
                 {"second officer", way.second_officer()},
                 {"second visit", way.second_visit()},
                 {"comment", recovery.operator_comment()}});
  return fields;
}

std::string Named(absl::string_view text, absl::string_view collection) {
  return absl::StartsWith(text, collection) ? std::string(text) : absl::StrCat(collection, text);
}

}  // namespace

std::string RenderRecoveries(const Summaries& recoveries, Format format) {
  if (format == Format::kJson) {
    pb::ListRecoveriesResponse list;
    list.mutable_recoveries()->Assign(recoveries.begin(), recoveries.end());
    return ContractJson(list);
  }
  if (recoveries.empty()) return Render("{}", format);
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const pb::RecoverySummary& recovery : recoveries) {
    nlohmann::ordered_json& row = rows.emplace_back();
    for (const auto& [name, value] : RowOf(recovery)) row[name] = value.empty() ? "-" : value;
  }
  return Render(nlohmann::ordered_json{{"recoveries", rows}}.dump(), format);
}

std::string RenderRecovery(const pb::RecoverySummary& recovery, Format format) {
  if (format == Format::kJson) return ContractJson(recovery);
  nlohmann::ordered_json row;
  for (const auto& [name, value] : FieldsOf(recovery)) {
    if (!value.empty()) row[name] = value;
  }
  return Render(row.dump(), format);
}

absl::StatusOr<pb::RecoveryState> ParseState(absl::string_view text) {
  const std::string name = Named(absl::AsciiStrToUpper(text), kStatePrefix);
  pb::RecoveryState state = pb::RECOVERY_STATE_UNSPECIFIED;
  if (pb::RecoveryState_Parse(name, &state) && state != pb::RECOVERY_STATE_UNSPECIFIED) return state;
  std::vector<std::string> known;
  for (int i = 1; i <= pb::RecoveryState_MAX; ++i)
    known.push_back(ShortName(pb::RecoveryState_Name(i), kStatePrefix, i));
  return absl::InvalidArgumentError(
      absl::StrCat(text, " is no state; there are ", absl::StrJoin(known, ", ")));
}

std::string RecoveryName(absl::string_view text) { return Named(text, "assignedRecoveries/"); }
std::string AccountName(absl::string_view text) { return Named(text, "accounts/"); }

absl::StatusOr<std::string> ParseHash(absl::string_view text) {
  const bool hex = text.size() == 64 && text.find_first_not_of("0123456789abcdefABCDEF") == text.npos;
  if (!hex) return absl::InvalidArgumentError("a capability's hash has 64 hexadecimal digits");
  return absl::HexStringToBytes(text);
}

}  // namespace tc::ctl
