#pragma once

// An account's security journal as rows: pure, for the journal command.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "trustedcontact/identity/v1/identity.pb.h"

namespace tc::ctl {

using Events = std::vector<trustedcontact::identity::v1::SecurityEvent>;

// time, type, actor, address, device, user_agent, place, attributes.
const std::vector<std::string>& JournalColumns();
// A field for each column; empty where the event says nothing. The time is RFC 3339 in UTC; attributes are
// "key=value" in the keys' order, parted by "; ". Control characters, which could command a terminal, are
// blanks.
std::vector<std::string> JournalFields(const trustedcontact::identity::v1::SecurityEvent& event);
// For -o json: {"events": […]}, each as the contract has it.
std::string JournalJson(const Events& events);
// For a person: the same columns, without those that are empty in every row.
std::string JournalTable(const Events& events);

// "2026-03-02T12:00:00Z", "2026-03-02" (midnight UTC), or "36h": so long before `now`. INVALID_ARGUMENT for
// anything else.
absl::StatusOr<absl::Time> ParseMoment(absl::string_view text, absl::Time now);

}  // namespace tc::ctl
