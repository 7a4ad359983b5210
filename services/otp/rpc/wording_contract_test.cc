// The words against the contract: whatever the API can name has words.

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/testing/status.h"
#include "services/otp/rpc/desk_testing.h"

namespace tc::otp {
namespace {

using testing::IsOk;

constexpr Channel kChannels[] = {Channel::kSms, Channel::kVoice, Channel::kEmail, Channel::kPush};
constexpr Locale kLocales[] = {Locale::kRussian, Locale::kEnglish};

// "RECOVERY_STARTED" of "TEMPLATE_RECOVERY_STARTED", without the value 0.
std::set<std::string> NamesOf(const google::protobuf::EnumDescriptor& names, absl::string_view prefix) {
  std::set<std::string> found;
  for (int i = 0; i < names.value_count(); ++i) {
    if (names.value(i)->number() == 0) continue;
    found.emplace(absl::StripPrefix(names.value(i)->name(), prefix));
  }
  return found;
}

bool HoldsCyrillic(const std::string& text) { return text.find("\xd0") != std::string::npos; }

TEST(Words, AreThereForEveryTemplateOfTheContractInBothLanguages) {  // O6
  std::set<std::string> named;
  for (const Template name : AllTemplates()) {
    named.emplace(TemplateName(name));
    for (const Locale locale : kLocales) {
      for (const Channel channel : kChannels) {
        const Text text = Wording::BuiltIn().NotificationText(name, locale, channel, {});
        EXPECT_GT(text.body.size(), 10u) << TemplateName(name);
        EXPECT_EQ(HoldsCyrillic(text.body), locale == Locale::kRussian) << text.body;
      }
    }
  }
  EXPECT_EQ(named, NamesOf(*pb::Template_descriptor(), "TEMPLATE_"));
}

TEST(Words, AreThereForEveryPurposeOfTheContractInBothLanguages) {  // O6
  std::set<std::string> named;
  for (const Purpose purpose : AllPurposes()) {
    named.emplace(PurposeName(purpose));
    for (const Locale locale : kLocales) {
      for (const Channel channel : kChannels) {
        if (!Allows(purpose, channel)) continue;
        const Text text = Wording::BuiltIn().CodeText(purpose, locale, channel, "", "012345", "a.example");
        EXPECT_EQ(HoldsCyrillic(text.body), locale == Locale::kRussian) << text.body;
        EXPECT_EQ(text.subject.empty(), channel != Channel::kEmail) << PurposeName(purpose);
      }
    }
  }
  EXPECT_EQ(named, NamesOf(*pb::Purpose_descriptor(), "PURPOSE_"));
}

// The texts that leave are those of the desk, not the program's own.
TEST(Words, OfAnOperatorLeave) {
  const absl::StatusOr<Wording> own =
      Wording::Make(BuiltInWords(), {{Locale::kRussian, "CODE_RECOVERY_CLAIM", "text", "{code}{person}!"},
                                     {Locale::kRussian, "PASSWORD_CHANGED", "text", "Новый пароль."}});
  ASSERT_THAT(own, IsOk());
  Bench bench;
  const Desk desk{.once = bench.once,
                  .pager = bench.pager,
                  .random = bench.random,
                  .codes = bench.desk.codes,
                  .sealer = bench.desk.sealer,
                  .policy = bench.desk.policy,
                  .origin_host = "gosuslugi.example",
                  .wording = *own,
                  .switchboard = bench.switchboard};
  VerificationHandlers verifications(desk);
  DeliveryHandlers deliveries(desk);
  ASSERT_THAT(verifications.CreateVerification(bench.From(), Bench::AnyRequest()), IsOk());
  const std::string code = bench.LastCode();
  EXPECT_EQ(bench.provider.sent().back().text.body,
            absl::StrCat(code, ", Иван П.!\n@gosuslugi.example #", code));
  pb::SendNotificationRequest request;
  request.set_notification_id("n");
  request.set_template_(pb::TEMPLATE_PASSWORD_CHANGED);
  request.add_recipients()->set_phone(kPhone);
  ASSERT_THAT(deliveries.SendNotification(bench.From(), request), IsOk());
  bench.Dispatch();
  EXPECT_EQ(bench.provider.sent().back().text.body, "Новый пароль.");
}

}  // namespace
}  // namespace tc::otp
