// Passwords (I6, R9, R11). Hashing happens between two looks at the account: the transaction that follows
// takes its result only when the password is still the one that was compared with.

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/identity/rpc/handlers.h"
#include "services/identity/store/notices.h"

namespace tc::identity {
namespace {

constexpr char kProofPurpose[] = "PASSWORD_RECOVERY";

absl::Status ProofInvalid() {
  return Refuse(absl::StatusCode::kPermissionDenied, Reason::kProofInvalid,
                "the recovery's proof is not genuine");
}

}  // namespace

absl::StatusOr<pb::CheckPasswordResponse> Handlers::CheckPassword(const rpc::Call& call,
                                                                  const pb::CheckPasswordRequest& in) {
  PersonalWords personal;
  if (!in.account().empty()) {
    const AccountId account = TRY(AccountId::ParseName(in.account(), "account"));
    TRY(CheckOwner(call, account));
    const Dossier dossier = TRY(LoadNow(account));
    personal = PersonalWordsOf(dossier.account, dossier.phones);
  }
  if (in.password().size() > kMaxPasswordBytes)
    return InvalidField("password", "PASSWORD_TOO_LONG", "the password is too long");
  pb::CheckPasswordResponse out;
  const Secret password = NormalisedPassword(Secret(in.password()));
  for (const PasswordViolation& violation :
       identity::CheckPassword(password, parts_.policy.password, personal)) {
    pb::PasswordViolation* added = out.add_violations();
    added->set_rule(static_cast<pb::PasswordRule>(violation.rule));
    added->set_description(violation.sentence);
  }
  out.set_acceptable(out.violations().empty());
  return out;
}

absl::StatusOr<StoredCredential> Handlers::CredentialNow(const AccountId& account) const {
  StoredCredential credential;
  TRY(parts_.once.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    credential = TRY(credentials_.Get(txn, account));
    return absl::OkStatus();
  }));
  return credential;
}

absl::StatusOr<StoredCredential> Handlers::SameCredential(kv::ReadTxn& txn,
                                                          const StoredCredential& seen) const {
  StoredCredential credential = TRY(credentials_.Get(txn, seen.account));
  if (credential.version == seen.version) return credential;
  return Refuse(absl::StatusCode::kAborted, Reason::kConflict, "the password has been changed meanwhile");
}

absl::Status Handlers::CheckPolicy(const Dossier& dossier, const Secret& fresh) const {
  const PersonalWords personal = PersonalWordsOf(dossier.account, dossier.phones);
  return PolicyRefusal(identity::CheckPassword(fresh, parts_.policy.password, personal), "new_password");
}

absl::Status Handlers::CheckReuse(const StoredCredential& credential, const Secret& fresh) const {
  const auto keep = static_cast<size_t>(parts_.policy.password.history);
  if (keep == 0 || !credential.has_password()) return absl::OkStatus();
  std::vector<Secret> last = {credential.phc};
  last.insert(last.end(), credential.history.begin(), credential.history.end());
  if (last.size() > keep) last.resize(keep);
  if (!TRY(parts_.hasher.MatchesAny(fresh, last))) return absl::OkStatus();
  return PolicyRefusal({Violated(PasswordRule::kReused, parts_.policy.password)}, "new_password");
}

absl::Status Handlers::CountWrongPassword(kv::Txn& txn, const rpc::Call& call, Dossier dossier,
                                          StoredCredential credential, const std::string& lock_number,
                                          const ClientPlace& client) const {
  const WrongPassword counted = CountWrong(credential.sign_in, parts_.policy.login);
  credential.sign_in = counted.next;
  TRY(credentials_.Put(txn, credential));
  if (!counted.lock_for.has_value()) return absl::OkStatus();
  const absl::Time until = call.now + *counted.lock_for;
  dossier.account =
      TRY(accounts_.Update(txn, TRY(LockUntil(dossier.account, {until, lock_number}, call.now)), call.now));
  TRY(txn.Schedule({until, kExpireLock, dossier.account.id.text()}));
  TRY(Record(txn, call, dossier.account, "AccountLocked", {}, {client, ""}));
  return Tell(txn, NoticeKind::kAccountLocked, dossier, call.now);
}

absl::Status Handlers::JudgeCurrent(const rpc::Call& call, const StoredCredential& seen,
                                    const PasswordChange& change) {
  if (change.current.empty()) {
    return InvalidField("current_password", "PASSWORD_MISSING",
                        "the account has a password; give the current one");
  }
  const bool matched = TRY(parts_.hasher.Verify(change.current, seen.phc)).matched;
  const std::string lock_number = parts_.random.Digits(8);
  // A commit of its own: a wrong password is counted although the call is refused.
  TRY(parts_.once.database().Update([&](kv::Txn& txn) -> absl::Status {
    Dossier dossier = TRY(Load(txn, seen.account));
    TRY(RequireState(dossier.account, {State::kActive}, call.now));
    const StoredCredential credential = TRY(SameCredential(txn, seen));
    return matched ? absl::OkStatus()
                   : CountWrongPassword(txn, call, dossier, credential, lock_number, change.client);
  }));
  if (matched) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kPasswordWrong,
                "the current password is wrong");
}

absl::StatusOr<pb::Credential> Handlers::SaveFresh(kv::Txn& txn, const rpc::Call& call,
                                                   const Dossier& dossier, const StoredCredential& seen,
                                                   const Secret& phc, const char* type,
                                                   const ClientPlace& client) const {
  const StoredCredential credential = TRY(SameCredential(txn, seen));
  const StoredCredential next = credential.WithPassword(phc, parts_.policy.password.history, call.now);
  TRY(credentials_.Put(txn, next));
  TRY(Record(txn, call, dossier.account, type, {{"version", absl::StrCat(next.version)}}, {client, ""}));
  TRY(Tell(txn, NoticeKind::kPasswordChanged, dossier, call.now));
  return ToProto(next, parts_.policy.password);
}

absl::StatusOr<pb::Credential> Handlers::SetPassword(const rpc::Call& call,
                                                     const pb::SetPasswordRequest& in) {
  if (std::optional<pb::Credential> earlier = TRY(parts_.once.Replay<pb::Credential>(call)))
    return *std::move(earlier);
  const PasswordChange change = TRY(Parse(in));
  TRY(CheckOwner(call, change.account));
  const Dossier before = TRY(LoadNow(change.account));
  TRY(RequireState(before.account, {State::kActive}, call.now));
  // First the rules, which ask nothing of the account's secrets: later, a broken rule would tell that the
  // current password was right.
  TRY(CheckPolicy(before, change.fresh));
  const StoredCredential seen = TRY(CredentialNow(change.account));
  if (seen.has_password()) TRY(JudgeCurrent(call, seen, change));
  TRY(CheckReuse(seen, change.fresh));
  const Secret phc = TRY(parts_.hasher.Hash(change.fresh));
  return parts_.once.Run<pb::Credential>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Credential> {
    const Dossier dossier = TRY(Load(txn, change.account));
    TRY(RequireState(dossier.account, {State::kActive}, call.now));
    return SaveFresh(txn, call, dossier, seen, phc, "PasswordSet", change.client);
  });
}

absl::StatusOr<pb::VerifyPasswordResponse> Handlers::SettleSignIn(kv::Txn& txn, const rpc::Call& call,
                                                                  const StoredCredential& seen,
                                                                  const PasswordVerdict& verdict,
                                                                  const std::string& lock_number,
                                                                  const ClientPlace& client) const {
  pb::VerifyPasswordResponse out;
  if (!seen.has_password()) return out;
  const Dossier dossier = TRY(Load(txn, seen.account));
  StoredCredential credential = TRY(SameCredential(txn, seen));
  if (!MaySignIn(dossier.account, call.now)) return out;
  if (!verdict.matched) {
    TRY(CountWrongPassword(txn, call, dossier, credential, lock_number, client));
    return out;
  }
  if (verdict.renewed.has_value()) credential.phc = *verdict.renewed;
  if (verdict.renewed.has_value() || credential.sign_in != CountRight()) {
    credential.sign_in = CountRight();
    TRY(credentials_.Put(txn, credential));
  }
  const absl::Time expiry = PasswordExpiry(credential.set_at, parts_.policy.password);
  out.set_verified(true);
  out.set_account(dossier.account.id.Name());
  out.set_password_expired(call.now >= expiry);
  if (expiry != absl::InfiniteFuture()) SetTime(out.mutable_password_expire_time(), expiry);
  out.set_state(static_cast<pb::AccountState>(StateAt(dossier.account, call.now)));
  return out;
}

absl::StatusOr<pb::VerifyPasswordResponse> Handlers::VerifyPassword(const rpc::Call& call,
                                                                    const pb::VerifyPasswordRequest& in) {
  if (std::optional<pb::VerifyPasswordResponse> earlier =
          TRY(parts_.once.Replay<pb::VerifyPasswordResponse>(call))) {
    return *std::move(earlier);
  }
  const PasswordClaim claim = TRY(Parse(in));
  StoredCredential seen;  // without a password for who is unknown
  TRY(parts_.once.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    const std::optional<AccountId> account = TRY(Resolve(txn, claim.who));
    if (account.has_value()) seen = TRY(credentials_.Get(txn, *account));
    return absl::OkStatus();
  }));
  const PasswordVerdict verdict = TRY(parts_.hasher.Verify(claim.password, seen.phc));
  const std::string lock_number = parts_.random.Digits(8);
  return parts_.once.Run<pb::VerifyPasswordResponse>(
      call, [&](kv::Txn& txn) -> absl::StatusOr<pb::VerifyPasswordResponse> {
        return SettleSignIn(txn, call, seen, verdict, lock_number, claim.client);
      });
}

absl::StatusOr<std::string> Handlers::CheckProof(const rpc::Call& call, const PasswordReset& reset) const {
  if (parts_.proofs == nullptr) return ProofInvalid();
  crypto::JwtRules rules;
  rules.audience = "identity";
  rules.issuer = "recovery";
  rules.max_lifetime = absl::Seconds(60);
  const absl::StatusOr<crypto::Claims> claims = parts_.proofs->Verify(reset.proof, rules, call.now);
  if (!claims.ok()) return ProofInvalid();
  const auto purpose = claims->extra.find("purpose");
  const bool fits = claims->subject == reset.account.text() && purpose != claims->extra.end() &&
                    purpose->second == kProofPurpose && IsIdText(claims->id);
  if (!fits) return ProofInvalid();
  return claims->id;
}

absl::StatusOr<pb::Credential> Handlers::ResetPassword(const rpc::Call& call,
                                                       const pb::ResetPasswordRequest& in) {
  if (std::optional<pb::Credential> earlier = TRY(parts_.once.Replay<pb::Credential>(call)))
    return *std::move(earlier);
  const PasswordReset reset = TRY(Parse(in));
  const std::string recovery = TRY(CheckProof(call, reset));
  const auto allowed = [&](kv::ReadTxn& txn, const Account& account) -> absl::Status {
    TRY(RequireState(account, {State::kActive, State::kLocked},
                     call.now));  // a lock never blocks recovery (R11)
    if (!TRY(credentials_.ProofUsed(txn, recovery))) return absl::OkStatus();
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kProofUsed,
                  "this recovery has set a password already");
  };
  const Dossier before = TRY(LoadNow(reset.account));
  TRY(parts_.once.database().View(
      [&](kv::ReadTxn& txn) -> absl::Status { return allowed(txn, before.account); }));
  TRY(CheckPolicy(before, reset.fresh));
  const StoredCredential seen = TRY(CredentialNow(reset.account));
  TRY(CheckReuse(seen, reset.fresh));
  const Secret phc = TRY(parts_.hasher.Hash(reset.fresh));
  return parts_.once.Run<pb::Credential>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Credential> {
    Dossier dossier = TRY(Load(txn, reset.account));
    TRY(allowed(txn, dossier.account));
    TRY(credentials_.UseProof(txn, recovery, reset.account, call.now));
    if (StateAt(dossier.account, call.now) == State::kLocked) {
      dossier.account =
          TRY(accounts_.Update(txn, TRY(Unlock(dossier.account, Actor::kSystem, call.now)), call.now));
    }
    return SaveFresh(txn, call, dossier, seen, phc, "PasswordReset", {});
  });
}

}  // namespace tc::identity
