#pragma once

// Who may be what (E1–E5), and who is who. Thread-safe.

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/identity/rpc/desk.h"

namespace tc::identity {

class EligibilityHandlers {
 public:
  explicit EligibilityHandlers(const Desk& desk) : desk_(desk) {}

  absl::StatusOr<pb::Eligibility> CheckEligibility(const rpc::Call& call,
                                                   const pb::CheckEligibilityRequest& in);
  absl::StatusOr<pb::MatchContactResponse> MatchContact(const rpc::Call& call,
                                                        const pb::MatchContactRequest& in);
  absl::StatusOr<pb::CompareAccountsResponse> CompareAccounts(const rpc::Call& call,
                                                              const pb::CompareAccountsRequest& in);
  absl::StatusOr<pb::CheckDocumentResponse> CheckDocument(const rpc::Call& call,
                                                          const pb::CheckDocumentRequest& in);
  absl::StatusOr<pb::LookupAccountResponse> LookupAccount(const rpc::Call& call,
                                                          const pb::LookupAccountRequest& in);

 private:
  const Desk& desk_;
};

}  // namespace tc::identity
