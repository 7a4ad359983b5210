// Registration, confirmation, and what stands against an account.

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/identity/domain/civil_age.h"
#include "services/identity/rpc/handlers.h"
#include "services/identity/store/notices.h"

namespace tc::identity {

absl::StatusOr<pb::Account> Handlers::CreateAccount(const rpc::Call& call,
                                                    const pb::CreateAccountRequest& in) {
  const NewAccount fresh =
      TRY(Parse(in, parts_.random.ShortId(), call.peer.role, Today(call.now, parts_.zone)));
  const PhoneId phone_id = PhoneId::FromTrusted(parts_.random.ShortId());
  return parts_.once.Run<pb::Account>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Account> {
    Dossier dossier;
    dossier.account = fresh.account;
    dossier.account.had_main_phone = fresh.verified_phone.has_value();
    dossier.account = TRY(accounts_.Insert(txn, dossier.account, call.now));
    TRY(Record(txn, call, dossier.account, "AccountCreated"));
    if (fresh.verified_phone.has_value()) {
      OwnedPhone phone;
      phone.account = dossier.account.id;
      phone.id = phone_id;
      phone.number = fresh.verified_phone;
      phone.created_at = call.now;
      dossier.phones.push_back(TRY(Bind(txn, call, dossier, phone, {})));
    }
    return ToProto(dossier.account, dossier.phones, View::kFull, call.now);
  });
}

absl::StatusOr<pb::Account> Handlers::GetAccount(const rpc::Call& call, const pb::GetAccountRequest& in) {
  const Dossier dossier = TRY(LoadNow(TRY(AccountId::ParseName(in.name()))));
  return ToProto(dossier.account, dossier.phones, View::kFull, call.now);
}

absl::StatusOr<pb::ListAccountsResponse> Handlers::ListAccounts(const rpc::Call& call,
                                                                const pb::ListAccountsRequest& in) {
  const std::string list = absl::StrCat("accounts/", static_cast<int>(in.state()));
  const rpc::Page page = TRY(parts_.pager.Parse(in.page_size(), in.page_token(), list));
  const auto wanted = [&](const Account& account) {
    const State state = StateAt(account, call.now);
    if (in.state() == pb::ACCOUNT_STATE_UNSPECIFIED) return state != State::kDeleted;
    return static_cast<int>(state) == static_cast<int>(in.state());
  };
  pb::ListAccountsResponse out;
  TRY(parts_.once.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    std::string last_key;
    for (const Account& account : TRY(accounts_.List(txn, page.after, page.size, wanted, last_key))) {
      *out.add_accounts() = ToProto(account, TRY(phones_.List(txn, account.id)), View::kBasic, call.now);
    }
    if (!last_key.empty()) out.set_next_page_token(parts_.pager.NextToken(last_key, list));
    return absl::OkStatus();
  }));
  return out;
}

absl::StatusOr<pb::Account> Handlers::ConfirmAccount(const rpc::Call& call,
                                                     const pb::ConfirmAccountRequest& in) {
  const ConfirmationOrder order = TRY(Parse(in, call.peer.role, Today(call.now, parts_.zone)));
  const Attributes attributes = {{"method", pb::ConfirmationMethod_Name(in.method())}};
  return Change(call, order.account, "AccountConfirmed", attributes, {}, std::nullopt, [&](Account account) {
    return ConfirmBy(std::move(account), {order.method, call.now, order.reference}, order.document, call.now);
  });
}

absl::StatusOr<pb::Account> Handlers::BlockAccount(const rpc::Call& call, const pb::BlockAccountRequest& in) {
  const ReasonedOrder order = TRY(Parse(in));
  return Change(call, order.account, "AccountBlocked", {}, {{}, order.reason}, std::nullopt,
                [&](Account account) { return Block(std::move(account), order.reason, call.now); });
}

absl::StatusOr<pb::Account> Handlers::UnblockAccount(const rpc::Call& call,
                                                     const pb::UnblockAccountRequest& in) {
  const ReasonedOrder order = TRY(Parse(in));
  return Change(call, order.account, "AccountUnblocked", {}, {{}, order.reason}, std::nullopt,
                [&](Account account) { return Unblock(std::move(account), call.now); });
}

absl::StatusOr<pb::Account> Handlers::FreezeAccount(const rpc::Call& call,
                                                    const pb::FreezeAccountRequest& in) {
  if (std::optional<pb::Account> earlier = TRY(parts_.once.Replay<pb::Account>(call)))
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

absl::StatusOr<pb::Account> Handlers::UnfreezeAccount(const rpc::Call& call,
                                                      const pb::UnfreezeAccountRequest& in) {
  const OwnOrder order = TRY(Parse(in));
  const bool danger = call.peer.role == rpc::Role::kService;
  const Attributes attributes = {{"cause", danger ? "DANGER" : "OWNER"}};
  return Change(call, order.account, "AccountUnfrozen", attributes, {order.client, ""},
                NoticeKind::kAccountUnfrozen, [&](Account account) {
                  return danger ? EndDanger(std::move(account), call.now)
                                : Unfreeze(std::move(account), call.now);
                });
}

absl::StatusOr<pb::Account> Handlers::UnlockAccount(const rpc::Call& call,
                                                    const pb::UnlockAccountRequest& in) {
  const UnlockOrder order = TRY(Parse(in));
  return Change(call, order.account, "AccountUnlocked", {}, {{}, order.reason}, std::nullopt,
                [&](Account account) -> absl::StatusOr<Account> {
                  TRY(Allowed(account, Trigger::kUnlock, Actor::kOperator, call.now));
                  if (account.lock->number != order.lock_number) {
                    return InvalidField("lock_number", "LOCK_NUMBER_WRONG",
                                        "this is not the number of the present lock");
                  }
                  return Unlock(std::move(account), Actor::kOperator, call.now);
                });
}

}  // namespace tc::identity
