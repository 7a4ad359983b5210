// The machine of a verification and the names of its parts; the rules of the steps are in verification.cc.

#include "services/otp/domain/verification.h"

namespace tc::otp {
namespace {
using S = VerificationState;
using T = VerificationTrigger;
}  // namespace

const std::vector<VerificationEdge>& VerificationEdges() {
  static const auto& edges = *new std::vector<VerificationEdge>{
      {S::kPending, T::kCharge, Actor::kCaller, S::kPending},
      {S::kPending, T::kApprove, Actor::kCaller, S::kApproved},
      {S::kPending, T::kResend, Actor::kCaller, S::kPending},
      {S::kPending, T::kCancel, Actor::kCaller, S::kCancelled},
      {S::kPending, T::kExpire, Actor::kClock, S::kExpired},
      {S::kPending, T::kLock, Actor::kClock, S::kLocked},
      {S::kApproved, T::kConsume, Actor::kCaller, S::kConsumed},
      {S::kApproved, T::kCancel, Actor::kCaller, S::kCancelled},
      {S::kApproved, T::kExpire, Actor::kClock, S::kExpired},
  };
  return edges;
}

std::optional<S> Next(S from, T trigger) {
  for (const VerificationEdge& edge : VerificationEdges()) {
    if (edge.from == from && edge.trigger == trigger) return edge.to;
  }
  return std::nullopt;
}

bool IsFinal(S state) { return state != S::kPending && state != S::kApproved; }

absl::string_view PurposeName(Purpose purpose) {
  switch (purpose) {
    case Purpose::kPhoneBinding:
      return "PHONE_BINDING";
    case Purpose::kEmailBinding:
      return "EMAIL_BINDING";
    case Purpose::kRecoveryClaim:
      return "RECOVERY_CLAIM";
    case Purpose::kRecoveryApproval:
      return "RECOVERY_APPROVAL";
    case Purpose::kSecondFactor:
      return "SECOND_FACTOR";
  }
  return "";
}

absl::string_view StateName(S state) {
  switch (state) {
    case S::kPending:
      return "PENDING";
    case S::kApproved:
      return "APPROVED";
    case S::kConsumed:
      return "CONSUMED";
    case S::kExpired:
      return "EXPIRED";
    case S::kLocked:
      return "LOCKED";
    case S::kCancelled:
      return "CANCELLED";
  }
  return "";
}

bool Allows(Purpose purpose, Channel channel) {
  if (channel == Channel::kPush) return false;
  if (purpose == Purpose::kRecoveryClaim) return true;
  return (purpose == Purpose::kEmailBinding) == (channel == Channel::kEmail);
}

}  // namespace tc::otp
