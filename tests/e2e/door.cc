#include "tests/e2e/door.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/refusal.h"
#include "tools/tcctl/wire_status.h"

namespace tc::e2e {

RawAnswer Door::AskPatiently(dev::Service service, const dev::Caller& caller, const RawCall& call) {
  while (true) {
    RawAnswer answer = Ask(service, caller, call);
    if (answer.Reason() != "RATE_LIMITED") return answer;
    absl::SleepFor(RetryAfterOf(dev::FromWire(answer.status)).value_or(absl::Milliseconds(100)));
  }
}

Line& ProductionDoor::LineOf(dev::Service service, const std::string& peer) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<Line>& line = lines_[{service, peer}];
  if (line == nullptr) line = std::make_unique<Line>(suite_.ChannelOf(service, peer));
  return *line;
}

Metadata ProductionDoor::CredentialsOf(const dev::Caller& caller) {
  if (caller.account.empty()) return {};
  return {{"authorization", absl::StrCat("Bearer ", suite_.Assertion(caller.account, caller.signed_in_for))}};
}

}  // namespace tc::e2e
