#pragma once

// How links are kept: one record each for ever, one record for every principal (his protection) and every
// contact (his duty), and the ended links in the order of their end. Thread-safe.

#include <string>
#include <utility>
#include <vector>

#include "common/crypto/sealer.h"
#include "common/kv/database.h"
#include "services/linking/domain/limits.h"
#include "services/linking/domain/link.h"
#include "services/linking/domain/protection.h"

namespace tc::linking {

struct LinkRow {
  Link link;
  std::string sealed_people;
};

// A row of a list with the place from which the list goes on.
struct ListedLink {
  std::string key;
  LinkRow row;
};

class LinkStore {
 public:
  explicit LinkStore(crypto::Sealer sealer) : sealer_(std::move(sealer)) {}

  std::string Seal(const LinkId& id, const LinkPeople& people) const;
  // DATA_LOSS when the bytes are not those that were sealed for this link.
  absl::StatusOr<LinkPeople> Open(const LinkRow& row) const;

  // NOT_FOUND / NOT_FOUND when absent.
  absl::StatusOr<LinkRow> Get(kv::ReadTxn& txn, const LinkId& id) const;
  absl::Status Save(kv::Txn& txn, const LinkRow& row) const;
  // Puts an ended link in its place among those of both sides.
  absl::Status FileEnded(kv::Txn& txn, const Link& link) const;
  // At most `limit` ended links, the last ended first, from behind the key `after` (empty: from the start).
  absl::StatusOr<std::vector<ListedLink>> EndedOfPrincipal(kv::ReadTxn& txn, const AccountId& principal,
                                                           absl::string_view after, size_t limit) const;
  absl::StatusOr<std::vector<ListedLink>> EndedOfContact(kv::ReadTxn& txn, const AccountId& contact,
                                                         absl::string_view after, size_t limit) const;

  // An account never heard of has an empty protection and an empty duty.
  absl::StatusOr<Protection> ProtectionOf(kv::ReadTxn& txn, const AccountId& principal) const;
  absl::Status SaveProtection(kv::Txn& txn, const Protection& protection) const;
  absl::StatusOr<Duty> DutyOf(kv::ReadTxn& txn, const AccountId& contact) const;
  absl::Status SaveDuty(kv::Txn& txn, const Duty& duty) const;

 private:
  crypto::Sealer sealer_;
};

}  // namespace tc::linking
