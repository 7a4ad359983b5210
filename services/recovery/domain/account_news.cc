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
    case Happening::kNotActive:
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
    case Happening::kNotActive:
    case Happening::kErased:
      return HoldReason::kContactNotEligible;
  }
  return HoldReason::kContactNotEligible;
}

absl::StatusOr<Recovery> OfPrincipal(const Recovery& recovery, Happening what, absl::Time now) {
  // A grant cannot be held, and its password would be set in an account that is closed.
  const bool grant_ends = what == Happening::kNotActive && recovery.state == State::kApproved;
  if (what == Happening::kErased || grant_ends) return Cancel(recovery, Canceller::kSystem, now);
  return Hold(recovery, ReasonOfPrincipal(what), Actor::kSystem, now);
}

absl::StatusOr<Recovery> OfContact(const Recovery& recovery, Happening what, absl::Time now) {
  const std::optional<HoldReason> reason = ReasonOfContact(what);
  if (!reason.has_value()) return recovery;
  return Hold(recovery, *reason, Actor::kSystem, now);
}

}  // namespace

Recovery AfterNews(const Recovery& recovery, const AccountNews& news, absl::Time now) {
  if (recovery.decoy || !IsProved(recovery)) return recovery;
  absl::StatusOr<Recovery> next = recovery;
  if (news.account == recovery.principal && news.at > recovery.created_at) {
    next = OfPrincipal(recovery, news.what, now);
  } else if (news.account == recovery.contact && news.at > recovery.assigned_at) {
    next = OfContact(recovery, news.what, now);
  }
  // A refusal is the table's, or that of a password that is being set: then nothing becomes of the news.
  return next.ok() ? *next : recovery;
}

}  // namespace tc::recovery
