#include "services/identity/rpc/service.h"

#include "common/rpc/unary.h"
#include "trustedcontact/identity/v1/identity.grpc.pb.h"

namespace tc::identity {
namespace {

using rpc::Context;
using rpc::Reactor;

class Service final : public pb::IdentityService::CallbackService {
 public:
  Service(Handlers& handlers, rpc::Gate& gate) : handlers_(handlers), methods_(gate, kServiceName) {}

  Reactor* CreateAccount(Context* context, const pb::CreateAccountRequest* in, pb::Account* out) override {
    return methods_.Serve("CreateAccount", context, in, out, handlers_, &Handlers::CreateAccount);
  }
  Reactor* GetAccount(Context* context, const pb::GetAccountRequest* in, pb::Account* out) override {
    return methods_.ServeAtOnce("GetAccount", context, in, out, handlers_, &Handlers::GetAccount);
  }
  Reactor* ListAccounts(Context* context, const pb::ListAccountsRequest* in,
                        pb::ListAccountsResponse* out) override {
    return methods_.Serve("ListAccounts", context, in, out, handlers_, &Handlers::ListAccounts);
  }
  Reactor* ConfirmAccount(Context* context, const pb::ConfirmAccountRequest* in, pb::Account* out) override {
    return methods_.Serve("ConfirmAccount", context, in, out, handlers_, &Handlers::ConfirmAccount);
  }
  Reactor* BlockAccount(Context* context, const pb::BlockAccountRequest* in, pb::Account* out) override {
    return methods_.Serve("BlockAccount", context, in, out, handlers_, &Handlers::BlockAccount);
  }
  Reactor* UnblockAccount(Context* context, const pb::UnblockAccountRequest* in, pb::Account* out) override {
    return methods_.Serve("UnblockAccount", context, in, out, handlers_, &Handlers::UnblockAccount);
  }
  Reactor* FreezeAccount(Context* context, const pb::FreezeAccountRequest* in, pb::Account* out) override {
    return methods_.Serve("FreezeAccount", context, in, out, handlers_, &Handlers::FreezeAccount);
  }
  Reactor* UnfreezeAccount(Context* context, const pb::UnfreezeAccountRequest* in,
                           pb::Account* out) override {
    return methods_.Serve("UnfreezeAccount", context, in, out, handlers_, &Handlers::UnfreezeAccount);
  }
  Reactor* UnlockAccount(Context* context, const pb::UnlockAccountRequest* in, pb::Account* out) override {
    return methods_.Serve("UnlockAccount", context, in, out, handlers_, &Handlers::UnlockAccount);
  }
  Reactor* CheckEligibility(Context* context, const pb::CheckEligibilityRequest* in,
                            pb::Eligibility* out) override {
    return methods_.ServeAtOnce("CheckEligibility", context, in, out, handlers_, &Handlers::CheckEligibility);
  }
  Reactor* MatchContact(Context* context, const pb::MatchContactRequest* in,
                        pb::MatchContactResponse* out) override {
    return methods_.ServeAtOnce("MatchContact", context, in, out, handlers_, &Handlers::MatchContact);
  }
  Reactor* LookupAccount(Context* context, const pb::LookupAccountRequest* in,
                         pb::LookupAccountResponse* out) override {
    return methods_.ServeAtOnce("LookupAccount", context, in, out, handlers_, &Handlers::LookupAccount);
  }
  Reactor* BindPhone(Context* context, const pb::BindPhoneRequest* in, pb::Phone* out) override {
    return methods_.Serve("BindPhone", context, in, out, handlers_, &Handlers::BindPhone);
  }
  Reactor* ConfirmPhone(Context* context, const pb::ConfirmPhoneRequest* in, pb::Phone* out) override {
    return methods_.Serve("ConfirmPhone", context, in, out, handlers_, &Handlers::ConfirmPhone);
  }
  Reactor* ListPhones(Context* context, const pb::ListPhonesRequest* in,
                      pb::ListPhonesResponse* out) override {
    return methods_.Serve("ListPhones", context, in, out, handlers_, &Handlers::ListPhones);
  }
  Reactor* ReleasePhone(Context* context, const pb::ReleasePhoneRequest* in, pb::Phone* out) override {
    return methods_.Serve("ReleasePhone", context, in, out, handlers_, &Handlers::ReleasePhone);
  }
  Reactor* CheckPassword(Context* context, const pb::CheckPasswordRequest* in,
                         pb::CheckPasswordResponse* out) override {
    return methods_.Serve("CheckPassword", context, in, out, handlers_, &Handlers::CheckPassword);
  }
  Reactor* SetPassword(Context* context, const pb::SetPasswordRequest* in, pb::Credential* out) override {
    return methods_.Serve("SetPassword", context, in, out, handlers_, &Handlers::SetPassword);
  }
  Reactor* VerifyPassword(Context* context, const pb::VerifyPasswordRequest* in,
                          pb::VerifyPasswordResponse* out) override {
    return methods_.Serve("VerifyPassword", context, in, out, handlers_, &Handlers::VerifyPassword);
  }
  Reactor* ResetPassword(Context* context, const pb::ResetPasswordRequest* in, pb::Credential* out) override {
    return methods_.Serve("ResetPassword", context, in, out, handlers_, &Handlers::ResetPassword);
  }
  Reactor* ListSecurityEvents(Context* context, const pb::ListSecurityEventsRequest* in,
                              pb::ListSecurityEventsResponse* out) override {
    return methods_.Serve("ListSecurityEvents", context, in, out, handlers_, &Handlers::ListSecurityEvents);
  }

 private:
  Handlers& handlers_;
  rpc::Methods methods_;
};

}  // namespace

std::shared_ptr<grpc::Service> MakeService(Handlers& handlers, rpc::Gate& gate) {
  return std::make_shared<Service>(handlers, gate);
}

}  // namespace tc::identity
