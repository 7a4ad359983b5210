#include "tests/e2e/world.h"

#include <iostream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace tc::e2e {

std::unique_ptr<dev::TemporaryDir> World::directory_;
std::unique_ptr<dev::DevSuite> World::suite_;

std::vector<std::string>& World::Overrides() {
  static std::vector<std::string> overrides = dev::GenerousLimits();
  return overrides;
}

void World::SetUpTestSuite() {
  directory_ = std::make_unique<dev::TemporaryDir>();
  dev::SuiteOptions options;
  options.data = directory_->path();
  options.set = Overrides();
  auto suite = dev::DevSuite::Start(std::move(options));
  ASSERT_TRUE(suite.ok()) << suite.status().ToString();
  suite_ = *std::move(suite);
  for (const dev::Service service : dev::kServices) (*suite_)[service].SetPatience(absl::Seconds(20));
}

void World::TearDownTestSuite() {
  suite_.reset();
  directory_.reset();
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
