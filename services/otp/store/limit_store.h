#pragma once

// What sends are limited by: counts, how many codes were entered, blocks, budgets, notices lately sent. Each
// function is a step of a transaction; none decides. Addresses, devices and prefixes are seen as keyed
// indexes only.
//
// Key space: "limit" kind, index → count; "conversion" scope, purpose, key → Conversion; "budget" channel →
// Budget; "notice" index → until when it is not repeated.

#include <map>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/kv/database.h"
#include "common/kv/table.h"
#include "common/kv/timer_runner.h"
#include "services/otp/domain/budget.h"
#include "services/otp/domain/conversion.h"
#include "services/otp/domain/send_limits.h"

namespace tc::otp {

// An empty window when nothing is counted.
absl::StatusOr<Window> FindCount(kv::ReadTxn& txn, SendLimit limit, absl::string_view index);
// `count` is not empty. The record goes when nothing of it counts any more.
absl::Status SaveCount(kv::Txn& txn, SendLimit limit, absl::string_view index, const Window& count);

// Whose codes a Conversion counts.
enum class Scope { kPrefix, kRange, kProvider };
struct ConversionKey {
  Scope scope = Scope::kPrefix;
  Purpose purpose = Purpose::kPhoneBinding;
  std::string key;  // the index of a prefix or range, or the provider's name
};
absl::StatusOr<Conversion> FindConversion(kv::ReadTxn& txn, const ConversionKey& key);
absl::Status SaveConversion(kv::Txn& txn, const ConversionKey& key, const Conversion& conversion);
// Those of one scope, until `visit` returns false.
absl::Status VisitConversions(kv::ReadTxn& txn, Scope scope,
                              absl::FunctionRef<bool(const ConversionKey&, Conversion)> visit);

absl::StatusOr<Budget> FindBudget(kv::ReadTxn& txn, Channel channel);
absl::Status SaveBudget(kv::Txn& txn, Channel channel, const Budget& budget);

// InfinitePast when it was not sent lately.
absl::StatusOr<absl::Time> FindNotice(kv::ReadTxn& txn, absl::string_view index);
absl::Status SaveNotice(kv::Txn& txn, absl::string_view index, absl::Time until);

// The timers that erase what no longer matters.
void AddLimitTimers(std::map<std::string, kv::TimerHandler>& handlers);

}  // namespace tc::otp

template <>
struct tc::kv::Codec<tc::otp::Conversion> {
  static std::string Encode(const tc::otp::Conversion& conversion);
  static absl::StatusOr<tc::otp::Conversion> Decode(absl::string_view bytes);
};
template <>
struct tc::kv::Codec<tc::otp::Budget> {
  static std::string Encode(const tc::otp::Budget& budget);
  static absl::StatusOr<tc::otp::Budget> Decode(absl::string_view bytes);
};
