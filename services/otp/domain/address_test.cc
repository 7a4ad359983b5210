#include "services/otp/domain/address.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/testing/status.h"

namespace tc::otp {
namespace {

using testing::IsOk;
using testing::Violates;

TEST(Email, TakesOrdinaryAddresses) {
  for (const char* good : {"a@b.ru", "ivan.petrov+x@mail.example.ru", "x_y@sub.domain.example"}) {
    EXPECT_THAT(Address::Email(good, "email"), IsOk()) << good;
  }
}

TEST(Email, RefusesWhatCouldCarryAnotherHeaderOrReceiver) {
  const std::string long_local = absl::StrCat(std::string(65, 'a'), "@b.ru");
  const std::string long_all = absl::StrCat("a@", std::string(250, 'b'), ".ru");
  for (const std::string& bad :
       {std::string(""), std::string("a"), std::string("@b.ru"), std::string("a@b"), std::string("a@.ru"),
        std::string("a@b."), std::string("a@b@c.ru"), std::string("a b@c.ru"), std::string("a@b.ru\r\nBcc:x"),
        std::string("a,b@c.ru"), std::string("<a@b.ru>"), std::string("иван@б.рф"), long_local, long_all}) {
    EXPECT_THAT(Address::Email(bad, "email"), Violates("EMAIL_INVALID")) << bad;
  }
}

TEST(Device, IsPrintableAndBounded) {
  EXPECT_THAT(Address::Device("abc:123", "device"), IsOk());
  EXPECT_THAT(Address::Device("", "device"), Violates("DEVICE_INVALID"));
  EXPECT_THAT(Address::Device("a b", "device"), Violates("DEVICE_INVALID"));
  EXPECT_THAT(Address::Device(std::string(513, 'a'), "device"), Violates("DEVICE_INVALID"));
}

TEST(Masked, ShowsTheLeast) {  // SND-17
  EXPECT_EQ(Address::Of(Phone::FromTrusted("+79161234567")).Masked(), "+7 9** ***-**-67");
  EXPECT_EQ(Address::Email("ivan.petrov@example.ru", "email")->Masked(), "i***@e***.ru");
  EXPECT_EQ(Address::Device("abc", "device")->Masked(), "device");
  EXPECT_EQ(Address::Decoy("x").Masked(), "");
}

TEST(Reaches, FollowsTheKind) {
  const Address phone = Address::Of(Phone::FromTrusted("+79161234567"));
  EXPECT_TRUE(phone.Reaches(Channel::kVoice));
  EXPECT_FALSE(phone.Reaches(Channel::kEmail));
  EXPECT_TRUE(Address::Device("d", "device")->Reaches(Channel::kPush));
  EXPECT_TRUE(Address::Decoy("x").Reaches(Channel::kEmail));
  EXPECT_FALSE(Address::Decoy("x").Reaches(Channel::kPush));
}

}  // namespace
}  // namespace tc::otp
