// Requests that import a number or bind an e-mail address.

#include "services/identity/rpc/convert.h"

#include "common/base/status.h"
#include "services/identity/rpc/parts.h"

namespace tc::identity {

absl::StatusOr<PhoneImport> Parse(const pb::ImportPhoneRequest& in, absl::Time now) {
  Mistakes mistakes;
  PhoneImport order;
  order.account = mistakes.Take(AccountId::ParseName(in.account(), "account"));
  order.number = mistakes.Take(Phone::Parse(in.phone(), "phone"));
  order.proved_at = TimeOf(in.proof_time());
  if (!in.has_proof_time()) mistakes.Add("proof_time", "TIME_MISSING", "say when the number was proved");
  if (order.proved_at > now) mistakes.Add("proof_time", "TIME_FUTURE", "the proof is in the future");
  order.reference = ReferenceOf(in.reference(), mistakes);
  TRY(mistakes.status());
  return order;
}

absl::StatusOr<EmailOrder> Parse(const pb::BindEmailRequest& in) {
  Mistakes mistakes;
  EmailOrder order;
  order.account = mistakes.Take(AccountId::ParseName(in.account(), "account"));
  order.email = mistakes.Take(Email::Parse(in.email(), "email"));
  order.client = ClientOf(in.client(), mistakes);
  order.code_client = CodeClientOf(in.client(), order.client);
  TRY(mistakes.status());
  return order;
}

absl::StatusOr<EmailConfirmation> Parse(const pb::ConfirmEmailRequest& in) {
  Mistakes mistakes;
  EmailConfirmation confirmation;
  confirmation.account = mistakes.Take(AccountId::ParseName(in.account(), "account"));
  confirmation.code = CodeOf(in.code(), mistakes);
  confirmation.client = ClientOf(in.client(), mistakes);
  confirmation.code_client = CodeClientOf(in.client(), confirmation.client);
  TRY(mistakes.status());
  return confirmation;
}

}  // namespace tc::identity
