#pragma once

// ProductionWorld: a ProductionSuite shared by the tests of one program. Each test takes people of its own.

#include <gtest/gtest.h>

#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tests/e2e/production_suite.h"

namespace tc::e2e {

class ProductionWorld : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    auto suite = ProductionSuite::Start(Options());
    ASSERT_TRUE(suite.ok()) << suite.status();
    suite_ = *std::move(suite);
    for (const dev::Service service : dev::kServices)
      suite_->clients()[service].SetPatience(absl::Seconds(20));
  }
  static void TearDownTestSuite() { suite_.reset(); }

  // Set before it starts.
  static ProductionOptions& Options() {
    static ProductionOptions options;
    return options;
  }
  static ProductionSuite& suite() { return *suite_; }
  // A citizen whom no other test knows.
  static dev::Citizen Someone(const std::string& first_name) {
    static int number = 0;
    ++number;
    return dev::Invent(absl::StrCat(absl::AsciiStrToLower(first_name), "-", number), first_name, "Petrova",
                       number);
  }

 private:
  inline static std::unique_ptr<ProductionSuite> suite_;
};

}  // namespace tc::e2e
