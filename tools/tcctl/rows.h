#pragma once

// What the rows of the contract's messages have in common. Pure.

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "absl/strings/string_view.h"

namespace tc::ctl {

// "2026-03-02T12:00:00Z".
std::string TimeText(const google::protobuf::Timestamp& time);
// The words of an enumerator behind its type's: "HELD" of RECOVERY_STATE_HELD; nothing of the unspecified.
std::string ShortName(const std::string& name, absl::string_view prefix, int number);
// As the contract has it, with its field names.
std::string ContractJson(const google::protobuf::Message& message);

}  // namespace tc::ctl
