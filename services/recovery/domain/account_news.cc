#include "services/recovery/domain/account_news.h"

#include <optional>

#include "services/recovery/domain/claim.h"
#include "services/recovery/domain/contact_answer.h"

namespace tc::recovery {
namespace {

HoldReason ReasonOfPrincipal(Happening what) {
  switch (what) {
    case Happening::kPhoneChanged:
    case Happening::kEmailChanged:
      return HoldReason::kPrincipalAddressChanged;
    case Happening::kConfirmationLost:
      return HoldReason::kPrincipalNotEligible;
    case Happening::kBlocked:
    case Happening::kFrozen:
    case Happening::kErased:
      return HoldReason::kAccountNotActive;
  }
  return HoldReason::kAccountNotActive;
}

// Nothing goes to the contact's mailbox: a change of it matters to nobody.
std::optional<HoldReason> ReasonOfContact(Happening what) {
  switch (what) {
    case Happening::kEmailChanged:
      return std::nullopt;
    case Happening::kPhoneChanged:
      return HoldReason::kContactPhoneChanged;
    case Happening::kConfirmationLost:
    case Happening::kBlocked:
    case Happening::kFrozen:
    case Happening::kErased:
      return HoldReason::kContactNotEligible;
  }
  return HoldReason::kContactNotEligible;
}

// A grant cannot be held: it would be used for an account that is no longer what was confirmed.
bool EndsGrant(const Recovery& recovery, Happening what) {
  return what != Happening::kConfirmationLost || recovery.contact.has_value();
}

absl::StatusOr<Recovery> OfPrincipal(const Recovery& recovery, Happening what, absl::Time now) {
  if (what == Happening::kFrozen && recovery.purpose == Purpose::kUnfreeze) return recovery;
  if (!IsProved(recovery)) {
    Recovery next = recovery;
    if (next.early_news == HoldReason::kNone) next.early_news = ReasonOfPrincipal(what);
    return next;
  }
  if (what == Happening::kErased) return Cancel(recovery, Canceller::kSystem, now);
  if (recovery.state != State::kApproved) return Hold(recovery, ReasonOfPrincipal(what), Actor::kSystem, now);
  return EndsGrant(recovery, what) ? Cancel(recovery, Canceller::kSystem, now) : recovery;
}

absl::StatusOr<Recovery> OfContact(const Recovery& recovery, Happening what, absl::Time now) {
  const std::optional<HoldReason> reason = ReasonOfContact(what);
  if (!reason.has_value() || recovery.state == State::kInPerson) return recovery;
  return Hold(recovery, *reason, Actor::kSystem, now);
}

}  // namespace

Recovery AfterNews(const Recovery& recovery, const AccountNews& news, absl::Time now) {
  if (recovery.decoy || IsFinal(AsOf(recovery, now).state)) return recovery;
  absl::StatusOr<Recovery> next = recovery;
  if (news.account == recovery.principal && news.at > recovery.created_at) {
    next = OfPrincipal(recovery, news.what, now);
  } else if (news.account == recovery.contact && news.at > recovery.assigned_at) {
    next = OfContact(recovery, news.what, now);
  }
  // A refusal is the table's, or that of a grant that is being used: then nothing becomes of the news.
  return next.ok() ? *next : recovery;
}

Recovery WithoutDataOf(const Recovery& recovery, const AccountId& erased) {
  Recovery next = recovery;
  if (recovery.contact == erased && erased.has_value()) {
    next.contact_code.status.masked_address.clear();
    next.contact_phone_index.clear();
  }
  if (recovery.principal != erased || !erased.has_value()) return next;
  next.masked_principal.clear();
  next.own_code.status.masked_address.clear();
  if (recovery.state == State::kAwaitingOwnCode) return next;
  next.phone_index.clear();
  next.email_index.clear();
  next.typed_mask.clear();
  next.client = ClientContext();
  return next;
}

}  // namespace tc::recovery
