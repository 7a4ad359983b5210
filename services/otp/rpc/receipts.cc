#include "services/otp/rpc/receipts.h"

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/obs/metrics.h"
#include "services/otp/rpc/receipt_step.h"

namespace tc::otp {
namespace {

const Provider* Find(const Providers& providers, absl::string_view name) {
  for (const std::unique_ptr<Provider>& provider : providers) {
    if (provider->info().name == name && provider->info().receipts) return provider.get();
  }
  return nullptr;
}

absl::string_view RefusedAs(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kNotFound:
      return "unknown";
    case absl::StatusCode::kUnauthenticated:
      return "unauthenticated";
    case absl::StatusCode::kInvalidArgument:
      return "invalid";
    default:
      return "unavailable";
  }
}

}  // namespace

absl::Status Receipts::Take(absl::string_view name, absl::string_view token, const ReceiptCall& call) const {
  const Provider* const provider = Find(providers_, name);
  if (provider == nullptr) {
    CountReceipt("", "unknown");
    return NotFound("receipt address");
  }
  const absl::StatusOr<absl::string_view> taken = TakeFrom(*provider, token, call);
  CountReceipt(name, taken.ok() ? *taken : RefusedAs(taken.status()));
  return taken.status();
}

absl::StatusOr<absl::string_view> Receipts::TakeFrom(const Provider& provider, absl::string_view token,
                                                     const ReceiptCall& call) const {
  const std::string& name = provider.info().name;
  const std::optional<ReceiptTarget> target = address_.Open(name, token);
  if (!target.has_value()) return NotFound("receipt address");
  const std::optional<Receipt> read = TRY(provider.ReadReceipt(call));
  if (!read.has_value()) return "unchanged";
  const ReceiptOf receipt{target->attempt, name, read->outcome, read->sequence};
  const absl::Time now = clock_.Now();
  bool changed = false;
  TRY(desk_.database().Update([&](kv::Txn& txn) -> absl::Status {
    changed = TRY(TakeReceipt(txn, desk_, target->delivery, receipt, now)).changed;
    return absl::OkStatus();
  }));
  return ReceiptOutcome(receipt.outcome, changed);
}

void CountReceipt(absl::string_view provider, absl::string_view outcome) {
  obs::GetCounter("tc_otp_receipts_total", "What providers reported.",
                  {{"provider", std::string(provider)}, {"outcome", std::string(outcome)}})
      .Increment();
}

absl::string_view ReceiptOutcome(DeliveryTrigger outcome, bool changed) {
  if (!changed) return "unchanged";
  switch (outcome) {
    case DeliveryTrigger::kReceiptDelivered:
      return "delivered";
    case DeliveryTrigger::kReceiptFailed:
      return "failed";
    default:
      return "deferred";
  }
}

}  // namespace tc::otp
