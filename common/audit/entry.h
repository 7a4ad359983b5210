#pragma once

// Entries: what goes into the log, and how what tells of people is kept apart from the rest (LOG-09). Pure.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/database.h"
#include "trustedcontact/admin/v1/audit.pb.h"

namespace tc::audit {

namespace pb = trustedcontact::admin::v1;

// What an act tells, taken apart: each person has what tells of him, the rest is in clear.
struct Particulars {
  std::string resource;
  std::vector<pb::AuditAttribute> attributes;
  std::vector<pb::AuditPersonalPart> persons;
};

// The people are those of the act and who was signed in. An attribute or the resource's name that tells an
// account belongs to its owner; every other attribute to the first person. Without people all is in clear.
Particulars TakeApart(const kv::Event& act, const kv::Origin& origin);

// Whether `event` may be what the entry and its opened parts tell. `all_opened`: nothing is missing from
// them.
bool Agrees(const kv::Event& event, const pb::AuditEntry& entry,
            const std::vector<pb::AuditPersonalPart>& opened, bool all_opened);

// Whether it lies in the years 1 to 9999, as a Timestamp must.
bool IsTime(const google::protobuf::Timestamp& time);
// The leaf.
std::string Encode(const pb::AuditEntry& entry);
// INVALID_ARGUMENT for bytes that Encode would not have made, and for a time that is none.
absl::StatusOr<pb::AuditEntry> Decode(absl::string_view leaf);

}  // namespace tc::audit
