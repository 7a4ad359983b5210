#include "services/otp/rpc/switchboard.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/obs/log.h"

namespace tc::otp {
namespace {

const char* OutcomeName(Fate fate) {
  switch (fate) {
    case Fate::kAccepted:
      return "accepted";
    case Fate::kRefused:
      return "rejected";
    case Fate::kNotTaken:
      return "postponed";
    default:
      return "unknown";
  }
}

obs::Counter& Attempts(const std::string& provider, Channel channel, Fate fate) {
  return obs::GetCounter("tc_otp_send_attempts_total", "Messages offered to a provider.",
                         {{"channel", std::string(ChannelName(channel))},
                          {"provider", provider},
                          {"outcome", OutcomeName(fate)}});
}

// A message that came too late for this provider says nothing about him, and Kannel answers well when only
// the operator behind it is away.
bool SaysNothing(const absl::Status& answer) {
  return answer.message() == "TOO_LATE" || answer.message() == "QUEUED";
}

BreakerOutcome OutcomeOf(const absl::Status& answer) {
  return answer.ok() || absl::IsInvalidArgument(answer) ? BreakerOutcome::kSuccess : BreakerOutcome::kFailure;
}

}  // namespace

Fate FateOf(const absl::Status& answer) {
  if (answer.ok()) return Fate::kAccepted;
  if (absl::IsInvalidArgument(answer)) return Fate::kRefused;
  return absl::IsUnavailable(answer) ? Fate::kNotTaken : Fate::kUnknown;
}

Switchboard::Switchboard(const Providers& providers) : providers_(providers), breakers_(providers.size()) {
  for (size_t i = 0; i < providers.size(); ++i) {
    const ProviderInfo& info = providers[i]->info();
    up_.push_back(&obs::GetGauge("tc_otp_provider_up",
                                 "1: messages are offered to it; 0: its breaker is open.",
                                 {{"provider", info.name}}));
    up_.back()->Set(1);
    for (const Channel channel : info.channels) {
      for (const Fate fate : {Fate::kAccepted, Fate::kRefused, Fate::kNotTaken, Fate::kUnknown}) {
        attempts_[{i, channel, fate}] = &Attempts(info.name, channel, fate);
      }
    }
  }
}

std::vector<Line> Switchboard::Lines(absl::Time now) const {
  std::vector<Line> lines;
  const std::lock_guard lock(mutex_);
  for (size_t i = 0; i < providers_.size(); ++i) {
    const ProviderInfo& info = providers_[i]->info();
    lines.push_back(
        {info.name, info.channels, info.receipts, info.repeats_safely, OpensAt(breakers_[i], now)});
  }
  return lines;
}

const Provider* Switchboard::Find(const std::string& name) const {
  for (const std::unique_ptr<Provider>& provider : providers_) {
    if (provider->info().name == name) return provider.get();
  }
  return nullptr;
}

std::optional<Switchboard::Turn> Switchboard::Admit(size_t line, absl::Time now) {
  const std::lock_guard lock(mutex_);
  const std::optional<Passage> passage = tc::otp::Admit(breakers_[line], now);
  if (!passage.has_value()) return std::nullopt;
  breakers_[line] = passage->after;
  return Turn{line, passage->probe};
}

void Switchboard::Report(const Turn& turn, Channel channel, const absl::Status& answer, absl::Time now) {
  attempts_.at({turn.line, channel, FateOf(answer)})->Increment();
  if (SaysNothing(answer)) return Release(turn);
  const std::lock_guard lock(mutex_);
  Change(turn.line, Record(breakers_[turn.line], turn.probe, OutcomeOf(answer), now));
}

void Switchboard::Release(const Turn& turn) {
  const std::lock_guard lock(mutex_);
  breakers_[turn.line] = tc::otp::Release(breakers_[turn.line], turn.probe);
}

void Switchboard::Change(size_t line, const Breaker& after) {
  const Breaker before = std::exchange(breakers_[line], after);
  if (before.pause == after.pause && before.open_until == after.open_until) return;
  up_[line]->Set(after.closed() ? 1 : 0);
  const std::string& name = providers_[line]->info().name;
  if (after.closed()) {
    obs::Info("a provider answers again", {{"provider", name}});
  } else {
    obs::Warning("a provider fails and is left alone",
                 {{"provider", name}, {"seconds", absl::StrCat(absl::ToInt64Seconds(after.pause))}});
  }
}

}  // namespace tc::otp
