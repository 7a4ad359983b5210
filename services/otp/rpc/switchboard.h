#pragma once

// Switchboard: the providers, and which of them may be asked now. Breakers live in memory: after a restart
// everybody is tried again. Thread-safe.

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/obs/metrics.h"
#include "services/otp/domain/breaker.h"
#include "services/otp/domain/delivery.h"
#include "services/otp/domain/routing.h"
#include "services/otp/outbound/provider.h"

namespace tc::otp {

// What a provider's answer means for the attempt.
Fate FateOf(const absl::Status& answer);

class Switchboard {
 public:
  // `providers` outlive it.
  explicit Switchboard(const Providers& providers);

  // As of `now`, in the order of the configuration.
  std::vector<Line> Lines(absl::Time now) const;
  Provider& provider(size_t line) const { return *providers_[line]; }
  // nullptr when no provider has the name.
  const Provider* Find(const std::string& name) const;

  // A provider that may be asked. Each is told to Report or Release once.
  struct Turn {
    size_t line = 0;
    uint64_t probe = 0;
  };
  // nullopt: its breaker lets nobody pass now, or somebody else makes the probe.
  std::optional<Turn> Admit(size_t line, absl::Time now);
  // What came of it: counts, and moves the breaker.
  void Report(const Turn& turn, Channel channel, const absl::Status& answer, absl::Time now);
  // It was not asked after all.
  void Release(const Turn& turn);

 private:
  void Change(size_t line, const Breaker& after);

  const Providers& providers_;
  std::vector<obs::Gauge*> up_;
  // By line, channel and fate; all are made at the start.
  std::map<std::tuple<size_t, Channel, Fate>, obs::Counter*> attempts_;
  mutable std::mutex mutex_;
  std::vector<Breaker> breakers_;
};

}  // namespace tc::otp
