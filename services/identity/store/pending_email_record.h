#pragma once

// The bytes of an address that waits for its code. It is sealed: the caller seals and opens it. Pure.

#include <string>

#include "absl/status/statusor.h"
#include "services/identity/domain/pending_email.h"
#include "services/identity/store/codec.h"

namespace tc::identity::store {

rec::PendingEmailRecord RecordOf(const PendingEmail& pending);  // without what is sealed

// DATA_LOSS of what no version of this program has written.
absl::StatusOr<PendingEmail> FromRecord(const AccountId& account, const rec::PendingEmailRecord& record,
                                        std::string address);

}  // namespace tc::identity::store
