#include "tests/e2e/stub_gateway.h"

#include <filesystem>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "tests/e2e/web.h"

namespace tc::e2e {

absl::StatusOr<std::unique_ptr<StubGateway>> StubGateway::Start(const std::string& kind,
                                                                testing::Authority& authority) {
  std::unique_ptr<StubGateway> stub(new StubGateway);
  const std::string& directory = stub->directory_.path();
  std::filesystem::create_directory(stub->spool());
  const tls::Files files = authority.Issue(absl::StrCat("stub-", kind), {});
  const std::string log = directory + "/log";
  stub->process_ = std::make_unique<dev::Process>(
      TRY(dev::Process::Start({"/usr/bin/python3", TC_SOURCE "/tests/e2e/stub_gateway.py", kind, directory,
                               files.certificate, files.private_key},
                              log)));
  const bool ready =
      Eventually([&] { return absl::SimpleAtoi(Contents(directory + "/port"), &stub->port_); });
  if (!ready) return absl::UnavailableError(absl::StrCat("the stub does not start: ", Contents(log)));
  return stub;
}

void StubGateway::Answer(const std::string& manner) {
  const std::string file = directory_.path() + "/answer";
  std::ofstream(file + ".new") << manner;
  std::filesystem::rename(file + ".new", file);
}

std::vector<nlohmann::json> StubGateway::Messages(const std::string& to) const {
  std::vector<nlohmann::json> messages;
  for (const absl::string_view line : absl::StrSplit(Contents(directory_.path() + "/messages"), '\n')) {
    const nlohmann::json message = nlohmann::json::parse(line, nullptr, false);
    if (message.is_object() && message.value("to", "") == to) messages.push_back(message);
  }
  return messages;
}

}  // namespace tc::e2e
