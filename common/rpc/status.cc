#include "common/rpc/status.h"

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/support/status.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"

namespace tc::rpc {
namespace {

// Metadata is limited to 8 KiB on both sides; base64 takes a third more, the sentence appears twice.
constexpr size_t kMaxDetails = 4800;
constexpr size_t kMaxSentence = 400;

bool IsFault(absl::StatusCode code) {
  return code == absl::StatusCode::kInternal || code == absl::StatusCode::kUnknown ||
         code == absl::StatusCode::kDataLoss;
}

const char* SentenceFor(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return "the request is not valid";
    case absl::StatusCode::kNotFound:
      return "no such object";
    case absl::StatusCode::kAlreadyExists:
      return "the object exists already";
    case absl::StatusCode::kPermissionDenied:
      return "the peer may not do this";
    case absl::StatusCode::kUnauthenticated:
      return "the caller is not known";
    case absl::StatusCode::kResourceExhausted:
      return "too much at once";
    case absl::StatusCode::kFailedPrecondition:
      return "the present state does not allow this";
    case absl::StatusCode::kAborted:
      return "something changed meanwhile; read again";
    case absl::StatusCode::kUnavailable:
      return "not available now; try again";
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
      return "the time for this call is over";
    case absl::StatusCode::kUnimplemented:
      return "not implemented";
    default:
      return "internal error";
  }
}

template <typename Message>
void Attach(const Message& detail, google::rpc::Status& wire) {
  wire.add_details()->PackFrom(detail);
}

google::rpc::ErrorInfo InfoOf(const absl::Status& status) {
  google::rpc::ErrorInfo info;
  info.set_reason(ReasonOf(status).value_or(std::string(ReasonName(ReasonForCode(status.code())))));
  info.set_domain(kErrorDomain);
  for (const auto& [key, value] : MetadataOf(status)) (*info.mutable_metadata())[key] = value;
  return info;
}

google::rpc::BadRequest BadRequestOf(const absl::Status& status) {
  google::rpc::BadRequest bad;
  for (const FieldViolation& v : ViolationsOf(status)) {
    google::rpc::BadRequest::FieldViolation& violation = *bad.add_field_violations();
    violation.set_field(v.field);
    violation.set_reason(v.reason);
    violation.set_description(v.description);
  }
  return bad;
}

google::rpc::PreconditionFailure PreconditionOf(const absl::Status& status) {
  google::rpc::PreconditionFailure failure;
  for (const FieldViolation& v : UnmetOf(status)) {
    google::rpc::PreconditionFailure::Violation& violation = *failure.add_violations();
    violation.set_type(v.reason);
    violation.set_subject(v.field);
    violation.set_description(v.description);
  }
  return failure;
}

google::rpc::RetryInfo RetryOf(absl::Duration delay) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(delay));
  retry.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(delay % absl::Seconds(1))));
  return retry;
}

google::rpc::Status DetailsOf(const absl::Status& status) {
  google::rpc::ErrorInfo info = InfoOf(status);
  google::rpc::BadRequest bad = BadRequestOf(status);
  const google::rpc::PreconditionFailure failure = PreconditionOf(status);
  int omitted = 0;
  while (bad.field_violations_size() > 1 && bad.ByteSizeLong() + failure.ByteSizeLong() > kMaxDetails) {
    bad.mutable_field_violations()->RemoveLast();
    ++omitted;
  }
  if (omitted > 0) (*info.mutable_metadata())["violations_omitted"] = absl::StrCat(omitted);

  google::rpc::Status wire;
  wire.set_code(static_cast<int>(status.code()));
  wire.set_message(std::string(status.message().substr(0, kMaxSentence)));
  Attach(info, wire);
  if (bad.field_violations_size() > 0) Attach(bad, wire);
  if (failure.violations_size() > 0) Attach(failure, wire);
  if (const auto delay = RetryAfterOf(status)) Attach(RetryOf(*delay), wire);
  return wire;
}

}  // namespace

Reason ReasonForCode(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return Reason::kFieldInvalid;
    case absl::StatusCode::kNotFound:
      return Reason::kNotFound;
    case absl::StatusCode::kAlreadyExists:
      return Reason::kAlreadyExists;
    case absl::StatusCode::kPermissionDenied:
      return Reason::kRoleNotAllowed;
    case absl::StatusCode::kUnauthenticated:
      return Reason::kCredentialsInvalid;
    case absl::StatusCode::kResourceExhausted:
      return Reason::kOverloaded;
    case absl::StatusCode::kFailedPrecondition:
      return Reason::kStateTransitionNotAllowed;
    case absl::StatusCode::kAborted:
      return Reason::kConflict;
    case absl::StatusCode::kUnavailable:
      return Reason::kStoreUnavailable;
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kCancelled:
      return Reason::kDeadlineExceeded;
    case absl::StatusCode::kUnimplemented:
      return Reason::kNotImplemented;
    default:
      return Reason::kInternal;
  }
}

absl::Status Presentable(const absl::Status& status, absl::string_view call_id) {
  if (status.ok()) return status;
  if (IsFault(status.code())) {
    return Refuse(absl::StatusCode::kInternal, Reason::kInternal,
                  absl::StrCat("internal error, reference ", call_id))
        .With("call_id", call_id);
  }
  absl::Status shown = status;
  if (!ReasonOf(status).has_value()) {
    shown = Refuse(status.code(), ReasonForCode(status.code()), SentenceFor(status.code()));
  }
  if (shown.code() == absl::StatusCode::kUnavailable && !RetryAfterOf(shown).has_value()) {
    shown = RefusalFromWire(shown.code(), *ReasonOf(shown), shown.message(), MetadataOf(shown),
                            ViolationsOf(shown), UnmetOf(shown), absl::Seconds(1));
  }
  return shown;
}

grpc::Status ToWire(const absl::Status& status, absl::string_view call_id) {
  if (status.ok()) return grpc::Status::OK;
  const google::rpc::Status wire = DetailsOf(Presentable(status, call_id));
  return grpc::Status(static_cast<grpc::StatusCode>(wire.code()), wire.message(), wire.SerializeAsString());
}

absl::Status FromWire(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  google::rpc::Status wire;
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad;
  google::rpc::PreconditionFailure failure;
  google::rpc::RetryInfo retry;
  bool ours = false;
  std::optional<absl::Duration> retry_after;
  if (wire.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& detail : wire.details()) {
      if (detail.UnpackTo(&info)) ours = info.domain() == kErrorDomain;
      detail.UnpackTo(&bad);
      detail.UnpackTo(&failure);
      if (detail.UnpackTo(&retry)) {
        retry_after =
            absl::Seconds(retry.retry_delay().seconds()) + absl::Nanoseconds(retry.retry_delay().nanos());
      }
    }
  }
  if (!ours) return absl::Status(code, status.error_message());

  std::vector<std::pair<std::string, std::string>> metadata(info.metadata().begin(), info.metadata().end());
  std::vector<FieldViolation> violations;
  for (const auto& v : bad.field_violations()) violations.push_back({v.field(), v.reason(), v.description()});
  std::vector<FieldViolation> unmet;
  for (const auto& v : failure.violations()) unmet.push_back({v.subject(), v.type(), v.description()});
  return RefusalFromWire(code, info.reason(), status.error_message(), metadata, violations, unmet,
                         retry_after);
}

}  // namespace tc::rpc
