#include "services/otp/domain/budget.h"

#include "common/base/refusal.h"

namespace tc::otp {
namespace {

constexpr absl::Duration kDay = absl::Hours(24);
constexpr absl::Duration kGrain = absl::Hours(1);
constexpr double kWarnAt = 0.8;

}  // namespace

std::optional<int> BudgetOf(Channel channel, const Policy& policy) {
  switch (channel) {
    case Channel::kSms:
      return policy.budget_sms;
    case Channel::kVoice:
      return policy.budget_voice;
    case Channel::kEmail:
      return policy.budget_email;
    case Channel::kPush:
      return std::nullopt;
  }
  return 0;
}

void Spend(Budget& budget, absl::Time now) { Add(budget.spent, now, kGrain, kDay + kGrain); }

double SpentRatio(const Budget& budget, Channel channel, absl::Time now, const Policy& policy) {
  const std::optional<int> all = BudgetOf(channel, policy);
  if (!all.has_value()) return 0;
  return static_cast<double>(CountIn(budget.spent, now, kDay + kGrain)) / *all;
}

absl::Status CheckBudget(const Budget& budget, Channel channel, absl::Time now, const Policy& policy) {
  const std::optional<int> all = BudgetOf(channel, policy);
  if (!all.has_value() || CountIn(budget.spent, now, kDay + kGrain) < *all) return absl::OkStatus();
  return Refuse(absl::StatusCode::kResourceExhausted, Reason::kBudgetExhausted,
                "no more messages are sent this way today: try another")
      .With("channel", ChannelName(channel))
      .RetryAfter(FreeAt(budget.spent, now, kDay + kGrain, *all) - now);
}

bool WarningDue(const Budget& budget, Channel channel, absl::Time now, const Policy& policy) {
  return SpentRatio(budget, channel, now, policy) >= kWarnAt && now >= budget.warned + kDay;
}

}  // namespace tc::otp
