// Passwords (I6, R9, R11). Hashing happens between two looks at the account: the transaction that follows
// takes its result only when the password is still the one that was compared with.

#include "services/identity/rpc/password_handlers.h"
#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/identity/domain/guarded.h"
#include "services/identity/rpc/convert_security.h"
#include "services/identity/rpc/sign_in_steps.h"
#include "services/identity/store/notices.h"

namespace tc::identity {
namespace {

constexpr char kProofPurpose[] = "PASSWORD_RECOVERY";

absl::Status ProofInvalid() {
  return Refuse(absl::StatusCode::kPermissionDenied, Reason::kProofInvalid,
                "the recovery's proof is not genuine");
}

}  // namespace

absl::StatusOr<pb::CheckPasswordResponse> PasswordHandlers::CheckPassword(
    const rpc::Call& call, const pb::CheckPasswordRequest& in) {
  PersonalWords personal;
  if (!in.account().empty()) {
    const AccountId account = TRY(AccountId::ParseName(in.account(), "account"));
    TRY(desk_.CheckOwner(call, account));
    const Dossier dossier = TRY(desk_.LoadNow(account));
    personal = PersonalWordsOf(dossier.account, dossier.phones);
  }
  if (in.password().size() > kMaxPasswordBytes)
    return InvalidField("password", "PASSWORD_TOO_LONG", "the password is too long");
  pb::CheckPasswordResponse out;
  const Secret password = NormalisedPassword(Secret(in.password()));
  for (const PasswordViolation& violation :
       identity::CheckPassword(password, desk_.policy.password, personal, desk_.blocklist)) {
    pb::PasswordViolation* added = out.add_violations();
    added->set_rule(static_cast<pb::PasswordRule>(violation.rule));
    added->set_description(violation.sentence);
  }
  out.set_acceptable(out.violations().empty());
  return out;
}

absl::StatusOr<StoredCredential> PasswordHandlers::CredentialNow(const AccountId& account) const {
  StoredCredential credential;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    credential = TRY(desk_.credentials.Get(txn, account));
    return absl::OkStatus();
  }));
  return credential;
}

absl::Status PasswordHandlers::CheckPolicy(const Dossier& dossier, const Secret& fresh) const {
  const PersonalWords personal = PersonalWordsOf(dossier.account, dossier.phones);
  return PolicyRefusal(identity::CheckPassword(fresh, desk_.policy.password, personal, desk_.blocklist),
                       "new_password");
}

absl::Status PasswordHandlers::CheckReuse(const StoredCredential& credential, const Secret& fresh) const {
  const auto keep = static_cast<size_t>(desk_.policy.password.history);
  if (keep == 0 || !credential.has_password()) return absl::OkStatus();
  std::vector<Secret> last = {credential.phc};
  last.insert(last.end(), credential.history.begin(), credential.history.end());
  if (last.size() > keep) last.resize(keep);
  if (!TRY(desk_.hasher.MatchesAny(fresh, last))) return absl::OkStatus();
  return PolicyRefusal({Violated(PasswordRule::kReused, desk_.policy.password)}, "new_password");
}

absl::Status PasswordHandlers::JudgeCurrent(const rpc::Call& call, const StoredCredential& seen,
                                            const PasswordChange& change) {
  if (change.current.empty()) {
    return InvalidField("current_password", "PASSWORD_MISSING",
                        "the account has a password; give the current one");
  }
  const bool matched = TRY(desk_.hasher.Verify(change.current, seen.phc)).matched;
  const std::string lock_number = desk_.random.Digits(8);
  // A commit of its own: a wrong password is counted although the call is refused.
  TRY(desk_.database().Update([&](kv::Txn& txn) -> absl::Status {
    Dossier dossier = TRY(desk_.Load(txn, seen.account));
    TRY(RequireState(dossier.account, {State::kActive}, call.now));
    const StoredCredential credential = TRY(SameCredential(txn, desk_, seen));
    if (matched) return absl::OkStatus();
    const WrongOne wrong{"PASSWORD", "PASSWORD_CHANGE", change.client, lock_number};
    return CountWrongOne(txn, desk_, call, dossier, credential, wrong).status();
  }));
  if (matched) return absl::OkStatus();
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kPasswordWrong,
                "the current password is wrong");
}

absl::StatusOr<pb::Credential> PasswordHandlers::SaveFresh(kv::Txn& txn, const rpc::Call& call,
                                                           const Dossier& dossier,
                                                           const StoredCredential& seen, const Secret& phc,
                                                           const char* type, Attributes attributes,
                                                           const ClientPlace& client) const {
  const StoredCredential credential = TRY(SameCredential(txn, desk_, seen));
  const StoredCredential next = credential.WithPassword(phc, desk_.policy.password.history, call.now);
  TRY(desk_.credentials.Put(txn, next));
  for (const absl::Time warning : ExpiryWarnings(next.set_at, desk_.policy.password)) {
    TRY(txn.Schedule({warning, kWarnOfExpiry, absl::StrCat(dossier.account.id.text(), "/", next.version)}));
  }
  attributes["version"] = absl::StrCat(next.version);
  TRY(desk_.Record(txn, call, dossier.account, type, std::move(attributes), {client, ""}));
  TRY(desk_.Tell(txn, NoticeKind::kPasswordChanged, dossier, call.now));
  return ToProto(next, desk_.policy.password);
}

absl::StatusOr<pb::Credential> PasswordHandlers::SetPassword(const rpc::Call& call,
                                                             const pb::SetPasswordRequest& in) {
  if (std::optional<pb::Credential> earlier = TRY(desk_.once.Replay<pb::Credential>(call)))
    return *std::move(earlier);
  const PasswordChange change = TRY(Parse(in));
  TRY(desk_.CheckOwner(call, change.account));
  const Dossier before = TRY(desk_.LoadNow(change.account));
  TRY(RequireState(before.account, {State::kActive}, call.now));
  const StoredCredential seen = TRY(CredentialNow(change.account));
  // Where no current password can be asked for, an open session would be enough.
  if (!seen.has_password()) TRY(desk_.CheckRecentSignIn(call, change.account));
  // Before it the rules, which ask nothing of the account's secrets: later, a broken rule would tell that the
  // current password was right.
  TRY(CheckPolicy(before, change.fresh));
  if (seen.has_password()) TRY(JudgeCurrent(call, seen, change));
  TRY(CheckReuse(seen, change.fresh));
  const Secret phc = TRY(desk_.hasher.Hash(change.fresh));
  return desk_.once.Run<pb::Credential>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Credential> {
    const Dossier dossier = TRY(desk_.Load(txn, change.account));
    TRY(RequireState(dossier.account, {State::kActive}, call.now));
    return SaveFresh(txn, call, dossier, seen, phc, "PasswordSet", {}, change.client);
  });
}

absl::StatusOr<std::string> PasswordHandlers::CheckProof(const rpc::Call& call,
                                                         const PasswordReset& reset) const {
  if (desk_.proofs == nullptr) return ProofInvalid();
  crypto::JwtRules rules;
  rules.audience = "identity";
  rules.issuer = "recovery";
  rules.max_lifetime = absl::Seconds(60);
  const absl::StatusOr<crypto::Claims> claims =
      desk_.proofs->Now().verifier->Verify(reset.proof, rules, call.now);
  if (!claims.ok()) return ProofInvalid();
  const auto purpose = claims->extra.find("purpose");
  const bool fits = claims->subject == reset.account.text() && purpose != claims->extra.end() &&
                    purpose->second == kProofPurpose && IsIdText(claims->id);
  if (!fits) return ProofInvalid();
  return claims->id;
}

absl::StatusOr<Account> PasswordHandlers::AfterRecovery(kv::Txn& txn, const rpc::Call& call,
                                                        const Account& account,
                                                        absl::Time restrict_until) const {
  Account next = Restrict(account, restrict_until, call.now);
  if (StateAt(account, call.now) == State::kLocked)
    next = TRY(Unlock(std::move(next), Actor::kSystem, call.now));
  if (next == account) return next;
  return desk_.accounts.Update(txn, std::move(next), call.now);
}

absl::StatusOr<pb::Credential> PasswordHandlers::ResetPassword(const rpc::Call& call,
                                                               const pb::ResetPasswordRequest& in) {
  if (std::optional<pb::Credential> earlier = TRY(desk_.once.Replay<pb::Credential>(call)))
    return *std::move(earlier);
  const PasswordReset reset = TRY(Parse(in, call.now));
  const std::string recovery = TRY(CheckProof(call, reset));
  // The proof first: recovery must learn that its password has been set, whatever became of the account
  // since.
  const auto allowed = [&](kv::ReadTxn& txn, const Account& account) -> absl::Status {
    if (TRY(desk_.credentials.ProofUsed(txn, recovery))) {
      return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kProofUsed,
                    "this recovery has set a password already");
    }
    // A lock never blocks recovery (R11).
    return RequireState(account, {State::kActive, State::kLocked}, call.now);
  };
  const Dossier before = TRY(desk_.LoadNow(reset.account));
  // Before the look at the proof: a password that a copy of this call sets meanwhile must not be taken for an
  // earlier one, and refused as used again.
  const StoredCredential seen = TRY(CredentialNow(reset.account));
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status { return allowed(txn, before.account); }));
  TRY(CheckPolicy(before, reset.fresh));
  TRY(CheckReuse(seen, reset.fresh));
  const Secret phc = TRY(desk_.hasher.Hash(reset.fresh));
  return desk_.once.Run<pb::Credential>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Credential> {
    Dossier dossier = TRY(desk_.Load(txn, reset.account));
    TRY(allowed(txn, dossier.account));
    TRY(desk_.credentials.UseProof(txn, recovery, reset.account, call.now));
    dossier.account = TRY(AfterRecovery(txn, call, dossier.account, reset.restrict_until));
    Attributes attributes;
    if (RestrictedAt(dossier.account, call.now))
      attributes["restricted_until"] = absl::StrCat(absl::ToUnixMicros(*dossier.account.restricted_until));
    return SaveFresh(txn, call, dossier, seen, phc, "PasswordReset", std::move(attributes), {});
  });
}

absl::StatusOr<pb::Credential> PasswordHandlers::RequirePasswordChange(
    const rpc::Call& call, const pb::RequirePasswordChangeRequest& in) {
  const ReasonedOrder order = TRY(Parse(in));
  return desk_.once.Run<pb::Credential>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Credential> {
    const Dossier dossier = TRY(desk_.Load(txn, order.account));
    TRY(RequireState(dossier.account, {State::kActive, State::kLocked, State::kFrozen, State::kBlocked},
                     call.now));
    StoredCredential credential = TRY(desk_.credentials.Get(txn, order.account));
    if (!credential.has_password()) {
      return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kStateTransitionNotAllowed,
                    "the account has no password")
          .With("state", StateName(StateAt(dossier.account, call.now)));
    }
    credential.change_required = true;
    TRY(desk_.credentials.Put(txn, credential));
    TRY(desk_.Record(txn, call, dossier.account, "PasswordChangeRequired",
                     {{"version", absl::StrCat(credential.version)}}, {{}, order.reason}));
    TRY(desk_.Tell(txn, NoticeKind::kPasswordChangeRequired, dossier, call.now));
    return ToProto(credential, desk_.policy.password);
  });
}

}  // namespace tc::identity
