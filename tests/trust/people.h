#pragma once

// People: the identity service as linking and recovery see it, one truth for both. Does what identity
// promises (one reset for one proof, a request told once) and tells what happens to a person as events.
// Thread-safe.

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/rpc/event_follower.h"

namespace tc::trust {

struct Citizen {
  std::string id;           // "p0"
  std::string first_name;   // "Анна"
  std::string masked_name;  // "Анна А."
  std::string phone;
  std::string email;
  absl::Time phone_bound_at;
  bool of_age = true;  // 18; everybody here is 14
  bool confirmed = true;
  bool blocked = false;
  bool frozen = false;                                 // by himself
  absl::Time frozen_until = absl::InfinitePast();      // after a danger report or a reject for fraud
  absl::Time restricted_until = absl::InfinitePast();  // after a recovered password
};

bool IsActive(const Citizen& citizen, absl::Time now);
// And not blocked: only that can be ended by an unfreeze.
bool IsFrozen(const Citizen& citizen, absl::Time now);
bool MayBePrincipal(const Citizen& citizen, absl::Time now);
bool MayBeContact(const Citizen& citizen, absl::Time now);

std::string PassportOf(const std::string& id);

// A password that was set, by whose word.
struct Reset {
  std::string account;
  std::string recovery;  // public id, from the proof
  std::string password;
  absl::Time restricted_until = absl::InfinitePast();
};

// Somebody was told something. `kind` is the notice's number in the service that tells.
struct Told {
  std::string from;  // "linking", "recovery"
  std::string receiver;
  int kind = 0;
  std::string masked_person;
  std::string subject;  // of recovery: the public id
  std::string link;     // the way to say "this was not me"
  std::string request_id;
};

// What identity has done on recovery's word besides a password.
struct Deed {
  std::string account;
  std::string what;  // "PHONE_CHANGE", "UNFREEZE"
};

class People {
 public:
  void Add(Citizen citizen);
  Citizen Get(const std::string& id) const;  // dies for an unknown one
  bool Knows(const std::string& id) const;
  std::optional<Citizen> Find(absl::FunctionRef<bool(const Citizen&)> fits) const;
  size_t size() const;

  // Changes a person and tells it to those who follow; `how` gives the event's type and what it says besides
  // "account".
  void Change(const std::string& id, absl::FunctionRef<rpc::FollowedEvent(Citizen&)> how, absl::Time now);
  // The events behind the first `seen` ones.
  std::vector<rpc::FollowedEvent> News(size_t seen) const;

  // OK once for one recovery, and again for the same request. PROOF_USED, ACCOUNT_BLOCKED,
  // PASSWORD_POLICY_VIOLATED for "weak". `forgetful` is a planted fault: a proof is good for ever.
  absl::Status ResetPassword(const Reset& reset, const std::string& request_id, absl::Time now,
                             bool forgetful);
  std::vector<Reset> resets() const;
  // The account is frozen until then; InfinitePast: no more. Told as an event.
  absl::Status Freeze(const std::string& id, absl::Time until, absl::Time now);
  // The owner may change his main number once. ACCOUNT_BLOCKED for an account that is not active.
  absl::Status PermitPhoneChange(const std::string& id, const std::string& request_id, absl::Time now);
  // Ends every freeze, told as an event. ACCOUNT_BLOCKED. Both: each request once.
  absl::Status Unfreeze(const std::string& id, const std::string& request_id, absl::Time now);
  std::vector<Deed> deeds() const;
  // Each request once.
  void Tell(const Told& told);
  std::vector<Told> told(size_t seen) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, Citizen> citizens_;
  std::vector<rpc::FollowedEvent> events_;
  std::map<std::string, std::string> reset_requests_;  // request id → content
  std::vector<Reset> resets_;
  std::set<std::string> deed_requests_;
  std::vector<Deed> deeds_;
  std::set<std::string> told_requests_;
  std::vector<Told> told_;
};

}  // namespace tc::trust
