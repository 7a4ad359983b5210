#include "services/recovery/domain/claim.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"

namespace tc::recovery {
namespace {

std::optional<HoldReason> WhyHoldClaim(const Recovery& recovery, const ClaimEvidence& evidence) {
  // Eligibility is asked for where somebody guards, and so are its news.
  const bool matters = evidence.guarded || recovery.early_news != HoldReason::kPrincipalNotEligible;
  if (recovery.early_news != HoldReason::kNone && matters) return recovery.early_news;
  if (const std::optional<HoldReason> reason = WhyHold(recovery.purpose, evidence.account)) return reason;
  if (!evidence.guarded) return std::nullopt;
  if (!evidence.principal_eligible) return HoldReason::kPrincipalNotEligible;
  if (!evidence.contact_eligible || evidence.contact_phone_index.empty())
    return HoldReason::kContactNotEligible;
  if (evidence.mutual) return HoldReason::kMutualRecovery;
  return std::nullopt;
}

Actor ActorOf(Canceller canceller) {
  switch (canceller) {
    case Canceller::kClaimant:
      return Actor::kClaimant;
    case Canceller::kPrincipal:
    case Canceller::kNotMe:
      return Actor::kPrincipal;
    case Canceller::kOperator:
      return Actor::kOperator;
    case Canceller::kNone:
    case Canceller::kSystem:
      return Actor::kSystem;
  }
  return Actor::kSystem;
}

}  // namespace

Recovery Begin(const Start& start, const Policy& policy, absl::Time now) {
  Recovery recovery;
  recovery.id = start.id;
  recovery.decoy = start.decoy;
  recovery.policy = policy;
  recovery.purpose = start.purpose;
  recovery.nonce = start.nonce;
  recovery.capability_hash = start.capability_hash;
  recovery.not_me_hash = start.decoy ? std::string() : start.not_me_hash;
  recovery.principal = start.decoy ? AccountId() : start.principal;
  recovery.masked_principal = start.decoy ? std::string() : start.masked_principal;
  recovery.subject = start.subject;
  recovery.phone_index = start.decoy ? std::string() : start.phone_index;
  recovery.email_index = start.decoy ? std::string() : start.email_index;
  recovery.channel = start.channel;
  if (const auto* phone = std::get_if<Phone>(&start.claimed)) recovery.typed_mask = phone->Masked();
  if (const auto* email = std::get_if<Email>(&start.claimed)) {
    recovery.typed_mask = email->Masked();
    recovery.typed_email = true;
  }
  recovery.client = start.client;
  recovery.created_at = now;
  recovery.expires_at = now + policy.own_code_lifetime;
  return recovery;
}

std::optional<Channel> PickChannel(Channel wanted, bool has_phone, bool has_email) {
  if (wanted == Channel::kEmail) {
    if (has_email) return Channel::kEmail;
    return has_phone ? std::optional(Channel::kSms) : std::nullopt;
  }
  if (has_phone) return wanted;
  return has_email ? std::optional(Channel::kEmail) : std::nullopt;
}

Recovery TurnIntoDecoy(const Recovery& recovery) {
  Recovery decoy = recovery;
  decoy.decoy = true;
  decoy.principal = AccountId();
  decoy.masked_principal.clear();
  decoy.phone_index.clear();
  decoy.email_index.clear();
  decoy.not_me_hash.clear();
  return decoy;
}

std::string SubjectOfNobody(const Recovery& decoy) { return absl::StrCat("claims/", decoy.id.text()); }

VerificationId VerificationOf(const PublicId& id, Side side, int serial) {
  return VerificationId::FromTrusted(
      absl::StrCat(id.text(), side == Side::kClaimant ? "-claim-" : "-contact-", serial));
}

absl::StatusOr<Recovery> OwnCodeSent(const Recovery& recovery, int serial, Channel channel,
                                     const CodeStatus& status, absl::Time now) {
  Recovery next = TRY(Move(recovery, Trigger::kResendOwnCode, Actor::kClaimant, now));
  next.own_code.serial = serial;
  next.own_code.sends = recovery.own_code.sends + 1;
  next.own_code.status = status;
  next.channel = channel;
  return next;
}

bool MayRenewCode(const CodeStep& step, const Policy& policy) { return step.serial < policy.codes; }

absl::StatusOr<Recovery> TakeHold(const Recovery& recovery, absl::Time now) {
  // Both ways out of the proof are open from the same state; the table is asked for one of them.
  TRY(Move(recovery, Trigger::kProveGuarded, Actor::kClaimant, now));
  Recovery next = recovery;
  next.hold_taken = true;
  return next;
}

absl::Time HoldUntil(const Recovery& recovery) {
  return recovery.created_at + recovery.policy.own_code_lifetime + recovery.policy.lifetime;
}

absl::StatusOr<Recovery> ProveClaim(const Recovery& recovery, const ClaimEvidence& evidence,
                                    const std::string& grant_hash, const std::string& match_code,
                                    absl::Time now) {
  if (recovery.purpose == Purpose::kContactRemoval && !evidence.guarded)
    return Cancel(recovery, Canceller::kSystem, now);
  const std::optional<HoldReason> hold = WhyHoldClaim(recovery, evidence);
  const Trigger trigger = hold.has_value()   ? Trigger::kHold
                          : evidence.guarded ? Trigger::kProveGuarded
                                             : Trigger::kProveUnguarded;
  Recovery next = TRY(Move(recovery, trigger, hold.has_value() ? Actor::kSystem : Actor::kClaimant, now));
  if (recovery.decoy)
    return Refuse(absl::StatusCode::kInternal, Reason::kInternal, "a decoy's code was right");
  next.proved_at = now;
  next.deadline = now + recovery.policy.lifetime;
  next.expires_at = next.deadline;
  next.hold_reason = hold.value_or(HoldReason::kNone);
  if (evidence.guarded) {
    next.link = evidence.link;
    next.contact = evidence.contact;
    next.contact_phone_index = evidence.contact_phone_index;
    next.assigned_at = now;
    next.asked_at = now;
    if (recovery.policy.match_code) next.match_code = match_code;
  }
  if (next.state == State::kApproved) {
    next.grant.hash = grant_hash;
    next.expires_at = std::min(now + recovery.policy.grant_lifetime, next.deadline);
  }
  return next;
}

absl::StatusOr<Recovery> LockClaim(const Recovery& recovery, absl::Time now) {
  return Move(recovery, Trigger::kExhaustAttempts, Actor::kClaimant, now);
}

absl::StatusOr<Recovery> Cancel(const Recovery& recovery, Canceller canceller, absl::Time now) {
  Recovery next = TRY(Move(recovery, Trigger::kCancel, ActorOf(canceller), now));
  if (recovery.grant.redemption.has_value()) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kRecoveryCompleting,
                  "the grant is being used; it is too late to cancel");
  }
  next.canceller = canceller;
  return next;
}

}  // namespace tc::recovery
