#include "services/recovery/domain/occurrence.h"

namespace tc::recovery {
namespace {

Occurrence Make(const char* type, const Recovery& recovery) {
  Occurrence made{type, {{"recovery", recovery.id.text()}, {"principal", recovery.principal.text()}}};
  if (recovery.contact.has_value()) {
    made.attributes["contact"] = recovery.contact.text();
    made.attributes["link"] = recovery.link.text();
  }
  return made;
}

}  // namespace

Occurrence EndOf(const Recovery& recovery) {
  Occurrence ended = Make("RecoveryEnded", recovery);
  ended.attributes["state"] = std::string(StateName(recovery.state));
  if (recovery.state == State::kCancelled)
    ended.attributes["by"] = std::string(CancellerName(recovery.canceller));
  return ended;
}

std::vector<Occurrence> OccurrencesFor(const Recovery& before, const Recovery& after) {
  std::vector<Occurrence> list;
  if (after.decoy || before.state == after.state) return list;
  if (after.state == State::kAwaitingContact) list.push_back(Make("RecoveryAwaitingContact", after));
  if (after.state == State::kApproved) list.push_back(Make("RecoveryApproved", after));
  if (after.state == State::kCompleted) list.push_back(Make("RecoveryCompleted", after));
  if (after.state == State::kHeld) {
    list.push_back(Make("RecoveryHeld", after));
    list.back().attributes["reason"] = std::string(HoldReasonName(after.hold_reason));
  }
  if (after.state == State::kRejected) {
    list.push_back(Make("RecoveryRejected", after));
    list.back().attributes["reason"] = std::string(RejectReasonName(after.reject_reason));
  }
  if (IsFinal(after.state) && after.hold_taken) list.push_back(EndOf(after));
  return list;
}

}  // namespace tc::recovery
