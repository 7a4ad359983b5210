#include "services/recovery/rpc/convert.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/mistakes.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/rpc/client_context.h"
#include "common/rpc/syntax.h"

namespace tc::recovery {
namespace {

namespace type = trustedcontact::type::v1;

bool IsDigits(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
}

Secret TakeCode(const std::string& code, Mistakes& mistakes) {
  if (code.size() < 4 || code.size() > 10 || !IsDigits(code)) {
    mistakes.Add("code", "CODE_FORMAT", "a code has 4 to 10 digits and nothing else");
  }
  return Secret(code);
}

// nullopt: not said.
std::optional<Channel> TakeChannel(int channel, bool email_allowed, Mistakes& mistakes) {
  if (channel == type::CHANNEL_UNSPECIFIED) return std::nullopt;
  if (channel == type::CHANNEL_SMS || channel == type::CHANNEL_VOICE) return static_cast<Channel>(channel);
  if (channel == type::CHANNEL_EMAIL && email_allowed) return Channel::kEmail;
  mistakes.Add("channel", "CHANNEL_NOT_ALLOWED", "a code of this kind never goes this way");
  return std::nullopt;
}

Purpose TakePurpose(int purpose, Mistakes& mistakes) {
  if (purpose == pb::RECOVERY_PURPOSE_UNSPECIFIED) return Purpose::kPassword;
  if (pb::RecoveryPurpose_IsValid(purpose)) return static_cast<Purpose>(purpose);
  mistakes.Add("purpose", "PURPOSE_UNKNOWN", "there is no such purpose");
  return Purpose::kPassword;
}

ClientContext TakeClient(const type::ClientContext& in, Mistakes& mistakes) {
  rpc::CheckClientContext(in, mistakes);
  return {in.address(), in.device(), in.user_agent(), in.place()};
}

CodeClient CodeClientOf(const ClientContext& client, const type::ClientContext& in) {
  return {client.address, client.device, in.challenge_passed()};
}

CodeClient TakeCodeClient(const type::ClientContext& in, Mistakes& mistakes) {
  return CodeClientOf(TakeClient(in, mistakes), in);
}

Claimed TakeClaimed(const pb::StartRecoveryRequest& in, Mistakes& mistakes) {
  switch (in.claimed_case()) {
    case pb::StartRecoveryRequest::kPhone:
      return mistakes.Take(Phone::Parse(in.phone(), "phone"));
    case pb::StartRecoveryRequest::kEmail:
      return mistakes.Take(Email::Parse(in.email(), "email"));
    case pb::StartRecoveryRequest::kSnils:
      return mistakes.Take(Snils::Parse(in.snils(), "snils"));
    case pb::StartRecoveryRequest::kAccount:
      return mistakes.Take(AccountId::ParseName(in.account(), "account"));
    case pb::StartRecoveryRequest::CLAIMED_NOT_SET:
      break;
  }
  mistakes.Add("claimed", "FIELD_MISSING", "a phone, e-mail address, SNILS or account number is needed");
  return Phone();
}

// Characters of text that protobuf has found to be UTF-8.
size_t Characters(absl::string_view text) {
  return static_cast<size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string TakeText(const std::string& text, size_t longest, absl::string_view field, Mistakes& mistakes) {
  const size_t length = Characters(text);
  if (length < 1 || length > longest)
    mistakes.Add(field, "TEXT_LENGTH", absl::StrCat("1 to ", longest, " characters"));
  if (!rpc::IsPlainText(text))
    mistakes.Add(field, "TEXT_CHARACTER_NOT_ALLOWED", "no control or invisible characters");
  return text;
}

template <typename Request>
absl::StatusOr<CommentRequest> ParseComment(const Request& in) {
  Mistakes mistakes;
  CommentRequest request;
  request.id = mistakes.Take(ParsePublicId(in.name()));
  request.comment = TakeText(in.comment(), 500, "comment", mistakes);
  return mistakes.Or(std::move(request));
}

ShownDocument TakeDocument(const pb::DocumentCheck& in, Mistakes& mistakes) {
  const auto named = [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  };
  const std::string& officer = in.officer();
  if (officer.empty() || officer.size() > 64 || !std::all_of(officer.begin(), officer.end(), named))
    mistakes.Add("check.officer", "OFFICER_FORMAT", "1 to 64 of A-Z a-z 0-9 _ -");
  if (in.passport().size() != 10 || !IsDigits(in.passport()))
    mistakes.Add("check.passport", "PASSPORT_FORMAT", "series and number: ten digits");
  return {officer, TakeText(in.visit(), 64, "check.visit", mistakes), Secret(in.passport())};
}

}  // namespace

absl::StatusOr<std::string> ParseCapability(absl::string_view name) {
  return TRY(RecoveryId::ParseName(name, "name")).text();
}

absl::StatusOr<PublicId> ParsePublicId(absl::string_view name) { return PublicId::ParseName(name, "name"); }

absl::StatusOr<StartRequest> Parse(const pb::StartRecoveryRequest& in) {
  Mistakes mistakes;
  StartRequest start;
  start.claimed = TakeClaimed(in, mistakes);
  start.channel = TakeChannel(in.channel(), true, mistakes).value_or(Channel::kSms);
  start.client = TakeClient(in.client(), mistakes);
  start.code_client = CodeClientOf(start.client, in.client());
  start.purpose = TakePurpose(in.purpose(), mistakes);
  return mistakes.Or(std::move(start));
}

absl::StatusOr<CodeRequest> Parse(const pb::VerifyClaimantRequest& in) {
  Mistakes mistakes;
  CodeRequest request;
  request.capability = mistakes.Take(ParseCapability(in.name()));
  request.code = TakeCode(in.code(), mistakes);
  request.client = TakeCodeClient(in.client(), mistakes);
  return mistakes.Or(std::move(request));
}

absl::StatusOr<ResendRequest> Parse(const pb::ResendClaimantCodeRequest& in) {
  Mistakes mistakes;
  ResendRequest request;
  request.capability = mistakes.Take(ParseCapability(in.name()));
  request.channel = TakeChannel(in.channel(), true, mistakes);
  request.client = TakeCodeClient(in.client(), mistakes);
  return mistakes.Or(std::move(request));
}

absl::StatusOr<AcknowledgeRequest> Parse(const pb::AcknowledgeWarningRequest& in) {
  Mistakes mistakes;
  AcknowledgeRequest request;
  request.id = mistakes.Take(ParsePublicId(in.name()));
  request.version = in.warning_version();
  if (request.version.empty())
    mistakes.Add("warning_version", "FIELD_MISSING", "say which warning was shown");
  for (const pb::WarningAnswer& answer : in.answers()) {
    if (!request.answers.emplace(answer.question(), answer.yes()).second) {
      mistakes.Add("answers", "ANSWER_REPEATED", "each question is answered once");
    }
  }
  return mistakes.Or(std::move(request));
}

absl::StatusOr<ContactCodeRequest> Parse(const pb::SendContactCodeRequest& in) {
  Mistakes mistakes;
  ContactCodeRequest request;
  request.id = mistakes.Take(ParsePublicId(in.name()));
  request.channel = TakeChannel(in.channel(), false, mistakes).value_or(Channel::kSms);
  request.client = TakeCodeClient(in.client(), mistakes);
  return mistakes.Or(std::move(request));
}

absl::StatusOr<ApproveRequest> Parse(const pb::ApproveRecoveryRequest& in) {
  Mistakes mistakes;
  ApproveRequest request;
  request.id = mistakes.Take(ParsePublicId(in.name()));
  request.code = TakeCode(in.code(), mistakes);
  request.match_code = in.match_code();
  if (!request.match_code.empty() && (request.match_code.size() != 4 || !IsDigits(request.match_code))) {
    mistakes.Add("match_code", "CODE_FORMAT", "four digits and nothing else");
  }
  request.client = TakeClient(in.client(), mistakes);
  request.code_client = CodeClientOf(request.client, in.client());
  return mistakes.Or(std::move(request));
}

absl::StatusOr<RejectRequest> Parse(const pb::RejectRecoveryRequest& in) {
  Mistakes mistakes;
  RejectRequest request;
  request.id = mistakes.Take(ParsePublicId(in.name()));
  if (in.reason() < pb::REJECT_REASON_FRAUD || in.reason() > pb::REJECT_REASON_OTHER) {
    mistakes.Add("reason", "REASON_MISSING", "say why");
  } else {
    request.reason = static_cast<RejectReason>(in.reason());
  }
  return mistakes.Or(std::move(request));
}

absl::StatusOr<CompleteRequest> Parse(const pb::CompleteRecoveryRequest& in, Purpose purpose) {
  Mistakes mistakes;
  CompleteRequest request;
  request.capability = mistakes.Take(ParseCapability(in.name()));
  request.grant = in.grant();
  if (!IsIdText(request.grant)) mistakes.Add("grant", "GRANT_FORMAT", "this is no grant");
  request.new_password = Secret(in.new_password());
  if (purpose != Purpose::kPassword) {
    if (!in.new_password().empty())
      mistakes.Add("new_password", "PASSWORD_NOT_EXPECTED", "this recovery sets no password");
  } else if (in.new_password().empty() || in.new_password().size() > 1024) {
    mistakes.Add("new_password", "PASSWORD_LENGTH", "1 to 1024 bytes");
  }
  return mistakes.Or(std::move(request));
}

absl::StatusOr<CommentRequest> Parse(const pb::HoldRecoveryRequest& in) { return ParseComment(in); }
absl::StatusOr<CommentRequest> Parse(const pb::ReleaseRecoveryRequest& in) { return ParseComment(in); }

absl::StatusOr<InPersonStartRequest> Parse(const pb::StartInPersonRecoveryRequest& in) {
  Mistakes mistakes;
  InPersonStartRequest request;
  request.principal = mistakes.Take(AccountId::ParseName(in.principal(), "principal"));
  request.shown = TakeDocument(in.check(), mistakes);
  request.capability_hash = in.capability_hash();
  if (request.capability_hash.size() != 32)
    mistakes.Add("capability_hash", "HASH_LENGTH", "the SHA-256 of the capability: 32 bytes");
  return mistakes.Or(std::move(request));
}

absl::StatusOr<InPersonConfirmRequest> Parse(const pb::ConfirmInPersonRecoveryRequest& in) {
  Mistakes mistakes;
  InPersonConfirmRequest request;
  request.id = mistakes.Take(ParsePublicId(in.name()));
  request.shown = TakeDocument(in.check(), mistakes);
  return mistakes.Or(std::move(request));
}

}  // namespace tc::recovery
