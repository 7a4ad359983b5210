#include "services/otp/outbound/kannel_provider.h"

#include <gmock/gmock.h>

#include "absl/strings/match.h"
#include "common/testing/status.h"
#include "services/otp/outbound/provider_testing.h"
#include "services/otp/outbound/stub_gateway_testing.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kDeadlineExceeded;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kUnavailable;
using testing::HasCode;
using ::testing::HasSubstr;
using testing::IsOk;
using testing::Noon;
using ::testing::Not;

constexpr char kTaken[] = "0: Accepted for delivery";

class Kannel : public ::testing::Test {
 protected:
  std::unique_ptr<Provider> Open(const StubGateway& stub, const std::string& more = "") const {
    return dir_.OpenOne(absl::StrCat(
        R"({"name": "operator-a", "kind": "kannel", "channels": ["SMS"], "username": "otp", "sender": "GOSUSLUGI",)",
        more, R"("url": ")", stub.url("/cgi-bin/sendsms"), R"(", "password_file": ")",
        dir_.Write("password", " kannel-secret\n"), R"("})"));
  }
  ConfigDir dir_;
};

TEST_F(Kannel, HandsTheMessageOver) {
  const StubGateway stub(Http("202 Accepted", kTaken), {.tls = false});
  const std::unique_ptr<Provider> provider = Open(stub);
  EXPECT_EQ(provider->info().name, "operator-a");
  EXPECT_TRUE(provider->info().receipts);
  EXPECT_FALSE(provider->info().repeats_safely);
  ASSERT_THAT(provider->Send(CodeMessage(), AnyHandover()), IsOk());
  ASSERT_EQ(stub.requests().size(), 1u);
  const std::string request = stub.requests()[0];
  EXPECT_TRUE(absl::StartsWith(request, "POST /cgi-bin/sendsms HTTP/1.1\r\n"))
      << "neither password nor code in the URL";
  for (const char* line :
       {"X-Kannel-Username: otp", "X-Kannel-Password: kannel-secret", "X-Kannel-From: GOSUSLUGI",
        "X-Kannel-To: +79161234567", "X-Kannel-Coding: 2", "Content-Type: text/plain; charset=UTF-8",
        "X-Kannel-Validity: 4", "X-Kannel-DLR-Mask: 23",
        "X-Kannel-DLR-Url: https://otp.example/receipts/p/t0ken?type=%d"}) {
    EXPECT_THAT(request, HasSubstr(absl::StrCat("\r\n", line, "\r\n")));
  }
  EXPECT_THAT(request, Not(HasSubstr("X-Kannel-SMSC")));
  EXPECT_EQ(BodyOf(request), kText);
}

TEST_F(Kannel, AsksForNoReportThatNobodyReads) {
  const StubGateway stub(Http("202 Accepted", kTaken), {.tls = false});
  ASSERT_THAT(Open(stub, R"("smsc_id": "mts",)")->Send(CodeMessage(), {.now = Noon()}), IsOk());
  EXPECT_THAT(stub.requests()[0], Not(HasSubstr("X-Kannel-DLR")));
  EXPECT_THAT(stub.requests()[0], HasSubstr("\r\nX-Kannel-SMSC: mts\r\n"));
  EXPECT_THAT(stub.requests()[0], HasSubstr("\r\nX-Kannel-Validity: 5\r\n"));
}

TEST_F(Kannel, IsNotAskedWithLessThanAMinuteLeft) {
  const StubGateway stub(Http("202 Accepted", kTaken), {.tls = false});
  const std::unique_ptr<Provider> provider = Open(stub);
  const absl::Time expires = CodeMessage().expires;
  for (const absl::Duration left : {absl::Minutes(1) - absl::Milliseconds(1), absl::Seconds(-5)}) {
    const auto result = provider->Send(CodeMessage(), {.now = expires - left});
    EXPECT_THAT(result, HasCode(kUnavailable));
    EXPECT_EQ(result.status().message(), "TOO_LATE");
  }
  EXPECT_EQ(stub.connections(), 0);
  EXPECT_THAT(provider->Send(CodeMessage(), {.now = expires - absl::Minutes(1)}), IsOk());
  EXPECT_THAT(stub.requests()[0], HasSubstr("\r\nX-Kannel-Validity: 1\r\n"));
}

struct Row {
  const char* status;
  const char* body;
  absl::StatusCode code;
  const char* outcome;
};
class KannelAnswers : public Kannel, public ::testing::WithParamInterface<Row> {};
TEST_P(KannelAnswers, AreTakenApart) {
  const StubGateway stub(Http(GetParam().status, GetParam().body), {.tls = false});
  const auto result = Open(stub)->Send(CodeMessage(), AnyHandover());
  EXPECT_THAT(result, HasCode(GetParam().code));
  EXPECT_EQ(result.status().message(), GetParam().outcome);
}
INSTANTIATE_TEST_SUITE_P(
    All, KannelAnswers,
    ::testing::Values(Row{"400 Bad Request", "Number is invalid", kInvalidArgument, "HTTP_400"},
                      Row{"413 Too Large", "", kInvalidArgument, "HTTP_413"},
                      Row{"403 Forbidden", "Authorization failed for sendsms", kUnavailable, "HTTP_403"},
                      Row{"401 Unauthorized", "", kUnavailable, "HTTP_401"},
                      Row{"404 Not Found", "", kUnavailable, "HTTP_404"},
                      Row{"429 Too Many", "", kUnavailable, "HTTP_429"},
                      Row{"503 Unavailable", "Temporal failure", kUnavailable, "HTTP_503"},
                      Row{"302 Found", "", kUnavailable, "REDIRECT_REFUSED"},
                      Row{"200 OK", "<html>it works</html>", kDeadlineExceeded, "ANSWER_UNCLEAR"},
                      Row{"202 Accepted", "3: Queued for later delivery", kDeadlineExceeded, "QUEUED"},
                      Row{"202 Accepted", "", kDeadlineExceeded, "ANSWER_UNCLEAR"}));

TEST_F(Kannel, DoesNotKnowWhatItWasNotAnswered) {  // SND-13
  const StubGateway cut(Http("202 Accepted", kTaken), {.tls = false, .cut_from = 1});
  EXPECT_THAT(Open(cut)->Send(CodeMessage(), AnyHandover()), HasCode(kDeadlineExceeded));
}

TEST_F(Kannel, ReadsItsReports) {  // SND-15
  const StubGateway stub("", {.tls = false});
  const std::unique_ptr<Provider> provider = Open(stub);
  const auto read = [&](const std::string& type) {
    return provider->ReadReceipt({.query = {{"type", type}}});
  };
  EXPECT_EQ((*read("1"))->outcome, DeliveryTrigger::kReceiptDelivered);
  EXPECT_EQ((*read("2"))->outcome, DeliveryTrigger::kReceiptFailed);
  EXPECT_EQ((*read("16"))->outcome, DeliveryTrigger::kReceiptFailed);
  EXPECT_EQ((*read("4"))->outcome, DeliveryTrigger::kReceiptDeferred);
  EXPECT_EQ(*read("8"), std::nullopt);
  EXPECT_EQ((*read("1"))->sequence, std::nullopt);
  for (const char* type : {"", "0", "3", "32", "x", "1 "})
    EXPECT_THAT(read(type), HasCode(kInvalidArgument)) << type;
  EXPECT_THAT(provider->ReadReceipt({}), HasCode(kInvalidArgument));
}

}  // namespace
}  // namespace tc::otp
