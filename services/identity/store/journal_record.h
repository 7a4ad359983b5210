#pragma once

// A journal entry's bytes on disk: the open part, and the sealed one that tells where the person sat. Pure.

#include "absl/status/statusor.h"
#include "common/kv/key.h"
#include "services/identity/store/codec.h"
#include "services/identity/store/journal.h"

namespace tc::identity::store {

rec::JournalRecord RecordOf(const JournalEntry& entry);  // without what is sealed
rec::CircumstancesRecord CircumstancesOf(const JournalEntry& entry);

// DATA_LOSS of what no version of this program has written. `key` is journal · account · time · revision ·
// type; `circumstances` is empty where the record has none, or they are no longer to be read.
absl::StatusOr<JournalEntry> FromRecord(absl::string_view key, const rec::JournalRecord& record,
                                        const rec::CircumstancesRecord& circumstances);

}  // namespace tc::identity::store
