#pragma once

// A message as an e-mail (RFC 5322): plain text in UTF-8, base64, so that no line of it can be taken for
// anything else. Pure.

#include <string>

#include "absl/strings/string_view.h"
#include "services/otp/domain/message.h"

namespace tc::otp {

// An address that can stand between < and > as it is: letters, digits and RFC 5322's atoms, dots, one @. What
// an account may have but this does not allow is a quoted local part.
bool IsPlainMailbox(absl::string_view address);

// `from`: a plain mailbox; message.to must be one. Lines end with CR LF. The Message-ID is made of the
// delivery and the request, so it is the same for every attempt.
std::string ComposeMail(const Message& message, absl::string_view from);

}  // namespace tc::otp
