#pragma once

// The pieces of the matrix (matrix_test.cc): who calls, and what each method is in the two tables.

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "services/linking/rpc/world_testing.h"
#include "trustedcontact/options/v1/options.pb.h"

namespace tc::linking::matrix {

enum class Who { kPrincipal, kContact, kStranger, kRecovery, kOperator };
inline constexpr Who kEverybody[] = {Who::kPrincipal, Who::kContact, Who::kStranger, Who::kRecovery,
                                     Who::kOperator};

struct Caller {
  trustedcontact::options::v1::Role role;
  std::string name;            // the peer's
  std::string account;         // who is signed in; empty: nobody
  std::optional<Actor> actor;  // as whom the tables know him; nullopt: as nobody
};
inline Caller CallerOf(Who who) {
  using namespace trustedcontact::options::v1;
  switch (who) {
    case Who::kPrincipal:
      return {ROLE_PORTAL, "portal", "alice", Actor::kPrincipal};
    case Who::kContact:
      return {ROLE_PORTAL, "portal", "bob", Actor::kContact};
    case Who::kStranger:
      return {ROLE_PORTAL, "portal", "carol", std::nullopt};
    case Who::kRecovery:
      return {ROLE_SERVICE, "recovery", "", Actor::kService};
    case Who::kOperator:
      return {ROLE_OPERATOR, "anna", "", std::nullopt};
  }
  return {};
}

inline rpc::Call CallOf(World& world, const Caller& caller) {
  if (!caller.account.empty()) return world.As(caller.account);
  const bool service = caller.role == trustedcontact::options::v1::ROLE_SERVICE;
  return testing::FromPeer(service ? rpc::Role::kService : rpc::Role::kOperator, caller.name, world.now());
}

inline constexpr char kAbsentLink[] = "links/AAAAAAAAAAAAAAAAAAAAAA";

// What everybody knows and tries: no id is a secret here.
struct Scene {
  std::string invitation;  // invitations/…
  std::string link;        // links/…; of a link that never was where there is none
  std::string block;       // bob's block of dave
};

struct Step {
  std::optional<InvitationTrigger> invitation;
  std::optional<LinkTrigger> link;
  std::function<absl::Status(World&, const Scene&, const Caller&)> take;
  // Where no row is followed: whom it answers nevertheless, because it only reads, or touches another record.
  std::function<bool(Who, LinkState)> answers;
};

inline bool Nobody(Who, LinkState) { return false; }
inline bool Everybody(Who, LinkState) { return true; }
inline bool TheTwo(Who who, LinkState) { return who == Who::kPrincipal || who == Who::kContact; }

// The method, called with what `fill` puts into the request.
template <typename Request, typename Response>
auto Calls(absl::StatusOr<Response> (Handlers::*method)(const rpc::Call&, const Request&),
           std::function<void(Request&, const Scene&)> fill = nullptr) {
  return [=](World& world, const Scene& scene, const Caller& caller) {
    Request in;
    if (fill) fill(in, scene);
    return (world.handlers().*method)(CallOf(world, caller), in).status();
  };
}

inline void AddInvitationSteps(std::map<std::string, Step>& steps) {
  using On = InvitationTrigger;
  steps["CreateInvitation"] = {On::kInvite, std::nullopt,
                               [](World& world, const Scene&, const Caller& caller) {
                                 // Whoever is not alice begins something of his own.
                                 const char* whom = caller.account == "bob" ? "alice" : "bob";
                                 return world.Invite(caller.account, whom).status();
                               },
                               [](Who who, LinkState) { return who != Who::kPrincipal; }};
  steps["CancelInvitation"] = {
      On::kCancel, std::nullopt,
      Calls<pb::CancelInvitationRequest, pb::Invitation>(
          &Handlers::CancelInvitation, [](auto& in, const Scene& scene) { in.set_name(scene.invitation); }),
      Nobody};
  steps["DeclineInvitation"] = {
      On::kDecline, std::nullopt,
      Calls<pb::DeclineInvitationRequest, pb::Invitation>(
          &Handlers::DeclineInvitation, [](auto& in, const Scene& scene) { in.set_name(scene.invitation); }),
      Nobody};
  steps["AcceptInvitation"] = {On::kAccept, LinkTrigger::kAccept,
                               [](World& world, const Scene& scene, const Caller& caller) {
                                 return world.Accept(caller.account, scene.invitation).status();
                               },
                               Nobody};
  steps["GetInvitation"] = {
      std::nullopt, std::nullopt,
      Calls<pb::GetInvitationRequest, pb::Invitation>(
          &Handlers::GetInvitation, [](auto& in, const Scene& scene) { in.set_name(scene.invitation); }),
      TheTwo};
  steps["ListInvitations"] = {std::nullopt, std::nullopt,
                              Calls<pb::ListInvitationsRequest, pb::ListInvitationsResponse>(
                                  &Handlers::ListInvitations,
                                  [](auto& in, const Scene&) { in.set_view(pb::INVITATION_VIEW_RECEIVED); }),
                              Everybody};
  steps["ListBlockedSenders"] = {
      std::nullopt, std::nullopt,
      Calls<pb::ListBlockedSendersRequest, pb::ListBlockedSendersResponse>(&Handlers::ListBlockedSenders),
      Everybody};
  steps["UnblockSender"] = {
      std::nullopt, std::nullopt,
      Calls<pb::UnblockSenderRequest, pb::UnblockSenderResponse>(
          &Handlers::UnblockSender, [](auto& in, const Scene& scene) { in.set_name(scene.block); }),
      [](Who who, LinkState) { return who == Who::kContact; }};
}

inline void AddLinkSteps(std::map<std::string, Step>& steps) {
  using On = LinkTrigger;
  steps["RemoveTrustedContact"] = {
      std::nullopt, On::kRemove,
      Calls<pb::RemoveTrustedContactRequest, pb::Link>(
          &Handlers::RemoveTrustedContact, [](auto& in, const Scene& scene) { in.set_link(scene.link); }),
      Nobody};
  steps["Resign"] = {std::nullopt, On::kResign,
                     Calls<pb::ResignRequest, pb::Link>(
                         &Handlers::Resign, [](auto& in, const Scene& scene) { in.set_name(scene.link); }),
                     Nobody};
  steps["ReportDanger"] = {
      std::nullopt, On::kReportDanger,
      Calls<pb::ReportDangerRequest, pb::DangerReport>(
          &Handlers::ReportDanger, [](auto& in, const Scene& scene) { in.set_name(scene.link); }),
      Nobody};
  steps["GetTrustedContact"] = {
      std::nullopt, std::nullopt, Calls<pb::GetTrustedContactRequest, pb::Link>(&Handlers::GetTrustedContact),
      [](Who who, LinkState link) { return who == Who::kPrincipal && Guards(link); }};
  steps["ListPrincipals"] = {
      std::nullopt, std::nullopt,
      Calls<pb::ListPrincipalsRequest, pb::ListPrincipalsResponse>(&Handlers::ListPrincipals), Everybody};
  steps["ListLinkHistory"] = {
      std::nullopt, std::nullopt,
      Calls<pb::ListLinkHistoryRequest, pb::ListLinkHistoryResponse>(&Handlers::ListLinkHistory,
                                                                     [](auto& in, const Scene&) {
                                                                       in.set_account("accounts/alice");
                                                                       in.set_view(
                                                                           pb::LINK_VIEW_AS_PRINCIPAL);
                                                                     }),
      [](Who who, LinkState) { return who == Who::kPrincipal || who == Who::kOperator; }};
}

inline void AddGuardSteps(std::map<std::string, Step>& steps) {
  steps["GetGuard"] = {
      std::nullopt, std::nullopt,
      Calls<pb::GetGuardRequest, pb::Guard>(
          &Handlers::GetGuard, [](auto& in, const Scene&) { in.set_principal("accounts/alice"); }),
      Everybody};
  steps["HoldGuard"] = {std::nullopt, std::nullopt,
                        [](World& world, const Scene&, const Caller&) {
                          return world.Hold("alice", "r1", absl::Hours(1)).status();
                        },
                        Everybody};
  steps["RemoveGuard"] = {
      std::nullopt, LinkTrigger::kConfirmRemoval,
      [](World& world, const Scene& scene, const Caller&) {
        return world.RemoveGuard("alice", scene.link, "r1").status();
      },
      // A link that has ended already is an answer, too.
      [](Who, LinkState link) { return link == LinkState::kRemoved || link == LinkState::kResigned; }};
}

inline std::map<std::string, Step> Steps() {
  std::map<std::string, Step> steps;
  AddInvitationSteps(steps);
  AddLinkSteps(steps);
  AddGuardSteps(steps);
  return steps;
}

}  // namespace tc::linking::matrix
