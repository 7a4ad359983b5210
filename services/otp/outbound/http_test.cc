#include "services/otp/outbound/http.h"

#include "common/testing/status.h"
#include "services/otp/outbound/stub_gateway_testing.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kDeadlineExceeded;
using absl::StatusCode::kUnavailable;
using testing::HasCode;
using testing::IsOk;

using Answer = absl::StatusOr<HttpAnswer>;

TransportOptions Trusting(const StubGateway& stub) {
  return {.ca_file = stub.ca_file(), .connect_timeout = absl::Seconds(3), .timeout = absl::Seconds(5)};
}

HttpRequest To(const StubGateway& stub) { return {.url = stub.url(), .body = "hello"}; }

Answer AskOnce(const StubGateway& stub, absl::Duration patience = absl::Seconds(5)) {
  return HttpClient(Trusting(stub)).Ask(To(stub), patience);
}

void ExpectError(const Answer& answer, absl::StatusCode code, absl::string_view why) {
  EXPECT_THAT(answer, HasCode(code));
  EXPECT_EQ(answer.status().message(), why);
}

TEST(HttpClient, GivesStatusAndBody) {
  for (const char* status : {"200 OK", "404 Not Found", "503 Unavailable"}) {
    const StubGateway stub(Http(status, "body"));
    const Answer answer = AskOnce(stub);
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(answer->status, std::atoi(status));
    EXPECT_EQ(answer->body, "body");
    EXPECT_EQ(BodyOf(stub.requests()[0]), "hello");
  }
}

TEST(HttpClient, KeepsItsConnection) {
  const StubGateway stub(Http("200 OK"));
  HttpClient client(Trusting(stub));
  for (int i = 0; i < 3; ++i) ASSERT_THAT(client.Ask(To(stub), absl::Seconds(5)), IsOk());
  EXPECT_EQ(stub.requests().size(), 3u);
  EXPECT_EQ(stub.connections(), 1);
}

TEST(HttpClient, OpensAnotherConnectionWhenTheKeptOneWasClosed) {
  const StubGateway stub(Http("200 OK"), {.closes = true});
  HttpClient client(Trusting(stub));
  ASSERT_THAT(client.Ask(To(stub), absl::Seconds(5)), IsOk());
  stub.AwaitClosed(1);
  ASSERT_THAT(client.Ask(To(stub), absl::Seconds(5)), IsOk());
  EXPECT_EQ(stub.connections(), 2);
}

TEST(HttpClient, DoesNotKnowWhatBecameOfARequestThatWasCutOff) {  // SND-13
  for (const bool tls : {true, false}) {
    const StubGateway stub(Http("200 OK"), {.tls = tls, .cut_from = 1});
    ExpectError(AskOnce(stub), kDeadlineExceeded, "BROKEN");
    EXPECT_EQ(stub.requests().size(), 1u);
  }
}

TEST(HttpClient, NeverRepeatsARequestOnItsOwn) {  // SND-13: the gateway may have sent the first one's message
  for (const bool tls : {true, false}) {
    const StubGateway stub(Http("200 OK"), {.tls = tls, .cut_from = 2});
    HttpClient client(Trusting(stub));
    ASSERT_THAT(client.Ask(To(stub), absl::Seconds(5)), IsOk());
    ExpectError(client.Ask(To(stub), absl::Seconds(5)), kDeadlineExceeded, "BROKEN");
    EXPECT_EQ(stub.requests().size(), 2u) << "the first, and the one that was cut off";
  }
}

TEST(HttpClient, FollowsNoRedirect) {  // SND-18
  const StubGateway target(Http("200 OK"));
  const StubGateway stub(
      Http("307 Temporary Redirect", "", absl::StrCat("Location: ", target.url(), "\r\n")));
  ExpectError(AskOnce(stub), kUnavailable, "REDIRECT_REFUSED");
  EXPECT_EQ(target.connections(), 0);
}

TEST(HttpClient, RefusesACertificateOfAnotherAuthority) {  // SND-18
  const StubGateway stub(Http("200 OK")), other(Http("200 OK"));
  ExpectError(HttpClient(Trusting(other)).Ask(To(stub), absl::Seconds(5)), kUnavailable, "TLS_REFUSED");
  EXPECT_TRUE(stub.requests().empty()) << "nothing was said to a stranger";
}

TEST(HttpClient, RefusesACertificateForAnotherHost) {
  const StubGateway stub(Http("200 OK"), {.hosts = "DNS:elsewhere.example"});
  ExpectError(AskOnce(stub), kUnavailable, "TLS_REFUSED");
  EXPECT_TRUE(stub.requests().empty());
}

TEST(HttpClient, RefusesOldTls) {
  const StubGateway stub(Http("200 OK"), {.max_version = TLS1_1_VERSION});
  ExpectError(AskOnce(stub), kUnavailable, "TLS_REFUSED");
}

TEST(HttpClient, TakesNoProxyFromTheEnvironment) {
  const StubGateway proxy(Http("200 OK", "proxy"), {.tls = false}),
      stub(Http("200 OK", "gateway"), {.tls = false});
  ::setenv("http_proxy", proxy.url("").c_str(), 1);
  ::setenv("all_proxy", proxy.url("").c_str(), 1);
  const Answer answer = AskOnce(stub);
  ::unsetenv("http_proxy");
  ::unsetenv("all_proxy");
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->body, "gateway");
  EXPECT_EQ(proxy.connections(), 0);
}

TEST(HttpClient, GivesUpWhenPatienceIsOver) {  // SND-12
  const StubGateway silent("");
  ExpectError(AskOnce(silent, absl::Milliseconds(300)), kDeadlineExceeded, "TIMEOUT");
  HttpClient hasty({.ca_file = silent.ca_file(), .timeout = absl::Milliseconds(300)});
  ExpectError(hasty.Ask(To(silent), absl::Hours(1)), kDeadlineExceeded, "TIMEOUT");
}

TEST(HttpClient, AsksNobodyWithoutTime) {
  const StubGateway stub(Http("200 OK"));
  for (const absl::Duration patience : {absl::ZeroDuration(), -absl::Seconds(1), absl::Microseconds(900)})
    ExpectError(AskOnce(stub, patience), kUnavailable, "TOO_LATE");
  EXPECT_EQ(stub.connections(), 0);
}

TEST(HttpClient, HasNotSentAnythingToAHostThatNeverGreets) {
  const StubGateway deaf("", {.deaf = true});
  HttpClient client({.ca_file = deaf.ca_file(), .connect_timeout = absl::Milliseconds(300)});
  ExpectError(client.Ask(To(deaf), absl::Seconds(5)), kUnavailable, "UNREACHABLE");
}

TEST(HttpClient, IsToldWhenNobodyListens) {
  HttpRequest request;
  {
    const StubGateway gone(Http("200 OK"), {.tls = false});
    request = To(gone);
  }
  ExpectError(HttpClient({}).Ask(request, absl::Seconds(5)), kUnavailable, "UNREACHABLE");
}

TEST(HttpClient, BoundsTheAnswerItReads) {
  const std::string flood(20000, 'x');
  const StubGateway body(Http("200 OK", flood));
  ExpectError(AskOnce(body), kDeadlineExceeded, "ANSWER_TOO_LONG");
  const StubGateway header(Http("200 OK", "", absl::StrCat("X-Flood: ", flood, "\r\n")));
  ExpectError(AskOnce(header), kDeadlineExceeded, "ANSWER_TOO_LONG");
}

TEST(HttpClient, BelievesARefusalWhoseBodyIsTooLongOrBreaksOff) {
  const StubGateway flood(Http("503 Unavailable", std::string(20000, 'x')));
  const StubGateway broken("HTTP/1.1 503 Unavailable\r\nContent-Length: 100\r\n\r\nno", {.closes = true});
  for (const StubGateway* stub : {&flood, &broken}) {
    const Answer answer = AskOnce(*stub);
    ASSERT_THAT(answer, IsOk());
    EXPECT_EQ(answer->status, 503);
    EXPECT_EQ(answer->body, "");
  }
}

TEST(HttpClient, DoesNotUnderstandGarbage) {
  const StubGateway garbage("220 mail.example ESMTP\r\n", {.closes = true});
  EXPECT_THAT(AskOnce(garbage), HasCode(kDeadlineExceeded));
  const StubGateway half("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", {.closes = true});
  ExpectError(AskOnce(half), kDeadlineExceeded, "BROKEN");
}

}  // namespace
}  // namespace tc::otp
