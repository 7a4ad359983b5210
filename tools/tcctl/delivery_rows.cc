#include "tools/tcctl/delivery_rows.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/tcctl/rows.h"

namespace tc::ctl {

namespace {

namespace pb = trustedcontact::otp::v1;
namespace type = trustedcontact::type::v1;

std::string AttemptText(const pb::DeliveryAttempt& attempt) {
  std::vector<std::string> words = {
      attempt.provider(), attempt.outcome(),
      ShortName(pb::ReceiptOutcome_Name(attempt.receipt()), "RECEIPT_OUTCOME_", attempt.receipt())};
  std::erase(words, "");
  return absl::StrJoin(words, " ");
}

nlohmann::ordered_json RowOf(const pb::Delivery& delivery) {
  const std::string attempts = absl::StrJoin(
      delivery.attempts(), ", ",
      [](std::string* out, const auto& attempt) { absl::StrAppend(out, AttemptText(attempt)); });
  nlohmann::ordered_json row = {
      {"delivery", delivery.name()},
      {"state", ShortName(pb::Delivery::State_Name(delivery.state()), "STATE_", delivery.state())},
      {"channel", ShortName(type::Channel_Name(delivery.channel()), "CHANNEL_", delivery.channel())},
      {"to", delivery.masked_address()},
      {"template", delivery.template_()},
      {"parent", delivery.parent()},
      {"created", delivery.has_create_time() ? TimeText(delivery.create_time()) : ""},
      {"attempts", attempts}};
  for (auto& value : row) {
    if (value.get_ref<const std::string&>().empty()) value = "-";
  }
  return row;
}

}  // namespace

std::string RenderDeliveries(const Deliveries& deliveries, Format format) {
  if (format == Format::kJson) {
    pb::ListDeliveriesResponse list;
    list.mutable_deliveries()->Assign(deliveries.begin(), deliveries.end());
    return ContractJson(list);
  }
  if (deliveries.empty()) return Render("{}", format);
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const pb::Delivery& delivery : deliveries) rows.push_back(RowOf(delivery));
  return Render(nlohmann::ordered_json{{"deliveries", rows}}.dump(), format);
}

}  // namespace tc::ctl
