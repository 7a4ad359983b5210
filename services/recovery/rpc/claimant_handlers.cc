// The claimant's calls: start, own code, resend, look. Known, unknown, blocked, guarded and unguarded
// accounts take the same way until the own code is right.

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/recovery/domain/start_limits.h"
#include "services/recovery/rpc/handlers.h"
#include "services/recovery/rpc/pair.h"
#include "services/recovery/rpc/recorder.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;

// Where a code of this recovery may go now, and how.
struct Way {
  Channel channel = Channel::kSms;
  CodeMessage message;
};

Way WayTo(const Recovery& recovery, const std::optional<KnownAccount>& known, Channel wanted,
          const CodeClient& client) {
  Way way;
  way.message.client = client;
  way.channel = wanted;
  if (!recovery.decoy && known.has_value()) {
    way.channel = PickChannel(wanted, known->phone.has_value(), !known->email.empty()).value_or(wanted);
    way.message.locale = known->locale;
    if (way.channel == Channel::kEmail) {
      way.message.address = known->email;
    } else {
      way.message.address = known->phone;
      way.message.fallback_email = known->email;
    }
  }
  way.message.channel = way.channel;
  return way;
}

// Only a freeze can be ended in a frozen account, and nothing else in one that is.
bool CanStart(const std::optional<KnownAccount>& known, Purpose purpose) {
  if (!known.has_value() || (!known->phone.has_value() && known->email.empty())) return false;
  return purpose == Purpose::kUnfreeze ? known->frozen : known->active;
}

// Asked in the place of an account where there is none, so that it takes as long (REC-01).
AccountId AccountOfNobody(const PublicId& recovery) { return AccountId::FromTrusted(recovery.text()); }

}  // namespace

Start Handlers::StartOf(const rpc::Call& call, const StartRequest& start,
                        const std::optional<KnownAccount>& known, const std::string& nonce,
                        bool decoy) const {
  Start begin;
  begin.id = parts_.tokens.IdOf(call);
  begin.nonce = nonce;
  begin.decoy = decoy;
  begin.purpose = start.purpose;
  begin.capability_hash = Tokens::HashOf(parts_.tokens.CapabilityOf(begin.id, nonce));
  begin.not_me_hash = Tokens::HashOf(parts_.tokens.NotMeOf(begin.id, nonce));
  begin.channel = start.channel;
  begin.claimed = start.claimed;
  begin.client = start.client;
  // Attempts count for the person, or for what was typed where there is none.
  const std::string typed = absl::WebSafeBase64Escape(parts_.tokens.IndexOf(Canonical(start.claimed)));
  begin.subject = known.has_value() ? known->account.Name() : absl::StrCat("claims/", typed);
  const KnownAccount account = known.value_or(KnownAccount());
  begin.principal = account.account;
  begin.masked_principal = account.masked_name;
  begin.phone_index = parts_.tokens.IndexOf(account.phone.e164());
  begin.email_index = parts_.tokens.IndexOf(account.email);
  return begin;
}

absl::StatusOr<StartLedger> Handlers::LedgerNow(kv::Txn& txn, const AccountId& account,
                                                const rpc::Call& call) const {
  const PublicId open = TRY(parts_.store.LedgerOf(txn, account)).open;
  if (open.has_value()) {
    const Recovery recovery = TRY(Load(txn, open));
    TRY(Record(txn, parts_.store, recovery, AsOf(recovery, call.now), call.now));
  } else {
    TRY(parts_.store.FindOrReadNobodys(txn, parts_.tokens.IdOf(call)));
  }
  return parts_.store.LedgerOf(txn, account);
}

absl::StatusOr<Recovery> Handlers::Reserve(const rpc::Call& call, const StartRequest& start,
                                           const std::optional<KnownAccount>& known) const {
  const std::string nonce = parts_.random.Bytes(32);
  Recovery reserved;
  TRY(parts_.once.database().Update([&](kv::Txn& txn) -> absl::Status {
    const std::optional<Recovery> earlier = TRY(parts_.store.Find(txn, parts_.tokens.IdOf(call)));
    if (earlier.has_value()) {  // this very call was cut off after its reservation
      reserved = *earlier;
      return absl::OkStatus();
    }
    const AccountId account = known.has_value() ? known->account : AccountOfNobody(parts_.tokens.IdOf(call));
    const StartLedger ledger = TRY(LedgerNow(txn, account, call));
    const bool starts = CanStart(known, start.purpose) && MayStart(ledger, parts_.policy, call.now);
    const Recovery begun = Begin(StartOf(call, start, known, nonce, !starts), parts_.policy, call.now);
    reserved = TRY(parts_.store.Insert(txn, begun));
    return absl::OkStatus();
  }));
  return reserved;
}

void Handlers::Withdraw(const Recovery& recovery) const {
  // Best effort: what stays behind expires with the own code's time.
  (void)parts_.once.database().Update([&](kv::Txn& txn) -> absl::Status {
    const Recovery now = TRY(Load(txn, recovery.id));
    if (now.own_code.serial > 0 || IsFinal(now.state)) return absl::OkStatus();
    return parts_.store.Withdraw(txn, now);
  });
}

absl::StatusOr<pb::Recovery> Handlers::StartRecovery(const rpc::Call& call,
                                                     const pb::StartRecoveryRequest& in) {
  return Answer<pb::Recovery>(call, [&] { return StartNow(call, in); });
}

absl::StatusOr<pb::Recovery> Handlers::StartNow(const rpc::Call& call,
                                                const pb::StartRecoveryRequest& in) const {
  const StartRequest start = TRY(Parse(in));
  TRY(CheckPurpose(parts_.policy, start.purpose));
  const std::optional<KnownAccount> known = TRY(parts_.identity.Lookup(start.claimed, call.deadline));
  Recovery recovery = TRY(Reserve(call, start, known));
  const Way way = WayTo(recovery, known, start.channel, start.code_client);
  const absl::StatusOr<Sent> sent = FirstCode(call, recovery, way.message);
  if (!sent.ok()) {
    Withdraw(recovery);
    return sent.status();
  }
  return parts_.once.Run<pb::Recovery>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Recovery> {
    const Recovery before = TRY(Load(txn, recovery.id));
    Recovery begun = recovery.decoy && !before.decoy ? TurnIntoDecoy(before) : before;
    begun.subject = recovery.subject;  // whom the code was made for
    const Recovery after = TRY(OwnCodeSent(begun, sent->serial, way.channel, sent->status, call.now));
    TRY(EnterStart(txn, after, call.now));
    return ClaimantView(TRY(Save(txn, call, before, after)),
                        parts_.tokens.CapabilityOf(recovery.id, recovery.nonce), call);
  });
}

PrincipalNow Handlers::PrincipalOf(const Recovery& recovery,
                                   const std::optional<KnownAccount>& account) const {
  if (!account.has_value()) return PrincipalNow();
  return {account->active, account->frozen, SameAddresses(recovery, *account)};
}

bool Handlers::SameAddresses(const Recovery& recovery, const KnownAccount& account) const {
  return recovery.phone_index == parts_.tokens.IndexOf(account.phone.e164()) &&
         recovery.email_index == parts_.tokens.IndexOf(account.email);
}

absl::StatusOr<pb::Recovery> Handlers::ResendClaimantCode(const rpc::Call& call,
                                                          const pb::ResendClaimantCodeRequest& in) {
  return Answer<pb::Recovery>(call, [&] { return ResendNow(call, in); });
}

absl::StatusOr<pb::Recovery> Handlers::ResendNow(const rpc::Call& call,
                                                 const pb::ResendClaimantCodeRequest& in) const {
  const ResendRequest request = TRY(Parse(in));
  const Recovery recovery = TRY(Read(request.capability));
  TRY(Move(recovery, Trigger::kResendOwnCode, Actor::kClaimant, call.now));
  const AccountId asked = recovery.decoy ? AccountOfNobody(recovery.id) : recovery.principal;
  const std::optional<KnownAccount> known = TRY(parts_.identity.Lookup(asked, call.deadline));
  if (!recovery.decoy && (!known.has_value() || !SameAddresses(recovery, *known))) {
    // Never to a new address (REC-21): whoever holds it starts anew.
    const Recovery ended =
        TRY(Change(call, recovery.id, [&](const Recovery& now) -> absl::StatusOr<Recovery> {
          return Cancel(now, Canceller::kSystem, call.now);
        }));
    return Move(ended, Trigger::kResendOwnCode, Actor::kClaimant, call.now).status();
  }
  const Way way = WayTo(recovery, known, request.channel.value_or(recovery.channel), request.client);
  const Sent sent = TRY(NextCode(call, recovery, Side::kClaimant, way.message));
  return parts_.once.Run<pb::Recovery>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Recovery> {
    const Recovery before = TRY(Load(txn, recovery.id));
    const Recovery after = TRY(OwnCodeSent(before, sent.serial, way.channel, sent.status, call.now));
    return ClaimantView(TRY(Save(txn, call, before, after)), request.capability, call);
  });
}

absl::StatusOr<ClaimEvidence> Handlers::GatherClaim(const rpc::Call& call, const Recovery& recovery) const {
  ClaimEvidence evidence;
  evidence.account = PrincipalOf(recovery, TRY(parts_.identity.Lookup(recovery.principal, call.deadline)));
  const GuardNow guard =
      TRY(parts_.linking.HoldGuard(recovery.principal, recovery.id, HoldUntil(recovery),
                                   parts_.tokens.StepId(recovery, {"hold"}), call.deadline));
  evidence.guarded = guard.guarded;
  if (!guard.guarded) return evidence;
  evidence.link = guard.link;
  evidence.contact = guard.contact;
  const EligibilityNow principal = TRY(parts_.identity.CheckPrincipal(recovery.principal, call.deadline));
  evidence.principal_eligible = ForPurpose(recovery.purpose, principal).eligible;
  evidence.contact_eligible = TRY(parts_.identity.CheckContact(guard.contact, call.deadline)).eligible;
  evidence.contact_phone_index = TRY(PhoneOf(call, guard.contact)).index;
  return evidence;
}

absl::StatusOr<pb::Recovery> Handlers::VerifyClaimant(const rpc::Call& call,
                                                      const pb::VerifyClaimantRequest& in) {
  return Answer<pb::Recovery>(call, [&] { return VerifyNow(call, in); });
}

absl::StatusOr<pb::Recovery> Handlers::VerifyNow(const rpc::Call& call,
                                                 const pb::VerifyClaimantRequest& in) const {
  const CodeRequest request = TRY(Parse(in));
  const Recovery recovery = TRY(Read(request.capability));
  TRY(Move(recovery, Trigger::kProveGuarded, Actor::kClaimant, call.now));
  TRY(CheckCode(call, recovery, Side::kClaimant, {request.code, request.client}));
  TRY(ConsumeCode(call, recovery, Side::kClaimant));
  // Marked before linking is asked, so that whatever ends the recovery from now on also ends the hold.
  TRY(Change(call, recovery.id,
             [&](const Recovery& now) -> absl::StatusOr<Recovery> { return TakeHold(now, call.now); }));
  const ClaimEvidence evidence = TRY(GatherClaim(call, recovery));
  const std::string match_code = parts_.random.Digits(4);
  return parts_.once.Run<pb::Recovery>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Recovery> {
    const Recovery before = TRY(Load(txn, recovery.id));
    return ClaimantView(TRY(SaveProof(txn, call, before, evidence, match_code)), request.capability, call);
  });
}

absl::StatusOr<Recovery> Handlers::SaveProof(kv::Txn& txn, const rpc::Call& call, const Recovery& before,
                                             ClaimEvidence evidence, const std::string& match_code) const {
  const std::optional<Recovery> mirror =
      TRY(MirrorOf(txn, parts_.store, before.principal, evidence.contact, call.now));
  evidence.mutual = mirror.has_value();
  const std::string grant_hash = Tokens::HashOf(parts_.tokens.GrantOf(before));
  const Recovery after = TRY(ProveClaim(before, evidence, grant_hash, match_code, call.now));
  if (mirror.has_value()) TRY(HoldMirror(txn, parts_.store, *mirror, call.now));
  return Save(txn, call, before, after);
}

absl::StatusOr<pb::Recovery> Handlers::GetRecovery(const rpc::Call& call, const pb::GetRecoveryRequest& in) {
  const std::string capability = TRY(ParseCapability(in.name()));
  return ClaimantView(TRY(Read(capability)), capability, call);
}

}  // namespace tc::recovery
