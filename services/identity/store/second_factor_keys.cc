#include "services/identity/store/second_factor_keys.h"

#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/identity/store/codec.h"
#include "services/identity/store/second_factor_record.h"

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

// Empty: there is none.
absl::StatusOr<Secret> Opened(const Vault& vault, const std::string& sealed, const AccountId& account,
                              const char* field) {
  if (sealed.empty()) return Secret();
  return Secret(TRY(vault.Open(sealed, account, field)));
}

}  // namespace

absl::StatusOr<SecondFactors> SecondFactorKeys::Get(kv::ReadTxn& txn, const AccountId& account) const {
  const std::optional<SecondFactorRecord> r = TRY(Records().Find(txn, RecordKey(account)));
  if (!r.has_value()) return SecondFactors();
  return store::FromRecord(*r, {TRY(Opened(*vault_, r->sealed_enrolment_key(), account, kEnrolment)),
                                TRY(Opened(*vault_, r->sealed_totp_key(), account, kTotp))});
}

absl::Status SecondFactorKeys::Put(kv::Txn& txn, const AccountId& account,
                                   const SecondFactors& factors) const {
  const auto seal = [&](const Secret& key, const char* field) {
    return vault_->Seal(key.Reveal(), account, field);
  };
  SecondFactorRecord r = store::RecordOf(factors);
  if (factors.enrolment.has_value())
    r.set_sealed_enrolment_key(TRY(seal(factors.enrolment->key, kEnrolment)));
  if (factors.totp.has_value()) r.set_sealed_totp_key(TRY(seal(factors.totp->key, kTotp)));
  return Records().Put(txn, RecordKey(account), r);
}

absl::Status SecondFactorKeys::Erase(kv::Txn& txn, const AccountId& account) const {
  return Records().Delete(txn, RecordKey(account));
}

}  // namespace tc::identity
