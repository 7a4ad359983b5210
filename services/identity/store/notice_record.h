#pragma once

// A notice's bytes in the outbox. They exist sealed only. Pure.

#include "absl/status/statusor.h"
#include "services/identity/domain/notice.h"
#include "services/identity/store/codec.h"

namespace tc::identity::store {

rec::NoticeRecord RecordOf(const Notice& notice);

// DATA_LOSS of what no version of this program has written. `account` is whose the seal was.
absl::StatusOr<Notice> FromRecord(const AccountId& account, const rec::NoticeRecord& record);

}  // namespace tc::identity::store
