#pragma once

// The owner's security journal (I8). Thread-safe.

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/identity/rpc/desk.h"

namespace tc::identity {

class JournalHandlers {
 public:
  explicit JournalHandlers(const Desk& desk) : desk_(desk) {}

  absl::StatusOr<pb::ListSecurityEventsResponse> ListSecurityEvents(const rpc::Call& call,
                                                                    const pb::ListSecurityEventsRequest& in);

 private:
  const Desk& desk_;
};

}  // namespace tc::identity
