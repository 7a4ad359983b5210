#include "services/otp/rpc/compose.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "services/otp/rpc/desk_testing.h"

namespace tc::otp {
namespace {

constexpr Channel kSms = Channel::kSms;
constexpr Channel kVoice = Channel::kVoice;
constexpr Channel kEmail = Channel::kEmail;

struct Case {
  const char* what;
  Purpose purpose;
  Channel channel;
  std::vector<Channel> allowed;
  const char* email;
  std::vector<Channel> alternatives;
};

Outgoing Compose(Bench& bench, const Case& c, int code_number = 1) {
  Verification v;
  v.binding.purpose = c.purpose;
  v.channel = c.channel;
  v.channels = c.allowed;
  v.code_number = code_number;
  v.masked_address = "+7 9** ***-**-67";
  const PrivatePart part{Address::Of(*Phone::Parse(kPhone, "phone")), "Иван П."};
  return ComposeCode(bench.desk, v, part, Secret("402918"), c.email);
}

std::vector<Channel> Alternatives(const Outgoing& outgoing) {
  std::vector<Channel> channels;
  for (const Way& way : outgoing.message.alternatives) channels.push_back(way.channel);
  return channels;
}

TEST(Compose, NamesWhereACodeMayFallOverTo) {  // O4
  const Case cases[] = {
      {"a claimant's", Purpose::kRecoveryClaim, kSms, {kSms, kVoice, kEmail}, "i@e.ru", {kVoice, kEmail}},
      {"without a mailbox", Purpose::kRecoveryClaim, kSms, {kSms, kVoice, kEmail}, "", {kVoice}},
      {"e-mail not allowed", Purpose::kRecoveryClaim, kSms, {kSms, kVoice}, "i@e.ru", {kVoice}},
      {"calls not allowed", Purpose::kRecoveryClaim, kSms, {kSms, kEmail}, "i@e.ru", {kEmail}},
      {"a call already", Purpose::kRecoveryClaim, kVoice, {kSms, kVoice, kEmail}, "i@e.ru", {kEmail}},
      {"an e-mail already", Purpose::kRecoveryClaim, kEmail, {kSms, kVoice, kEmail}, "i@e.ru", {}},
      {"the contact's", Purpose::kRecoveryApproval, kSms, {kSms, kVoice, kEmail}, "i@e.ru", {kVoice}},
      {"a binding", Purpose::kPhoneBinding, kSms, {kSms, kVoice}, "i@e.ru", {kVoice}},
      {"no mailbox at all", Purpose::kRecoveryClaim, kSms, {kSms, kEmail}, "nobody", {}},
  };
  Bench bench;
  for (const Case& c : cases) EXPECT_EQ(Alternatives(Compose(bench, c)), c.alternatives) << c.what;
}

TEST(Compose, SaysTheSameCodeInEachWaysWords) {  // OTP-19
  Bench bench;
  const Case c{"", Purpose::kRecoveryClaim, kSms, {kSms, kVoice, kEmail}, "ivan@example.ru", {}};
  const Message message = Compose(bench, c).message;
  EXPECT_EQ(message.code, "402918");
  ASSERT_EQ(message.alternatives.size(), 2u);
  const Way& call = message.alternatives[0];
  EXPECT_EQ(call.to, message.to);
  EXPECT_EQ(call.masked_address, "+7 9** ***-**-67");
  EXPECT_FALSE(absl::StrContains(call.text.body, "@")) << "nobody says the last line of an SMS";
  const Way& mail = message.alternatives[1];
  EXPECT_EQ(mail.to.text(), "ivan@example.ru");
  EXPECT_EQ(mail.masked_address, "i***@e***.ru");
  EXPECT_TRUE(absl::StrContains(mail.text.body, "402918"));
}

TEST(Compose, FallsOverAsThePolicySays) {
  const Case c{"", Purpose::kRecoveryClaim, kSms, {kSms, kVoice, kEmail}, "ivan@example.ru", {}};
  Policy policy;
  policy.fallback_voice = false;
  Bench no_calls(policy);
  EXPECT_EQ(Alternatives(Compose(no_calls, c)), std::vector<Channel>{kEmail});
  policy.fallback_email = false;
  Bench nothing(policy);
  EXPECT_TRUE(Alternatives(Compose(nothing, c)).empty());
}

TEST(Compose, CountsEachEarlierSendAsAPossibleCall) {  // OTP-21: two calls
  const Case c{"", Purpose::kRecoveryClaim, kSms, {kSms, kVoice}, "", {}};
  Bench bench;
  EXPECT_EQ(Alternatives(Compose(bench, c, 2)), std::vector<Channel>{kVoice});
  EXPECT_TRUE(Alternatives(Compose(bench, c, 3)).empty());
}

TEST(Compose, GivesADecoyTheWaysOfAWholeAccountAndNoneOfThemLeadsAnywhere) {  // REC-01
  const Case whole{"", Purpose::kRecoveryClaim, kSms, {kSms, kVoice, kEmail}, "i@e.ru", {}};
  Bench bench;
  Verification v;
  v.decoy = true;
  v.binding.purpose = Purpose::kRecoveryClaim;
  v.channels = {kSms, kVoice, kEmail};
  const PrivatePart part{Address::Decoy("key"), ""};
  const Outgoing decoy = ComposeCode(bench.desk, v, part, Secret("402918"), "i@e.ru");
  EXPECT_EQ(Alternatives(decoy), Alternatives(Compose(bench, whole)));
  for (const Way& way : decoy.message.alternatives) EXPECT_TRUE(way.to.decoy());
}

TEST(Compose, GivesADecoyNoWayThatItsPurposeHasNot) {
  Bench bench;
  Verification v;
  v.decoy = true;
  v.channels = {kSms};
  EXPECT_TRUE(
      Alternatives(ComposeCode(bench.desk, v, {Address::Decoy("key"), ""}, Secret("402918"), "")).empty());
}

}  // namespace
}  // namespace tc::otp
