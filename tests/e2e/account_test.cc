// What happens to one person's own account, over identity and otp: the effects arrive as messages.

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/testing/status.h"
#include "tests/e2e/world.h"

namespace tc::e2e {
namespace {

using absl::StatusCode;
using dev::Citizen;
using testing::IsOk;
using testing::Refused;

class AccountTest : public World {
 protected:
  AccountTest() : people_(People()) {}

  // Whether a message with these words comes to the address.
  static bool IsTold(const std::string& address, absl::string_view words) {
    const absl::Time give_up = absl::Now() + absl::Seconds(15);
    do {
      for (const dev::Message& message : suite().spool().Inbox(address))
        if (absl::StrContains(message.text, words)) return true;
      absl::SleepFor(absl::Milliseconds(5));
    } while (absl::Now() < give_up);
    return false;
  }

  absl::Status BindMailbox(const Citizen& who) {
    TRY(people_.BindEmail(who));
    return people_.ConfirmEmail(who, TRY(suite().spool().AwaitCode(who.email, 0))).status();
  }

  dev::People people_;
};

TEST_F(AccountTest, ProvesAMailboxByTheCodeThatWasMailedThere) {
  const Citizen anna = Someone("Anna");
  ASSERT_THAT(people_.Register(anna), IsOk());
  ASSERT_THAT(people_.BindEmail(anna), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::string code, suite().spool().AwaitCode(anna.email, 0));
  EXPECT_THAT(people_.ConfirmEmail(anna, WrongCode(code)),
              Refused(StatusCode::kInvalidArgument, Reason::kCodeMismatch));
  ASSERT_THAT(people_.ConfirmEmail(anna, code), IsOk());
  EXPECT_NE(people_.GetAccount(anna)->masked_email(), "");
  EXPECT_TRUE(IsTold(anna.phone, "e-mail was changed"));
}

TEST_F(AccountTest, TellsEveryAddressOfANewPhone) {  // I2, L11
  const Citizen anna = Someone("Anna");
  ASSERT_THAT(people_.Register(anna), IsOk());
  ASSERT_THAT(BindMailbox(anna), IsOk());
  Citizen moved = anna;
  moved.phone = Someone("Nobody").phone;
  ASSERT_OK_AND_ASSIGN(const auto phone, people_.BindPhone(moved));
  ASSERT_OK_AND_ASSIGN(const std::string code, people_.AwaitCode(moved, 0));
  ASSERT_THAT(people_.ConfirmPhone(moved, phone.name(), code), IsOk());
  for (const std::string& address : {anna.phone, moved.phone, anna.email})
    EXPECT_TRUE(IsTold(address, "phone was changed")) << address;
  EXPECT_TRUE(*people_.VerifyPassword(moved, anna.password));
  EXPECT_FALSE(*people_.VerifyPassword(anna, anna.password));
}

TEST_F(AccountTest, IsLockedByGuessesAndOpenedByItsLockNumber) {  // I6, R11
  const Citizen maria = Someone("Maria");
  ASSERT_THAT(people_.Register(maria), IsOk());
  for (int i = 0; i < 5; ++i)
    EXPECT_FALSE(*people_.VerifyPassword(maria, absl::StrCat("Maria-Password-", i)));
  EXPECT_FALSE(*people_.VerifyPassword(maria, maria.password));
  EXPECT_TRUE(IsTold(maria.phone, "locked"));

  ASSERT_OK_AND_ASSIGN(const auto locked, people_.GetAccount(maria));
  EXPECT_EQ(locked.state(), dev::identity_pb::ACCOUNT_STATE_LOCKED);
  EXPECT_EQ(locked.lock_number().size(), 8u);
  EXPECT_THAT(people_.UnlockAccount(maria, WrongCode(locked.lock_number())),
              Refused(StatusCode::kInvalidArgument, Reason::kFieldInvalid));
  ASSERT_THAT(people_.UnlockAccount(maria, locked.lock_number()), IsOk());
  EXPECT_TRUE(IsTold(maria.phone, "open again"));
  EXPECT_TRUE(*people_.VerifyPassword(maria, maria.password));
}

}  // namespace
}  // namespace tc::e2e
