#include "services/identity/rpc/handlers.h"

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/rpc/authenticator.h"
#include "services/identity/store/notices.h"

namespace tc::identity {
namespace {

std::string ActorOf(const rpc::Call& call) {
  if (call.peer.role == rpc::Role::kPortal && call.person.has_value()) return "owner";
  return absl::StrCat(rpc::RoleName(call.peer.role), "/", call.peer.name);
}

}  // namespace

Handlers::Handlers(HandlerParts parts)
    : parts_(std::move(parts)),
      accounts_(parts_.vault),
      phones_(parts_.vault),
      credentials_(parts_.vault),
      journal_(parts_.vault) {}

absl::Status Handlers::CheckOwner(const rpc::Call& call, const AccountId& account) const {
  if (call.peer.role != rpc::Role::kPortal) return absl::OkStatus();
  if (call.person.has_value() && call.person->account == account) return absl::OkStatus();
  return NotFound("account");
}

absl::StatusOr<Handlers::Dossier> Handlers::Load(kv::ReadTxn& txn, const AccountId& id) const {
  Dossier dossier;
  dossier.account = TRY(accounts_.Get(txn, id));
  dossier.phones = TRY(phones_.List(txn, id));
  return dossier;
}

absl::StatusOr<Handlers::Dossier> Handlers::LoadNow(const AccountId& id) const {
  Dossier dossier;
  TRY(parts_.once.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    dossier = TRY(Load(txn, id));
    return absl::OkStatus();
  }));
  return dossier;
}

absl::Status Handlers::Record(kv::Txn& txn, const rpc::Call& call, const Account& account, const char* type,
                              Attributes attributes, const Circumstances& circumstances) const {
  JournalEntry entry;
  entry.type = type;
  entry.at = call.now;
  entry.actor = ActorOf(call);
  entry.circumstances = circumstances;
  entry.attributes = attributes;
  TRY(journal_.Append(txn, account.id, entry));
  attributes["account"] = account.id.text();
  kv::Event event;
  event.type = type;
  event.resource = account.id.Name();
  event.attributes = std::move(attributes);
  event.at = call.now;
  return txn.Emit(std::move(event));
}

absl::Status Handlers::Tell(kv::Txn& txn, NoticeKind kind, const Dossier& dossier, absl::Time now) const {
  return EnqueueNotice(txn, parts_.vault, NoticeTo(kind, dossier.account, dossier.phones), now);
}

absl::StatusOr<pb::Account> Handlers::Change(const rpc::Call& call, const AccountId& id, const char* type,
                                             Attributes attributes, const Circumstances& circumstances,
                                             std::optional<NoticeKind> notice,
                                             absl::FunctionRef<absl::StatusOr<Account>(Account)> decide) {
  TRY(CheckOwner(call, id));
  return parts_.once.Run<pb::Account>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Account> {
    Dossier dossier = TRY(Load(txn, id));
    dossier.account = TRY(accounts_.Update(txn, TRY(decide(dossier.account)), call.now));
    TRY(Record(txn, call, dossier.account, type, attributes, circumstances));
    if (notice.has_value()) TRY(Tell(txn, *notice, dossier, call.now));
    for (const std::optional<absl::Time>& end :
         {dossier.account.owner_freeze_until, dossier.account.danger_freeze_until}) {
      if (end.has_value() && *end > call.now && *end != absl::InfiniteFuture()) {
        TRY(txn.Schedule({*end, kExpireFreeze, id.text()}));
      }
    }
    const bool registrar =
        call.peer.role == rpc::Role::kOperator || call.peer.role == rpc::Role::kIdentityProvider;
    return ToProto(dossier.account, dossier.phones, registrar ? View::kFull : View::kBasic, call.now);
  });
}

}  // namespace tc::identity
