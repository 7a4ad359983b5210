#pragma once

// The day's budget of each channel: how many messages may leave within 24 hours (SND-10). Pure.

#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/otp/domain/address.h"
#include "services/otp/domain/policy.h"
#include "services/otp/domain/window.h"

namespace tc::otp {

struct Budget {
  Window spent;
  absl::Time warned = absl::InfinitePast();  // that it will soon be spent
  friend bool operator==(const Budget&, const Budget&) = default;
};

// nullopt: the channel costs nothing.
std::optional<int> BudgetOf(Channel channel, const Policy& policy);

// One more message at `now`. A message is remembered for 24 hours and up to one more.
void Spend(Budget& budget, absl::Time now);
// What part is spent: 0 to 1, more when those that pass anyway have gone beyond it. 0 without a budget.
double SpentRatio(const Budget& budget, Channel channel, absl::Time now, const Policy& policy);
// RESOURCE_EXHAUSTED / BUDGET_EXHAUSTED with the time until something is left.
absl::Status CheckBudget(const Budget& budget, Channel channel, absl::Time now, const Policy& policy);
// Four fifths are spent and nobody was told within the last 24 hours.
bool WarningDue(const Budget& budget, Channel channel, absl::Time now, const Policy& policy);

}  // namespace tc::otp
