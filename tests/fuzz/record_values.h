#pragma once

// The part of the target `record` that is about values: when two are the same, and which numbers they may
// hold.

#include <concepts>

#include "services/identity/domain/account.h"
#include "services/identity/domain/devices.h"
#include "services/identity/domain/notice.h"
#include "services/identity/domain/phone_book.h"
#include "services/identity/domain/second_factor.h"
#include "services/identity/domain/settings.h"
#include "services/identity/store/credentials.h"
#include "services/linking/store/codec.h"
#include "services/otp/store/codec.h"
#include "tests/fuzz/fill.h"
#include "tests/fuzz/fuzz.h"

namespace tc::fuzz {

template <typename T>
requires std::equality_comparable<T>
bool Same(const T& a, const T& b) { return a == b; }
template <typename Record>
requires std::derived_from<Record, google::protobuf::Message>
bool Same(const Record& a, const Record& b) { return BytesOf(a) == BytesOf(b); }
inline bool Same(const linking::InvitationRow& a, const linking::InvitationRow& b) {
  return a.invitation == b.invitation && a.sealed_details == b.sealed_details;
}
inline bool Same(const linking::LinkRow& a, const linking::LinkRow& b) {
  return a.link == b.link && a.sealed_people == b.sealed_people;
}
inline bool Same(const linking::BlockRow& a, const linking::BlockRow& b) {
  return a.block == b.block && a.sealed_name == b.sealed_name;
}
inline bool Same(const linking::PhoneTimes& a, const linking::PhoneTimes& b) { return a.times == b.times; }
inline bool Same(const otp::Notification& a, const otp::Notification& b) {
  return a.deliveries == b.deliveries && a.created == b.created;
}
inline bool Same(const otp::Message& a, const otp::Message& b) {
  return a.delivery == b.delivery && a.to == b.to && a.masked_address == b.masked_address &&
         a.channel == b.channel && a.locale == b.locale && a.template_name == b.template_name &&
         a.text == b.text && a.code == b.code && a.created == b.created && a.expires == b.expires &&
         a.alternatives == b.alternatives;
}

// A number that is no value of its enum must not be read as one: it would pass every switch in silence.
template <typename Enum>
inline bool Known(Enum value, Enum first, Enum last) {
  return value >= first && value <= last;
}
inline bool Known(otp::Channel channel) { return Known(channel, otp::Channel::kSms, otp::Channel::kPush); }
inline bool Known(const otp::Address& address) {
  return Known(address.kind(), otp::Address::Kind::kPhone, otp::Address::Kind::kDecoy);
}
template <typename T>
void CheckNumbers(const T&) {}
inline void CheckNumbers(const identity::Account& account) {
  using identity::AccountType;
  using identity::Confirmation;
  using identity::DocumentType;
  using identity::Sex;
  const auto& person = account.person;
  const auto& confirmed = account.confirmed;
  Require(Known(account.type, AccountType::kPersonal, AccountType::kPrivileged), "a known type");
  Require(Known(person.sex, Sex::kUnknown, Sex::kFemale), "a known sex");
  Require(!person.document.has_value() ||
              Known(person.document->type, DocumentType::kRfPassport, DocumentType::kResidencePermit),
          "a known document");
  Require(!confirmed.has_value() ||
              Known(confirmed->method, Confirmation::kServiceCentre, Confirmation::kElectronicSignature),
          "a known confirmation");
}
inline void CheckNumbers(const identity::OwnedPhone& phone) {
  using identity::PhoneKind;
  using identity::PhoneState;
  Require(Known(phone.kind, PhoneKind::kMain, PhoneKind::kSecondFactor), "a known kind");
  Require(Known(phone.state, PhoneState::kPending, PhoneState::kScheduled), "a known state");
  Require(phone.number.has_value(), "a number");
}
inline void CheckNumbers(const identity::StoredCredential& credential) {
  Require(credential.sign_in.wrong >= 0 && credential.sign_in.locks >= 0, "no more guesses than there are");
}
inline void CheckNumbers(const identity::DeviceBook& book) {
  for (const auto& device : book.devices) Require(device.wrong >= 0, "no more guesses than there are");
}
inline void CheckNumbers(const identity::SecondFactors& factors) {
  const auto& [enrolment, totp, sms] = factors;
  Require(!enrolment.has_value() || (!enrolment->key.empty() && enrolment->wrong >= 0), "a key, and guesses");
  Require(!totp.has_value() || (!totp->key.empty() && totp->last_step >= 0), "a key, and a step");
}
inline void CheckNumbers(const identity::SecuritySettings& settings) {
  const auto& fields = identity::SettingsFields();
  Require(identity::MistakesOf(settings, {fields.begin(), fields.end()}).empty(), "what one may choose");
}
inline void CheckNumbers(const identity::Notice& notice) {
  using identity::NoticeKind;
  const int number = static_cast<int>(notice.kind);
  Require(identity::IsPeers(notice.kind)
              ? identity::PeersKind(number - identity::kPeersNotices) == notice.kind
              : Known(notice.kind, NoticeKind::kPasswordChanged, NoticeKind::kPasswordChangeRequired),
          "a known kind");
}
inline void CheckNumbers(const otp::Verification& v) {
  using otp::Purpose;
  using otp::VerificationState;
  Require(Known(v.state, VerificationState::kPending, VerificationState::kCancelled), "a known state");
  Require(Known(v.binding.purpose, Purpose::kPhoneBinding, Purpose::kSecondFactor), "a known purpose");
  Require(Known(v.channel) && Known(v.locale, otp::Locale::kRussian, otp::Locale::kEnglish), "a known way");
  for (const otp::Channel channel : v.channels) Require(Known(channel), "known channels");
}
inline void CheckNumbers(const otp::Delivery& d) {
  using otp::DeliveryState;
  using otp::Fate;
  Require(Known(d.state, DeliveryState::kQueued, DeliveryState::kUnknown) && Known(d.channel),
          "a known state");
  for (const otp::Channel channel : d.ways) Require(Known(channel), "known ways");
  for (const otp::Channel channel : d.paid) Require(Known(channel), "known channels");
  for (const otp::SpentWay& way : d.spent) Require(Known(way.channel), "known ways that are spent");
  for (const otp::DeliveryAttempt& attempt : d.attempts) {
    Require(Known(attempt.channel) && Known(attempt.fate, Fate::kUnderWay, Fate::kUnknown), "known attempts");
  }
}
inline void CheckNumbers(const otp::Message& m) {
  Require(Known(m.to) && Known(m.channel), "a known address");
  for (const otp::Way& way : m.alternatives) Require(Known(way.to) && Known(way.channel), "known ways");
}
inline void CheckNumbers(const otp::PrivatePart& part) { Require(Known(part.address), "a known address"); }
inline void CheckNumbers(const linking::InvitationRow& row) {
  using linking::InvitationState;
  Require(Known(row.invitation.state, InvitationState::kPending, InvitationState::kExpired), "a known state");
}
inline void CheckNumbers(const linking::LinkRow& row) {
  using linking::Actor;
  using linking::LinkState;
  using linking::SuspendReason;
  Require(Known(row.link.state, LinkState::kActive, LinkState::kResigned), "a known state");
  Require(Known(row.link.suspend_reason, SuspendReason::kNone, SuspendReason::kSamePerson), "a known reason");
  for (const linking::LinkChange& change : row.link.changes) {
    Require(Known(change.to, LinkState::kActive, LinkState::kResigned), "a known state");
    Require(Known(change.actor, Actor::kPrincipal, Actor::kService), "a known actor");
  }
}

}  // namespace tc::fuzz
