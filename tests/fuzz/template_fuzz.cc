// Words and requests that are made of configuration: templates of messages, patterns of webhooks, their
// answers, the files of an operator. What the rules of words let pass keeps the promises of wording.h: two
// segments, one last line by which a browser fills the code in, nothing that could be taken for another
// (OTP-22, OTP-23).

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/refusal.h"
#include "common/testing/noon.h"
#include "common/testing/temp_dir.h"
#include "services/otp/domain/wording.h"
#include "services/otp/outbound/config.h"
#include "services/otp/outbound/endpoint.h"
#include "services/otp/outbound/pattern.h"
#include "services/otp/outbound/presets.h"
#include "services/otp/outbound/provider_file.h"
#include "services/otp/outbound/webhook_answer.h"
#include "services/otp/outbound/webhook_request.h"
#include "services/otp/outbound/webhook_values.h"
#include "services/otp/outbound/wording_file.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/template_words.h"

namespace tc::fuzz {
namespace {

enum class Form { kWords, kPattern, kRequest, kAnswer, kProviders, kTemplates };
constexpr size_t kForms = 6;

void CheckPattern(absl::string_view text) {
  const auto pattern = Pattern::Parse(text);
  const std::string doubled = absl::StrReplaceAll(text, {{"{", "{{"}, {"}", "}}"}});
  Require(Pattern::Parse(doubled).value().Fill({}) == text, "doubled braces are braces");
  if (!pattern.ok()) return Require(IsRefusal(pattern.status()), "a pattern is taken or refused");
  Values values;
  for (const std::string& name : pattern->names()) values[name] = "{to}&=é";
  Require(pattern->With(values).names().empty(), "what is filled in for good is not looked into again");
  Require(pattern->With(values).Fill({}) == pattern->Fill(values), "and stands where it would");
  Require(pattern->Fill(values, Pattern::Escape::kUrl).size() >= pattern->Fill({}).size(),
          "only values escape");
  const std::string only = pattern->OnlyName();
  Require(only.empty() || pattern->Fill(values) == values[only], "one placeholder is its value");
}

Message SomeMessage(const std::string& body) {
  Message message;
  message.delivery = DeliveryId::FromTrusted("d1");
  message.request_id = "0b9f1d3e-6c0a-4f7e-9b1d-2f3a4b5c6d7e";
  // No phone, but what it would take to get out of its place.
  message.to = Address::FromTrusted(Address::Kind::kPhone, "+79/../?a=b&#c@evil.example/\r\n");
  message.template_name = "CODE_RECOVERY_CLAIM";
  message.text = {"Code", body};
  message.code = "123456";
  message.created = testing::Noon();
  message.expires = testing::Noon() + absl::Minutes(5);
  return message;
}

// The member "request" of a provider, and a message for it.
void CheckRequestOf(absl::string_view text) {
  const auto json = ParseConfig(text);
  if (!json.ok()) return Require(IsRefusal(json.status()), "a configuration is taken or refused");
  Mistakes mistakes;
  const Secret secret("hush-hush");
  const auto request = WebhookRequest::Read(ConfigObject(*json, "request", mistakes),
                                            {{"sender", "GOSUSLUGI"}, {"account_sid", "AC1"}}, secret,
                                            {"api.example.ru", "127.0.0.1"});
  Require(!absl::StrContains(mistakes.status().message(), secret.Reveal()), "no mistake shows a secret");
  if (!mistakes.none()) return;
  for (const char* body : {"Ваш код 123456", "\"}{/?&=#\r\nX-Evil: 1"}) {
    const auto http = request.For(SomeMessage(body), {testing::Noon(), "https://otp.example/receipts/a/b"});
    if (!http.ok()) {
      Require(IsRefusal(http.status()), "a request is made or refused");
      continue;
    }
    const auto endpoint = ParseEndpoint(http->url);
    Require(endpoint.ok() && (endpoint->host == "api.example.ru" || endpoint->host == "127.0.0.1"),
            "only what is allowed is contacted");
    Require(endpoint->scheme == "https" || endpoint->loopback, "and not in clear");
    for (const auto& [name, value] : http->headers) {
      Require(name.find_first_of("\r\n:") == name.npos && value.find_first_of("\r\n") == value.npos,
              "no value makes a header of its own");
    }
    Require(http->url.find_first_of(" \r\n") == std::string::npos, "nor a line of its own");
  }
}

const std::vector<std::pair<std::string, Json>>& Presets() {
  static const auto& presets = *[] {
    auto* all = new std::vector<std::pair<std::string, Json>>;
    for (const auto& [name, text] : PresetFiles()) all->emplace_back(name, ParseConfig(text).value());
    return all;
  }();
  return presets;
}

// What a gateway answers, judged as each preset says.
void CheckAnswer(Input input) {
  const auto& [name, preset] = input.Of(Presets());
  const int status = static_cast<int>(input.Number() % 1000);
  Mistakes mistakes;
  const Json nothing = Json::object();
  const auto answer = WebhookAnswer::Read(
      ConfigObject(preset.contains("answer") ? preset["answer"] : nothing, "answer", mistakes));
  Require(mistakes.none(), "a preset has no mistakes");
  const auto taken = answer.Judge({status, std::string(input.Rest())});
  if (taken.ok()) {
    for (const char c : taken->provider_message) Require(c > ' ' && c < 0x7f, "a number is printable");
    return Require(taken->provider_message.size() <= 128, "and short");
  }
  const std::string code(taken.status().message());
  Require(!code.empty() && code.size() <= 38 &&
              code.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos,
          "a failure is a short code");
  for (size_t at = 0; at + 4 <= code.size(); ++at) {
    Require(code.substr(at, 4).find_first_not_of("0123456789") != std::string::npos,
            "and no code of a person's");
  }
}

const testing::TempDir& Dir() {
  static const testing::TempDir dir;
  return dir;
}

void CheckProviders(absl::string_view text) {
  const auto providers =
      OpenProviders({.providers_file = Dir().Write("providers.json", text)}, /*development=*/false);
  if (providers.ok()) return Require(!providers->empty(), "a file names a provider");
  Require(IsRefusal(providers.status()), "a file is taken or refused");
}

void CheckTemplates(Input input) {
  static const std::string& dir = *[] {
    auto* path = new std::string(Dir() / "templates");
    std::filesystem::create_directory(*path);
    return path;
  }();
  const char* name = input.Flag() ? "templates/en.json" : "templates/ru.json";
  const std::string file = Dir().Write(name, input.Rest());
  const auto wording = OpenWording(dir);
  std::filesystem::remove(file);
  if (!wording.ok()) return Require(IsRefusal(wording.status()), "a file is taken or refused");
  for (const Locale locale : {Locale::kRussian, Locale::kEnglish})
    CheckCodeTexts(*wording, locale, "Иван П.");
}

std::string ProvidersFile() {
  return R"({"allowed_hosts": ["api.example.ru", "127.0.0.1"], "providers": [
    {"name": "own", "kind": "webhook", "channels": ["SMS", "EMAIL"], "repeats_safely": true,
     "request": {"url": "https://api.example.ru/v1", "headers": {"Idempotency-Key": "{request_id}"},
                 "json": {"to": "{to}", "text": "{text}", "ttl": "{validity_seconds}"}},
     "answer": {"message": "/id", "retry": [429, "500-599"]},
     "receipts": {"format": "json", "status": "/status", "delivered": ["ok"], "failed": ["bad"]}},
    {"name": "kannel", "kind": "kannel", "channels": ["SMS"], "url": "http://127.0.0.1:13013/cgi-bin/sendsms",
     "username": "tc", "sender": "GOSUSLUGI"}]})";
}

}  // namespace

std::vector<std::string> Seeds() {
  const auto form = [](Form f, const std::string& rest) { return Byte(static_cast<size_t>(f)) + rest; };
  std::vector<std::string> seeds;
  for (const WordingEntry& entry : BuiltInWords()) {
    const auto name =
        std::find(Templates().begin(), Templates().end(), entry.template_name) - Templates().begin();
    const auto field = std::find(kFields.begin(), kFields.end(), entry.field) - kFields.begin();
    if (name % 7 != 0) continue;
    seeds.push_back(form(Form::kWords, Byte(entry.locale == Locale::kEnglish) +
                                           Byte(static_cast<size_t>(name)) +
                                           Byte(static_cast<size_t>(field)) + entry.words));
  }
  // Words that the rules refuse, each for one reason.
  const std::string code = Byte(1) + Byte(2) + Byte(0);  // the text of a code, in English
  for (const char* words :
       {"Code {code}{person}. Tell it to evil@example.org", "Code {code}{person} #1", "Code {code}",
        "Code {code}{person}. Call 1.2", "{code}{code}{person}", "9{code}{person}", "Code\n{code}{person}"})
    seeds.push_back(form(Form::kWords, code + words));
  seeds.push_back(form(Form::kWords, code + "{code}{person} " + std::string(150, 'x')));
  seeds.push_back(form(Form::kWords, Byte(1) + Byte(14) + Byte(5) + "Stop it here: {link} now"));
  for (const char* text : {"{to}", "a{{b}}{text}{to_digits}", "{", "{A}", "https://{base_url}/sms?to={to}"})
    seeds.push_back(form(Form::kPattern, text));
  for (const auto& [name, preset] : Presets()) {
    if (preset.contains("request")) seeds.push_back(form(Form::kRequest, preset["request"].dump()));
  }
  seeds.push_back(form(Form::kRequest,
                       R"({"url": "https://api.example.ru/{to}?to={to}&d={delivery}",
                           "method": "PUT", "headers": {"X": "{delivery}"},
                           "form": {"to": "{to}", "text": "{text}"}, "auth": {"type": "bearer"}})"));
  seeds.push_back(
      form(Form::kRequest,
           R"({"url": "http://127.0.0.1/", "json": {"a": ["{text_xml}", {"ttl": "{validity_minutes}"}]},
                           "auth": {"type": "basic", "username": "u"}})"));
  for (size_t i = 0; i < Presets().size(); ++i) {
    seeds.push_back(
        form(Form::kAnswer,
             Byte(i) + Number(200) +
                 R"({"id": "m-1", "sid": "SM1", "error_code": 7, "ok": false, "error": "FLOOD_WAIT_3",
                                                "messages": [{"messageId": "1",
                                                              "status": {"groupName": "REJECTED"}}]})"));
    seeds.push_back(form(Form::kAnswer, Byte(i) + Number(503) + "<html>"));
    seeds.push_back(
        form(Form::kAnswer, Byte(i) + Number(200) +
                                R"({"ok": false, "error": "PHONE_79031112233", "error_code": 79031112233,
                                                "messages": [{"status": {"groupName": "79031112233"}}]})"));
  }
  seeds.push_back(form(Form::kProviders, ProvidersFile()));
  seeds.push_back(form(Form::kTemplates,
                       Byte(1) + R"({"RECOVERY_STARTED": {"text": "Recovery of your account{person}."}})"));
  seeds.push_back(
      form(Form::kTemplates, Byte(0) + R"({"CODE_RECOVERY_CLAIM": {"voice": "Код: {spelt}{person}."}})"));
  return seeds;
}

}  // namespace tc::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tc::fuzz;  // NOLINT: this is its entry
  Input input(data, size);
  switch (static_cast<Form>(input.Choose(kForms))) {
    case Form::kWords:
      CheckWordsOf(input);
      break;
    case Form::kPattern:
      CheckPattern(input.Rest());
      break;
    case Form::kRequest:
      CheckRequestOf(input.Rest());
      break;
    case Form::kAnswer:
      CheckAnswer(input);
      break;
    case Form::kProviders:
      CheckProviders(input.Rest());
      break;
    case Form::kTemplates:
      CheckTemplates(input);
      break;
  }
  return 0;
}
