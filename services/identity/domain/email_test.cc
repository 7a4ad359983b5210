#include "services/identity/domain/email.h"

#include <gtest/gtest.h>

#include "common/testing/status.h"

namespace tc::identity {
namespace {

class GoodEmail : public ::testing::TestWithParam<const char*> {};
TEST_P(GoodEmail, IsTaken) { EXPECT_THAT(Email::Parse(GetParam(), "email"), tc::testing::IsOk()); }
INSTANTIATE_TEST_SUITE_P(Email, GoodEmail,
                         ::testing::Values("ivan@example.org", "i.p@mail.example.org", "i+tag@example.org",
                                           "o'hara@example.org", "ivan@почта.рф", "1@2.ru",
                                           "IVAN@EXAMPLE.ORG"));

class BadEmail : public ::testing::TestWithParam<const char*> {};
TEST_P(BadEmail, IsRefused) {
  EXPECT_THAT(Email::Parse(GetParam(), "email"), tc::testing::Violates("EMAIL_INVALID"));
}
INSTANTIATE_TEST_SUITE_P(
    Email, BadEmail,
    ::testing::Values("", "ivan", "ivan@", "@example.org", "a@b@example.org", "ivan@localhost",
                      "ivan@127.0.0.1", "ivan@[127.0.0.1]", "a@b.org\r\nBcc: x@y.org", "a b@example.org",
                      ".a@example.org", "a.@example.org", "a..b@example.org", "a@-b.org", "a@b..org",
                      "a@b.org.", "иван@example.org", "a@exa mple.org", "a@exa_mple.org",
                      "12345678901234567890123456789012345678901234567890123456789012345@example.org"));

TEST(Email, KeepsAnInternationalDomainInAscii) {
  EXPECT_EQ(Email::Parse("ivan@Почта.РФ", "email")->address(), "ivan@xn--80a1acny.xn--p1ai");
}

TEST(Email, IsMaskedAndCompared) {
  const Email email = Email::Parse("Ivan.Petrov@Example.org", "email").value();
  EXPECT_EQ(email.Masked(), "I***@example.org");
  EXPECT_EQ(email.Canonical(), "ivan.petrov@example.org");
  EXPECT_EQ(email.Local(), "Ivan.Petrov");
  EXPECT_EQ(Email().Masked(), "");
}

TEST(Email, HasAtMost254Characters) {
  std::string domain;
  while (domain.size() < 240) domain += "abcdefghi.";
  EXPECT_THAT(Email::Parse("a@" + domain + "org", "email"), tc::testing::IsOk());
  EXPECT_THAT(Email::Parse("abcdefghijklmnop@" + domain + "org", "email"),
              tc::testing::Violates("EMAIL_INVALID"));
}

TEST(Email, IsMaskedWithItsDomainWhereTheMaskOutlivesItsOwner) {
  EXPECT_EQ(Email::FromTrusted("ivan@petrov.example.org").MaskedWhole(), "i***@p***.org");
  EXPECT_EQ(Email().MaskedWhole(), "");
}

}  // namespace
}  // namespace tc::identity
