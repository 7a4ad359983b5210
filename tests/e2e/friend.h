#pragma once

// Friend: the portal that goes on working while somebody else attacks, one call after the other at every
// service, each with a person of its own; and how it fared.

#include <algorithm>
#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/e2e/door.h"
#include "tests/e2e/methods.h"
#include "tests/e2e/requests.h"

namespace tc::e2e {

class Friend {
 public:
  explicit Friend(ProductionSuite& suite) : door_(suite) {
    Work("LinkingService/GetTrustedContact", "portal/friend", grpc::StatusCode::NOT_FOUND);
    Work("RecoveryService/GetRecovery", "portal/friend", grpc::StatusCode::NOT_FOUND);
    Work("IdentityService/CheckEligibility", "service/linking", grpc::StatusCode::NOT_FOUND);
    Work("OtpService/GetVerification", "service/recovery", grpc::StatusCode::NOT_FOUND);
  }
  ~Friend() { Stop(); }

  void Stop() {
    stop_ = true;
    for (std::thread& worker : workers_) worker.join();
    workers_.clear();
  }
  // After Stop.
  std::vector<std::string> failures() const { return failures_; }
  int calls() const { return calls_; }
  absl::Duration slowest() const { return slowest_; }

 private:
  static constexpr absl::Duration kDeadline = absl::Seconds(5);

  void Work(const char* label, const char* peer, grpc::StatusCode expected) {
    workers_.emplace_back([this, label, peer, expected] {
      const Served& served = MethodOf(label);
      const std::string body = SampleRequest(*served.method)->SerializeAsString();
      while (!stop_) {
        dev::Caller caller = dev::From(peer);
        if (absl::StartsWith(peer, "portal")) caller.account = absl::StrCat("friend-", ++persons_);
        const absl::Time start = absl::Now();
        const RawAnswer answer = door_.Ask(served.where, caller, {served.Path(), body, {}, kDeadline});
        Note(label, absl::Now() - start, answer, expected);
        absl::SleepFor(absl::Milliseconds(5));  // 200 a second at most: within what a peer may
      }
    });
  }

  void Note(const char* label, absl::Duration took, const RawAnswer& answer, grpc::StatusCode expected) {
    const std::lock_guard lock(mutex_);
    ++calls_;
    slowest_ = std::max(slowest_, took);
    if (answer.code() != expected) failures_.push_back(absl::StrCat(label, ": ", answer.Brief()));
  }

  ProductionDoor door_;
  std::atomic<bool> stop_ = false;
  std::atomic<int> persons_ = 0;
  std::mutex mutex_;
  std::vector<std::string> failures_;
  int calls_ = 0;
  absl::Duration slowest_;
  std::vector<std::thread> workers_;
};

}  // namespace tc::e2e
