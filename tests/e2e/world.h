#pragma once

// World: a suite on Unix sockets in a temporary directory, shared by the tests of one program, and the people
// who use it. Each test takes people of its own, so that tests do not meet.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tools/tcctl/dev_suite.h"
#include "tools/tcctl/people.h"

namespace tc::e2e {

class World : public ::testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite();

  // How the suite is started, all but its directory; set before it starts.
  static dev::SuiteOptions& Options();
  // Policy overrides besides the generous limits; set before the suite starts.
  static std::vector<std::string>& Overrides() { return Options().set; }

  static dev::DevSuite& suite() { return *suite_; }
  // A client of its own for each test: patient, if the test lets services die.
  dev::People People() { return dev::People(suite().clients(), suite().spool()); }
  // Its log but for the line of each call, to be shown by a test that fails.
  static std::string LogWithoutCalls(dev::Service service);
  // A citizen whom no other test knows.
  static dev::Citizen Someone(const std::string& first_name);

 private:
  static std::unique_ptr<dev::TemporaryDir> directory_;
  static std::unique_ptr<dev::DevSuite> suite_;
};

// Another code of the same length.
std::string WrongCode(const std::string& code);

}  // namespace tc::e2e
