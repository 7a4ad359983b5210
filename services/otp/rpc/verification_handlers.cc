#include "services/otp/rpc/verification_handlers.h"

#include "common/base/status.h"
#include "services/otp/rpc/compose.h"
#include "services/otp/rpc/load.h"
#include "services/otp/rpc/recorder.h"
#include "services/otp/rpc/send_guard.h"
#include "services/otp/store/delivery_store.h"
#include "services/otp/store/sealed.h"
#include "services/otp/store/verification_store.h"

namespace tc::otp {
namespace {

obs::Counter& Checks(const char* outcome) {
  return obs::GetCounter("tc_otp_codes_compared_total", "Codes that were compared.", {{"outcome", outcome}});
}

// One code on its way: drawn outside the transaction, used inside.
struct Drawn {
  Secret code;
  DeliveryId delivery;
};

Drawn Draw(const Desk& desk) {
  return {Secret(desk.random.Digits(static_cast<size_t>(desk.policy.code_digits))),
          DeliveryId::FromTrusted(desk.random.ShortId())};
}

// Ends the present code of `v`, which is not entered any more, and its message.
absl::Status EndCode(kv::Txn& txn, Verification& v, absl::Time now) {
  TRY(Withdraw(txn, v.delivery, now));
  return SettleCode(txn, v, false, now);
}

// At most one verification of a binding is open (OTP-18).
absl::Status CloseEarlier(kv::Txn& txn, const Verification& earlier, absl::Time now, const Policy& policy) {
  absl::StatusOr<Verification> cancelled = Cancel(earlier, now, policy);
  if (!cancelled.ok()) return absl::OkStatus();  // it has ended by itself
  TRY(EndCode(txn, *cancelled, now));
  return Record(txn, *cancelled, now, policy);
}

absl::Status Hand(kv::Txn& txn, const Desk& desk, const Admission& admission, const Outgoing& outgoing) {
  if (admission.kept_back.empty()) return Queue(txn, desk, outgoing).status();
  return KeepBack(txn, desk, outgoing, admission.kept_back).status();
}

NewCode MakeCode(const Desk& desk, const VerificationId& id, const Binding& binding, const Drawn& drawn,
                 const PrivatePart& part, Channel channel, const std::string& masked_address) {
  NewCode code;
  code.digits = desk.policy.code_digits;
  code.channel = channel;
  code.address_index = desk.codes.IndexOf(part.address);
  if (Counts(SendLimit::kPrefix, binding.purpose))
    code.prefix_index = desk.codes.IndexOf("prefix", PrefixOf(part.address));
  if (Counts(SendLimit::kRange, binding.purpose))
    code.range_index = desk.codes.IndexOf("range", RangeOf(part.address));
  code.masked_address = masked_address;
  code.sealed = Seal(desk.sealer, id, part);
  code.delivery = drawn.delivery;
  code.mac = desk.codes.Make(id, binding, code.address_index, drawn.delivery, drawn.code.Reveal());
  return code;
}

// The same rule as at the creation, where the request itself says what it needs.
absl::Status CheckFallback(const Verification& v, const std::string& email) {
  if (email.empty() || v.decoy || MayFallBack(v.binding.purpose, v.channels)) return absl::OkStatus();
  return FallbackNotAllowed();
}

}  // namespace

VerificationHandlers::VerificationHandlers(const Desk& desk)
    : desk_(desk), matched_(Checks("matched")), mismatched_(Checks("mismatched")), conversions_(desk) {}

void VerificationHandlers::AfterSend(const Noted& noted, absl::Time now) {
  Announce(desk_, noted, now);
  conversions_.Look(now);
}

absl::StatusOr<pb::Verification> VerificationHandlers::CreateVerification(
    const rpc::Call& call, const pb::CreateVerificationRequest& in) {
  CreateRequest request = TRY(Parse(call, in));
  Draft& draft = request.draft;
  draft.channels = TRY(AllowedChannels(draft.binding.purpose, request.address, request.allowed));
  TRY(CheckChannel(draft.binding.purpose, request.address, request.channel, draft.channels));
  const Drawn drawn = Draw(desk_);
  const PrivatePart part{request.address, request.masked_principal};
  const NewCode code =
      MakeCode(desk_, draft.id, draft.binding, drawn, part, request.channel, request.masked_address);
  const ClientIndexes client = IndexesOf(desk_.codes, request.client);
  Noted noted;
  auto answer = desk_.once.Run<pb::Verification>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Verification> {
    noted = {};
    TRY(CheckFree(txn, draft.id));
    const std::optional<Verification> earlier = TRY(FindLatest(txn, draft.binding));
    const Verification v = TRY(Start(draft, code, earlier, call.now, desk_.policy));
    TRY(CheckAddressEnabled(txn, v.binding, v.address_index, desk_.policy));
    TRY(InsertVerification(txn, v));
    if (earlier.has_value()) TRY(CloseEarlier(txn, *earlier, call.now, desk_.policy));
    const Admission admission = TRY(AdmitCode(txn, desk_, v, part.address, client, noted));
    TRY(Hand(txn, desk_, admission, ComposeCode(desk_, v, part, drawn.code, request.fallback_email)));
    TRY(ScheduleEnd(txn, v, desk_.policy));
    TRY(Tell(txn, "VerificationCreated", v, call.now));
    return ToProto(v, call.now, desk_.policy);
  });
  AfterSend(noted, call.now);
  return answer;
}

absl::StatusOr<pb::Verification> VerificationHandlers::ResendVerification(
    const rpc::Call& call, const pb::ResendVerificationRequest& in) {
  const ResendRequest request = TRY(Parse(in));
  const Drawn drawn = Draw(desk_);
  const ClientIndexes client = IndexesOf(desk_.codes, request.client);
  Noted noted;
  auto answer = desk_.once.Run<pb::Verification>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Verification> {
    noted = {};
    Verification v = TRY(Load(txn, request.id, call.peer.name));
    TRY(MayResend(v, call.now, desk_.policy));
    TRY(CheckFallback(v, request.fallback_email));
    PrivatePart part = TRY(Open(desk_.sealer, v.id, v.sealed));
    if (request.address.has_value() && !v.decoy) part.address = *request.address;
    const Channel channel = request.channel.value_or(v.channel);
    TRY(CheckChannel(v.binding.purpose, part.address, channel, v.channels));
    const bool moved = request.address.has_value() && !v.decoy;
    const std::string& unmentioned = moved ? part.address.Masked() : v.masked_address;
    const std::string& masked = request.masked_address.empty() ? unmentioned : request.masked_address;
    const NewCode code = MakeCode(desk_, v.id, v.binding, drawn, part, channel, masked);
    Verification after = TRY(Resend(v, code, call.now, desk_.policy));
    TRY(CheckAddressEnabled(txn, after.binding, after.address_index, desk_.policy));
    TRY(EndCode(txn, v, call.now));
    const Admission admission = TRY(AdmitCode(txn, desk_, after, part.address, client, noted));
    const std::string fallback = v.decoy ? "" : request.fallback_email;
    TRY(Hand(txn, desk_, admission, ComposeCode(desk_, after, part, drawn.code, fallback)));
    TRY(Record(txn, after, call.now, desk_.policy));
    return ToProto(after, call.now, desk_.policy);
  });
  AfterSend(noted, call.now);
  return answer;
}

absl::StatusOr<pb::Verification> VerificationHandlers::CancelVerification(
    const rpc::Call& call, const pb::CancelVerificationRequest& in) {
  const VerificationId id = TRY(VerificationId::ParseName(in.name()));
  return desk_.once.Run<pb::Verification>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Verification> {
    Verification after = TRY(Cancel(TRY(Load(txn, id, call.peer.name)), call.now, desk_.policy));
    TRY(EndCode(txn, after, call.now));
    TRY(Record(txn, after, call.now, desk_.policy));
    return ToProto(after, call.now, desk_.policy);
  });
}

absl::StatusOr<pb::Verification> VerificationHandlers::GetVerification(const rpc::Call& call,
                                                                       const pb::GetVerificationRequest& in) {
  const VerificationId id = TRY(VerificationId::ParseName(in.name()));
  pb::Verification out;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    out = ToProto(TRY(Load(txn, id, call.peer.name)), call.now, desk_.policy);
    return absl::OkStatus();
  }));
  return out;
}

absl::StatusOr<pb::Verification> VerificationHandlers::ConsumeVerification(
    const rpc::Call& call, const pb::ConsumeVerificationRequest& in) {
  const BoundRequest request = TRY(Parse(call, in));
  return desk_.once.Run<pb::Verification>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Verification> {
    Verification after = TRY(Consume(TRY(Load(txn, request.id, request.binding)), call.now, desk_.policy));
    TRY(Record(txn, after, call.now, desk_.policy));
    return ToProto(after, call.now, desk_.policy);
  });
}

}  // namespace tc::otp
