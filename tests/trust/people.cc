#include "tests/trust/people.h"

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/refusal.h"

namespace tc::trust {

bool IsActive(const Citizen& citizen, absl::Time now) {
  return !citizen.blocked && !citizen.frozen && now >= citizen.frozen_until;
}
bool IsFrozen(const Citizen& citizen, absl::Time now) { return !IsActive(citizen, now) && !citizen.blocked; }
bool MayBePrincipal(const Citizen& citizen, absl::Time now) {
  return citizen.confirmed && IsActive(citizen, now);
}
bool MayBeContact(const Citizen& citizen, absl::Time now) {
  return citizen.of_age && MayBePrincipal(citizen, now);
}

std::string PassportOf(const std::string& id) {
  return absl::StrFormat("45101%05u", std::hash<std::string>()(id) % 100000);
}

void People::Add(Citizen citizen) {
  const std::lock_guard lock(mutex_);
  citizens_[citizen.id] = std::move(citizen);
}

Citizen People::Get(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  return citizens_.at(id);
}

bool People::Knows(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  return citizens_.count(id) != 0;
}

std::optional<Citizen> People::Find(absl::FunctionRef<bool(const Citizen&)> fits) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, citizen] : citizens_) {
    if (fits(citizen)) return citizen;
  }
  return std::nullopt;
}

size_t People::size() const {
  const std::lock_guard lock(mutex_);
  return citizens_.size();
}

void People::Change(const std::string& id, absl::FunctionRef<rpc::FollowedEvent(Citizen&)> how,
                    absl::Time now) {
  const std::lock_guard lock(mutex_);
  rpc::FollowedEvent event = how(citizens_.at(id));
  event.resource = absl::StrCat("accounts/", id);
  event.attributes["account"] = id;
  event.at = now;
  events_.push_back(std::move(event));
}

std::vector<rpc::FollowedEvent> People::News(size_t seen) const {
  const std::lock_guard lock(mutex_);
  return {events_.begin() + static_cast<std::ptrdiff_t>(std::min(seen, events_.size())), events_.end()};
}

absl::Status People::ResetPassword(const Reset& reset, const std::string& request_id, absl::Time now,
                                   bool forgetful) {
  using enum absl::StatusCode;
  const std::lock_guard lock(mutex_);
  const std::string content = absl::StrCat(reset.account, "|", reset.recovery, "|", reset.password);
  if (const auto earlier = reset_requests_.find(request_id); earlier != reset_requests_.end()) {
    if (earlier->second == content) return absl::OkStatus();
    return Refuse(kInvalidArgument, Reason::kRequestIdReused, "other content");
  }
  const bool used = std::any_of(resets_.begin(), resets_.end(),
                                [&](const Reset& done) { return done.recovery == reset.recovery; });
  if (used && !forgetful) return Refuse(kFailedPrecondition, Reason::kProofUsed, "used");
  if (!IsActive(citizens_.at(reset.account), now)) {
    return Refuse(kFailedPrecondition, Reason::kAccountBlocked, "not active");
  }
  if (reset.password == "weak") {
    return Refuse(kInvalidArgument, Reason::kPasswordPolicyViolated, "weak")
        .Violation("new_password", "PASSWORD_TOO_SHORT", "too short");
  }
  reset_requests_[request_id] = content;
  resets_.push_back(reset);
  citizens_.at(reset.account).restricted_until = reset.restricted_until;
  return absl::OkStatus();
}

absl::Status People::Freeze(const std::string& id, absl::Time until, absl::Time now) {
  Change(
      id,
      [&](Citizen& citizen) -> rpc::FollowedEvent {
        citizen.frozen_until = until;
        return {until > now ? "AccountFrozen" : "AccountUnfrozen", "", {}, {}};
      },
      now);
  return absl::OkStatus();
}

absl::Status People::PermitPhoneChange(const std::string& id, const std::string& request_id, absl::Time now) {
  const std::lock_guard lock(mutex_);
  if (deed_requests_.count(request_id) != 0) return absl::OkStatus();
  if (!IsActive(citizens_.at(id), now)) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kAccountBlocked, "not active");
  }
  deed_requests_.insert(request_id);
  deeds_.push_back({id, "PHONE_CHANGE"});
  return absl::OkStatus();
}

absl::Status People::Unfreeze(const std::string& id, const std::string& request_id, absl::Time now) {
  {
    const std::lock_guard lock(mutex_);
    if (deed_requests_.count(request_id) != 0) return absl::OkStatus();
    if (citizens_.at(id).blocked) {
      return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kAccountBlocked, "blocked");
    }
    deed_requests_.insert(request_id);
    deeds_.push_back({id, "UNFREEZE"});
  }
  Change(
      id,
      [](Citizen& citizen) -> rpc::FollowedEvent {
        citizen.frozen = false;
        citizen.frozen_until = absl::InfinitePast();
        return {"AccountUnfrozen", "", {}, {}};
      },
      now);
  return absl::OkStatus();
}

std::vector<Deed> People::deeds() const {
  const std::lock_guard lock(mutex_);
  return deeds_;
}

std::vector<Reset> People::resets() const {
  const std::lock_guard lock(mutex_);
  return resets_;
}

void People::Tell(const Told& told) {
  const std::lock_guard lock(mutex_);
  if (told_requests_.insert(told.request_id).second) told_.push_back(told);
}

std::vector<Told> People::told(size_t seen) const {
  const std::lock_guard lock(mutex_);
  return {told_.begin() + static_cast<std::ptrdiff_t>(std::min(seen, told_.size())), told_.end()};
}

}  // namespace tc::trust
