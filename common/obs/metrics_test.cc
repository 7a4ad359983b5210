#include "common/obs/metrics.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/testing/status.h"

namespace tc::obs {
namespace {

using testing::HasCode;
using ::testing::HasSubstr;
using ::testing::StartsWith;

// The whole answer of a GET, or "" when nobody listens.
std::string Fetch(int port, const std::string& path) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::string answer;
  if (::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0) {
    const std::string request = absl::StrCat("GET ", path, " HTTP/1.0\r\n\r\n");
    EXPECT_EQ(::write(fd, request.data(), request.size()), static_cast<ssize_t>(request.size()));
    char buffer[4096];
    ssize_t n = 0;
    while ((n = ::read(fd, buffer, sizeof buffer)) > 0) answer.append(buffer, static_cast<size_t>(n));
  }
  ::close(fd);
  return answer;
}

TEST(Counter, CountsAndIsRendered) {
  Counter& counter = GetCounter("tc_test_calls_total", "Calls.", {{"method", "Approve"}});
  counter.Increment();
  counter.Increment(2);
  EXPECT_EQ(counter.value(), 3);
  EXPECT_THAT(RenderMetrics(), HasSubstr("# HELP tc_test_calls_total Calls."));
  EXPECT_THAT(RenderMetrics(), HasSubstr("# TYPE tc_test_calls_total counter"));
  EXPECT_THAT(RenderMetrics(), HasSubstr("tc_test_calls_total{method=\"Approve\"} 3"));
}

TEST(Counter, IsTheSameForTheSameLabels) {
  Counter& one = GetCounter("tc_test_same_total", "Help.", {{"a", "1"}});
  EXPECT_EQ(&GetCounter("tc_test_same_total", "Help.", {{"a", "1"}}), &one);
  EXPECT_NE(&GetCounter("tc_test_same_total", "Help.", {{"a", "2"}}), &one);
}

TEST(Counter, LosesNothingAmongThreads) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 1000; ++i) GetCounter("tc_test_threads_total", "Help.", {}).Increment();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(GetCounter("tc_test_threads_total", "Help.", {}).value(), 4000);
}

TEST(Gauge, GoesBothWays) {
  Gauge& gauge = GetGauge("tc_test_depth", "Depth.", {});
  gauge.Set(5);
  gauge.Add(-2);
  EXPECT_EQ(gauge.value(), 3);
  EXPECT_THAT(RenderMetrics(), HasSubstr("tc_test_depth 3"));
}

TEST(Histogram, SortsIntoBuckets) {
  Histogram& histogram = GetHistogram("tc_test_seconds", "Duration.", {{"method", "Approve"}});
  histogram.Observe(0.0004);
  histogram.Observe(0.02);
  histogram.Observe(60);
  const std::string text = RenderMetrics();
  EXPECT_THAT(text, HasSubstr("tc_test_seconds_bucket{method=\"Approve\",le=\"0.0005\"} 1"));
  EXPECT_THAT(text, HasSubstr("tc_test_seconds_bucket{method=\"Approve\",le=\"10\"} 2"));
  EXPECT_THAT(text, HasSubstr("tc_test_seconds_bucket{method=\"Approve\",le=\"+Inf\"} 3"));
  EXPECT_THAT(text, HasSubstr("tc_test_seconds_count{method=\"Approve\"} 3"));
}

TEST(MetricsName, EndsTheProcessWhenUsedForTwoKinds) {
  GetCounter("tc_test_kind_total", "Help.", {});
  EXPECT_DEATH(GetGauge("tc_test_kind_total", "Help.", {}), "");
}

TEST(MetricsServer, ServesMetricsAndLivenessOnAFreePort) {
  GetCounter("tc_test_served_total", "Help.", {}).Increment();
  ASSERT_OK_AND_ASSIGN(const auto server, MetricsServer::Start("127.0.0.1:0"));
  ASSERT_GT(server->port(), 0);
  const std::string metrics = Fetch(server->port(), "/metrics");
  EXPECT_THAT(metrics, HasSubstr(" 200 "));
  EXPECT_THAT(metrics, HasSubstr("tc_test_served_total 1"));
  const std::string alive = Fetch(server->port(), "/livez");
  EXPECT_THAT(alive, HasSubstr(" 200 "));
  EXPECT_THAT(alive, ::testing::Not(HasSubstr("tc_")));
  EXPECT_THAT(Fetch(server->port(), "/etc/passwd"), HasSubstr(" 404 "));
}

TEST(MetricsServer, StopsAtOnce) {
  ASSERT_OK_AND_ASSIGN(auto server, MetricsServer::Start("127.0.0.1:0"));
  const int port = server->port();
  const absl::Time start = absl::Now();
  server.reset();
  EXPECT_LT(absl::Now() - start, absl::Seconds(1));
  EXPECT_EQ(Fetch(port, "/livez"), "");
}

TEST(MetricsServer, RefusesAnAddressThatIsTaken) {
  ASSERT_OK_AND_ASSIGN(const auto first, MetricsServer::Start("127.0.0.1:0"));
  const std::string address = absl::StrCat("127.0.0.1:", first->port());
  const absl::Status status = MetricsServer::Start(address).status();
  EXPECT_THAT(status, HasCode(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(std::string(status.message()), HasSubstr(address));
}

TEST(MetricsServer, RefusesAnAddressWithoutHostOrPort) {
  for (const char* address :
       {"", "9464", ":9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:70000",
        "127.0.0.1:1,0.0.0.0:2", "127.0.0.1:1s", "[::1:9464", "[]:9464"}) {
    EXPECT_THAT(MetricsServer::Start(address).status(), HasCode(absl::StatusCode::kInvalidArgument))
        << address;
  }
}

}  // namespace
}  // namespace tc::obs
