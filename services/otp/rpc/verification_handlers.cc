#include "services/otp/rpc/verification_handlers.h"

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/otp/rpc/load.h"
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

// The words go with the record's own private part, so that a resend says what the first message said.
absl::Status QueueCode(kv::Txn& txn, const Desk& desk, const Verification& v, const PrivatePart& part,
                       const Secret& code) {
  Outgoing outgoing;
  Message& message = outgoing.message;
  message.delivery = v.delivery;
  message.to = part.address;
  message.channel = v.channel;
  message.locale = v.locale;
  message.template_name = CodeTemplateName(v.binding.purpose);
  message.text = CodeText(v.binding.purpose, v.locale, v.channel, part.masked_principal, code.Reveal(),
                          desk.origin_host);
  message.created = v.sent;
  message.expires = v.expires;
  outgoing.caller = v.binding.caller;
  outgoing.parent = v.id.Name();
  outgoing.masked_address = v.masked_address;
  return Queue(txn, desk, outgoing).status();
}

absl::Status CountSendTo(kv::Txn& txn, const Desk& desk, const Verification& v) {
  const std::vector<Send> before = TRY(FindSends(txn, v.address_index));
  return SaveSends(txn, v.address_index,
                   TRY(CountSend(before, {v.sent, SignedIn(v.binding.purpose)}, desk.policy)));
}

// At most one verification of a binding is open (OTP-18).
absl::Status CloseEarlier(kv::Txn& txn, const Verification& earlier, absl::Time now, const Policy& policy) {
  const absl::StatusOr<Verification> cancelled = Cancel(earlier, now, policy);
  if (!cancelled.ok()) return absl::OkStatus();  // it has ended by itself
  TRY(SaveVerification(txn, *cancelled));
  TRY(Withdraw(txn, earlier.delivery, now));
  return EmitVerification(txn, "VerificationCancelled", *cancelled, now);
}

NewCode MakeCode(const Desk& desk, const VerificationId& id, const Binding& binding, const Drawn& drawn,
                 const PrivatePart& part, Channel channel, const std::string& masked_address) {
  NewCode code;
  code.digits = desk.policy.code_digits;
  code.channel = channel;
  code.address_index = desk.codes.IndexOf(part.address);
  code.masked_address = masked_address;
  code.sealed = Seal(desk.sealer, id, part);
  code.delivery = drawn.delivery;
  code.mac = desk.codes.Make(id, binding, code.address_index, drawn.delivery, drawn.code.Reveal());
  return code;
}

}  // namespace

VerificationHandlers::VerificationHandlers(const Desk& desk)
    : desk_(desk), matched_(Checks("matched")), mismatched_(Checks("mismatched")) {}

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
  return desk_.once.Run<pb::Verification>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Verification> {
    TRY(CheckFree(txn, draft.id));
    const std::optional<Verification> earlier = TRY(FindLatest(txn, draft.binding));
    const Verification v = TRY(Start(draft, code, earlier, call.now, desk_.policy));
    TRY(InsertVerification(txn, v));
    if (earlier.has_value()) TRY(CloseEarlier(txn, *earlier, call.now, desk_.policy));
    TRY(CountSendTo(txn, desk_, v));
    TRY(QueueCode(txn, desk_, v, part, drawn.code));
    TRY(ScheduleEnd(txn, v, desk_.policy));
    TRY(EmitVerification(txn, "VerificationCreated", v, call.now));
    return ToProto(v, call.now, desk_.policy);
  });
}

absl::StatusOr<pb::Verification> VerificationHandlers::ResendVerification(
    const rpc::Call& call, const pb::ResendVerificationRequest& in) {
  const ResendRequest request = TRY(Parse(in));
  const Drawn drawn = Draw(desk_);
  return desk_.once.Run<pb::Verification>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Verification> {
    const Verification v = TRY(Load(txn, request.id, call.peer.name));
    TRY(MayResend(v, call.now, desk_.policy));
    PrivatePart part = TRY(Open(desk_.sealer, v.id, v.sealed));
    if (request.address.has_value() && !v.decoy) part.address = *request.address;
    const Channel channel = request.channel.value_or(v.channel);
    TRY(CheckChannel(v.binding.purpose, part.address, channel, v.channels));
    const bool moved = request.address.has_value() && !v.decoy;
    const std::string& unmentioned = moved ? part.address.Masked() : v.masked_address;
    const std::string& masked = request.masked_address.empty() ? unmentioned : request.masked_address;
    const NewCode code = MakeCode(desk_, v.id, v.binding, drawn, part, channel, masked);
    const Verification after = TRY(Resend(v, code, call.now, desk_.policy));
    TRY(SaveVerification(txn, after));
    TRY(Withdraw(txn, v.delivery, call.now));
    TRY(CountSendTo(txn, desk_, after));
    TRY(QueueCode(txn, desk_, after, part, drawn.code));
    TRY(ScheduleEnd(txn, after, desk_.policy));
    TRY(EmitVerification(txn, "VerificationResent", after, call.now));
    return ToProto(after, call.now, desk_.policy);
  });
}

absl::StatusOr<pb::Verification> VerificationHandlers::CancelVerification(
    const rpc::Call& call, const pb::CancelVerificationRequest& in) {
  const VerificationId id = TRY(VerificationId::ParseName(in.name()));
  return desk_.once.Run<pb::Verification>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::Verification> {
    const Verification after = TRY(Cancel(TRY(Load(txn, id, call.peer.name)), call.now, desk_.policy));
    TRY(SaveVerification(txn, after));
    TRY(Withdraw(txn, after.delivery, call.now));
    TRY(EmitVerification(txn, "VerificationCancelled", after, call.now));
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
    const Verification after =
        TRY(Consume(TRY(Load(txn, request.id, request.binding)), call.now, desk_.policy));
    TRY(SaveVerification(txn, after));
    TRY(EmitVerification(txn, "VerificationConsumed", after, call.now));
    return ToProto(after, call.now, desk_.policy);
  });
}

}  // namespace tc::otp
