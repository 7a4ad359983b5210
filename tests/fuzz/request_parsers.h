#pragma once

// The part of the target `request` that is about the services: the parser of each request.

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <functional>
#include <map>
#include <set>
#include <type_traits>

#include "common/base/status.h"
#include "common/testing/call.h"
#include "services/identity/rpc/convert.h"
#include "services/identity/rpc/convert_peers.h"
#include "services/identity/rpc/convert_security.h"
#include "services/linking/rpc/convert.h"
#include "services/otp/rpc/convert.h"
#include "services/recovery/rpc/convert.h"

namespace tc::fuzz {

inline const rpc::Call& SomeCall() {
  static const auto& call = *new rpc::Call(testing::As("alice"));
  return call;
}
inline absl::CivilDay Today() { return absl::ToCivilDay(testing::Noon(), absl::UTCTimeZone()); }

// The parsers of requests; what has none, NeedsNoParser.
using Parsers = std::map<const google::protobuf::Descriptor*,
                         std::function<absl::Status(const google::protobuf::Message&, rpc::Role)>>;

// `parse` is called with each kind of request and the caller's role.
template <typename... Requests, typename Parse>
void Add(Parsers& parsers, Parse parse) {
  const auto add = [&](const auto* prototype) {
    using Request = std::decay_t<decltype(*prototype)>;
    parsers[Request::descriptor()] = [parse](const google::protobuf::Message& message,
                                             rpc::Role role) -> absl::Status {
      return parse(static_cast<const Request&>(message), role).status();
    };
  };
  (add(&Requests::default_instance()), ...);
}

inline void AddIdentity(Parsers& parsers) {
  namespace pb = identity::pb;
  using identity::Parse;
  Add<pb::DeleteAccountRequest, pb::BlockAccountRequest, pb::UnblockAccountRequest, pb::UnlockAccountRequest,
      pb::CheckEligibilityRequest, pb::MatchContactRequest, pb::BindPhoneRequest, pb::ConfirmPhoneRequest,
      pb::BindEmailRequest, pb::ConfirmEmailRequest, pb::SetPasswordRequest, pb::VerifyPasswordRequest,
      pb::ListSecurityEventsRequest, pb::EnrollTotpRequest, pb::ConfirmTotpRequest,
      pb::VerifySecondFactorRequest, pb::RequirePasswordChangeRequest, pb::CompareAccountsRequest,
      pb::CheckDocumentRequest, pb::NotifyPersonRequest>(parsers,
                                                         [](const auto& in, rpc::Role) { return Parse(in); });
  Add<pb::ReleasePhoneRequest, pb::DisableTotpRequest>(
      parsers, [](const auto& in, rpc::Role role) { return Parse(in, role); });
  Add<pb::ImportPhoneRequest, pb::ResetPasswordRequest, pb::PermitPhoneChangeRequest>(
      parsers, [](const auto& in, rpc::Role) { return Parse(in, testing::Noon()); });
  Add<pb::ConfirmAccountRequest, pb::UpdateAccountRequest>(
      parsers, [](const auto& in, rpc::Role role) { return Parse(in, role, Today()); });
  Add<pb::CreateAccountRequest>(
      parsers, [](const auto& in, rpc::Role role) { return Parse(in, "fresh", role, Today()); });
  Add<pb::FreezeAccountRequest>(
      parsers, [](const auto& in, rpc::Role role) { return Parse(in, role, testing::Noon()); });
  Add<pb::UnfreezeAccountRequest>(parsers, [](const auto& in, rpc::Role role) {
    return Parse(in, rpc::Peer{role, "recovery"});
  });
  Add<pb::LookupAccountRequest>(parsers,
                                [](const auto& in, rpc::Role) { return identity::ParseIdentifier(in); });
  Add<pb::UpdateSecuritySettingsRequest>(
      parsers, [](const auto& in, rpc::Role) -> absl::StatusOr<identity::SettingsOrder> {
        identity::SettingsOrder order = TRY(Parse(in));
        TRY(order.mistakes.status());
        return order;
      });
}

inline void AddLinking(Parsers& parsers) {
  namespace pb = linking::pb;
  using linking::Parse;
  Add<pb::CreateInvitationRequest, pb::RemoveGuardRequest>(
      parsers, [](const auto& in, rpc::Role) { return Parse(in); });
  Add<pb::HoldGuardRequest>(
      parsers, [](const auto& in, rpc::Role) { return Parse(in, absl::Hours(168), testing::Noon()); });
  Add<pb::GetGuardRequest>(parsers, [](const auto& in, rpc::Role) { return Parse(in, testing::Noon()); });
}

inline void AddRecovery(Parsers& parsers) {
  namespace pb = recovery::pb;
  using recovery::Parse;
  using recovery::Purpose;
  Add<pb::StartRecoveryRequest, pb::VerifyClaimantRequest, pb::ResendClaimantCodeRequest,
      pb::AcknowledgeWarningRequest, pb::SendContactCodeRequest, pb::ApproveRecoveryRequest,
      pb::RejectRecoveryRequest, pb::HoldRecoveryRequest, pb::ReleaseRecoveryRequest,
      pb::StartInPersonRecoveryRequest, pb::ConfirmInPersonRecoveryRequest>(
      parsers, [](const auto& in, rpc::Role) { return Parse(in); });
  Add<pb::CompleteRecoveryRequest>(parsers, [](const auto& in, rpc::Role role) {
    return Parse(in, role == rpc::Role::kPortal ? Purpose::kPassword : Purpose::kUnfreeze);
  });
}

inline void AddOtp(Parsers& parsers) {
  namespace pb = otp::pb;
  using otp::Parse;
  Add<pb::ResendVerificationRequest, pb::SendNotificationRequest>(
      parsers, [](const auto& in, rpc::Role) { return Parse(in); });
  Add<pb::CreateVerificationRequest, pb::CheckVerificationRequest, pb::ConsumeVerificationRequest>(
      parsers, [](const auto& in, rpc::Role) { return Parse(SomeCall(), in); });
  Add<pb::ReportDeliveryRequest>(
      parsers, [](const auto& in, rpc::Role role) { return Parse(in, role == rpc::Role::kGateway); });
}

inline const Parsers& AllParsers() {
  static const auto& parsers = *[] {
    auto* all = new Parsers;
    AddIdentity(*all);
    AddLinking(*all);
    AddRecovery(*all);
    AddOtp(*all);
    return all;
  }();
  return parsers;
}

// Names, numbers and choices are read where they are used: tokens by the target `cursor`, names and passwords
// by `text`.
inline bool NeedsNoParser(const google::protobuf::Descriptor& request) {
  using google::protobuf::FieldDescriptor;
  static const std::set<absl::string_view> kNames = {"name",  "account",    "parent",      "principal",
                                                     "link",  "request_id", "page_token",  "cursor",
                                                     "types", "password",   "not_me_token"};
  for (int i = 0; i < request.field_count(); ++i) {
    const FieldDescriptor& field = *request.field(i);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return false;
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING && kNames.count(field.name()) == 0) return false;
  }
  return true;
}

}  // namespace tc::fuzz
