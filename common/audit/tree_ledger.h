#pragma once

// TreeLedger: writes the audit log of one service: an entry for each act, in the commit of the act (LOG-07),
// as a leaf of a Merkle tree (LOG-04), with what tells of people sealed (LOG-09). Thread-safe, and used by
// one store only.

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/audit/entry.h"
#include "common/audit/person_keys.h"
#include "common/kv/ledger.h"

namespace tc::audit {

class TreeLedger final : public kv::Ledger {
 public:
  // Purposes of keys that the keyring must hold for it.
  static std::vector<std::string> Purposes() { return {PersonKeys::kWrapping, PersonKeys::kPseudonyms}; }
  // NOT_FOUND without them. `random` outlives it.
  static absl::StatusOr<std::unique_ptr<TreeLedger>> Open(const crypto::Keyring& keys, std::string service,
                                                          Random& random);

  // To be called once the store is open, before anything is entered: see PersonKeys::Bind.
  absl::Status Bind(kv::Database& database) const;

  // INTERNAL for a type that the vocabulary does not have (LOG-03), and for an act without a time.
  absl::Status Append(kv::Txn& txn, const kv::Event& act, std::optional<uint32_t> event_index) override;
  // Destroys the person's key and enters that it was done. Nothing when it was done before.
  absl::Status Forget(kv::Txn& txn, absl::string_view person, absl::Time now) override;

  // The parts of an entry that can be opened; `all`: whether those are all of them. DATA_LOSS when one cannot
  // be opened although its key is there, or its key is missing without having been destroyed.
  absl::StatusOr<std::vector<pb::AuditPersonalPart>> OpenParts(kv::ReadTxn& txn, const pb::AuditEntry& entry,
                                                               bool& all) const;
  const std::string& service() const { return service_; }

 private:
  TreeLedger(PersonKeys people, std::string service, Random& random)
      : people_(std::move(people)), service_(std::move(service)), random_(random) {}

  absl::StatusOr<std::string> SealFor(kv::Txn& txn, const pb::AuditPersonalPart& part, uint64_t number,
                                      const std::string& pseudonym) const;

  const PersonKeys people_;
  const std::string service_;
  Random& random_;
};

}  // namespace tc::audit
