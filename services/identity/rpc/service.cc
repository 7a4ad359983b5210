#include "services/identity/rpc/service.h"

#include "common/rpc/unary.h"

namespace tc::identity {

std::shared_ptr<grpc::Service> MakeService(Handlers& handlers, rpc::Gate& gate) {
  rpc::ServiceBuilder service(gate, kServiceName);
  service.Serve("CreateAccount", handlers.accounts, &AccountHandlers::CreateAccount);
  service.ServeAtOnce("GetAccount", handlers.accounts, &AccountHandlers::GetAccount);
  service.Serve("ListAccounts", handlers.accounts, &AccountHandlers::ListAccounts);
  service.Serve("UpdateAccount", handlers.accounts, &AccountHandlers::UpdateAccount);
  service.Serve("DeleteAccount", handlers.accounts, &AccountHandlers::DeleteAccount);
  service.Serve("ConfirmAccount", handlers.accounts, &AccountHandlers::ConfirmAccount);
  service.Serve("BlockAccount", handlers.accounts, &AccountHandlers::BlockAccount);
  service.Serve("UnblockAccount", handlers.accounts, &AccountHandlers::UnblockAccount);
  service.Serve("FreezeAccount", handlers.accounts, &AccountHandlers::FreezeAccount);
  service.Serve("UnfreezeAccount", handlers.accounts, &AccountHandlers::UnfreezeAccount);
  service.Serve("UnlockAccount", handlers.accounts, &AccountHandlers::UnlockAccount);
  service.ServeAtOnce("CheckEligibility", handlers.eligibility, &EligibilityHandlers::CheckEligibility);
  service.ServeAtOnce("MatchContact", handlers.eligibility, &EligibilityHandlers::MatchContact);
  service.ServeAtOnce("CompareAccounts", handlers.eligibility, &EligibilityHandlers::CompareAccounts);
  service.ServeAtOnce("CheckDocument", handlers.eligibility, &EligibilityHandlers::CheckDocument);
  service.Serve("NotifyPerson", handlers.notices, &NoticeHandlers::NotifyPerson);
  service.Serve("PermitPhoneChange", handlers.phones, &PhoneHandlers::PermitPhoneChange);
  service.ServeAtOnce("LookupAccount", handlers.eligibility, &EligibilityHandlers::LookupAccount);
  service.Serve("BindPhone", handlers.phones, &PhoneHandlers::BindPhone);
  service.Serve("ConfirmPhone", handlers.phones, &PhoneHandlers::ConfirmPhone);
  service.Serve("ListPhones", handlers.phones, &PhoneHandlers::ListPhones);
  service.Serve("ReleasePhone", handlers.phones, &PhoneHandlers::ReleasePhone);
  service.Serve("ImportPhone", handlers.phones, &PhoneHandlers::ImportPhone);
  service.Serve("BindEmail", handlers.emails, &EmailHandlers::BindEmail);
  service.Serve("ConfirmEmail", handlers.emails, &EmailHandlers::ConfirmEmail);
  service.Serve("CheckPassword", handlers.passwords, &PasswordHandlers::CheckPassword);
  service.Serve("SetPassword", handlers.passwords, &PasswordHandlers::SetPassword);
  service.Serve("VerifyPassword", handlers.sign_in, &SignInHandlers::VerifyPassword);
  service.Serve("ResetPassword", handlers.passwords, &PasswordHandlers::ResetPassword);
  service.Serve("RequirePasswordChange", handlers.passwords, &PasswordHandlers::RequirePasswordChange);
  service.Serve("EnrollTotp", handlers.second_factor, &SecondFactorHandlers::EnrollTotp);
  service.Serve("ConfirmTotp", handlers.second_factor, &SecondFactorHandlers::ConfirmTotp);
  service.Serve("DisableTotp", handlers.second_factor, &SecondFactorHandlers::DisableTotp);
  service.Serve("VerifySecondFactor", handlers.second_step, &SecondStepHandlers::VerifySecondFactor);
  service.Serve("GetSecuritySettings", handlers.settings, &SettingsHandlers::GetSecuritySettings);
  service.Serve("UpdateSecuritySettings", handlers.settings, &SettingsHandlers::UpdateSecuritySettings);
  service.Serve("ListSecurityEvents", handlers.journal, &JournalHandlers::ListSecurityEvents);
  return service.Build();
}

}  // namespace tc::identity
