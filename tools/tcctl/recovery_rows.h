#pragma once

// Recoveries as rows, for operators: pure, for the commands recoveries and in-person.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/tcctl/output.h"
#include "trustedcontact/recovery/v1/recovery.pb.h"

namespace tc::ctl {

using Summaries = std::vector<trustedcontact::recovery::v1::RecoverySummary>;

// As the contract has it: {"recoveries": […]}; or a row for each with recovery, state, principal, contact,
// created, until (the end, or when it will end by itself) and why (it is held, was rejected or cancelled).
std::string RenderRecoveries(const Summaries& recoveries, Format format);
// The same of one, field by field, with the officers of the way in person and the operator's comment.
std::string RenderRecovery(const trustedcontact::recovery::v1::RecoverySummary& recovery, Format format);

// "held", "HELD" or "RECOVERY_STATE_HELD". INVALID_ARGUMENT names those there are.
absl::StatusOr<trustedcontact::recovery::v1::RecoveryState> ParseState(absl::string_view text);
// "x" or "assignedRecoveries/x" → the latter; "42" or "accounts/42" → the latter.
std::string RecoveryName(absl::string_view text);
std::string AccountName(absl::string_view text);
// 64 hexadecimal digits → 32 bytes. INVALID_ARGUMENT.
absl::StatusOr<std::string> ParseHash(absl::string_view text);

}  // namespace tc::ctl
