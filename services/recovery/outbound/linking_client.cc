#include "services/recovery/outbound/linking_client.h"

#include <string>

#include "common/base/status.h"
#include "common/rpc/client.h"
#include "trustedcontact/linking/v1/linking.grpc.pb.h"

namespace tc::recovery {
namespace {

namespace pb = trustedcontact::linking::v1;

// An answer that cannot be understood must not look like "nobody guards".
absl::StatusOr<GuardNow> FromAnswer(const pb::Guard& answer) {
  GuardNow guard;
  guard.guarded = answer.guarded();
  if (!guard.guarded) return guard;
  absl::StatusOr<LinkId> link = LinkId::ParseName(answer.link());
  absl::StatusOr<AccountId> contact = AccountId::ParseName(answer.contact());
  if (!link.ok() || !contact.ok()) return absl::InternalError("linking answered with a name that is none");
  guard.link = *link;
  guard.contact = *contact;
  return guard;
}

class Client final : public LinkingPeer {
 public:
  explicit Client(const rpc::PeerChannel& channel)
      : channel_(&channel), stub_(pb::LinkingService::NewStub(channel.channel())) {}

  absl::StatusOr<GuardNow> GetGuard(const AccountId& principal, absl::Time deadline) override {
    pb::GetGuardRequest request;
    request.set_principal(principal.Name());
    return FromAnswer(
        TRY(rpc::Ask(*channel_, *stub_, &pb::LinkingService::Stub::GetGuard, request, deadline)));
  }

  absl::StatusOr<GuardNow> HoldGuard(const AccountId& principal, const PublicId& recovery, absl::Time until,
                                     const std::string& request_id, absl::Time deadline) override {
    pb::HoldGuardRequest request;
    request.set_principal(principal.Name());
    request.set_recovery(recovery.text());
    request.mutable_until()->set_seconds(absl::ToUnixSeconds(until));
    request.set_request_id(request_id);
    return FromAnswer(
        TRY(rpc::Ask(*channel_, *stub_, &pb::LinkingService::Stub::HoldGuard, request, deadline)));
  }

  absl::Status RemoveGuard(const AccountId& principal, const LinkId& link, const PublicId& recovery,
                           const std::string& request_id, absl::Time deadline) override {
    pb::RemoveGuardRequest request;
    request.set_principal(principal.Name());
    request.set_link(link.Name());
    request.set_recovery(recovery.text());
    request.set_request_id(request_id);
    return rpc::Ask(*channel_, *stub_, &pb::LinkingService::Stub::RemoveGuard, request, deadline).status();
  }

 private:
  const rpc::PeerChannel* channel_;
  std::unique_ptr<pb::LinkingService::Stub> stub_;
};

}  // namespace

std::unique_ptr<LinkingPeer> MakeLinkingClient(const rpc::PeerChannel& channel) {
  return std::make_unique<Client>(channel);
}

}  // namespace tc::recovery
