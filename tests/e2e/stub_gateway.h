#pragma once

// StubGateway: a provider of messages that does as it is told (stub_gateway.py): an HTTPS gateway or a mail
// server, on a free port of loopback, with a certificate of the test's authority.

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/testing/certificates.h"
#include "tools/tcctl/dev_suite.h"
#include "tools/tcctl/process.h"

namespace tc::e2e {

class StubGateway {
 public:
  // `kind` is "https" or "smtp".
  static absl::StatusOr<std::unique_ptr<StubGateway>> Start(const std::string& kind,
                                                            testing::Authority& authority);

  int port() const { return port_; }
  // From the next message on: "accept", "deliver", "fail", "overtake", "refuse", "busy" or "silent".
  void Answer(const std::string& manner);
  // What it was sent to this address, oldest first; whatever it answered.
  std::vector<nlohmann::json> Messages(const std::string& to) const;
  // The messages with a text, as dev::Spool reads them.
  std::string spool() const { return directory_.path() + "/spool"; }
  // From then on nobody listens there.
  void Kill() { process_->Kill(); }

 private:
  StubGateway() = default;

  dev::TemporaryDir directory_;
  int port_ = 0;
  std::unique_ptr<dev::Process> process_;
};

}  // namespace tc::e2e
