#pragma once

// Document tries on disk: one record for each principal or organisation, and a timer for each try by which
// the record goes when it counts no more. Stateless.

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/database.h"
#include "services/recovery/domain/document_tries.h"

namespace tc::recovery {

// Its timer's subject is the subject of the tries.
inline constexpr char kForgetTriesTimer[] = "forget_document_tries";

// `subject`: "accounts/42", "peers/bank/north".
absl::StatusOr<DocumentTries> TriesOf(kv::ReadTxn& txn, absl::string_view subject);
// Replaces `before` by `after`; keeps the timers.
absl::Status PutTries(kv::Txn& txn, absl::string_view subject, const DocumentTries& before,
                      const DocumentTries& after);

}  // namespace tc::recovery
