#pragma once

// Attempts in a Bench, and what they are charged to besides their verification.

#include <string>

#include "common/testing/status.h"
#include "services/otp/rpc/desk_testing.h"
#include "services/otp/store/tries_store.h"

namespace tc::otp {

// Only the limits on persons, addresses and purposes are in the way; each test sets the one that it is about.
inline Policy Spacious() {
  Policy policy = NoDelays();
  policy.attempts_per_code = policy.attempts_per_request = policy.attempts_per_person = 100000;
  policy.sends_per_number = policy.sends_per_number_without_sign_in = policy.sends_per_account = 100000;
  policy.sends_per_prefix = policy.sends_per_range = 100000;
  return policy;
}

// A request of its own: "recoveries/<id>".
inline pb::CreateVerificationRequest OwnRequest(const std::string& id,
                                                pb::Purpose purpose = pb::PURPOSE_RECOVERY_CLAIM,
                                                const std::string& subject = "accounts/alice") {
  pb::CreateVerificationRequest request = Bench::AnyRequest(id);
  request.set_purpose(purpose);
  request.set_subject(subject);
  request.set_request("recoveries/" + id);
  return request;
}

inline pb::CheckVerificationRequest CheckOf(const pb::CreateVerificationRequest& made,
                                            const std::string& code) {
  pb::CheckVerificationRequest check = Bench::CheckRequest(code, made.verification_id());
  check.set_purpose(made.purpose());
  check.set_subject(made.subject());
  check.set_request(made.request());
  return check;
}

inline absl::StatusOr<pb::CheckVerificationResponse> CheckIn(Bench& bench,
                                                             const pb::CreateVerificationRequest& made,
                                                             const std::string& code,
                                                             bool challenge_passed = false) {
  pb::CheckVerificationRequest check = CheckOf(made, code);
  if (challenge_passed) check.mutable_client()->set_challenge_passed(true);
  return bench.Check(bench.From(), check);
}

// Makes the verification; its code.
inline std::string MadeIn(Bench& bench, const pb::CreateVerificationRequest& request) {
  EXPECT_THAT(bench.Create(request), testing::IsOk());
  return bench.LastCode();
}

inline void FailIn(Bench& bench, const pb::CreateVerificationRequest& made, const std::string& code,
                   int times) {
  for (int i = 0; i < times; ++i) {
    const auto checked = CheckIn(bench, made, WrongFor(code));
    ASSERT_THAT(checked, testing::IsOk()) << i;
    ASSERT_FALSE(checked->matched());
  }
}

inline Tries TriesOf(Bench& bench, const std::string& subject = "accounts/alice") {
  Tries tries;
  EXPECT_THAT(bench.database->View([&](kv::ReadTxn& txn) -> absl::Status {
    tries = TRY(FindTries(txn, subject)).tries;
    return absl::OkStatus();
  }),
              testing::IsOk());
  return tries;
}

// Of the first purpose and of the first address: most tests have one of each.
inline size_t FailuresOf(Bench& bench) {
  const Tries tries = TriesOf(bench);
  return tries.by_purpose.empty() ? 0 : tries.by_purpose.front().at.size();
}
inline int InARowOf(Bench& bench) {
  const Tries tries = TriesOf(bench);
  return tries.by_address.empty() ? 0 : tries.by_address.front().count;
}

inline int64_t SprayOf(Bench& bench, Purpose purpose = Purpose::kRecoveryClaim) {
  int64_t count = 0;
  EXPECT_THAT(bench.database->View([&](kv::ReadTxn& txn) -> absl::Status {
    count = CountIn(TRY(FindSpray(txn, purpose)), bench.clock.Now(), kSprayWindow);
    return absl::OkStatus();
  }),
              testing::IsOk());
  return count;
}

}  // namespace tc::otp
