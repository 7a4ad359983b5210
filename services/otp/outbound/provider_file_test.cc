#include "services/otp/outbound/provider_file.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "common/testing/status.h"
#include "services/otp/outbound/provider_testing.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using ::testing::ElementsAre;
using testing::HasCode;
using testing::IsOk;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class ProviderFile : public ::testing::Test {
 protected:
  // "place reason" of every mistake.
  std::vector<std::string> WrongIn(const std::string& json) const {
    const absl::StatusOr<Providers> opened = dir_.Open(json, /*development=*/false);
    std::vector<std::string> found;
    for (const FieldViolation& v : ViolationsOf(opened.status()))
      found.push_back(absl::StrCat(v.field, " ", v.reason));
    return found;
  }
  // Of a file with this provider, which may go to sms.example and this machine; the secret stands in $SECRET.
  std::vector<std::string> WrongWith(const std::string& provider) const {
    const std::string secret = dir_.Write("secret", "s3cret\n");
    return WrongIn(absl::StrReplaceAll(
        absl::StrCat(R"({"allowed_hosts": ["sms.example", "127.0.0.1"], "providers": [)", provider, "]}"),
        {{"$SECRET", secret}, {"$ROOT", dir_.root()}}));
  }
  ConfigDir dir_;
};

TEST_F(ProviderFile, KeepsTheOrder) {
  const absl::StatusOr<Providers> providers =
      dir_.Open(absl::StrCat(
                    R"({"allowed_hosts": ["127.0.0.1"], /* two of a kind */ "providers": [
        {"name": "b", "kind": "spool", "channels": ["SMS", "VOICE"], "dir": ")",
                    dir_.root(), R"("},  // first
        {"name": "a", "kind": "spool", "channels": ["EMAIL"], "dir": ")",
                    dir_.root(), R"("}]})"),
                /*development=*/true);
  ASSERT_THAT(providers, IsOk());
  ASSERT_EQ(providers->size(), 2u);
  EXPECT_EQ((*providers)[0]->info().name, "b");
  EXPECT_THAT((*providers)[0]->info().channels, ElementsAre(Channel::kSms, Channel::kVoice));
  EXPECT_EQ((*providers)[1]->info().name, "a");
  EXPECT_EQ((*providers)[1]->info().kind, "spool");
}

TEST_F(ProviderFile, TellsAllMistakesAtOnceWithTheirPlaces) {
  EXPECT_THAT(
      WrongIn(R"({"allowed_hosts": ["https://x/"], "hosts": [], "providers": [
        {"name": "A b", "kind": "kannel", "channels": ["SMS", "EMAIL", "SMS", "FAX"], "url": "http://sms.example/", "user": "x"},
        {"name": "x", "kind": "pigeon", "channels": "SMS"},
        {"name": "x", "kind": "smtp", "channels": [], "url": "smtp://mail.example/path", "from": "nobody", "tls": "none"}]})"),
      UnorderedElementsAre("hosts KEY_UNKNOWN", "allowed_hosts VALUE_INVALID",
                           "providers[0].name VALUE_INVALID", "providers[0].channels VALUE_INVALID",
                           "providers[0].channels VALUE_INVALID", "providers[0].channels VALUE_INVALID",
                           "providers[0].url VALUE_INVALID", "providers[0].url HOST_NOT_ALLOWED",
                           "providers[0].username KEY_MISSING", "providers[0].password_file KEY_MISSING",
                           "providers[0].sender KEY_MISSING", "providers[0].user KEY_UNKNOWN",
                           "providers[1].kind VALUE_INVALID", "providers[1].channels VALUE_INVALID",
                           "providers[2].name NAME_TAKEN", "providers[2].channels VALUE_INVALID",
                           "providers[2].url HOST_NOT_ALLOWED", "providers[2].url VALUE_INVALID",
                           "providers[2].tls VALUE_INVALID", "providers[2].from VALUE_INVALID"));
}

// The library throws where a place in a list does not fit its numbers, and only once an answer has come.
TEST_F(ProviderFile, RefusesAPointerToAPlaceThatNoListHas) {
  const auto wrong = [&](const std::string& pointer) {
    return WrongWith(absl::StrCat(R"({"name": "w", "kind": "webhook", "channels": ["SMS"],
        "request": {"url": "https://sms.example/", "json": {"to": "{to}", "text": "{text}"}},
        "answer": {"message": ")",
                                  pointer, R"("}})"));
  };
  EXPECT_THAT(wrong("/ids/0"), ElementsAre());
  EXPECT_THAT(wrong("/ids/999999999"), ElementsAre());
  for (const char* pointer : {"/ids/9999999999", "/ids/99999999999999999999/id"})
    EXPECT_THAT(wrong(pointer), ElementsAre("providers[0].answer.message VALUE_INVALID")) << pointer;
}

TEST_F(ProviderFile, MustBeAnObjectWithProviders) {
  for (const char* text : {"", "[]", "{", "{\"providers\": [}", R"({"providers": [], "providers": []})",
                           R"({"providers": 1e999})"})
    EXPECT_THAT(dir_.Open(text), HasCode(kInvalidArgument)) << text;
  EXPECT_THAT(WrongIn("{}"), ElementsAre("providers KEY_MISSING"));
  EXPECT_THAT(WrongIn(R"({"providers": []})"), ElementsAre("providers VALUE_INVALID"));
  EXPECT_THAT(WrongIn(R"({"providers": [7]})"), ::testing::Contains("providers[0] VALUE_INVALID"));
}

struct Row {
  const char* provider;
  const char* mistake;  // the only one; "" when there is none
};
void PrintTo(const Row& row, std::ostream* out) { *out << row.provider; }
constexpr char kHook[] = R"("name": "h", "kind": "webhook", "channels": ["SMS"])";
constexpr char kUrl[] = R"("url": "https://sms.example/")";

class ProviderRules : public ProviderFile, public ::testing::WithParamInterface<Row> {};
TEST_P(ProviderRules, AreHeld) {
  const std::string provider = absl::StrReplaceAll(GetParam().provider, {{"$HOOK", kHook}, {"$URL", kUrl}});
  const std::vector<std::string> found = WrongWith(provider);
  if (GetParam().mistake[0] == '\0') {
    EXPECT_THAT(found, ElementsAre());
  } else {
    EXPECT_THAT(found, ElementsAre(absl::StrCat("providers[0]", GetParam().mistake)));
  }
}
INSTANTIATE_TEST_SUITE_P(
    All, ProviderRules,
    ::testing::Values(
        Row{R"({$HOOK, "request": {$URL, "json": {}}})", ""},
        Row{R"({$HOOK, "request": {"url": "http://127.0.0.1:8/", "json": {}}})", ""},
        // Where it goes (SND-18)
        Row{R"({$HOOK, "request": {"url": "http://sms.example/", "json": {}}})",
            ".request.url VALUE_INVALID"},
        Row{R"({$HOOK, "request": {"url": "https://elsewhere.example/", "json": {}}})",
            ".request.url HOST_NOT_ALLOWED"},
        Row{R"({$HOOK, "request": {"url": "https://sms.example@elsewhere.example/", "json": {}}})",
            ".request.url VALUE_INVALID"},
        Row{R"({$HOOK, "request": {"url": "ftp://sms.example/", "json": {}}})", ".request.url VALUE_INVALID"},
        Row{R"({$HOOK, "request": {"url": "sms.example", "json": {}}})", ".request.url VALUE_INVALID"},
        Row{R"({$HOOK, "request": {"url": "https://{to}.example/", "json": {}}})",
            ".request.url VALUE_INVALID"},
        Row{R"({$HOOK, "request": {"url": "https://sms.example{to}", "json": {}}})",
            ".request.url VALUE_INVALID"},
        Row{R"({$HOOK, "request": {"url": "https://sms.example?{to}", "json": {}}})", ""},
        Row{R"({$HOOK, "settings": {"h": "sms.example"}, "request": {"url": "https://{h}/", "json": {}}})",
            ""},
        Row{R"({$HOOK, "settings": {"h": "sms.example@evil.example"}, "request": {"url": "https://{h}/", "json": {}}})",
            ".request.url VALUE_INVALID"},
        Row{R"({$HOOK, "settings": {"h": "evil.example"}, "request": {"url": "https://{h}/", "json": {}}})",
            ".request.url HOST_NOT_ALLOWED"},
        // What may stand where (OTP-20)
        Row{R"({$HOOK, "request": {"url": "https://sms.example/{code}", "json": {}}})",
            ".request.url VALUE_INVALID"},
        Row{R"({$HOOK, "secret_file": "$SECRET", "request": {"url": "https://sms.example/?k={secret}", "json": {}}})",
            ".request.url VALUE_INVALID"},
        Row{R"({$HOOK, "request": {$URL, "json": {}, "headers": {"X": "{text}"}}})",
            ".request.headers.X VALUE_INVALID"},
        Row{R"({$HOOK, "request": {$URL, "json": {}, "headers": {"Host": "x"}}})",
            ".request.headers.Host VALUE_INVALID"},
        Row{R"({$HOOK, "request": {$URL, "json": {}, "headers": {"X": "a\r\nY: b"}}})",
            ".request.headers.X VALUE_INVALID"},
        Row{R"({$HOOK, "request": {$URL, "json": {"a": [{"b": "{nobody}"}]}}})",
            ".request.json.a[0].b VALUE_INVALID"},
        Row{R"({$HOOK, "request": {$URL, "form": {"a": "{"}}})", ".request.form.a VALUE_INVALID"},
        Row{R"({$HOOK, "settings": {"to": "x"}, "request": {$URL, "json": {}}})", ".settings.to NAME_TAKEN"},
        // What is missing, too much, or of the wrong kind
        Row{R"({$HOOK, "request": {$URL}})", ".request.json KEY_MISSING"},
        Row{R"({$HOOK, "request": {$URL, "json": {}, "form": {}}})", ".request.json KEY_MISSING"},
        Row{R"({$HOOK, "request": {$URL, "json": {}, "method": "GET"}})", ".request.method VALUE_INVALID"},
        Row{R"({$HOOK, "request": {$URL, "json": {}, "auth": {"type": "bearer"}}})",
            ".secret_file KEY_MISSING"},
        Row{R"({$HOOK, "request": {$URL, "json": "{secret}"}})", ".secret_file KEY_MISSING"},
        Row{R"({$HOOK, "request": {$URL, "json": {}}, "answer": {"accepted": ["2xx"]}})",
            ".answer.accepted VALUE_INVALID"},
        Row{R"({$HOOK, "request": {$URL, "json": {}}, "answer": {"message": "id"}})",
            ".answer.message VALUE_INVALID"},
        Row{R"({$HOOK, "request": {$URL, "json": {}}, "answer": {"verdict": {"good": [0]}}})",
            ".answer.verdict.field KEY_MISSING"},
        Row{R"({$HOOK, "request": {$URL, "json": {}}, "receipts": {"status": "s", "delivered": [1]}})",
            ".receipts.failed KEY_MISSING"},
        Row{R"({$HOOK, "request": {$URL, "json": {}}, "repeats_safely": "yes"})",
            ".repeats_safely VALUE_INVALID"},
        Row{R"({$HOOK, "request": {$URL, "json": {}}, "ca_file": "$ROOT/none"})", ".ca_file FILE_REFUSED"},
        Row{R"({$HOOK, "preset": "pigeon", "request": {$URL, "json": {}}})", ".preset VALUE_INVALID"},
        // Calls (OTP-21)
        Row{R"({"name": "v", "kind": "webhook", "channels": ["VOICE"], "request": {$URL, "json": {}}})",
            ".asks_for_key KEY_MISSING"},
        Row{R"({"name": "v", "kind": "webhook", "channels": ["VOICE"], "asks_for_key": true, "request": {$URL, "json": {}}})",
            ""},
        Row{R"({"name": "v", "kind": "webhook", "channels": ["VOICE"], "accept_voicemail_risk": true,
               "request": {$URL, "json": {}}})",
            ""},
        // E-mail
        Row{R"({"name": "m", "kind": "smtp", "channels": ["EMAIL"], "url": "smtp://127.0.0.1:25", "from": "a@b.ru",
               "tls": "none"})",
            ""},
        Row{R"({"name": "m", "kind": "smtp", "channels": ["EMAIL"], "url": "smtp://sms.example", "from": "a@b.ru",
               "tls": "none"})",
            ".tls VALUE_INVALID"},
        Row{R"({"name": "m", "kind": "smtp", "channels": ["EMAIL"], "url": "smtps://sms.example", "from": "a@b.ru",
               "user": "u"})",
            ".password_file KEY_MISSING"},
        // A spool keeps codes in clear
        Row{R"({"name": "s", "kind": "spool", "channels": ["SMS"], "dir": "$ROOT"})",
            ".kind VALUE_INVALID"}));

TEST_F(ProviderFile, TakesSecretsFromPrivateFilesOnly) {  // CFG-02
  const auto with = [&](const std::string& path) {
    return WrongWith(absl::StrCat("{", kHook, R"(, "secret_file": ")", path, R"(", "request": {)", kUrl,
                                  R"(, "json": {}, "auth": {"type": "bearer"}}})"));
  };
  EXPECT_THAT(with(dir_.Write("good", " token\n")), ElementsAre());
  EXPECT_THAT(with(dir_.Write("stricter", "token", 0400)), ElementsAre());
  EXPECT_THAT(with(dir_.Write("mounted", "token", 0440)), ElementsAre()) << "for a group of this process";
  for (const std::string& path :
       {dir_.Write("group", "token", 0660), dir_.Write("all", "token", 0604), dir_.Write("empty", " \n"),
        dir_.Write("lines", "two\nlines"), dir_.root() + "/absent", dir_.root()})
    EXPECT_THAT(with(path), ElementsAre("providers[0].secret_file FILE_REFUSED")) << path;
}

TEST_F(ProviderFile, NeverShowsASecret) {  // OTP-20
  const absl::StatusOr<Providers> opened = dir_.Open(
      absl::StrCat(R"({"providers": [{"name": "k", "kind": "kannel", "channels": ["SMS"], "secret": "hunter2",
        "url": "https://u:hunter2@x/", "username": 7, "password_file": ")",
                   dir_.Write("p", "hunter2", 0644), R"("}]})"));
  EXPECT_THAT(opened, HasCode(kInvalidArgument));
  EXPECT_FALSE(absl::StrContains(opened.status().ToString(), "hunter2"));
  for (const FieldViolation& v : ViolationsOf(opened.status()))
    EXPECT_FALSE(absl::StrContains(absl::StrCat(v.field, v.description), "hunter2")) << v.description;
}

TEST_F(ProviderFile, OrASpoolButNotBoth) {
  const std::string file = dir_.Write("f", "{}"), spool = dir_.root() + "/spool";
  EXPECT_THAT(OpenProviders({.providers_file = "", .spool_dir = ""}, true), HasCode(kInvalidArgument));
  EXPECT_THAT(OpenProviders({.providers_file = file, .spool_dir = spool}, true), HasCode(kInvalidArgument));
  EXPECT_THAT(OpenProviders({.providers_file = "", .spool_dir = spool}, false), HasCode(kInvalidArgument));
  EXPECT_THAT(OpenProviders({.providers_file = dir_.root() + "/absent", .spool_dir = ""}, true),
              HasCode(kFailedPrecondition));
  const absl::StatusOr<Providers> opened = OpenProviders({.providers_file = "", .spool_dir = spool}, true);
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(opened->front()->info().channels.size(), 4u);
}

TEST_F(ProviderFile, OfTheExampleIsGood) {
  std::ifstream file(TC_DEPLOY "/providers.example.jsonc");
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  ASSERT_FALSE(text.empty());
  for (const char* name : {"kannel-password", "exolve-key", "gateway-token", "gateway-signing-key",
                           "twilio-token", "described-key", "relay-password"})
    dir_.Write(name, "s3cret");
  dir_.Write("ca-certificates.crt", "");
  text = absl::StrReplaceAll(text, {{"/etc/tc/otp", dir_.root()}, {"/etc/ssl/certs", dir_.root()}});
  EXPECT_THAT(WrongIn(text), ElementsAre());
  const absl::StatusOr<Providers> providers = dir_.Open(text);
  ASSERT_THAT(providers, IsOk());
  ASSERT_EQ(providers->size(), 6u);
  EXPECT_TRUE((*providers)[2]->info().repeats_safely);
  EXPECT_TRUE((*providers)[2]->info().receipts);
  EXPECT_FALSE((*providers)[1]->info().receipts);
}

}  // namespace
}  // namespace tc::otp
