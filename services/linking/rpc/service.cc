#include "services/linking/rpc/service.h"

#include "common/rpc/unary.h"
#include "services/linking/rpc/handlers.h"
#include "trustedcontact/linking/v1/linking.grpc.pb.h"

namespace tc::linking {
namespace {

using rpc::Context;
using rpc::Reactor;

class Service final : public pb::LinkingService::CallbackService {
 public:
  Service(Handlers& handlers, rpc::Gate& gate)
      : handlers_(handlers), methods_(gate, "trustedcontact.linking.v1.LinkingService") {}

  Reactor* CreateInvitation(Context* context, const pb::CreateInvitationRequest* in,
                            pb::Invitation* out) override {
    return methods_.Serve("CreateInvitation", context, in, out, handlers_, &Handlers::CreateInvitation);
  }
  Reactor* CancelInvitation(Context* context, const pb::CancelInvitationRequest* in,
                            pb::Invitation* out) override {
    return methods_.Serve("CancelInvitation", context, in, out, handlers_, &Handlers::CancelInvitation);
  }
  Reactor* GetInvitation(Context* context, const pb::GetInvitationRequest* in, pb::Invitation* out) override {
    return methods_.Serve("GetInvitation", context, in, out, handlers_, &Handlers::GetInvitation);
  }
  Reactor* ListInvitations(Context* context, const pb::ListInvitationsRequest* in,
                           pb::ListInvitationsResponse* out) override {
    return methods_.Serve("ListInvitations", context, in, out, handlers_, &Handlers::ListInvitations);
  }
  Reactor* AcceptInvitation(Context* context, const pb::AcceptInvitationRequest* in, pb::Link* out) override {
    return methods_.ServeAtOnce("AcceptInvitation", context, in, out, handlers_, &Handlers::AcceptInvitation);
  }
  Reactor* DeclineInvitation(Context* context, const pb::DeclineInvitationRequest* in,
                             pb::Invitation* out) override {
    return methods_.Serve("DeclineInvitation", context, in, out, handlers_, &Handlers::DeclineInvitation);
  }
  Reactor* GetTrustedContact(Context* context, const pb::GetTrustedContactRequest* in,
                             pb::Link* out) override {
    return methods_.ServeAtOnce("GetTrustedContact", context, in, out, handlers_,
                                &Handlers::GetTrustedContact);
  }
  Reactor* ListPrincipals(Context* context, const pb::ListPrincipalsRequest* in,
                          pb::ListPrincipalsResponse* out) override {
    return methods_.Serve("ListPrincipals", context, in, out, handlers_, &Handlers::ListPrincipals);
  }
  Reactor* RemoveTrustedContact(Context* context, const pb::RemoveTrustedContactRequest* in,
                                pb::Link* out) override {
    return methods_.Serve("RemoveTrustedContact", context, in, out, handlers_,
                          &Handlers::RemoveTrustedContact);
  }
  Reactor* Resign(Context* context, const pb::ResignRequest* in, pb::Link* out) override {
    return methods_.Serve("Resign", context, in, out, handlers_, &Handlers::Resign);
  }
  Reactor* ReportDanger(Context* context, const pb::ReportDangerRequest* in, pb::DangerReport* out) override {
    return methods_.Serve("ReportDanger", context, in, out, handlers_, &Handlers::ReportDanger);
  }
  Reactor* ListBlockedSenders(Context* context, const pb::ListBlockedSendersRequest* in,
                              pb::ListBlockedSendersResponse* out) override {
    return methods_.Serve("ListBlockedSenders", context, in, out, handlers_, &Handlers::ListBlockedSenders);
  }
  Reactor* UnblockSender(Context* context, const pb::UnblockSenderRequest* in,
                         pb::UnblockSenderResponse* out) override {
    return methods_.Serve("UnblockSender", context, in, out, handlers_, &Handlers::UnblockSender);
  }
  Reactor* GetGuard(Context* context, const pb::GetGuardRequest* in, pb::Guard* out) override {
    return methods_.ServeAtOnce("GetGuard", context, in, out, handlers_, &Handlers::GetGuard);
  }
  Reactor* HoldGuard(Context* context, const pb::HoldGuardRequest* in, pb::Guard* out) override {
    return methods_.Serve("HoldGuard", context, in, out, handlers_, &Handlers::HoldGuard);
  }
  Reactor* RemoveGuard(Context* context, const pb::RemoveGuardRequest* in, pb::Guard* out) override {
    return methods_.Serve("RemoveGuard", context, in, out, handlers_, &Handlers::RemoveGuard);
  }
  Reactor* ListLinkHistory(Context* context, const pb::ListLinkHistoryRequest* in,
                           pb::ListLinkHistoryResponse* out) override {
    return methods_.Serve("ListLinkHistory", context, in, out, handlers_, &Handlers::ListLinkHistory);
  }

 private:
  Handlers& handlers_;
  rpc::Methods methods_;
};

}  // namespace

std::shared_ptr<grpc::Service> MakeService(Handlers& handlers, rpc::Gate& gate) {
  return std::make_shared<Service>(handlers, gate);
}

}  // namespace tc::linking
