#pragma once

// Scene: what the chapters of the demonstration share: the stage, the services and the people.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/tcctl/dev_suite.h"
#include "tools/tcctl/people.h"
#include "tools/tcctl/stage.h"

namespace tc::ctl {

struct Scene {
  Stage& stage;
  dev::SuiteClients& clients;
  const dev::Spool& spool;
  dev::DevSuite* suite;  // null when somebody else runs the services
  int salt;              // keeps the people of one run apart from those of others
  dev::People people{clients, spool};

  dev::Citizen Person(const std::string& account, const std::string& first_name, const std::string& last_name,
                      int number) const;

  // Waits for the code behind the first `seen` messages of a phone or mailbox, and shows what brought it.
  absl::StatusOr<std::string> ReadCode(const std::string& name, const std::string& address,
                                       size_t seen) const;
  // The same for a notice that says `words`.
  absl::Status ReadNotice(const std::string& name, const std::string& address, size_t seen,
                          absl::string_view words) const;
  // The token at the end of the link in that notice.
  absl::StatusOr<std::string> ReadNotMeToken(const std::string& name, const std::string& address,
                                             size_t seen) const;
  // All services start anew with their clocks set forward by so much, and with these flags. Wants `suite`.
  absl::Status SetForward(absl::Duration offset, const std::vector<std::string>& flags = {}) const;

 private:
  void Show(const std::string& name, const dev::Message& message) const;
  // The first message behind `seen` that has the words in it.
  absl::StatusOr<dev::Message> Await(const std::string& address, size_t seen, absl::string_view words) const;
};

// Another code of the same length.
std::string WrongCode(std::string code);

}  // namespace tc::ctl
