#pragma once

// What tests ask of deliveries.

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "common/testing/status.h"
#include "services/otp/rpc/desk_testing.h"
#include "services/otp/rpc/receipt_step.h"
#include "services/otp/store/delivery_store.h"

namespace tc::otp {

inline Delivery FindIn(Bench& bench, const DeliveryId& id) {
  std::optional<Delivery> found;
  EXPECT_THAT(bench.database->View([&](kv::ReadTxn& txn) -> absl::Status {
    found = *FindDelivery(txn, id);
    return absl::OkStatus();
  }),
              testing::IsOk());
  return found.value_or(Delivery());
}

// Of the present code.
inline Delivery LastOf(Bench& bench, const std::string& id = "v1") {
  return FindIn(bench, *DeliveryId::ParseName(bench.Get(id)->delivery()));
}

inline std::vector<std::string> EventsOf(Bench& bench) {
  std::vector<std::string> types;
  const absl::StatusOr<std::vector<kv::Event>> events = bench.database->Changes(0, 0, 1000);
  for (const kv::Event& event : *events) types.push_back(event.type);
  return types;
}

inline std::vector<kv::OutboxRow> RowsOf(Bench& bench) { return *bench.database->ListOutbox("", 100); }

inline bool Holds(Bench& bench, const DeliveryId& id) {
  bool held = false;
  EXPECT_THAT(bench.database->View([&](kv::ReadTxn& txn) -> absl::Status {
    held = (*FindHeldMessage(txn, id)).has_value();
    return absl::OkStatus();
  }),
              testing::IsOk());
  return held;
}

// `provider` reports of its last attempt.
inline void Report(Bench& bench, const DeliveryId& id, const std::string& provider, DeliveryTrigger outcome) {
  EXPECT_THAT(bench.database->Update([&](kv::Txn& txn) -> absl::Status {
    return TakeReceipt(txn, bench.desk, id, {0, provider, outcome, std::nullopt}, bench.clock.Now()).status();
  }),
              testing::IsOk());
}

// What a provider says.
inline const absl::Status kRefused = absl::InvalidArgumentError("HTTP_400");
inline const absl::Status kAway = absl::UnavailableError("HTTP_503");
inline const absl::Status kTimedOut = absl::DeadlineExceededError("TIMEOUT");

// Takes a repetition for another message.
inline ProviderInfo Forgetful(const char* name) {
  ProviderInfo info = FakeInfo(name, {Channel::kSms});
  info.repeats_safely = false;
  return info;
}
inline std::vector<ProviderInfo> TwoForSms() {
  return {FakeInfo("a", {Channel::kSms}), FakeInfo("b", {Channel::kSms})};
}
inline std::vector<ProviderInfo> OneForEach() {
  return {FakeInfo("sms", {Channel::kSms}), FakeInfo("voice", {Channel::kVoice}),
          FakeInfo("mail", {Channel::kEmail})};
}

// A Bench with these providers.
struct Table : Bench {
  explicit Table(std::vector<ProviderInfo> infos, Policy policy = {}) : Bench(policy, nullptr, {}, infos) {}
  void Start(const pb::CreateVerificationRequest& request = AnyRequest()) {
    ASSERT_THAT(Create(request), testing::IsOk());
  }
  DeliveryId id() { return LastOf(*this).id; }
  DeliveryState state() { return LastOf(*this).state; }
  void Later(absl::Duration by) {
    clock.Advance(by);
    Dispatch();
  }
};

}  // namespace tc::otp
