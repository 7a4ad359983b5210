#include "services/identity/rpc/sign_in_testing.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using absl::StatusCode::kUnauthenticated;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;
using testing::Violates;
namespace type = ::trustedcontact::type::v1;

using GetSecuritySettings = SignedUp;
using UpdateSecuritySettings = SignedUp;

TEST_F(GetSecuritySettings, BeginsWithTheDefaults) {
  ASSERT_OK_AND_ASSIGN(const pb::SecuritySettings out, Settings(world_, "ivan"));
  EXPECT_EQ(out.name(), "accounts/ivan/securitySettings");
  EXPECT_EQ(out.second_factor(), pb::SECOND_FACTOR_NONE);
  EXPECT_THAT(out.channels(), ElementsAre(type::CHANNEL_SMS, type::CHANNEL_EMAIL));
  EXPECT_EQ(out.first_hour(), 9);
  EXPECT_EQ(out.last_hour(), 21);
  EXPECT_EQ(out.least_importance(), pb::IMPORTANCE_NORMAL);
  EXPECT_TRUE(out.sign_in_notices());
  EXPECT_EQ(out.time_zone(), "");
}

TEST_F(GetSecuritySettings, IsForTheOwner) {
  pb::GetSecuritySettingsRequest in;
  in.set_name("accounts/ivan/securitySettings");
  EXPECT_THAT(world_.handlers().settings.GetSecuritySettings(world_.As("oleg"), in),
              Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(Settings(world_, "nobody"), Refused(kNotFound, Reason::kNotFound));
  for (const char* name : {"accounts/ivan", "accounts//securitySettings", "ivan/securitySettings"}) {
    in.set_name(name);
    EXPECT_THAT(world_.handlers().settings.GetSecuritySettings(world_.As("ivan"), in),
                Violates("NAME_INVALID"))
        << name;
  }
}

TEST_F(UpdateSecuritySettings, ChangesTheNamedFieldsAndTells) {
  pb::SecuritySettings wanted;
  wanted.set_first_hour(7);
  wanted.set_last_hour(8);  // not named
  wanted.add_channels(type::CHANNEL_PUSH);
  ASSERT_OK_AND_ASSIGN(const pb::SecuritySettings out,
                       Choose(world_, "ivan", wanted, {"channels", "first_hour"}));
  EXPECT_EQ(out.first_hour(), 7);
  EXPECT_EQ(out.last_hour(), 21);
  EXPECT_THAT(out.channels(), ElementsAre(type::CHANNEL_PUSH));
  EXPECT_EQ(Settings(world_, "ivan")->SerializeAsString(), out.SerializeAsString());
  EXPECT_THAT(world_.NewEvents(), ElementsAre("SettingsChanged"));
  EXPECT_EQ(LastEvent(world_, "SettingsChanged").attributes.at("fields"), "channels,first_hour");
}

TEST_F(UpdateSecuritySettings, WithoutAMaskChangesAll) {
  pb::SecuritySettings wanted = *Settings(world_, "ivan");
  wanted.set_last_hour(24);
  wanted.set_sign_in_notices(false);
  wanted.set_time_zone("Asia/Vladivostok");
  ASSERT_OK_AND_ASSIGN(const pb::SecuritySettings out, Choose(world_, "ivan", wanted, {}));
  EXPECT_EQ(out.SerializeAsString(), wanted.SerializeAsString());
}

TEST_F(UpdateSecuritySettings, ThatChangesNothingIsNoEvent) {
  ASSERT_THAT(Choose(world_, "ivan", *Settings(world_, "ivan"), {}), IsOk());
  EXPECT_THAT(world_.NewEvents(), IsEmpty());
}

TEST_F(UpdateSecuritySettings, NamesEveryMistakeAtOnce) {
  pb::SecuritySettings wanted;
  wanted.add_channels(type::CHANNEL_VOICE);
  wanted.add_channels(type::CHANNEL_VOICE);
  wanted.set_first_hour(-1);
  wanted.set_last_hour(25);
  wanted.set_time_zone("Mars/Olympus_Mons");
  wanted.set_second_factor(pb::SECOND_FACTOR_TOTP);
  const auto refused = Choose(
      world_, "ivan", wanted,
      {"channels", "first_hour", "last_hour", "least_importance", "second_factor", "time_zone", "name"});
  EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kFieldInvalid));
  for (const char* reason : {"MASK_PATH_UNKNOWN", "CHANNEL_NOT_ALLOWED", "CHANNEL_REPEATED", "HOUR_RANGE",
                             "IMPORTANCE_MISSING", "TOTP_NOT_CONFIRMED", "TIME_ZONE_UNKNOWN"}) {
    EXPECT_THAT(refused, Violates(reason));
  }
  EXPECT_EQ(ViolationsOf(refused.status()).size(), 8U);
  EXPECT_THAT(world_.NewEvents(), IsEmpty());
}

TEST_F(UpdateSecuritySettings, TellsOfAnotherSecondFactor) {
  EXPECT_EQ(ChooseFactor(world_, "ivan", pb::SECOND_FACTOR_SMS)->second_factor(), pb::SECOND_FACTOR_SMS);
  EXPECT_THAT(world_.NewEvents(), ElementsAre("SettingsChanged", "SecondFactorChanged"));
  EXPECT_EQ(LastEvent(world_, "SecondFactorChanged").attributes.at("factor"), "SMS");
  EXPECT_EQ(NoticesOf(world_, NoticeKind::kSecondFactorChanged), 1U);
  ASSERT_THAT(ChooseFactor(world_, "ivan", pb::SECOND_FACTOR_NONE), IsOk());
  EXPECT_EQ(NoticesOf(world_, NoticeKind::kSecondFactorChanged), 2U);
}

TEST_F(UpdateSecuritySettings, TakesNoSmsWithoutANumber) {
  ASSERT_THAT(world_.Bare("bare", 2), IsOk());
  EXPECT_THAT(ChooseFactor(world_, "bare", pb::SECOND_FACTOR_SMS), Violates("PHONE_MISSING"));
}

TEST_F(UpdateSecuritySettings, DoesNotTakeAnAppAway) {
  TakeApp(world_, "ivan");
  EXPECT_THAT(ChooseFactor(world_, "ivan", pb::SECOND_FACTOR_NONE), Violates("TOTP_IN_USE"));
  EXPECT_THAT(ChooseFactor(world_, "ivan", pb::SECOND_FACTOR_SMS), Violates("TOTP_IN_USE"));
  EXPECT_THAT(ChooseFactor(world_, "ivan", pb::SECOND_FACTOR_TOTP), IsOk());
}

TEST_F(UpdateSecuritySettings, IsForTheOwnerWhoHasJustSignedInToAnActiveAccount) {
  pb::UpdateSecuritySettingsRequest in;
  in.mutable_settings()->set_name("accounts/ivan/securitySettings");
  in.mutable_update_mask()->add_paths("sign_in_notices");
  EXPECT_THAT(world_.handlers().settings.UpdateSecuritySettings(world_.As("oleg"), in),
              Refused(kNotFound, Reason::kNotFound));
  rpc::Call stale = world_.As("ivan");
  stale.person->auth_time -= absl::Seconds(301);
  EXPECT_THAT(world_.handlers().settings.UpdateSecuritySettings(stale, in),
              Refused(kUnauthenticated, Reason::kReauthenticationRequired));
  ASSERT_THAT(world_.Freeze(world_.As("ivan"), "ivan"), IsOk());
  EXPECT_THAT(world_.handlers().settings.UpdateSecuritySettings(world_.As("ivan"), in),
              Refused(kFailedPrecondition, Reason::kAccountFrozen));
}

}  // namespace
}  // namespace tc::identity
