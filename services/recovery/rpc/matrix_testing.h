#pragma once

// The pieces of the matrix (matrix_test.cc): who calls, with what in hands, and what each method is in the
// table.

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "services/recovery/rpc/officers_testing.h"
#include "trustedcontact/options/v1/options.pb.h"

namespace tc::recovery::matrix {

namespace opt = trustedcontact::options::v1;

using testing::kAlicePhone;
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
inline constexpr Who kEverybody[] = {Who::kClaimant, Who::kContact,  Who::kPrincipal,    Who::kNotMe,
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

inline absl::Status Cancelled(Officers& world, const Hands& hands) {
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

inline absl::Status Watched(Officers& world, const Hands& hands) {
  pb::WatchRecoveryRequest in;
  in.set_name(hands.name);
  const auto next = world.handlers.WatchRecovery(in, world.clock);
  return next.ok() ? (*next)(false).status() : next.status();
}

inline absl::Status Acknowledged(Officers& world, const Hands& hands) {
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

inline std::string OfficerOf(const Hands& hands) {
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

inline std::map<std::string, Step> Steps() {
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
inline std::optional<Actor> ActorOf(Who who, Trigger trigger) {
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

inline opt::Role RoleOf(Who who) {
  if (who == Who::kOperator) return opt::ROLE_OPERATOR;
  return who == Who::kFirstOfficer || who == Who::kSecondOfficer ? opt::ROLE_BANK : opt::ROLE_PORTAL;
}

inline bool SignedIn(Who who) {
  return who == Who::kContact || who == Who::kPrincipal || who == Who::kStranger;
}

}  // namespace tc::recovery::matrix
