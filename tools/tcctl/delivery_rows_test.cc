#include "tools/tcctl/delivery_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tc::ctl {
namespace {

namespace pb = trustedcontact::otp::v1;
namespace type = trustedcontact::type::v1;

using ::testing::HasSubstr;
using ::testing::Not;

pb::Delivery MovedOn() {
  pb::Delivery delivery;
  delivery.set_name("deliveries/d1");
  delivery.set_state(pb::Delivery::STATE_DELIVERED);
  delivery.set_parent("verifications/v1");
  delivery.set_channel(type::CHANNEL_SMS);
  delivery.set_masked_address("+7 9** ***-**-67");
  delivery.set_template_("CODE_RECOVERY_CLAIM");
  delivery.mutable_create_time()->set_seconds(1772452800);
  pb::DeliveryAttempt& first = *delivery.add_attempts();
  first.set_provider("operator-a");
  first.set_outcome("TIMEOUT");
  pb::DeliveryAttempt& second = *delivery.add_attempts();
  second.set_provider("operator-b");
  second.set_outcome("ACCEPTED");
  second.set_receipt(pb::RECEIPT_OUTCOME_DELIVERED);
  return delivery;
}

TEST(RenderDeliveries, IsARowForEachWithAllItsAttempts) {
  const std::string table = RenderDeliveries({MovedOn(), pb::Delivery()}, Format::kTable);
  for (const char* text : {"delivery", "attempts", "deliveries/d1", "DELIVERED", "SMS", "+7 9** ***-**-67",
                           "CODE_RECOVERY_CLAIM", "verifications/v1", "2026-03-02T12:00:00Z",
                           "operator-a TIMEOUT, operator-b ACCEPTED DELIVERED"}) {
    EXPECT_THAT(table, HasSubstr(text));
  }
  EXPECT_THAT(table, Not(HasSubstr("UNSPECIFIED")));
  EXPECT_THAT(RenderDeliveries({}, Format::kTable), HasSubstr("(empty)"));
}

TEST(RenderDeliveries, IsTheContractsListAsJson) {
  const std::string json = RenderDeliveries({MovedOn()}, Format::kJson);
  EXPECT_THAT(json, HasSubstr("\"masked_address\": \"+7 9** ***-**-67\""));
  EXPECT_THAT(json, HasSubstr("\"RECEIPT_OUTCOME_DELIVERED\""));
}

}  // namespace
}  // namespace tc::ctl
