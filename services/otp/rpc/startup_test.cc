#include "services/otp/rpc/startup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "services/otp/rpc/reporting_testing.h"

namespace tc::otp {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StartupTest : public ::testing::Test {
 protected:
  StartupTest()
      : dir_(fs::path(::testing::TempDir()) /
             absl::StrCat("startup-", ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::remove_all(dir_);
    fs::create_directories(dir_);
    flags_.providers.spool_dir = (dir_ / "spool").string();
    common_.development = true;
    common_.policy = "gosuslugi";
  }
  ~StartupTest() override { fs::remove_all(dir_); }

  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(dir_ / name) << text;
    return (dir_ / name).string();
  }
  std::vector<std::string> Mistakes() {
    std::vector<std::string> mistakes;
    startup_ = ReadStartup(flags_, common_, mistakes);
    EXPECT_EQ(startup_.has_value(), mistakes.empty());
    return mistakes;
  }

  const fs::path dir_;
  StartupFlags flags_;
  rpc::CommonFlags common_;
  std::optional<Startup> startup_;
};

TEST_F(StartupTest, ReadsWhatIsNeededToServe) {
  flags_.receipts.listen = "127.0.0.1:0";
  common_.overrides = {{"otp.code_digits", "8"}, {"link.invitation_lifetime", "600"}};
  ASSERT_THAT(Mistakes(), IsEmpty());
  EXPECT_THAT(startup_->providers, SizeIs(1));
  EXPECT_EQ(startup_->origin_host, "gosuslugi.example");
  EXPECT_EQ(startup_->policy.at("otp.code_digits"), 8);
  EXPECT_EQ(startup_->receipts->listen, "127.0.0.1:0");
}

TEST_F(StartupTest, TakesOneSourceOfProvidersExactly) {
  flags_.providers.providers_file = Write("providers.json", "{}");
  EXPECT_THAT(Mistakes(), ElementsAre(AllOf(HasSubstr("--providers"), HasSubstr("--spool"))));
  flags_.providers = {};
  EXPECT_THAT(Mistakes(), ElementsAre(AllOf(HasSubstr("--providers"), HasSubstr("--spool"))));
}

TEST_F(StartupTest, SpoolsInDevelopmentOnly) {
  common_.development = false;
  EXPECT_THAT(Mistakes(), ElementsAre(AllOf(HasSubstr("--spool"), HasSubstr("development only"))));
  EXPECT_FALSE(fs::exists(dir_ / "spool"));
}

TEST_F(StartupTest, NamesEveryPlaceInAFileThatIsWrong) {
  flags_.providers.spool_dir = "";
  flags_.providers.providers_file =
      Write("providers.json", R"({"providers": [{"name": "A!", "kind": "pigeon"}], "extra": 1})");
  const std::vector<std::string> mistakes = Mistakes();
  EXPECT_GE(mistakes.size(), 3u);
  for (const std::string& mistake : mistakes) EXPECT_THAT(mistake, HasSubstr("--providers: "));
  EXPECT_THAT(absl::StrJoin(mistakes, "\n"), AllOf(HasSubstr("providers[0].name: "),
                                                   HasSubstr("providers[0].kind: "), HasSubstr("extra: ")));
}

TEST_F(StartupTest, NamesEachFlagThatIsWrong) {
  struct Row {
    std::function<void(StartupFlags&)> change;
    std::string says;
  };
  const std::vector<Row> table = {
      {[](StartupFlags& f) { f.send_threads = 0; }, "--send-threads must be from 1 to 256"},
      {[](StartupFlags& f) { f.send_threads = 257; }, "--send-threads must be from 1 to 256"},
      {[](StartupFlags& f) { f.origin_host = "no host"; }, "origin"},
      {[](StartupFlags& f) { f.templates = "/absent"; }, "--templates: "},
      {[](StartupFlags& f) { f.receipts.listen = "0.0.0.0:7404"; }, "--receipts-listen"},
      {[](StartupFlags& f) { f.receipts.url = "https://otp.example"; }, "--receipts-listen is required"},
      {[](StartupFlags& f) {
         f.providers = {"/absent.json", ""};
       },
       "absent.json"},
  };
  const StartupFlags fine = flags_;
  for (const Row& row : table) {
    flags_ = fine;
    row.change(flags_);
    EXPECT_THAT(absl::StrJoin(Mistakes(), "\n"), HasSubstr(row.says));
  }
  flags_ = fine;
  common_.overrides = {{"otp.code_digits", "99"}, {"otp.nothing", "1"}};
  EXPECT_THAT(Mistakes(), ElementsAre(HasSubstr("--set: otp.code_digits"), HasSubstr("--set: otp.nothing")));
}

TEST_F(StartupTest, NamesAllMistakesTogether) {
  common_.development = false;
  common_.overrides = {{"otp.nothing", "1"}};
  flags_.send_threads = 0;
  flags_.receipts.listen = "x";
  EXPECT_THAT(Mistakes(), SizeIs(4));
}

TEST_F(StartupTest, WarnsOfReportsThatReachNobody) {
  ASSERT_THAT(Mistakes(), IsEmpty());
  EXPECT_THAT(WarningsOf(*startup_), IsEmpty()) << "a spool reports nothing, and nobody listens";
  startup_->receipts.emplace();
  EXPECT_THAT(WarningsOf(*startup_), ElementsAre(HasSubstr("no provider reports")));
  startup_->providers.push_back(std::make_unique<ReportingProvider>(FakeInfo("sms")));
  EXPECT_THAT(WarningsOf(*startup_), IsEmpty());
  startup_->receipts->allow_tls12 = true;
  EXPECT_THAT(WarningsOf(*startup_), ElementsAre(HasSubstr("--receipts-allow-tls12")));
  startup_->receipts.reset();
  EXPECT_THAT(WarningsOf(*startup_), ElementsAre(HasSubstr("what sms reports")));
}

TEST_F(StartupTest, NamesTheChannelsOfAProvider) {
  EXPECT_EQ(ChannelsOf(FakeInfo("x", {Channel::kSms, Channel::kEmail})), "SMS, EMAIL");
}

}  // namespace
}  // namespace tc::otp
