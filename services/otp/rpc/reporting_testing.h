#pragma once

// A Bench whose providers report: with a signature (the header x-signature says "right"), in plain words
// ("delivered", "failed", "deferred", "buffered"), with or without a number.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "common/base/status.h"
#include "services/otp/rpc/desk_testing.h"
#include "services/otp/rpc/receipts.h"
#include "services/otp/store/delivery_store.h"

namespace tc::otp {

class ReportingProvider final : public Provider {
 public:
  explicit ReportingProvider(ProviderInfo info) : info_(std::move(info)) {}
  const ProviderInfo& info() const override { return info_; }
  void SetReceipts(bool receipts) { info_.receipts = receipts; }
  absl::StatusOr<Acceptance> Send(const Message&, const Handover&) override { return Acceptance{}; }
  absl::StatusOr<std::optional<Receipt>> ReadReceipt(const ReceiptCall& call) const override {
    const auto signature = call.headers.find("x-signature");
    if (signature == call.headers.end() || signature->second != "right")
      return absl::UnauthenticatedError("SIGNATURE");
    const std::string says = call.query.contains("says") ? call.query.at("says") : call.body;
    Receipt receipt;
    if (says == "buffered") return std::nullopt;
    if (says == "delivered")
      receipt.outcome = DeliveryTrigger::kReceiptDelivered;
    else if (says == "failed")
      receipt.outcome = DeliveryTrigger::kReceiptFailed;
    else if (says == "deferred")
      receipt.outcome = DeliveryTrigger::kReceiptDeferred;
    else
      return absl::InvalidArgumentError("SAYS");
    uint64_t number = 0;
    if (call.query.contains("number") && absl::SimpleAtoi(call.query.at("number"), &number))
      receipt.sequence = number;
    return receipt;
  }

 private:
  ProviderInfo info_;
};

struct ReportingBench : Bench {
  explicit ReportingBench(const std::vector<std::string>& names = {"sms"},
                          std::unique_ptr<kv::Database> opened = nullptr)
      : Bench({}, std::move(opened), {}, Infos(names)), receipts(desk, reporters, address, clock) {
    for (const std::string& name : names)
      reporters.push_back(std::make_unique<ReportingProvider>(FakeInfo(name, {Channel::kSms})));
  }
  static std::vector<ProviderInfo> Infos(const std::vector<std::string>& names) {
    std::vector<ProviderInfo> infos;
    for (const std::string& name : names) infos.push_back(FakeInfo(name, {Channel::kSms}));
    return infos;
  }

  // A code that a provider has taken.
  DeliveryId Send() {
    const pb::Verification v = *Create();
    Dispatch();
    return *DeliveryId::ParseName(v.delivery());
  }
  Delivery Find(const DeliveryId& id) {
    std::optional<Delivery> found;
    const absl::Status read = database->View([&](kv::ReadTxn& txn) -> absl::Status {
      found = TRY(FindDelivery(txn, id));
      return absl::OkStatus();
    });
    return read.ok() && found.has_value() ? *found : Delivery();
  }
  std::string Token(const std::string& of, const DeliveryId& id, int attempt = 1) const {
    const std::string made = address.Make("", of, {id, attempt});
    return made.substr(made.rfind('/') + 1);
  }
  static ReceiptCall Saying(const std::string& says, int number = 0) {
    ReceiptCall call{"GET", "", {{"says", says}}, {{"x-signature", "right"}}, ""};
    if (number > 0) call.query["number"] = std::to_string(number);
    return call;
  }
  // The first provider speaks of the first attempt.
  absl::Status Report(const DeliveryId& id, const std::string& says, int number = 0) const {
    const std::string& name = reporters[0]->info().name;
    return receipts.Take(name, Token(name, id), Saying(says, number));
  }
  ReportingProvider& reporting(size_t i) { return static_cast<ReportingProvider&>(*reporters[i]); }

  ReceiptAddress address = *ReceiptAddress::Create(keys);
  Providers reporters;
  Receipts receipts;
};

}  // namespace tc::otp
