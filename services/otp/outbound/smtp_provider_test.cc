#include "services/otp/outbound/smtp_provider.h"

#include <gmock/gmock.h>

#include "common/testing/status.h"
#include "services/otp/outbound/mail.h"
#include "services/otp/outbound/provider_testing.h"
#include "services/otp/outbound/relay_testing.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kDeadlineExceeded;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kUnavailable;
using testing::HasCode;
using testing::IsOk;
using testing::Noon;

Message AnyMail() {
  Message message = CodeMessage();
  message.to = *Address::Email("ivan@example.ru", "email");
  message.channel = Channel::kEmail;
  message.text.subject = "Код подтверждения";
  return message;
}

ProviderInfo Info() { return {.name = "relay", .kind = "smtp", .channels = {Channel::kEmail}}; }

SmtpOptions OptionsFor(const Relay& relay) {
  SmtpOptions options;
  options.url = relay.url();
  options.from = "no-reply@gosuslugi.example";
  options.user = "otp";
  options.password = Secret("relay-secret");
  options.transport.ca_file = relay.ca_file();
  return options;
}

absl::StatusOr<Acceptance> SendBy(SmtpOptions options) {
  return MakeSmtp(Info(), std::move(options))->Send(AnyMail(), AnyHandover());
}

void ExpectError(const absl::StatusOr<Acceptance>& result, absl::StatusCode code, absl::string_view why) {
  EXPECT_THAT(result, HasCode(code));
  EXPECT_EQ(result.status().message(), why);
}

TEST(Smtp, HandsTheMailOver) {
  for (const char* tls : {"starttls", "implicit"}) {
    Relay relay({.tls = tls, .auth = std::string(tls) == "starttls"});
    SmtpOptions options = OptionsFor(relay);
    if (std::string(tls) == "implicit") options.user.clear();
    const std::unique_ptr<Provider> provider = MakeSmtp(Info(), std::move(options));
    EXPECT_FALSE(provider->info().receipts);
    EXPECT_FALSE(provider->info().repeats_safely);
    ASSERT_THAT(provider->Send(AnyMail(), AnyHandover()), IsOk());
    const nlohmann::json mail = relay.Mail();
    EXPECT_EQ(mail["from"], "no-reply@gosuslugi.example");
    EXPECT_EQ(mail["to"], nlohmann::json({"ivan@example.ru"}));
    EXPECT_EQ(mail["helo"], "gosuslugi.example") << "not the name of this machine";
    EXPECT_EQ(mail["tls"], true);
    EXPECT_EQ(mail["data"], ComposeMail(AnyMail(), "no-reply@gosuslugi.example"));
  }
}

TEST(Smtp, SpeaksWithoutTlsWhereItIsToldTo) {
  Relay relay({.tls = "", .auth = false});
  SmtpOptions options = OptionsFor(relay);
  options.user.clear();
  options.tls = false;
  EXPECT_THAT(SendBy(std::move(options)), IsOk());
}

TEST(Smtp, DemandsTls) {  // SND-18: a relay that offers none is not given the code
  const Relay relay({.tls = "", .auth = false});
  ExpectError(SendBy(OptionsFor(relay)), kUnavailable, "TLS_REFUSED");
}

TEST(Smtp, RefusesAStrangersCertificate) {  // SND-18
  const Relay relay, other;
  SmtpOptions options = OptionsFor(relay);
  options.transport.ca_file = other.ca_file();
  ExpectError(SendBy(std::move(options)), kUnavailable, "TLS_REFUSED");
  const Relay elsewhere({.hosts = "DNS:elsewhere.example"});
  ExpectError(SendBy(OptionsFor(elsewhere)), kUnavailable, "TLS_REFUSED");
}

struct Row {
  const char* at;
  const char* reply;
  absl::StatusCode code;
  const char* outcome;
};
class SmtpReplies : public ::testing::TestWithParam<Row> {};
TEST_P(SmtpReplies, AreTakenApart) {
  const Relay relay({.at = GetParam().at, .reply = GetParam().reply});
  ExpectError(SendBy(OptionsFor(relay)), GetParam().code, GetParam().outcome);
}
INSTANTIATE_TEST_SUITE_P(All, SmtpReplies,
                         ::testing::Values(Row{"RCPT", "450 later", kUnavailable, "SMTP_450"},
                                           Row{"RCPT", "550 nobody", kInvalidArgument, "SMTP_550"},
                                           Row{"DATA", "451 later", kUnavailable, "SMTP_451"},
                                           Row{"DATA", "554 spam", kInvalidArgument, "SMTP_554"}));

TEST(Smtp, TakesAWrongPasswordForItsOwnMistake) {
  const Relay relay;
  SmtpOptions options = OptionsFor(relay);
  options.password = Secret("wrong");
  ExpectError(SendBy(std::move(options)), kUnavailable, "SMTP_535");
}

TEST(Smtp, DoesNotKnowWhatBecameOfAMailThatWasNotConfirmed) {  // SND-13
  const Relay cut({.at = "CUT"});
  ExpectError(SendBy(OptionsFor(cut)), kDeadlineExceeded, "BROKEN");
  const Relay slow({.at = "SLOW"});
  SmtpOptions options = OptionsFor(slow);
  options.transport.timeout = absl::Seconds(2);
  const absl::Time before = absl::Now();
  ExpectError(SendBy(std::move(options)), kDeadlineExceeded, "TIMEOUT");
  EXPECT_LT(absl::Now() - before, absl::Seconds(10))
      << "and takes leave of the relay without ceremony (SND-12)";
}

TEST(Smtp, IsUnreachableWhenNobodyListensOrGreets) {
  SmtpOptions options;
  {
    const Relay gone;
    options = OptionsFor(gone);
    options.transport.ca_file.clear();
  }
  ExpectError(SendBy(std::move(options)), kUnavailable, "UNREACHABLE");
  const StubGateway deaf("", {.tls = false, .deaf = true});
  const Relay relay;
  SmtpOptions waiting = OptionsFor(relay);
  waiting.url = absl::StrCat("smtp", deaf.url("").substr(4));
  waiting.transport.timeout = absl::Milliseconds(300);
  ExpectError(SendBy(std::move(waiting)), kUnavailable, "UNREACHABLE");
}

TEST(Smtp, AsksNobodyWithoutTimeOrForAnAddressThatIsNone) {
  const StubGateway stub("", {.tls = false});
  SmtpOptions options;
  options.url = absl::StrCat("smtp", stub.url("").substr(4));
  options.from = "a@b.example";
  const std::unique_ptr<Provider> provider = MakeSmtp(Info(), std::move(options));
  ExpectError(provider->Send(AnyMail(), {.now = AnyMail().expires}), kUnavailable, "TOO_LATE");
  Message message = AnyMail();
  message.to = Address::FromTrusted(Address::Kind::kEmail, "<ivan>@example.ru");
  ExpectError(provider->Send(message, AnyHandover()), kInvalidArgument, "ADDRESS_REFUSED");
  EXPECT_EQ(stub.connections(), 0);
}

}  // namespace
}  // namespace tc::otp
