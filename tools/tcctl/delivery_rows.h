#pragma once

// Deliveries as rows, for operators: pure, for the command deliveries.

#include <string>
#include <vector>

#include "tools/tcctl/output.h"
#include "trustedcontact/otp/v1/otp.pb.h"

namespace tc::ctl {

using Deliveries = std::vector<trustedcontact::otp::v1::Delivery>;

// As the contract has it: {"deliveries": […]}; or a row for each with delivery, state, channel, to (masked),
// template, parent, created and attempts: "operator-a TIMEOUT, operator-b ACCEPTED DELIVERED", the last word
// being the receipt's.
std::string RenderDeliveries(const Deliveries& deliveries, Format format);

}  // namespace tc::ctl
