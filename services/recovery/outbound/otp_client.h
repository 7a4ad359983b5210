#pragma once

#include <memory>

#include "services/recovery/outbound/otp_peer.h"

namespace tc::rpc {
class PeerChannel;
}

namespace tc::recovery {

// `channel` must outlive it.
std::unique_ptr<OtpPeer> MakeOtpClient(const rpc::PeerChannel& channel);

}  // namespace tc::recovery
