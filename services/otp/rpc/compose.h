#pragma once

// Composes messages: the words of a code or a notice, for each way that it may go.

#include <string>

#include "common/base/secret.h"
#include "common/rpc/call.h"
#include "services/otp/domain/verification.h"
#include "services/otp/rpc/convert.h"
#include "services/otp/rpc/desk.h"
#include "services/otp/store/codec.h"

namespace tc::otp {

// The message of the present code of `v`. The words go with the record's own private part, so that a resend
// says what the first message said. `fallback_email` may be empty.
Outgoing ComposeCode(const Desk& desk, const Verification& v, const PrivatePart& part, const Secret& code,
                     const std::string& fallback_email);
Outgoing ComposeNotice(const Desk& desk, const NotificationRequest& request, const RecipientRequest& to,
                       const DeliveryId& id, const rpc::Call& call);

}  // namespace tc::otp
