#include "services/otp/domain/tries.h"

#include <algorithm>

#include "common/base/refusal.h"
#include "common/base/status.h"

namespace tc::otp {
namespace {

// The member of `list` that `is` it, a new one at the end when there is none.
template <typename Part, typename Is>
Part& PartOf(std::vector<Part>& list, Is is) {
  const auto found = std::find_if(list.begin(), list.end(), is);
  return found == list.end() ? list.emplace_back() : *found;
}

auto OfPurpose(Purpose purpose) {
  return [purpose](const TriesFor& tries) { return tries.purpose == purpose; };
}
auto OfAddress(Purpose purpose, absl::string_view address_index) {
  return [=](const InARow& row) { return row.purpose == purpose && row.address_index == address_index; };
}

std::vector<absl::Time> Recent(const std::vector<absl::Time>& times, absl::Time now) {
  std::vector<absl::Time> recent;
  std::copy_if(times.begin(), times.end(), std::back_inserter(recent),
               [&](absl::Time at) { return now < at + kPersonWindow; });
  return recent;
}

// Calls that are made at once may come here in another order than their times.
void Insert(std::vector<absl::Time>& times, absl::Time at) {
  times.insert(std::upper_bound(times.begin(), times.end(), at), at);
}

absl::Status PersonLimit(const std::vector<absl::Time>& times, absl::Time now, const Policy& policy) {
  const auto limit = static_cast<size_t>(policy.attempts_per_person);
  if (times.size() < limit) return absl::OkStatus();
  return Refuse(absl::StatusCode::kResourceExhausted, Reason::kPersonLimitReached,
                "not evaluated and not charged: too many wrong codes within 24 hours")
      .RetryAfter(times[times.size() - limit] + kPersonWindow - now);
}

}  // namespace

absl::StatusOr<Tries> ChargeTry(const Tries& before, const Try& next, const Policy& policy) {
  Tries after = CountingTries(before, next.at, policy);
  TriesFor& tries = PartOf(after.by_purpose, OfPurpose(next.purpose));
  TRY(PersonLimit(tries.at, next.at, policy));
  TRY(CheckEnabled(after, next.purpose, next.address_index, policy));
  tries.purpose = next.purpose;
  Insert(tries.at, next.at);
  if (Binds(next.purpose)) return after;
  InARow& row = PartOf(after.by_address, OfAddress(next.purpose, next.address_index));
  row.purpose = next.purpose;
  row.address_index = next.address_index;
  ++row.count;
  row.last = next.at;
  return after;
}

Tries GiveBackTry(const Tries& before, const Try& right) {
  Tries after = before;
  for (TriesFor& tries : after.by_purpose) {
    if (tries.purpose != right.purpose) continue;
    const auto own = std::find(tries.at.begin(), tries.at.end(), right.at);
    if (own != tries.at.end()) tries.at.erase(own);
  }
  std::erase_if(after.by_purpose, [](const TriesFor& tries) { return tries.at.empty(); });
  std::erase_if(after.by_address, [&](const InARow& row) {
    return row.address_index == right.address_index && (Binds(right.purpose) || row.purpose == right.purpose);
  });
  return after;
}

absl::Status CheckEnabled(const Tries& tries, Purpose purpose, absl::string_view address_index,
                          const Policy& policy) {
  if (Binds(purpose)) return absl::OkStatus();
  const auto row =
      std::find_if(tries.by_address.begin(), tries.by_address.end(), OfAddress(purpose, address_index));
  if (row == tries.by_address.end() || row->count < policy.consecutive_failures) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kAddressDisabled,
                "too many wrong codes in a row: the address must be bound anew");
}

Tries CountingTries(const Tries& tries, absl::Time now, const Policy& policy) {
  Tries counting;
  for (const TriesFor& one : tries.by_purpose) {
    std::vector<absl::Time> recent = Recent(one.at, now);
    if (!recent.empty()) counting.by_purpose.push_back({one.purpose, std::move(recent)});
  }
  for (const InARow& row : tries.by_address) {
    const bool disabled = row.count >= policy.consecutive_failures;
    if (disabled || now < row.last + kInARowKept) counting.by_address.push_back(row);
  }
  return counting;
}

absl::Time NextEndOf(const Tries& tries, const Policy& policy) {
  absl::Time end = absl::InfiniteFuture();
  for (const TriesFor& one : tries.by_purpose) end = std::min(end, one.at.back() + kPersonWindow);
  for (const InARow& row : tries.by_address) {
    if (row.count < policy.consecutive_failures) end = std::min(end, row.last + kInARowKept);
  }
  return end;
}

bool SprayBraked(const Window& failures, absl::Time now, const Policy& policy) {
  return CountIn(failures, now, kSprayWindow + kSprayBucket) >= policy.failures_per_hour;
}

absl::StatusOr<Window> ChargeSpray(const Window& before, bool challenge_passed, absl::Time now,
                                   const Policy& policy) {
  if (!challenge_passed && SprayBraked(before, now, policy)) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kChallengeRequired,
                  "not evaluated and not charged: a challenge must be passed first");
  }
  Window after = before;
  Add(after, now, kSprayBucket, kSprayWindow + kSprayBucket);
  return after;
}

Window GiveBackSpray(const Window& before, absl::Time at) {
  Window after = before;
  Add(after, at, kSprayBucket, kSprayWindow + kSprayBucket, -1);
  return after;
}

}  // namespace tc::otp
