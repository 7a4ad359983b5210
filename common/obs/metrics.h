#pragma once

// Counters, gauges and histograms of the process over prometheus-cpp, which is seen in metrics.cc only.
// Children are looked up once and held: a look-up by labels costs twenty times an increment. No personal data in labels (PRV-07).
// Thread-safe.

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
class Histogram {
 public:
  virtual ~Histogram() = default;
  virtual void Observe(double seconds) = 0;
};

// The children live as long as the process. Names begin with "tc_".
Counter& GetCounter(const std::string& name, const std::string& help, const Labels& labels);
Gauge& GetGauge(const std::string& name, const std::string& help, const Labels& labels);
Histogram& GetHistogram(const std::string& name, const std::string& help, const Labels& labels);

// Serves /metrics (and /livez) on "127.0.0.1:9464". The port may be 0; port() tells the real one.
class MetricsServer {
 public:
  static absl::StatusOr<std::unique_ptr<MetricsServer>> Start(const std::string& address);
  virtual ~MetricsServer() = default;
  virtual int port() const = 0;
};

// The text exposition of everything registered. For tests.
std::string RenderMetrics();

}  // namespace tc::obs
