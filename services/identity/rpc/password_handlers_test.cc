#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "services/identity/rpc/world_testing.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using absl::StatusCode::kPermissionDenied;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using testing::IsOk;
using testing::Refused;
using testing::Violates;

constexpr const char* kGood = World::kGood;
constexpr const char* kBetter = World::kBetter;

// An account with the password kGood.
class WithPassword : public ::testing::Test {
 protected:
  explicit WithPassword(const Policy& policy = TestPolicy()) : world_(policy) {
    EXPECT_THAT(world_.Citizen("ivan", 1), IsOk());
    EXPECT_THAT(world_.SetPassword("ivan", "", kGood), IsOk());
    world_.Settle();
    world_.NewEvents();
  }
  void Wrong(int times) {
    for (int i = 0; i < times; ++i) EXPECT_FALSE(world_.Opens("ivan", "wrong"));
  }
  World world_;
};

using CheckPassword = WithPassword;
using SetPassword = WithPassword;
using VerifyPassword = WithPassword;
using ResetPassword = WithPassword;

TEST_F(CheckPassword, NamesEveryBrokenRuleAndWritesNothing) {
  pb::CheckPasswordRequest in;
  in.set_password("иван1234");
  in.set_account("accounts/ivan");
  const uint64_t revision = world_.database().revision();
  ASSERT_OK_AND_ASSIGN(const pb::CheckPasswordResponse out,
                       world_.handlers().passwords.CheckPassword(world_.As("ivan"), in));
  EXPECT_FALSE(out.acceptable());
  std::vector<int> rules;
  for (const pb::PasswordViolation& v : out.violations()) rules.push_back(v.rule());
  EXPECT_THAT(
      rules, ElementsAre(pb::PASSWORD_RULE_NO_UPPER, pb::PASSWORD_RULE_NO_SPECIAL, pb::PASSWORD_RULE_SEQUENCE,
                         pb::PASSWORD_RULE_PERSONAL, pb::PASSWORD_RULE_COMMON));
  EXPECT_EQ(world_.database().revision(), revision);
}

TEST_F(CheckPassword, ComparesWithPersonalDataForItsOwnerOnly) {
  pb::CheckPasswordRequest in;
  in.set_password("Петров7!x");
  EXPECT_TRUE(world_.handlers().passwords.CheckPassword(world_.Portal(), in)->acceptable());
  in.set_account("accounts/ivan");
  EXPECT_THAT(world_.handlers().passwords.CheckPassword(world_.Portal(), in),
              Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(world_.handlers().passwords.CheckPassword(world_.As("oleg"), in),
              Refused(kNotFound, Reason::kNotFound));
  EXPECT_FALSE(world_.handlers().passwords.CheckPassword(world_.As("ivan"), in)->acceptable());
  EXPECT_FALSE(world_.handlers().passwords.CheckPassword(world_.Idp(), in)->acceptable());
}

TEST_F(CheckPassword, SaysNothingOfEarlierPasswords) {
  pb::CheckPasswordRequest in;
  in.set_password(kGood);
  in.set_account("accounts/ivan");
  EXPECT_TRUE(world_.handlers().passwords.CheckPassword(world_.As("ivan"), in)->acceptable());
}

TEST_F(SetPassword, ChangesWithTheCurrentOneAndTells) {
  ASSERT_OK_AND_ASSIGN(const pb::Credential credential, world_.SetPassword("ivan", kGood, kBetter));
  EXPECT_EQ(credential.version(), 2);
  EXPECT_EQ(credential.expire_time().seconds(), absl::ToUnixSeconds(world_.now() + absl::Hours(24 * 90)));
  EXPECT_TRUE(world_.Opens("ivan", kBetter));
  EXPECT_FALSE(world_.Opens("ivan", kGood));
  EXPECT_THAT(world_.NewEvents(), ElementsAre("PasswordSet", "SignedIn", "SignInRefused"));
  world_.Settle();
  EXPECT_EQ(world_.otp().notices().back().kind, NoticeKind::kPasswordChanged);
}

TEST_F(SetPassword, RecordsEveryWrongCurrentPasswordWhereItIsCounted) {  // IDN-13, LOG-01
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(world_.SetPassword("ivan", "wrong", kBetter).ok());
  std::vector<std::string> events(5, "SignInRefused");
  events.emplace_back("AccountLocked");
  const std::vector<kv::Event> all = *world_.database().Changes(0, 0, 10000);
  const auto last = std::find_if(all.rbegin(), all.rend(),
                                 [](const kv::Event& event) { return event.type == "SignInRefused"; });
  ASSERT_NE(last, all.rend());
  EXPECT_EQ(last->attributes.at("factor"), "PASSWORD");
  EXPECT_EQ(last->attributes.at("at"), "PASSWORD_CHANGE");
  EXPECT_THAT(world_.NewEvents(), ElementsAreArray(events));
}

TEST_F(SetPassword, AnswersARepeatedRequestAlike) {
  pb::SetPasswordRequest in;
  in.set_account("accounts/ivan");
  in.set_current_password(kGood);
  in.set_new_password(kBetter);
  const rpc::Call call = world_.As("ivan");
  ASSERT_OK_AND_ASSIGN(const pb::Credential first, world_.handlers().passwords.SetPassword(call, in));
  ASSERT_OK_AND_ASSIGN(const pb::Credential second, world_.handlers().passwords.SetPassword(call, in));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_THAT(world_.NewEvents(), ElementsAre("PasswordSet"));
}

TEST_F(SetPassword, NeedsTheCurrentOne) {
  EXPECT_THAT(world_.SetPassword("ivan", "", kBetter), Violates("PASSWORD_MISSING"));
  EXPECT_THAT(world_.SetPassword("ivan", "wrong", kBetter),
              Refused(kFailedPrecondition, Reason::kPasswordWrong));
  EXPECT_TRUE(world_.Opens("ivan", kGood));
}

TEST_F(SetPassword, ForTheFirstOneNeedsARecentSignIn) {
  ASSERT_THAT(world_.Create("oleg", 2), IsOk());
  pb::SetPasswordRequest in;
  in.set_account("accounts/oleg");
  in.set_new_password(kGood);
  rpc::Call call = world_.As("oleg");
  call.person->auth_time -= absl::Seconds(301);
  const auto refused = world_.handlers().passwords.SetPassword(call, in);
  EXPECT_THAT(refused, Refused(absl::StatusCode::kUnauthenticated, Reason::kReauthenticationRequired));
  EXPECT_EQ(MetadataOf(refused.status(), "max_age_seconds"), "300");
  EXPECT_FALSE(world_.Opens("oleg", kGood));
  call.person->auth_time += absl::Seconds(1);
  EXPECT_THAT(world_.handlers().passwords.SetPassword(call, in), IsOk());
  EXPECT_TRUE(world_.Opens("oleg", kGood));
}

TEST_F(SetPassword, WithTheCurrentOneNeedsNoRecentSignIn) {
  pb::SetPasswordRequest in;
  in.set_account("accounts/ivan");
  in.set_current_password(kGood);
  in.set_new_password(kBetter);
  rpc::Call call = world_.As("ivan");
  call.person->auth_time -= absl::Hours(24);
  EXPECT_THAT(world_.handlers().passwords.SetPassword(call, in), IsOk());
}

TEST_F(SetPassword, CountsWrongCurrentOnesWithThoseOfSignIn) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(world_.SetPassword("ivan", "wrong", kBetter),
                Refused(kFailedPrecondition, Reason::kPasswordWrong));
  }
  Wrong(2);
  const auto locked = world_.SetPassword("ivan", kGood, kBetter);
  EXPECT_THAT(locked, Refused(kFailedPrecondition, Reason::kAccountLocked));
  EXPECT_EQ(RetryAfterOf(locked.status()), absl::Minutes(30));
}

TEST_F(SetPassword, NamesEveryBrokenRuleBeforeItLooksAtTheCurrentOne) {
  const absl::Status status = world_.SetPassword("ivan", "wrong", "иван1234").status();
  EXPECT_THAT(status, Refused(kInvalidArgument, Reason::kPasswordPolicyViolated));
  EXPECT_EQ(ViolationsOf(status).size(), 5U);
  EXPECT_EQ(ViolationsOf(status)[0].field, "new_password");
}

TEST_F(SetPassword, RefusesTheLastFiveAndTakesTheSixthBack) {
  const std::vector<std::string> next = {"Aa1!Bb2@", "Cc3#Dd4$", "Ee5%Ff6^", "Gg7&Hh8*"};
  std::string current = kGood;
  for (const std::string& fresh : next) {
    ASSERT_THAT(world_.SetPassword("ivan", current, fresh), IsOk());
    current = fresh;
  }
  EXPECT_THAT(world_.SetPassword("ivan", current, kGood), Violates("PASSWORD_REUSED"));  // the fifth last
  EXPECT_THAT(world_.SetPassword("ivan", current, current), Violates("PASSWORD_REUSED"));
  ASSERT_THAT(world_.SetPassword("ivan", current, kBetter), IsOk());
  EXPECT_THAT(world_.SetPassword("ivan", kBetter, kGood), IsOk());
}

TEST_F(SetPassword, IsNotFoundForAnotherPerson) {
  pb::SetPasswordRequest in;
  in.set_account("accounts/ivan");
  in.set_current_password(kGood);
  in.set_new_password(kBetter);
  EXPECT_THAT(world_.handlers().passwords.SetPassword(world_.As("oleg"), in),
              Refused(kNotFound, Reason::kNotFound));
}

TEST_F(SetPassword, RefusesAnAccountThatSomethingStandsAgainst) {
  ASSERT_THAT(world_.Freeze(world_.As("ivan"), "ivan"), IsOk());
  EXPECT_THAT(world_.SetPassword("ivan", kGood, kBetter),
              Refused(kFailedPrecondition, Reason::kAccountFrozen));
  ASSERT_THAT(world_.Block("ivan"), IsOk());
  EXPECT_THAT(world_.SetPassword("ivan", kGood, kBetter),
              Refused(kFailedPrecondition, Reason::kAccountBlocked));
}

TEST_F(SetPassword, RefusesMoreThan4096BytesBeforeHashing) {
  EXPECT_THAT(world_.SetPassword("ivan", kGood, std::string(4097, 'x')), Violates("PASSWORD_TOO_LONG"));
  EXPECT_THAT(world_.SetPassword("ivan", std::string(4097, 'x'), kBetter), Violates("PASSWORD_TOO_LONG"));
}

TEST_F(VerifyPassword, TellsWhatTheIdentityProviderNeeds) {
  ASSERT_OK_AND_ASSIGN(const pb::VerifyPasswordResponse out, world_.Verify("ivan", kGood));
  EXPECT_TRUE(out.verified());
  EXPECT_EQ(out.account(), "accounts/ivan");
  EXPECT_FALSE(out.password_expired());
  EXPECT_TRUE(out.has_password_expire_time());
  EXPECT_EQ(out.state(), pb::ACCOUNT_STATE_ACTIVE);
}

TEST_F(VerifyPassword, TakesEveryIdentifier) {
  pb::VerifyPasswordRequest in;
  in.set_password(kGood);
  in.set_phone(PhoneNumber(1));
  EXPECT_TRUE(world_.handlers().sign_in.VerifyPassword(world_.Idp(), in)->verified());
  in.set_email("ivan@example.org");
  EXPECT_TRUE(world_.handlers().sign_in.VerifyPassword(world_.Idp(), in)->verified());
  in.set_snils(SnilsNumber(1));
  EXPECT_TRUE(world_.handlers().sign_in.VerifyPassword(world_.Idp(), in)->verified());
}

TEST_F(VerifyPassword, AnswersAlikeForUnknownWrongLockedBlockedAndWithoutPassword) {
  const std::string empty = pb::VerifyPasswordResponse().SerializeAsString();
  ASSERT_THAT(world_.Create("bare", 2), IsOk());
  ASSERT_THAT(world_.Create("blocked", 3), IsOk());
  ASSERT_THAT(world_.SetPassword("blocked", "", kGood), IsOk());
  ASSERT_THAT(world_.Block("blocked"), IsOk());
  EXPECT_EQ(world_.Verify("nobody", kGood)->SerializeAsString(), empty);
  EXPECT_EQ(world_.Verify("bare", kGood)->SerializeAsString(), empty);
  EXPECT_EQ(world_.Verify("blocked", kGood)->SerializeAsString(), empty);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(world_.Verify("ivan", "wrong")->SerializeAsString(), empty);
  EXPECT_EQ(world_.Get("ivan")->state(), pb::ACCOUNT_STATE_LOCKED);
  EXPECT_EQ(world_.Verify("ivan", kGood)->SerializeAsString(), empty);
}

TEST_F(VerifyPassword, LocksAtTheFifthWrongOneForThirtyMinutes) {
  Wrong(4);
  EXPECT_EQ(world_.Get("ivan")->state(), pb::ACCOUNT_STATE_ACTIVE);
  Wrong(1);
  ASSERT_OK_AND_ASSIGN(const pb::Account locked, world_.Get("ivan"));
  EXPECT_EQ(locked.state(), pb::ACCOUNT_STATE_LOCKED);
  EXPECT_EQ(locked.lock_number().size(), 8U);
  EXPECT_EQ(locked.lock_expire_time().seconds(), absl::ToUnixSeconds(world_.now() + absl::Minutes(30)));
  std::vector<std::string> events(5, "SignInRefused");
  events.emplace_back("AccountLocked");
  EXPECT_THAT(world_.NewEvents(), ElementsAreArray(events));
  world_.Settle();
  EXPECT_EQ(world_.otp().notices().back().kind, NoticeKind::kAccountLocked);
  world_.clock().Advance(absl::Minutes(30) - absl::Milliseconds(1));
  EXPECT_FALSE(world_.Opens("ivan", kGood));
  world_.clock().Advance(absl::Milliseconds(1));
  EXPECT_TRUE(world_.Opens("ivan", kGood));  // before the timer has run
}

TEST_F(VerifyPassword, IsNotCountedWhileLocked) {
  Wrong(5);
  Wrong(5);
  world_.clock().Advance(absl::Minutes(30));
  Wrong(4);
  EXPECT_TRUE(world_.Opens("ivan", kGood));
}

TEST_F(VerifyPassword, RightOneForgetsTheWrongOnes) {
  Wrong(4);
  EXPECT_TRUE(world_.Opens("ivan", kGood));
  Wrong(4);
  EXPECT_TRUE(world_.Opens("ivan", kGood));
}

TEST_F(VerifyPassword, RepeatedUnderOneRequestIdIsCountedOnce) {
  pb::VerifyPasswordRequest in;
  in.set_account("accounts/ivan");
  in.set_password("wrong");
  const rpc::Call call = world_.Idp();
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(world_.handlers().sign_in.VerifyPassword(call, in)->verified());
  EXPECT_TRUE(world_.Opens("ivan", kGood));
}

TEST_F(VerifyPassword, TellsWhenALockHasEnded) {
  Wrong(5);
  world_.Settle();
  world_.NewEvents();
  world_.clock().Advance(absl::Minutes(30));
  world_.Settle();
  EXPECT_THAT(world_.NewEvents(), ElementsAre("AccountUnlocked"));
}

TEST_F(VerifyPassword, LetsTheOwnerOfAFrozenAccountInToLiftTheFreezeAndCountsThere) {
  ASSERT_THAT(world_.Freeze(world_.As("ivan"), "ivan"), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::VerifyPasswordResponse out, world_.Verify("ivan", kGood));
  EXPECT_TRUE(out.verified());
  EXPECT_EQ(out.state(), pb::ACCOUNT_STATE_FROZEN);
  Wrong(5);
  EXPECT_FALSE(world_.Opens("ivan", kGood));
  ASSERT_THAT(world_.Unfreeze(world_.As("ivan"), "ivan"), IsOk());
  EXPECT_EQ(world_.Get("ivan")->state(), pb::ACCOUNT_STATE_LOCKED);  // the lock beneath was not lost
}

TEST_F(VerifyPassword, SaysThatAPasswordIsTooOld) {
  world_.clock().Advance(absl::Hours(24 * 90) - absl::Milliseconds(1));
  EXPECT_FALSE(world_.Verify("ivan", kGood)->password_expired());
  world_.clock().Advance(absl::Milliseconds(1));
  EXPECT_TRUE(world_.Verify("ivan", kGood)->verified());
  EXPECT_TRUE(world_.Verify("ivan", kGood)->password_expired());
}

TEST_F(VerifyPassword, HashesAnewWhenTheCostsHaveRisen) {
  const crypto::Argon2Params dearer{16, 2, 1};
  ASSERT_OK_AND_ASSIGN(const PasswordHasher hasher,
                       PasswordHasher::Create(world_.pool(), dearer, world_.random()));
  Handlers handlers = world_.WithHasher(hasher);
  pb::VerifyPasswordRequest in;
  in.set_account("accounts/ivan");
  in.set_password(kGood);
  ASSERT_TRUE(handlers.sign_in.VerifyPassword(world_.Idp(), in)->verified());
  StoredCredential stored;
  ASSERT_THAT(world_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    stored = TRY(Credentials(world_.vault()).Get(txn, AccountId::FromTrusted("ivan")));
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_FALSE(crypto::NeedsRehash(stored.phc, dearer));
  EXPECT_TRUE(handlers.sign_in.VerifyPassword(world_.Idp(), in)->verified());
  EXPECT_EQ(stored.version, 1);  // it is the same password
}

TEST_F(VerifyPassword, TreatsComposedAndDecomposedLettersAlike) {
  ASSERT_THAT(world_.SetPassword("ivan", kGood, "Kp7!wQ\u00e9z"), IsOk());
  EXPECT_TRUE(world_.Opens("ivan", "Kp7!wQe\u0301z"));
}

TEST_F(VerifyPassword, RefusesARequestWithoutIdentifierOrPassword) {
  const absl::Status status = world_.handlers().sign_in.VerifyPassword(world_.Idp(), {}).status();
  EXPECT_THAT(status, Violates("IDENTIFIER_MISSING"));
  EXPECT_THAT(status, Violates("PASSWORD_MISSING"));
}

class StrictSignIn : public WithPassword {
 protected:
  StrictSignIn() : WithPassword(Loose()) {}
  static Policy Loose() {
    Policy policy = TestPolicy();
    policy.login = TestPolicy("strict").login;
    return policy;
  }
};

TEST_F(StrictSignIn, GrowsItsDelays) {
  Wrong(5);
  EXPECT_FALSE(world_.Opens("ivan", kGood));
  world_.clock().Advance(absl::Seconds(30));
  Wrong(1);
  world_.clock().Advance(absl::Seconds(59));
  EXPECT_FALSE(world_.Opens("ivan", kGood));
  world_.clock().Advance(absl::Seconds(1));
  EXPECT_TRUE(world_.Opens("ivan", kGood));
}

absl::StatusOr<pb::Account> Unlock(World& world, const std::string& number) {
  pb::UnlockAccountRequest in;
  in.set_name("accounts/ivan");
  in.set_lock_number(number);
  in.set_reason("звонок в поддержку");
  return world.handlers().accounts.UnlockAccount(world.Operator(), in);
}

TEST_F(VerifyPassword, IsOpenedByAnOperatorWhoKnowsTheLockNumber) {
  EXPECT_THAT(Unlock(world_, "00000000"), Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
  Wrong(5);
  const std::string number = world_.Get("ivan")->lock_number();
  EXPECT_THAT(Unlock(world_, "0"), Violates("LOCK_NUMBER_WRONG"));
  EXPECT_EQ(Unlock(world_, number)->state(), pb::ACCOUNT_STATE_ACTIVE);
  EXPECT_TRUE(world_.Opens("ivan", kGood));
}

TEST_F(ResetPassword, SetsANewOneAndOpensTheLock) {
  Wrong(5);
  world_.NewEvents();
  ASSERT_OK_AND_ASSIGN(const pb::Credential credential,
                       world_.Reset("ivan", world_.Proof("ivan", "r1"), kBetter));
  EXPECT_EQ(credential.version(), 2);
  EXPECT_EQ(world_.Get("ivan")->state(), pb::ACCOUNT_STATE_ACTIVE);
  EXPECT_TRUE(world_.Opens("ivan", kBetter));
  EXPECT_THAT(world_.NewEvents(), ElementsAre("PasswordReset", "SignedIn"));
}

TEST_F(ResetPassword, EmitsWhoseSessionsMustEnd) {
  const uint64_t before = world_.database().revision();
  ASSERT_THAT(world_.Reset("ivan", world_.Proof("ivan", "r1"), kBetter), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::vector<kv::Event> events,
                       world_.database().Changes(before, UINT32_MAX, 10));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].type, "PasswordReset");
  EXPECT_EQ(events[0].resource, "accounts/ivan");
  EXPECT_EQ(events[0].attributes.at("account"), "ivan");
}

TEST_F(ResetPassword, SetsTheFirstOneToo) {
  ASSERT_THAT(world_.Citizen("oleg", 2), IsOk());
  ASSERT_THAT(world_.Reset("oleg", world_.Proof("oleg", "r1"), kBetter), IsOk());
  EXPECT_TRUE(world_.Opens("oleg", kBetter));
}

TEST_F(ResetPassword, TakesAProofOnce) {
  const std::string proof = world_.Proof("ivan", "r1");
  ASSERT_THAT(world_.Reset("ivan", proof, kBetter), IsOk());
  EXPECT_THAT(world_.Reset("ivan", proof, "Aa1!Bb2@"), Refused(kFailedPrecondition, Reason::kProofUsed));
  EXPECT_THAT(world_.Reset("ivan", world_.Proof("ivan", "r1"), "Aa1!Bb2@"),
              Refused(kFailedPrecondition, Reason::kProofUsed));
  EXPECT_THAT(world_.Reset("ivan", world_.Proof("ivan", "r2"), "Aa1!Bb2@"), IsOk());
}

// Recovery takes any other refusal as "nothing was set", and may then let the principal cancel (R8).
TEST_F(ResetPassword, SaysThatTheProofIsUsedWhateverBecameOfTheAccountSince) {
  ASSERT_THAT(world_.Reset("ivan", world_.Proof("ivan", "r1"), kBetter), IsOk());
  ASSERT_THAT(world_.Freeze(world_.Service(), "ivan", absl::Hours(24)), IsOk());
  EXPECT_THAT(world_.Reset("ivan", world_.Proof("ivan", "r1"), kBetter),
              Refused(kFailedPrecondition, Reason::kProofUsed));
  ASSERT_THAT(world_.Block("ivan"), IsOk());
  EXPECT_THAT(world_.Reset("ivan", world_.Proof("ivan", "r1"), kBetter),
              Refused(kFailedPrecondition, Reason::kProofUsed));
}

TEST_F(ResetPassword, AnswersARepeatedRequestAlikeAlsoWhenTheProofHasExpired) {
  pb::ResetPasswordRequest in;
  in.set_account("accounts/ivan");
  in.set_proof(world_.Proof("ivan", "r1"));
  in.set_new_password(kBetter);
  rpc::Call call = world_.Service("recovery");
  ASSERT_OK_AND_ASSIGN(const pb::Credential first, world_.handlers().passwords.ResetPassword(call, in));
  call.now += absl::Hours(1);
  ASSERT_OK_AND_ASSIGN(const pb::Credential second, world_.handlers().passwords.ResetPassword(call, in));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
}

TEST_F(ResetPassword, DoesNotUseTheProofUpForABrokenRule) {
  const std::string proof = world_.Proof("ivan", "r1");
  const auto refused = world_.Reset("ivan", proof, "short");
  EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kPasswordPolicyViolated));
  EXPECT_GE(ViolationsOf(refused.status()).size(), 4U);
  EXPECT_THAT(world_.Reset("ivan", proof, kGood), Violates("PASSWORD_REUSED"));
  EXPECT_THAT(world_.Reset("ivan", proof, kBetter), IsOk());
}

struct BadProof {
  const char* what;
  void (*spoil)(crypto::Claims&);
};
class BadProofs : public ::testing::TestWithParam<BadProof> {};
TEST_P(BadProofs, AreRefusedAlike) {
  World world;
  ASSERT_THAT(world.Citizen("ivan", 1), IsOk());
  EXPECT_THAT(world.Reset("ivan", world.Proof("ivan", "r1", GetParam().spoil), kBetter),
              Refused(kPermissionDenied, Reason::kProofInvalid))
      << GetParam().what;
  EXPECT_THAT(world.Reset("ivan", world.Proof("ivan", "r1"), kBetter), IsOk());
}
INSTANTIATE_TEST_SUITE_P(
    ResetPassword, BadProofs,
    ::testing::Values(
        BadProof{"another issuer", [](crypto::Claims& c) { c.issuer = "linking"; }},
        BadProof{"another audience", [](crypto::Claims& c) { c.audience = {"otp"}; }},
        BadProof{"another account", [](crypto::Claims& c) { c.subject = "oleg"; }},
        BadProof{"nobody", [](crypto::Claims& c) { c.subject.clear(); }},
        BadProof{"no id", [](crypto::Claims& c) { c.id.clear(); }},
        BadProof{"another purpose", [](crypto::Claims& c) { c.extra["purpose"] = "PHONE_CHANGE"; }},
        BadProof{"no purpose", [](crypto::Claims& c) { c.extra.clear(); }},
        BadProof{"expired", [](crypto::Claims& c) { *c.expires_at -= absl::Seconds(60); }},
        BadProof{"valid for too long", [](crypto::Claims& c) { *c.expires_at += absl::Seconds(10); }},
        BadProof{"valid for ever", [](crypto::Claims& c) { c.expires_at.reset(); }}));

TEST_F(ResetPassword, RefusesAForgedProof) {
  std::string proof = world_.Proof("ivan", "r1");
  proof[proof.size() - 10] = proof[proof.size() - 10] == 'A' ? 'B' : 'A';
  EXPECT_THAT(world_.Reset("ivan", proof, kBetter), Refused(kPermissionDenied, Reason::kProofInvalid));
  EXPECT_THAT(world_.Reset("ivan", "", kBetter), Refused(kPermissionDenied, Reason::kProofInvalid));
}

TEST_F(ResetPassword, RefusesAFrozenABlockedAndAnAbsentAccount) {
  ASSERT_THAT(world_.Freeze(world_.Service(), "ivan", absl::Hours(24)), IsOk());
  EXPECT_THAT(world_.Reset("ivan", world_.Proof("ivan", "r1"), kBetter),
              Refused(kFailedPrecondition, Reason::kAccountFrozen));
  ASSERT_THAT(world_.Block("ivan"), IsOk());
  EXPECT_THAT(world_.Reset("ivan", world_.Proof("ivan", "r1"), kBetter),
              Refused(kFailedPrecondition, Reason::kAccountBlocked));
  EXPECT_THAT(world_.Reset("nobody", world_.Proof("nobody", "r1"), kBetter),
              Refused(kNotFound, Reason::kNotFound));
}

TEST_F(ResetPassword, ForgetsAProofWhenItCannotBeValidAnyMore) {
  ASSERT_THAT(world_.Reset("ivan", world_.Proof("ivan", "r1"), kBetter), IsOk());
  world_.clock().Advance(absl::Hours(24));
  world_.Settle();
  bool used = true;
  ASSERT_THAT(world_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    used = TRY(Credentials(world_.vault()).ProofUsed(txn, "r1"));
    return absl::OkStatus();
  }),
              IsOk());
  EXPECT_FALSE(used);
}

}  // namespace
}  // namespace tc::identity
