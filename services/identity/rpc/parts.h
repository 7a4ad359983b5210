#pragma once

// Parts that several requests have in common. Each notes its mistakes and gives a default value then.

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/mistakes.h"
#include "common/base/secret.h"
#include "google/protobuf/timestamp.pb.h"
#include "services/identity/domain/client.h"
#include "trustedcontact/type/v1/values.pb.h"

namespace tc::identity {

// Text of at most `most` characters, without spaces at its ends. TEXT_MISSING, TEXT_TOO_LONG.
std::string TextOf(absl::string_view text, size_t most, bool demanded, absl::string_view field,
                   Mistakes& mistakes);

ClientPlace ClientOf(const trustedcontact::type::v1::ClientContext& in, Mistakes& mistakes);

// What otp needs of it; ClientOf has looked at it.
CodeClient CodeClientOf(const trustedcontact::type::v1::ClientContext& in, const ClientPlace& client);

// The digits of a code; at most ten (OTP-17). CODE_FORMAT.
Secret CodeOf(const std::string& typed, Mistakes& mistakes);
// A case's number on the caller's side. REFERENCE_FORMAT.
std::string ReferenceOf(const std::string& text, Mistakes& mistakes);

absl::Time TimeOf(const google::protobuf::Timestamp& time);

}  // namespace tc::identity
