#pragma once

// Serving: the life of a server from the first call to the last (Runtime::Serve).

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/audit/signer.h"
#include "common/audit/tree_ledger.h"
#include "common/base/policy.h"
#include "common/kv/database.h"
#include "common/rpc/backups.h"
#include "common/rpc/flags.h"
#include "common/rpc/gate.h"
#include "common/rpc/once.h"
#include "common/rpc/page.h"
#include "common/rpc/refusal_log.h"
#include "common/rpc/rotation.h"
#include "common/rpc/runtime.h"

namespace grpc {
class ServerCredentials;
class Service;
}  // namespace grpc

namespace tc::rpc {

class Feed;

struct ServingParts {
  const Flags& flags;
  const ServiceInfo& info;
  kv::Database& database;
  const Once& once;
  const Pager& pager;
  Gate& gate;
  Backups& backups;
  Rotation& rotation;
  std::shared_ptr<grpc::ServerCredentials> credentials;
  audit::TreeLedger& ledger;
  audit::Signer& signer;
  RefusalLog& refusals;
  Feed* service_feed = nullptr;  // the service's own streams; null: it has none
};

// Serves `services`, EventService and AdminService until SIGTERM or SIGINT, then stops in order: NOT_SERVING,
// no new calls, streams ended, calls under way finished (at most 20 s), server closed. Returns main's exit
// code; 1 when an address cannot be had.
int ServeUntilStopped(const ServingParts& parts, std::vector<std::shared_ptr<grpc::Service>> services,
                      PolicyInForce policy);

}  // namespace tc::rpc
