// Every state of an invitation × every state of a link × every method × every kind of caller, on the real
// handlers (LNK-02, LNK-09). What is expected is read off the two tables of the domain and off the rules of
// the contract, so that neither can say what the handlers do not do. What is refused writes nothing and tells
// nobody.

#include <gmock/gmock.h>

#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "common/testing/matrix.h"
#include "services/linking/rpc/matrix_testing.h"
#include "services/linking/rpc/stage_testing.h"

namespace tc::linking {
namespace {

using matrix::Caller;
using matrix::CallerOf;
using matrix::kEverybody;
using matrix::Stage;
using matrix::Step;
using matrix::Who;
using testing::ForEveryMethod;
using testing::IsRefusal;
using testing::RulesOf;
using testing::Tally;

constexpr InvitationState kStatesOfInvitation[] = {InvitationState::kPending, InvitationState::kAccepted,
                                                   InvitationState::kDeclined, InvitationState::kCancelled,
                                                   InvitationState::kExpired};

// The guards as they are on the stage, where time stands still, nobody recovers, and everybody is eligible.
bool Holds(Guard guard, InvitationState invitation, LinkState link) {
  switch (guard) {
    case Guard::kMayInvite:
      return !Guards(link) && invitation != InvitationState::kPending;
    case Guard::kMayAccept:
      return !Guards(link);
    case Guard::kNone:
    case Guard::kBeforeDeadline:
    case Guard::kMayRemove:
    case Guard::kNoRecoveryOpen:
    case Guard::kNoOtherRecovery:
    case Guard::kNotReportedToday:
      return true;
    case Guard::kTimeOver:
    case Guard::kRequirementLost:
    case Guard::kRequirementsMet:
      break;
  }
  return false;
}

// The rows that a call follows: all that its method demands, or none.
struct Rows {
  const InvitationTransition* invitation = nullptr;
  const LinkTransition* link = nullptr;
  bool any() const { return invitation != nullptr || link != nullptr; }
};
Rows RowsOf(const Step& step, const Caller& caller, InvitationState invitation, LinkState link) {
  Rows rows;
  if (!caller.actor.has_value()) return rows;
  const bool invites = step.invitation == InvitationTrigger::kInvite;
  const bool accepts = step.link == LinkTrigger::kAccept;
  if (step.invitation.has_value()) {
    rows.invitation = FindRow(invites ? InvitationState::kNew : invitation, *step.invitation, *caller.actor);
    if (rows.invitation == nullptr || !Holds(rows.invitation->guard, invitation, link)) return {};
  }
  if (step.link.has_value()) {
    rows.link = FindRow(accepts ? LinkState::kNew : link, *step.link, *caller.actor);
    if (rows.link == nullptr || !Holds(rows.link->guard, invitation, link)) return {};
  }
  return rows;
}

std::vector<std::string> EventsOf(const Rows& rows) {
  std::vector<std::string> types;
  for (const Effect effect : kAllEffects) {
    if (EventType(effect).empty()) continue;
    const bool follows = (rows.invitation != nullptr && rows.invitation->effects.Has(effect)) ||
                         (rows.link != nullptr && rows.link->effects.Has(effect));
    if (follows) types.emplace_back(EventType(effect));
  }
  return types;
}

// Everything by which somebody could notice a step.
struct Traces {
  std::string store;
  uint64_t revision;
  size_t events, outbox;
  friend bool operator==(const Traces&, const Traces&) = default;
};
Traces TracesOf(World& world) {
  return {world.Dump(), world.database().revision(), world.Events().size(), world.Waiting().size()};
}

class Matrix {
 public:
  void Walk() {
    const auto* service =
        pb::CreateInvitationRequest::descriptor()->file()->FindServiceByName("LinkingService");
    const std::map<std::string, Step> steps = matrix::Steps();
    for (const InvitationState invitation : kStatesOfInvitation) {
      for (const LinkState link : kAllLinkStates) {
        stage_.reset();
        ForEveryMethod(*service, steps,
                       [&](const google::protobuf::MethodDescriptor& method, const Step& step) {
                         for (const Who who : kEverybody) {
                           SCOPED_TRACE(::testing::Message()
                                        << method.name() << " by " << static_cast<int>(who) << " with "
                                        << StateName(invitation) << " and " << StateName(link));
                           const Caller caller = CallerOf(who);
                           const bool admitted =
                               testing::Admits(method, caller.role, caller.name, !caller.account.empty());
                           admitted ? Try(method, step, who, invitation, link) : void(++tally.gate);
                         }
                       });
      }
    }
  }

  Tally tally;
  // That a call has taken.
  std::set<std::tuple<InvitationState, InvitationTrigger, Actor>> invitation_rows;
  std::set<std::tuple<LinkState, LinkTrigger, Actor>> link_rows;

 private:
  void Try(const google::protobuf::MethodDescriptor& method, const Step& step, Who who,
           InvitationState invitation, LinkState link) {
    // A step that is refused leaves everything as it was, so that the stage serves for the next.
    if (stage_ == nullptr) stage_ = std::make_unique<Stage>(invitation, link);
    const Rows rows = RowsOf(step, CallerOf(who), invitation, link);
    const Traces before = TracesOf(stage_->world);
    const absl::Status status = step.take(stage_->world, stage_->scene, CallerOf(who));
    const bool answers = rows.any() || step.answers(who, link);
    EXPECT_TRUE(answers ? status.ok() : IsRefusal(status)) << status;
    if (rows.any()) {
      ++tally.taken;
      ExpectTaken(rows, invitation, link, before.events);
    } else {
      const bool listed = step.invitation.has_value() || step.link.has_value();
      ++(listed && !answers ? tally.refused : tally.apart);
      ExpectStates(invitation, link);
    }
    const bool writes = answers && RulesOf(method).mutates();
    if (!writes) {
      EXPECT_EQ(TracesOf(stage_->world), before);
    }
    if (writes) stage_.reset();
  }

  void ExpectTaken(const Rows& rows, InvitationState invitation, LinkState link, size_t told) {
    const Protection after = stage_->ProtectionOfAlice();
    if (rows.invitation != nullptr) {
      const auto& [from, trigger, actor, guard, to, effects] = *rows.invitation;
      if (from == InvitationState::kNew) {
        EXPECT_EQ(stage_->InvitationNow(after.pending), to);
      }
      if (from != InvitationState::kNew) invitation = to;
      invitation_rows.emplace(from, trigger, actor);
    }
    if (rows.link != nullptr) {
      const auto& [from, trigger, actor, guard, to, effects] = *rows.link;
      if (from == LinkState::kNew) {
        EXPECT_EQ(stage_->LinkNow(after.link), to);
      }
      if (from != LinkState::kNew) link = to;
      link_rows.emplace(from, trigger, actor);
    }
    ExpectStates(invitation, link);
    std::vector<std::string> types = stage_->world.EventTypes();
    types.erase(types.begin(), types.begin() + static_cast<std::ptrdiff_t>(told));
    EXPECT_EQ(types, EventsOf(rows));
  }

  void ExpectStates(InvitationState invitation, LinkState link) {
    EXPECT_EQ(stage_->InvitationNow(InvitationId::ParseName(stage_->scene.invitation).value()), invitation);
    EXPECT_EQ(stage_->LinkNow(LinkId::ParseName(stage_->scene.link).value()), link);
  }

  std::unique_ptr<Stage> stage_;
};

// Who takes the rows that no method of the contract takes; empty for all others.
absl::string_view TakenBy(InvitationTrigger trigger) {
  if (trigger == InvitationTrigger::kExpire) return "the timer";
  if (trigger == InvitationTrigger::kErasePrincipal) return "news of an erased account";
  return "";
}
absl::string_view TakenBy(LinkTrigger trigger) {
  if (trigger == LinkTrigger::kSuspend || trigger == LinkTrigger::kResume)
    return "identity's word at a recheck";
  if (trigger == LinkTrigger::kCompleteRemoval || trigger == LinkTrigger::kRemind) return "the timer";
  if (trigger == LinkTrigger::kErasePrincipal) return "news of an erased account";
  return "";
}

TEST(Matrix, DoesWhatTheTablesSayAndNothingElse) {
  Matrix matrix;
  matrix.Walk();
  const Tally& tally = matrix.tally;
  EXPECT_EQ(tally.all(), 5 * 6 * 17 * 5);
  EXPECT_EQ(tally.gate, 1170) << "callers whom the contract keeps out, refused before any handler";
  EXPECT_EQ(tally.taken, 77);
  EXPECT_EQ(tally.refused, 513);
  EXPECT_EQ(tally.apart, 790) << "what only reads, or touches neither of the two";
  for (const InvitationTransition& row : InvitationTransitions()) {
    EXPECT_NE(matrix.invitation_rows.count({row.from, row.trigger, row.actor}) == 1,
              !TakenBy(row.trigger).empty())
        << StateName(row.from) << ": " << TriggerName(row.trigger) << " by " << ActorName(row.actor);
  }
  for (const LinkTransition& row : LinkTransitions()) {
    EXPECT_NE(matrix.link_rows.count({row.from, row.trigger, row.actor}) == 1, !TakenBy(row.trigger).empty())
        << StateName(row.from) << ": " << TriggerName(row.trigger) << " by " << ActorName(row.actor);
  }
}

}  // namespace
}  // namespace tc::linking
