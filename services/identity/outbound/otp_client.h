#pragma once

// The OtpPeer that speaks gRPC.

#include <memory>

#include "services/identity/outbound/otp_peer.h"

namespace tc::rpc {
class PeerChannel;
}

namespace tc::identity {

// `peer` must outlive it.
std::unique_ptr<OtpPeer> MakeOtpClient(const rpc::PeerChannel& peer);

}  // namespace tc::identity
