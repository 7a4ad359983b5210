#include "services/otp/outbound/webhook_provider.h"

#include <gmock/gmock.h>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "common/crypto/hmac.h"
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
using ::testing::Not;

class Webhook : public ::testing::Test {
 protected:
  // A provider whose request has `request` besides the URL, and which has `more`.
  std::unique_ptr<Provider> Open(const StubGateway& stub, const std::string& request = R"("json": {})",
                                 const std::string& more = "") const {
    return dir_.OpenOne(absl::StrCat(
        R"({"name": "hook", "kind": "webhook", "channels": ["SMS"], "ca_file": ")", stub.ca_file(),
        R"(", "request": {"url": ")", stub.url(), R"(", )", request, "}", more, "}"));
  }
  std::string SecretFile() const {
    return absl::StrCat(R"("secret_file": ")", dir_.Write("secret", "s3cret\n"), R"(")");
  }
  std::string Sent(const std::string& request, const std::string& more = "") const {
    const StubGateway stub(Http("200 OK"));
    EXPECT_THAT(Open(stub, request, more)->Send(CodeMessage(), AnyHandover()), IsOk());
    return stub.requests()[0];
  }
  ConfigDir dir_;
};

TEST_F(Webhook, WritesJsonWhoseTextsCannotBreakOut) {
  const std::string request = Sent(
      R"("json": {"a": [1, true, "{text}"], "b": {"to": "{to}", "seconds": "{validity_seconds}", "x": "{{}}"}})");
  EXPECT_EQ(BodyOf(request), R"({"a":[1,true,"Код 123456: вход.\n@gosuslugi.example #123456"],)"
                             R"("b":{"to":"+79161234567","seconds":240,"x":"{}"}})");
  EXPECT_THAT(request, HasSubstr("\r\nContent-Type: application/json; charset=utf-8\r\n"));
}

TEST_F(Webhook, WritesFormFields) {
  const std::string request = Sent(R"("form": {"To": "{to_digits}", "Body": "{text}", "spelt": "{spelt}"})");
  EXPECT_EQ(
      BodyOf(request),
      "To=79161234567&Body=%D0%9A%D0%BE%D0%B4%20123456%3A%20%D0%B2%D1%85%D0%BE%D0%B4.%0A%40gosuslugi.example"
      "%20%23123456&spelt=1%202%203%204%205%206");
  EXPECT_THAT(request, HasSubstr("\r\nContent-Type: application/x-www-form-urlencoded\r\n"));
}

TEST_F(Webhook, FillsEveryPlaceholder) {
  const std::string request = Sent(
      R"("json": {"v": "{channel}|{locale}|{language}|{template}|{delivery}|{request_id}|{created}|{expires}|{code}|)"
      R"({validity_minutes}|{receipt_url}|{sender}|{secret}|{account}"})",
      absl::StrCat(R"(, "sender": "GOV", "settings": {"account": "a{{1"}, )", SecretFile()));
  EXPECT_EQ(
      BodyOf(request),
      R"({"v":"SMS|ru|ru-RU|CODE_RECOVERY_CLAIM|deliveries/d1|11111111-1111-4111-8111-111111111111|)"
      R"(2026-03-02T12:00:00+00:00|2026-03-02T12:05:00+00:00|123456|4|https://otp.example/receipts/p/t0ken|)"
      R"(GOV|s3cret|a{{1"})");
}

TEST_F(Webhook, LeavesOutWhatHasNoValue) {
  const StubGateway stub(Http("200 OK"));
  const std::unique_ptr<Provider> provider = Open(
      stub,
      R"("headers": {"X-Report": "{receipt_url}"}, "json": {"s": "{subject}", "r": "{receipt_url}", "k": "{to}"})");
  ASSERT_THAT(provider->Send(CodeMessage(), {.now = testing::Noon()}), IsOk());
  EXPECT_EQ(BodyOf(stub.requests()[0]), R"({"k":"+79161234567"})");
  EXPECT_THAT(stub.requests()[0], Not(HasSubstr("X-Report")));
}

TEST_F(Webhook, EncodesWhatStandsInTheUrl) {
  const StubGateway stub(Http("200 OK"));
  const std::unique_ptr<Provider> provider = dir_.OpenOne(absl::StrCat(
      R"({"name": "h", "kind": "webhook", "channels": ["SMS"], "settings": {"where": "127.0.0.1"}, "ca_file": ")",
      stub.ca_file(), R"(", "request": {"method": "PUT", "json": {}, "url": ")",
      absl::StrCat("https://{where}", stub.url("").substr(17), "/m/{to}?id={delivery}"), R"("}})"));
  ASSERT_THAT(provider->Send(CodeMessage(), AnyHandover()), IsOk());
  EXPECT_TRUE(absl::StartsWith(stub.requests()[0], "PUT /m/%2B79161234567?id=deliveries%2Fd1 HTTP/1.1\r\n"));
}

TEST_F(Webhook, ShowsItsSecretAsItIsTold) {
  EXPECT_THAT(Sent(R"("json": {}, "auth": {"type": "bearer"})", ", " + SecretFile()),
              HasSubstr("\r\nAuthorization: Bearer s3cret\r\n"));
  EXPECT_THAT(Sent(R"("json": {}, "auth": {"type": "basic", "username": "{sid}"})",
                   R"(, "settings": {"sid": "AC1"}, )" + SecretFile()),
              HasSubstr("\r\nAuthorization: Basic QUMxOnMzY3JldA==\r\n"));
  EXPECT_THAT(Sent(R"("json": {}, "auth": {"type": "header", "header": "X-Key", "prefix": "App "})",
                   ", " + SecretFile()),
              HasSubstr("\r\nX-Key: App s3cret\r\n"));
  EXPECT_THAT(Sent(R"("json": {}, "headers": {"X-Key": "k={secret}"})", ", " + SecretFile()),
              HasSubstr("\r\nX-Key: k=s3cret\r\n"));
}

TEST_F(Webhook, SignsWhatItSends) {
  const std::string request = Sent(absl::StrCat(
      R"("json": {"to": "{to}"}, "signature": {"header": "X-Sign", "timestamp_header": "X-Time", "secret_file": ")",
      dir_.Write("key", "k3y"), R"("})"));
  const std::string now = absl::StrCat(absl::ToUnixSeconds(AnyHandover().now));
  EXPECT_THAT(request, HasSubstr(absl::StrCat("\r\nX-Time: ", now, "\r\n")));
  EXPECT_THAT(request,
              HasSubstr(absl::StrCat("\r\nX-Sign: ", absl::BytesToHexString(crypto::HmacSha256(
                                                         "k3y", now + R"(.{"to":"+79161234567"})")))));
}

TEST_F(Webhook, RefusesANoticeWhereItNeedsACode) {
  const StubGateway stub(Http("200 OK"));
  Message notice = CodeMessage();
  notice.code.clear();
  const auto result = Open(stub, R"("json": {"code": "{code}"})")->Send(notice, AnyHandover());
  EXPECT_THAT(result, HasCode(kInvalidArgument));
  EXPECT_EQ(result.status().message(), "NO_CODE");
  EXPECT_EQ(stub.connections(), 0);
}

TEST_F(Webhook, IsNotAskedTooLate) {
  const StubGateway stub(Http("200 OK"));
  const auto left = [](absl::Duration d) {
    return Handover{.now = CodeMessage().expires - d, .receipt_url = ""};
  };
  EXPECT_EQ(Open(stub)->Send(CodeMessage(), left(absl::Milliseconds(900))).status().message(), "TOO_LATE");
  const std::unique_ptr<Provider> minutes = Open(stub, R"("json": {"m": "{validity_minutes}"})");
  EXPECT_EQ(minutes->Send(CodeMessage(), left(absl::Seconds(59))).status().message(), "TOO_LATE");
  EXPECT_EQ(stub.connections(), 0);
}

// --- answers ---

struct Row {
  const char* status;
  const char* body;
  absl::StatusCode code;
  const char* outcome;  // or the number, when it is OK
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.status << " " << row.body; }

class WebhookAnswers : public Webhook, public ::testing::WithParamInterface<Row> {
 protected:
  void Expect(const std::string& answer) const {
    const StubGateway stub(Http(GetParam().status, GetParam().body));
    const auto result = Open(stub, R"("json": {})", answer)->Send(CodeMessage(), AnyHandover());
    EXPECT_THAT(result, HasCode(GetParam().code));
    EXPECT_EQ(result.ok() ? result->provider_message : std::string(result.status().message()),
              GetParam().outcome);
  }
};

using DefaultAnswers = WebhookAnswers;
TEST_P(DefaultAnswers, AreTakenApart) { Expect(R"(, "answer": {"message": "/id"})"); }
INSTANTIATE_TEST_SUITE_P(
    All, DefaultAnswers,
    ::testing::Values(Row{"202 Accepted", R"({"id":"sms-77"})", absl::StatusCode::kOk, "sms-77"},
                      Row{"200 OK", R"({"id":77})", absl::StatusCode::kOk, "77"},
                      Row{"200 OK", "", absl::StatusCode::kOk, ""},
                      Row{"200 OK", "not json", absl::StatusCode::kOk, ""},
                      Row{"200 OK", R"({"id":"two words"})", absl::StatusCode::kOk, ""},
                      Row{"200 OK", R"({"id":{}})", absl::StatusCode::kOk, ""},
                      Row{"400 Bad Request", "", kInvalidArgument, "HTTP_400"},
                      Row{"404 Not Found", "", kInvalidArgument, "HTTP_404"},
                      Row{"422 Unprocessable", "", kInvalidArgument, "HTTP_422"},
                      Row{"401 Unauthorized", "", kUnavailable, "HTTP_401"},
                      Row{"403 Forbidden", "", kUnavailable, "HTTP_403"},
                      Row{"408 Request Timeout", "", kUnavailable, "HTTP_408"},
                      Row{"429 Too Many Requests", "", kUnavailable, "HTTP_429"},
                      Row{"307 Temporary Redirect", "", kUnavailable, "REDIRECT_REFUSED"},
                      Row{"500 Internal", "", kUnavailable, "HTTP_500"},
                      Row{"503 Unavailable", "", kUnavailable, "HTTP_503"}));

using ToldAnswers = WebhookAnswers;
TEST_P(ToldAnswers, AreTakenApart) {
  Expect(
      R"(, "answer": {"accepted": [200, "210-219"], "retry": ["401-403"], "refused": [500], "message": "/r/0/id",
             "verdict": {"field": "/status", "good": ["QUEUED", 0], "reason": "/error", "retry": ["BUSY", 9]}})");
}
INSTANTIATE_TEST_SUITE_P(
    All, ToldAnswers,
    ::testing::Values(Row{"200 OK", R"({"status":"QUEUED","r":[{"id":"7"}]})", absl::StatusCode::kOk, "7"},
                      Row{"215 Odd", R"({"status":0})", absl::StatusCode::kOk, ""},
                      Row{"201 Created", R"({"status":0})", kUnavailable, "HTTP_201"},
                      Row{"403 Forbidden", "", kUnavailable, "HTTP_403"},
                      Row{"429 Too Many", "", kInvalidArgument, "HTTP_429"},
                      Row{"500 Internal", "", kInvalidArgument, "HTTP_500"},
                      Row{"503 Unavailable", "", kUnavailable, "HTTP_503"},
                      Row{"200 OK", R"({"status":"NO","error":"BUSY"})", kUnavailable, "ERROR_BUSY"},
                      Row{"200 OK", R"({"status":"NO","error":9})", kUnavailable, "ERROR_9"},
                      Row{"200 OK", R"({"status":"NO","error":"bad_number"})", kInvalidArgument,
                          "ERROR_BAD_NUMBER"},
                      Row{"200 OK", R"({"status":"NO","error":"to 79161234567"})", kInvalidArgument, "ERROR"},
                      Row{"200 OK", R"({"status":"NO","error":79161234567})", kInvalidArgument, "ERROR"},
                      Row{"200 OK", R"({"status":"NO"})", kInvalidArgument, "ERROR"},
                      Row{"200 OK", R"({"other":1})", kDeadlineExceeded, "ANSWER_UNCLEAR"},
                      Row{"200 OK", "<html>", kDeadlineExceeded, "ANSWER_UNCLEAR"}));

// --- receipts ---

class WebhookReceipts : public Webhook {
 protected:
  std::unique_ptr<Provider> Reading(const std::string& receipts) const {
    return dir_.OpenOne(absl::StrCat(
        R"({"name": "hook", "kind": "webhook", "channels": ["SMS"], "request": {"url": "https://localhost/", "json": {}},)",
        R"("receipts": {"delivered": ["delivered", 1], "failed": ["failed", false], "deferred": ["busy"], )",
        receipts, "}, ", SecretFile(), "}"));
  }
};

TEST_F(WebhookReceipts, AreReadFromTheQuery) {
  const std::unique_ptr<Provider> provider = Reading(R"("status": "state", "sequence": "n")");
  EXPECT_TRUE(provider->info().receipts);
  const auto delivered = provider->ReadReceipt({.query = {{"state", "delivered"}, {"n", "7"}}});
  EXPECT_EQ((*delivered)->outcome, DeliveryTrigger::kReceiptDelivered);
  EXPECT_EQ((*delivered)->sequence, 7u);
  EXPECT_EQ((*provider->ReadReceipt({.query = {{"state", "failed"}}}))->outcome,
            DeliveryTrigger::kReceiptFailed);
  EXPECT_EQ((*provider->ReadReceipt({.query = {{"state", "busy"}}}))->outcome,
            DeliveryTrigger::kReceiptDeferred);
  EXPECT_EQ(*provider->ReadReceipt({.query = {{"state", "sent"}}}), std::nullopt);
  EXPECT_THAT(provider->ReadReceipt({}), HasCode(kInvalidArgument));
  EXPECT_THAT(provider->ReadReceipt({.query = {{"state", "failed"}, {"n", "x"}}}), HasCode(kInvalidArgument));
}

TEST_F(WebhookReceipts, AreReadFromAForm) {
  const std::unique_ptr<Provider> provider = Reading(R"("format": "form", "status": "Message Status")");
  EXPECT_EQ((*provider->ReadReceipt({.body = "a=1&Message+Status=fai%6ced&&b"}))->outcome,
            DeliveryTrigger::kReceiptFailed);
  EXPECT_THAT(provider->ReadReceipt({.query = {{"Message Status", "failed"}}}), HasCode(kInvalidArgument));
}

TEST_F(WebhookReceipts, AreReadFromJson) {
  const std::unique_ptr<Provider> provider =
      Reading(R"("format": "json", "status": "/r/0/s", "sequence": "/n")");
  const auto receipt = provider->ReadReceipt({.body = R"({"r":[{"s":1}],"n":3})"});
  EXPECT_EQ((*receipt)->outcome, DeliveryTrigger::kReceiptDelivered);
  EXPECT_EQ((*receipt)->sequence, 3u);
  EXPECT_EQ((*provider->ReadReceipt({.body = R"({"r":[{"s":false}]})"}))->outcome,
            DeliveryTrigger::kReceiptFailed);
  for (const char* body :
       {"", "x", "[]", "{}", R"({"r":[]})", R"({"r":[{"s":{}}]})", R"({"r":[{"s":1}],"n":-1})"})
    EXPECT_THAT(provider->ReadReceipt({.body = body}), HasCode(kInvalidArgument)) << body;
}

TEST_F(WebhookReceipts, MustBeSignedWhereASignatureIsDue) {  // SND-15
  const std::unique_ptr<Provider> provider = Reading(
      R"("format": "json", "status": "/s", "verify": {"type": "hmac_sha256", "header": "X-Signature", "prefix": "sha256="})");
  const std::string body = R"({"s":"delivered"})";
  const std::string good = "sha256=" + absl::BytesToHexString(crypto::HmacSha256("s3cret", body));
  EXPECT_THAT(provider->ReadReceipt({.headers = {{"x-signature", good}}, .body = body}), IsOk());
  const std::string other = R"({"s":"failed"})";
  EXPECT_THAT(provider->ReadReceipt({.headers = {{"x-signature", good}}, .body = other}),
              HasCode(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(provider->ReadReceipt({.body = body}), HasCode(absl::StatusCode::kUnauthenticated));
  EXPECT_THAT(provider->ReadReceipt({.headers = {{"x-signature", ""}}, .body = body}),
              HasCode(absl::StatusCode::kUnauthenticated));
}

TEST_F(WebhookReceipts, KnowTwiliosSignature) {  // the example of Twilio's own description
  const std::unique_ptr<Provider> provider = Reading(
      absl::StrCat(R"("format": "form", "status": "Digits", "verify": {"type": "twilio", "secret_file": ")",
                   dir_.Write("twilio", "12345"), R"("})"));
  const ReceiptCall call{.method = "POST",
                         .url = "https://mycompany.com/myapp.php?foo=1&bar=2",
                         .headers = {{"x-twilio-signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8="}},
                         .body =
                             "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%"
                             "2B14158675309&To=%2B18005551212"};
  EXPECT_THAT(provider->ReadReceipt(call), IsOk());
  ReceiptCall forged = call;
  forged.url += "&x=1";
  EXPECT_THAT(provider->ReadReceipt(forged), HasCode(absl::StatusCode::kUnauthenticated));
  forged = call;
  forged.body += "&x=1";
  EXPECT_THAT(provider->ReadReceipt(forged), HasCode(absl::StatusCode::kUnauthenticated));
}

TEST_F(Webhook, ReadsNoReceiptsUnlessTold) {
  const StubGateway stub("");
  const std::unique_ptr<Provider> provider = Open(stub);
  EXPECT_FALSE(provider->info().receipts);
  EXPECT_THAT(provider->ReadReceipt({}), HasCode(kInvalidArgument));
}

}  // namespace
}  // namespace tc::otp
