// Known, unknown, blocked, guarded, unguarded, busy: until the own code is right, all answers have the same
// shape, to the byte, and ask the same peers equally often (R1, REC-01).

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <functional>

#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery {
namespace {

using testing::kAlicePhone;
using testing::kDavePhone;
using testing::kNobodysPhone;
using testing::World;

// The answer without what differs in every answer; and how long it was.
std::string Shape(pb::Recovery answer) {
  const size_t bytes = answer.ByteSizeLong();
  answer.set_name("recoveries/" + std::string(answer.name().size(), 'x'));
  return absl::StrCat(bytes, "|", answer.ShortDebugString());
}
std::string Shape(const absl::StatusOr<pb::Recovery>& answer) {
  if (answer.ok()) return Shape(*answer);
  // Not ToString(): it shuffles what a status carries.
  const absl::Status& status = answer.status();
  std::string shape = absl::StrCat(absl::StatusCodeToString(status.code()), "|", status.message(), "|",
                                   ReasonOf(status).value_or(""), "|",
                                   absl::FormatDuration(RetryAfterOf(status).value_or(absl::ZeroDuration())));
  for (const auto& [key, value] : MetadataOf(answer.status())) absl::StrAppend(&shape, "|", key, "=", value);
  return shape;
}

struct Kind {
  const char* what;
  std::function<std::string(World&)> prepare;  // returns the phone to start with
};

const Kind kKinds[] = {
    {"Guarded", [](World&) { return std::string(kAlicePhone); }},
    {"Unguarded", [](World&) { return std::string(kDavePhone); }},
    {"Unknown", [](World&) { return std::string(kNobodysPhone); }},
    {"Blocked",
     [](World& world) {
       world.identity.account("dave").active = false;
       return std::string(kDavePhone);
     }},
    {"Busy",
     [](World& world) {
       EXPECT_TRUE(world.Start(kAlicePhone).ok());
       return std::string(kAlicePhone);
     }},
    {"OverLimit",
     [](World& world) {
       for (int i = 0; i < 3; ++i) EXPECT_TRUE(world.Cancel(world.Start(kDavePhone)->name()).ok());
       return std::string(kDavePhone);
     }},
    {"NumberFull",
     [](World& world) {
       world.otp.full_numbers = {kDavePhone};
       return std::string(kDavePhone);
     }},
};

// What a claimant without the code sees of one recovery, from its start to its lock.
std::vector<std::string> Watch(const Kind& kind, bool count_calls) {
  World world;
  const std::string phone = kind.prepare(world);
  std::vector<std::string> seen;
  std::string name;
  const auto step = [&](const std::function<absl::StatusOr<pb::Recovery>()>& act) {
    world.faults.Clear();
    absl::StatusOr<pb::Recovery> answer = act();
    if (answer.ok() && answer->has_own_code() && !answer->own_code().masked_address().empty()) {
      // The claimant's own phone, masked: it differs as the phones differ.
      answer->mutable_own_code()->set_masked_address(
          std::string(answer->own_code().masked_address().size(), 'm'));
    }
    seen.push_back(count_calls ? absl::StrCat(Shape(answer), "|calls=", world.faults.calls())
                               : Shape(answer));
  };
  step([&] {
    auto started = world.Start(phone);
    if (started.ok()) name = started->name();
    return started;
  });
  step([&] { return world.Get(name); });
  step([&] { return world.Verify(name, "999999"); });
  step([&] { return world.Get(name); });
  step([&] { return world.Resend(name); });
  world.clock.Advance(absl::Minutes(1));
  world.otp.full_numbers.clear();
  step([&] { return world.Resend(name); });
  step([&] { return world.Resend(name, world.Portal(), trustedcontact::type::v1::CHANNEL_EMAIL); });
  for (int i = 0; i < 5; ++i) step([&] { return world.Verify(name, absl::StrCat("99999", i)); });
  step([&] { return world.Get(name); });
  step([&] { return world.Resend(name); });
  step([&] { return world.Complete(name, "grant", "password"); });
  return seen;
}

class Neutrality : public ::testing::TestWithParam<Kind> {};

TEST_P(Neutrality, AnswersAsForAnUnknownAccount) {
  EXPECT_EQ(Watch(GetParam(), false), Watch(kKinds[2], false));
}

// But for a number that is full: there otp refuses first, and is asked once more.
class EquallyOften : public ::testing::TestWithParam<Kind> {};
TEST_P(EquallyOften, PeersAreAsked) { EXPECT_EQ(Watch(GetParam(), true), Watch(kKinds[2], true)); }
INSTANTIATE_TEST_SUITE_P(All, EquallyOften, ::testing::ValuesIn(kKinds, kKinds + 6),
                         [](const auto& kind) { return std::string(kind.param.what); });

TEST_P(Neutrality, CancelsAlike) {
  World world;
  const std::string phone = GetParam().prepare(world);
  const std::string name = world.Start(phone)->name();
  const auto cancelled = world.Cancel(name);
  ASSERT_TRUE(cancelled.ok());
  EXPECT_EQ(cancelled->state(), pb::RECOVERY_STATE_CANCELLED);
  EXPECT_EQ(world.Get(name)->state(), pb::RECOVERY_STATE_CANCELLED);
}

TEST_P(Neutrality, ExpiresAlike) {
  World world;
  const std::string phone = GetParam().prepare(world);
  const std::string name = world.Start(phone)->name();
  world.clock.Advance(absl::Minutes(30));
  EXPECT_EQ(world.Get(name)->state(), pb::RECOVERY_STATE_EXPIRED);
  world.RunTimers();
  EXPECT_EQ(world.Get(name)->state(), pb::RECOVERY_STATE_EXPIRED);
  world.clock.Advance(absl::Hours(24));
  world.RunTimers();
  EXPECT_EQ(world.Get(name).status().code(), absl::StatusCode::kNotFound);
}

INSTANTIATE_TEST_SUITE_P(All, Neutrality, ::testing::ValuesIn(kKinds),
                         [](const auto& kind) { return std::string(kind.param.what); });

// No code is right for a decoy, not even one that otp calls right.
TEST(ADecoy, NeverSucceeds) {
  World world;
  const std::string name = world.Start(kNobodysPhone)->name();
  EXPECT_FALSE(world.Verify(name, world.otp.CodeTo("nowhere")).ok());
  EXPECT_TRUE(world.Events().empty());
}

TEST(ADecoy, LeavesNoTraceForOperators) {
  World world;
  ASSERT_TRUE(world.Start(kNobodysPhone).ok());
  EXPECT_EQ(world.handlers.ListRecoveries(world.Portal(), {})->recoveries_size(), 0);
}

// A mask of an address that the claimant did not type would tell him its last digits.
TEST(TheMask, IsThatOfTheTypedAddressOnly) {
  World world;
  EXPECT_EQ(world.Start(kAlicePhone)->own_code().masked_address(), "+7 9** ***-**-01");
  pb::StartRecoveryRequest by_number;
  by_number.set_account("accounts/dave");
  EXPECT_EQ(world.handlers.StartRecovery(world.Portal(), by_number)->own_code().masked_address(), "");
  pb::StartRecoveryRequest by_email;
  by_email.set_email("alice@example.org");
  EXPECT_EQ(world.handlers.StartRecovery(world.Portal(), by_email)->own_code().masked_address(),
            "");  // by SMS
}

}  // namespace
}  // namespace tc::recovery
