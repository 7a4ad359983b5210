#include "common/rpc/rotation.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/refusal.h"

namespace tc::rpc {
namespace {

// The purposes whose older keys nothing lies under.
std::vector<std::string> Renewed(const Reencryption* reencryption, const ReencryptionProgress& progress) {
  const bool whole = !progress.running && progress.ended_at.has_value() && progress.failed == 0;
  return whole ? reencryption->purposes() : std::vector<std::string>();
}

}  // namespace

absl::Status Rotation::Reload() {
  const std::lock_guard lock(mutex_);
  absl::Status reloaded = also_ ? also_() : absl::OkStatus();
  if (reloaded.ok()) reloaded = keys_.Reload();
  if (!reloaded.ok()) {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kKeysInvalid, reloaded.message());
  }
  if (reencryption_ != nullptr) reencryption_->Start();
  return absl::OkStatus();
}

Rotation::Inventory Rotation::Take() const {
  const std::lock_guard lock(mutex_);
  Inventory inventory;
  if (reencryption_ != nullptr) inventory.reencryption = reencryption_->progress();
  const std::vector<std::string> renewed = Renewed(reencryption_, inventory.reencryption);
  const std::shared_ptr<const crypto::KeySet> live = keys_.Live();
  for (const std::string& purpose : live->Purposes()) {
    const bool is_renewed = std::find(renewed.begin(), renewed.end(), purpose) != renewed.end();
    const std::vector<crypto::LiveKey>& keys = *live->Of(purpose);
    for (const crypto::LiveKey& key : keys) {
      const bool newest = &key == &keys.back();
      inventory.keys.push_back({purpose, key.kid, newest, newest || !is_renewed});
    }
  }
  return inventory;
}

std::string Rotation::Newest() const {
  const std::shared_ptr<const crypto::KeySet> live = keys_.Live();
  std::vector<std::string> newest;
  for (const std::string& purpose : live->Purposes()) {
    newest.push_back(absl::StrCat(purpose, "=", live->Of(purpose)->back().kid));
  }
  return absl::StrJoin(newest, ",");
}

}  // namespace tc::rpc
