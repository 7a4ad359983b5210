#pragma once

// Door: how a test comes to a service of the running suite as any peer with any person. One connection for
// each peer and service. Thread-safe.

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "tests/e2e/production_suite.h"
#include "tests/e2e/raw_call.h"
#include "tools/tcctl/dev_suite.h"

namespace tc::e2e {

class Door {
 public:
  virtual ~Door() = default;
  // The connection of this peer ("portal/test").
  virtual Line& LineOf(dev::Service service, const std::string& peer) = 0;
  // What such a caller sends besides his request.
  virtual Metadata CredentialsOf(const dev::Caller& caller) = 0;

  RawAnswer Ask(dev::Service service, const dev::Caller& caller, RawCall call) {
    for (auto& credential : CredentialsOf(caller)) call.metadata.push_back(std::move(credential));
    return LineOf(service, caller.peer).Ask(call);
  }
  // The same again, when it is time, as long as the caller is told that he asks too often.
  RawAnswer AskPatiently(dev::Service service, const dev::Caller& caller, const RawCall& call);
};

// The programs in production: the certificate names the peer, the assertion the person.
class ProductionDoor final : public Door {
 public:
  explicit ProductionDoor(ProductionSuite& suite) : suite_(suite) {}
  Line& LineOf(dev::Service service, const std::string& peer) override;
  Metadata CredentialsOf(const dev::Caller& caller) override;

 private:
  ProductionSuite& suite_;
  std::mutex mutex_;
  std::map<std::pair<dev::Service, std::string>, std::unique_ptr<Line>> lines_;
};

}  // namespace tc::e2e
