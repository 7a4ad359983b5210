#include "services/identity/store/second_factor_keys.h"

#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/identity/store/codec.h"

namespace tc::identity {
namespace {

using store::rec::SecondFactorRecord;

constexpr char kEnrolment[] = "totp-enrolment";
constexpr char kTotp[] = "totp";

const kv::Table<SecondFactorRecord>& Records() {
  static const auto& t = *new kv::Table<SecondFactorRecord>("second-factor");
  return t;
}
kv::Key RecordKey(const AccountId& account) { return Records().At().Str(account.text()); }

absl::StatusOr<SecondFactors> FromRecord(const Vault& vault, const AccountId& account,
                                         const SecondFactorRecord& r) {
  SecondFactors factors;
  if (!r.sealed_enrolment_key().empty()) {
    factors.enrolment = TotpEnrolment{Secret(TRY(vault.Open(r.sealed_enrolment_key(), account, kEnrolment))),
                                      store::FromUs(r.enrolment_expires_at_us()), r.enrolment_wrong()};
  }
  if (!r.sealed_totp_key().empty()) {
    factors.totp =
        TotpInUse{Secret(TRY(vault.Open(r.sealed_totp_key(), account, kTotp))), r.totp_last_step()};
  }
  if (!r.sms_verification().empty()) {
    factors.sms =
        SmsUnderWay{VerificationId::FromTrusted(r.sms_verification()), PhoneId::FromTrusted(r.sms_phone())};
  }
  return factors;
}

}  // namespace

absl::StatusOr<SecondFactors> SecondFactorKeys::Get(kv::ReadTxn& txn, const AccountId& account) const {
  const std::optional<SecondFactorRecord> r = TRY(Records().Find(txn, RecordKey(account)));
  if (!r.has_value()) return SecondFactors();
  return FromRecord(*vault_, account, *r);
}

absl::Status SecondFactorKeys::Put(kv::Txn& txn, const AccountId& account,
                                   const SecondFactors& factors) const {
  const auto seal = [&](const Secret& key, const char* field) {
    return vault_->Seal(key.Reveal(), account, field);
  };
  SecondFactorRecord r;
  if (factors.enrolment.has_value()) {
    r.set_sealed_enrolment_key(TRY(seal(factors.enrolment->key, kEnrolment)));
    r.set_enrolment_expires_at_us(store::ToUs(factors.enrolment->expires_at));
    r.set_enrolment_wrong(factors.enrolment->wrong);
  }
  if (factors.totp.has_value()) {
    r.set_sealed_totp_key(TRY(seal(factors.totp->key, kTotp)));
    r.set_totp_last_step(factors.totp->last_step);
  }
  if (factors.sms.has_value()) {
    r.set_sms_verification(factors.sms->verification.text());
    r.set_sms_phone(factors.sms->phone.text());
  }
  return Records().Put(txn, RecordKey(account), r);
}

absl::Status SecondFactorKeys::Erase(kv::Txn& txn, const AccountId& account) const {
  return Records().Delete(txn, RecordKey(account));
}

}  // namespace tc::identity
