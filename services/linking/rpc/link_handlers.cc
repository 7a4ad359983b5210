// Links: read, ended by either side, remembered.

#include <algorithm>
#include <utility>

#include "common/base/recent_sign_in.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/linking/rpc/cut.h"
#include "services/linking/rpc/handlers.h"

namespace tc::linking {
namespace {

// Places in the history: the links that guard now come first, by id, then the ended ones by their key.
constexpr absl::string_view kCurrentPlace = "c";
constexpr absl::string_view kEndedPlace = "e";

absl::Status NoTrustedContact() {
  return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kNoTrustedContact,
                "there is no trusted contact");
}

// Whose history a caller may read: a portal its signed-in person's, an operator anybody's whom he names.
absl::StatusOr<AccountId> HistoryOwner(const rpc::Call& call, const std::string& account) {
  const bool is_operator = call.peer.role == rpc::Role::kOperator;
  if (account.empty() && !is_operator) return call.person->account;
  const AccountId owner = TRY(AccountId::ParseName(account, "account"));
  if (!is_operator && owner != call.person->account) return NotFound("account");
  return owner;
}

}  // namespace

absl::Status Handlers::RequireRecent(const rpc::Call& call) const {
  return RequireRecentSignIn(call.now - call.person->auth_time, parts_.policy.session_age);
}

absl::StatusOr<pb::Link> Handlers::Show(const LinkRow& row, const Protection& protection, Side side,
                                        absl::Time now) const {
  return ToProto(row.link, protection, TRY(links().Open(row)), side, now);
}

absl::StatusOr<std::vector<Handlers::ListedGuard>> Handlers::Current(kv::ReadTxn& txn,
                                                                     const AccountId& account, Side side,
                                                                     absl::string_view after) const {
  std::vector<LinkId> ids;
  if (side == Side::kPrincipal) {
    const Protection protection = TRY(links().ProtectionOf(txn, account));
    if (protection.link.has_value()) ids.push_back(protection.link);
  } else {
    ids = TRY(links().DutyOf(txn, account)).links;
  }
  std::sort(ids.begin(), ids.end());
  std::vector<ListedGuard> listed;
  for (const LinkId& id : ids) {
    if (id.text() <= after) continue;
    LinkRow row = TRY(links().Get(txn, id));
    Protection protection = TRY(links().ProtectionOf(txn, row.link.principal));
    listed.push_back({id.text(), std::move(row), std::move(protection)});
  }
  return listed;
}

absl::StatusOr<std::vector<Handlers::ListedGuard>> Handlers::History(kv::ReadTxn& txn,
                                                                     const AccountId& account, Side side,
                                                                     absl::string_view after,
                                                                     size_t limit) const {
  std::vector<ListedGuard> listed;
  const bool among_ended = absl::ConsumePrefix(&after, kEndedPlace);
  if (!among_ended) {
    absl::ConsumePrefix(&after, kCurrentPlace);
    listed = TRY(Current(txn, account, side, after));
    for (ListedGuard& one : listed) one.key = absl::StrCat(kCurrentPlace, one.key);
    if (listed.size() >= limit) return listed;
    after = "";
  }
  const size_t more = limit - listed.size();
  for (ListedLink& ended :
       TRY(side == Side::kPrincipal ? links().EndedOfPrincipal(txn, account, after, more)
                                    : links().EndedOfContact(txn, account, after, more))) {
    listed.push_back({absl::StrCat(kEndedPlace, ended.key), std::move(ended.row), Protection()});
  }
  return listed;
}

absl::StatusOr<pb::Link> Handlers::GetTrustedContact(const rpc::Call& call,
                                                     const pb::GetTrustedContactRequest&) {
  Protection protection;
  LinkRow row;
  TRY(database().View([&](kv::ReadTxn& txn) -> absl::Status {
    protection = TRY(links().ProtectionOf(txn, call.person->account));
    if (!protection.link.has_value()) return NotFound("trusted contact");
    row = TRY(links().Get(txn, protection.link));
    return absl::OkStatus();
  }));
  if (!Guards(StateAt(row.link, protection, call.now))) return NotFound("trusted contact");
  return Show(row, protection, Side::kPrincipal, call.now);
}

absl::StatusOr<pb::ListPrincipalsResponse> Handlers::ListPrincipals(const rpc::Call& call,
                                                                    const pb::ListPrincipalsRequest& in) {
  const AccountId& contact = call.person->account;
  const std::string list = absl::StrCat("principals/", contact.text());
  const rpc::Page page = TRY(parts_.pager.Parse(in.page_size(), in.page_token(), list));
  std::vector<ListedGuard> rows;
  TRY(database().View([&](kv::ReadTxn& txn) -> absl::Status {
    rows = TRY(Current(txn, contact, Side::kContact, page.after));
    return absl::OkStatus();
  }));
  std::erase_if(
      rows, [&](const ListedGuard& one) { return !Guards(StateAt(one.row.link, one.protection, call.now)); });
  pb::ListPrincipalsResponse out;
  out.set_next_page_token(CutToPage(rows, page, parts_.pager, list));
  for (const ListedGuard& row : rows) {
    *out.add_links() = TRY(Show(row.row, row.protection, Side::kContact, call.now));
  }
  return out;
}

absl::StatusOr<pb::Link> Handlers::RemoveTrustedContact(const rpc::Call& call,
                                                        const pb::RemoveTrustedContactRequest& in) {
  const LinkId named = in.link().empty() ? LinkId() : TRY(LinkId::ParseName(in.link(), "link"));
  return parts_.once.Run<pb::Link>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Link> {
    TRY(RequireRecent(call));
    Protection protection = TRY(links().ProtectionOf(txn, call.person->account));
    TRY(SettleLink(txn, parts_.stores, protection, call.now));
    if (named.has_value() && named != protection.link) return NotFound("link");
    if (!protection.link.has_value()) return NoTrustedContact();
    LinkRow row = TRY(links().Get(txn, protection.link));
    row.link = TRY(Remove(std::move(row.link), parts_.policy.removal_delay, call.now));
    TRY(MayRemove(protection, parts_.policy, call.now));
    TRY(Record(txn, parts_.stores, row, protection, call.now));
    TRY(links().SaveProtection(txn, protection));
    return Show(row, protection, Side::kPrincipal, call.now);
  });
}

absl::StatusOr<pb::Link> Handlers::Resign(const rpc::Call& call, const pb::ResignRequest& in) {
  const LinkId id = TRY(LinkId::ParseName(in.name()));
  return parts_.once.Run<pb::Link>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Link> {
    TRY(RequireRecent(call));
    LinkRow row = TRY(links().Get(txn, id));
    if (row.link.contact != call.person->account) return NotFound("link");
    Protection protection = TRY(links().ProtectionOf(txn, row.link.principal));
    row.link = TRY(Apply(std::move(row.link), LinkTrigger::kResign, Actor::kContact, call.now));
    TRY(RequireNoOpenRecovery(protection, call.now));
    TRY(Record(txn, parts_.stores, row, protection, call.now));
    TRY(links().SaveProtection(txn, protection));
    return Show(row, protection, Side::kContact, call.now);
  });
}

absl::StatusOr<pb::ListLinkHistoryResponse> Handlers::ListLinkHistory(const rpc::Call& call,
                                                                      const pb::ListLinkHistoryRequest& in) {
  const Side side = TRY(Parse(in.view()));
  const AccountId owner = TRY(HistoryOwner(call, in.account()));
  const Side reader = call.peer.role == rpc::Role::kOperator ? Side::kOperator : side;
  const std::string list =
      absl::StrCat("history/", owner.text(), side == Side::kPrincipal ? "/AS_PRINCIPAL" : "/AS_CONTACT");
  const rpc::Page page = TRY(parts_.pager.Parse(in.page_size(), in.page_token(), list));
  std::vector<ListedGuard> rows;
  TRY(database().View([&](kv::ReadTxn& txn) -> absl::Status {
    rows = TRY(History(txn, owner, side, page.after, page.size + 1));
    return absl::OkStatus();
  }));
  pb::ListLinkHistoryResponse out;
  out.set_next_page_token(CutToPage(rows, page, parts_.pager, list));
  for (const ListedGuard& row : rows) {
    pb::Link link = TRY(Show(row.row, row.protection, reader, call.now));
    AddChanges(row.row.link, link);
    *out.add_links() = std::move(link);
  }
  return out;
}

}  // namespace tc::linking
