// What becomes of a recovery when otp's limits stand against its codes (SND-02 to SND-10, OTP-11, OTP-14).

#include <gtest/gtest.h>

#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using testing::IsOk;
using testing::kAlicePhone;
using testing::kBobPhone;
using testing::kDavePhone;
using testing::kNobodysPhone;
using testing::Refused;
using testing::World;

struct Limit {
  absl::StatusCode code;
  Reason reason;
};
absl::Status Refusing(const Limit& limit) {
  return Refuse(limit.code, limit.reason, "no").RetryAfter(absl::Minutes(7));
}
auto Always(Limit limit) {
  return [limit](const CodeBinding&, const std::string&) { return Refusing(limit); };
}

// --- limits at the start

// SND-04, SND-10: the same for a decoy's code, so that it tells nothing. Nor is a repetition with another
// client a reason to send nothing silently.
class EverybodysLimits : public ::testing::TestWithParam<Limit> {};

TEST_P(EverybodysLimits, AreToldAtTheStartAndCostNothing) {
  World world;
  world.otp.limit = Always(GetParam());
  for (const char* phone : {kAlicePhone, kNobodysPhone}) {
    world.faults.Clear();
    const auto refused = world.Start(phone);
    EXPECT_THAT(refused, Refused(GetParam().code, GetParam().reason));
    EXPECT_EQ(RetryAfterOf(refused.status()), absl::Minutes(7));
    EXPECT_EQ(world.faults.asked(), "Lookup,Create,");
  }
  world.otp.limit = nullptr;  // neither a start nor the place was lost
  for (int i = 0; i < 3; ++i) ASSERT_THAT(world.Cancel(world.Start(kAlicePhone)->name()), IsOk());
  EXPECT_EQ(world.otp.messages.back().address, kAlicePhone);
}

TEST_P(EverybodysLimits, AreToldAtAnotherCode) {
  for (const char* phone : {kAlicePhone, kNobodysPhone}) {
    World world;
    const std::string name = world.Start(phone)->name();
    world.clock.Advance(absl::Minutes(1));
    world.otp.limit = Always(GetParam());
    const auto refused = world.Resend(name);
    EXPECT_THAT(refused, Refused(GetParam().code, GetParam().reason));
    EXPECT_EQ(RetryAfterOf(refused.status()), absl::Minutes(7));
    world.otp.limit = nullptr;
    EXPECT_THAT(world.Resend(name), IsOk());
  }
}

INSTANTIATE_TEST_SUITE_P(All, EverybodysLimits,
                         ::testing::Values(Limit{kInvalidArgument, Reason::kRequestIdReused},
                                           Limit{kResourceExhausted, Reason::kClientLimitReached},
                                           Limit{kResourceExhausted, Reason::kBudgetExhausted}));

// OTP-11: whoever has guessed too often for a person meets the same limit, real or not.
TEST(StartRecovery, GoesOnCountingForTheSamePersonAsADecoy) {
  World world;
  world.otp.full_numbers = {kAlicePhone};
  std::vector<std::string> subjects;
  world.otp.brake = [&](const CodeBinding& binding, const std::string&, const CodeClient&) {
    subjects.push_back(binding.subject);
    return Refusing({kResourceExhausted, Reason::kPersonLimitReached});
  };
  const std::string name = world.Start(kAlicePhone)->name();
  EXPECT_THAT(world.Verify(name, "999999"), Refused(kResourceExhausted, Reason::kPersonLimitReached));
  EXPECT_EQ(subjects, std::vector<std::string>{"accounts/alice"});
}

TEST(StartRecovery, OfADecoyThatMayGetNoMoreGoesOnAsOneOfItsOwn) {
  World world;
  world.otp.limit = [](const CodeBinding& binding, const std::string&) -> absl::Status {
    if (binding.subject == absl::StrCat("claims/", binding.recovery.text())) return absl::OkStatus();
    return Refusing({kResourceExhausted, Reason::kNumberLimitReached});
  };
  for (const char* phone : {kNobodysPhone, kAlicePhone}) {
    const auto started = world.Start(phone);
    ASSERT_THAT(started, IsOk());
    EXPECT_THAT(world.Verify(started->name(), "999999"), Refused(kInvalidArgument, Reason::kCodeMismatch));
  }
}

// --- limits at another code

class ResendLimits : public ::testing::TestWithParam<Limit> {};
TEST_P(ResendLimits, OfTheAccountAreNotTold) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  world.clock.Advance(absl::Minutes(1));
  world.otp.limit = Always(GetParam());
  const auto refused = world.Resend(name);
  EXPECT_THAT(refused, Refused(kResourceExhausted, Reason::kSendLimitReached));
  EXPECT_FALSE(RetryAfterOf(refused.status()).has_value());
  EXPECT_THAT(world.Verify(name, world.otp.CodeTo(kAlicePhone)), IsOk()) << "the code before is still good";
}
INSTANTIATE_TEST_SUITE_P(All, ResendLimits,
                         ::testing::Values(Limit{kResourceExhausted, Reason::kNumberLimitReached},
                                           Limit{kResourceExhausted, Reason::kAccountLimitReached},
                                           Limit{kResourceExhausted, Reason::kPrefixThrottled},
                                           Limit{kFailedPrecondition, Reason::kAddressDisabled}));

class ContactLimits : public ::testing::TestWithParam<Limit> {};
TEST_P(ContactLimits, AreToldAndChangeNothing) {
  World world;
  const World::Case c = world.ToContact();
  ASSERT_THAT(world.Acknowledge("bob", c.assigned), IsOk());
  world.otp.limit = Always(GetParam());
  const auto refused = world.SendCode("bob", c.assigned);
  EXPECT_THAT(refused, Refused(GetParam().code, GetParam().reason));
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Minutes(7));
  EXPECT_EQ(world.See("bob", c.assigned)->state(), pb::RECOVERY_STATE_AWAITING_CONTACT);
  world.otp.limit = nullptr;
  EXPECT_THAT(world.SendCode("bob", c.assigned), IsOk());
}
INSTANTIATE_TEST_SUITE_P(All, ContactLimits,
                         ::testing::Values(Limit{kResourceExhausted, Reason::kNumberLimitReached},
                                           Limit{kResourceExhausted, Reason::kAccountLimitReached},
                                           Limit{kFailedPrecondition, Reason::kAddressDisabled}));

// --- limits at a code that was typed

// A right code waits as well; nothing is charged, nothing ends, and afterwards it is good.
class CheckLimits : public ::testing::TestWithParam<Limit> {
 protected:
  void Brake(World& world) {
    world.otp.brake = [limit = GetParam()](const CodeBinding&, const std::string&, const CodeClient& client) {
      return client.challenge_passed ? absl::OkStatus() : Refusing(limit);
    };
  }
  void ExpectTold(const absl::Status& refused) {
    EXPECT_THAT(refused, Refused(GetParam().code, GetParam().reason));
    EXPECT_EQ(RetryAfterOf(refused), absl::Minutes(7));
  }
};

TEST_P(CheckLimits, LetAClaimantWait) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  Brake(world);
  const std::string code = world.otp.CodeTo(kAlicePhone);
  const rpc::Call call = world.Portal();
  ExpectTold(world.Verify(name, code, call).status());
  EXPECT_EQ(world.Get(name)->state(), pb::RECOVERY_STATE_AWAITING_OWN_CODE);
  EXPECT_EQ(world.Get(name)->own_code().attempts_left(), 5);
  pb::VerifyClaimantRequest typed;
  typed.set_name(name);
  typed.set_code(code);
  typed.mutable_client()->set_challenge_passed(true);
  EXPECT_THAT(world.handlers.VerifyClaimant(call, typed), IsOk());
}

TEST_P(CheckLimits, AreADecoysToo) {
  World world;
  const std::string name = world.Start(kNobodysPhone)->name();
  Brake(world);
  ExpectTold(world.Verify(name, "999999").status());
  EXPECT_EQ(world.Get(name)->own_code().attempts_left(), 5);
}

TEST_P(CheckLimits, LetAContactWait) {
  World world;
  const World::Case c = world.ToContactCode();
  Brake(world);
  const std::string code = world.otp.CodeTo(kBobPhone);
  ExpectTold(world.Approve("bob", c.assigned, code, c.match_code).status());
  EXPECT_EQ(world.See("bob", c.assigned)->state(), pb::RECOVERY_STATE_CONTACT_CODE_SENT);
  EXPECT_EQ(world.See("bob", c.assigned)->code().attempts_left(), 5);
  world.otp.brake = nullptr;
  EXPECT_THAT(world.Approve("bob", c.assigned, code, c.match_code), IsOk());
}

INSTANTIATE_TEST_SUITE_P(All, CheckLimits,
                         ::testing::Values(Limit{kResourceExhausted, Reason::kPersonLimitReached},
                                           Limit{kFailedPrecondition, Reason::kChallengeRequired}));

// The address of a code that is out is disabled by wrong codes elsewhere (OTP-11).
absl::Status DisabledNow(const CodeBinding&, const std::string&, const CodeClient&) {
  return Refuse(kFailedPrecondition, Reason::kAddressDisabled, "bind it anew");
}

TEST(ADisabledAddress, LocksAClaimAndADecoyAlike) {
  for (const char* phone : {kAlicePhone, kNobodysPhone}) {
    World world;
    const std::string name = world.Start(phone)->name();
    world.otp.brake = DisabledNow;
    EXPECT_THAT(world.Verify(name, "999999"), Refused(kFailedPrecondition, Reason::kAttemptsExhausted));
    EXPECT_EQ(world.Get(name)->state(), pb::RECOVERY_STATE_LOCKED);
  }
}

TEST(ADisabledAddress, IsToldToTheContact) {
  World world;
  const World::Case c = world.ToContactCode();
  world.otp.brake = DisabledNow;
  EXPECT_THAT(world.Approve("bob", c.assigned, world.otp.CodeTo(kBobPhone), c.match_code),
              Refused(kFailedPrecondition, Reason::kAddressDisabled));
  EXPECT_EQ(world.See("bob", c.assigned)->state(), pb::RECOVERY_STATE_CONTACT_CODE_SENT);
}

}  // namespace
}  // namespace tc::recovery
