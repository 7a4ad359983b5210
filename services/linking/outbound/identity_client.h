#pragma once

// The identity service over gRPC.

#include <memory>

#include "services/linking/outbound/identity_peer.h"

namespace tc::rpc {
class PeerChannel;
}

namespace tc::linking {

// `peer` must outlive it.
std::unique_ptr<IdentityPeer> MakeIdentityClient(const rpc::PeerChannel& peer);

}  // namespace tc::linking
