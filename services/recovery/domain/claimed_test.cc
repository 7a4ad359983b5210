#include "services/recovery/domain/claimed.h"

#include <gtest/gtest.h>

#include <string>

#include "services/recovery/domain/recovery_testing.h"

namespace tc::recovery {
namespace {

using testing::IsOk;
using testing::Violates;

class GoodSnils : public ::testing::TestWithParam<const char*> {};
TEST_P(GoodSnils, IsElevenDigits) {
  const auto snils = Snils::Parse(GetParam(), "snils");
  ASSERT_THAT(snils, IsOk());
  EXPECT_EQ(snils->digits(), "11223344595");
}
INSTANTIATE_TEST_SUITE_P(All, GoodSnils,
                         ::testing::Values("11223344595", "112-233-445 95", "112 233 445 95"));

class BadSnils : public ::testing::TestWithParam<const char*> {};
TEST_P(BadSnils, IsRefused) { EXPECT_FALSE(Snils::Parse(GetParam(), "snils").ok()); }
INSTANTIATE_TEST_SUITE_P(All, BadSnils,
                         ::testing::Values("", "1122334459", "112233445950", "11223344596", "1122334459x",
                                           "112-233-445 95; drop",
                                           "11223344595                            "));

TEST(SnilsCheckDigits, AreVerified) {
  EXPECT_THAT(Snils::Parse("11223344594", "snils"), Violates("SNILS_CHECK_DIGITS"));
  EXPECT_THAT(Snils::Parse("087-654-303 00", "snils"), IsOk());  // a sum of 202, twice 101
  EXPECT_THAT(Snils::Parse("000-000-000 00", "snils"), Violates("SNILS_CHECK_DIGITS"));
  // The oldest numbers have none; the first that has is the next.
  EXPECT_THAT(Snils::Parse("001-001-998 77", "snils"), IsOk());
  EXPECT_THAT(Snils::Parse("001-001-999 77", "snils"), Violates("SNILS_CHECK_DIGITS"));
}

class BadEmail : public ::testing::TestWithParam<std::string> {};
TEST_P(BadEmail, IsRefused) { EXPECT_THAT(Email::Parse(GetParam(), "email"), Violates("EMAIL_INVALID")); }
INSTANTIATE_TEST_SUITE_P(All, BadEmail,
                         ::testing::Values("", "ivan", "@example.org", "ivan@", "a@b@c", "a@b\r\nBcc: x@y",
                                           "иван@example.org", "a b@c", "<a@b>",
                                           std::string(65, 'a') + "@b.c", "a@" + std::string(253, 'b')));

TEST(GoodEmail, IsFoldedAndMasked) {
  const auto email = Email::Parse("Ivan.Petrov@Example.org", "email");
  ASSERT_THAT(email, IsOk());
  EXPECT_EQ(email->text(), "ivan.petrov@example.org");
  EXPECT_EQ(email->Masked(), "i***@example.org");
}

TEST(Canonical, TellsKindsApart) {
  EXPECT_EQ(Canonical(Phone::FromTrusted("+79161234567")), "phone:+79161234567");
  EXPECT_EQ(Canonical(*Email::Parse("A@B.c", "email")), "email:a@b.c");
  EXPECT_EQ(Canonical(*Snils::Parse("11223344595", "snils")), "snils:11223344595");
  EXPECT_EQ(Canonical(AccountId::FromTrusted("alice")), "account:alice");
}

struct AgentCase {
  const char* agent;
  DeviceKind kind;
};
class DeviceKindTest : public ::testing::TestWithParam<AgentCase> {};
TEST_P(DeviceKindTest, IsCoarse) { EXPECT_EQ(DeviceKindOf(GetParam().agent), GetParam().kind); }
INSTANTIATE_TEST_SUITE_P(
    All, DeviceKindTest,
    ::testing::Values(AgentCase{"", DeviceKind::kUnknown}, AgentCase{"curl/8", DeviceKind::kUnknown},
                      AgentCase{"Mozilla/5.0 (Windows NT 10.0; Win64; x64)", DeviceKind::kComputer},
                      AgentCase{"Mozilla/5.0 (Macintosh; Intel Mac OS X)", DeviceKind::kComputer},
                      AgentCase{"Mozilla/5.0 (iPhone; CPU iPhone OS 17)", DeviceKind::kPhone},
                      AgentCase{"Mozilla/5.0 (Linux; Android 14) Mobile Safari", DeviceKind::kPhone},
                      AgentCase{"Mozilla/5.0 (Linux; Android 14) Safari", DeviceKind::kTablet},
                      AgentCase{"Mozilla/5.0 (iPad; CPU OS 17)", DeviceKind::kTablet}));

}  // namespace
}  // namespace tc::recovery
