#include "tests/pages/state_page.h"

#include "services/linking/domain/invitation.h"
#include "services/linking/domain/link.h"
#include "services/otp/domain/delivery.h"
#include "services/otp/domain/verification.h"
#include "services/recovery/domain/state.h"

namespace tc::pages {
namespace {

constexpr char kHead[] =
    "# State machines\n\n"
    "Each machine is one table in the code: from which state a trigger by an actor leads where, what must "
    "hold "
    "besides, and what follows in the same\ntransaction. The services take their steps by these tables, the "
    "tests walk every state and trigger through them, and this page is printed from them\n"
    "(`tests/pages`). What has no row changes nothing; a call is refused with FAILED_PRECONDITION.\n\n"
    "Time is judged by the clock at every reading; a timer only writes down what has been true since.\n";

template <typename Row>
bool Everything(const Row&) {
  return true;
}

template <typename Row, typename All>
std::vector<std::string> EffectsOf(const Row& row, const All& all) {
  std::vector<std::string> names;
  for (const auto effect : all) {
    if (row.effects.Has(effect)) names.emplace_back(EffectName(effect));
  }
  return names;
}

template <typename Value>
std::string NameOf(absl::string_view (*name)(Value), Value value) {
  return std::string(name(value));
}

Words<linking::InvitationTransition> InvitationWords() {
  using namespace linking;  // NOLINT: the names of one machine
  return {
      "Invitation",
      "`services/linking/domain/invitation_table.cc`. It takes the same steps whether or not it has reached "
      "anybody.",
      {},
      {{"", Everything<InvitationTransition>}},
      [](InvitationState state) { return NameOf<InvitationState>(StateName, state); },
      [](InvitationTrigger trigger) { return NameOf<InvitationTrigger>(TriggerName, trigger); },
      [](Actor actor) { return NameOf(ActorName, actor); },
      [](Guard guard) { return NameOf(GuardName, guard); },
      [](const InvitationTransition& row) { return EffectsOf(row, kAllEffects); }};
}

Words<linking::LinkTransition> LinkWords() {
  using namespace linking;  // NOLINT: the names of one machine
  return {"Link",
          "`services/linking/domain/link_table.cc`. ACTIVE, SUSPENDED and REMOVAL_PENDING guard. Without a "
          "removal delay the two steps of a removal are one call.",
          {},
          {{"", Everything<LinkTransition>}},
          [](LinkState state) { return NameOf<LinkState>(StateName, state); },
          [](LinkTrigger trigger) { return NameOf<LinkTrigger>(TriggerName, trigger); },
          [](Actor actor) { return NameOf(ActorName, actor); },
          [](Guard guard) { return NameOf(GuardName, guard); },
          [](const LinkTransition& row) { return EffectsOf(row, kAllEffects); }};
}

bool IsStopOrOfficers(const recovery::RecoveryTransition& row) {
  using recovery::Trigger;
  return row.actor == recovery::Actor::kOfficer || row.trigger == Trigger::kHold ||
         row.trigger == Trigger::kRelease;
}

Words<recovery::RecoveryTransition> RecoveryWords() {
  using namespace recovery;  // NOLINT: the names of one machine
  return {
      "Recovery",
      "`services/recovery/domain/state.cc`. A guarded recovery comes to APPROVED by its contact, or by "
      "officers in person; time leads to EXPIRED and nowhere\nelse. A decoy, the recovery of an account that "
      "does not exist or may not recover now, never leaves AWAITING_OWN_CODE but for an end. Nobody is told "
      "anything\nbefore the claim is proved.",
      {State::kAwaitingOwnCode},
      {{"The way:",
        [](const RecoveryTransition& row) {
          return (!IsFinal(row.to) || row.to == State::kCompleted) && !IsStopOrOfficers(row);
        }},
       {"Stopped, and in person:", IsStopOrOfficers},
       {"The other ends:",
        [](const RecoveryTransition& row) { return IsFinal(row.to) && row.to != State::kCompleted; }}},
      [](State state) { return NameOf(StateName, state); },
      [](Trigger trigger) { return NameOf(TriggerName, trigger); },
      [](Actor actor) { return NameOf(ActorName, actor); },
      [](Guard guard) { return NameOf(GuardName, guard); },
      [](const RecoveryTransition& row) { return EffectsOf(row, kAllEffects); }};
}

Words<otp::VerificationTransition> VerificationWords() {
  using namespace otp;  // NOLINT: the names of one machine
  return {
      "Verification",
      "`services/otp/domain/verification_table.cc`. One code at a time. It counts as LOCKED as soon as no "
      "attempt is left, though the last one may still\napprove it; LOCKED is written down when the "
      "code's time is over.",
      {VerificationState::kPending},
      {{"", Everything<VerificationTransition>}},
      [](VerificationState state) { return NameOf<VerificationState>(StateName, state); },
      [](VerificationTrigger trigger) { return NameOf<VerificationTrigger>(TriggerName, trigger); },
      [](VerificationActor actor) { return NameOf<VerificationActor>(ActorName, actor); },
      [](VerificationGuard guard) { return NameOf<VerificationGuard>(GuardName, guard); },
      [](const VerificationTransition& row) { return EffectsOf(row, kAllVerificationEffects); }};
}

bool IsReceipt(const otp::DeliveryTransition& row) { return row.actor == otp::DeliveryActor::kGateway; }

Words<otp::DeliveryTransition> DeliveryWords() {
  using namespace otp;  // NOLINT: the names of one machine
  return {
      "Delivery",
      "`services/otp/domain/delivery_table.cc`. One message over all its providers and channels. Of several "
      "rows for the same trigger the first whose\ncondition holds counts. A message that a limit keeps "
      "back is REJECTED from the start.",
      {DeliveryState::kQueued},
      {{"The way:", [](const DeliveryTransition& row) { return !IsFinal(row.to) && !IsReceipt(row); }},
       {"Receipts:", IsReceipt},
       {"The other ends:", [](const DeliveryTransition& row) { return IsFinal(row.to) && !IsReceipt(row); }}},
      [](DeliveryState state) { return NameOf<DeliveryState>(StateName, state); },
      [](DeliveryTrigger trigger) { return NameOf<DeliveryTrigger>(TriggerName, trigger); },
      [](DeliveryActor actor) { return NameOf<DeliveryActor>(ActorName, actor); },
      [](DeliveryGuard guard) { return NameOf<DeliveryGuard>(GuardName, guard); },
      [](const DeliveryTransition& row) { return EffectsOf(row, kAllDeliveryEffects); }};
}

// Mermaid's names are words: "(new)" is its own beginning.
std::string Node(const std::string& state) { return state == "(new)" ? "[*]" : state; }

}  // namespace

std::string Drawn(const Arrows& arrows, const std::vector<std::string>& starts) {
  std::string out = "```mermaid\nstateDiagram-v2\n";
  for (const std::string& start : starts) absl::StrAppend(&out, "  [*] --> ", start, "\n");
  for (const auto& [arrow, triggers] : arrows) {
    std::vector<std::string> labels;
    for (const auto& [trigger, actors] : triggers)
      labels.push_back(absl::StrCat(trigger, " (", absl::StrJoin(actors, ", "), ")"));
    absl::StrAppend(&out, "  ", Node(arrow.first), " --> ", Node(arrow.second), ": ",
                    absl::StrJoin(labels, "<br>"), "\n");
  }
  return out + "```\n";
}

std::string StatePage() {
  return absl::StrCat(
      kHead, Machine<linking::InvitationTransition>(linking::InvitationTransitions(), InvitationWords()),
      Machine<linking::LinkTransition>(linking::LinkTransitions(), LinkWords()),
      Machine<recovery::RecoveryTransition>(recovery::Transitions(), RecoveryWords()),
      Machine<otp::VerificationTransition>(otp::VerificationTransitions(), VerificationWords()),
      Machine<otp::DeliveryTransition>(otp::DeliveryTransitions(), DeliveryWords()));
}

}  // namespace tc::pages
