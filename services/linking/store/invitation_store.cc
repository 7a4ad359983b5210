#include "services/linking/store/invitation_store.h"

#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/linking/store/codec.h"
#include "services/linking/store/list.h"

namespace tc::linking {
namespace {

const kv::Table<InvitationRow> kInvitations{"invitation"};
const kv::Table<std::string> kSent{"invitation_sent"};
const kv::Table<std::string> kReceived{"invitation_received"};
const kv::Table<PhoneTimes> kPhoneWindows{"phone_window"};

kv::Key Place(const kv::Table<std::string>& list, const AccountId& owner, const Invitation& invitation) {
  return list.At().Str(owner.text()).U64(NewestFirst(invitation.created_at)).Str(invitation.id.text());
}

std::string Context(const InvitationId& id) { return absl::StrCat("invitation/", id.text(), "/details"); }

// For as long as it takes to read an invitation, so that one that is absent is refused as late as somebody
// else's (TRN-06).
void ReadNobodys() {
  static const std::string bytes = [] {
    InvitationRow row;
    row.invitation.id = InvitationId::FromTrusted(std::string(22, 'n'));
    row.invitation.principal = row.invitation.invitee = AccountId::FromTrusted(std::string(12, 'n'));
    row.sealed_details = std::string(120, 'n');
    return kv::Codec<InvitationRow>::Encode(row);
  }();
  kv::Codec<InvitationRow>::Decode(bytes).IgnoreError();
}

absl::StatusOr<std::vector<ListedInvitation>> ReadList(kv::ReadTxn& txn, const kv::Table<std::string>& list,
                                                       const AccountId& owner, absl::string_view after,
                                                       size_t limit) {
  std::vector<ListedInvitation> rows;
  for (IndexEntry& entry : TRY(ReadIndex(txn, list, list.At().Str(owner.text()), after, limit))) {
    std::optional<InvitationRow> row = TRY(kInvitations.Find(txn, kInvitations.At().Str(entry.id)));
    if (!row.has_value()) return absl::DataLossError("a list names an invitation that is absent");
    rows.push_back({std::move(entry.key), *std::move(row)});
  }
  return rows;
}

}  // namespace

std::string InvitationStore::Seal(const InvitationId& id, const InvitationDetails& details) const {
  return sealer_.Seal(EncodeDetails(details), Context(id));
}

absl::StatusOr<InvitationDetails> InvitationStore::Open(const InvitationRow& row) const {
  return DecodeDetails(TRY(sealer_.Open(row.sealed_details, Context(row.invitation.id))));
}

absl::StatusOr<InvitationRow> InvitationStore::Get(kv::ReadTxn& txn, const InvitationId& id) const {
  std::optional<InvitationRow> row = TRY(kInvitations.Find(txn, kInvitations.At().Str(id.text())));
  if (!row.has_value()) {
    ReadNobodys();
    return NotFound("invitation");
  }
  return *std::move(row);
}

absl::Status InvitationStore::Insert(kv::Txn& txn, const InvitationRow& row) const {
  const Invitation& invitation = row.invitation;
  TRY(kInvitations.Insert(txn, kInvitations.At().Str(invitation.id.text()), row));
  TRY(kSent.Put(txn, Place(kSent, invitation.principal, invitation), invitation.id.text()));
  if (!invitation.invitee.has_value()) return absl::OkStatus();
  return kReceived.Put(txn, Place(kReceived, invitation.invitee, invitation), invitation.id.text());
}

absl::Status InvitationStore::Save(kv::Txn& txn, const InvitationRow& row) const {
  return kInvitations.Put(txn, kInvitations.At().Str(row.invitation.id.text()), row);
}

absl::Status InvitationStore::Detach(kv::Txn& txn, InvitationRow row) const {
  TRY(kReceived.Delete(txn, Place(kReceived, row.invitation.invitee, row.invitation)));
  row.invitation.invitee = AccountId();
  return Save(txn, row);
}

absl::Status InvitationStore::Erase(kv::Txn& txn, const InvitationId& id) const {
  const kv::Key key = kInvitations.At().Str(id.text());
  const std::optional<InvitationRow> row = TRY(kInvitations.Find(txn, key));
  if (!row.has_value()) return absl::OkStatus();
  const Invitation& invitation = row->invitation;
  TRY(kInvitations.Delete(txn, key));
  TRY(kSent.Delete(txn, Place(kSent, invitation.principal, invitation)));
  if (!invitation.invitee.has_value()) return absl::OkStatus();
  return kReceived.Delete(txn, Place(kReceived, invitation.invitee, invitation));
}

absl::StatusOr<std::vector<ListedInvitation>> InvitationStore::Sent(kv::ReadTxn& txn,
                                                                    const AccountId& principal,
                                                                    absl::string_view after,
                                                                    size_t limit) const {
  return ReadList(txn, kSent, principal, after, limit);
}

absl::StatusOr<std::vector<ListedInvitation>> InvitationStore::Received(kv::ReadTxn& txn,
                                                                        const AccountId& invitee,
                                                                        absl::string_view after,
                                                                        size_t limit) const {
  return ReadList(txn, kReceived, invitee, after, limit);
}

std::string InvitationStore::PhoneWindow(const Phone& phone) const {
  return absl::BytesToHexString(phones_.StableIndex(phone.e164()));
}

absl::StatusOr<std::vector<absl::Time>> InvitationStore::Recent(kv::ReadTxn& txn,
                                                                const std::string& phone_window) const {
  std::optional<PhoneTimes> window = TRY(kPhoneWindows.Find(txn, kPhoneWindows.At().Str(phone_window)));
  if (!window.has_value()) return std::vector<absl::Time>();
  return std::move(window->times);
}

absl::Status InvitationStore::SaveRecent(kv::Txn& txn, const std::string& phone_window,
                                         const std::vector<absl::Time>& times) const {
  const kv::Key key = kPhoneWindows.At().Str(phone_window);
  return times.empty() ? kPhoneWindows.Delete(txn, key) : kPhoneWindows.Put(txn, key, PhoneTimes{times});
}

}  // namespace tc::linking
