#pragma once

// Commands: what persons, portals and time do to the world, as data, so that a list of them can be played
// again and made shorter. Whom and what a command means is settled when it is played (player.h), by the small
// numbers in it: a list from which some are dropped still makes sense.

#include <cstdint>
#include <random>
#include <string>

#include "absl/strings/string_view.h"

namespace tc::trust {

enum class Act : uint8_t {
  kNext,  // whatever leads on what is open
  kInvite,
  kCancelInvitation,
  kAccept,
  kDecline,
  kRemove,
  kResign,
  kDanger,
  kStart,
  kVerify,
  kResend,
  kCancel,
  kCancelOwn,
  kCancelNotMe,
  kFormerCapability,
  kStartInPerson,
  kConfirmInPerson,
  kAcknowledge,
  kSendCode,
  kApprove,
  kReject,
  kHold,
  kRelease,
  kComplete,
  kCompleteTwice,
  kChangePhone,
  kFreeze,
  kBlock,
  kConfirmation,
  kWait,
  kTimers,
  kOutbox,
  kDeliver,
  kRestart,
};
inline constexpr int kActs = static_cast<int>(Act::kRestart) + 1;

// What happens to the call besides.
enum class Twist : uint8_t {
  kNone,
  kAgain,          // sent again: the same answer
  kOtherContent,   // other content under the same request id: refused
  kCutBefore,      // a call between services does not arrive; then sent again
  kCutAfter,       // its answer is lost; then sent again
  kCutAndRestart,  // its answer is lost, and all services end and begin anew; then sent again
};

struct Command {
  Act act = Act::kWait;
  Twist twist = Twist::kNone;
  uint8_t who = 0;   // a person, where it is not the right one
  uint8_t whom = 0;  // another person
  uint8_t pick = 0;  // which invitation, link or recovery
  uint8_t how = 0;   // which way of doing it
  uint8_t nth = 1;   // which call between services is cut
};

inline bool IsCut(Twist twist) {
  return twist == Twist::kCutBefore || twist == Twist::kCutAfter || twist == Twist::kCutAndRestart;
}

absl::string_view Name(Act act);
absl::string_view Name(Twist twist);

// A random one. The same generator gives the same commands.
Command AnyCommand(std::mt19937_64& random);

}  // namespace tc::trust
