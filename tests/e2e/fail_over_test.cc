// Gateways that die, hang, refuse, or take a message and then report that they could not deliver it: the next
// one delivers the same code, on the next channel when a whole one is down (O4, O7, SND-12, OTP-19).

#include <sys/stat.h>

#include <fstream>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "common/testing/status.h"
#include "tests/e2e/otp_caller.h"
#include "tests/e2e/stub_gateway.h"
#include "tests/e2e/web.h"
#include "tests/e2e/world.h"

namespace tc::e2e {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Refused;
using Delivery = otp_pb::Delivery;

class FailOverTest : public World {
 protected:
  static void SetUpTestSuite() {
    files_ = std::make_unique<dev::TemporaryDir>();
    authority_ = std::make_unique<testing::Authority>(files_->path());
    const auto start = [](const std::string& kind) {
      auto stub = StubGateway::Start(kind, *authority_);
      EXPECT_TRUE(stub.ok()) << stub.status();
      return stub.ok() ? *std::move(stub) : nullptr;
    };
    first_ = start("https");
    second_ = start("https");
    voice_ = start("https");
    mail_ = start("smtp");
    ASSERT_FALSE(HasFatalFailure() || HasNonfatalFailure());
    Options().providers = files_->path() + "/providers.json";
    std::ofstream(Options().providers) << Providers();
    Options().flags[dev::Service::kOtp] = {"--receipts-listen", "127.0.0.1:0"};
    World::SetUpTestSuite();
  }
  static void TearDownTestSuite() {
    World::TearDownTestSuite();
    for (auto* stub : {&first_, &second_, &voice_, &mail_}) stub->reset();
    authority_.reset();
    files_.reset();
  }
  void SetUp() override {
    for (auto* stub : {&first_, &second_, &voice_, &mail_}) (*stub)->Answer("deliver");
  }
  void TearDown() override {
    if (HasFailure()) std::cerr << LogWithoutCalls(dev::Service::kOtp);
  }

  static std::string Secret(const std::string& content) {
    static int number = 0;
    const std::string file = absl::StrCat(files_->path(), "/secret-", ++number);
    std::ofstream(file) << content;
    ::chmod(file.c_str(), 0600);
    return file;
  }
  static std::string Gateway(const std::string& name, const StubGateway& stub, const std::string& more) {
    return absl::StrCat(R"({"name": ")", name,
                        R"(", "kind": "webhook", "preset": "generic", "secret_file": ")", Secret("bearer"),
                        R"(", "ca_file": ")", authority_->ca_file(),
                        R"(", "receipts": {"format": "query", "status": "status", "delivered": ["delivered"],
                        "failed": ["failed"]}, "request": {"url": "https://127.0.0.1:)",
                        stub.port(), R"(/messages", "json": {"code": "{code}"}}, )", more, "}");
  }
  static std::string Providers() {
    return absl::StrCat(
        R"({"allowed_hosts": ["127.0.0.1"], "providers": [)",
        Gateway("first", *first_, R"("channels": ["SMS"])"), ",",
        Gateway("second", *second_, R"("channels": ["SMS"])"), ",",
        Gateway("voice", *voice_, R"("channels": ["VOICE"], "asks_for_key": true)"),
        R"(, {"name": "mail", "kind": "smtp", "channels": ["EMAIL"], "from": "codes@portal.example",
        "user": "tc-otp", "url": "smtp://127.0.0.1:)",
        mail_->port(), R"(", "password_file": ")", Secret("mail-secret"), R"(", "ca_file": ")",
        authority_->ca_file(), R"("}]})");
  }

  static std::string NextPhone() {
    static int number = 0;
    return absl::StrFormat("+7916%03d0001", ++number);
  }
  // Each provider that was asked and what came of it.
  static std::vector<std::string> Attempts(const Delivery& delivery) {
    std::vector<std::string> attempts;
    for (const otp_pb::DeliveryAttempt& attempt : delivery.attempts())
      attempts.push_back(absl::StrCat(attempt.provider(), " ", attempt.outcome()));
    return attempts;
  }
  // The codes that have reached or may have reached somebody, however they went.
  static std::set<std::string> CodesOf(const std::string& phone, const std::string& email = "nobody") {
    std::set<std::string> codes;
    for (const auto* stub : {&first_, &second_, &voice_}) {
      for (const nlohmann::json& message : (*stub)->Messages(phone)) codes.insert(message["code"]);
    }
    for (const nlohmann::json& message : mail_->Messages(email)) {
      const std::string text = message["text"];
      const size_t at = text.find_first_of("0123456789");
      if (at != std::string::npos) codes.insert(text.substr(at, 6));
    }
    return codes;
  }
  void ExpectOneRightCode(const otp_pb::CreateVerificationRequest& request) {
    const std::set<std::string> codes = CodesOf(request.phone(), request.fallback_email());
    ASSERT_EQ(codes.size(), 1);
    EXPECT_TRUE(otp_.Check(Attempt(request, *codes.begin()))->matched());
  }

  OtpCaller otp_{suite()[dev::Service::kOtp]};
  static std::unique_ptr<dev::TemporaryDir> files_;
  static std::unique_ptr<testing::Authority> authority_;
  static std::unique_ptr<StubGateway> first_, second_, voice_, mail_;
};

std::unique_ptr<dev::TemporaryDir> FailOverTest::files_;
std::unique_ptr<testing::Authority> FailOverTest::authority_;
std::unique_ptr<StubGateway> FailOverTest::first_, FailOverTest::second_, FailOverTest::voice_,
    FailOverTest::mail_;

TEST_F(FailOverTest, AsksTheFirstGatewayOnlyWhileItDelivers) {
  const auto request = CodeRequest(otp_pb::PURPOSE_RECOVERY_APPROVAL, NextPhone());
  ASSERT_OK_AND_ASSIGN(const auto made, otp_.Create(request));
  const Delivery delivery = otp_.Await(made.delivery(), Delivery::STATE_DELIVERED);
  EXPECT_EQ(delivery.state(), Delivery::STATE_DELIVERED);
  EXPECT_THAT(Attempts(delivery), ElementsAre("first ACCEPTED"));
  EXPECT_EQ(delivery.attempts(0).provider_message(), "m-1");
  EXPECT_THAT(second_->Messages(request.phone()), IsEmpty());
  ExpectOneRightCode(request);
}

TEST_F(FailOverTest, TakesTheNextGatewayWhenTheFirstRefuses) {
  first_->Answer("refuse");
  const auto request = CodeRequest(otp_pb::PURPOSE_RECOVERY_APPROVAL, NextPhone());
  ASSERT_OK_AND_ASSIGN(const auto made, otp_.Create(request));
  const Delivery delivery = otp_.Await(made.delivery(), Delivery::STATE_DELIVERED);
  EXPECT_EQ(delivery.state(), Delivery::STATE_DELIVERED);
  EXPECT_THAT(Attempts(delivery), ElementsAre("first HTTP_400", "second ACCEPTED"));
  ExpectOneRightCode(request);
}

TEST_F(FailOverTest, TakesTheNextGatewayWhenTheFirstReportsThatItFailed) {
  first_->Answer("fail");
  const auto request = CodeRequest(otp_pb::PURPOSE_RECOVERY_APPROVAL, NextPhone());
  ASSERT_OK_AND_ASSIGN(const auto made, otp_.Create(request));
  const Delivery delivery = otp_.Await(made.delivery(), Delivery::STATE_DELIVERED);
  EXPECT_EQ(delivery.state(), Delivery::STATE_DELIVERED);
  EXPECT_THAT(Attempts(delivery), ElementsAre("first ACCEPTED", "second ACCEPTED"));
  EXPECT_EQ(delivery.attempts(0).receipt(), otp_pb::RECEIPT_OUTCOME_FAILED);
  EXPECT_EQ(delivery.attempts(1).receipt(), otp_pb::RECEIPT_OUTCOME_DELIVERED);
  ExpectOneRightCode(request);
}

TEST_F(FailOverTest, LeavesAGatewayThatNeverAnswersAfterTenSeconds) {
  first_->Answer("silent");
  const auto request = CodeRequest(otp_pb::PURPOSE_RECOVERY_APPROVAL, NextPhone());
  const absl::Time begin = absl::Now();
  ASSERT_OK_AND_ASSIGN(const auto made, otp_.Create(request));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(2)) << "the caller does not wait for gateways";
  const Delivery delivery = otp_.Await(made.delivery(), Delivery::STATE_DELIVERED);
  EXPECT_EQ(delivery.state(), Delivery::STATE_DELIVERED);
  EXPECT_LT(absl::Now() - begin, absl::Seconds(13));
  EXPECT_THAT(Attempts(delivery), ElementsAre("first TIMEOUT", "second ACCEPTED"));
  ExpectOneRightCode(request);
}

TEST_F(FailOverTest, CallsAndThenWritesWhenNoGatewayTakesSms) {
  first_->Answer("busy");
  second_->Answer("refuse");
  auto request = CodeRequest(otp_pb::PURPOSE_RECOVERY_CLAIM, NextPhone());
  for (const auto channel : {type_pb::CHANNEL_SMS, type_pb::CHANNEL_VOICE, type_pb::CHANNEL_EMAIL})
    request.add_allowed_channels(channel);
  request.set_fallback_email("anna@mail.example");
  ASSERT_OK_AND_ASSIGN(const auto called, otp_.Create(request));
  Delivery delivery = otp_.Await(called.delivery(), Delivery::STATE_DELIVERED);
  EXPECT_EQ(delivery.channel(), type_pb::CHANNEL_VOICE);
  EXPECT_THAT(Attempts(delivery), ElementsAre("first HTTP_503", "second HTTP_400", "voice ACCEPTED"));
  EXPECT_THAT(mail_->Messages(request.fallback_email()), IsEmpty());
  ExpectOneRightCode(request);

  // Its report is there before its answer: the run goes on, and asks nobody twice.
  voice_->Answer("overtake");
  auto again = CodeRequest(otp_pb::PURPOSE_RECOVERY_CLAIM, NextPhone());
  *again.mutable_allowed_channels() = request.allowed_channels();
  again.set_fallback_email(request.fallback_email());
  ASSERT_OK_AND_ASSIGN(const auto written, otp_.Create(again));
  ASSERT_TRUE(Eventually([&] { return !mail_->Messages(again.fallback_email()).empty(); }));
  delivery = otp_.Await(written.delivery(), Delivery::STATE_ACCEPTED);
  EXPECT_EQ(delivery.channel(), type_pb::CHANNEL_EMAIL);
  EXPECT_THAT(Attempts(delivery),
              ElementsAre("first HTTP_503", "second HTTP_400", "voice ACCEPTED", "mail ACCEPTED"));
  const nlohmann::json mail = mail_->Messages(again.fallback_email()).front();
  EXPECT_EQ(mail["from"], "codes@portal.example");
  EXPECT_EQ(mail["tls"], true);
  ExpectOneRightCode(again);
}

TEST_F(FailOverTest, NeverWritesAContactsCode) {  // O4
  for (auto* stub : {&first_, &second_, &voice_}) (*stub)->Answer("refuse");
  auto request = CodeRequest(otp_pb::PURPOSE_RECOVERY_APPROVAL, NextPhone());
  request.set_fallback_email("maria@mail.example");
  EXPECT_THAT(otp_.Create(request), Refused(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid));
  request.clear_fallback_email();
  ASSERT_OK_AND_ASSIGN(const auto made, otp_.Create(request));
  const Delivery delivery = otp_.Await(made.delivery(), Delivery::STATE_REJECTED);
  EXPECT_EQ(delivery.state(), Delivery::STATE_REJECTED);
  EXPECT_THAT(Attempts(delivery), ElementsAre("first HTTP_400", "second HTTP_400", "voice HTTP_400"));
  EXPECT_THAT(mail_->Messages("maria@mail.example"), IsEmpty());
}

// The last: the first gateway is gone from then on.
TEST_F(FailOverTest, TakesTheNextGatewayWhenTheFirstIsDead) {
  first_->Kill();
  const auto request = CodeRequest(otp_pb::PURPOSE_RECOVERY_APPROVAL, NextPhone());
  ASSERT_OK_AND_ASSIGN(const auto made, otp_.Create(request));
  const Delivery delivery = otp_.Await(made.delivery(), Delivery::STATE_DELIVERED);
  EXPECT_EQ(delivery.state(), Delivery::STATE_DELIVERED);
  EXPECT_THAT(Attempts(delivery), ElementsAre("first UNREACHABLE", "second ACCEPTED"));
  ExpectOneRightCode(request);
}

}  // namespace
}  // namespace tc::e2e
