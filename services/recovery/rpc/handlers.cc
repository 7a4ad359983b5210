#include "services/recovery/rpc/handlers.h"

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/recovery/rpc/recorder.h"

namespace tc::recovery {

bool IsPassing(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kUnauthenticated:  // our own credentials: an operator mends them
    case absl::StatusCode::kUnimplemented:
      return true;
    case absl::StatusCode::kPermissionDenied:
      return HasReason(status, Reason::kRoleNotAllowed);
    case absl::StatusCode::kResourceExhausted:
      return HasReason(status, Reason::kOverloaded);
    default:
      return false;
  }
}

absl::StatusOr<Recovery> Handlers::Load(kv::ReadTxn& txn, const PublicId& id) const {
  const std::optional<Recovery> found = TRY(parts_.store.Find(txn, id));
  if (!found.has_value()) return NotFound("recovery");
  return *found;
}

absl::StatusOr<Recovery> Handlers::LoadReal(kv::ReadTxn& txn, const PublicId& id) const {
  Recovery found = TRY(Load(txn, id));
  if (found.decoy) return NotFound("recovery");
  return found;
}

absl::StatusOr<Recovery> Handlers::LoadAssigned(kv::ReadTxn& txn, const rpc::Call& call,
                                                const PublicId& id) const {
  const std::optional<Recovery> found = TRY(parts_.store.FindOrReadNobodys(txn, id));
  const bool own = found.has_value() && found->contact.has_value() && call.person.has_value() &&
                   found->contact == call.person->account;
  if (!own) return NotFound("recovery");
  return *found;
}

absl::StatusOr<Recovery> Handlers::Read(absl::string_view capability) const {
  std::optional<Recovery> found;
  TRY(parts_.once.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    found = TRY(parts_.store.FindByCapability(txn, capability));
    return absl::OkStatus();
  }));
  if (!found.has_value()) return NotFound("recovery");
  return *found;
}

absl::StatusOr<Recovery> Handlers::ReadAssigned(const rpc::Call& call, const PublicId& id) const {
  Recovery recovery;
  TRY(parts_.once.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    recovery = TRY(LoadAssigned(txn, call, id));
    return absl::OkStatus();
  }));
  return recovery;
}

absl::StatusOr<Recovery> Handlers::Save(kv::Txn& txn, const rpc::Call& call, const Recovery& before,
                                        const Recovery& after) const {
  return Record(txn, parts_.store, before, after, call.now);
}

absl::StatusOr<Recovery> Handlers::Change(const rpc::Call& call, const PublicId& id, Decide decide) const {
  Recovery saved;
  TRY(parts_.once.database().Update([&](kv::Txn& txn) -> absl::Status {
    const Recovery before = TRY(Load(txn, id));
    const Recovery after = TRY(decide(before));
    saved = TRY(Save(txn, call, before, after));
    return absl::OkStatus();
  }));
  return saved;
}

pb::Recovery Handlers::ClaimantView(const Recovery& recovery, const std::string& capability,
                                    const rpc::Call& call) const {
  return ToClaimantView(recovery, capability, parts_.tokens.GrantOf(recovery), call.now);
}

}  // namespace tc::recovery
