// What a recovery forbids for a while, what it permits, and what needs one (R9, R13).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/identity/rpc/world_testing.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::Refused;
using testing::Violates;

constexpr absl::Duration kPeriod = absl::Hours(72);

class Guarded : public ::testing::Test {
 protected:
  explicit Guarded(const Policy& policy = TestPolicy()) : world_(policy) {
    EXPECT_THAT(world_.Citizen("ivan", 1), IsOk());
    EXPECT_THAT(world_.SetPassword("ivan", "", World::kGood), IsOk());
    world_.Settle();
    world_.NewEvents();
  }
  absl::Status Recover(absl::Duration restricted = kPeriod, const std::string& jti = "r1",
                       const std::string& fresh = World::kBetter) {
    return world_.Reset("ivan", world_.Proof("ivan", jti), fresh, restricted).status();
  }
  absl::StatusOr<pb::PhoneChangePermit> Permit(absl::Duration ahead = absl::Minutes(15),
                                               const std::string& id = "ivan") {
    pb::PermitPhoneChangeRequest in;
    in.set_account("accounts/" + id);
    SetTime(in.mutable_expire_time(), world_.now() + ahead);
    return world_.handlers().phones.PermitPhoneChange(world_.Service("recovery"), in);
  }
  std::string MainName() { return world_.Phones("ivan")->phones(0).name(); }
  // The newest journal entry of the type.
  pb::SecurityEvent Entry(const std::string& type) {
    pb::ListSecurityEventsRequest in;
    in.set_account("accounts/ivan");
    in.add_types(type);
    const auto out = world_.handlers().journal.ListSecurityEvents(world_.Operator(), in);
    return out.ok() && out->events_size() > 0 ? out->events(0) : pb::SecurityEvent();
  }
  std::string Micros(absl::Time time) { return absl::StrCat(absl::ToUnixMicros(time)); }
  World world_;
};

using Restriction = Guarded;

TEST_F(Restriction, OfARecoveryStopsEveryWayOfTheCabinet) {  // R9
  const pb::Phone pending = *world_.Bind(world_.As("ivan"), "ivan", PhoneNumber(11));
  ASSERT_THAT(world_.BindEmail("ivan", "new@example.org"), IsOk());
  ASSERT_THAT(Recover(), IsOk());
  world_.clock().Advance(absl::Minutes(10));
  for (const absl::Status& refused :
       {world_.Bind(world_.As("ivan"), "ivan", PhoneNumber(12)).status(),
        world_.ConfirmPhone(world_.As("ivan"), pending.name()).status(),
        world_.Release(world_.As("ivan"), MainName()).status(),
        world_.BindEmail("ivan", "other@example.org").status(), world_.ConfirmEmail("ivan").status()}) {
    EXPECT_THAT(refused, Refused(kFailedPrecondition, Reason::kRestrictedAfterRecovery));
    EXPECT_EQ(RetryAfterOf(refused), kPeriod - absl::Minutes(10));
  }
  EXPECT_THAT(world_.NewEvents(), ElementsAre("PhoneBindingStarted", "EmailBindingStarted", "PasswordReset"));
  world_.clock().Advance(kPeriod - absl::Minutes(10) - absl::Microseconds(1));
  EXPECT_FALSE(world_.BindEmail("ivan", "new@example.org").ok());
  world_.clock().Advance(absl::Microseconds(1));
  EXPECT_THAT(world_.BindEmail("ivan", "new@example.org"), IsOk());
  EXPECT_THAT(world_.Move("ivan", PhoneNumber(12)), IsOk());
}

TEST_F(Restriction, DoesNotStopACentresAndABanksOwnProof) {  // I3
  ASSERT_THAT(Recover(), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world_.Bind(world_.Centre(), "ivan", PhoneNumber(11)));
  EXPECT_THAT(world_.ConfirmPhone(world_.Centre(), pending.name()), IsOk());
  world_.clock().Advance(absl::Seconds(1));
  EXPECT_THAT(world_.Import(world_.Bank(), "ivan", PhoneNumber(12)), IsOk());
}

TEST_F(Restriction, StopsTheChangeOfThePostThatWouldFallIntoIt) {
  world_.clock().Advance(absl::Seconds(1));
  ASSERT_THAT(Recover(kPeriod), IsOk());
  const auto refused = world_.Import(world_.Post(), "ivan", PhoneNumber(11));
  EXPECT_THAT(refused, Refused(kFailedPrecondition, Reason::kRestrictedAfterRecovery));
  EXPECT_EQ(RetryAfterOf(refused.status()), kPeriod - absl::Hours(24));
  world_.clock().Advance(kPeriod - absl::Hours(24));
  EXPECT_THAT(world_.Import(world_.Post(), "ivan", PhoneNumber(11)), IsOk());
  world_.clock().Advance(absl::Hours(24));
  world_.Settle();
  EXPECT_EQ(world_.Phones("ivan")->phones(0).phone(), PhoneNumber(11));
}

TEST_F(Restriction, DropsTheScheduledChangeThatFallsIntoItHoweverLateTheClockComesRound) {
  world_.clock().Advance(absl::Seconds(1));
  ASSERT_THAT(world_.Import(world_.Post(), "ivan", PhoneNumber(11)), IsOk());
  world_.clock().Advance(absl::Hours(12));
  ASSERT_THAT(Recover(absl::Hours(13)), IsOk());
  world_.NewEvents();
  world_.clock().Advance(absl::Hours(100));
  world_.Settle();
  EXPECT_THAT(world_.NewEvents(), ElementsAre("PhoneImportRefused"));
  EXPECT_EQ(Entry("PhoneImportRefused").attributes().at("cause"), "RESTRICTED_AFTER_RECOVERY");
  EXPECT_EQ(world_.Phones("ivan")->phones(0).phone(), PhoneNumber(1));
}

TEST_F(Restriction, LeavesTheOwnerHisWayToRefuseAScheduledChange) {
  world_.clock().Advance(absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const pb::Phone scheduled, world_.Import(world_.Post(), "ivan", PhoneNumber(11)));
  ASSERT_THAT(Recover(), IsOk());
  EXPECT_THAT(world_.Release(world_.As("ivan"), scheduled.name()), IsOk());
}

TEST_F(Restriction, IsToldToWhomItConcerns) {
  const absl::Time until = world_.now() + kPeriod;
  ASSERT_THAT(Recover(), IsOk());
  EXPECT_EQ(Entry("PasswordReset").attributes().at("restricted_until"), Micros(until));
  const auto events = *world_.database().Changes(0, 0, 1000);
  EXPECT_EQ(events.back().type, "PasswordReset");
  EXPECT_EQ(events.back().attributes.at("restricted_until"), Micros(until));
  pb::CheckEligibilityRequest in;
  in.set_account("accounts/ivan");
  in.set_role(pb::ELIGIBILITY_ROLE_PRINCIPAL);
  const auto eligibility = [&] {
    return *world_.handlers().eligibility.CheckEligibility(world_.Service(), in);
  };
  EXPECT_TRUE(eligibility().eligible());
  EXPECT_EQ(eligibility().restrict_expire_time().seconds(), absl::ToUnixSeconds(until));
  EXPECT_EQ(world_.Get("ivan")->restrict_expire_time().seconds(), absl::ToUnixSeconds(until));
  world_.clock().Advance(kPeriod);
  EXPECT_FALSE(eligibility().has_restrict_expire_time());
  EXPECT_FALSE(world_.Get("ivan")->has_restrict_expire_time());
}

TEST_F(Restriction, IsNoneUnlessRecoverySaysSo) {
  for (const absl::Duration restricted : {absl::ZeroDuration(), -absl::Seconds(1)}) {
    const std::string jti = absl::StrCat("r", absl::ToInt64Seconds(restricted));
    ASSERT_THAT(Recover(restricted, jti, jti == "r0" ? World::kBetter : "Aa1!Bb2@"), IsOk());
    EXPECT_FALSE(world_.Get("ivan")->has_restrict_expire_time());
    EXPECT_EQ(Entry("PasswordReset").attributes().count("restricted_until"), 0U);
  }
}

TEST_F(Restriction, LastsAWeekAtMostAndOfTwoTheLaterCounts) {
  const absl::Duration longest = absl::Hours(168) + absl::Minutes(1);  // recovery's clock may be ahead
  EXPECT_THAT(Recover(longest + absl::Microseconds(1)), Violates("TIME_TOO_FAR"));
  EXPECT_TRUE(world_.Opens("ivan", World::kGood)) << "nothing was set";
  const absl::Time until = world_.now() + longest;
  ASSERT_THAT(Recover(longest), IsOk());
  ASSERT_THAT(Recover(absl::Hours(1), "r2", "Aa1!Bb2@"), IsOk());
  EXPECT_EQ(world_.Get("ivan")->restrict_expire_time().seconds(), absl::ToUnixSeconds(until));
  EXPECT_EQ(Entry("PasswordReset").attributes().at("restricted_until"), Micros(until));
}

TEST_F(Restriction, IsNotPutOnTwiceByARepeatedRequest) {
  pb::ResetPasswordRequest in;
  in.set_account("accounts/ivan");
  in.set_proof(world_.Proof("ivan", "r1"));
  in.set_new_password(World::kBetter);
  SetTime(in.mutable_restrict_expire_time(), world_.now() + kPeriod);
  const rpc::Call call = world_.Service("recovery");
  ASSERT_THAT(world_.handlers().passwords.ResetPassword(call, in), IsOk());
  const int64_t version = world_.Get("ivan")->version();
  ASSERT_THAT(world_.handlers().passwords.ResetPassword(call, in), IsOk());
  EXPECT_EQ(world_.Get("ivan")->version(), version);
}

class WithPermits : public Guarded {
 protected:
  WithPermits() : Guarded(Demanding()) {}
  static Policy Demanding() {
    Policy policy = TestPolicy();
    policy.phone.change_confirmed = true;
    return policy;
  }
};

TEST_F(WithPermits, AnotherMainNumberInTheCabinetNeedsOne) {  // R13
  const absl::Status refused = world_.Bind(world_.As("ivan"), "ivan", PhoneNumber(11)).status();
  EXPECT_THAT(refused, Refused(kFailedPrecondition, Reason::kConfirmationRequired));
  EXPECT_EQ(MetadataOf(refused, "purpose"), "PHONE_CHANGE");
  EXPECT_EQ(world_.otp().verifications(), 0U) << "no code for what cannot be";
  ASSERT_THAT(Permit(), IsOk());
  EXPECT_THAT(world_.Move("ivan", PhoneNumber(11)), IsOk());
}

TEST_F(WithPermits, TheFirstNumberNeedsNoneAndOneGivenUpMakesNoRoom) {
  ASSERT_THAT(world_.Bare("oleg", 2), IsOk());
  EXPECT_THAT(world_.Move("oleg", PhoneNumber(2)), IsOk());
  ASSERT_THAT(world_.Release(world_.As("ivan"), MainName()), IsOk());
  EXPECT_THAT(world_.Move("ivan", PhoneNumber(11)),
              Refused(kFailedPrecondition, Reason::kConfirmationRequired));
}

TEST_F(WithPermits, ACentreAndABankNeedNone) {
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world_.Bind(world_.Centre(), "ivan", PhoneNumber(11)));
  EXPECT_THAT(world_.ConfirmPhone(world_.Centre(), pending.name()), IsOk());
  world_.clock().Advance(absl::Seconds(1));
  EXPECT_THAT(world_.Import(world_.Bank(), "ivan", PhoneNumber(12)), IsOk());
}

TEST_F(WithPermits, OneIsGoodForOneChange) {
  ASSERT_THAT(Permit(), IsOk());
  ASSERT_THAT(world_.Move("ivan", PhoneNumber(11)), IsOk());
  EXPECT_THAT(world_.Move("ivan", PhoneNumber(12)),
              Refused(kFailedPrecondition, Reason::kConfirmationRequired));
}

TEST_F(WithPermits, OneIsUsedUpByAChangeElsewhere) {
  ASSERT_THAT(Permit(), IsOk());
  world_.clock().Advance(absl::Seconds(1));
  ASSERT_THAT(world_.Import(world_.Bank(), "ivan", PhoneNumber(11)), IsOk());
  EXPECT_THAT(world_.Move("ivan", PhoneNumber(12)),
              Refused(kFailedPrecondition, Reason::kConfirmationRequired));
}

TEST_F(WithPermits, OneMustBeGoodStillWhenTheNumberIsConfirmed) {
  ASSERT_THAT(Permit(), IsOk());
  world_.clock().Advance(absl::Minutes(15) - absl::Microseconds(1));
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world_.Bind(world_.As("ivan"), "ivan", PhoneNumber(11)));
  world_.clock().Advance(absl::Microseconds(1));
  EXPECT_THAT(world_.ConfirmPhone(world_.As("ivan"), pending.name()),
              Refused(kFailedPrecondition, Reason::kConfirmationRequired));
  EXPECT_EQ(world_.Phones("ivan")->phones(0).phone(), PhoneNumber(1));
}

using Permits = Guarded;

TEST_F(Permits, OpenTheWayThroughTheRestrictedPeriodAndTheInterval) {
  ASSERT_THAT(world_.Move("ivan", PhoneNumber(11)), IsOk());
  ASSERT_THAT(Recover(), IsOk());
  EXPECT_THAT(world_.Move("ivan", PhoneNumber(12)),
              Refused(kFailedPrecondition, Reason::kRestrictedAfterRecovery));
  ASSERT_THAT(Permit(), IsOk());
  EXPECT_THAT(world_.Move("ivan", PhoneNumber(12)), IsOk());
  EXPECT_THAT(world_.Move("ivan", PhoneNumber(13)),
              Refused(kFailedPrecondition, Reason::kRestrictedAfterRecovery));
  EXPECT_THAT(world_.BindEmail("ivan", "new@example.org"),
              Refused(kFailedPrecondition, Reason::kRestrictedAfterRecovery));
  world_.clock().Advance(kPeriod);
  EXPECT_THAT(world_.Move("ivan", PhoneNumber(13)),
              Refused(kFailedPrecondition, Reason::kPhoneChangeTooSoon));
}

TEST_F(Permits, AreInTheJournalAndAnsweredAlikeWhenRepeated) {
  const absl::Time until = world_.now() + absl::Minutes(10);
  pb::PermitPhoneChangeRequest in;
  in.set_account("accounts/ivan");
  SetTime(in.mutable_expire_time(), until);
  rpc::Call call = world_.Service("recovery");
  ASSERT_OK_AND_ASSIGN(const auto first, world_.handlers().phones.PermitPhoneChange(call, in));
  EXPECT_EQ(first.account(), "accounts/ivan");
  EXPECT_EQ(first.expire_time().seconds(), absl::ToUnixSeconds(until));
  ASSERT_THAT(world_.Move("ivan", PhoneNumber(11)), IsOk());
  call.now += absl::Hours(1);
  ASSERT_OK_AND_ASSIGN(const auto again, world_.handlers().phones.PermitPhoneChange(call, in));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_THAT(world_.NewEvents(),
              ElementsAre("PhoneChangePermitted", "PhoneBindingStarted", "PhoneReleased", "PhoneBound"));
  EXPECT_EQ(Entry("PhoneChangePermitted").actor(), "service/recovery");
  EXPECT_EQ(Entry("PhoneChangePermitted").attributes().at("permitted_until"), Micros(until));
  EXPECT_THAT(world_.Move("ivan", PhoneNumber(12)), Refused(kFailedPrecondition, Reason::kPhoneChangeTooSoon))
      << "repeating the request gives no second one";
}

TEST_F(Permits, AreForAQuarterOfAnHourAndForAccountsThatMayUseThem) {
  const absl::Duration longest = absl::Minutes(16);  // recovery's clock may be a minute ahead
  EXPECT_THAT(Permit(longest + absl::Microseconds(1)), Violates("TIME_TOO_FAR"));
  EXPECT_THAT(Permit(longest), IsOk());
  EXPECT_THAT(Permit(absl::ZeroDuration()), Violates("TIME_PAST"));
  EXPECT_THAT(world_.handlers().phones.PermitPhoneChange(world_.Service("recovery"), {}),
              Violates("TIME_MISSING"));
  EXPECT_THAT(Permit(absl::Minutes(1), "nobody"), Refused(kNotFound, Reason::kNotFound));
  ASSERT_THAT(world_.Freeze(world_.Service(), "ivan", absl::Hours(1)), IsOk());
  EXPECT_THAT(Permit(), Refused(kFailedPrecondition, Reason::kAccountFrozen));
  ASSERT_THAT(world_.Block("ivan"), IsOk());
  EXPECT_THAT(Permit(), Refused(kFailedPrecondition, Reason::kAccountBlocked));
  ASSERT_THAT(world_.Delete(world_.Operator(), "ivan"), IsOk());
  EXPECT_THAT(Permit(), Refused(kFailedPrecondition, Reason::kAccountDeleted));
}

class ConfirmedUnfreezing : public Guarded {
 protected:
  ConfirmedUnfreezing() : Guarded(Demanding()) {}
  static Policy Demanding() {
    Policy policy = TestPolicy();
    policy.account.unfreeze_confirmed = true;
    return policy;
  }
};

TEST_F(ConfirmedUnfreezing, IsDemandedOfTheOwner) {  // R13
  EXPECT_THAT(world_.Unfreeze(world_.As("ivan"), "ivan"),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
  ASSERT_THAT(world_.Freeze(world_.As("ivan"), "ivan"), IsOk());
  const auto refused = world_.Unfreeze(world_.As("ivan"), "ivan");
  EXPECT_THAT(refused, Refused(kFailedPrecondition, Reason::kConfirmationRequired));
  EXPECT_EQ(MetadataOf(refused.status(), "purpose"), "UNFREEZE");
  EXPECT_EQ(world_.Get("ivan")->state(), pb::ACCOUNT_STATE_FROZEN);
}

TEST_F(ConfirmedUnfreezing, EndsBothFreezesAndTells) {
  ASSERT_THAT(world_.Freeze(world_.As("ivan"), "ivan"), IsOk());
  ASSERT_THAT(world_.Freeze(world_.Service(), "ivan", absl::Hours(24)), IsOk());
  world_.NewEvents();
  ASSERT_OK_AND_ASSIGN(const pb::Account account, world_.Unfreeze(world_.Service("recovery"), "ivan", true));
  EXPECT_EQ(account.state(), pb::ACCOUNT_STATE_ACTIVE);
  EXPECT_THAT(world_.NewEvents(), ElementsAre("AccountUnfrozen"));
  EXPECT_EQ(Entry("AccountUnfrozen").attributes().at("cause"), "CONFIRMED");
  EXPECT_EQ(Entry("AccountUnfrozen").actor(), "service/recovery");
  world_.Settle();
  EXPECT_EQ(world_.otp().notices().back().kind, NoticeKind::kAccountUnfrozen);
}

TEST_F(ConfirmedUnfreezing, IsSaidByRecoveryOnly) {
  ASSERT_THAT(world_.Freeze(world_.As("ivan"), "ivan"), IsOk());
  const auto portal = world_.Unfreeze(world_.As("ivan"), "ivan", true);
  EXPECT_THAT(portal, Refused(kInvalidArgument, Reason::kFieldInvalid));
  EXPECT_THAT(portal, Violates("CALLER_CANNOT_CONFIRM"));
  EXPECT_EQ(world_.Get("ivan")->state(), pb::ACCOUNT_STATE_FROZEN);
}

TEST_F(Guarded, UnfreezingNeedsNoConfirmationWhereThePolicyIsOff) {
  ASSERT_THAT(world_.Freeze(world_.As("ivan"), "ivan"), IsOk());
  EXPECT_THAT(world_.Unfreeze(world_.As("ivan"), "ivan"), IsOk());
  ASSERT_THAT(world_.Freeze(world_.As("ivan"), "ivan"), IsOk());
  EXPECT_THAT(world_.Unfreeze(world_.Service("recovery"), "ivan", true), IsOk());
}

TEST_F(Guarded, AnErasedAccountKeepsNeitherRestrictionNorPermit) {
  ASSERT_THAT(Recover(), IsOk());
  ASSERT_THAT(Permit(), IsOk());
  ASSERT_THAT(world_.Delete(world_.Operator(), "ivan"), IsOk());
  EXPECT_FALSE(world_.Get("ivan")->has_restrict_expire_time());
}

}  // namespace
}  // namespace tc::identity
