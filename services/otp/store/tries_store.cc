#include "services/otp/store/tries_store.h"

#include "common/base/status.h"
#include "common/kv/key.h"
#include "services/otp/store/codec.h"
#include "services/otp/store/codec_values.h"
#include "services/otp/store/records.pb.h"

namespace tc::otp {
namespace {

const kv::Table<KeptTries>& People() {
  static const auto& table = *new kv::Table<KeptTries>("tries");
  return table;
}
const kv::Table<Window>& Sprays() {
  static const auto& table = *new kv::Table<Window>("spray");
  return table;
}

kv::Key KeyOf(absl::string_view subject) { return People().At().Str(subject); }
kv::Key KeyOf(Purpose purpose) { return Sprays().At().Str(PurposeName(purpose)); }
kv::Timer TimerOf(absl::string_view subject, absl::Time at) {
  return {at, kSettleTries, std::string(subject)};
}

}  // namespace

absl::StatusOr<KeptTries> FindTries(kv::ReadTxn& txn, absl::string_view subject) {
  return TRY(People().Find(txn, KeyOf(subject))).value_or(KeptTries());
}

absl::Status SaveTries(kv::Txn& txn, absl::string_view subject, KeptTries kept, const Policy& policy) {
  const bool timed = kept.look_at != absl::InfiniteFuture();
  if (kept.tries.empty()) {
    if (timed) TRY(txn.Cancel(TimerOf(subject, kept.look_at)));
    return People().Delete(txn, KeyOf(subject));
  }
  const absl::Time end = timed ? kept.look_at : NextEndOf(kept.tries, policy);
  if (!timed && end != absl::InfiniteFuture()) {
    // As it will be read, so that the timer can be cancelled.
    kept.look_at = kv::CeilToMicros(end);
    TRY(txn.Schedule(TimerOf(subject, kept.look_at)));
  }
  return People().Put(txn, KeyOf(subject), kept);
}

absl::Status SettleTries(kv::Txn& txn, absl::string_view subject, absl::Time now, const Policy& policy) {
  KeptTries kept = TRY(FindTries(txn, subject));
  if (kept.tries.empty() || now < kept.look_at) return absl::OkStatus();
  kept = {CountingTries(kept.tries, now, policy)};
  return SaveTries(txn, subject, std::move(kept), policy);
}

absl::StatusOr<Window> FindSpray(kv::ReadTxn& txn, Purpose purpose) {
  return TRY(Sprays().Find(txn, KeyOf(purpose))).value_or(Window());
}

absl::Status SaveSpray(kv::Txn& txn, Purpose purpose, const Window& failures) {
  return Sprays().Put(txn, KeyOf(purpose), failures);
}

}  // namespace tc::otp

namespace tc::kv {

namespace records = ::trustedcontact::otp::store;

std::string Codec<otp::KeptTries>::Encode(const otp::KeptTries& kept) {
  records::TriesRecord record;
  for (const otp::TriesFor& tries : kept.tries.by_purpose) {
    records::TriesForRecord& added = *record.add_by_purpose();
    added.set_purpose(otp::Number(tries.purpose));
    for (const absl::Time at : tries.at) added.add_at_us(absl::ToUnixMicros(at));
  }
  for (const otp::InARow& row : kept.tries.by_address) {
    records::InARowRecord& added = *record.add_by_address();
    added.set_purpose(otp::Number(row.purpose));
    added.set_address_index(row.address_index);
    added.set_count(row.count);
    added.set_last_us(absl::ToUnixMicros(row.last));
  }
  if (kept.look_at != absl::InfiniteFuture()) record.set_look_at_us(absl::ToUnixMicros(kept.look_at));
  return record.SerializeAsString();
}

absl::StatusOr<otp::KeptTries> Codec<otp::KeptTries>::Decode(absl::string_view bytes) {
  const absl::Status unreadable = otp::Unreadable("tries");
  records::TriesRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return unreadable;
  otp::KeptTries kept;
  constexpr auto kLast = otp::Purpose::kSecondFactor;
  for (const records::TriesForRecord& tries : record.by_purpose()) {
    otp::TriesFor& added = kept.tries.by_purpose.emplace_back();
    // Without a time nobody wrote it.
    if (!otp::FromNumber(tries.purpose(), kLast, added.purpose) || tries.at_us().empty()) return unreadable;
    for (const int64_t us : tries.at_us()) added.at.push_back(absl::FromUnixMicros(us));
  }
  for (const records::InARowRecord& row : record.by_address()) {
    otp::InARow& added = kept.tries.by_address.emplace_back();
    if (!otp::FromNumber(row.purpose(), kLast, added.purpose) || !IsCount(row.count())) return unreadable;
    added.address_index = row.address_index();
    added.count = row.count();
    added.last = absl::FromUnixMicros(row.last_us());
  }
  if (record.look_at_us() != 0) kept.look_at = absl::FromUnixMicros(record.look_at_us());
  return kept;
}

}  // namespace tc::kv
