// The officers' calls. Documents come first: whoever cannot show them learns nothing, not even that there is
// such an account or recovery. An officer's answer holds no capability, grant or password.

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/rpc/authenticator.h"
#include "services/recovery/domain/document_tries.h"
#include "services/recovery/rpc/handlers.h"
#include "services/recovery/rpc/recorder.h"
#include "services/recovery/store/document_tries_store.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;

// Until then no call that is under way now can ask for a hold.
constexpr absl::Duration kCallsSettle = absl::Minutes(1);

// "bank/north"
std::string PeerOf(const rpc::Call& call) {
  return absl::StrCat(rpc::RoleName(call.peer.role), "/", call.peer.name);
}

Visit VisitOf(const rpc::Call& call, const ShownDocument& shown) {
  return {shown.officer, PeerOf(call), shown.visit};
}

// The same for this call repeated, another one for other content.
std::string CheckOf(const rpc::Call& call) {
  return Tokens::HashOf(absl::StrCat(PeerOf(call), "/", call.request_id, "/", call.fingerprint));
}

struct Counter {
  std::string subject;
  int limit = 0;
};

std::vector<Counter> CountersOf(const rpc::Call& call, const AccountId& principal) {
  return {{principal.Name(), kDocumentTriesForPrincipal},
          {absl::StrCat("peers/", PeerOf(call)), kDocumentTriesOfOrganisation}};
}

absl::Status CapabilityUsed() {
  return InvalidField("capability_hash", "CAPABILITY_USED", "the device must make a new capability");
}

}  // namespace

absl::Status Handlers::ChargeDocument(const rpc::Call& call, const AccountId& principal,
                                      const ShownDocument& shown) const {
  return parts_.once.database()
      .Update([&](kv::Txn& txn) -> absl::Status {
        bool charged = false;
        for (const Counter& counter : CountersOf(call, principal)) {
          const DocumentTries before = TRY(TriesOf(txn, counter.subject));
          const DocumentTries after = TRY(Charge(before, CheckOf(call), counter.limit, call.now));
          TRY(PutTries(txn, counter.subject, before, after));
          charged = charged || after != before;
        }
        // A call that is repeated tries nothing new.
        if (!charged) return absl::OkStatus();
        return EnterDocumentTry(txn, principal, shown.officer, shown.visit, call.now);
      })
      .status();
}

absl::Status Handlers::GiveBackDocument(const rpc::Call& call, const AccountId& principal) const {
  return parts_.once.database()
      .Update([&](kv::Txn& txn) -> absl::Status {
        for (const Counter& counter : CountersOf(call, principal)) {
          const DocumentTries before = TRY(TriesOf(txn, counter.subject));
          TRY(PutTries(txn, counter.subject, before, GiveBack(before, CheckOf(call))));
        }
        return absl::OkStatus();
      })
      .status();
}

absl::Status Handlers::CheckDocument(const rpc::Call& call, const AccountId& principal,
                                     const ShownDocument& shown, absl::string_view kind) const {
  TRY(ChargeDocument(call, principal, shown));
  const absl::StatusOr<bool> fits = parts_.identity.CheckDocument(principal, shown.passport, call.deadline);
  if (fits.ok() && !*fits) return NotFound(kind);
  // They fit, or nothing was learnt of them.
  TRY(GiveBackDocument(call, principal));
  return fits.status();
}

absl::StatusOr<KnownAccount> Handlers::ActiveAccount(const rpc::Call& call, const AccountId& principal,
                                                     absl::string_view kind) const {
  const std::optional<KnownAccount> account = TRY(parts_.identity.Lookup(principal, call.deadline));
  if (!account.has_value()) return NotFound(kind);
  if (account->active) return *account;
  if (account->frozen) return Refuse(kFailedPrecondition, Reason::kAccountFrozen, "the account is frozen");
  return Refuse(kFailedPrecondition, Reason::kAccountBlocked, "the account is blocked");
}

absl::StatusOr<Recovery> Handlers::ReserveInPerson(const rpc::Call& call, const KnownAccount& account) const {
  StartRequest request;
  request.claimed = account.account;
  const std::string nonce = parts_.random.Bytes(32);
  const kv::Timer settle{call.deadline + kCallsSettle, kReleaseTimer, ""};
  Recovery reserved;
  TRY(parts_.once.database().Update([&](kv::Txn& txn) -> absl::Status {
    std::optional<Recovery> open = TRY(parts_.store.Find(txn, parts_.tokens.IdOf(call)));
    const StartLedger ledger = TRY(parts_.store.LedgerOf(txn, account.account));
    if (!open.has_value() && ledger.open.has_value()) {
      const Recovery stored = TRY(Load(txn, ledger.open));
      open = TRY(Record(txn, parts_.store, stored, AsOf(stored, call.now), call.now));
      if (IsFinal(open->state)) open.reset();
    }
    // Limits and cool-downs are for those who come without documents.
    if (!open.has_value()) {
      const Start start = StartOf(call, request, account, nonce, /*decoy=*/false);
      open = TRY(parts_.store.Insert(txn, Begin(start, parts_.policy, call.now)));
    }
    // Marked before linking is asked, so that whatever ends the recovery from now on also ends the hold; and
    // told once more when this call is certainly over.
    const Recovery marked = TRY(TakeHoldInPerson(*open, call.now));
    reserved = TRY(Record(txn, parts_.store, *open, marked, call.now));
    kv::Timer timer = settle;
    timer.subject = reserved.id.text();
    return txn.Schedule(timer);
  }));
  return reserved;
}

absl::StatusOr<InPersonStart> Handlers::GatherInPerson(const rpc::Call& call, const Recovery& recovery,
                                                       const InPersonStartRequest& request) const {
  InPersonStart start;
  start.visit = VisitOf(call, request.shown);
  start.capability_hash = request.capability_hash;
  start.nonce = parts_.random.Bytes(32);
  start.not_me_hash = Tokens::HashOf(parts_.tokens.NotMeOf(recovery.id, start.nonce));
  Recovery with_nonce = recovery;
  with_nonce.nonce = start.nonce;
  start.grant_hash = Tokens::HashOf(parts_.tokens.GrantOf(with_nonce));
  const absl::Time until = HoldInPersonUntil(recovery.policy, call.now);
  // A repetition holds for longer, and is another step.
  const std::string step = parts_.tokens.StepId(
      recovery, {"hold in person", call.request_id, absl::StrCat(absl::ToUnixMicros(until))});
  start.guard = TRY(parts_.linking.HoldGuard(recovery.principal, recovery.id, until, step, call.deadline));
  if (start.guard.guarded && !SameGuard(recovery, start.guard))
    start.contact_phone_index = TRY(PhoneOf(call, start.guard.contact)).index;
  return start;
}

absl::StatusOr<pb::RecoverySummary> Handlers::StartInPersonRecovery(
    const rpc::Call& call, const pb::StartInPersonRecoveryRequest& in) {
  return Answer<pb::RecoverySummary>(call, [&] { return StartInPersonNow(call, in); });
}

absl::StatusOr<pb::RecoverySummary> Handlers::StartInPersonNow(
    const rpc::Call& call, const pb::StartInPersonRecoveryRequest& in) const {
  const InPersonStartRequest request = TRY(Parse(in));
  TRY(CheckDocument(call, request.principal, request.shown, "account"));
  const KnownAccount account = TRY(ActiveAccount(call, request.principal, "account"));
  const Recovery reserved = TRY(ReserveInPerson(call, account));
  const InPersonStart start = TRY(GatherInPerson(call, reserved, request));
  return parts_.once.Run<pb::RecoverySummary>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::RecoverySummary> {
    const Recovery before = TRY(Load(txn, reserved.id));
    if (before.capability_hash == start.capability_hash) return CapabilityUsed();
    const Recovery after = TRY(StartInPerson(before, start, call.now));
    absl::StatusOr<Recovery> saved = Save(txn, call, before, after);
    if (absl::IsAlreadyExists(saved.status())) return CapabilityUsed();
    return ToSummary(TRY(std::move(saved)), call.now);
  });
}

absl::StatusOr<pb::RecoverySummary> Handlers::ConfirmInPersonRecovery(
    const rpc::Call& call, const pb::ConfirmInPersonRecoveryRequest& in) {
  return Answer<pb::RecoverySummary>(call, [&] { return ConfirmInPersonNow(call, in); });
}

absl::StatusOr<pb::RecoverySummary> Handlers::ConfirmInPersonNow(
    const rpc::Call& call, const pb::ConfirmInPersonRecoveryRequest& in) const {
  const InPersonConfirmRequest request = TRY(Parse(in));
  AccountId principal;
  TRY(parts_.once.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    const std::optional<Recovery> found = TRY(parts_.store.Find(txn, request.id));
    const bool known = found.has_value() && !found->decoy;
    // An unknown recovery asks, too: for nobody.
    principal = known ? found->principal : AccountId::FromTrusted(request.id.text());
    return absl::OkStatus();
  }));
  TRY(CheckDocument(call, principal, request.shown, "recovery"));
  TRY(ActiveAccount(call, principal, "recovery"));
  return parts_.once.Run<pb::RecoverySummary>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::RecoverySummary> {
    const Recovery before = TRY(LoadReal(txn, request.id));
    const std::string grant_hash = Tokens::HashOf(parts_.tokens.GrantOf(before));
    const Recovery after = TRY(ConfirmInPerson(before, VisitOf(call, request.shown), grant_hash, call.now));
    return ToSummary(TRY(Save(txn, call, before, after)), call.now);
  });
}

}  // namespace tc::recovery
