#pragma once

// A password's bytes on disk: the open part, with the counters, and the sealed one with the hashes. Pure.

#include "absl/status/statusor.h"
#include "services/identity/store/codec.h"
#include "services/identity/store/credentials.h"

namespace tc::identity::store {

rec::CredentialRecord RecordOf(const StoredCredential& credential);  // without what is sealed
rec::PasswordRecord PasswordOf(const StoredCredential& credential);

// DATA_LOSS of what no version of this program has written: a count below zero would be more guesses.
absl::StatusOr<StoredCredential> FromRecord(const AccountId& account, const rec::CredentialRecord& record,
                                            const rec::PasswordRecord& password);

}  // namespace tc::identity::store
