#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/identity/rpc/world_testing.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kAlreadyExists;
using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::Refused;
using testing::Violates;

TEST(CreateAccount, RegistersUnderTheCallersId) {
  World world;
  ASSERT_OK_AND_ASSIGN(const pb::Account account, world.Bare("ivan", 1));
  EXPECT_EQ(account.name(), "accounts/ivan");
  EXPECT_EQ(account.state(), pb::ACCOUNT_STATE_ACTIVE);
  EXPECT_EQ(account.level(), pb::ACCOUNT_LEVEL_STANDARD);
  EXPECT_EQ(account.version(), 1);
  EXPECT_EQ(account.locale(), "ru");
  ASSERT_OK_AND_ASSIGN(const pb::Account read, world.Get("ivan"));
  EXPECT_EQ(read.SerializeAsString(), account.SerializeAsString());
  EXPECT_EQ(read.person().snils(), SnilsNumber(1));
  EXPECT_EQ(read.person().birth_date().year(), 1987);
  EXPECT_EQ(read.person().document().number(), "000001");
  EXPECT_THAT(world.NewEvents(), ElementsAre("AccountCreated"));
}

TEST(CreateAccount, MakesAnIdWhereNoneWasChosen) {
  World world;
  pb::CreateAccountRequest in = Registration("", 1);
  ASSERT_OK_AND_ASSIGN(const pb::Account account, world.handlers().accounts.CreateAccount(world.Idp(), in));
  EXPECT_EQ(account.name().size(), std::string("accounts/").size() + 22);
}

TEST(CreateAccount, AnswersARepeatedRequestAlike) {
  World world;
  const rpc::Call call = world.Idp();
  ASSERT_OK_AND_ASSIGN(const pb::Account first,
                       world.handlers().accounts.CreateAccount(call, Registration("", 1)));
  ASSERT_OK_AND_ASSIGN(const pb::Account second,
                       world.handlers().accounts.CreateAccount(call, Registration("", 1)));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_THAT(world.NewEvents(), ElementsAre("AccountCreated"));
}

TEST(CreateAccount, RefusesATakenId) {
  World world;
  ASSERT_THAT(world.Bare("ivan", 1), IsOk());
  EXPECT_THAT(world.Bare("ivan", 2), Refused(kAlreadyExists, Reason::kAlreadyExists));
}

TEST(CreateAccount, TakesAddressesThatTheIdentityProviderHasProved) {
  World world;
  ASSERT_OK_AND_ASSIGN(const pb::Account account, world.Create("ivan", 1));
  EXPECT_EQ(account.masked_phone(), "+7 9** ***-**-01");
  EXPECT_EQ(account.masked_email(), "i***@example.org");
  EXPECT_THAT(world.NewEvents(), ElementsAre("AccountCreated", "PhoneBound", "EmailBound"));
}

TEST(CreateAccount, RefusesAddressesThatOthersAssert) {
  World world;
  pb::CreateAccountRequest in = Registration("ivan", 1);
  in.set_verified_phone(PhoneNumber(1));
  EXPECT_THAT(world.handlers().accounts.CreateAccount(world.Operator(), in), Violates("CALLER_CANNOT_PROVE"));
}

TEST(CreateAccount, RefusesAPhoneOrAnEmailThatSomebodyHas) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  pb::CreateAccountRequest phone = Registration("oleg", 2);
  phone.set_verified_phone(PhoneNumber(1));
  EXPECT_THAT(world.handlers().accounts.CreateAccount(world.Idp(), phone),
              Refused(kFailedPrecondition, Reason::kPhoneBusy));
  pb::CreateAccountRequest email = Registration("oleg", 2);
  email.set_verified_email("IVAN@example.org");
  EXPECT_THAT(world.handlers().accounts.CreateAccount(world.Idp(), email),
              Refused(kAlreadyExists, Reason::kAlreadyExists));
  EXPECT_THAT(world.Get("oleg"), Refused(kNotFound, Reason::kNotFound));  // nothing was written
}

TEST(CreateAccount, NamesEveryMistakeAtOnce) {
  World world;
  pb::CreateAccountRequest in = Registration("not an id", 1);
  in.mutable_account()->clear_type();
  in.mutable_account()->set_locale("de");
  in.mutable_account()->set_organization("ООО");
  pb::Person* person = in.mutable_account()->mutable_person();
  person->set_first_name("1");
  person->set_last_name("");
  SetDay(person->mutable_birth_date(), 2027, 1, 1);
  person->set_citizenship("ru");
  person->set_snils("1");
  person->set_inn("2");
  person->mutable_document()->set_number("x");
  in.set_verified_phone("8916");
  in.set_verified_email("x");
  const absl::Status status = world.handlers().accounts.CreateAccount(world.Idp(), in).status();
  EXPECT_THAT(status, Refused(kInvalidArgument, Reason::kFieldInvalid));
  for (const char* reason :
       {"ID_INVALID", "ACCOUNT_TYPE_MISSING", "LOCALE_UNKNOWN", "ORGANIZATION_NOT_ALLOWED", "NAME_CHARACTERS",
        "NAME_EMPTY", "DATE_IN_FUTURE", "COUNTRY_FORMAT", "SNILS_FORMAT", "INN_FORMAT", "DOCUMENT_NUMBER",
        "DATE_BEFORE_BIRTH", "EMAIL_INVALID"}) {
    EXPECT_THAT(status, Violates(reason)) << reason;
  }
}

struct TypeCase {
  pb::AccountType type;
  const char* organization;
  const char* inn;
  const char* reason;  // null: good
};
class AccountTypes : public ::testing::TestWithParam<TypeCase> {};
TEST_P(AccountTypes, HaveTheirOwnData) {
  World world;
  pb::CreateAccountRequest in = Registration("a", 1);
  in.mutable_account()->set_type(GetParam().type);
  in.mutable_account()->set_organization(GetParam().organization);
  in.mutable_account()->mutable_person()->set_inn(GetParam().inn);
  const auto created = world.handlers().accounts.CreateAccount(world.Idp(), in);
  if (GetParam().reason == nullptr) {
    EXPECT_THAT(created, IsOk());
  } else {
    EXPECT_THAT(created, Violates(GetParam().reason));
  }
}
INSTANTIATE_TEST_SUITE_P(
    I4, AccountTypes,
    ::testing::Values(TypeCase{pb::ACCOUNT_TYPE_PERSONAL, "", "500100732259", nullptr},
                      TypeCase{pb::ACCOUNT_TYPE_PERSONAL, "", "7707083893", "INN_FORMAT"},
                      TypeCase{pb::ACCOUNT_TYPE_PERSONAL, "ООО", "", "ORGANIZATION_NOT_ALLOWED"},
                      TypeCase{pb::ACCOUNT_TYPE_LEGAL_ENTITY, "ООО", "7707083893", nullptr},
                      TypeCase{pb::ACCOUNT_TYPE_LEGAL_ENTITY, "ООО", "500100732259", "INN_FORMAT"},
                      TypeCase{pb::ACCOUNT_TYPE_LEGAL_ENTITY, "", "7707083893", "TEXT_MISSING"},
                      TypeCase{pb::ACCOUNT_TYPE_SOLE_PROPRIETOR, "", "500100732259", nullptr},
                      TypeCase{pb::ACCOUNT_TYPE_PRIVILEGED, "", "", nullptr}));

TEST(GetAccount, DoesNotKnowAnAbsentOne) {
  World world;
  EXPECT_THAT(world.Get("nobody"), Refused(kNotFound, Reason::kNotFound));
}

TEST(ListAccounts, PagesByIdWithoutPersonalData) {
  World world;
  for (int i = 1; i <= 5; ++i) ASSERT_THAT(world.Create(absl::StrCat("a", i), i), IsOk());
  pb::ListAccountsRequest in;
  in.set_page_size(2);
  std::vector<std::string> names;
  do {
    ASSERT_OK_AND_ASSIGN(const pb::ListAccountsResponse page,
                         world.handlers().accounts.ListAccounts(world.Operator(), in));
    EXPECT_LE(page.accounts_size(), 2);
    for (const pb::Account& account : page.accounts()) {
      names.push_back(account.name());
      EXPECT_FALSE(account.has_person());
    }
    in.set_page_token(page.next_page_token());
  } while (!in.page_token().empty());
  EXPECT_THAT(names, ElementsAre("accounts/a1", "accounts/a2", "accounts/a3", "accounts/a4", "accounts/a5"));
}

TEST(ListAccounts, FiltersByStateAndBindsTheTokenToIt) {
  World world;
  for (int i = 1; i <= 3; ++i) ASSERT_THAT(world.Create(absl::StrCat("a", i), i), IsOk());
  ASSERT_THAT(world.Block("a2"), IsOk());
  pb::ListAccountsRequest in;
  in.set_state(pb::ACCOUNT_STATE_BLOCKED);
  EXPECT_EQ(world.handlers().accounts.ListAccounts(world.Operator(), in)->accounts(0).name(), "accounts/a2");
  in.set_state(pb::ACCOUNT_STATE_ACTIVE);
  in.set_page_size(1);
  in.set_page_token(world.handlers().accounts.ListAccounts(world.Operator(), in)->next_page_token());
  EXPECT_EQ(world.handlers().accounts.ListAccounts(world.Operator(), in)->accounts(0).name(), "accounts/a3");
  in.set_state(pb::ACCOUNT_STATE_BLOCKED);
  EXPECT_THAT(world.handlers().accounts.ListAccounts(world.Operator(), in),
              Refused(kInvalidArgument, Reason::kPageTokenInvalid));
}

TEST(ConfirmAccount, RaisesTheLevelAndHidesThePerson) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  world.NewEvents();
  ASSERT_OK_AND_ASSIGN(const pb::Account account, world.Confirm("ivan", 1));
  EXPECT_EQ(account.level(), pb::ACCOUNT_LEVEL_CONFIRMED);
  EXPECT_EQ(account.confirmation_method(), pb::CONFIRMATION_METHOD_SERVICE_CENTRE);
  EXPECT_EQ(account.version(), 2);
  EXPECT_FALSE(account.has_person());
  EXPECT_THAT(world.NewEvents(), ElementsAre("AccountConfirmed"));
}

struct WayCase {
  rpc::Role role;
  pb::ConfirmationMethod method;
  bool allowed;
};
class WaysOfConfirmation : public ::testing::TestWithParam<WayCase> {};
TEST_P(WaysOfConfirmation, BelongToTheirCallers) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  pb::ConfirmAccountRequest in;
  in.set_name("accounts/ivan");
  in.set_method(GetParam().method);
  in.set_reference("case/1.a");
  SetPassport(in.mutable_document(), 1);
  const auto confirmed =
      world.handlers().accounts.ConfirmAccount(testing::FromPeer(GetParam().role, "x", world.now()), in);
  if (GetParam().allowed) {
    EXPECT_THAT(confirmed, IsOk());
  } else {
    EXPECT_THAT(confirmed, Violates("CONFIRMATION_METHOD_NOT_ALLOWED"));
  }
}
constexpr auto kCentre = pb::CONFIRMATION_METHOD_SERVICE_CENTRE;
constexpr auto kCode = pb::CONFIRMATION_METHOD_POSTAL_CODE;
constexpr auto kOnline = pb::CONFIRMATION_METHOD_ONLINE_BANK;
constexpr auto kSignature = pb::CONFIRMATION_METHOD_ELECTRONIC_SIGNATURE;
INSTANTIATE_TEST_SUITE_P(I4, WaysOfConfirmation,
                         ::testing::Values(WayCase{rpc::Role::kServiceCentre, kCentre, true},
                                           WayCase{rpc::Role::kServiceCentre, kCode, false},
                                           WayCase{rpc::Role::kBank, kOnline, true},
                                           WayCase{rpc::Role::kBank, kCentre, false},
                                           WayCase{rpc::Role::kPost, kCode, true},
                                           WayCase{rpc::Role::kPost, kSignature, false},
                                           WayCase{rpc::Role::kIdentityProvider, kSignature, true},
                                           WayCase{rpc::Role::kIdentityProvider, kCentre, true}));

TEST(ConfirmAccount, NamesEveryMistakeAtOnce) {
  World world;
  const absl::Status status =
      world.handlers().accounts.ConfirmAccount(world.Centre(), pb::ConfirmAccountRequest()).status();
  for (const char* reason :
       {"NAME_INVALID", "CONFIRMATION_METHOD_MISSING", "DOCUMENT_TYPE_MISSING", "REFERENCE_FORMAT"}) {
    EXPECT_THAT(status, Violates(reason)) << reason;
  }
}

TEST(ConfirmAccount, NeedsRegistrationData) {
  World world;
  pb::CreateAccountRequest in = Registration("ivan", 1);
  in.mutable_account()->mutable_person()->clear_birth_date();
  ASSERT_THAT(world.handlers().accounts.CreateAccount(world.Idp(), in), IsOk());
  EXPECT_THAT(world.Confirm("ivan", 1), Refused(kFailedPrecondition, Reason::kNotEligible));
}

TEST(BlockAccount, ClosesAndUnblockOpens) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  world.NewEvents();
  ASSERT_OK_AND_ASSIGN(const pb::Account blocked, world.Block("ivan"));
  EXPECT_EQ(blocked.state(), pb::ACCOUNT_STATE_BLOCKED);
  EXPECT_EQ(blocked.block_reason(), "запрос Ивана Петрова");
  EXPECT_THAT(world.Block("ivan"), Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
  pb::UnblockAccountRequest in;
  in.set_name("accounts/ivan");
  in.set_reason("разобрались");
  ASSERT_OK_AND_ASSIGN(const pb::Account open,
                       world.handlers().accounts.UnblockAccount(world.Operator(), in));
  EXPECT_EQ(open.state(), pb::ACCOUNT_STATE_ACTIVE);
  EXPECT_THAT(world.handlers().accounts.UnblockAccount(world.Operator(), in),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
  EXPECT_THAT(world.NewEvents(), ElementsAre("AccountBlocked", "AccountUnblocked"));
}

TEST(BlockAccount, NeedsAReason) {
  World world;
  pb::BlockAccountRequest in;
  in.set_name("accounts/ivan");
  EXPECT_THAT(world.handlers().accounts.BlockAccount(world.Operator(), in), Violates("TEXT_MISSING"));
}

TEST(FreezeAccount, ByItsOwnerLastsUntilHeLiftsIt) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  world.NewEvents();
  ASSERT_OK_AND_ASSIGN(const pb::Account frozen, world.Freeze(world.As("ivan"), "ivan"));
  EXPECT_EQ(frozen.state(), pb::ACCOUNT_STATE_FROZEN);
  EXPECT_EQ(frozen.freeze_cause(), pb::FREEZE_CAUSE_OWNER);
  EXPECT_FALSE(frozen.has_freeze_expire_time());
  EXPECT_FALSE(frozen.has_person());
  world.Settle();
  world.clock().Advance(absl::Hours(1000));
  EXPECT_EQ(world.Get("ivan")->state(), pb::ACCOUNT_STATE_FROZEN);
  EXPECT_EQ(world.Unfreeze(world.As("ivan"), "ivan")->state(), pb::ACCOUNT_STATE_ACTIVE);
  EXPECT_THAT(world.NewEvents(), ElementsAre("AccountFrozen", "AccountUnfrozen"));
  world.Settle();
  ASSERT_EQ(world.otp().notices().size(), 2U);
  EXPECT_EQ(world.otp().notices()[0].kind, NoticeKind::kAccountFrozen);
  EXPECT_EQ(world.otp().notices()[0].phones.size() + world.otp().notices()[0].emails.size(), 2U);
}

TEST(FreezeAccount, IsNotFoundForAnotherPerson) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  EXPECT_THAT(world.Freeze(world.As("oleg"), "ivan"), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.Freeze(world.Portal(), "ivan"), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.Unfreeze(world.As("oleg"), "ivan"), Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(world.Freeze(world.As("nobody"), "nobody"), Refused(kNotFound, Reason::kNotFound));
}

TEST(FreezeAccount, AfterADangerReportEndsByTimeAndTells) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  ASSERT_OK_AND_ASSIGN(const pb::Account frozen, world.Freeze(world.Service(), "ivan", absl::Hours(24)));
  EXPECT_EQ(frozen.freeze_cause(), pb::FREEZE_CAUSE_DANGER);
  EXPECT_THAT(world.Unfreeze(world.As("ivan"), "ivan"), Refused(kFailedPrecondition, Reason::kAccountFrozen));
  world.clock().Advance(absl::Hours(24) - absl::Milliseconds(1));
  EXPECT_EQ(world.Get("ivan")->state(), pb::ACCOUNT_STATE_FROZEN);
  world.Settle();
  world.NewEvents();
  world.clock().Advance(absl::Milliseconds(1));
  EXPECT_EQ(world.Get("ivan")->state(), pb::ACCOUNT_STATE_ACTIVE);  // before the timer has run
  world.Settle();
  EXPECT_THAT(world.NewEvents(), ElementsAre("AccountUnfrozen"));
  world.Settle();
  EXPECT_THAT(world.NewEvents(), ElementsAre());
}

TEST(FreezeAccount, ByAServiceNeedsAnEndWithinAWeek) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  EXPECT_THAT(world.Freeze(world.Service(), "ivan"), Violates("TIME_TOO_FAR"));
  // A minute more than a policy can demand: the other service's clock may be ahead.
  const absl::Duration longest = absl::Hours(168) + absl::Minutes(1);
  EXPECT_THAT(world.Freeze(world.Service(), "ivan", longest + absl::Microseconds(1)),
              Violates("TIME_TOO_FAR"));
  EXPECT_THAT(world.Freeze(world.Service(), "ivan", -absl::Hours(1)), Violates("TIME_PAST"));
  EXPECT_THAT(world.Freeze(world.Service(), "ivan", longest), IsOk());
}

TEST(FreezeAccount, AnswersARepeatedRequestAlikeAlsoAfterItsEnd) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  pb::FreezeAccountRequest in;
  in.set_name("accounts/ivan");
  SetTime(in.mutable_expire_time(), world.now() + absl::Hours(1));
  rpc::Call call = world.Service();
  ASSERT_OK_AND_ASSIGN(const pb::Account first, world.handlers().accounts.FreezeAccount(call, in));
  call.now += absl::Hours(2);
  ASSERT_OK_AND_ASSIGN(const pb::Account second, world.handlers().accounts.FreezeAccount(call, in));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
}

TEST(UnfreezeAccount, ByAServiceEndsADangerOnlyWhenARecoveryHasConfirmedIt) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  ASSERT_THAT(world.Freeze(world.Service(), "ivan", absl::Hours(24)), IsOk());
  EXPECT_THAT(world.Unfreeze(world.Service("recovery"), "ivan"), Violates("CONFIRMATION_MISSING"));
  EXPECT_EQ(world.Get("ivan")->state(), pb::ACCOUNT_STATE_FROZEN);
  EXPECT_EQ(world.Unfreeze(world.Service("recovery"), "ivan", true)->state(), pb::ACCOUNT_STATE_ACTIVE);
  EXPECT_THAT(world.Unfreeze(world.Service("recovery"), "ivan", true),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

// Whoever sits in a session of his that was left open must not lift what he froze against him.
TEST(UnfreezeAccount, IsForTheOwnerWhoHasJustSignedIn) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  ASSERT_THAT(world.Freeze(world.As("ivan"), "ivan"), IsOk());
  rpc::Call stale = world.As("ivan");
  stale.person->auth_time -= absl::Seconds(301);
  const auto refused = world.Unfreeze(stale, "ivan");
  EXPECT_THAT(refused, Refused(absl::StatusCode::kUnauthenticated, Reason::kReauthenticationRequired));
  EXPECT_EQ(MetadataOf(refused.status(), "max_age_seconds"), "300");
  EXPECT_THAT(world.Unfreeze(stale, "oleg"), Refused(kNotFound, Reason::kNotFound));
  EXPECT_EQ(world.Get("ivan")->state(), pb::ACCOUNT_STATE_FROZEN);
  stale.person->auth_time += absl::Seconds(1);
  EXPECT_EQ(world.Unfreeze(stale, "ivan")->state(), pb::ACCOUNT_STATE_ACTIVE);
}

TEST(UnfreezeAccount, AnswersARepeatedRequestAlikeAlsoWhenTheSignInHasGrownOld) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  ASSERT_THAT(world.Freeze(world.As("ivan"), "ivan"), IsOk());
  rpc::Call call = world.As("ivan");
  ASSERT_OK_AND_ASSIGN(const pb::Account first, world.Unfreeze(call, "ivan"));
  call.now += absl::Hours(1);
  ASSERT_OK_AND_ASSIGN(const pb::Account second, world.Unfreeze(call, "ivan"));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
}

TEST(ListSecurityEvents, TellsTheOwnerWhoDidWhatAndWhy) {
  World world;
  ASSERT_THAT(world.Create("ivan", 1), IsOk());
  world.clock().Advance(absl::Hours(1));
  pb::FreezeAccountRequest freeze;
  freeze.set_name("accounts/ivan");
  freeze.mutable_client()->set_address("192.0.2.7");
  freeze.mutable_client()->set_place("Москва");
  ASSERT_THAT(world.handlers().accounts.FreezeAccount(world.As("ivan"), freeze), IsOk());
  world.clock().Advance(absl::Hours(1));
  ASSERT_THAT(world.Block("ivan"), IsOk());
  pb::ListSecurityEventsRequest in;
  in.set_account("accounts/ivan");
  in.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const pb::ListSecurityEventsResponse page,
                       world.handlers().journal.ListSecurityEvents(world.As("ivan"), in));
  ASSERT_EQ(page.events_size(), 2);
  EXPECT_EQ(page.events(0).type(), "AccountBlocked");  // newest first
  EXPECT_EQ(page.events(0).actor(), "operator/anna");
  EXPECT_EQ(page.events(0).attributes().at("reason"), "запрос Ивана Петрова");
  EXPECT_EQ(page.events(1).type(), "AccountFrozen");
  EXPECT_EQ(page.events(1).actor(), "owner");
  EXPECT_EQ(page.events(1).client().place(), "Москва");
  in.set_page_token(page.next_page_token());
  in.set_page_size(3);
  ASSERT_OK_AND_ASSIGN(const pb::ListSecurityEventsResponse rest,
                       world.handlers().journal.ListSecurityEvents(world.As("ivan"), in));
  EXPECT_EQ(rest.events_size(), 3);
  EXPECT_TRUE(rest.next_page_token().empty());
  EXPECT_THAT(world.handlers().journal.ListSecurityEvents(world.As("oleg"), in),
              Refused(kNotFound, Reason::kNotFound));
  pb::ListSecurityEventsRequest filtered;
  filtered.set_account("accounts/ivan");
  filtered.add_types("PhoneBound");
  SetTime(filtered.mutable_end_time(), world.now());
  EXPECT_EQ(world.handlers().journal.ListSecurityEvents(world.Operator(), filtered)->events_size(), 1);
  SetTime(filtered.mutable_start_time(), world.now());
  EXPECT_EQ(world.handlers().journal.ListSecurityEvents(world.Operator(), filtered)->events_size(), 0);
}

}  // namespace
}  // namespace tc::identity
