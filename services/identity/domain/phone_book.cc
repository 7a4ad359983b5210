#include "services/identity/domain/phone_book.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"

namespace tc::identity {
namespace {

constexpr int kMaxAdditional = 20;
constexpr int kMaxSecondFactor = 5;

Refusal Precondition(Reason reason, absl::string_view sentence) {
  return Refuse(absl::StatusCode::kFailedPrecondition, reason, sentence);
}

}  // namespace

absl::StatusOr<PhoneName> ParsePhoneName(absl::string_view name, absl::string_view field) {
  const size_t slash = name.find("/phones/");
  if (slash != absl::string_view::npos) {
    const absl::StatusOr<AccountId> account = AccountId::ParseName(name.substr(0, slash));
    const absl::StatusOr<PhoneId> phone = PhoneId::ParseName(name.substr(slash + 1));
    if (account.ok() && phone.ok()) return PhoneName{*account, *phone};
  }
  return InvalidField(field, "NAME_INVALID", "a name has the form accounts/{account}/phones/{phone}");
}

const OwnedPhone* MainPhone(const std::vector<OwnedPhone>& phones) {
  const auto found = std::find_if(phones.begin(), phones.end(), [](const OwnedPhone& p) {
    return p.state == PhoneState::kBound && p.kind == PhoneKind::kMain;
  });
  return found == phones.end() ? nullptr : &*found;
}

absl::Status CheckKind(AccountType type, PhoneKind kind, const std::vector<OwnedPhone>& phones) {
  if (kind == PhoneKind::kMain) return absl::OkStatus();
  const bool company = type == AccountType::kLegalEntity || type == AccountType::kSoleProprietor;
  const bool allowed = kind == PhoneKind::kAdditional ? company : type == AccountType::kPrivileged;
  if (!allowed)
    return InvalidField("kind", "PHONE_KIND_NOT_ALLOWED",
                        "an account of this type has no numbers of this kind");
  const auto count = std::count_if(phones.begin(), phones.end(), [&](const OwnedPhone& p) {
    return p.state == PhoneState::kBound && p.kind == kind;
  });
  const int limit = kind == PhoneKind::kAdditional ? kMaxAdditional : kMaxSecondFactor;
  if (count < limit) return absl::OkStatus();
  return Precondition(Reason::kStateTransitionNotAllowed,
                      "the account has as many numbers of this kind as it may")
      .With("limit", absl::StrCat(limit));
}

absl::Status CheckChangeInterval(const Account& account, const PhonePolicy& policy, absl::Time now) {
  if (!account.had_main_phone || !account.main_phone_changed_at.has_value()) return absl::OkStatus();
  const absl::Time next = *account.main_phone_changed_at + policy.change_interval;
  if (now >= next) return absl::OkStatus();
  return Precondition(Reason::kPhoneChangeTooSoon, "the main number was changed not long ago")
      .RetryAfter(next - now);
}

absl::Status CheckFree(const std::optional<Holder>& holder, const AccountId& account,
                       const PhonePolicy& policy, absl::Time now) {
  if (!holder.has_value()) return absl::OkStatus();
  if (!holder->released_at.has_value()) {
    return Precondition(Reason::kPhoneBusy, holder->account == account
                                                ? "the number is bound to this account already"
                                                : "the number belongs to another account");
  }
  const absl::Time free_at = *holder->released_at + policy.quarantine;
  if (holder->account == account || now >= free_at) return absl::OkStatus();
  return Precondition(Reason::kPhoneQuarantined, "the number was given up by another account not long ago")
      .RetryAfter(free_at - now);
}

}  // namespace tc::identity
