// Every state × every method × every kind of caller, on the real handlers (REC-03). What is expected is read
// off the table of domain/state.h and off the rules of the contract, so that neither can say what the
// handlers do not do. What is refused writes nothing and tells nobody.

#include <gmock/gmock.h>

#include <set>
#include <tuple>

#include "services/recovery/rpc/officers_testing.h"
#include "services/recovery/rpc/recorder.h"
#include "trustedcontact/options/v1/options.pb.h"

namespace tc::recovery {
namespace {

namespace opt = trustedcontact::options::v1;

using enum absl::StatusCode;
using testing::IsOk;
using testing::kAlicePhone;
using testing::kBobPhone;
using testing::Officers;

enum class Who {
  kClaimant,
  kContact,
  kPrincipal,
  kNotMe,
  kStranger,
  kOperator,
  kFirstOfficer,
  kSecondOfficer
};
constexpr Who kEverybody[] = {Who::kClaimant, Who::kContact,  Who::kPrincipal,    Who::kNotMe,
                              Who::kStranger, Who::kOperator, Who::kFirstOfficer, Who::kSecondOfficer};

// What one of them has in hands. Only the claimant knows the capability, only the principal's messages the
// token; the public id is no secret here.
struct Hands {
  Who who = Who::kClaimant;
  rpc::Call call;
  std::string name;      // recoveries/…
  std::string assigned;  // assignedRecoveries/…
  std::string token;
  std::string grant, own_code, contact_code;
};

absl::Status Cancelled(Officers& world, const Hands& hands) {
  pb::CancelRecoveryRequest in;
  if (hands.who == Who::kClaimant) {
    in.set_name(hands.name);
  } else if (hands.who == Who::kNotMe) {
    in.set_not_me_token(hands.token);
  } else {
    in.set_principal("accounts/alice");
  }
  return world.handlers.CancelRecovery(hands.call, in).status();
}

absl::Status Watched(Officers& world, const Hands& hands) {
  pb::WatchRecoveryRequest in;
  in.set_name(hands.name);
  const auto next = world.handlers.WatchRecovery(in, world.clock);
  return next.ok() ? (*next)(false).status() : next.status();
}

absl::Status Acknowledged(Officers& world, const Hands& hands) {
  pb::AcknowledgeWarningRequest in;
  in.set_name(hands.assigned);
  in.set_warning_version(CurrentWarning().version);
  for (const auto& [question, yes] : testing::AllAnswers()) {
    pb::WarningAnswer& answer = *in.add_answers();
    answer.set_question(question);
    answer.set_yes(yes);
  }
  return world.handlers.AcknowledgeWarning(hands.call, in).status();
}

std::string OfficerOf(const Hands& hands) {
  if (hands.who == Who::kOperator) return "anna";
  return hands.who == Who::kFirstOfficer ? "ivanov" : "petrova";
}

struct Step {
  std::optional<Trigger> trigger;  // nullopt: reads, or begins a recovery of its own
  std::function<absl::Status(Officers&, const Hands&)> take;
};

template <typename Request, typename Response>
auto ByName(absl::StatusOr<Response> (Handlers::*method)(const rpc::Call&, const Request&),
            std::string Hands::*name, std::function<void(Request&, const Hands&)> fill = nullptr) {
  return [=](Officers& world, const Hands& hands) {
    Request in;
    in.set_name(hands.*name);
    if (fill) fill(in, hands);
    return (world.handlers.*method)(hands.call, in).status();
  };
}

std::map<std::string, Step> Steps() {
  using H = Handlers;
  std::map<std::string, Step> steps;
  steps["StartRecovery"] = {std::nullopt, [](Officers& world, const Hands& hands) {
                              return world.Start(kAlicePhone, hands.call).status();
                            }};
  steps["VerifyClaimant"] = {Trigger::kProveGuarded,
                             ByName<pb::VerifyClaimantRequest, pb::Recovery>(
                                 &H::VerifyClaimant, &Hands::name,
                                 [](auto& in, const Hands& hands) { in.set_code(hands.own_code); })};
  steps["ResendClaimantCode"] = {Trigger::kResendOwnCode, ByName<pb::ResendClaimantCodeRequest, pb::Recovery>(
                                                              &H::ResendClaimantCode, &Hands::name)};
  steps["GetRecovery"] = {std::nullopt,
                          ByName<pb::GetRecoveryRequest, pb::Recovery>(&H::GetRecovery, &Hands::name)};
  steps["WatchRecovery"] = {std::nullopt, Watched};
  steps["CancelRecovery"] = {Trigger::kCancel, Cancelled};
  steps["ListAssignedRecoveries"] = {std::nullopt, [](Officers& world, const Hands& hands) {
                                       return world.handlers.ListAssignedRecoveries(hands.call, {}).status();
                                     }};
  steps["GetAssignedRecovery"] = {std::nullopt, ByName<pb::GetAssignedRecoveryRequest, pb::AssignedRecovery>(
                                                    &H::GetAssignedRecovery, &Hands::assigned)};
  steps["AcknowledgeWarning"] = {Trigger::kAcknowledge, Acknowledged};
  steps["SendContactCode"] = {
      Trigger::kSendContactCode,
      ByName<pb::SendContactCodeRequest, pb::AssignedRecovery>(&H::SendContactCode, &Hands::assigned)};
  steps["ApproveRecovery"] = {Trigger::kApprove,
                              ByName<pb::ApproveRecoveryRequest, pb::AssignedRecovery>(
                                  &H::ApproveRecovery, &Hands::assigned,
                                  [](auto& in, const Hands& hands) { in.set_code(hands.contact_code); })};
  steps["RejectRecovery"] = {Trigger::kReject,
                             ByName<pb::RejectRecoveryRequest, pb::AssignedRecovery>(
                                 &H::RejectRecovery, &Hands::assigned,
                                 [](auto& in, const Hands&) { in.set_reason(pb::REJECT_REASON_OTHER); })};
  steps["CompleteRecovery"] = {Trigger::kComplete,
                               ByName<pb::CompleteRecoveryRequest, pb::Recovery>(
                                   &H::CompleteRecovery, &Hands::name, [](auto& in, const Hands& hands) {
                                     in.set_grant(hands.grant);
                                     in.set_new_password("a good new password 1");
                                   })};
  steps["ListRecoveries"] = {std::nullopt, [](Officers& world, const Hands& hands) {
                               return world.handlers.ListRecoveries(hands.call, {}).status();
                             }};
  steps["HoldRecovery"] = {Trigger::kHold, ByName<pb::HoldRecoveryRequest, pb::RecoverySummary>(
                                               &H::HoldRecovery, &Hands::assigned,
                                               [](auto& in, const Hands&) { in.set_comment("why"); })};
  steps["ReleaseRecovery"] = {Trigger::kRelease, ByName<pb::ReleaseRecoveryRequest, pb::RecoverySummary>(
                                                     &H::ReleaseRecovery, &Hands::assigned,
                                                     [](auto& in, const Hands&) { in.set_comment("why"); })};
  steps["StartInPersonRecovery"] = {Trigger::kStartInPerson, [](Officers& world, const Hands& hands) {
                                      return world.handlers
                                          .StartInPersonRecovery(
                                              hands.call, world.InPersonRequest("alice", OfficerOf(hands), 2))
                                          .status();
                                    }};
  steps["ConfirmInPersonRecovery"] = {
      Trigger::kConfirmInPerson, [](Officers& world, const Hands& hands) {
        return world.handlers
            .ConfirmInPersonRecovery(hands.call,
                                     world.ConfirmRequest(hands.assigned, "alice", OfficerOf(hands)))
            .status();
      }};
  return steps;
}

// The actor of the table as whom `who` takes this step; nullopt: as nobody.
std::optional<Actor> ActorOf(Who who, Trigger trigger) {
  const bool in_person = trigger == Trigger::kStartInPerson || trigger == Trigger::kConfirmInPerson;
  switch (who) {
    case Who::kClaimant:
      return Actor::kClaimant;
    case Who::kContact:
      // His own account's recovery is not this one.
      return trigger == Trigger::kCancel ? std::nullopt : std::optional(Actor::kContact);
    case Who::kPrincipal:
      return Actor::kPrincipal;
    case Who::kNotMe:
      return trigger == Trigger::kCancel ? std::optional(Actor::kPrincipal) : std::nullopt;
    case Who::kStranger:
      return std::nullopt;
    case Who::kOperator:
      return in_person ? Actor::kOfficer : Actor::kOperator;
    case Who::kFirstOfficer:
    case Who::kSecondOfficer:
      return Actor::kOfficer;
  }
  return std::nullopt;
}

opt::Role RoleOf(Who who) {
  if (who == Who::kOperator) return opt::ROLE_OPERATOR;
  return who == Who::kFirstOfficer || who == Who::kSecondOfficer ? opt::ROLE_BANK : opt::ROLE_PORTAL;
}

// Whether the contract lets him come so far as to the handler.
bool MayCall(const google::protobuf::MethodDescriptor& method, Who who) {
  const bool signed_in = who == Who::kContact || who == Who::kPrincipal || who == Who::kStranger;
  for (const opt::Caller& caller : method.options().GetExtension(opt::rules).callers()) {
    if (caller.role() == RoleOf(who) && (caller.party() == opt::PARTY_UNSPECIFIED || signed_in)) return true;
  }
  return false;
}

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

struct Tally {
  int gate = 0, taken = 0, refused = 0, apart = 0;
  std::set<std::tuple<State, Trigger, Actor>> rows;  // that a call has taken
};

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
    for (const State state : kAllStates) {
      scene_.reset();
      for (int m = 0; m < service->method_count(); ++m) {
        const google::protobuf::MethodDescriptor& method = *service->method(m);
        ASSERT_EQ(steps_.count(method.name()), 1U) << method.name() << " is not in the matrix";
        for (const Who who : kEverybody) {
          SCOPED_TRACE(::testing::Message()
                       << method.name() << " in " << StateName(state) << " by " << static_cast<int>(who));
          MayCall(method, who) ? Try(method.name(), state, who) : void(++tally_.gate);
        }
      }
    }
  }
  const Tally& tally() const { return tally_; }

 private:
  void Try(const std::string& method, State state, Who who) {
    if (scene_ == nullptr) scene_ = std::make_unique<Scene>(state);
    Officers& world = scene_->world;
    const Step& step = steps_.at(method);
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
      tally_.rows.emplace(row->from, row->trigger, row->actor);
    } else {
      ++(step.trigger.has_value() ? tally_.refused : tally_.apart);
      const bool has_read = !step.trigger.has_value() && status.ok();
      EXPECT_TRUE(has_read || status.code() == kFailedPrecondition || status.code() == kNotFound) << status;
      EXPECT_EQ(TracesOf(world), traces);
      // Documents are charged before they are looked at, and given back.
      if (RoleOf(who) == opt::ROLE_PORTAL) EXPECT_EQ(world.db->revision(), revision);
    }
  }

  static const RecoveryTransition* RowOf(const Step& step, State state, Who who) {
    if (!step.trigger.has_value()) return nullptr;
    // The guard of this row is another officer.
    if (*step.trigger == Trigger::kConfirmInPerson && who == Who::kFirstOfficer) return nullptr;
    const std::optional<Actor> actor = ActorOf(who, *step.trigger);
    return actor.has_value() ? FindRow(state, *step.trigger, *actor) : nullptr;
  }

  const std::map<std::string, Step> steps_ = Steps();
  std::unique_ptr<Scene> scene_;
  Tally tally_;
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
    case Trigger::kCancel:
      return row.actor == Actor::kOperator;  // has no method yet
    default:
      return false;
  }
}

TEST(Matrix, DoesWhatTheTableSaysAndNothingElse) {
  Matrix matrix;
  matrix.Walk();
  const Tally& tally = matrix.tally();
  EXPECT_EQ(tally.gate + tally.taken + tally.refused + tally.apart, 11 * 18 * 8);
  EXPECT_EQ(tally.gate, 902) << "callers whom the contract keeps out, refused before any handler";
  EXPECT_EQ(tally.taken, 50);
  EXPECT_EQ(tally.refused, 375);
  EXPECT_EQ(tally.apart, 257) << "what only reads, or begins another recovery";
  for (const RecoveryTransition& row : Transitions()) {
    EXPECT_EQ(tally.rows.count({row.from, row.trigger, row.actor}), IsApart(row) ? 0U : 1U)
        << StateName(row.from) << ": " << TriggerName(row.trigger) << " by " << ActorName(row.actor);
  }
}

}  // namespace
}  // namespace tc::recovery
