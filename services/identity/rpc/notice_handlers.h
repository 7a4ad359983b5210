#pragma once

// Telling people what happens in other services: only this one knows their addresses. Thread-safe.

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/identity/rpc/desk.h"

namespace tc::identity {

class NoticeHandlers {
 public:
  explicit NoticeHandlers(const Desk& desk) : desk_(desk) {}

  absl::StatusOr<pb::NotifyPersonResponse> NotifyPerson(const rpc::Call& call,
                                                        const pb::NotifyPersonRequest& in);

 private:
  const Desk& desk_;
};

}  // namespace tc::identity
