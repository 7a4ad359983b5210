#include "services/linking/rpc/erasure.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "common/base/status.h"
#include "services/linking/domain/erasure.h"
#include "services/linking/domain/standing.h"

namespace tc::linking {
namespace {

constexpr size_t kPage = 50;

// One erasure under way.
struct Erasure {
  kv::Database& database;
  const Stores& stores;
  AccountId person;
  absl::Time now;
};

absl::Status Strip(kv::Txn& txn, const Stores& stores, LinkRow row, const LinkPeople& rest) {
  row.sealed_people = stores.links.Seal(row.link.id, rest);
  return stores.links.Save(txn, row);
}

absl::Status Strip(kv::Txn& txn, const Stores& stores, InvitationRow row, const InvitationDetails& rest) {
  row.sealed_details = stores.invitations.Seal(row.invitation.id, rest);
  return stores.invitations.Save(txn, row);
}

absl::Status CancelOpenInvitation(kv::Txn& txn, const Erasure& e, Protection& protection) {
  TRY(SettleInvitation(txn, e.stores, protection, e.now));
  if (!protection.pending.has_value()) return absl::OkStatus();
  InvitationRow row = TRY(e.stores.invitations.Get(txn, protection.pending));
  row.invitation =
      TRY(Apply(std::move(row.invitation), InvitationTrigger::kErasePrincipal, Actor::kService, e.now));
  return Record(txn, e.stores, std::move(row), protection, e.now);
}

// The contact is told before the principal's name goes.
absl::Status EndOwnLink(kv::Txn& txn, const Erasure& e) {
  Protection protection = TRY(e.stores.links.ProtectionOf(txn, e.person));
  TRY(CancelOpenInvitation(txn, e, protection));
  TRY(SettleLink(txn, e.stores, protection, e.now));
  if (protection.link.has_value()) {
    LinkRow row = TRY(e.stores.links.Get(txn, protection.link));
    row.link = TRY(Apply(std::move(row.link), LinkTrigger::kErasePrincipal, Actor::kService, e.now));
    TRY(Record(txn, e.stores, std::move(row), protection, e.now));
  }
  return e.stores.links.SaveProtection(txn, protection);
}

// The principals are told before the contact's name goes.
absl::Status LeaveDuties(kv::Txn& txn, const Erasure& e) {
  for (const LinkId& id : TRY(e.stores.links.DutyOf(txn, e.person)).links) {
    LinkRow row = TRY(e.stores.links.Get(txn, id));
    const PeopleNow people = {.principal_eligible = true, .contact_eligible = false};
    if (row.link.state == LinkState::kActive) {
      row.link = TRY(Follow(std::move(row.link), *Judge(row.link, people), e.now));
      Protection protection = TRY(e.stores.links.ProtectionOf(txn, row.link.principal));
      TRY(Record(txn, e.stores, row, protection, e.now));
      row = TRY(e.stores.links.Get(txn, id));
    }
    const LinkPeople rest = WithoutContact(TRY(e.stores.links.Open(row)));
    TRY(Strip(txn, e.stores, std::move(row), rest));
  }
  return absl::OkStatus();
}

// Runs `page` in transactions of its own until it says that nothing is left. It is given the place where the
// last one has ended, and moves it.
absl::Status InPages(const Erasure& e,
                     absl::FunctionRef<absl::StatusOr<bool>(kv::Txn& txn, std::string& place)> page) {
  std::string place;
  bool more = true;
  while (more) {
    std::string reached;
    TRY(e.database
            .Update([&](kv::Txn& txn) -> absl::Status {
              reached = place;
              more = TRY(page(txn, reached));
              return absl::OkStatus();
            })
            .status());
    place = std::move(reached);
  }
  return absl::OkStatus();
}

// True when more may be behind them.
template <typename Rows>
bool MoveOn(const Rows& rows, std::string& place) {
  if (rows.size() < kPage) return false;
  place = rows.back().key;
  return true;
}

absl::Status StripSent(const Erasure& e) {
  return InPages(e, [&](kv::Txn& txn, std::string& place) -> absl::StatusOr<bool> {
    const auto rows = TRY(e.stores.invitations.Sent(txn, e.person, place, kPage));
    for (const ListedInvitation& listed : rows) {
      const InvitationDetails details = TRY(e.stores.invitations.Open(listed.row));
      TRY(Strip(txn, e.stores, listed.row, WithoutPrincipal(details)));
    }
    return MoveOn(rows, place);
  });
}

absl::Status StripReceived(const Erasure& e) {
  return InPages(e, [&](kv::Txn& txn, std::string&) -> absl::StatusOr<bool> {
    const auto rows = TRY(e.stores.invitations.Received(txn, e.person, "", kPage));
    for (const ListedInvitation& listed : rows) {
      InvitationRow row = listed.row;
      const InvitationDetails details = TRY(e.stores.invitations.Open(row));
      row.sealed_details = e.stores.invitations.Seal(row.invitation.id,
                                                     WithoutInvitee(details, StateAt(row.invitation, e.now)));
      TRY(e.stores.invitations.Detach(txn, std::move(row)));
    }
    return rows.size() == kPage;
  });
}

absl::Status StripEndedLinks(const Erasure& e) {
  TRY(InPages(e, [&](kv::Txn& txn, std::string& place) -> absl::StatusOr<bool> {
    const auto rows = TRY(e.stores.links.EndedOfPrincipal(txn, e.person, place, kPage));
    for (const ListedLink& listed : rows) {
      TRY(Strip(txn, e.stores, listed.row, WithoutPrincipal(TRY(e.stores.links.Open(listed.row)))));
    }
    return MoveOn(rows, place);
  }));
  return InPages(e, [&](kv::Txn& txn, std::string& place) -> absl::StatusOr<bool> {
    const auto rows = TRY(e.stores.links.EndedOfContact(txn, e.person, place, kPage));
    for (const ListedLink& listed : rows) {
      TRY(Strip(txn, e.stores, listed.row, WithoutContact(TRY(e.stores.links.Open(listed.row)))));
    }
    return MoveOn(rows, place);
  });
}

absl::Status EraseBlocks(const Erasure& e) {
  return InPages(e, [&](kv::Txn& txn, std::string&) -> absl::StatusOr<bool> {
    const auto own = TRY(e.stores.blocks.List(txn, e.person, "", kPage));
    for (const ListedBlock& listed : own) TRY(e.stores.blocks.Erase(txn, e.person, listed.row.block.id));
    const std::vector<Block> against = TRY(e.stores.blocks.Against(txn, e.person, kPage));
    for (const Block& block : against) TRY(e.stores.blocks.Erase(txn, block.contact, block.id));
    return own.size() == kPage || against.size() == kPage;
  });
}

absl::Status Erase(const Erasure& e) {
  TRY(e.database
          .Update([&](kv::Txn& txn) -> absl::Status {
            TRY(EndOwnLink(txn, e));
            return LeaveDuties(txn, e);
          })
          .status());
  TRY(StripSent(e));
  TRY(StripReceived(e));
  TRY(StripEndedLinks(e));
  TRY(EraseBlocks(e));
  // At last: what is entered above concerns him still.
  return e.database.Update([&](kv::Txn& txn) { return txn.Forget(e.person.text(), e.now); }).status();
}

}  // namespace

kv::OutboxHandler ErasureHandler(kv::Database& database, const Stores& stores, const Clock& clock) {
  return [&](const kv::OutboxRow& row) {
    return Erase({database, stores, AccountId::FromTrusted(row.payload), clock.Now()});
  };
}

}  // namespace tc::linking
