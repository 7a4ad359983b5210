#include "services/linking/rpc/recheck.h"

#include <optional>
#include <utility>

#include "common/base/status.h"
#include "services/linking/domain/standing.h"

namespace tc::linking {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(5);

struct Answers {
  PeopleNow people;
  bool principal_erased = false;
  bool contact_erased = false;
};

absl::StatusOr<Eligibility> AskEligibility(IdentityPeer& identity, const AccountId& account,
                                           EligibilityRole role, absl::Time deadline) {
  absl::StatusOr<Eligibility> answer = identity.CheckEligibility(account, role, deadline);
  if (absl::IsNotFound(answer.status())) return Eligibility();
  return answer;
}

absl::StatusOr<Answers> Ask(IdentityPeer& identity, const Link& link, absl::Time deadline) {
  const Eligibility principal =
      TRY(AskEligibility(identity, link.principal, EligibilityRole::kPrincipal, deadline));
  const Eligibility contact =
      TRY(AskEligibility(identity, link.contact, EligibilityRole::kContact, deadline));
  const absl::StatusOr<Conflicts> compared = identity.CompareAccounts(link.principal, link.contact, deadline);
  if (!absl::IsNotFound(compared.status())) TRY(compared.status());
  const Conflicts conflicts = compared.value_or(Conflicts());
  return Answers{{principal.eligible, contact.eligible, conflicts.same_person, conflicts.same_phone},
                 Erased(principal),
                 Erased(contact)};
}

// An erasure that has been performed leaves no name to erase.
absl::Status EraseWhoIsErased(kv::Txn& txn, const Stores& stores, const LinkRow& row,
                              const Answers& answers) {
  const LinkPeople people = TRY(stores.links.Open(row));
  if (answers.principal_erased) TRY(stores.outbox.EnqueueErasure(txn, row.link.principal));
  const bool contact_named = !people.masked_contact.empty() || !people.masked_contact_phone.empty();
  if (answers.contact_erased && contact_named) TRY(stores.outbox.EnqueueErasure(txn, row.link.contact));
  return absl::OkStatus();
}

// Identity has been asked outside: the link may have gone its own way meanwhile, and is judged as it is now.
absl::Status Settle(kv::Txn& txn, const Stores& stores, const LinkId& id, const Answers& answers,
                    absl::Time now) {
  LinkRow row = TRY(stores.links.Get(txn, id));
  if (!Rechecked(row.link.state)) return absl::OkStatus();
  TRY(EraseWhoIsErased(txn, stores, row, answers));
  const std::optional<Judgement> judgement = Judge(row.link, answers.people);
  if (!judgement.has_value()) return absl::OkStatus();
  row.link = TRY(Follow(std::move(row.link), *judgement, now));
  Protection protection = TRY(stores.links.ProtectionOf(txn, row.link.principal));
  return Record(txn, stores, std::move(row), protection, now);
}

absl::Status Recheck(kv::Database& database, const Stores& stores, IdentityPeer& identity, const Clock& clock,
                     const LinkId& id) {
  Link link;
  TRY(database.View([&](kv::ReadTxn& txn) -> absl::Status {
    link = TRY(stores.links.Get(txn, id)).link;
    return absl::OkStatus();
  }));
  if (!Rechecked(link.state)) return absl::OkStatus();
  const Answers answers = TRY(Ask(identity, link, clock.Now() + kPatience));
  const absl::Time now = clock.Now();
  return database.Update([&](kv::Txn& txn) -> absl::Status { return Settle(txn, stores, id, answers, now); })
      .status();
}

}  // namespace

kv::OutboxHandler RecheckHandler(kv::Database& database, const Stores& stores, IdentityPeer& identity,
                                 const Clock& clock) {
  return [&](const kv::OutboxRow& row) {
    return Recheck(database, stores, identity, clock, LinkId::FromTrusted(row.payload));
  };
}

}  // namespace tc::linking
