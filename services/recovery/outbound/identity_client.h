#pragma once

#include <memory>

#include "services/recovery/outbound/identity_peer.h"

namespace tc::rpc {
class PeerChannel;
}

namespace tc::recovery {

// `channel` must outlive it.
std::unique_ptr<IdentityPeer> MakeIdentityClient(const rpc::PeerChannel& channel);

}  // namespace tc::recovery
