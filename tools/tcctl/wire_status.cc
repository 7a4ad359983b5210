#include "tools/tcctl/wire_status.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/base/refusal.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace tc::dev {

namespace {

struct Details {
  std::string reason;
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<FieldViolation> violations;
  std::vector<FieldViolation> unmet;
  std::optional<absl::Duration> retry_after;
};

void Read(const google::protobuf::Any& any, Details& details) {
  google::rpc::ErrorInfo info;
  google::rpc::RetryInfo retry;
  google::rpc::BadRequest bad;
  google::rpc::PreconditionFailure failure;
  if (any.UnpackTo(&info)) {
    details.reason = info.reason();
    for (const auto& [key, value] : info.metadata()) details.metadata.emplace_back(key, value);
  } else if (any.UnpackTo(&retry)) {
    details.retry_after =
        absl::Seconds(retry.retry_delay().seconds()) + absl::Nanoseconds(retry.retry_delay().nanos());
  } else if (any.UnpackTo(&bad)) {
    for (const auto& v : bad.field_violations())
      details.violations.push_back({v.field(), v.reason(), v.description()});
  } else if (any.UnpackTo(&failure)) {
    for (const auto& v : failure.violations())
      details.unmet.push_back({v.subject(), v.type(), v.description()});
  }
}

}  // namespace

absl::Status FromWire(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  google::rpc::Status wire;
  Details details;
  if (wire.ParseFromString(status.error_details())) {
    for (const google::protobuf::Any& any : wire.details()) Read(any, details);
  }
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  if (details.reason.empty()) return absl::Status(code, status.error_message());
  return RefusalFromWire(code, details.reason, status.error_message(), details.metadata, details.violations,
                         details.unmet, details.retry_after);
}

}  // namespace tc::dev
