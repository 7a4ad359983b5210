#include "services/otp/rpc/delivery_handlers.h"

#include <gtest/gtest.h>

#include <set>

#include "absl/strings/match.h"
#include "common/testing/status.h"
#include "services/otp/rpc/desk_testing.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using testing::FromPeer;
using testing::IsOk;
using testing::Refused;
using testing::Violates;
namespace type = ::trustedcontact::type::v1;

pb::SendNotificationRequest Notice(const std::string& id = "n1") {
  pb::SendNotificationRequest request;
  request.set_notification_id(id);
  request.set_template_(pb::TEMPLATE_RECOVERY_STARTED);
  request.add_recipients()->set_phone(kPhone);
  request.add_recipients()->set_email("ivan@example.ru");
  request.set_locale(pb::LOCALE_EN);
  request.set_importance(pb::IMPORTANCE_SECURITY);
  return request;
}

rpc::Call FromGateway(const Bench& bench) {
  rpc::Call call = FromPeer(rpc::Role::kGateway, "sms", bench.clock.Now());
  return call;
}
rpc::Call FromOperator(const Bench& bench) {
  return FromPeer(rpc::Role::kOperator, "olga", bench.clock.Now());
}

pb::Delivery Get(Bench& bench, const std::string& name) {
  pb::GetDeliveryRequest request;
  request.set_name(name);
  return *bench.deliveries.GetDelivery(bench.From(), request);
}

TEST(SendNotification, GoesToEveryRecipient) {
  Bench bench;
  ASSERT_OK_AND_ASSIGN(const pb::SendNotificationResponse sent,
                       bench.deliveries.SendNotification(bench.From(), Notice()));
  ASSERT_EQ(sent.deliveries_size(), 2);
  EXPECT_EQ(sent.deliveries(0).state(), pb::Delivery::STATE_QUEUED);
  EXPECT_EQ(sent.deliveries(0).masked_address(), "+7 9** ***-**-67");
  EXPECT_EQ(sent.deliveries(1).channel(), type::CHANNEL_EMAIL);
  EXPECT_EQ(sent.deliveries(1).parent(), "notifications/n1");
  EXPECT_EQ(sent.deliveries(1).template_(), "RECOVERY_STARTED");
  EXPECT_EQ(bench.Dispatch(), 2);
  ASSERT_EQ(bench.provider.sent().size(), 2u);
  EXPECT_EQ(bench.provider.sent()[0].text.body,
            "Account recovery has started. Not you? Cancel it in your account.");
  EXPECT_EQ(bench.provider.sent()[1].text.subject, "Security notice");
  EXPECT_EQ(Get(bench, sent.deliveries(0).name()).state(), pb::Delivery::STATE_ACCEPTED);
}

TEST(SendNotification, HappensOnceForItsIdWhateverTheRequest) {
  Bench bench;
  ASSERT_OK_AND_ASSIGN(const auto first, bench.deliveries.SendNotification(bench.From(), Notice()));
  bench.Dispatch();
  bench.clock.Advance(absl::Hours(48));
  ASSERT_OK_AND_ASSIGN(const auto second, bench.deliveries.SendNotification(bench.From(), Notice()));
  EXPECT_EQ(second.deliveries(0).name(), first.deliveries(0).name());
  EXPECT_EQ(second.deliveries(0).state(), pb::Delivery::STATE_ACCEPTED);
  EXPECT_EQ(bench.Dispatch(), 0);
  ASSERT_OK_AND_ASSIGN(const auto another,
                       bench.deliveries.SendNotification(bench.From("linking"), Notice()));
  EXPECT_NE(another.deliveries(0).name(), first.deliveries(0).name()) << "an id belongs to its caller";
}

TEST(SendNotification, NamesEveryMistakeAtOnce) {
  Bench bench;
  pb::SendNotificationRequest request;
  request.set_notification_id("");
  request.add_recipients()->set_phone("+7 916 123 45 67");
  request.add_recipients();
  request.mutable_parameters()->set_masked_person("<b>");
  request.mutable_parameters()->set_masked_address("#");
  const auto refused = bench.deliveries.SendNotification(bench.From(), request);
  EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kFieldInvalid));
  std::vector<std::string> fields;
  for (const FieldViolation& v : ViolationsOf(refused.status())) fields.push_back(v.field);
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre("notification_id", "template", "recipients[0].phone",
                                                      "recipients[1]", "parameters.masked_person",
                                                      "parameters.masked_address"));
  request.clear_recipients();
  EXPECT_THAT(bench.deliveries.SendNotification(bench.From(), request), Violates("RECIPIENTS_COUNT"));
}

TEST(SendNotification, NeverTextsAnInvitation) {  // SND-07
  Bench bench;
  pb::SendNotificationRequest request = Notice();
  request.set_template_(pb::TEMPLATE_INVITATION_RECEIVED);
  EXPECT_THAT(bench.deliveries.SendNotification(bench.From(), request),
              Refused(kFailedPrecondition, Reason::kChannelNotAvailable));
  request.mutable_recipients()->DeleteSubrange(0, 1);
  EXPECT_THAT(bench.deliveries.SendNotification(bench.From(), request), IsOk());
}

TEST(SendNotification, CarriesALinkSealed) {  // NTF-02
  Bench bench;
  const std::string link = "https://my.example/stop/c2VjcmV0";
  pb::SendNotificationRequest request = Notice();
  request.mutable_parameters()->set_link(link);
  ASSERT_THAT(bench.deliveries.SendNotification(bench.From(), request), IsOk());
  std::string dump;
  ASSERT_THAT(bench.database->View([&](kv::ReadTxn& txn) -> absl::Status {
    return txn.Scan("", std::string(8, '\xff'), [&](absl::string_view, absl::string_view value) {
      absl::StrAppend(&dump, value);
      return true;
    });
  }),
              IsOk());
  EXPECT_FALSE(absl::StrContains(dump, "my.example"));
  EXPECT_FALSE(absl::StrContains(dump, "c2VjcmV0"));
  bench.Dispatch();
  for (const Message& message : bench.provider.sent())
    EXPECT_EQ(message.text.body, "Account recovery started. Not you? " + link);
}

TEST(SendNotification, TakesALinkInTheTemplatesOfARecoveryThatCanBeStoppedOnly) {
  Bench bench;
  for (int number = pb::Template_MIN + 1; number <= pb::Template_MAX; ++number) {
    if (number == pb::TEMPLATE_INVITATION_RECEIVED) continue;
    pb::SendNotificationRequest request = Notice(absl::StrCat("n", number));
    request.set_template_(static_cast<pb::Template>(number));
    request.mutable_parameters()->set_link("https://my.example/x");
    const auto sent = bench.deliveries.SendNotification(bench.From(), request);
    const bool may = number == pb::TEMPLATE_RECOVERY_STARTED || number == pb::TEMPLATE_RECOVERY_APPROVED ||
                     number == pb::TEMPLATE_RECOVERY_HELD || number == pb::TEMPLATE_RECOVERY_IN_PERSON;
    if (may) {
      EXPECT_THAT(sent, IsOk()) << number;
    } else {
      EXPECT_THAT(sent, Violates("LINK_NOT_ALLOWED")) << number;
    }
  }
  pb::SendNotificationRequest request = Notice();
  request.mutable_parameters()->set_link("http://my.example/x");
  EXPECT_THAT(bench.deliveries.SendNotification(bench.From(), request), Violates("LINK_INVALID"));
}

TEST(SendNotification, NeverSpeaksAnInvitation) {  // L3
  Bench bench;
  pb::SendNotificationRequest request = Notice();
  request.set_template_(pb::TEMPLATE_INVITATION_RECEIVED);
  request.mutable_recipients()->DeleteSubrange(1, 1);
  request.mutable_recipients(0)->set_channel(type::CHANNEL_VOICE);
  EXPECT_THAT(bench.deliveries.SendNotification(bench.From(), request),
              Refused(kFailedPrecondition, Reason::kChannelNotAvailable));
}

TEST(SendNotification, RefusesAWayThatTheAddressDoesNotHave) {
  Bench bench;
  pb::SendNotificationRequest request = Notice();
  request.mutable_recipients(0)->set_channel(type::CHANNEL_EMAIL);
  EXPECT_THAT(bench.deliveries.SendNotification(bench.From(), request),
              Refused(kFailedPrecondition, Reason::kChannelNotAvailable));
}

TEST(Templates, HaveTheNamesAndNumbersOfTheContract) {
  const auto& contract = *pb::Template_descriptor();
  ASSERT_EQ(static_cast<size_t>(contract.value_count()), AllTemplates().size() + 1);
  for (size_t i = 0; i < AllTemplates().size(); ++i) {
    const auto* value = contract.FindValueByNumber(static_cast<int>(i + 1));
    ASSERT_NE(value, nullptr);
    EXPECT_EQ(value->name(), absl::StrCat("TEMPLATE_", TemplateName(AllTemplates()[i])));
  }
}

TEST(States, HaveTheNamesAndNumbersOfTheContract) {
  for (int i = 0; i <= static_cast<int>(VerificationState::kCancelled); ++i) {
    EXPECT_EQ(pb::Verification::State_Name(i + 1),
              absl::StrCat("STATE_", StateName(static_cast<VerificationState>(i))));
  }
  for (int i = 0; i <= static_cast<int>(DeliveryState::kUnknown); ++i) {
    EXPECT_EQ(pb::Delivery::State_Name(i + 1),
              absl::StrCat("STATE_", StateName(static_cast<DeliveryState>(i))));
  }
  for (int i = 0; i <= static_cast<int>(Purpose::kSecondFactor); ++i) {
    EXPECT_EQ(pb::Purpose_Name(i + 1), absl::StrCat("PURPOSE_", PurposeName(static_cast<Purpose>(i))));
  }
  for (int i = 0; i <= static_cast<int>(Channel::kPush); ++i) {
    EXPECT_EQ(type::Channel_Name(i + 1), absl::StrCat("CHANNEL_", ChannelName(static_cast<Channel>(i))));
  }
}

// --- Reading ---

TEST(GetDelivery, IsForItsSenderAndOperators) {
  Bench bench;
  ASSERT_OK_AND_ASSIGN(const auto sent, bench.deliveries.SendNotification(bench.From(), Notice()));
  pb::GetDeliveryRequest request;
  request.set_name(sent.deliveries(0).name());
  EXPECT_THAT(bench.deliveries.GetDelivery(bench.From(), request), IsOk());
  EXPECT_THAT(bench.deliveries.GetDelivery(FromOperator(bench), request), IsOk());
  EXPECT_THAT(bench.deliveries.GetDelivery(bench.From("linking"), request),
              Refused(kNotFound, Reason::kNotFound));
  request.set_name("deliveries/absent");
  EXPECT_THAT(bench.deliveries.GetDelivery(bench.From(), request), Refused(kNotFound, Reason::kNotFound));
}

TEST(ListDeliveries, ShowsTheMessagesOfAVerification) {
  Bench bench;
  ASSERT_OK_AND_ASSIGN(const pb::Verification v, bench.Create());
  bench.Dispatch();
  bench.clock.Advance(absl::Seconds(60));
  ASSERT_THAT(bench.Resend(), IsOk());
  pb::ListDeliveriesRequest request;
  request.set_parent(v.name());
  ASSERT_OK_AND_ASSIGN(const auto all, bench.deliveries.ListDeliveries(bench.From(), request));
  ASSERT_EQ(all.deliveries_size(), 2);
  EXPECT_EQ(all.deliveries(0).name(), v.delivery());
  EXPECT_EQ(all.deliveries(0).state(), pb::Delivery::STATE_ACCEPTED);
  EXPECT_EQ(all.deliveries(1).state(), pb::Delivery::STATE_QUEUED);
  EXPECT_EQ(bench.deliveries.ListDeliveries(bench.From("identity"), request)->deliveries_size(), 0);
}

TEST(ListDeliveries, PagesThroughAllForAnOperator) {
  Bench bench;
  for (int i = 0; i < 5; ++i) {
    ASSERT_THAT(bench.deliveries.SendNotification(bench.From(), Notice(absl::StrCat("n", i))), IsOk());
    bench.clock.Advance(absl::Seconds(1));
  }
  pb::ListDeliveriesRequest request;
  request.set_page_size(4);
  std::vector<std::string> names;
  for (int pages = 1;; ++pages) {
    ASSERT_OK_AND_ASSIGN(const auto page, bench.deliveries.ListDeliveries(FromOperator(bench), request));
    for (const pb::Delivery& delivery : page.deliveries()) names.push_back(delivery.name());
    request.set_page_token(page.next_page_token());
    if (page.next_page_token().empty()) {
      EXPECT_EQ(pages, 3);
      break;
    }
  }
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 10u);
}

TEST(ListDeliveries, DemandsAParentOfAService) {
  Bench bench;
  EXPECT_THAT(bench.deliveries.ListDeliveries(bench.From(), {}), Violates("NAME_INVALID"));
  pb::ListDeliveriesRequest request;
  request.set_parent("accounts/x");
  EXPECT_THAT(bench.deliveries.ListDeliveries(FromOperator(bench), request), Violates("NAME_INVALID"));
}

// --- Receipts (SND-15) ---

TEST(ReportDelivery, IsOrderedIdempotentAndFinal) {
  Bench bench;
  ASSERT_OK_AND_ASSIGN(const auto sent, bench.deliveries.SendNotification(bench.From(), Notice()));
  bench.Dispatch();
  const auto report = [&](pb::ReceiptOutcome outcome, uint64_t sequence) {
    pb::ReportDeliveryRequest request;
    request.set_name(sent.deliveries(0).name());
    request.set_outcome(outcome);
    request.set_sequence(sequence);
    return bench.deliveries.ReportDelivery(FromGateway(bench), request);
  };
  EXPECT_EQ(report(pb::RECEIPT_OUTCOME_DEFERRED, 2)->state(), pb::Delivery::STATE_DEFERRED);
  EXPECT_EQ(report(pb::RECEIPT_OUTCOME_DELIVERED, 1)->state(), pb::Delivery::STATE_DEFERRED)
      << "an older receipt";
  EXPECT_EQ(report(pb::RECEIPT_OUTCOME_DELIVERED, 3)->state(), pb::Delivery::STATE_DELIVERED);
  EXPECT_EQ(report(pb::RECEIPT_OUTCOME_FAILED, 4)->state(), pb::Delivery::STATE_DELIVERED) << "final";
  EXPECT_THAT(report(pb::RECEIPT_OUTCOME_UNSPECIFIED, 5), Violates("OUTCOME_MISSING"));
  EXPECT_THAT(report(pb::RECEIPT_OUTCOME_FAILED, 0), Violates("SEQUENCE_MISSING"));
  pb::ReportDeliveryRequest absent;
  absent.set_name("deliveries/absent");
  absent.set_outcome(pb::RECEIPT_OUTCOME_FAILED);
  absent.set_sequence(1);
  EXPECT_THAT(bench.deliveries.ReportDelivery(FromGateway(bench), absent),
              Refused(kNotFound, Reason::kNotFound));
}

pb::ReportDeliveryRequest ReportOf(const std::string& name, const std::string& provider,
                                   uint64_t sequence = 1) {
  pb::ReportDeliveryRequest request;
  request.set_name(name);
  request.set_outcome(pb::RECEIPT_OUTCOME_DEFERRED);
  request.set_sequence(sequence);
  request.set_provider(provider);
  return request;
}

TEST(ReportDelivery, NamesAProviderOfTheConfiguration) {
  Bench bench({}, nullptr, {}, {FakeInfo("operator-a"), FakeInfo("operator-b")});
  ASSERT_OK_AND_ASSIGN(const auto sent, bench.deliveries.SendNotification(bench.From(), Notice()));
  bench.Dispatch();
  const std::string name = sent.deliveries(0).name();
  const auto report = [&](const std::string& provider, uint64_t sequence) {
    return bench.deliveries.ReportDelivery(FromGateway(bench), ReportOf(name, provider, sequence));
  };
  EXPECT_THAT(report("operator-c", 1), Violates("PROVIDER_UNKNOWN"));
  EXPECT_THAT(report("operator-b", 1), Refused(kNotFound, Reason::kNotFound)) << "was not asked";
  EXPECT_EQ(report("operator-a", 1)->state(), pb::Delivery::STATE_DEFERRED);
  ASSERT_OK_AND_ASSIGN(const auto last, report("", 2));
  EXPECT_EQ(last.attempts(0).receipt(), pb::RECEIPT_OUTCOME_DEFERRED);
  pb::ReportDeliveryRequest wrong;
  wrong.set_name("x");
  wrong.set_provider("operator-c");
  const auto refused = bench.deliveries.ReportDelivery(FromGateway(bench), wrong);
  EXPECT_EQ(ViolationsOf(refused.status()).size(), 4u) << "all at once";
}

TEST(ReportDelivery, OfAGatewayWithAProvidersNameIsOfThatProviderOnly) {  // SND-15
  Bench bench({}, nullptr, {}, {FakeInfo("operator-a"), FakeInfo("operator-b")});
  ASSERT_OK_AND_ASSIGN(const auto sent, bench.deliveries.SendNotification(bench.From(), Notice()));
  bench.Dispatch();
  const std::string name = sent.deliveries(0).name();
  const auto report = [&](const std::string& gateway, const std::string& provider) {
    return bench.deliveries.ReportDelivery(FromPeer(rpc::Role::kGateway, gateway, bench.clock.Now()),
                                           ReportOf(name, provider));
  };
  const pb::Delivery before = Get(bench, name);
  EXPECT_THAT(report("operator-b", "operator-a"), Violates("PROVIDER_UNKNOWN"));
  EXPECT_THAT(report("operator-b", ""), Refused(kNotFound, Reason::kNotFound)) << "not its message";
  EXPECT_EQ(Get(bench, name).SerializeAsString(), before.SerializeAsString());
  EXPECT_EQ(report("operator-a", "")->state(), pb::Delivery::STATE_DEFERRED);
}

}  // namespace
}  // namespace tc::otp
