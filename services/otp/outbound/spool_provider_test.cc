#include "services/otp/outbound/spool_provider.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "common/obs/log.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kUnavailable;
using testing::HasCode;
using testing::IsOk;

class Spool : public ::testing::Test {
 protected:
  std::string dir() const { return root_ / "spool"; }
  std::vector<std::string> Files() const {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(dir()))
      files.push_back(entry.path().filename());
    return files;
  }

  const testing::TempDir root_;
};

Message AnyMessage() {
  Message message;
  message.delivery = DeliveryId::FromTrusted("d1");
  message.request_id = "r1";
  message.to = *Address::Email("ivan@example.ru", "email");
  message.channel = Channel::kEmail;
  message.locale = Locale::kEnglish;
  message.template_name = "CODE_RECOVERY_CLAIM";
  message.text = {"Your code", "Code 123456"};
  message.created = testing::Noon();
  message.expires = testing::Noon() + absl::Seconds(300);
  return message;
}

TEST_F(Spool, WritesOnePrivateFileAMessage) {
  const std::unique_ptr<Provider> provider = *SpoolProvider::Open(SpoolInfo(), dir());
  EXPECT_EQ(provider->info().name, "spool");
  ASSERT_THAT(provider->Send(AnyMessage(), {}), IsOk());
  EXPECT_THAT(Files(), ::testing::ElementsAre("r1.json"));
  struct stat status {};
  ::stat((dir() + "/r1.json").c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  ::stat(dir().c_str(), &status);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  std::ifstream file(dir() + "/r1.json");
  const auto json = nlohmann::json::parse(file);
  EXPECT_EQ(json["to"], "ivan@example.ru");
  EXPECT_EQ(json["channel"], "EMAIL");
  EXPECT_EQ(json["subject"], "Your code");
  EXPECT_EQ(json["text"], "Code 123456");
  EXPECT_EQ(json["locale"], "en");
  EXPECT_EQ(json["template"], "CODE_RECOVERY_CLAIM");
  EXPECT_EQ(json["created"], "2026-03-02T12:00:00+00:00");
}

TEST_F(Spool, TakesTheSameRequestOnce) {
  const std::unique_ptr<Provider> provider = *SpoolProvider::Open(SpoolInfo(), dir());
  ASSERT_THAT(provider->Send(AnyMessage(), {}), IsOk());
  Message again = AnyMessage();
  again.text.body = "changed";
  ASSERT_THAT(provider->Send(again, {}), IsOk());
  EXPECT_EQ(Files().size(), 1u);
  std::ifstream file(dir() + "/r1.json");
  EXPECT_EQ(nlohmann::json::parse(file)["text"], "Code 123456");
}

TEST_F(Spool, TriesAgainWhenTheDirectoryHasGone) {
  const std::unique_ptr<Provider> provider = *SpoolProvider::Open(SpoolInfo(), dir());
  std::filesystem::remove_all(dir());
  EXPECT_THAT(provider->Send(AnyMessage(), {}), HasCode(kUnavailable));
}

TEST_F(Spool, LogsNeitherAddressNorCode) {  // OTP-20
  std::string log;
  obs::SetSink([&](absl::string_view line) { absl::StrAppend(&log, line, "\n"); });
  ASSERT_THAT((*SpoolProvider::Open(SpoolInfo(), dir()))->Send(AnyMessage(), {}), IsOk());
  obs::SetSink(nullptr);
  EXPECT_TRUE(absl::StrContains(log, "message spooled")) << log;
  EXPECT_FALSE(absl::StrContains(log, "123456"));
  EXPECT_FALSE(absl::StrContains(log, "ivan@"));
}

TEST_F(Spool, NeedsADirectory) {
  EXPECT_THAT(SpoolProvider::Open(SpoolInfo(), root_.Write("file", "")), HasCode(kFailedPrecondition));
  EXPECT_THAT(SpoolProvider::Open(SpoolInfo(), root_ / "no/such/parent"), HasCode(kFailedPrecondition));
}

}  // namespace
}  // namespace tc::otp
