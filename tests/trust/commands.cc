#include "tests/trust/commands.h"

#include <array>

namespace tc::trust {
namespace {

struct Weighted {
  Act act;
  const char* name;
  int weight;
};

constexpr Weighted kAllActs[] = {
    {Act::kNext, "next", 500},
    {Act::kInvite, "invites", 30},
    {Act::kCancelInvitation, "cancels the invitation", 6},
    {Act::kAccept, "accepts", 30},
    {Act::kDecline, "declines", 6},
    {Act::kRemove, "removes the contact", 16},
    {Act::kResign, "resigns", 12},
    {Act::kDanger, "reports danger", 3},
    {Act::kStart, "starts", 16},
    {Act::kVerify, "proves", 100},
    {Act::kResend, "asks for another code", 14},
    {Act::kCancel, "cancels", 10},
    {Act::kCancelOwn, "cancels his own", 8},
    {Act::kCancelNotMe, "says that it was not him", 10},
    {Act::kFormerCapability, "comes with a former capability", 10},
    {Act::kStartInPerson, "comes in person", 24},
    {Act::kConfirmInPerson, "a second officer looks", 30},
    {Act::kAcknowledge, "acknowledges", 70},
    {Act::kSendCode, "asks for the contact's code", 80},
    {Act::kApprove, "approves", 100},
    {Act::kReject, "rejects", 12},
    {Act::kHold, "an operator holds", 8},
    {Act::kRelease, "an operator releases", 14},
    {Act::kComplete, "completes", 60},
    {Act::kCompleteTwice, "completes, is cut off, and completes otherwise", 12},
    {Act::kChangePhone, "changes the phone", 6},
    {Act::kFreeze, "freezes or unfreezes", 7},
    {Act::kBlock, "is blocked or unblocked", 7},
    {Act::kConfirmation, "loses or regains the confirmation", 7},
    {Act::kWait, "time passes", 110},
    {Act::kTimers, "timers run", 25},
    {Act::kOutbox, "outboxes run", 35},
    {Act::kDeliver, "events arrive", 45},
    {Act::kRestart, "a service restarts", 8},
};
static_assert(std::size(kAllActs) == kActs);

constexpr const char* kTwists[] = {"",
                                   "sent again",
                                   "other content under the same id",
                                   "cut off before",
                                   "cut off after",
                                   "cut off after, and all restart"};

Act AnyAct(std::mt19937_64& random) {
  static const int total = [] {
    int sum = 0;
    for (const Weighted& one : kAllActs) sum += one.weight;
    return sum;
  }();
  int drawn = static_cast<int>(random() % static_cast<uint64_t>(total));
  for (const Weighted& one : kAllActs) {
    drawn -= one.weight;
    if (drawn < 0) return one.act;
  }
  return Act::kWait;
}

Twist AnyTwist(std::mt19937_64& random) {
  const uint64_t drawn = random() % 100;
  if (drawn < 78) return Twist::kNone;
  if (drawn < 83) return Twist::kAgain;
  if (drawn < 86) return Twist::kOtherContent;
  if (drawn < 91) return Twist::kCutBefore;
  if (drawn < 97) return Twist::kCutAfter;
  return Twist::kCutAndRestart;
}

}  // namespace

absl::string_view Name(Act act) { return kAllActs[static_cast<size_t>(act)].name; }
absl::string_view Name(Twist twist) { return kTwists[static_cast<size_t>(twist)]; }

Command AnyCommand(std::mt19937_64& random) {
  const auto byte = [&] { return static_cast<uint8_t>(random() >> 56); };
  Command command;
  command.act = AnyAct(random);
  command.twist = AnyTwist(random);
  command.who = byte();
  command.whom = byte();
  command.pick = byte();
  command.how = byte();
  command.nth = static_cast<uint8_t>(1 + byte() % 5);
  return command;
}

}  // namespace tc::trust
