// Codes through Debian's Kannel with the configuration of docs/delivery.md, to its fake operator and back
// (O7, SND-12, SND-14, SND-15), and what they leave behind: nothing (O1, OTP-20).

#include "tests/e2e/kannel.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/testing/status.h"
#include "tests/e2e/canary.h"
#include "tests/e2e/otp_caller.h"
#include "tests/e2e/web.h"
#include "tests/e2e/world.h"

namespace tc::e2e {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::StartsWith;
using Delivery = otp_pb::Delivery;

// Kannel counts in whole minutes: a code of two minutes waits there for one.
constexpr char kLifetime[] = "otp.code_lifetime=120";

class KannelTest : public World {
 protected:
  static void SetUpTestSuite() {
    auto kannel = Kannel::Start();
    ASSERT_TRUE(kannel.ok()) << kannel.status();
    kannel_ = *std::move(kannel);
    files_ = std::make_unique<dev::TemporaryDir>();
    const std::string providers = files_->path() + "/providers.json";
    std::ofstream(providers) << Providers();
    metrics_ = absl::StrCat("127.0.0.1:", FreePort());
    Options().providers = providers;
    Options().log_level = "debug";
    Options().flags[dev::Service::kOtp] = {"--receipts-listen", "127.0.0.1:0", "--metrics", metrics_};
    // Ten digits do not come up in a log by chance.
    Overrides().insert(Overrides().end(), {kLifetime, "otp.code_digits=10"});
    World::SetUpTestSuite();
  }
  static void TearDownTestSuite() {
    World::TearDownTestSuite();
    kannel_.reset();
    files_.reset();
  }
  void TearDown() override {
    if (HasFailure()) std::cerr << kannel_->Logs() << LogWithoutCalls(dev::Service::kOtp);
  }

  static std::string Providers() {
    return absl::StrCat(R"({"allowed_hosts": ["127.0.0.1"], "providers": [{
      "name": "operator-a", "kind": "kannel", "channels": ["SMS"], "url": ")",
                        kannel_->url(), R"(", "username": ")", Kannel::kUser, R"(", "password_file": ")",
                        kannel_->password_file(), R"(", "sender": "Portal"}]})");
  }

  // A trusted contact's code to a number of its own, queued.
  otp_pb::CreateVerificationRequest NextRequest() {
    static int number = 0;
    auto request = CodeRequest(otp_pb::PURPOSE_RECOVERY_APPROVAL, absl::StrFormat("+7916%03d0001", ++number));
    request.set_masked_principal("Александра П.");
    return request;
  }
  std::string CodeOf(const Sms& sms) { return dev::CodeOf(sms.text); }

  OtpCaller otp_{suite()[dev::Service::kOtp]};
  static std::unique_ptr<Kannel> kannel_;
  static std::unique_ptr<dev::TemporaryDir> files_;
  static std::string metrics_;
};

std::unique_ptr<Kannel> KannelTest::kannel_;
std::unique_ptr<dev::TemporaryDir> KannelTest::files_;
std::string KannelTest::metrics_;

TEST_F(KannelTest, ReadsTheSegmentsInItsOperatorsLog) {
  const std::vector<Sms> read = ReadFakeOperator(
      "2026 [1] [0] DEBUG: Got message 1: <Name +79160000001 udh %05%00%03%00%02%01 data %04%1A%04%3E>\n"
      "2026 [1] [0] DEBUG: Got message 2: <Name +79160000002 ucs-2 %04%1A%00+%001>\n"
      "2026 [1] [0] DEBUG: Got message 3: <Name +79160000001 udh %05%00%03%00%02%02 data %044>\n"
      "2026 [1] [0] DEBUG: Got message 4: <Name +79160000003 ucs-2 %04%1A");
  ASSERT_EQ(read.size(), 2);
  EXPECT_EQ(read[0].text, "К 1");
  EXPECT_EQ(read[1].text, "Код");
  EXPECT_EQ(read[1].segments, 2);
}

TEST_F(KannelTest, IsConfiguredAsTheDocumentationSays) {
  const std::string page = Contents(TC_SOURCE "/docs/delivery.md");
  for (const char* name : {"kannel.conf", "kannel-fake.conf", "kannel-smpp.conf"})
    EXPECT_THAT(page, HasSubstr(Contents(absl::StrCat(TC_SOURCE "/deploy/otp/", name)))) << name;
}

TEST_F(KannelTest, CarriesACodeWholeAndTellsThatItArrived) {  // O6
  const auto request = NextRequest();
  ASSERT_OK_AND_ASSIGN(const auto made, otp_.Create(request));
  const std::optional<Sms> sms = kannel_->Await(request.phone());
  ASSERT_TRUE(sms.has_value());
  EXPECT_EQ(sms->from, "Portal");
  EXPECT_EQ(sms->segments, 2);
  EXPECT_THAT(sms->text, StartsWith("Код "));
  EXPECT_THAT(sms->text, HasSubstr("Александра П."));
  EXPECT_THAT(sms->text, EndsWith(absl::StrCat("\n@gosuslugi.example #", CodeOf(*sms))));

  const Delivery delivery = otp_.Await(made.delivery(), Delivery::STATE_DELIVERED);
  EXPECT_EQ(delivery.state(), Delivery::STATE_DELIVERED);
  ASSERT_EQ(delivery.attempts_size(), 1);
  EXPECT_EQ(delivery.attempts(0).provider(), "operator-a");
  EXPECT_EQ(delivery.attempts(0).receipt(), otp_pb::RECEIPT_OUTCOME_DELIVERED);
  ASSERT_OK_AND_ASSIGN(const auto checked, otp_.Check(Attempt(request, CodeOf(*sms))));
  EXPECT_TRUE(checked.matched());
}

TEST_F(KannelTest, KeepsACodeForAnOperatorWhoComesBack) {
  kannel_->DisconnectOperator();
  const auto request = NextRequest();
  ASSERT_OK_AND_ASSIGN(const auto made, otp_.Create(request));
  const Delivery waits = otp_.Await(made.delivery(), Delivery::STATE_DEFERRED);
  EXPECT_EQ(waits.state(), Delivery::STATE_DEFERRED);
  ASSERT_EQ(waits.attempts_size(), 1);
  EXPECT_EQ(waits.attempts(0).outcome(), "QUEUED") << "another provider would have been asked";
  ASSERT_THAT(kannel_->ConnectOperator(), IsOk());
  const std::optional<Sms> sms = kannel_->Await(request.phone());
  ASSERT_TRUE(sms.has_value());
  EXPECT_EQ(otp_.Await(made.delivery(), Delivery::STATE_DELIVERED).state(), Delivery::STATE_DELIVERED);
  EXPECT_TRUE(otp_.Check(Attempt(request, CodeOf(*sms)))->matched());
}

TEST_F(KannelTest, LosesACodeRatherThanSendItLate) {  // SND-14
  kannel_->DisconnectOperator();
  const auto late = NextRequest();
  ASSERT_OK_AND_ASSIGN(const auto made, otp_.Create(late));
  // As long as Kannel keeps it: the whole minutes that the code has left.
  EXPECT_EQ(otp_.Await(made.delivery(), Delivery::STATE_FAILED, absl::Seconds(90)).state(),
            Delivery::STATE_FAILED);
  ASSERT_THAT(kannel_->ConnectOperator(), IsOk());
  const auto next = NextRequest();
  ASSERT_THAT(otp_.Create(next), IsOk());
  ASSERT_TRUE(kannel_->Await(next.phone()).has_value());
  EXPECT_FALSE(kannel_->Await(late.phone(), absl::ZeroDuration()).has_value());
}

// The last: it stops everything, so that all is written that will be written.
TEST_F(KannelTest, LeavesNoCodeBehind) {  // O1, OTP-15, OTP-20
  std::vector<std::string> codes;
  for (int i = 0; i < 3; ++i) {  // entered, entered wrongly, not entered
    const auto request = NextRequest();
    ASSERT_THAT(otp_.Create(request), IsOk());
    const std::optional<Sms> sms = kannel_->Await(request.phone());
    ASSERT_TRUE(sms.has_value());
    codes.push_back(CodeOf(*sms));
    if (i < 2) {
      ASSERT_THAT(otp_.Check(Attempt(request, i == 0 ? codes[0] : WrongCode(codes[1]))), IsOk());
    }
  }
  kannel_->DisconnectOperator();
  const auto waiting = NextRequest();
  ASSERT_OK_AND_ASSIGN(const auto made, otp_.Create(waiting));
  ASSERT_EQ(otp_.Await(made.delivery(), Delivery::STATE_DEFERRED).state(), Delivery::STATE_DEFERRED);
  const std::string while_it_waits = kannel_->Written();
  ASSERT_THAT(kannel_->ConnectOperator(), IsOk());
  const std::optional<Sms> came = kannel_->Await(waiting.phone());
  ASSERT_TRUE(came.has_value());
  codes.push_back(CodeOf(*came));
  EXPECT_FALSE(Holds(while_it_waits, codes.back()));

  EXPECT_THAT(Contents(absl::StrCat("/proc/", suite().PidOf(dev::Service::kOtp), "/limits")),
              ::testing::ContainsRegex("Max core file size +0 +0 "));
  ASSERT_OK_AND_ASSIGN(const std::string metrics, HttpGet(absl::StrCat("http://", metrics_, "/metrics")));
  EXPECT_THAT(metrics, HasSubstr("tc_otp_send_attempts_total"));
  suite().Stop(dev::Service::kOtp);
  kannel_->Stop();
  for (const std::string& code : codes) {
    EXPECT_TRUE(Holds(kannel_->OperatorLog(), code)) << "or the search finds nothing anywhere";
    EXPECT_FALSE(Holds(metrics, code));
    EXPECT_THAT(FilesThatHold(suite().location().data, code), IsEmpty());
    EXPECT_THAT(FilesThatHold(kannel_->directory(), code), IsEmpty());
  }
  EXPECT_THAT(Contents(kannel_->directory() + "/access.log"), HasSubstr("Sent SMS"));
}

}  // namespace
}  // namespace tc::e2e
