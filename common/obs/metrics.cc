#include "common/obs/metrics.h"

#include <netdb.h>
#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace tc::obs {
namespace {

class PrometheusCounter final : public Counter {
 public:
  explicit PrometheusCounter(prometheus::Counter& child) : child_(child) {}
  void Increment(double by) override { child_.Increment(by); }
  double value() const override { return child_.Value(); }

 private:
  prometheus::Counter& child_;
};

class PrometheusGauge final : public Gauge {
 public:
  explicit PrometheusGauge(prometheus::Gauge& child) : child_(child) {}
  void Set(double value) override { child_.Set(value); }
  void Add(double by) override { child_.Increment(by); }
  double value() const override { return child_.Value(); }

 private:
  prometheus::Gauge& child_;
};

class PrometheusHistogram final : public Histogram {
 public:
  explicit PrometheusHistogram(prometheus::Histogram& child) : child_(child) {}
  void Observe(double seconds) override { child_.Observe(seconds); }

 private:
  prometheus::Histogram& child_;
};

std::shared_ptr<prometheus::Registry> TheRegistry() {
  // Never destroyed: a thread that outlives main may still count.
  static auto& registry =
      *new std::shared_ptr<prometheus::Registry>(std::make_shared<prometheus::Registry>());
  return registry;
}

// From half a millisecond (a read) to ten seconds (the longest deadline).
const prometheus::Histogram::BucketBoundaries& Seconds() {
  static const auto& bounds = *new prometheus::Histogram::BucketBoundaries{
      0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
  return bounds;
}

// One wrapper a child, for ever, so that equal names and labels give the same object.
template <typename Wrapper, typename Child>
Wrapper& Wrap(Child& child) {
  static auto& mutex = *new std::mutex;
  static auto& wrappers = *new std::map<Child*, std::unique_ptr<Wrapper>>;
  const std::lock_guard lock(mutex);
  std::unique_ptr<Wrapper>& wrapper = wrappers[&child];
  if (wrapper == nullptr) wrapper = std::make_unique<Wrapper>(child);
  return *wrapper;
}

struct HostPort {
  std::string host;  // without brackets
  std::string port;
};

// Without a host civetweb would listen on every interface, and a comma or a letter means more than a port to
// it.
std::optional<HostPort> ParseAddress(absl::string_view address) {
  const size_t colon = address.rfind(':');
  if (colon == absl::string_view::npos || colon == 0) return std::nullopt;
  absl::string_view host = address.substr(0, colon);
  const absl::string_view port = address.substr(colon + 1);
  uint32_t number = 0;
  if (port.empty() || port.find_first_not_of("0123456789") != absl::string_view::npos ||
      !absl::SimpleAtoi(port, &number) || number > 65535 || host.find(',') != absl::string_view::npos) {
    return std::nullopt;
  }
  if (absl::ConsumePrefix(&host, "[") != absl::ConsumeSuffix(&host, "]")) return std::nullopt;
  if (host.empty()) return std::nullopt;
  return HostPort{std::string(host), std::string(port)};
}

// Opens and closes a connection; whether it succeeds does not matter.
void Touch(const std::string& host, int port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return;
  const int fd = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd >= 0) {
    (void)!::connect(fd, found->ai_addr, found->ai_addrlen);
    ::close(fd);
  }
  ::freeaddrinfo(found);
}

class PrometheusServer final : public MetricsServer {
 public:
  PrometheusServer(std::unique_ptr<prometheus::Exposer> exposer, std::string host)
      : exposer_(std::move(exposer)), host_(std::move(host)), port_(exposer_->GetListeningPorts().at(0)) {
    exposer_->RegisterCollectable(TheRegistry(), "/metrics");
    exposer_->RegisterCollectable(alive_, "/livez");
  }

  // The listener sleeps in poll for two seconds at a time: a connection to it wakes it up, so that stopping
  // takes milliseconds.
  ~PrometheusServer() override {
    std::atomic<bool> gone{false};
    std::thread waker([&] {
      while (!gone) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
        if (!gone) Touch(host_, port_);
      }
    });
    exposer_.reset();
    gone = true;
    waker.join();
  }

  int port() const override { return port_; }

 private:
  std::shared_ptr<prometheus::Registry> alive_ =
      std::make_shared<prometheus::Registry>();  // empty: 200 is the answer
  std::unique_ptr<prometheus::Exposer> exposer_;
  std::string host_;
  int port_;
};

}  // namespace

Counter& GetCounter(const std::string& name, const std::string& help, const Labels& labels) noexcept {
  return Wrap<PrometheusCounter>(
      prometheus::BuildCounter().Name(name).Help(help).Register(*TheRegistry()).Add(labels));
}

Gauge& GetGauge(const std::string& name, const std::string& help, const Labels& labels) noexcept {
  return Wrap<PrometheusGauge>(
      prometheus::BuildGauge().Name(name).Help(help).Register(*TheRegistry()).Add(labels));
}

Histogram& GetHistogram(const std::string& name, const std::string& help, const Labels& labels) noexcept {
  auto& family = prometheus::BuildHistogram().Name(name).Help(help).Register(*TheRegistry());
  return Wrap<PrometheusHistogram>(family.Add(labels, Seconds()));
}

absl::StatusOr<std::unique_ptr<MetricsServer>> MetricsServer::Start(const std::string& address) {
  const std::optional<HostPort> parsed = ParseAddress(address);
  if (!parsed)
    return absl::InvalidArgumentError(absl::StrCat("\"", address, "\" is not of the form host:port"));
  try {
    auto exposer = std::make_unique<prometheus::Exposer>(address, 2);
    return std::make_unique<PrometheusServer>(std::move(exposer), parsed->host);
  } catch (const std::exception& error) {
    return absl::FailedPreconditionError(absl::StrCat("cannot listen on ", address, ": ", error.what()));
  }
}

std::string RenderMetrics() { return prometheus::TextSerializer().Serialize(TheRegistry()->Collect()); }

}  // namespace tc::obs
