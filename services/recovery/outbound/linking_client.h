#pragma once

#include <memory>

#include "services/recovery/outbound/linking_peer.h"

namespace tc::rpc {
class PeerChannel;
}

namespace tc::recovery {

// `channel` must outlive it.
std::unique_ptr<LinkingPeer> MakeLinkingClient(const rpc::PeerChannel& channel);

}  // namespace tc::recovery
