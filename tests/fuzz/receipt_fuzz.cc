// What a gateway, or whoever found its address, sends to report of a message. An address is one that this
// service made, letter for letter; a report counts only when it is signed as the configuration says, and then
// says nothing but what became of the message (SND-15).

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/hmac.h"
#include "common/crypto/keyring.h"
#include "common/testing/fakes.h"
#include "services/otp/outbound/config.h"
#include "services/otp/outbound/webhook_receipt.h"
#include "services/otp/rpc/codes.h"
#include "services/otp/rpc/receipt_address.h"
#include "tests/fuzz/fuzz.h"

namespace tc::fuzz {
namespace {

using namespace tc::otp;  // NOLINT: nothing else is looked at here

enum class Form { kToken, kMutatedToken, kConfig, kReport };
constexpr size_t kForms = 4;
constexpr char kBase[] = "https://otp.example:7404";
constexpr char kKey[] = "hush-hush";

const ReceiptAddress& Addresses() {
  static testing::FakeRandom random;
  static const auto& addresses =
      *new ReceiptAddress(ReceiptAddress::Create(crypto::Keyring::ForTest({kCodeKey}, random)).value());
  return addresses;
}

std::string TokenOf(absl::string_view provider, const ReceiptTarget& target) {
  return Addresses().Make("", provider, target).substr(sizeof(kReceiptsPath) + provider.size());
}

void CheckToken(Input input) {
  const std::string provider(input.Text());
  const absl::string_view token = input.Rest();
  const std::optional<ReceiptTarget> target = Addresses().Open(provider, token);
  if (!target.has_value()) return;
  Require(TokenOf(provider, *target) == token, "what opens is what was made, letter for letter");
}

void CheckMutatedToken(Input input) {
  const int attempt = 1 + static_cast<int>(input.Number() % 65535);
  const size_t place = static_cast<size_t>(input.Number());
  const size_t bit = input.Choose(8);
  const std::string delivery(input.Text().substr(0, 64));
  const ReceiptTarget target{DeliveryId::FromTrusted(delivery), attempt};
  std::string token = TokenOf("sms", target);
  Require(Addresses().Open("sms", token) == target, "an address names its attempt");
  Require(!Addresses().Open("sms2", token).has_value(), "for its provider only");
  token[place % token.size()] = static_cast<char>(token[place % token.size()] ^ (1 << bit));
  Require(!Addresses().Open("sms", token).has_value(), "a changed address opens nothing");
}

ReceiptCall TakeCall(Input& input) {
  ReceiptCall call;
  call.method = input.Flag() ? "GET" : "POST";
  call.url = absl::StrCat(kBase, "/receipts/sms/abc?", input.Text());
  for (size_t n = input.Choose(4); n > 0; --n) {
    std::string name(input.Text());
    call.query[std::move(name)] = std::string(input.Text());
  }
  call.body = std::string(input.Rest());
  return call;
}

void CheckReceipt(const WebhookReceipt& reader, const ReceiptCall& call, bool may_be_unsigned) {
  const auto receipt = reader.Parse(call);
  if (!receipt.ok()) {
    const absl::StatusCode code = receipt.status().code();
    return Require(code == absl::StatusCode::kInvalidArgument || code == absl::StatusCode::kUnauthenticated,
                   "a report is taken, not understood, or not genuine");
  }
  Require(may_be_unsigned, "an unsigned report is not taken");
  if (!receipt->has_value()) return;
  const DeliveryTrigger outcome = (*receipt)->outcome;
  Require(outcome == DeliveryTrigger::kReceiptDelivered || outcome == DeliveryTrigger::kReceiptFailed ||
              outcome == DeliveryTrigger::kReceiptDeferred,
          "a report says what became of a message");
}

WebhookReceipt Read(const Json& json, Mistakes& mistakes) {
  return WebhookReceipt::Read(ConfigObject(json, "receipts", mistakes), Secret(kKey));
}

// A configuration behind its length, then a report. No report under "verify" has its signature.
void CheckConfig(Input input) {
  const auto json = ParseConfig(input.Text());
  if (!json.ok()) return Require(IsRefusal(json.status()), "a configuration is taken or refused");
  Mistakes mistakes;
  const WebhookReceipt reader = Read(*json, mistakes);
  if (!mistakes.none()) return;
  const bool open = !json->contains("verify") || (*json)["verify"].value("type", "none") == "none";
  CheckReceipt(reader, TakeCall(input), open);
}

struct Reader {
  const char* config;
  bool base64;
};
constexpr Reader kReaders[] = {
    {R"({"format": "query", "status": "status", "sequence": "n", "delivered": ["1"], "failed": ["2"],
         "deferred": [8],
         "verify": {"type": "hmac_sha256", "header": "X-Sign", "prefix": "sha256="}})",
     false},
    {R"({"format": "json", "status": "/result/status", "sequence": "/n", "delivered": ["ok"],
         "failed": ["bad"],
         "verify": {"type": "hmac_sha256", "header": "X-Sign", "encoding": "base64"}})",
     true},
    {R"({"format": "form", "status": "MessageStatus", "delivered": ["delivered", "read"],
         "failed": ["failed"],
         "verify": {"type": "twilio"}})",
     false},
};

// The report of a gateway that signs: read when its signature is right, refused when it is not or is missing.
void CheckReport(Input input) {
  const Reader& reader = kReaders[input.Choose(std::size(kReaders))];
  const Json config = ParseConfig(reader.config).value();
  Mistakes mistakes;
  const WebhookReceipt made = Read(config, mistakes);
  Require(mistakes.none(), "the test's own configuration is good");
  ReceiptCall call = TakeCall(input);
  CheckReceipt(made, call, false);
  const std::string mac = crypto::HmacSha256(kKey, call.body);
  call.headers["x-sign"] = reader.base64 ? absl::Base64Escape(mac) : "sha256=" + absl::BytesToHexString(mac);
  CheckReceipt(made, call, config["verify"]["type"] != "twilio");
  call.body += "&";
  CheckReceipt(made, call, false);
}

}  // namespace

std::vector<std::string> Seeds() {
  const auto form = [](Form f, const std::string& rest) { return Byte(static_cast<size_t>(f)) + rest; };
  const std::string token = TokenOf("sms", {DeliveryId::FromTrusted("d1"), 3});
  const std::string query =
      Byte(1) + Text("status=1&n=7") + Byte(2) + Text("status") + Text("1") + Text("n") + Text("7");
  const std::string post = Byte(0) + Text("") + Byte(0);
  std::vector<std::string> seeds;
  // Other spellings of an address, which a decoder could pass over: each length leaves others.
  for (const char* id : {"d1", "d12", "d123"}) {
    const std::string good = TokenOf("sms", {DeliveryId::FromTrusted(id), 3});
    for (const std::string& other : {good, good + "=", good + "==", " " + good})
      seeds.push_back(form(Form::kToken, Text("sms") + other));
  }
  const std::vector<std::string> others = {
      form(Form::kToken, Text("other") + token),
      form(Form::kMutatedToken, Number(3) + Number(20) + Byte(1) + Text("d1")),
      form(Form::kConfig, Text(
                              R"({"format": "query", "status": "status", "sequence": "n",
                       "delivered": [1], "failed": ["2"]})") +
                              query),
      form(Form::kConfig,
           Text(R"({"format": "json", "status": "/a/0", "delivered": [true], "failed": ["2"]})") + post +
               R"({"a": [true]})"),
      form(Form::kConfig,
           Text(R"({"format": "form", "status": "s", "delivered": ["a b"], "failed": ["2"]})") + post +
               "s=a+b&x=%00%2"),
      form(Form::kConfig, Text(R"({"format": "json", "status": 1e999})") + post),
      form(
          Form::kConfig,
          Text(
              R"({"format": "json", "status": "/99999999999999999999", "delivered": ["a"], "failed": ["2"]})") +
              post + R"(["a"])"),
      form(
          Form::kConfig,
          Text(
              R"({"format": "json", "status": "/a/99999999999999999999", "delivered": ["a"], "failed": ["2"]})") +
              post + R"({"a": ["a"]})"),
      form(Form::kReport, Byte(0) + query + "body"),
      form(Form::kReport, Byte(1) + post + R"({"result": {"status": "ok"}, "n": 12})"),
      form(Form::kReport, Byte(2) + post + "MessageSid=SM1&MessageStatus=delivered"),
  };
  seeds.insert(seeds.end(), others.begin(), others.end());
  return seeds;
}

}  // namespace tc::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tc::fuzz;  // NOLINT: this is its entry
  Input input(data, size);
  switch (static_cast<Form>(input.Choose(kForms))) {
    case Form::kToken:
      CheckToken(input);
      break;
    case Form::kMutatedToken:
      CheckMutatedToken(input);
      break;
    case Form::kConfig:
      CheckConfig(input);
      break;
    case Form::kReport:
      CheckReport(input);
      break;
  }
  return 0;
}
