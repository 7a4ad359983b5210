#pragma once

// Public messages ⇄ domain values. Parsing is validation: a request with mistakes is refused with all of them
// at once.

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/base/secret.h"
#include "services/recovery/domain/claimed.h"
#include "services/recovery/domain/recovery.h"
#include "trustedcontact/recovery/v1/recovery.pb.h"

namespace tc::recovery {

namespace pb = trustedcontact::recovery::v1;

struct StartRequest {
  Claimed claimed;
  Purpose purpose = Purpose::kPassword;
  Channel channel = Channel::kSms;
  ClientContext client;
  CodeClient code_client;
};
absl::StatusOr<StartRequest> Parse(const pb::StartRecoveryRequest& in);

struct CodeRequest {
  std::string capability;
  Secret code;
  CodeClient client;
};
absl::StatusOr<CodeRequest> Parse(const pb::VerifyClaimantRequest& in);

struct ResendRequest {
  std::string capability;
  std::optional<Channel> channel;  // absent: as before
  CodeClient client;
};
absl::StatusOr<ResendRequest> Parse(const pb::ResendClaimantCodeRequest& in);

struct AcknowledgeRequest {
  PublicId id;
  std::string version;
  std::map<std::string, bool> answers;
};
absl::StatusOr<AcknowledgeRequest> Parse(const pb::AcknowledgeWarningRequest& in);

struct ContactCodeRequest {
  PublicId id;
  Channel channel = Channel::kSms;
  CodeClient client;
};
absl::StatusOr<ContactCodeRequest> Parse(const pb::SendContactCodeRequest& in);

struct ApproveRequest {
  PublicId id;
  Secret code;
  std::string match_code;
  ClientContext client;  // the contact's own
  CodeClient code_client;
};
absl::StatusOr<ApproveRequest> Parse(const pb::ApproveRecoveryRequest& in);

struct RejectRequest {
  PublicId id;
  RejectReason reason = RejectReason::kOther;
};
absl::StatusOr<RejectRequest> Parse(const pb::RejectRecoveryRequest& in);

struct CompleteRequest {
  std::string capability;
  std::string grant;
  Secret new_password;  // empty for every purpose but PASSWORD
};
// For a recovery of this purpose.
absl::StatusOr<CompleteRequest> Parse(const pb::CompleteRecoveryRequest& in, Purpose purpose);

// Of HoldRecovery and ReleaseRecovery.
struct CommentRequest {
  PublicId id;
  std::string comment;
};
absl::StatusOr<CommentRequest> Parse(const pb::HoldRecoveryRequest& in);
absl::StatusOr<CommentRequest> Parse(const pb::ReleaseRecoveryRequest& in);

// What an officer has seen.
struct ShownDocument {
  std::string officer;
  std::string visit;
  Secret passport;
};
struct InPersonStartRequest {
  AccountId principal;
  ShownDocument shown;
  std::string capability_hash;
};
absl::StatusOr<InPersonStartRequest> Parse(const pb::StartInPersonRecoveryRequest& in);

struct InPersonConfirmRequest {
  PublicId id;
  ShownDocument shown;
};
absl::StatusOr<InPersonConfirmRequest> Parse(const pb::ConfirmInPersonRecoveryRequest& in);

// recoveries/{capability} → capability; assignedRecoveries/{recovery} → id.
absl::StatusOr<std::string> ParseCapability(absl::string_view name);
absl::StatusOr<PublicId> ParsePublicId(absl::string_view name);

// The views are taken as of `now`. `grant` is shown in APPROVED only.
pb::Recovery ToClaimantView(const Recovery& recovery, absl::string_view capability, absl::string_view grant,
                            absl::Time now);
pb::AssignedRecovery ToContactView(const Recovery& recovery, bool with_warning, absl::Time now);
pb::RecoverySummary ToSummary(const Recovery& recovery, absl::Time now);

}  // namespace tc::recovery
