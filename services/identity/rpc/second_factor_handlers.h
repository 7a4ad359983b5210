#pragma once

// An authenticator app as the second factor: enrolled, confirmed, given up (I7). Thread-safe.

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/identity/rpc/convert_security.h"
#include "services/identity/rpc/desk.h"

namespace tc::identity {

class SecondFactorHandlers {
 public:
  explicit SecondFactorHandlers(const Desk& desk) : desk_(desk) {}

  absl::StatusOr<pb::TotpEnrollment> EnrollTotp(const rpc::Call& call, const pb::EnrollTotpRequest& in);
  absl::StatusOr<pb::SecuritySettings> ConfirmTotp(const rpc::Call& call, const pb::ConfirmTotpRequest& in);
  absl::StatusOr<pb::SecuritySettings> DisableTotp(const rpc::Call& call, const pb::DisableTotpRequest& in);

 private:
  // Compare a code and count it when it is wrong, each in a commit of its own that precedes every answer: a
  // refused call leaves its mark, too.
  absl::Status JudgeFirstCode(const rpc::Call& call, const AppCode& order) const;
  absl::Status JudgeLastCode(const rpc::Call& call, const AppCode& order) const;

  const Desk& desk_;
};

}  // namespace tc::identity
