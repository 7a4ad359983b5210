#include "services/identity/store/second_factor_record.h"

namespace tc::identity::store {
namespace {

bool IsWhole(const rec::SecondFactorRecord& r, const OpenedKeys& opened) {
  return r.sealed_enrolment_key().empty() == opened.enrolment.empty() &&
         r.sealed_totp_key().empty() == opened.totp.empty() &&
         r.sms_verification().empty() == r.sms_phone().empty();
}

}  // namespace

rec::SecondFactorRecord RecordOf(const SecondFactors& factors) {
  rec::SecondFactorRecord r;
  if (factors.enrolment.has_value()) {
    r.set_enrolment_expires_at_us(ToUs(factors.enrolment->expires_at));
    r.set_enrolment_wrong(factors.enrolment->wrong);
  }
  if (factors.totp.has_value()) r.set_totp_last_step(factors.totp->last_step);
  if (factors.sms.has_value()) {
    r.set_sms_verification(factors.sms->verification.text());
    r.set_sms_phone(factors.sms->phone.text());
  }
  return r;
}

absl::StatusOr<SecondFactors> FromRecord(const rec::SecondFactorRecord& r, const OpenedKeys& opened) {
  if (!IsWhole(r, opened) || !IsCount(r.enrolment_wrong()) || r.totp_last_step() < 0)
    return Unreadable("SecondFactorRecord");
  SecondFactors factors;
  if (!opened.enrolment.empty()) {
    factors.enrolment =
        TotpEnrolment{opened.enrolment, FromUs(r.enrolment_expires_at_us()), r.enrolment_wrong()};
  }
  if (!opened.totp.empty()) factors.totp = TotpInUse{opened.totp, r.totp_last_step()};
  if (!r.sms_verification().empty()) {
    factors.sms =
        SmsUnderWay{VerificationId::FromTrusted(r.sms_verification()), PhoneId::FromTrusted(r.sms_phone())};
  }
  return factors;
}

}  // namespace tc::identity::store
