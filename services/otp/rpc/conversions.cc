#include "services/otp/rpc/conversions.h"

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/obs/log.h"
#include "common/obs/metrics.h"
#include "services/otp/store/delivery_store.h"

namespace tc::otp {
namespace {

absl::Status Count(kv::Txn& txn, const ConversionKey& key, bool entered, absl::Time now) {
  if (key.key.empty()) return absl::OkStatus();
  Conversion conversion = TRY(FindConversion(txn, key));
  CountSettled(conversion, entered, now);
  return SaveConversion(txn, key, conversion);
}

std::string Shown(absl::Time time) { return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone()); }

// The block's end; InfinitePast when none was due.
absl::StatusOr<absl::Time> BlockOne(kv::Txn& txn, const Desk& desk, const NumbersMet& met, absl::Time now) {
  Conversion conversion = TRY(FindConversion(txn, met.key));
  if (!BlockDue(conversion, now, desk.policy)) return absl::InfinitePast();
  Block(conversion, now);
  TRY(SaveConversion(txn, met.key, conversion));
  kv::Event event;
  event.type = "PrefixBlocked";
  event.resource = absl::StrCat("prefixes/", met.mask);
  event.attributes = {{"purpose", std::string(PurposeName(met.key.purpose))},
                      {"prefix", met.mask},
                      {"until", Shown(conversion.blocked_until)}};
  event.at = now;
  TRY(txn.Emit(std::move(event)));
  return conversion.blocked_until;
}

}  // namespace

absl::Status SettleCode(kv::Txn& txn, Verification& v, bool entered, absl::Time now) {
  if (v.settled) return absl::OkStatus();
  v.settled = true;
  const std::optional<Delivery> delivery = TRY(FindDelivery(txn, v.delivery));
  const std::optional<std::string> provider = delivery.has_value() ? TakenBy(*delivery) : std::nullopt;
  if (v.decoy || !provider.has_value()) return absl::OkStatus();
  const Purpose purpose = v.binding.purpose;
  TRY(Count(txn, {Scope::kPrefix, purpose, v.prefix_index}, entered, now));
  TRY(Count(txn, {Scope::kRange, purpose, v.range_index}, entered, now));
  return Count(txn, {Scope::kProvider, purpose, *provider}, entered, now);
}

void BlockNumbers(const Desk& desk, const std::vector<NumbersMet>& met, absl::Time now) {
  for (const NumbersMet& numbers : met) {
    absl::Time until = absl::InfinitePast();
    const absl::Status written = desk.database()
                                     .Update([&](kv::Txn& txn) -> absl::Status {
                                       until = TRY(BlockOne(txn, desk, numbers, now));
                                       return absl::OkStatus();
                                     })
                                     .status();
    if (!written.ok() || until == absl::InfinitePast()) continue;
    obs::Warning(
        "hardly any codes to these numbers are entered: blocked",
        {{"purpose", PurposeName(numbers.key.purpose)}, {"prefix", numbers.mask}, {"until", Shown(until)}});
  }
}

void ConversionWatch::Look(absl::Time now) {
  const int64_t now_us = absl::ToUnixMicros(now);
  int64_t due = next_look_us_.load();
  if (now_us < due || !next_look_us_.compare_exchange_strong(due, now_us + 60'000'000)) return;
  std::vector<ConversionKey> low;
  const absl::Status seen = desk_.database().View([&](kv::ReadTxn& txn) {
    return VisitConversions(
        txn, Scope::kProvider, [&](const ConversionKey& key, const Conversion& conversion) {
          const std::optional<double> ratio = EnteredRatio(conversion, now);
          if (ratio.has_value()) {
            obs::GetGauge("tc_otp_conversion_ratio", "Of the codes settled within 24 hours, those entered.",
                          {{"purpose", std::string(PurposeName(key.purpose))}, {"provider", key.key}})
                .Set(*ratio);
          }
          if (AlarmDue(conversion, now, desk_.policy)) low.push_back(key);
          return true;
        });
  });
  if (!seen.ok()) return;  // the store's own errors are told by whoever needs it
  for (const ConversionKey& key : low) Alarm(key, now);
}

void ConversionWatch::Alarm(const ConversionKey& key, absl::Time now) {
  bool alarmed = false;
  const absl::Status written =
      desk_.database()
          .Update([&](kv::Txn& txn) -> absl::Status {
            Conversion conversion = TRY(FindConversion(txn, key));
            alarmed = AlarmDue(conversion, now, desk_.policy);
            if (!alarmed) return absl::OkStatus();
            conversion.alarmed = now;
            TRY(SaveConversion(txn, key, conversion));
            kv::Event event;
            event.type = "ConversionLow";
            event.resource = absl::StrCat("providers/", key.key);
            event.attributes = {{"purpose", std::string(PurposeName(key.purpose))}, {"provider", key.key}};
            event.at = now;
            return txn.Emit(std::move(event));
          })
          .status();
  if (written.ok() && alarmed) {
    obs::Warning("few codes are entered", {{"purpose", PurposeName(key.purpose)}, {"provider", key.key}});
  }
}

}  // namespace tc::otp
