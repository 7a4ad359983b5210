#include "services/otp/store/verification_store.h"

#include "absl/strings/escaping.h"
#include "common/base/status.h"
#include "common/kv/table.h"
#include "services/otp/store/codec.h"

namespace tc::otp {
namespace {

const kv::Table<Verification>& Verifications() {
  static const auto& table = *new kv::Table<Verification>("verification");
  return table;
}
const kv::Table<std::string>& LatestOf() {
  static const auto& table = *new kv::Table<std::string>("verification_of");
  return table;
}
const kv::Table<std::vector<Send>>& Sends() {
  static const auto& table = *new kv::Table<std::vector<Send>>("sends");
  return table;
}

kv::Key KeyOf(const VerificationId& id) { return Verifications().At().Str(id.text()); }
kv::Key KeyOf(const Binding& b) {
  return LatestOf().At().Str(b.caller).Str(PurposeName(b.purpose)).Str(b.subject).Str(b.request);
}

}  // namespace

absl::StatusOr<std::optional<Verification>> FindVerification(kv::ReadTxn& txn, const VerificationId& id) {
  return Verifications().Find(txn, KeyOf(id));
}

absl::StatusOr<std::optional<Verification>> FindLatest(kv::ReadTxn& txn, const Binding& binding) {
  const std::optional<std::string> id = TRY(LatestOf().Find(txn, KeyOf(binding)));
  if (!id.has_value()) return std::optional<Verification>();
  return FindVerification(txn, VerificationId::FromTrusted(*id));
}

absl::Status InsertVerification(kv::Txn& txn, const Verification& v) {
  TRY(Verifications().Insert(txn, KeyOf(v.id), v));
  return LatestOf().Put(txn, KeyOf(v.binding), v.id.text());
}

absl::Status SaveVerification(kv::Txn& txn, const Verification& v) {
  return Verifications().Put(txn, KeyOf(v.id), v);
}

absl::Status ScheduleEnd(kv::Txn& txn, const Verification& v, const Policy& policy) {
  TRY(txn.Schedule({v.expires, kSettleVerification, v.id.text()}));
  return txn.Schedule({v.expires + policy.verification_kept, kEraseVerification, v.id.text()});
}

absl::Status ScheduleEndOfApproval(kv::Txn& txn, const Verification& v, const Policy& policy) {
  return txn.Schedule({v.approved + policy.approval_lifetime, kSettleVerification, v.id.text()});
}

absl::Status EraseVerification(kv::Txn& txn, const Verification& v) {
  const std::optional<std::string> latest = TRY(LatestOf().Find(txn, KeyOf(v.binding)));
  if (latest == v.id.text()) TRY(LatestOf().Delete(txn, KeyOf(v.binding)));
  return Verifications().Delete(txn, KeyOf(v.id));
}

absl::StatusOr<std::vector<Send>> FindSends(kv::ReadTxn& txn, absl::string_view address_index) {
  const std::optional<std::vector<Send>> sends = TRY(Sends().Find(txn, Sends().At().Str(address_index)));
  return sends.value_or(std::vector<Send>());
}

absl::Status SaveSends(kv::Txn& txn, absl::string_view address_index, const std::vector<Send>& sends) {
  TRY(Sends().Put(txn, Sends().At().Str(address_index), sends));
  return txn.Schedule({sends.back().at + kSendWindow, kEraseSends, absl::BytesToHexString(address_index)});
}

absl::Status EraseSends(kv::Txn& txn, absl::string_view timer_subject, absl::Time now) {
  const std::string address_index = absl::HexStringToBytes(timer_subject);
  if (!Recent(TRY(FindSends(txn, address_index)), now).empty()) return absl::OkStatus();
  return Sends().Delete(txn, Sends().At().Str(address_index));
}

}  // namespace tc::otp
