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
  EXPECT_THAT(
      Conflicts(ivan, ivan, true),
      ElementsAre(ContactConflict::kSameAccount, ContactConflict::kSamePerson, ContactConflict::kSamePhone));
  Account other = GoodAccount("other");
  EXPECT_THAT(Conflicts(ivan, other, false), ElementsAre(ContactConflict::kSamePerson));
  other.person.snils = "12345678964";
  other.person.document->number = "654321";
  EXPECT_THAT(Conflicts(ivan, other, false), IsEmpty());
  EXPECT_THAT(Conflicts(ivan, other, true), ElementsAre(ContactConflict::kSamePhone));
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
