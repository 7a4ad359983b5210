#include "services/otp/outbound/presets.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/crypto/hmac.h"
#include "common/testing/status.h"
#include "services/otp/outbound/provider_testing.h"
#include "services/otp/outbound/stub_gateway_testing.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kUnauthenticated;
using absl::StatusCode::kUnavailable;
using testing::HasCode;
using testing::IsOk;

// What a gateway is known to want, and to answer.
struct Golden {
  const char* preset;
  const char* url;      // where the preset itself leads; the stub stands in for its host
  const char* more;     // of the provider
  const char* headers;  // besides those of every request, in alphabetical order
  const char* body;
  const char* answer;
  const char* number;
};
void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.preset; }

constexpr char kText[] = R"("Код 123456: вход.\n@gosuslugi.example #123456")";
constexpr char kForm[] =
    "%D0%9A%D0%BE%D0%B4%20123456%3A%20%D0%B2%D1%85%D0%BE%D0%B4.%0A%40gosuslugi.example%20%23123456";
constexpr char kVoice[] = R"("accept_voicemail_risk": true, "channels": ["VOICE"])";
constexpr char kTwilio[] = R"("settings": {"account_sid": "AC1"}, "sender": "+79990000000")";

const Golden kGoldens[] = {
    {"generic", "", R"("channels": ["SMS"])",
     "Authorization: Bearer s3cret|Content-Type: application/json; charset=utf-8|"
     "Idempotency-Key: 11111111-1111-4111-8111-111111111111",
     R"({"delivery":"deliveries/d1","to":"+79161234567","channel":"SMS","text":$TEXT,"locale":"ru",)"
     R"("template":"CODE_RECOVERY_CLAIM","created":"2026-03-02T12:00:00+00:00",)"
     R"("expires":"2026-03-02T12:05:00+00:00","receipt_url":"https://otp.example/receipts/p/t0ken"})",
     R"({"id":"sms-77"})", "sms-77"},
    {"exolve", "https://api.exolve.ru/messaging/v1/SendSMS",
     R"("sender": "79990000000", "channels": ["SMS"])",
     "Authorization: Bearer s3cret|Content-Type: application/json; charset=utf-8",
     R"({"number":"79990000000","destination":"79161234567","text":$TEXT})", R"({"message_id":"439166"})",
     "439166"},
    {"smsc", "https://smsc.ru/rest/send/", R"("sender": "GOV", "channels": ["SMS"])",
     "Content-Type: application/json; charset=utf-8",
     R"({"apikey":"s3cret","sender":"GOV","phones":"79161234567","mes":$TEXT,"charset":"utf-8","fmt":3})",
     R"({"id":348,"cnt":1})", "348"},
    {"smsc-voice", "https://smsc.ru/rest/send/", kVoice, "Content-Type: application/json; charset=utf-8",
     R"({"apikey":"s3cret","phones":"79161234567","mes":$TEXT,"call":1,"charset":"utf-8","fmt":3})",
     R"({"id":349,"cnt":20})", "349"},
    {"twilio", "https://api.twilio.com/2010-04-01/Accounts/{account_sid}/Messages.json",
     R"("channels": ["SMS"], $TWILIO)",
     "Authorization: Basic QUMxOnMzY3JldA==|Content-Type: application/x-www-form-urlencoded",
     "To=%2B79161234567&From=%2B79990000000&Body=$FORM&ValidityPeriod=240&"
     "StatusCallback=https%3A%2F%2Fotp.example%2Freceipts%2Fp%2Ft0ken",
     R"({"sid":"SM1","status":"queued"})", "SM1"},
    {"twilio-voice", "https://api.twilio.com/2010-04-01/Accounts/{account_sid}/Calls.json",
     R"($VOICE, $TWILIO)",
     "Authorization: Basic QUMxOnMzY3JldA==|Content-Type: application/x-www-form-urlencoded",
     "To=%2B79161234567&From=%2B79990000000&Twiml=%3CResponse%3E%3CSay%20language%3D%22ru-RU%22%3E$FORM%3C%"
     "2FSay%3E%3C"
     "%2FResponse%3E&StatusCallback=https%3A%2F%2Fotp.example%2Freceipts%2Fp%2Ft0ken",
     R"({"sid":"CA1","status":"queued"})", "CA1"},
    {"infobip", "https://{base_url}/sms/3/messages",
     R"("channels": ["SMS"], "sender": "GOV", "settings": {"base_url": "localhost"})",
     "Accept: application/json|Authorization: App s3cret|Content-Type: application/json; charset=utf-8",
     R"({"messages":[{"sender":"GOV","destinations":[{"to":"79161234567"}],"content":{"text":$TEXT}}]})",
     R"({"messages":[{"messageId":"m-1","status":{"groupName":"PENDING"}}]})", "m-1"},
    {"telegram-gateway", "https://gatewayapi.telegram.org/sendVerificationMessage", R"("channels": ["SMS"])",
     "Authorization: Bearer s3cret|Content-Type: application/json; charset=utf-8",
     R"({"phone_number":"+79161234567","code":"123456","ttl":240,)"
     R"("callback_url":"https://otp.example/receipts/p/t0ken"})",
     R"({"ok":true,"result":{"request_id":"r-9"}})", "r-9"}};

std::string Spelt(const std::string& text) {
  return absl::StrReplaceAll(text,
                             {{"$TEXT", kText}, {"$FORM", kForm}, {"$TWILIO", kTwilio}, {"$VOICE", kVoice}});
}

// In alphabetical order, without those of every request.
std::string HeadersOf(const std::string& request) {
  std::vector<std::string> lines = absl::StrSplit(request.substr(0, request.find("\r\n\r\n")), "\r\n");
  lines.erase(lines.begin());
  std::erase_if(lines, [](const std::string& line) {
    return absl::StartsWith(line, "Host:") || absl::StartsWith(line, "Content-Length:") ||
           line == "Accept: */*";
  });
  std::sort(lines.begin(), lines.end());
  return absl::StrJoin(lines, "|");
}

class Preset : public ::testing::TestWithParam<Golden> {
 protected:
  std::unique_ptr<Provider> Open(const StubGateway& stub) const {
    return dir_.OpenOne(absl::StrCat(R"({"name": "p", "kind": "webhook", "preset": ")", GetParam().preset,
                                     R"(", )", Spelt(GetParam().more), R"(, "secret_file": ")",
                                     dir_.Write("secret", "s3cret"), R"(", "ca_file": ")", stub.ca_file(),
                                     R"(", "request": {"url": ")", stub.url(), R"("}})"));
  }
  ConfigDir dir_;
};

TEST_P(Preset, AsksAsTheGatewayWantsToBeAsked) {
  const StubGateway stub(Http("200 OK", GetParam().answer));
  const auto taken = Open(stub)->Send(CodeMessage(), AnyHandover());
  ASSERT_THAT(taken, IsOk());
  EXPECT_EQ(taken->provider_message, GetParam().number);
  ASSERT_EQ(stub.requests().size(), 1u);
  EXPECT_TRUE(absl::StartsWith(stub.requests()[0], "POST /messages HTTP/1.1\r\n"));
  EXPECT_EQ(HeadersOf(stub.requests()[0]), GetParam().headers);
  EXPECT_EQ(BodyOf(stub.requests()[0]), Spelt(GetParam().body));
  const auto file = nlohmann::json::parse(PresetFiles().at(GetParam().preset), nullptr, true, true);
  EXPECT_EQ(file["request"].value("url", ""), GetParam().url);
}

TEST_P(Preset, TriesAgainWhenTheGatewayIsOverloaded) {
  const StubGateway stub(Http("503 Unavailable"));
  EXPECT_THAT(Open(stub)->Send(CodeMessage(), AnyHandover()), HasCode(kUnavailable));
}

INSTANTIATE_TEST_SUITE_P(All, Preset, ::testing::ValuesIn(kGoldens));

TEST(Presets, AreAllTested) {
  EXPECT_EQ(PresetFiles().size(), std::size(kGoldens));
  for (const Golden& golden : kGoldens) EXPECT_EQ(PresetFiles().count(golden.preset), 1u) << golden.preset;
}

// --- a notice lives for a day, longer than some gateways take ---

std::unique_ptr<Provider> OpenPreset(const ConfigDir& dir, absl::string_view preset,
                                     const std::string& gateway = "https://127.0.0.1/messages",
                                     const std::string& more = "") {
  const Golden& golden = *std::find_if(std::begin(kGoldens), std::end(kGoldens), [&](const Golden& g) {
    return absl::string_view(g.preset) == preset;
  });
  return dir.OpenOne(absl::StrCat(R"({"name": "p", "kind": "webhook", "preset": ")", preset, R"(", )",
                                  Spelt(golden.more), R"(, "secret_file": ")", dir.Write("secret", "s3cret"),
                                  R"(", )", more, R"("request": {"url": ")", gateway, R"("}})"));
}

TEST(Presets, NeverSayALongerValidityThanTheirGatewayTakes) {
  const StubGateway stub(Http("201 Created", R"({"sid":"SM1"})"));
  const ConfigDir dir;
  Message notice = CodeMessage();
  notice.code = "";
  notice.expires = notice.created + absl::Hours(24);
  const auto twilio =
      OpenPreset(dir, "twilio", stub.url(), absl::StrCat(R"("ca_file": ")", stub.ca_file(), R"(", )"));
  ASSERT_THAT(twilio->Send(notice, AnyHandover()), IsOk());
  EXPECT_TRUE(absl::StrContains(BodyOf(stub.requests()[0]), "ValidityPeriod=36000&"))
      << BodyOf(stub.requests()[0]);
}

// --- what the gateways report ---

struct Report {
  const char* preset;
  const char* field;
  const char* word;
  std::optional<DeliveryTrigger> outcome;
};
class TwilioReports : public ::testing::TestWithParam<Report> {};
TEST_P(TwilioReports, AreUnderstoodWhenTheyAreSigned) {  // SND-15
  const Report& report = GetParam();
  const ConfigDir dir;
  const std::unique_ptr<Provider> provider = OpenPreset(dir, report.preset);
  const std::string url = "https://otp.example/receipts/p/t0ken";
  // The address, then each field with its value, in the fields' order.
  const std::string signed_text = absl::StrCat(url, "AccountSid", "AC1", report.field, report.word);
  ReceiptCall call{
      "POST", url, {}, {}, absl::StrCat(report.field, "=", report.word, "&", "AccountSid", "=AC1")};
  EXPECT_THAT(provider->ReadReceipt(call), HasCode(kUnauthenticated));
  call.headers["x-twilio-signature"] = absl::Base64Escape(crypto::HmacSha1("s3cret", signed_text));
  const auto read = provider->ReadReceipt(call);
  ASSERT_THAT(read, IsOk());
  ASSERT_EQ(read->has_value(), report.outcome.has_value());
  if (report.outcome.has_value()) {
    EXPECT_EQ((*read)->outcome, *report.outcome);
  }
  call.body += "&To=elsewhere";
  EXPECT_THAT(provider->ReadReceipt(call), HasCode(kUnauthenticated));
}
INSTANTIATE_TEST_SUITE_P(
    All, TwilioReports,
    ::testing::Values(Report{"twilio", "MessageStatus", "delivered", DeliveryTrigger::kReceiptDelivered},
                      Report{"twilio", "MessageStatus", "undelivered", DeliveryTrigger::kReceiptFailed},
                      Report{"twilio", "MessageStatus", "sent", std::nullopt},
                      Report{"twilio-voice", "CallStatus", "completed", DeliveryTrigger::kReceiptDelivered},
                      Report{"twilio-voice", "CallStatus", "no-answer", DeliveryTrigger::kReceiptFailed},
                      Report{"twilio-voice", "CallStatus", "ringing", std::nullopt}));

TEST(Presets, UnderstandReportsOfTelegram) {
  const ConfigDir dir;
  const std::unique_ptr<Provider> provider = OpenPreset(dir, "telegram-gateway");
  const auto outcome = [&](const std::string& word) {
    const ReceiptCall call{
        "POST", "", {}, {}, absl::StrCat(R"({"delivery_status":{"status":")", word, R"("}})")};
    const auto read = provider->ReadReceipt(call);
    EXPECT_THAT(read, IsOk());
    return read->has_value() ? std::optional((*read)->outcome) : std::nullopt;
  };
  EXPECT_EQ(outcome("delivered"), DeliveryTrigger::kReceiptDelivered);
  EXPECT_EQ(outcome("expired"), DeliveryTrigger::kReceiptFailed);
  EXPECT_EQ(outcome("sent"), std::nullopt);
}

// --- what the gateways say although their status is 200 ---

struct Verdict {
  const char* preset;
  const char* answer;
  absl::StatusCode code;
  const char* outcome;
};
class PresetVerdicts : public ::testing::TestWithParam<Verdict> {};
TEST_P(PresetVerdicts, AreUnderstood) {
  const StubGateway stub(Http("200 OK", GetParam().answer));
  const ConfigDir dir;
  const std::unique_ptr<Provider> provider = OpenPreset(
      dir, GetParam().preset, stub.url(), absl::StrCat(R"("ca_file": ")", stub.ca_file(), R"(", )"));
  const auto result = provider->Send(CodeMessage(), AnyHandover());
  EXPECT_THAT(result, HasCode(GetParam().code));
  EXPECT_EQ(result.status().message(), GetParam().outcome);
}
INSTANTIATE_TEST_SUITE_P(
    All, PresetVerdicts,
    ::testing::Values(
        Verdict{"smsc", R"({"error":"invalid number","error_code":7})", kInvalidArgument, "ERROR_7"},
        Verdict{"smsc", R"({"error":"no money","error_code":3})", kUnavailable, "ERROR_3"},
        Verdict{"infobip", R"({"messages":[{"status":{"groupName":"REJECTED"}}]})", kInvalidArgument,
                "ERROR_REJECTED"},
        Verdict{"telegram-gateway", R"({"ok":false,"error":"PHONE_NUMBER_INVALID"})", kInvalidArgument,
                "ERROR_PHONE_NUMBER_INVALID"},
        Verdict{"telegram-gateway", R"({"ok":false,"error":"BALANCE_NOT_ENOUGH"})", kUnavailable,
                "ERROR_BALANCE_NOT_ENOUGH"},
        Verdict{"telegram-gateway", "<html>", absl::StatusCode::kDeadlineExceeded, "ANSWER_UNCLEAR"}));

}  // namespace
}  // namespace tc::otp
