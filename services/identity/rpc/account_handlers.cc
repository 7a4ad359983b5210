// Registration, confirmation, and what stands against an account.

#include "services/identity/rpc/account_handlers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/identity/domain/civil_age.h"
#include "services/identity/domain/guarded.h"
#include "services/identity/rpc/erasure.h"
#include "services/identity/rpc/phone_binding.h"
#include "services/identity/store/notices.h"

namespace tc::identity {

absl::StatusOr<pb::Account> AccountHandlers::CreateAccount(const rpc::Call& call,
                                                           const pb::CreateAccountRequest& in) {
  if (std::optional<pb::Account> earlier = TRY(desk_.once.Replay<pb::Account>(call)))
    return *std::move(earlier);
  const NewAccount fresh =
      TRY(Parse(in, desk_.random.ShortId(), call.peer.role, Today(call.now, desk_.zone)));
  const PhoneId phone_id = PhoneId::FromTrusted(desk_.random.ShortId());
  // The person's key is durable before anything lies under it.
  TRY(desk_.vault.people().Ensure(fresh.account.id));
  return desk_.once.Run<pb::Account>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Account> {
    Dossier dossier;
    dossier.account = fresh.account;
    dossier.account.had_main_phone = fresh.verified_phone.has_value();
    dossier.account = TRY(desk_.accounts.Insert(txn, dossier.account, call.now));
    TRY(desk_.Record(txn, call, dossier.account, "AccountCreated"));
    if (fresh.verified_phone.has_value()) {
      OwnedPhone phone;
      phone.account = dossier.account.id;
      phone.id = phone_id;
      phone.number = fresh.verified_phone;
      phone.created_at = call.now;
      dossier.phones.push_back(TRY(BindNumber(txn, desk_, ChangeBy(call), dossier, phone)));
    }
    if (const Email& email = dossier.account.email; email.has_value())
      TRY(desk_.Record(txn, call, dossier.account, "EmailBound", {{"masked_email", email.MaskedWhole()}}));
    return ToProto(dossier.account, dossier.phones, View::kFull, call.now);
  });
}

absl::StatusOr<pb::Account> AccountHandlers::GetAccount(const rpc::Call& call,
                                                        const pb::GetAccountRequest& in) {
  const Dossier dossier = TRY(desk_.LoadNow(TRY(AccountId::ParseName(in.name()))));
  return ToProto(dossier.account, dossier.phones, View::kFull, call.now);
}

absl::StatusOr<pb::ListAccountsResponse> AccountHandlers::ListAccounts(const rpc::Call& call,
                                                                       const pb::ListAccountsRequest& in) {
  const std::string list = absl::StrCat("accounts/", static_cast<int>(in.state()));
  const rpc::Page page = TRY(desk_.pager.Parse(in.page_size(), in.page_token(), list));
  const auto wanted = [&](const Account& account) {
    const State state = StateAt(account, call.now);
    if (in.state() == pb::ACCOUNT_STATE_UNSPECIFIED) return state != State::kDeleted;
    return static_cast<int>(state) == static_cast<int>(in.state());
  };
  pb::ListAccountsResponse out;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    std::string last_key;
    for (const Account& account : TRY(desk_.accounts.List(txn, page.after, page.size, wanted, last_key))) {
      *out.add_accounts() = ToProto(
          account, account.deleted ? std::vector<OwnedPhone>() : TRY(desk_.phones.List(txn, account.id)),
          View::kBasic, call.now);
    }
    if (!last_key.empty()) out.set_next_page_token(desk_.pager.NextToken(last_key, list));
    return absl::OkStatus();
  }));
  return out;
}

absl::StatusOr<pb::Account> AccountHandlers::UpdateAccount(const rpc::Call& call,
                                                           const pb::UpdateAccountRequest& in) {
  const CorrectionOrder order = TRY(Parse(in, call.peer.role, Today(call.now, desk_.zone)));
  const Corrector corrector =
      call.peer.role == rpc::Role::kOperator ? Corrector::kOperator : Corrector::kOther;
  return desk_.once.Run<pb::Account>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Account> {
    Dossier dossier = TRY(desk_.Load(txn, order.wanted.id));
    const Correction correction =
        TRY(Correct(dossier.account, order.wanted, order.named, corrector, call.now));
    if (!correction.changed.empty()) {
      const Notice notice = NoticeTo(NoticeKind::kPersonalDataChanged, dossier.account, dossier.phones);
      dossier.account = TRY(desk_.accounts.Update(txn, correction.account, call.now));
      const auto path = [](std::string* out, Field field) { absl::StrAppend(out, FieldPath(field)); };
      TRY(desk_.Record(txn, call, dossier.account, "AccountUpdated",
                       {{"fields", absl::StrJoin(correction.changed, ",", path)},
                        {"confirmation_lost", correction.confirmation_lost ? "true" : "false"}},
                       {{}, order.reason}));
      TRY(EnqueueNotice(txn, desk_.vault, notice, call.now));
    }
    return ToProto(dossier.account, dossier.phones, View::kFull, call.now);
  });
}

absl::StatusOr<pb::Account> AccountHandlers::DeleteAccount(const rpc::Call& call,
                                                           const pb::DeleteAccountRequest& in) {
  const DeletionOrder order = TRY(Parse(in));
  const Actor actor = call.peer.role == rpc::Role::kOperator ? Actor::kOperator : Actor::kRegistrar;
  return desk_.once.Run<pb::Account>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Account> {
    const Dossier dossier = TRY(desk_.Load(txn, order.account));
    TRY(CheckMayDelete(dossier.account, actor, call.now));
    TRY(desk_.Tell(txn, NoticeKind::kAccountDeleted, dossier, call.now));
    const Account erased = TRY(EraseAccount(txn, desk_, dossier, call.now));
    TRY(desk_.Record(txn, call, erased, "AccountDeleted", {{"reason", order.reason}}));
    return ToProto(erased, {}, View::kBasic, call.now);
  });
}

absl::StatusOr<pb::Account> AccountHandlers::ConfirmAccount(const rpc::Call& call,
                                                            const pb::ConfirmAccountRequest& in) {
  const ConfirmationOrder order = TRY(Parse(in, call.peer.role, Today(call.now, desk_.zone)));
  const Attributes attributes = {{"method", pb::ConfirmationMethod_Name(in.method())}};
  return Change(call, order.account, "AccountConfirmed", attributes, {}, std::nullopt, [&](Account account) {
    return ConfirmBy(std::move(account), {order.method, call.now, order.reference}, order.document, call.now);
  });
}

absl::StatusOr<pb::Account> AccountHandlers::BlockAccount(const rpc::Call& call,
                                                          const pb::BlockAccountRequest& in) {
  const ReasonedOrder order = TRY(Parse(in));
  return Change(call, order.account, "AccountBlocked", {}, {{}, order.reason}, NoticeKind::kAccountBlocked,
                [&](Account account) { return Block(std::move(account), order.reason, call.now); });
}

absl::StatusOr<pb::Account> AccountHandlers::UnblockAccount(const rpc::Call& call,
                                                            const pb::UnblockAccountRequest& in) {
  const ReasonedOrder order = TRY(Parse(in));
  return Change(call, order.account, "AccountUnblocked", {}, {{}, order.reason},
                NoticeKind::kAccountUnblocked,
                [&](Account account) { return Unblock(std::move(account), call.now); });
}

absl::StatusOr<pb::Account> AccountHandlers::FreezeAccount(const rpc::Call& call,
                                                           const pb::FreezeAccountRequest& in) {
  if (std::optional<pb::Account> earlier = TRY(desk_.once.Replay<pb::Account>(call)))
    return *std::move(earlier);
  const FreezeOrder order = TRY(Parse(in, call.peer.role, call.now));
  const bool danger = call.peer.role == rpc::Role::kService;
  const Attributes attributes = {{"cause", danger ? "DANGER" : "OWNER"}};
  return Change(call, order.account, "AccountFrozen", attributes, {order.client, ""},
                NoticeKind::kAccountFrozen, [&](Account account) {
                  return danger ? ReportDanger(std::move(account), order.until, call.now)
                                : Freeze(std::move(account), order.until, call.now);
                });
}

absl::StatusOr<pb::Account> AccountHandlers::UnfreezeAccount(const rpc::Call& call,
                                                             const pb::UnfreezeAccountRequest& in) {
  if (std::optional<pb::Account> earlier = TRY(desk_.once.Replay<pb::Account>(call)))
    return *std::move(earlier);
  const UnfreezeOrder order = TRY(Parse(in, call.peer));
  TRY(desk_.CheckOwner(call, order.account));
  // He froze it because a stranger may sit in a session of his.
  TRY(desk_.CheckRecentSignIn(call, order.account));
  const Attributes attributes = {{"cause", order.confirmed ? "CONFIRMED" : "OWNER"}};
  return Change(call, order.account, "AccountUnfrozen", attributes, {order.client, ""},
                NoticeKind::kAccountUnfrozen, [&](Account account) {
                  return order.confirmed
                             ? EndFreezes(std::move(account), call.now)
                             : UnfreezeByOwner(std::move(account), desk_.policy.account, call.now);
                });
}

absl::StatusOr<pb::Account> AccountHandlers::UnlockAccount(const rpc::Call& call,
                                                           const pb::UnlockAccountRequest& in) {
  const UnlockOrder order = TRY(Parse(in));
  return Change(call, order.account, "AccountUnlocked", {}, {{}, order.reason}, NoticeKind::kAccountUnlocked,
                [&](Account account) -> absl::StatusOr<Account> {
                  TRY(Allowed(account, Trigger::kUnlock, Actor::kOperator, call.now));
                  if (account.lock->number != order.lock_number) {
                    return InvalidField("lock_number", "LOCK_NUMBER_WRONG",
                                        "this is not the number of the present lock");
                  }
                  return Unlock(std::move(account), Actor::kOperator, call.now);
                });
}

absl::StatusOr<pb::Account> AccountHandlers::Change(
    const rpc::Call& call, const AccountId& id, const char* type, Attributes attributes,
    const Circumstances& circumstances, std::optional<NoticeKind> notice,
    absl::FunctionRef<absl::StatusOr<Account>(Account)> decide) {
  TRY(desk_.CheckOwner(call, id));
  return desk_.once.Run<pb::Account>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Account> {
    Dossier dossier = TRY(desk_.Load(txn, id));
    dossier.account = TRY(desk_.accounts.Update(txn, TRY(decide(dossier.account)), call.now));
    TRY(desk_.Record(txn, call, dossier.account, type, attributes, circumstances));
    if (notice.has_value()) TRY(desk_.Tell(txn, *notice, dossier, call.now));
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
