#include "services/identity/store/credential_record.h"

#include <algorithm>

namespace tc::identity::store {

rec::CredentialRecord RecordOf(const StoredCredential& credential) {
  rec::CredentialRecord r;
  r.set_set_at_us(ToUs(credential.set_at));
  r.set_version(credential.version);
  r.set_wrong(credential.sign_in.wrong);
  r.set_locks(credential.sign_in.locks);
  r.set_change_required(credential.change_required);
  r.set_passed_at_us(ToUs(credential.passed_at));
  return r;
}

rec::PasswordRecord PasswordOf(const StoredCredential& credential) {
  rec::PasswordRecord r;
  r.set_phc(std::string(credential.phc.Reveal()));
  for (const Secret& phc : credential.history) r.add_history(std::string(phc.Reveal()));
  return r;
}

absl::StatusOr<StoredCredential> FromRecord(const AccountId& account, const rec::CredentialRecord& r,
                                            const rec::PasswordRecord& password) {
  if (!IsCount(r.wrong()) || !IsCount(r.locks()) || r.version() < 0) return Unreadable("CredentialRecord");
  const bool hashes = std::none_of(password.history().begin(), password.history().end(),
                                   [](const std::string& phc) { return phc.empty(); });
  if (!hashes) return Unreadable("PasswordRecord");
  StoredCredential credential;
  credential.account = account;
  credential.phc = Secret(password.phc());
  for (const std::string& phc : password.history()) credential.history.emplace_back(phc);
  credential.set_at = FromUs(r.set_at_us());
  credential.version = r.version();
  credential.sign_in = SignIn{r.wrong(), r.locks()};
  credential.change_required = r.change_required();
  credential.passed_at = MaybeFromUs(r.passed_at_us());
  return credential;
}

}  // namespace tc::identity::store
