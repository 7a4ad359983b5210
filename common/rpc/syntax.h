#pragma once

// Syntax: what is wrong with any request, whatever its method (C-W 52, 60, 61). Pure functions.

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "common/base/refusal.h"

namespace google::protobuf {
class Message;
}

namespace tc::rpc {

// Unknown enum values (ENUM_UNKNOWN), times that are none (TIME_INVALID) and text with control, bidirectional
// or invisible characters (TEXT_CHARACTER_NOT_ALLOWED), wherever they stand; at most 50, with the path of
// each
// ("client_context.user_agent", "types[2]"). Fields named password, new_password and current_password are
// left to the password rules, which name every mistake in one.
std::vector<FieldViolation> SyntaxMistakes(const google::protobuf::Message& request);

// No control, bidirectional or invisible character. `text` is valid UTF-8, as protobuf made sure.
bool IsPlainText(absl::string_view text);

// RFC 9562 text form, any version but the nil UUID.
bool IsUuid(absl::string_view text);

}  // namespace tc::rpc
