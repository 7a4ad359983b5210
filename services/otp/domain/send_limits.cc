#include "services/otp/domain/send_limits.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"

namespace tc::otp {
namespace {

absl::Status Limit(const std::vector<absl::Time>& times, int limit, absl::Time now) {
  const auto allowed = static_cast<size_t>(limit);
  if (times.size() < allowed) return absl::OkStatus();
  const absl::Time freed = times[times.size() - allowed] + kSendWindow;
  return Refuse(absl::StatusCode::kResourceExhausted, Reason::kNumberLimitReached,
                "too many codes were sent to this address within 24 hours")
      .RetryAfter(freed - now);
}

struct LimitRow {
  SendLimit limit;
  absl::string_view name;
  absl::Duration span;
  absl::Duration grain;  // width of a bucket: a send is remembered for at most that much longer
  int Policy::*allowed;
  Reason reason;
  absl::string_view sentence;
};

constexpr LimitRow kRows[] = {
    {SendLimit::kAccount, "account", absl::Hours(24), absl::Seconds(1), &Policy::sends_per_account,
     Reason::kAccountLimitReached, "too many codes were sent for this account within 24 hours"},
    {SendLimit::kDevice, "device", absl::Hours(24), absl::Seconds(1), &Policy::sends_per_device,
     Reason::kClientLimitReached, "too many codes were asked for by this device within 24 hours"},
    {SendLimit::kClient, "client", absl::Hours(1), absl::Minutes(1), &Policy::sends_per_client,
     Reason::kClientLimitReached, "too many codes were asked for from this client within an hour"},
    {SendLimit::kNetwork, "network", absl::Hours(1), absl::Minutes(1), &Policy::sends_per_network,
     Reason::kClientLimitReached, "too many codes were asked for from this network within an hour"},
    {SendLimit::kPrefix, "prefix", absl::Minutes(10), absl::Seconds(10), &Policy::sends_per_prefix,
     Reason::kPrefixThrottled, "too many codes went to numbers like this one"},
    {SendLimit::kRange, "range", absl::Minutes(10), absl::Seconds(10), &Policy::sends_per_range,
     Reason::kPrefixThrottled, "too many codes went to numbers like this one"},
};

const LimitRow& RowOf(SendLimit limit) { return kRows[static_cast<size_t>(limit)]; }

std::string WithoutLast(const Address& address, size_t digits) {
  if (address.decoy() && !address.text().empty()) return absl::StrCat("decoy/", address.text());
  if (address.kind() != Address::Kind::kPhone || address.text().size() <= digits) return "";
  return address.text().substr(0, address.text().size() - digits);
}

}  // namespace

std::vector<Send> Recent(const std::vector<Send>& sends, absl::Time now) {
  std::vector<Send> recent;
  std::copy_if(sends.begin(), sends.end(), std::back_inserter(recent),
               [&](const Send& send) { return now < send.at + kSendWindow; });
  return recent;
}

absl::StatusOr<std::vector<Send>> CountSend(const std::vector<Send>& before, Send next,
                                            const Policy& policy) {
  std::vector<Send> sends = Recent(before, next.at);
  std::vector<absl::Time> all, without_sign_in;
  for (const Send& send : sends) {
    all.push_back(send.at);
    if (!send.signed_in) without_sign_in.push_back(send.at);
  }
  const absl::Status total = Limit(all, policy.sends_per_number, next.at);
  if (!total.ok()) return total;
  if (!next.signed_in) {
    const absl::Status unsigned_limit =
        Limit(without_sign_in, policy.sends_per_number_without_sign_in, next.at);
    if (!unsigned_limit.ok()) return unsigned_limit;
  }
  sends.push_back(next);
  return sends;
}

absl::string_view LimitName(SendLimit limit) { return RowOf(limit).name; }

absl::StatusOr<SendLimit> ParseLimitName(absl::string_view name) {
  for (const LimitRow& row : kRows) {
    if (row.name == name) return row.limit;
  }
  return absl::DataLossError(absl::StrCat("no limit is called ", name));
}

bool Counts(SendLimit limit, Purpose purpose) {
  switch (limit) {
    case SendLimit::kAccount:
      return true;
    case SendLimit::kDevice:
    case SendLimit::kClient:
    case SendLimit::kNetwork:
      return purpose != Purpose::kRecoveryApproval;
    case SendLimit::kPrefix:
      return purpose == Purpose::kPhoneBinding || purpose == Purpose::kRecoveryClaim;
    case SendLimit::kRange:
      return purpose == Purpose::kPhoneBinding;
  }
  return true;
}

absl::Duration Remembered(SendLimit limit) { return RowOf(limit).span + RowOf(limit).grain; }

absl::StatusOr<Window> CountSend(SendLimit limit, Window before, absl::Time now, const Policy& policy) {
  const LimitRow& row = RowOf(limit);
  const absl::Duration length = Remembered(limit);
  const int allowed = policy.*row.allowed;
  if (CountIn(before, now, length) >= allowed) {
    return Refuse(absl::StatusCode::kResourceExhausted, row.reason, row.sentence)
        .RetryAfter(FreeAt(before, now, length, allowed) - now);
  }
  Add(before, now, row.grain, length);
  return before;
}

int64_t LiveAmong(const Window& sends, absl::Time now, const Policy& policy) {
  return CountIn(sends, now, policy.code_lifetime + RowOf(SendLimit::kPrefix).grain);
}

std::string PrefixOf(const Address& address) { return WithoutLast(address, 4); }
std::string RangeOf(const Address& address) { return WithoutLast(address, 6); }

}  // namespace tc::otp
