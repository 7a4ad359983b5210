// Every state × every method × every kind of caller, on the real handlers (REC-03). What is expected is read
// off the table of domain/state.h and off the rules of the contract, so that neither can say what the
// handlers do not do. What is refused writes nothing and tells nobody.

#include <gmock/gmock.h>

#include <memory>
#include <set>
#include <string>
#include <tuple>

#include "common/testing/matrix.h"
#include "services/recovery/rpc/matrix_testing.h"
#include "services/recovery/rpc/officers_testing.h"
#include "services/recovery/rpc/recorder.h"

namespace tc::recovery {
namespace {

namespace opt = trustedcontact::options::v1;

using matrix::ActorOf;
using matrix::Hands;
using matrix::kEverybody;
using matrix::RoleOf;
using matrix::SignedIn;
using matrix::Step;
using matrix::Steps;
using matrix::Who;
using tc::testing::Admits;
using tc::testing::ForEveryMethod;
using tc::testing::IsRefusal;
using tc::testing::Tally;
using testing::IsOk;
using testing::kAlicePhone;
using testing::kBobPhone;
using testing::Officers;

// A recovery of alice's in `state`, with every guard of the steps that lead on satisfied.
Officers::Case Bring(Officers& world, State state) {
  Officers::Case c;
  switch (state) {
    case State::kAwaitingOwnCode: {
      const rpc::Call call = world.Portal();
      c.name = Officers::Must(world.Start(kAlicePhone, call)).name();
      c.assigned = world.tokens.IdOf(call).Name();
      world.clock.Advance(absl::Minutes(2));  // another code may be sent
      return c;
    }
    case State::kAwaitingContact:
      c = world.ToContact();
      Officers::Must(world.Acknowledge("bob", c.assigned));
      return c;
    case State::kContactCodeSent:
      c = world.ToContactCode();
      world.clock.Advance(absl::Minutes(2));
      return c;
    case State::kHeld:
      c = world.ToContactCode();
      Officers::Must(world.Hold(c.assigned));
      return c;
    case State::kInPerson:
      c = world.ToInPerson();
      world.clock.Advance(absl::Hours(24));
      return c;
    case State::kApproved:
      return world.ToApproved();
    case State::kCompleted:
      c = world.ToApproved();
      Officers::Must(world.Complete(c.name, c.grant, "a good new password 1"));
      return c;
    case State::kRejected:
      c = world.ToContactCode();
      Officers::Must(world.Reject("bob", c.assigned, pb::REJECT_REASON_OTHER));
      return c;
    case State::kExpired:
      c = world.ToContactCode();
      world.clock.Advance(absl::Hours(24));
      world.RunTimers();
      return c;
    case State::kCancelled:
      c = world.ToContactCode();
      Officers::Must(world.Cancel(c.name));
      return c;
    case State::kLocked:
      c = world.ToContactCode();
      EXPECT_THAT(world.db->Update([&](kv::Txn& txn) -> absl::Status {
        const Recovery before = *TRY(world.store.Find(txn, *ParsePublicId(c.assigned)));
        const absl::Time now = world.clock.Now();
        return Record(txn, world.store, before, TRY(LockAnswer(before, now)), now).status();
      }),
                  IsOk());
      return c;
  }
  return c;
}

Recovery RecordOf(Officers& world, const std::string& assigned) {
  Recovery record;
  EXPECT_THAT(world.db->View([&](kv::ReadTxn& txn) -> absl::Status {
    record = *TRY(world.store.Find(txn, *ParsePublicId(assigned)));
    return absl::OkStatus();
  }),
              IsOk());
  return record;
}

rpc::Call CallOf(Officers& world, Who who) {
  switch (who) {
    case Who::kClaimant:
    case Who::kNotMe:
      return world.Portal();
    case Who::kContact:
      return world.Signed("bob");
    case Who::kPrincipal:
      return world.Signed("alice");
    case Who::kStranger:
      return world.Signed("carol");
    case Who::kOperator:
      return world.Operator();
    case Who::kFirstOfficer:
    case Who::kSecondOfficer:
      return world.Bank();
  }
  return world.Portal();
}

Hands HandsOf(Officers& world, Who who, const Officers::Case& c) {
  Hands hands;
  hands.who = who;
  hands.call = CallOf(world, who);
  hands.assigned = c.assigned;
  const Recovery record = RecordOf(world, c.assigned);
  // Whoever does not know the capability tries what he knows.
  hands.name = who == Who::kClaimant ? c.name : "recoveries/" + record.id.text();
  hands.token = world.tokens.NotMeOf(record.id, record.nonce);
  hands.grant = c.grant.empty() ? "no-grant" : c.grant;
  const auto code = [&](const char* phone) {
    return world.otp.CodeTo(phone).empty() ? "123456" : world.otp.CodeTo(phone);
  };
  hands.own_code = code(kAlicePhone);
  hands.contact_code = code(kBobPhone);
  return hands;
}

// Everything by which somebody could notice a step.
struct Traces {
  std::string store;
  size_t messages, cancelled, notices, events;
  int resets, compared;
  friend bool operator==(const Traces&, const Traces&) = default;
};
Traces TracesOf(Officers& world) {
  return {world.Dump(),
          world.otp.messages.size(),
          world.otp.cancelled.size(),
          world.identity.notices.size(),
          world.Events().size(),
          world.identity.resets(),
          world.otp.compared()};
}

// Alice's recovery in one state. A step that is refused leaves it as it was, so that it serves for the next.
struct Scene {
  explicit Scene(State state) : c(Bring(world, state)) {
    EXPECT_EQ(RecordOf(world, c.assigned).state, state);
  }
  Officers world;
  Officers::Case c;
};

class Matrix {
 public:
  void Walk() {
    const auto* service =
        pb::StartRecoveryRequest::descriptor()->file()->FindServiceByName("RecoveryService");
    const std::map<std::string, Step> steps = Steps();
    for (const State state : kAllStates) {
      scene_.reset();
      ForEveryMethod(
          *service, steps, [&](const google::protobuf::MethodDescriptor& method, const Step& step) {
            for (const Who who : kEverybody) {
              SCOPED_TRACE(::testing::Message()
                           << method.name() << " in " << StateName(state) << " by " << static_cast<int>(who));
              // No rule of this contract names a peer.
              const bool admitted = Admits(method, RoleOf(who), "", SignedIn(who));
              admitted ? Try(method.name(), step, state, who) : void(++tally_.gate);
            }
          });
    }
  }
  const Tally& tally() const { return tally_; }
  // Whether a call has taken it.
  bool Taken(const RecoveryTransition& row) const {
    return rows_.count({row.from, row.trigger, row.actor}) != 0;
  }

 private:
  void Try(const std::string& method, const Step& step, State state, Who who) {
    if (scene_ == nullptr) scene_ = std::make_unique<Scene>(state);
    Officers& world = scene_->world;
    const Recovery before = RecordOf(world, scene_->c.assigned);
    const Traces traces = TracesOf(world);
    const uint64_t revision = world.db->revision();
    const absl::Status status = step.take(world, HandsOf(world, who, scene_->c));
    const Recovery after = RecordOf(world, scene_->c.assigned);
    const bool begins = method == "StartRecovery" || (method == "StartInPersonRecovery" && IsFinal(state));
    const RecoveryTransition* const row = begins ? nullptr : RowOf(step, state, who);
    if (begins || row != nullptr) scene_.reset();
    if (begins) {  // another recovery; this one is not touched
      ++tally_.apart;
      EXPECT_THAT(status, IsOk());
      EXPECT_EQ(after, before);
    } else if (row != nullptr) {
      ++tally_.taken;
      EXPECT_THAT(status, IsOk());
      EXPECT_EQ(after.state, row->to);
      rows_.emplace(row->from, row->trigger, row->actor);
    } else {
      ++(step.trigger.has_value() ? tally_.refused : tally_.apart);
      const bool has_read = !step.trigger.has_value() && status.ok();
      EXPECT_TRUE(has_read || IsRefusal(status)) << status;
      EXPECT_EQ(TracesOf(world), traces);
      // Documents are charged before they are looked at, and given back.
      if (RoleOf(who) == opt::ROLE_PORTAL) {
        EXPECT_EQ(world.db->revision(), revision);
      }
    }
  }

  static const RecoveryTransition* RowOf(const Step& step, State state, Who who) {
    if (!step.trigger.has_value()) return nullptr;
    // The guard of this row is another officer.
    if (*step.trigger == Trigger::kConfirmInPerson && who == Who::kFirstOfficer) return nullptr;
    const std::optional<Actor> actor = ActorOf(who, *step.trigger);
    return actor.has_value() ? FindRow(state, *step.trigger, *actor) : nullptr;
  }

  std::unique_ptr<Scene> scene_;
  Tally tally_;
  std::set<std::tuple<State, Trigger, Actor>> rows_;
};

// What is in the table and not one call of one caller who has done all right.
bool IsApart(const RecoveryTransition& row) {
  if (row.actor == Actor::kSystem) return true;
  switch (row.trigger) {
    case Trigger::kProveUnguarded:  // of people whom nobody guards
    case Trigger::kProveInPerson:
    case Trigger::kRedeem:  // the first half of CompleteRecovery
    case Trigger::kBurnGrant:
    case Trigger::kExhaustAttempts:
      return true;
    default:
      return false;
  }
}

TEST(Matrix, DoesWhatTheTableSaysAndNothingElse) {
  Matrix matrix;
  matrix.Walk();
  const Tally& tally = matrix.tally();
  EXPECT_EQ(tally.all(), 11 * 18 * 8);
  EXPECT_EQ(tally.gate, 902) << "callers whom the contract keeps out, refused before any handler";
  EXPECT_EQ(tally.taken, 50);
  EXPECT_EQ(tally.refused, 375);
  EXPECT_EQ(tally.apart, 257) << "what only reads, or begins another recovery";
  for (const RecoveryTransition& row : Transitions()) {
    EXPECT_NE(matrix.Taken(row), IsApart(row))
        << StateName(row.from) << ": " << TriggerName(row.trigger) << " by " << ActorName(row.actor);
  }
}

}  // namespace
}  // namespace tc::recovery
