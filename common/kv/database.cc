#include "common/kv/database.h"

#include "common/base/refusal.h"
#include "common/base/status.h"

namespace tc::kv {

absl::Status Txn::Insert(absl::string_view key, absl::string_view value) {
  if (TRY(Get(key)).has_value()) {
    return Refuse(absl::StatusCode::kAlreadyExists, Reason::kAlreadyExists, "the record is there already");
  }
  return Put(key, value);
}

}  // namespace tc::kv
