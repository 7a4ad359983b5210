#include "tools/tcctl/key_inventory.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tc::ctl {

std::string FileOf(const KeyInfo& key) { return absl::StrCat(key.purpose(), ".", key.kid(), ".key"); }

std::vector<KeyInfo> Removable(const KeyInventory& inventory) {
  std::vector<KeyInfo> removable;
  for (const KeyInfo& key : inventory.keys()) {
    if (!key.needed() && !key.newest()) removable.push_back(key);
  }
  return removable;
}

bool HasPurpose(const KeyInventory& inventory, const std::string& purpose) {
  return !NewestOf(inventory, purpose).empty();
}

std::string PurposesOf(const KeyInventory& inventory) {
  std::vector<std::string> purposes;
  for (const KeyInfo& key : inventory.keys()) {
    if (key.newest()) purposes.push_back(key.purpose());
  }
  return absl::StrJoin(purposes, ", ");
}

std::string NewestOf(const KeyInventory& inventory, const std::string& purpose) {
  for (const KeyInfo& key : inventory.keys()) {
    if (key.purpose() == purpose && key.newest()) return key.kid();
  }
  return "";
}

std::string ProgressLine(const KeyInventory& inventory) {
  const auto& progress = inventory.reencryption();
  const std::string failed =
      progress.failed() == 0 ? std::string() : absl::StrCat(", ", progress.failed(), " failed");
  return absl::StrCat("written anew: ", progress.done(), " of ", progress.total(), failed);
}

std::string RotationSentence(const KeyInventory& inventory, const std::string& purpose) {
  std::string text =
      absl::StrCat(purpose, ".", NewestOf(inventory, purpose), " is the key that makes from now on.\n");
  if (inventory.reencryption().failed() != 0) {
    absl::StrAppend(&text, inventory.reencryption().failed(),
                    " records could not be written anew; the service's log names them.\n");
  }
  std::vector<std::string> files;
  for (const KeyInfo& key : Removable(inventory)) files.push_back(FileOf(key));
  if (files.empty()) {
    absl::StrAppend(&text, "No key file may be removed: records may lie under every older key.\n");
  } else {
    absl::StrAppend(&text, "These key files are not needed any more and may be removed (tcctl keys prune): ",
                    absl::StrJoin(files, ", "), "\n");
  }
  return text;
}

}  // namespace tc::ctl
