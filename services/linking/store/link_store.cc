#include "services/linking/store/link_store.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/linking/store/codec.h"
#include "services/linking/store/list.h"

namespace tc::linking {
namespace {

const kv::Table<LinkRow> kLinks{"link"};
const kv::Table<std::string> kEndedOfPrincipal{"link_ended_principal"};
const kv::Table<std::string> kEndedOfContact{"link_ended_contact"};
const kv::Table<Protection> kProtections{"protection"};
const kv::Table<Duty> kDuties{"duty"};

std::string Context(const LinkId& id) { return absl::StrCat("link/", id.text(), "/people"); }

kv::Key Place(const kv::Table<std::string>& list, const AccountId& owner, const Link& link) {
  return list.At().Str(owner.text()).U64(NewestFirst(link.ended_at)).Str(link.id.text());
}

// For as long as it takes to read a link, so that one that is absent is refused as late as somebody else's
// (TRN-06).
void ReadNobodys() {
  static const std::string bytes = [] {
    LinkRow row;
    row.link.id = LinkId::FromTrusted(std::string(22, 'n'));
    row.link.principal = row.link.contact = AccountId::FromTrusted(std::string(12, 'n'));
    row.link.changes.emplace_back();
    row.sealed_people = std::string(120, 'n');
    return kv::Codec<LinkRow>::Encode(row);
  }();
  kv::Codec<LinkRow>::Decode(bytes).IgnoreError();
}

absl::StatusOr<std::vector<ListedLink>> ReadEnded(kv::ReadTxn& txn, const kv::Table<std::string>& list,
                                                  const AccountId& owner, absl::string_view after,
                                                  size_t limit) {
  std::vector<ListedLink> rows;
  for (IndexEntry& entry : TRY(ReadIndex(txn, list, list.At().Str(owner.text()), after, limit))) {
    std::optional<LinkRow> row = TRY(kLinks.Find(txn, kLinks.At().Str(entry.id)));
    if (!row.has_value()) return absl::DataLossError("a list names a link that is absent");
    rows.push_back({std::move(entry.key), *std::move(row)});
  }
  return rows;
}

}  // namespace

std::string LinkStore::Seal(const LinkId& id, const LinkPeople& people) const {
  return sealer_.Seal(EncodePeople(people), Context(id));
}

absl::StatusOr<LinkPeople> LinkStore::Open(const LinkRow& row) const {
  return DecodePeople(TRY(sealer_.Open(row.sealed_people, Context(row.link.id))));
}

absl::StatusOr<LinkRow> LinkStore::Get(kv::ReadTxn& txn, const LinkId& id) const {
  std::optional<LinkRow> row = TRY(kLinks.Find(txn, kLinks.At().Str(id.text())));
  if (!row.has_value()) {
    ReadNobodys();
    return NotFound("link");
  }
  return *std::move(row);
}

absl::Status LinkStore::Save(kv::Txn& txn, const LinkRow& row) const {
  return kLinks.Put(txn, kLinks.At().Str(row.link.id.text()), row);
}

absl::Status LinkStore::FileEnded(kv::Txn& txn, const Link& link) const {
  TRY(kEndedOfPrincipal.Put(txn, Place(kEndedOfPrincipal, link.principal, link), link.id.text()));
  return kEndedOfContact.Put(txn, Place(kEndedOfContact, link.contact, link), link.id.text());
}

absl::StatusOr<std::vector<ListedLink>> LinkStore::EndedOfPrincipal(kv::ReadTxn& txn,
                                                                    const AccountId& principal,
                                                                    absl::string_view after,
                                                                    size_t limit) const {
  return ReadEnded(txn, kEndedOfPrincipal, principal, after, limit);
}

absl::StatusOr<std::vector<ListedLink>> LinkStore::EndedOfContact(kv::ReadTxn& txn, const AccountId& contact,
                                                                  absl::string_view after,
                                                                  size_t limit) const {
  return ReadEnded(txn, kEndedOfContact, contact, after, limit);
}

absl::StatusOr<Protection> LinkStore::ProtectionOf(kv::ReadTxn& txn, const AccountId& principal) const {
  Protection protection =
      TRY(kProtections.Find(txn, kProtections.At().Str(principal.text()))).value_or(Protection());
  protection.principal = principal;
  return protection;
}

absl::Status LinkStore::SaveProtection(kv::Txn& txn, const Protection& protection) const {
  return kProtections.Put(txn, kProtections.At().Str(protection.principal.text()), protection);
}

absl::StatusOr<Duty> LinkStore::DutyOf(kv::ReadTxn& txn, const AccountId& contact) const {
  Duty duty = TRY(kDuties.Find(txn, kDuties.At().Str(contact.text()))).value_or(Duty());
  duty.contact = contact;
  return duty;
}

absl::Status LinkStore::SaveDuty(kv::Txn& txn, const Duty& duty) const {
  return kDuties.Put(txn, kDuties.At().Str(duty.contact.text()), duty);
}

}  // namespace tc::linking
