#pragma once

// Counters, gauges and histograms of the process over prometheus-cpp, which is seen in metrics.cc only.
// Children are looked up once and held: a look-up by labels costs twenty times an increment. No personal data
// in labels (PRV-07). Thread-safe.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tc::obs {

using Labels = std::map<std::string, std::string>;

class Counter {
 public:
  virtual ~Counter() = default;
  virtual void Increment(double by = 1) = 0;
  virtual double value() const = 0;
};
class Gauge {
 public:
  virtual ~Gauge() = default;
  virtual void Set(double value) = 0;
  virtual void Add(double by) = 0;
  virtual double value() const = 0;
};
// Buckets from 0.5 ms to 10 s.
class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void Observe(double seconds) = 0;
};

// The children live as long as the process; the same name and labels give the same child. Names begin with
// "tc_". A name used for two kinds, or a name that Prometheus does not take, is a programming error and ends
// the process.
Counter& GetCounter(const std::string& name, const std::string& help, const Labels& labels) noexcept;
Gauge& GetGauge(const std::string& name, const std::string& help, const Labels& labels) noexcept;
Histogram& GetHistogram(const std::string& name, const std::string& help, const Labels& labels) noexcept;

// Serves /metrics and /livez (200 while the process lives) on "127.0.0.1:9464" or "[::1]:9464". The port may
// be 0; port() tells the real one. Stops in milliseconds when destroyed.
class MetricsServer {
 public:
  // INVALID_ARGUMENT for an address without host or port, FAILED_PRECONDITION when it cannot be listened on.
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(const std::string& address);
  virtual ~MetricsServer() = default;
  virtual int port() const = 0;
};

// The text exposition of everything registered. For tests.
std::string RenderMetrics();

}  // namespace tc::obs
