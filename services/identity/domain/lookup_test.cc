#include "services/identity/domain/lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string Picked(const std::vector<Account>& accounts) {
  const Account* account = PickBySnils(accounts);
  return account == nullptr ? "" : account->id.text();
}

TEST(PickBySnils, PrefersPersonalThenConfirmedAndNeverGuesses) {
  Account personal = GoodAccount("personal");
  Account privileged = GoodAccount("privileged");
  privileged.type = AccountType::kPrivileged;
  Account second = GoodAccount("second");
  EXPECT_EQ(Picked({}), "");
  EXPECT_EQ(Picked({privileged}), "privileged");
  EXPECT_EQ(Picked({privileged, personal}), "personal");
  EXPECT_EQ(Picked({personal, second}), "");
  second.confirmed.reset();
  EXPECT_EQ(Picked({personal, second}), "personal");
  personal.deleted = true;
  EXPECT_EQ(Picked({personal, second}), "second");
}

TEST(Conflicts, AreAllNamed) {
  const Account ivan = GoodAccount();
  const std::vector<OwnedPhone> his = {BoundPhone(ivan)};
  EXPECT_THAT(
      Conflicts(ivan, his, ivan, his),
      ElementsAre(ContactConflict::kSameAccount, ContactConflict::kSamePerson, ContactConflict::kSamePhone));
  Account other = GoodAccount("other");
  EXPECT_THAT(Conflicts(ivan, his, other, {}), ElementsAre(ContactConflict::kSamePerson));
  other.person.snils = "12345678964";
  EXPECT_THAT(Conflicts(ivan, his, other, {}), ElementsAre(ContactConflict::kSamePerson));
  other.person.document->number = "654321";
  EXPECT_THAT(Conflicts(ivan, his, other, {}), IsEmpty());
  EXPECT_THAT(Conflicts(ivan, his, other, his), ElementsAre(ContactConflict::kSamePhone));
}

TEST(Conflicts, OfPhonesAreBetweenBoundNumbersThatReachThePerson) {  // L6
  const Account ivan = GoodAccount();
  Account anna = GoodAccount("anna");
  anna.person = Person();
  const std::vector<OwnedPhone> his = {BoundPhone(ivan)};
  struct Case {
    const char* number;
    PhoneKind kind;
    PhoneState state;
    bool conflict;
  };
  for (const Case& c : {Case{"+79161234567", PhoneKind::kMain, PhoneState::kBound, true},
                        Case{"+79161234567", PhoneKind::kAdditional, PhoneState::kBound, true},
                        Case{"+79161234567", PhoneKind::kSecondFactor, PhoneState::kBound, false},
                        Case{"+79161234567", PhoneKind::kMain, PhoneState::kReleased, false},
                        Case{"+79161234567", PhoneKind::kMain, PhoneState::kPending, false},
                        Case{"+79161234567", PhoneKind::kMain, PhoneState::kScheduled, false},
                        Case{"+79161234568", PhoneKind::kMain, PhoneState::kBound, false}}) {
    OwnedPhone hers = BoundPhone(anna, c.number);
    hers.kind = c.kind;
    hers.state = c.state;
    EXPECT_EQ(Conflicts(ivan, his, anna, {hers}).size(), c.conflict ? 1U : 0U);
    EXPECT_EQ(Conflicts(anna, {hers}, ivan, his).size(), c.conflict ? 1U : 0U);
  }
}

TEST(Conflicts, AreNoneWithAnErasedAccount) {
  Account erased = GoodAccount("erased");
  erased.deleted = true;
  EXPECT_THAT(Conflicts(GoodAccount(), {}, erased, {}), IsEmpty());
  EXPECT_THAT(Conflicts(erased, {}, GoodAccount(), {}), IsEmpty());
}

TEST(MayBeFound, UnlessBlockedOrErased) {
  Account account = GoodAccount();
  account.owner_freeze_until = absl::InfiniteFuture();
  EXPECT_TRUE(MayBeFound(account, TestNow()));
  account.block_reason = "fraud";
  EXPECT_FALSE(MayBeFound(account, TestNow()));
  account.block_reason.reset();
  account.deleted = true;
  EXPECT_FALSE(MayBeFound(account, TestNow()));
}

}  // namespace
}  // namespace tc::identity
