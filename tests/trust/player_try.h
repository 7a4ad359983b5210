#pragma once

// How the player sends a call. Part of player*.cc.

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "absl/strings/str_format.h"
#include "google/protobuf/util/message_differencer.h"
#include "tests/trust/player.h"

namespace tc::trust {

template <typename Send>
auto Player::Try(const Command& command, const Verdict& verdict, const std::string& person, Send send) {
  Sender by{person, absl::StrFormat("00000000-0000-4000-8000-%012x", ++requests_)};
  const bool cut = IsCut(command.twist);
  if (cut) {
    const auto when = command.twist == Twist::kCutBefore ? Cuts::When::kBefore : Cuts::When::kAfter;
    world_.cuts().Arm(command.nth, when);
  }
  auto answer = send(by);
  world_.cuts().Clear();
  if (cut && absl::IsUnavailable(answer.status())) {
    if (command.twist == Twist::kCutAndRestart) {
      for (const Service service : {Service::kOtp, Service::kLinking, Service::kRecovery}) {
        world_.Restart(service);
      }
    }
    answer = send(by);
  }
  absl::StrAppend(&story_, " → ", answer.ok() ? "OK" : answer.status().ToString());
  if (!verdict.Fits(answer.status())) {
    Complain(absl::StrCat("must be ", verdict.Text(), ", but is ", answer.status().ToString()));
  }
  using Answer = std::decay_t<decltype(*answer)>;
  if (!answer.ok()) return std::optional<Answer>();
  ++accepted_[std::string(Name(command.act))];
  if (command.twist == Twist::kAgain) {
    const auto again = send(by);
    if (!again.ok() || !google::protobuf::util::MessageDifferencer::Equals(*again, *answer)) {
      Complain("the same request again has another answer");
    }
  }
  if (command.twist == Twist::kOtherContent) {
    by.other_content = true;
    if (!absl::IsInvalidArgument(send(by).status()))
      Complain("other content under the same id is not refused");
  }
  return std::optional<Answer>(*std::move(answer));
}

}  // namespace tc::trust
