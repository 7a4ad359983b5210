#pragma once

// The three peers as recovery's tests want them: they do what the real ones promise, and fail where the test
// says. Thread-safe.

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "services/recovery/outbound/linking_peer.h"
#include "services/recovery/rpc/fake_identity_testing.h"
#include "services/recovery/rpc/fake_otp_testing.h"
#include "services/recovery/rpc/faults_testing.h"

namespace tc::recovery::testing {

class FakeLinking final : public LinkingPeer {
 public:
  explicit FakeLinking(Faults& faults) : faults_(&faults) {}

  std::map<std::string, GuardNow> guards;  // by principal
  std::set<std::string> held;              // recoveries
  int holds = 0;                           // not counting repetitions
  bool refuse_removal = false;             // RemoveGuard: RECOVERY_OPEN

  absl::StatusOr<GuardNow> GetGuard(const AccountId& principal, absl::Time) override {
    TC_FAKE_CALL(GuardOf(principal));
  }
  absl::StatusOr<GuardNow> HoldGuard(const AccountId& principal, const PublicId& recovery, absl::Time until,
                                     const std::string& request_id, absl::Time) override {
    TC_FAKE_CALL(HoldNow(principal, recovery, until, request_id));
  }
  absl::Status RemoveGuard(const AccountId& principal, const LinkId& link, const PublicId&,
                           const std::string&, absl::Time) override {
    TC_FAKE_CALL(RemoveNow(principal, link));
  }

 private:
  absl::Status RemoveNow(const AccountId& principal, const LinkId& link) {
    const std::lock_guard lock(mutex_);
    if (refuse_removal)
      return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kRecoveryOpen, "held by another");
    GuardNow& guard = guards[principal.text()];
    if (guard.link == link) guard = GuardNow();
    return absl::OkStatus();
  }
  absl::StatusOr<GuardNow> GuardOf(const AccountId& principal) {
    const std::lock_guard lock(mutex_);
    return guards[principal.text()];
  }
  absl::StatusOr<GuardNow> HoldNow(const AccountId& principal, const PublicId& recovery, absl::Time until,
                                   const std::string& request_id) {
    const std::lock_guard lock(mutex_);
    const std::string content = absl::StrCat(principal.text(), recovery.text(), absl::FormatTime(until));
    const auto [earlier, fresh] = requests_.emplace(request_id, content);
    EXPECT_EQ(earlier->second, content) << "the same request id with other content";
    if (fresh) ++holds;
    held.insert(recovery.text());
    return guards[principal.text()];
  }

  Faults* faults_;
  std::mutex mutex_;
  std::map<std::string, std::string> requests_;
};

#undef TC_FAKE_CALL

}  // namespace tc::recovery::testing
