#pragma once

// What tcctl keys makes of the inventory of a running service.

#include <string>
#include <vector>

#include "trustedcontact/admin/v1/admin.pb.h"

namespace tc::ctl {

using trustedcontact::admin::v1::KeyInfo;
using trustedcontact::admin::v1::KeyInventory;

// "seal-account.k000001.key"
std::string FileOf(const KeyInfo& key);

// The keys that are not needed any more. Never the newest, whatever the service says.
std::vector<KeyInfo> Removable(const KeyInventory& inventory);

// Whether the service has this purpose at all; a file of another one would only be in the way.
bool HasPurpose(const KeyInventory& inventory, const std::string& purpose);
// "once, page"
std::string PurposesOf(const KeyInventory& inventory);

// The kid with which the service makes; empty when it does not have the purpose.
std::string NewestOf(const KeyInventory& inventory, const std::string& purpose);

// "written anew: 12 of 40, 1 failed"
std::string ProgressLine(const KeyInventory& inventory);

// What a rotation has come to, and which files may go now.
std::string RotationSentence(const KeyInventory& inventory, const std::string& purpose);

}  // namespace tc::ctl
