#include "services/otp/rpc/send_guard.h"

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/obs/log.h"
#include "common/obs/metrics.h"
#include "services/otp/domain/network.h"
#include "services/otp/store/limit_store.h"
#include "services/otp/store/verification_store.h"

namespace tc::otp {
namespace {

absl::Status CountNumber(kv::Txn& txn, const Desk& desk, const Verification& v) {
  const std::vector<Send> before = TRY(FindSends(txn, v.address_index));
  return SaveSends(txn, v.address_index,
                   TRY(CountSend(before, {v.sent, SignedIn(v.binding.purpose)}, desk.policy)));
}

absl::Status Count(kv::Txn& txn, const Desk& desk, SendLimit limit, const std::string& index,
                   const Verification& v) {
  if (index.empty() || !Counts(limit, v.binding.purpose)) return absl::OkStatus();
  const Window before = TRY(FindCount(txn, limit, index));
  return SaveCount(txn, limit, index, TRY(CountSend(limit, before, v.sent, desk.policy)));
}

// A prefix or a range: who of it is blocked, or gets few right codes.
absl::Status CheckNumbers(kv::Txn& txn, const Desk& desk, SendLimit limit, const NumbersMet& numbers,
                          const Verification& v, Noted& noted) {
  if (numbers.key.key.empty() || !Counts(limit, v.binding.purpose)) return absl::OkStatus();
  const Conversion conversion = TRY(FindConversion(txn, numbers.key));
  if (BlockDue(conversion, v.sent, desk.policy)) noted.met.push_back(numbers);
  const Window sends = TRY(FindCount(txn, limit, numbers.key.key));
  return CheckConversion(conversion, LiveAmong(sends, v.sent, desk.policy), v.sent, desk.policy);
}

absl::Status CountNumbers(kv::Txn& txn, const Desk& desk, const Verification& v, const Address& address,
                          Noted& noted) {
  const Purpose purpose = v.binding.purpose;
  const NumbersMet prefix{{Scope::kPrefix, purpose, v.prefix_index}, absl::StrCat(PrefixOf(address), "****")};
  const NumbersMet range{{Scope::kRange, purpose, v.range_index}, absl::StrCat(RangeOf(address), "******")};
  TRY(CheckNumbers(txn, desk, SendLimit::kPrefix, prefix, v, noted));
  TRY(CheckNumbers(txn, desk, SendLimit::kRange, range, v, noted));
  TRY(Count(txn, desk, SendLimit::kPrefix, v.prefix_index, v));
  return Count(txn, desk, SendLimit::kRange, v.range_index, v);
}

// `spends` is false for a decoy, which takes the same steps.
absl::Status SpendNoted(kv::Txn& txn, const Desk& desk, Channel channel, bool spends, absl::Time now,
                        Noted& noted) {
  if (!BudgetOf(channel, desk.policy).has_value()) return absl::OkStatus();
  Budget budget = TRY(FindBudget(txn, channel));
  if (spends) Spend(budget, now);
  const double ratio = SpentRatio(budget, channel, now, desk.policy);
  noted.spent.emplace_back(channel, ratio);
  if (WarningDue(budget, channel, now, desk.policy)) {
    budget.warned = now;
    noted.low.push_back(channel);
    kv::Event event;
    event.type = "BudgetLow";
    event.resource = absl::StrCat("budgets/", ChannelName(channel));
    event.attributes = {{"channel", std::string(ChannelName(channel))},
                        {"spent_percent", absl::StrCat(static_cast<int>(ratio * 100))}};
    event.at = now;
    TRY(txn.Emit(std::move(event)));
  }
  return SaveBudget(txn, channel, budget);
}

absl::Status CheckBudget(kv::Txn& txn, const Desk& desk, Channel channel, absl::Time now) {
  return CheckBudget(TRY(FindBudget(txn, channel)), channel, now, desk.policy);
}

}  // namespace

ClientIndexes IndexesOf(const Codes& codes, const Client& client) {
  const Place place = PlaceOf(client.address);
  return {codes.IndexOf("device", client.device), codes.IndexOf("client", place.client),
          codes.IndexOf("network", place.network)};
}

void Announce(const Desk& desk, const Noted& noted, absl::Time now) {
  BlockNumbers(desk, noted.met, now);
  for (const auto& [channel, ratio] : noted.spent) {
    obs::GetGauge("tc_otp_budget_spent_ratio", "What part of a channel's budget of 24 hours is spent.",
                  {{"channel", std::string(ChannelName(channel))}})
        .Set(ratio);
  }
  for (const Channel channel : noted.low)
    obs::Warning("four fifths of the day's budget are spent", {{"channel", ChannelName(channel)}});
}

absl::StatusOr<Admission> AdmitCode(kv::Txn& txn, const Desk& desk, const Verification& v,
                                    const Address& address, const ClientIndexes& client, Noted& noted) {
  TRY(CountNumber(txn, desk, v));
  // Strangers' claims never use up what its owner needs to sign in (R11).
  const char* const account = SignedIn(v.binding.purpose) ? "account" : "claims";
  TRY(Count(txn, desk, SendLimit::kAccount, desk.codes.IndexOf(account, v.binding.subject), v));
  TRY(Count(txn, desk, SendLimit::kDevice, client.device, v));
  TRY(Count(txn, desk, SendLimit::kClient, client.client, v));
  TRY(Count(txn, desk, SendLimit::kNetwork, client.network, v));
  const bool approval = v.binding.purpose == Purpose::kRecoveryApproval;
  if (!approval) TRY(CheckBudget(txn, desk, v.channel, v.sent));
  const absl::Status numbers = CountNumbers(txn, desk, v, address, noted);
  const bool silent = v.binding.purpose == Purpose::kRecoveryClaim;
  if (silent && HasReason(numbers, Reason::kPrefixThrottled)) return Admission{"PREFIX_THROTTLED"};
  TRY(numbers);
  TRY(SpendNoted(txn, desk, v.channel, !v.decoy, v.sent, noted));
  return Admission{};
}

absl::StatusOr<Admission> AdmitNotice(kv::Txn& txn, const Desk& desk, const Message& notice, bool security,
                                      Noted& noted) {
  const absl::Time now = notice.created;
  if (!security) {
    const std::string index = desk.codes.IndexOf(
        "notice", absl::StrCat(desk.codes.IndexOf(notice.to), ChannelName(notice.channel), "/",
                               notice.template_name, "/", notice.text.subject, "/", notice.text.body));
    if (now < TRY(FindNotice(txn, index))) return Admission{"DUPLICATE"};
    const absl::Status budget = CheckBudget(txn, desk, notice.channel, now);
    if (HasReason(budget, Reason::kBudgetExhausted)) return Admission{"BUDGET_EXHAUSTED"};
    TRY(budget);
    if (desk.policy.notice_repeat > absl::ZeroDuration())
      TRY(SaveNotice(txn, index, now + desk.policy.notice_repeat));
  }
  TRY(SpendNoted(txn, desk, notice.channel, true, now, noted));
  return Admission{};
}

absl::Status AdmitFallOver(kv::Txn& txn, const Desk& desk, const Message& message, Channel channel,
                           absl::Time now, Noted& noted) {
  const bool approval = message.template_name == CodeTemplateName(Purpose::kRecoveryApproval);
  if (!approval) TRY(CheckBudget(txn, desk, channel, now));
  return SpendNoted(txn, desk, channel, true, now, noted);
}

}  // namespace tc::otp
