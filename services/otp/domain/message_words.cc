#include "services/otp/domain/message_words.h"

#include <algorithm>
#include <iterator>

namespace tc::otp {
namespace {

struct PurposeWords {
  Purpose purpose;
  Words action;
};
constexpr PurposeWords kPurposes[] = {
    {Purpose::kPhoneBinding, {"привязка телефона", "adding your phone"}},
    {Purpose::kEmailBinding, {"привязка почты", "adding your e-mail"}},
    {Purpose::kRecoveryClaim, {"восстановление доступа", "account recovery"}},
    {Purpose::kRecoveryApproval, {"подтвердить восстановление", "approve account recovery"}},
    {Purpose::kSecondFactor, {"вход в аккаунт", "sign-in"}},
};

// In the order of the contract's numbers.
constexpr TemplateWords kTemplates[] = {
    {Template::kInvitationReceived,
     "INVITATION_RECEIVED",
     false,
     {"Вас приглашают стать доверенным контактом{person}. Откройте личный кабинет.",
      "You are invited to be a trusted contact{person}. Open your account."}},
    {Template::kContactLinked,
     "CONTACT_LINKED",
     true,
     {"Приглашение принято, у вас есть доверенный контакт{person}.",
      "Your invitation was accepted. Your trusted contact{person}."}},
    {Template::kPrincipalLinked,
     "PRINCIPAL_LINKED",
     true,
     {"Вы стали доверенным контактом{person}.", "You are now a trusted contact{person}."}},
    {Template::kInvitationEnded,
     "INVITATION_ENDED",
     true,
     {"Приглашение доверенного контакта отклонено или истекло.",
      "Your trusted contact invitation has ended."}},
    {Template::kContactRemoved,
     "CONTACT_REMOVED",
     true,
     {"Доверенный контакт отключён{person}.", "The trusted contact was removed{person}."}},
    {Template::kContactResigned,
     "CONTACT_RESIGNED",
     true,
     {"Доверенный контакт отказался от своей роли{person}.", "The trusted contact has resigned{person}."}},
    {Template::kContactSuspended,
     "CONTACT_SUSPENDED",
     true,
     {"Доверенный контакт сейчас не может подтверждать запросы{person}.",
      "Your trusted contact cannot confirm requests now{person}."}},
    {Template::kContactReminder,
     "CONTACT_REMINDER",
     true,
     {"Проверьте, верен ли ваш доверенный контакт{person}.", "Is this still your trusted contact{person}?"}},
    {Template::kDangerReported,
     "DANGER_REPORTED",
     true,
     {"Доверенный контакт сообщил об опасности{person}. Изменения защиты приостановлены.",
      "Your trusted contact reported danger{person}. Security changes are frozen."}},
    {Template::kRecoveryStarted,
     "RECOVERY_STARTED",
     true,
     {"Начато восстановление доступа. Это не вы? Отмените его в личном кабинете.",
      "Account recovery has started. Not you? Cancel it in your account."}},
    {Template::kRecoveryAwaitingContact,
     "RECOVERY_AWAITING_CONTACT",
     true,
     {"Нужно ваше подтверждение{person}. Сначала позвоните сами. Никому не говорите код.",
      "Your confirmation is needed{person}. Call first. Never tell anyone the code."}},
    {Template::kRecoveryApproved,
     "RECOVERY_APPROVED",
     true,
     {"Восстановление доступа подтверждено. Это не вы? Отмените его.",
      "Account recovery was approved. Not you? Cancel it."}},
    {Template::kRecoveryRejected,
     "RECOVERY_REJECTED",
     true,
     {"Доверенный контакт отклонил восстановление доступа.",
      "Your trusted contact rejected the account recovery."}},
    {Template::kRecoveryEnded,
     "RECOVERY_ENDED",
     true,
     {"Восстановление доступа прекращено{person}.", "The account recovery has ended{person}."}},
    {Template::kRecoveryCompleted,
     "RECOVERY_COMPLETED",
     true,
     {"Пароль восстановлен{person}. Это не вы? Обратитесь в поддержку.",
      "The password was recovered{person}. Not you? Contact support."}},
    {Template::kPasswordChanged,
     "PASSWORD_CHANGED",
     true,
     {"Пароль изменён. Это не вы? Обратитесь в поддержку.",
      "Your password was changed. Not you? Contact support."}},
    {Template::kPhoneChanged,
     "PHONE_CHANGED",
     true,
     {"Телефон изменён{address}. Это не вы? Обратитесь в поддержку.",
      "Your phone was changed{address}. Not you? Contact support."}},
    {Template::kEmailChanged,
     "EMAIL_CHANGED",
     true,
     {"Почта изменена{address}. Это не вы? Обратитесь в поддержку.",
      "Your e-mail was changed{address}. Not you? Contact support."}},
    {Template::kAccountFrozen,
     "ACCOUNT_FROZEN",
     true,
     {"Аккаунт временно отключён.", "Your account is frozen."}},
    {Template::kAccountUnfrozen,
     "ACCOUNT_UNFROZEN",
     true,
     {"Аккаунт снова активен.", "Your account is active again."}},
    {Template::kAccountLocked,
     "ACCOUNT_LOCKED",
     true,
     {"Аккаунт заблокирован: много неверных паролей.", "Your account is locked after wrong passwords."}},
    {Template::kSignInNewDevice,
     "SIGN_IN_NEW_DEVICE",
     true,
     {"Вход с нового устройства. Это не вы? Смените пароль.",
      "Sign-in from a new device. Not you? Change your password."}},
    {Template::kSecondFactorChanged,
     "SECOND_FACTOR_CHANGED",
     true,
     {"Изменены настройки подтверждения входа. Это не вы? Обратитесь в поддержку.",
      "Your second factor was changed. Not you? Contact support."}},
    {Template::kPhoneChangeScheduled,
     "PHONE_CHANGE_SCHEDULED",
     true,
     {"Через 24 часа ваш телефон изменится{address}. Это не вы? Отмените в личном кабинете.",
      "Your phone changes in 24 hours{address}. Not you? Cancel it in your account."}},
    {Template::kPasswordExpires,
     "PASSWORD_EXPIRES",
     true,
     {"Срок действия пароля скоро истечёт. Смените его в личном кабинете.",
      "Your password expires soon. Change it in your account."}},
    {Template::kAccountDeleted,
     "ACCOUNT_DELETED",
     true,
     {"Аккаунт удалён, личные данные стёрты. Это не вы? Обратитесь в поддержку.",
      "Your account and its data were erased. Not you? Contact support."}},
    {Template::kAccountUnlocked,
     "ACCOUNT_UNLOCKED",
     true,
     {"Вход в аккаунт снова открыт.", "Sign-in to your account is open again."}},
    {Template::kAccountBlocked,
     "ACCOUNT_BLOCKED",
     true,
     {"Аккаунт заблокирован службой поддержки. Обратитесь в поддержку.",
      "Your account was blocked by support. Contact support."}},
    {Template::kAccountUnblocked,
     "ACCOUNT_UNBLOCKED",
     true,
     {"Аккаунт разблокирован.", "Your account is no longer blocked."}},
    {Template::kPersonalDataChanged,
     "PERSONAL_DATA_CHANGED",
     true,
     {"Регистрационные данные аккаунта изменены. Это не вы? Обратитесь в поддержку.",
      "Your registration data was changed. Not you? Contact support."}},
    {Template::kPasswordChangeRequired,
     "PASSWORD_CHANGE_REQUIRED",
     true,
     {"При следующем входе нужно сменить пароль.", "You must change your password at the next sign-in."}},
};

}  // namespace

absl::string_view ActionOf(Purpose purpose, Locale locale) {
  for (const PurposeWords& words : kPurposes) {
    if (words.purpose == purpose) return words.action.In(locale);
  }
  return "";
}

const TemplateWords& WordsOf(Template name) {
  return *std::find_if(std::begin(kTemplates), std::end(kTemplates),
                       [&](const TemplateWords& w) { return w.name == name; });
}

const std::vector<Template>& AllTemplates() {
  static const auto& all = *[] {
    auto* templates = new std::vector<Template>;
    for (const TemplateWords& words : kTemplates) templates->push_back(words.name);
    return templates;
  }();
  return all;
}

}  // namespace tc::otp
