#pragma once

// How invitations are kept: one record each, found by their sender, by the person they reached, and by the
// age of the phone's window. Personal details are sealed apart from what is decided upon, so that a
// transaction never opens them. Thread-safe.

#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "common/crypto/hmac.h"
#include "common/crypto/sealer.h"
#include "common/kv/database.h"
#include "services/linking/domain/invitation.h"

namespace tc::linking {

struct InvitationRow {
  Invitation invitation;
  std::string sealed_details;
};

// A row of a list with the place from which the list goes on.
struct ListedInvitation {
  std::string key;
  InvitationRow row;
};

class InvitationStore {
 public:
  // `phones` makes the keyed index of invited phones.
  InvitationStore(crypto::Sealer sealer, crypto::KeyedHash phones)
      : sealer_(std::move(sealer)), phones_(std::move(phones)) {}

  std::string Seal(const InvitationId& id, const InvitationDetails& details) const;
  // DATA_LOSS when the bytes are not those that were sealed for this invitation.
  absl::StatusOr<InvitationDetails> Open(const InvitationRow& row) const;

  // NOT_FOUND / NOT_FOUND when absent.
  absl::StatusOr<InvitationRow> Get(kv::ReadTxn& txn, const InvitationId& id) const;
  // A new invitation, with its places in the lists.
  absl::Status Insert(kv::Txn& txn, const InvitationRow& row) const;
  absl::Status Save(kv::Txn& txn, const InvitationRow& row) const;
  // Takes it out of the invitee's list, and saves it as one that reached nobody.
  absl::Status Detach(kv::Txn& txn, InvitationRow row) const;
  // Erases it and its places; erasing what is absent is harmless.
  absl::Status Erase(kv::Txn& txn, const InvitationId& id) const;

  // At most `limit` invitations, newest first, from behind the key `after` (empty: from the start).
  absl::StatusOr<std::vector<ListedInvitation>> Sent(kv::ReadTxn& txn, const AccountId& principal,
                                                     absl::string_view after, size_t limit) const;
  absl::StatusOr<std::vector<ListedInvitation>> Received(kv::ReadTxn& txn, const AccountId& invitee,
                                                         absl::string_view after, size_t limit) const;

  // Names a phone's window in keys and timers: letters and digits, nothing of the phone in it.
  std::string PhoneWindow(const Phone& phone) const;
  // When this phone was invited within the last 24 hours, by whomever; empty when never.
  absl::StatusOr<std::vector<absl::Time>> Recent(kv::ReadTxn& txn, const std::string& phone_window) const;
  // No times: the window is erased.
  absl::Status SaveRecent(kv::Txn& txn, const std::string& phone_window,
                          const std::vector<absl::Time>& times) const;

 private:
  crypto::Sealer sealer_;
  crypto::KeyedHash phones_;
};

}  // namespace tc::linking
