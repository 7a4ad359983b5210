#include "common/rpc/status.h"

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/support/status.h>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/testing/status.h"
#include "trustedcontact/type/v1/error.pb.h"

namespace tc::rpc {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Refused;

absl::Status RoundTrip(const absl::Status& status) { return FromWire(ToWire(status, "call-1")); }

TEST(ToWire, CarriesEverythingThatARefusalHas) {
  const absl::Status status =
      Refuse(absl::StatusCode::kInvalidArgument, Reason::kCodeMismatch, "the code is wrong")
          .With("attempts_left", "3")
          .Violation("code", "CODE_MISMATCH", "type it again")
          .Violation("phone", "PHONE_TOO_SHORT", "ten digits")
          .Unmet("AGE_BELOW_MINIMUM", "accounts/1", "too young")
          .RetryAfter(absl::Milliseconds(1500));
  EXPECT_EQ(RoundTrip(status), status);
}

TEST(ToWire, IsAGoogleRpcStatusWithOurDomain) {
  const grpc::Status wire = ToWire(NotFound("link"), "call-1");
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::NOT_FOUND);
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(wire.error_details()));
  EXPECT_EQ(details.code(), 5);
  EXPECT_EQ(details.message(), wire.error_message());
  ASSERT_EQ(details.details_size(), 1);
  google::rpc::ErrorInfo info;
  ASSERT_TRUE(details.details(0).UnpackTo(&info));
  EXPECT_EQ(info.reason(), "NOT_FOUND");
  EXPECT_EQ(info.domain(), "trustedcontact");
}

TEST(ToWire, SaysOkAsOk) {
  EXPECT_TRUE(ToWire(absl::OkStatus(), "call-1").ok());
  EXPECT_TRUE(FromWire(grpc::Status::OK).ok());
}

class Fault : public ::testing::TestWithParam<absl::StatusCode> {};

TEST_P(Fault, LeavesAsANeutralSentenceWithAReference) {
  for (const absl::Status& status :
       {absl::Status(GetParam(), "key k1 in /var/lib/tc"),
        absl::Status(
            Refuse(GetParam(), Reason::kFieldInvalid, "key k1 in /var/lib/tc").With("path", "/var"))}) {
    const absl::Status seen = RoundTrip(status);
    EXPECT_THAT(seen, Refused(absl::StatusCode::kInternal, Reason::kInternal));
    EXPECT_THAT(std::string(seen.message()), HasSubstr("call-1"));
    EXPECT_THAT(seen.ToString(), Not(HasSubstr("/var")));
    EXPECT_EQ(MetadataOf(seen, "call_id"), "call-1");
  }
}

INSTANTIATE_TEST_SUITE_P(Codes, Fault,
                         ::testing::Values(absl::StatusCode::kInternal, absl::StatusCode::kUnknown,
                                           absl::StatusCode::kDataLoss));

class BareCode : public ::testing::TestWithParam<std::pair<absl::StatusCode, Reason>> {};

TEST_P(BareCode, GetsItsReasonAndANeutralSentence) {
  const absl::Status seen = RoundTrip(absl::Status(GetParam().first, "secret detail"));
  EXPECT_THAT(seen, Refused(GetParam().first, GetParam().second));
  EXPECT_THAT(seen.ToString(), Not(HasSubstr("secret")));
}

INSTANTIATE_TEST_SUITE_P(
    Codes, BareCode,
    ::testing::Values(std::pair(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid),
                      std::pair(absl::StatusCode::kOutOfRange, Reason::kFieldInvalid),
                      std::pair(absl::StatusCode::kNotFound, Reason::kNotFound),
                      std::pair(absl::StatusCode::kAlreadyExists, Reason::kAlreadyExists),
                      std::pair(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed),
                      std::pair(absl::StatusCode::kUnauthenticated, Reason::kCredentialsInvalid),
                      std::pair(absl::StatusCode::kResourceExhausted, Reason::kOverloaded),
                      std::pair(absl::StatusCode::kFailedPrecondition, Reason::kStateTransitionNotAllowed),
                      std::pair(absl::StatusCode::kAborted, Reason::kConflict),
                      std::pair(absl::StatusCode::kUnavailable, Reason::kStoreUnavailable),
                      std::pair(absl::StatusCode::kDeadlineExceeded, Reason::kDeadlineExceeded),
                      std::pair(absl::StatusCode::kCancelled, Reason::kDeadlineExceeded),
                      std::pair(absl::StatusCode::kUnimplemented, Reason::kNotImplemented)));

TEST(Presentable, SaysWhenToTryAgainWhateverIsUnavailable) {
  const absl::Status seen = Presentable(
      Refuse(absl::StatusCode::kUnavailable, Reason::kPeerUnavailable, "x").With("peer", "otp"), "call-1");
  EXPECT_EQ(RetryAfterOf(seen), absl::Seconds(1));
  EXPECT_EQ(MetadataOf(seen, "peer"), "otp");
}

TEST(ToWire, FitsIntoTheMetadataWhateverIsWrong) {
  Refusal refusal = Refuse(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid, std::string(5000, 'x'));
  for (int i = 0; i < 300; ++i)
    refusal.Violation(absl::StrCat("field_", i), "FIELD_INVALID", "this one is wrong as well");
  const grpc::Status wire = ToWire(refusal, "call-1");
  EXPECT_LT((wire.error_details().size() + 2) / 3 * 4 + wire.error_message().size(), 8000u);
  const absl::Status seen = FromWire(wire);
  const size_t kept = ViolationsOf(seen).size();
  EXPECT_GT(kept, 30u);
  EXPECT_EQ(MetadataOf(seen, "violations_omitted"), absl::StrCat(300 - kept));
  EXPECT_EQ(ViolationsOf(seen).front().field, "field_0");
}

TEST(FromWire, TakesForeignDetailsForNoReason) {
  EXPECT_EQ(ReasonOf(FromWire(grpc::Status(grpc::StatusCode::UNAVAILABLE, "connection refused"))),
            std::nullopt);
  google::rpc::ErrorInfo info;
  info.set_reason("NOT_FOUND");
  info.set_domain("example.com");
  google::rpc::Status details;
  details.add_details()->PackFrom(info);
  const grpc::Status foreign(grpc::StatusCode::NOT_FOUND, "x", details.SerializeAsString());
  EXPECT_EQ(ReasonOf(FromWire(foreign)), std::nullopt);
  EXPECT_EQ(ReasonOf(FromWire(grpc::Status(grpc::StatusCode::NOT_FOUND, "x", "\xff not a proto"))),
            std::nullopt);
}

TEST(Reasons, AreThoseOfThePublicEnum) {
  namespace pb = trustedcontact::type::v1;
  std::vector<std::string> ours;
#define TC_REASON_LIST(id, name) ours.push_back(name);
  TC_REASONS(TC_REASON_LIST)
#undef TC_REASON_LIST
  const google::protobuf::EnumDescriptor* descriptor = pb::ErrorReason_descriptor();
  std::vector<std::string> theirs;
  for (int i = 1; i < descriptor->value_count(); ++i) {
    EXPECT_EQ(descriptor->value(i)->number(), i);
    theirs.push_back(descriptor->value(i)->name().substr(std::string("ERROR_REASON_").size()));
  }
  EXPECT_EQ(ours, theirs);
}

}  // namespace
}  // namespace tc::rpc
