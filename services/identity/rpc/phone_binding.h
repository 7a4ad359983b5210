#pragma once

// A number becomes an account's, or ceases to be: the steps that every way of a change has in common (I2,
// I3).

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/kv/database.h"
#include "common/rpc/call.h"
#include "services/identity/rpc/desk.h"

namespace tc::identity {

const char* KindName(PhoneKind kind);  // "MAIN"

// By whom and in which way an address changes: what events and the journal tell of it.
struct AddressChange {
  Author author;
  const char* way = "";  // CABINET, SERVICE_CENTRE, BANK, POST, OPERATOR, IDENTITY_PROVIDER
  Circumstances circumstances;
};
AddressChange ChangeBy(const rpc::Call& call, Circumstances circumstances = {});

// Gives the number to the account and releases the main number before it; records both. PHONE_BUSY,
// PHONE_QUARANTINED: to be said only to whom has proved possession (IDN-03).
absl::StatusOr<OwnedPhone> BindNumber(kv::Txn& txn, const Desk& desk, const AddressChange& change,
                                      const Dossier& dossier, OwnedPhone phone);

// The same for an account that has lived already: its old addresses and the new one are told (IDN-02), its
// version rises. `counts`: a change of the main number that lets the next one in the cabinet wait (IDN-05).
absl::StatusOr<OwnedPhone> MoveNumber(kv::Txn& txn, const Desk& desk, const AddressChange& change,
                                      Dossier dossier, OwnedPhone phone, bool counts);

// Takes the number from its account, and records it; its quarantine begins.
absl::Status ReleaseNumber(kv::Txn& txn, const Desk& desk, const AddressChange& change,
                           const Account& account, OwnedPhone& phone);

}  // namespace tc::identity
