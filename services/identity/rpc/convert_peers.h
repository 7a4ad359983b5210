#pragma once

// Between the public messages and domain values: what only linking and recovery ask. As convert.h.

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/identity/domain/notice.h"
#include "services/identity/rpc/convert.h"

namespace tc::identity {

struct Comparison {
  AccountId principal;
  AccountId contact;
};
absl::StatusOr<Comparison> Parse(const pb::CompareAccountsRequest& in);

struct DocumentQuestion {
  AccountId account;
  Document shown;  // type, series and number only
};
// PASSPORT_FORMAT: ten digits, not all zeros.
absl::StatusOr<DocumentQuestion> Parse(const pb::CheckDocumentRequest& in);

struct PeerNotice {
  AccountId account;
  NoticeKind kind = NoticeKind::kInvitationReceived;
  std::string masked_person;
  std::string link;
};
// TEMPLATE_NOT_ALLOWED: none of linking's or recovery's; PARAMETER_NOT_ALLOWED. What the parameters consist
// of is otp's to judge.
absl::StatusOr<PeerNotice> Parse(const pb::NotifyPersonRequest& in);

struct PermitOrder {
  AccountId account;
  absl::Time until;
};
// TIME_MISSING, TIME_PAST, TIME_TOO_FAR: 15 minutes ahead at most.
absl::StatusOr<PermitOrder> Parse(const pb::PermitPhoneChangeRequest& in, absl::Time now);

}  // namespace tc::identity
