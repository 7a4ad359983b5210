#include "tests/e2e/world.h"

#include <iostream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/e2e/web.h"

namespace tc::e2e {

std::unique_ptr<dev::TemporaryDir> World::directory_;
std::unique_ptr<dev::DevSuite> World::suite_;

dev::SuiteOptions& World::Options() {
  static dev::SuiteOptions options = [] {
    dev::SuiteOptions usual;
    usual.set = dev::GenerousLimits();
    return usual;
  }();
  return options;
}

void World::SetUpTestSuite() {
  directory_ = std::make_unique<dev::TemporaryDir>();
  dev::SuiteOptions options = Options();
  options.data = directory_->path();
  auto suite = dev::DevSuite::Start(std::move(options));
  ASSERT_TRUE(suite.ok()) << suite.status().ToString();
  suite_ = *std::move(suite);
  for (const dev::Service service : dev::kServices) (*suite_)[service].SetPatience(absl::Seconds(20));
}

void World::TearDownTestSuite() {
  suite_.reset();
  directory_.reset();
}

std::string World::LogWithoutCalls(dev::Service service) {
  std::string kept;
  const std::string log = Contents(suite().LogOf(service));
  for (const absl::string_view line : absl::StrSplit(log, '\n')) {
    if (!absl::StrContains(line, "\"msg\":\"rpc\"")) absl::StrAppend(&kept, line, "\n");
  }
  return kept;
}

dev::Citizen World::Someone(const std::string& first_name) {
  static int number = 0;
  ++number;
  return dev::Invent(absl::StrCat(absl::AsciiStrToLower(first_name), "-", number), first_name, "Petrova",
                     number);
}

std::string WrongCode(const std::string& code) {
  std::string wrong = code;
  wrong.back() = wrong.back() == '7' ? '3' : '7';
  return wrong;
}

}  // namespace tc::e2e
