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
    return methods_.Serve("CreateAccount", context, in, out, handlers_.accounts,
                          &AccountHandlers::CreateAccount);
  }
  Reactor* GetAccount(Context* context, const pb::GetAccountRequest* in, pb::Account* out) override {
    return methods_.ServeAtOnce("GetAccount", context, in, out, handlers_.accounts,
                                &AccountHandlers::GetAccount);
  }
  Reactor* ListAccounts(Context* context, const pb::ListAccountsRequest* in,
                        pb::ListAccountsResponse* out) override {
    return methods_.Serve("ListAccounts", context, in, out, handlers_.accounts,
                          &AccountHandlers::ListAccounts);
  }
  Reactor* UpdateAccount(Context* context, const pb::UpdateAccountRequest* in, pb::Account* out) override {
    return methods_.Serve("UpdateAccount", context, in, out, handlers_.accounts,
                          &AccountHandlers::UpdateAccount);
  }
  Reactor* DeleteAccount(Context* context, const pb::DeleteAccountRequest* in, pb::Account* out) override {
    return methods_.Serve("DeleteAccount", context, in, out, handlers_.accounts,
                          &AccountHandlers::DeleteAccount);
  }
  Reactor* ConfirmAccount(Context* context, const pb::ConfirmAccountRequest* in, pb::Account* out) override {
    return methods_.Serve("ConfirmAccount", context, in, out, handlers_.accounts,
                          &AccountHandlers::ConfirmAccount);
  }
  Reactor* BlockAccount(Context* context, const pb::BlockAccountRequest* in, pb::Account* out) override {
    return methods_.Serve("BlockAccount", context, in, out, handlers_.accounts,
                          &AccountHandlers::BlockAccount);
  }
  Reactor* UnblockAccount(Context* context, const pb::UnblockAccountRequest* in, pb::Account* out) override {
    return methods_.Serve("UnblockAccount", context, in, out, handlers_.accounts,
                          &AccountHandlers::UnblockAccount);
  }
  Reactor* FreezeAccount(Context* context, const pb::FreezeAccountRequest* in, pb::Account* out) override {
    return methods_.Serve("FreezeAccount", context, in, out, handlers_.accounts,
                          &AccountHandlers::FreezeAccount);
  }
  Reactor* UnfreezeAccount(Context* context, const pb::UnfreezeAccountRequest* in,
                           pb::Account* out) override {
    return methods_.Serve("UnfreezeAccount", context, in, out, handlers_.accounts,
                          &AccountHandlers::UnfreezeAccount);
  }
  Reactor* UnlockAccount(Context* context, const pb::UnlockAccountRequest* in, pb::Account* out) override {
    return methods_.Serve("UnlockAccount", context, in, out, handlers_.accounts,
                          &AccountHandlers::UnlockAccount);
  }
  Reactor* CheckEligibility(Context* context, const pb::CheckEligibilityRequest* in,
                            pb::Eligibility* out) override {
    return methods_.ServeAtOnce("CheckEligibility", context, in, out, handlers_.eligibility,
                                &EligibilityHandlers::CheckEligibility);
  }
  Reactor* MatchContact(Context* context, const pb::MatchContactRequest* in,
                        pb::MatchContactResponse* out) override {
    return methods_.ServeAtOnce("MatchContact", context, in, out, handlers_.eligibility,
                                &EligibilityHandlers::MatchContact);
  }
  Reactor* CompareAccounts(Context* context, const pb::CompareAccountsRequest* in,
                           pb::CompareAccountsResponse* out) override {
    return methods_.ServeAtOnce("CompareAccounts", context, in, out, handlers_.eligibility,
                                &EligibilityHandlers::CompareAccounts);
  }
  Reactor* CheckDocument(Context* context, const pb::CheckDocumentRequest* in,
                         pb::CheckDocumentResponse* out) override {
    return methods_.ServeAtOnce("CheckDocument", context, in, out, handlers_.eligibility,
                                &EligibilityHandlers::CheckDocument);
  }
  Reactor* NotifyPerson(Context* context, const pb::NotifyPersonRequest* in,
                        pb::NotifyPersonResponse* out) override {
    return methods_.Serve("NotifyPerson", context, in, out, handlers_.notices, &NoticeHandlers::NotifyPerson);
  }
  Reactor* PermitPhoneChange(Context* context, const pb::PermitPhoneChangeRequest* in,
                             pb::PhoneChangePermit* out) override {
    return methods_.Serve("PermitPhoneChange", context, in, out, handlers_.phones,
                          &PhoneHandlers::PermitPhoneChange);
  }
  Reactor* LookupAccount(Context* context, const pb::LookupAccountRequest* in,
                         pb::LookupAccountResponse* out) override {
    return methods_.ServeAtOnce("LookupAccount", context, in, out, handlers_.eligibility,
                                &EligibilityHandlers::LookupAccount);
  }
  Reactor* BindPhone(Context* context, const pb::BindPhoneRequest* in, pb::Phone* out) override {
    return methods_.Serve("BindPhone", context, in, out, handlers_.phones, &PhoneHandlers::BindPhone);
  }
  Reactor* ConfirmPhone(Context* context, const pb::ConfirmPhoneRequest* in, pb::Phone* out) override {
    return methods_.Serve("ConfirmPhone", context, in, out, handlers_.phones, &PhoneHandlers::ConfirmPhone);
  }
  Reactor* ListPhones(Context* context, const pb::ListPhonesRequest* in,
                      pb::ListPhonesResponse* out) override {
    return methods_.Serve("ListPhones", context, in, out, handlers_.phones, &PhoneHandlers::ListPhones);
  }
  Reactor* ReleasePhone(Context* context, const pb::ReleasePhoneRequest* in, pb::Phone* out) override {
    return methods_.Serve("ReleasePhone", context, in, out, handlers_.phones, &PhoneHandlers::ReleasePhone);
  }
  Reactor* ImportPhone(Context* context, const pb::ImportPhoneRequest* in, pb::Phone* out) override {
    return methods_.Serve("ImportPhone", context, in, out, handlers_.phones, &PhoneHandlers::ImportPhone);
  }
  Reactor* BindEmail(Context* context, const pb::BindEmailRequest* in, pb::EmailAddress* out) override {
    return methods_.Serve("BindEmail", context, in, out, handlers_.emails, &EmailHandlers::BindEmail);
  }
  Reactor* ConfirmEmail(Context* context, const pb::ConfirmEmailRequest* in, pb::EmailAddress* out) override {
    return methods_.Serve("ConfirmEmail", context, in, out, handlers_.emails, &EmailHandlers::ConfirmEmail);
  }
  Reactor* CheckPassword(Context* context, const pb::CheckPasswordRequest* in,
                         pb::CheckPasswordResponse* out) override {
    return methods_.Serve("CheckPassword", context, in, out, handlers_.passwords,
                          &PasswordHandlers::CheckPassword);
  }
  Reactor* SetPassword(Context* context, const pb::SetPasswordRequest* in, pb::Credential* out) override {
    return methods_.Serve("SetPassword", context, in, out, handlers_.passwords,
                          &PasswordHandlers::SetPassword);
  }
  Reactor* VerifyPassword(Context* context, const pb::VerifyPasswordRequest* in,
                          pb::VerifyPasswordResponse* out) override {
    return methods_.Serve("VerifyPassword", context, in, out, handlers_.sign_in,
                          &SignInHandlers::VerifyPassword);
  }
  Reactor* ResetPassword(Context* context, const pb::ResetPasswordRequest* in, pb::Credential* out) override {
    return methods_.Serve("ResetPassword", context, in, out, handlers_.passwords,
                          &PasswordHandlers::ResetPassword);
  }
  Reactor* RequirePasswordChange(Context* context, const pb::RequirePasswordChangeRequest* in,
                                 pb::Credential* out) override {
    return methods_.Serve("RequirePasswordChange", context, in, out, handlers_.passwords,
                          &PasswordHandlers::RequirePasswordChange);
  }
  Reactor* EnrollTotp(Context* context, const pb::EnrollTotpRequest* in, pb::TotpEnrollment* out) override {
    return methods_.Serve("EnrollTotp", context, in, out, handlers_.second_factor,
                          &SecondFactorHandlers::EnrollTotp);
  }
  Reactor* ConfirmTotp(Context* context, const pb::ConfirmTotpRequest* in,
                       pb::SecuritySettings* out) override {
    return methods_.Serve("ConfirmTotp", context, in, out, handlers_.second_factor,
                          &SecondFactorHandlers::ConfirmTotp);
  }
  Reactor* DisableTotp(Context* context, const pb::DisableTotpRequest* in,
                       pb::SecuritySettings* out) override {
    return methods_.Serve("DisableTotp", context, in, out, handlers_.second_factor,
                          &SecondFactorHandlers::DisableTotp);
  }
  Reactor* VerifySecondFactor(Context* context, const pb::VerifySecondFactorRequest* in,
                              pb::VerifySecondFactorResponse* out) override {
    return methods_.Serve("VerifySecondFactor", context, in, out, handlers_.second_step,
                          &SecondStepHandlers::VerifySecondFactor);
  }
  Reactor* GetSecuritySettings(Context* context, const pb::GetSecuritySettingsRequest* in,
                               pb::SecuritySettings* out) override {
    return methods_.Serve("GetSecuritySettings", context, in, out, handlers_.settings,
                          &SettingsHandlers::GetSecuritySettings);
  }
  Reactor* UpdateSecuritySettings(Context* context, const pb::UpdateSecuritySettingsRequest* in,
                                  pb::SecuritySettings* out) override {
    return methods_.Serve("UpdateSecuritySettings", context, in, out, handlers_.settings,
                          &SettingsHandlers::UpdateSecuritySettings);
  }
  Reactor* ListSecurityEvents(Context* context, const pb::ListSecurityEventsRequest* in,
                              pb::ListSecurityEventsResponse* out) override {
    return methods_.Serve("ListSecurityEvents", context, in, out, handlers_.journal,
                          &JournalHandlers::ListSecurityEvents);
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
