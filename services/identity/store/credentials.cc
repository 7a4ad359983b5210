#include "services/identity/store/credentials.h"

#include <utility>

#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/identity/store/codec.h"
#include "services/identity/store/credential_record.h"

namespace tc::identity {
namespace {

using store::rec::CredentialRecord;
using store::rec::PasswordRecord;
using store::rec::ProofRecord;

constexpr absl::Duration kProofKept = absl::Hours(24);

const kv::Table<CredentialRecord>& Records() {
  static const auto& t = *new kv::Table<CredentialRecord>("credential");
  return t;
}
const kv::Table<ProofRecord>& Proofs() {
  static const auto& t = *new kv::Table<ProofRecord>("proof");
  return t;
}

}  // namespace

StoredCredential StoredCredential::WithPassword(Secret new_phc, int keep, absl::Time now) const {
  StoredCredential next = *this;
  if (has_password()) next.history.insert(next.history.begin(), phc);
  const size_t earlier = keep > 0 ? static_cast<size_t>(keep - 1) : 0;
  if (next.history.size() > earlier) next.history.resize(earlier);
  next.phc = std::move(new_phc);
  next.set_at = now;
  next.version += 1;
  next.sign_in = CountRight();
  next.change_required = false;
  next.passed_at.reset();
  return next;
}

absl::StatusOr<StoredCredential> Credentials::Get(kv::ReadTxn& txn, const AccountId& account) const {
  const std::optional<CredentialRecord> r = TRY(Records().Find(txn, Records().At().Str(account.text())));
  if (!r.has_value()) {
    StoredCredential none;
    none.account = account;
    return none;
  }
  const std::string opened = TRY(vault_->Open(r->sealed_password(), account, "password"));
  return store::FromRecord(account, *r, TRY(kv::RecordCodec<PasswordRecord>::Decode(opened)));
}

absl::Status Credentials::Put(kv::Txn& txn, const StoredCredential& credential) const {
  const std::string password = store::PasswordOf(credential).SerializeAsString();
  CredentialRecord r = store::RecordOf(credential);
  r.set_sealed_password(TRY(vault_->Seal(password, credential.account, "password")));
  return Records().Put(txn, Records().At().Str(credential.account.text()), r);
}

absl::Status Credentials::Erase(kv::Txn& txn, const AccountId& account) const {
  return Records().Delete(txn, Records().At().Str(account.text()));
}

absl::StatusOr<bool> Credentials::ProofUsed(kv::ReadTxn& txn, absl::string_view jti) const {
  return TRY(Proofs().Find(txn, Proofs().At().Str(jti))).has_value();
}

absl::Status Credentials::UseProof(kv::Txn& txn, absl::string_view jti, const AccountId& account,
                                   absl::Time now) const {
  ProofRecord r;
  r.set_account(account.text());
  r.set_used_at_us(store::ToUs(now));
  TRY(Proofs().Insert(txn, Proofs().At().Str(jti), r));
  return txn.Schedule({now + kProofKept, kForgetProof, std::string(jti)});
}

absl::Status Credentials::ForgetProof(kv::Txn& txn, absl::string_view jti) const {
  return Proofs().Delete(txn, Proofs().At().Str(jti));
}

}  // namespace tc::identity
