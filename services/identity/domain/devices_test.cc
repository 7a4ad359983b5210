#include "services/identity/domain/devices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "services/identity/domain/people_testing.h"

namespace tc::identity {
namespace {

using ::testing::IsEmpty;

const DeviceMarks kPhone = {"phone"};
const DeviceMarks kLaptop = {"laptop"};
const DeviceMarks kUntold;

absl::Time Minute(int n) { return TestNow() + absl::Minutes(n); }

DeviceBook Book() { return NoteSignIn(DeviceBook(), kPhone, "Moscow", Minute(0)).book; }

TEST(NoteSignIn, IsNoSurpriseTheFirstTime) {
  const Noted first = NoteSignIn(DeviceBook(), kPhone, "Moscow", Minute(0));
  EXPECT_TRUE(first.new_device);
  EXPECT_FALSE(first.surprising);
  EXPECT_TRUE(first.book.Knows(kPhone));
}

// SES-08
TEST(NoteSignIn, KnowsDevicesAndPlaces) {
  struct Case {
    DeviceMarks marks;
    const char* place;
    bool new_device;
    bool surprising;
  };
  for (const Case& c : {Case{kPhone, "Moscow", false, false}, Case{kLaptop, "Moscow", true, true},
                        Case{kPhone, "Kazan", false, true}, Case{kUntold, "Moscow", false, false},
                        Case{kUntold, "", false, false}, Case{kUntold, "Kazan", false, true},
                        Case{kLaptop, "", true, true}}) {
    const Noted noted = NoteSignIn(Book(), c.marks, c.place, Minute(1));
    EXPECT_EQ(noted.new_device, c.new_device) << c.place;
    EXPECT_EQ(noted.surprising, c.surprising) << c.place;
    const Noted again = NoteSignIn(noted.book, c.marks, c.place, Minute(2));
    EXPECT_FALSE(again.new_device || again.surprising);
  }
}

TEST(NoteSignIn, WithoutDeviceAndPlaceIsASignInAllTheSame) {
  const Noted first = NoteSignIn(DeviceBook(), kUntold, "", Minute(0));
  EXPECT_FALSE(first.new_device);
  EXPECT_TRUE(NoteSignIn(first.book, kPhone, "", Minute(1)).surprising);
}

TEST(NoteSignIn, ForgetsTheLeastRecentlyUsedOfTwenty) {
  DeviceBook book;
  for (int i = 0; i < 20; ++i)
    book = NoteSignIn(book, {absl::StrCat("d", i)}, absl::StrCat("p", i), Minute(i)).book;
  book = NoteSignIn(book, {"d0"}, "p0", Minute(30)).book;
  EXPECT_EQ(book.devices.size(), 20U);
  book = NoteSignIn(book, {"d20"}, "p20", Minute(31)).book;
  EXPECT_EQ(book.devices.size(), 20U);
  EXPECT_EQ(book.places.size(), 20U);
  EXPECT_TRUE(book.Knows({"d0"}));
  EXPECT_FALSE(book.Knows({"d1"}));
  EXPECT_TRUE(NoteSignIn(book, kUntold, "p1", Minute(32)).surprising);
}

TEST(NoteSignIn, TakesAMarkOfAnOldKeyAndKeepsThatOfTheNewest) {
  const DeviceBook book = NoteSignIn(Book(), {"phone-anew", "phone"}, "", Minute(1)).book;
  EXPECT_TRUE(book.Knows({"phone-anew"}));
  EXPECT_FALSE(book.Knows(kPhone));
}

// IDN-12
TEST(CountWrongAt, ForgetsTheDeviceAtTheFifth) {
  DeviceBook book = NoteSignIn(Book(), kLaptop, "", Minute(1)).book;
  for (int left = 4; left >= 0; --left) {
    WrongAtDevice counted = CountWrongAt(book, kPhone);
    EXPECT_EQ(counted.attempts_left, left);
    book = counted.book;
    EXPECT_EQ(book.Knows(kPhone), left > 0);
  }
  EXPECT_TRUE(book.Knows(kLaptop));
  EXPECT_EQ(CountWrongAt(book, kPhone).attempts_left, 0);
}

TEST(CountWrongAt, BeginsAnewAfterASignIn) {
  DeviceBook book = CountWrongAt(Book(), kPhone).book;
  book = NoteSignIn(book, kPhone, "", Minute(1)).book;
  EXPECT_EQ(CountWrongAt(book, kPhone).attempts_left, 4);
}

TEST(DeviceBook, KnowsNobodyWhoDoesNotTell) {
  EXPECT_FALSE(Book().Knows(kUntold));
  EXPECT_THAT(DeviceBook().devices, IsEmpty());
}

TEST(GateAt, LetsKnownDevicesPastALockAndNothingElse) {
  struct Case {
    bool locked, frozen, blocked, deleted;
    SignInGate stranger, known;
  };
  constexpr SignInGate kOpen = SignInGate::kOpen;
  constexpr SignInGate kPast = SignInGate::kPastLock;
  constexpr SignInGate kClosed = SignInGate::kClosed;
  for (const Case& c : {
           Case{false, false, false, false, kOpen, kOpen},
           Case{true, false, false, false, kClosed, kPast},
           Case{false, true, false, false, kOpen, kOpen},
           Case{true, true, false, false, kClosed, kPast},
           Case{false, false, true, false, kClosed, kClosed},
           Case{true, false, true, false, kClosed, kClosed},
           Case{false, false, false, true, kClosed, kClosed},
           Case{true, false, false, true, kClosed, kClosed},
       }) {
    Account account = GoodAccount();
    if (c.locked) account.lock = Lock{Minute(1), "12345678"};
    if (c.frozen) account.owner_freeze_until = absl::InfiniteFuture();
    if (c.blocked) account.block_reason = "x";
    account.deleted = c.deleted;
    EXPECT_EQ(GateAt(account, false, Minute(0)), c.stranger);
    EXPECT_EQ(GateAt(account, true, Minute(0)), c.known);
    if (!c.blocked && !c.deleted) {
      EXPECT_EQ(GateAt(account, false, Minute(1)), kOpen);  // the lock is over
    }
  }
}

}  // namespace
}  // namespace tc::identity
