// The listener over real HTTP, as a provider's gateway meets it.

#include "services/otp/rpc/receipt_listener.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "common/obs/log.h"
#include "common/obs/metrics.h"
#include "common/testing/certificates.h"
#include "common/testing/status.h"
#include "common/testing/wire.h"
#include "services/otp/rpc/receipt_http_testing.h"

namespace tc::otp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using ::testing::Pair;

class ReceiptListenerTest : public ::testing::Test {
 protected:
  ReceiptListenerTest() { options_.listen = "127.0.0.1:0"; }

  void Start() {
    auto started = ReceiptListener::Start(
        options_, [this](absl::string_view provider, absl::string_view token, const ReceiptCall& call) {
          const std::lock_guard lock(mutex_);
          provider_ = std::string(provider);
          token_ = std::string(token);
          calls_.push_back(call);
          return answer_;
        });
    ASSERT_THAT(started, IsOk());
    listener_ = *std::move(started);
  }
  std::string Url(const std::string& target) const { return listener_->url() + target; }
  size_t Calls() const {
    const std::lock_guard lock(mutex_);
    return calls_.size();
  }
  ReceiptCall LastCall() const {
    const std::lock_guard lock(mutex_);
    return calls_.back();
  }

  ReceiptListenerOptions options_;
  mutable std::mutex mutex_;
  absl::Status answer_;
  std::string provider_, token_;
  std::vector<ReceiptCall> calls_;
  std::unique_ptr<ReceiptListener> listener_;
};

TEST_F(ReceiptListenerTest, HandsOverWhatAProviderSays) {
  Start();
  EXPECT_EQ(HttpFetch(Url("/receipts/sms/tok-en_1?status=1&text=a+b%26%D1%8F&status=8")).code, 204);
  EXPECT_EQ(provider_, "sms");
  EXPECT_EQ(token_, "tok-en_1");
  const ReceiptCall got = LastCall();
  EXPECT_EQ(got.method, "GET");
  EXPECT_EQ(got.url, Url("/receipts/sms/tok-en_1?status=1&text=a+b%26%D1%8F&status=8"));
  EXPECT_THAT(got.query, ElementsAre(Pair("status", "8"), Pair("text", "a b&я")));
  EXPECT_EQ(got.body, "");

  const HttpAsk post{.method = "POST", .body = R"({"state":"DELIVRD"})", .headers = {"X-Signature: 2b7E"}};
  EXPECT_EQ(HttpFetch(Url("/receipts/sms/t"), post).code, 204);
  EXPECT_EQ(LastCall().method, "POST");
  EXPECT_EQ(LastCall().body, R"({"state":"DELIVRD"})");
  EXPECT_EQ(LastCall().headers.at("x-signature"), "2b7E");
}

TEST_F(ReceiptListenerTest, NamesTheUrlThatProvidersWereGiven) {  // they sign it
  options_.url = "https://otp.example/base";
  Start();
  EXPECT_EQ(listener_->url(), "https://otp.example/base");
  EXPECT_EQ(HttpFetch(absl::StrCat("http://", listener_->address(), "/receipts/sms/t?x=1")).code, 204);
  EXPECT_EQ(LastCall().url, "https://otp.example/base/receipts/sms/t?x=1");
}

TEST_F(ReceiptListenerTest, AnswersInNumbersAlone) {
  Start();
  const std::vector<std::pair<absl::Status, long>> table = {
      {absl::OkStatus(), 204},
      {absl::NotFoundError("n"), 404},
      {absl::UnauthenticatedError("u"), 401},
      {absl::InvalidArgumentError("i"), 400},
      {absl::UnavailableError("s"), 503},
      {absl::DataLossError("d"), 503},
      {absl::InternalError("x"), 503},
  };
  for (const auto& [status, code] : table) {
    answer_ = status;
    const HttpReply answer = HttpFetch(Url("/receipts/sms/t"));
    EXPECT_EQ(answer.code, code) << status;
    EXPECT_EQ(answer.body, "");
    EXPECT_EQ(absl::StrContains(answer.head, "Retry-After:"), code == 503) << answer.head;
  }
}

// Everything that is not an address is the same answer, so that nothing can be found by trying.
TEST_F(ReceiptListenerTest, DoesNotTellWhatIsWrongWithAnAddress) {
  Start();
  answer_ = absl::NotFoundError("token");
  const auto without_date = [](const std::string& head) {
    const size_t date = head.find("Date:");
    return date == std::string::npos ? head : head.substr(0, date) + head.substr(head.find('\n', date) + 1);
  };
  const std::string unknown_token = without_date(HttpFetch(Url("/receipts/sms/t")).head);
  for (const char* target :
       {"/", "/receipts", "/receipts/", "/receipts/sms", "/receipts/sms/", "/metrics",
        "/receipts/../receipts/sms/t", "//receipts/sms/t", "/receipts%2Fsms/t", "/?x=1"}) {
    const HttpReply answer = HttpFetch(Url(target));
    EXPECT_EQ(answer.code, 404) << target;
    EXPECT_EQ(without_date(answer.head), unknown_token) << target;
  }
}

TEST_F(ReceiptListenerTest, TakesGetAndPostOnly) {
  Start();
  for (const char* method : {"HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "get"}) {
    const HttpReply answer = HttpFetch(Url("/receipts/sms/t"), {.method = method});
    EXPECT_EQ(answer.code, 405) << method;
    EXPECT_THAT(answer.head, HasSubstr("Allow: GET, POST")) << method;
  }
  EXPECT_EQ(Calls(), 0u);
}

TEST_F(ReceiptListenerTest, TakesSixteenKibibytesAndNoMore) {
  Start();
  const auto post = [&](size_t size, std::vector<std::string> headers = {}) {
    return HttpFetch(Url("/receipts/sms/t"),
                     {.method = "POST", .body = std::string(size, 'x'), .headers = std::move(headers)})
        .code;
  };
  EXPECT_EQ(post(16 * 1024), 204);
  EXPECT_EQ(LastCall().body.size(), 16u * 1024);
  EXPECT_EQ(post(16 * 1024 + 1), 413);
  EXPECT_EQ(post(1 << 20), 413);
  EXPECT_EQ(post(16 * 1024 + 1, {"Transfer-Encoding: chunked"}), 413) << "without a length";
  EXPECT_EQ(Calls(), 1u);
}

TEST_F(ReceiptListenerTest, RefusesAHeadThatDoesNotFitItsMemory) {
  Start();
  const HttpAsk ask{.headers = {absl::StrCat("X-Big: ", std::string(64 * 1024, 'x'))}};
  EXPECT_GE(HttpFetch(Url("/receipts/sms/t"), ask).code, 400);
  EXPECT_GE(HttpFetch(Url(absl::StrCat("/receipts/sms/t?", std::string(64 * 1024, 'x')))).code, 400);
  EXPECT_EQ(Calls(), 0u);
}

// One byte now and then keeps a limit of silence quiet (slow loris).
TEST_F(ReceiptListenerTest, CutsOffWhoDripsHisRequest) {
  options_.request_time = absl::Milliseconds(300);
  Start();
  const RawSocket slow(listener_->address());
  ASSERT_TRUE(slow.Send("GET /receipts/sms/t HTTP/1.1\r\nHost: x\r\nX: "));
  bool open = true;
  const absl::Time begin = absl::Now();
  while (open && absl::Now() - begin < absl::Seconds(5)) {
    EXPECT_EQ(HttpFetch(Url("/receipts/sms/other")).code, 204) << "others are served";
    open = slow.Send("x");
  }
  EXPECT_FALSE(open);
}

TEST_F(ReceiptListenerTest, CutsOffWhoSaysNothing) {
  options_.request_time = absl::Milliseconds(500);
  Start();
  EXPECT_EQ(RawSocket(listener_->address()).ReadToEnd(), "");
  const RawSocket kept(listener_->address());
  EXPECT_TRUE(kept.Send("GET /receipts/sms/t HTTP/1.1\r\nHost: x\r\n\r\n"));  // and then no second one
  EXPECT_THAT(kept.ReadToEnd().value_or("nothing"), HasSubstr("204"));
}

TEST_F(ReceiptListenerTest, ServesNoMoreConnectionsThanItHasPlacesFor) {
  for (const unsigned places : {4u, 64u}) {
    options_.connections = places;
    Start();
    std::vector<std::unique_ptr<RawSocket>> idle;
    for (int i = 0; i < 8; ++i) idle.push_back(std::make_unique<RawSocket>(listener_->address()));
    const bool served = HttpFetch(Url("/receipts/sms/t"), {.patience_ms = 500}).code == 204;
    EXPECT_EQ(served, places == 64) << places;
    idle.clear();
    EXPECT_EQ(HttpFetch(Url("/receipts/sms/t")).code, 204) << "when places are free again";
    listener_.reset();
  }
}

TEST_F(ReceiptListenerTest, SpeaksTlsWithTheCertificateOfItsFiles) {
  testing::TempDir dir;
  testing::Authority authority(dir.path());
  const tls::Files files = authority.Issue("receipts", {});
  options_.certificate = files.certificate;
  options_.private_key = files.private_key;
  Start();
  EXPECT_TRUE(absl::StartsWith(listener_->url(), "https://127.0.0.1:")) << listener_->url();
  EXPECT_EQ(HttpFetch(Url("/receipts/sms/t"), {.ca = files.ca}).code, 204);
  EXPECT_EQ(HttpFetch(Url("/receipts/sms/t"), {.ca = files.ca, .tls = CURL_SSLVERSION_TLSv1_3}).code, 204);
  const HttpAsk old{.ca = files.ca, .tls = CURL_SSLVERSION_MAX_TLSv1_2};
  EXPECT_EQ(HttpFetch(Url("/receipts/sms/t"), old).result, CURLE_SSL_CONNECT_ERROR) << "TRN-01";
  EXPECT_NE(HttpFetch(Url("/receipts/sms/t")).result, CURLE_OK) << "nobody vouches for it";
  EXPECT_EQ(HttpFetch(absl::StrCat("http://", listener_->address(), "/receipts/sms/t")).code, 0);
}

TEST_F(ReceiptListenerTest, TakesTls12OnlyWhereItIsAllowed) {
  testing::TempDir dir;
  testing::Authority authority(dir.path());
  const tls::Files files = authority.Issue("receipts", {});
  options_.certificate = files.certificate;
  options_.private_key = files.private_key;
  options_.allow_tls12 = true;
  Start();
  const auto code = [&](long versions) {
    return HttpFetch(Url("/receipts/sms/t"), {.ca = files.ca, .tls = versions}).code;
  };
  EXPECT_EQ(code(CURL_SSLVERSION_MAX_TLSv1_2), 204);
  EXPECT_EQ(code(CURL_SSLVERSION_TLSv1_3), 204);
  EXPECT_EQ(code(CURL_SSLVERSION_MAX_TLSv1_1), 0);
}

TEST_F(ReceiptListenerTest, NamesWhatItCannotUse) {
  testing::TempDir dir;
  options_.certificate = dir.path() + "/absent.pem";
  options_.private_key = dir.path() + "/absent.key";
  const auto refused = [&] {
    return std::string(ReceiptListener::Start(options_, nullptr).status().message());
  };
  EXPECT_THAT(refused(), HasSubstr("absent.pem"));
  options_.certificate = options_.private_key = "";
  for (const char* listen :
       {"", "7404", ":7404", "127.0.0.1", "127.0.0.1:x", "[::1:1", "nowhere.invalid:1"}) {
    options_.listen = listen;
    EXPECT_THAT(refused(), HasSubstr("cannot listen")) << listen;
  }
  options_.listen = "127.0.0.1:0";
  Start();
  options_.listen = listener_->address();
  EXPECT_THAT(refused(), HasSubstr(listener_->address())) << "taken";
}

TEST_F(ReceiptListenerTest, ListensOnIpV6Too) {
  options_.listen = "[::1]:0";
  auto started = ReceiptListener::Start(options_, [](auto&&...) { return absl::OkStatus(); });
  if (!started.ok() && !HasIpV6()) GTEST_SKIP() << "this machine has no IPv6";
  ASSERT_THAT(started, IsOk());
  EXPECT_TRUE(absl::StartsWith((*started)->url(), "http://[::1]:"));
  EXPECT_EQ(HttpFetch((*started)->url() + "/receipts/sms/t").code, 204);
}

TEST_F(ReceiptListenerTest, FinishesWhatHasBegunWhenItStops) {
  absl::Notification begun, go_on;
  auto listener = *ReceiptListener::Start(options_, [&](auto&&...) {
    begun.Notify();
    go_on.WaitForNotification();
    return absl::OkStatus();
  });
  const std::string url = listener->url() + "/receipts/sms/t";
  HttpReply answer;
  std::thread caller([&] { answer = HttpFetch(url, {.headers = {"Connection: close"}}); });
  begun.WaitForNotification();
  std::thread stopper([&] { listener.reset(); });
  go_on.Notify();
  stopper.join();
  caller.join();
  EXPECT_EQ(answer.code, 204);
  EXPECT_EQ(HttpFetch(url).result, CURLE_COULDNT_CONNECT);
}

TEST_F(ReceiptListenerTest, ServesManyAtOnce) {
  Start();
  std::atomic<int> taken = 0;
  std::vector<std::thread> callers;
  for (int i = 0; i < 16; ++i) {
    callers.emplace_back([&] {
      for (int n = 0; n < 20; ++n) taken += HttpFetch(Url("/receipts/sms/t")).code == 204;
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(taken, 320);
  EXPECT_EQ(Calls(), 320u);
}

TEST_F(ReceiptListenerTest, LogsAndCountsNothingOfARequest) {
  std::string log;
  obs::SetLevel(obs::Level::kDebug);
  obs::SetSink([&](absl::string_view line) { absl::StrAppend(&log, line); });
  Start();
  answer_ = absl::UnavailableError("store");
  (void)HttpFetch(Url("/receipts/sms/secret-token?phone=79161234567"));
  (void)HttpFetch(Url("/secret-token?phone=79161234567"), {.method = "PUT"});
  listener_.reset();
  obs::SetSink(nullptr);
  obs::SetLevel(obs::Level::kInfo);
  for (const std::string& text : {log, obs::RenderMetrics()}) {
    EXPECT_THAT(text, Not(HasSubstr("secret-token")));
    EXPECT_THAT(text, Not(HasSubstr("79161234567")));
  }
}

}  // namespace
}  // namespace tc::otp
