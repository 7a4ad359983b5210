#include "services/otp/domain/message_text.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/testing/status.h"

namespace tc::otp {
namespace {

using testing::IsOk;
using testing::Violates;

std::string LongMask() {
  std::string mask;
  for (int i = 0; i < 64; ++i) mask += "Щ";
  return mask;
}

// Where the address of a message comes from.
enum class Origin {
  kAccount,  // the account has proved it before
  kAnybody,  // a person names it and has proved nothing yet
  kInvitee,  // of somebody whom a person names
};

Origin OriginOf(Purpose purpose) {
  switch (purpose) {
    case Purpose::kPhoneBinding:
    case Purpose::kEmailBinding:
      return Origin::kAnybody;
    case Purpose::kRecoveryClaim:
    case Purpose::kRecoveryApproval:
    case Purpose::kSecondFactor:
      return Origin::kAccount;
  }
  return Origin::kAnybody;
}

Origin OriginOf(Template name) {
  return name == Template::kInvitationReceived ? Origin::kInvitee : Origin::kAccount;
}

TEST(Templates, ReachAnArbitraryPhoneInOnePlaceOnly) {  // SND-07
  std::vector<std::string> arbitrary;
  for (const Channel channel : {Channel::kSms, Channel::kVoice}) {
    for (const Purpose purpose : AllPurposes()) {
      if (OriginOf(purpose) == Origin::kAccount || !Allows(purpose, channel)) continue;
      arbitrary.push_back(absl::StrCat(CodeTemplateName(purpose), " ", ChannelName(channel)));
    }
    for (const Template name : AllTemplates()) {
      if (OriginOf(name) == Origin::kAccount || !Allows(name, channel)) continue;
      arbitrary.push_back(absl::StrCat(TemplateName(name), " ", ChannelName(channel)));
    }
  }
  EXPECT_THAT(arbitrary, ::testing::ElementsAre("CODE_PHONE_BINDING SMS", "CODE_PHONE_BINDING VOICE"));
}

TEST(Templates, HoldALinkWhereARecoveryCanStillBeStopped) {  // NTF-02
  for (const Template name : AllTemplates()) {
    const bool may = name == Template::kRecoveryStarted || name == Template::kRecoveryApproved ||
                     name == Template::kRecoveryHeld || name == Template::kRecoveryInPerson;
    EXPECT_EQ(AllowsLink(name), may) << TemplateName(name);
  }
}

TEST(Templates, OfInvitationsNeverGoToAPhone) {  // SND-07
  EXPECT_FALSE(Allows(Template::kInvitationReceived, Channel::kSms));
  EXPECT_FALSE(Allows(Template::kInvitationReceived, Channel::kVoice));
  EXPECT_TRUE(Allows(Template::kInvitationReceived, Channel::kEmail));
  EXPECT_TRUE(Allows(Template::kRecoveryStarted, Channel::kSms));
}

TEST(ParseMask, TakesNamesAndNothingThatCouldBeALinkOrANewLine) {
  EXPECT_THAT(ParseMask("Анна-Мария Д’Артаньян П.", "f"), IsOk());
  EXPECT_THAT(ParseMask("Jürgen O'Neill *", "f"), IsOk());
  EXPECT_THAT(ParseMask("", "f"), IsOk());
  for (const char* bad : {"a@b", "a/b", "call 8", "a\nb", "\xd0", "\xf0\x9f\x98\x80", "a#b", "a:b",
                          "\xe2\x80\xae", "\xc1\x81"}) {
    EXPECT_THAT(ParseMask(bad, "f"), Violates("MASK_INVALID")) << bad;
  }
  EXPECT_THAT(ParseMask(LongMask(), "f"), IsOk());
  EXPECT_THAT(ParseMask(LongMask() + "Щ", "f"), Violates("MASK_INVALID"));
}

TEST(ParseMaskedAddress, TakesWhatMasksAreMadeOf) {
  EXPECT_THAT(ParseMaskedAddress("+7 9** ***-**-67", "f"), IsOk());
  EXPECT_THAT(ParseMaskedAddress("i***@e***.ru", "f"), IsOk());
  EXPECT_THAT(ParseMaskedAddress("https://x", "f"), Violates("MASK_INVALID"));
  EXPECT_THAT(ParseMaskedAddress(std::string(65, '*'), "f"), Violates("MASK_INVALID"));
}

TEST(ParseOriginHost, TakesAHostOnly) {
  EXPECT_THAT(ParseOriginHost("gosuslugi.example"), IsOk());
  for (const char* bad : {"", "https://x", "a b", ".ru", "ru.", "a/b", "abcdefghijklmnopqrstuvwxy"}) {
    EXPECT_THAT(ParseOriginHost(bad), Violates("HOST_INVALID")) << bad;
  }
}

}  // namespace
}  // namespace tc::otp
