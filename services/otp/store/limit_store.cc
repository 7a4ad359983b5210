#include "services/otp/store/limit_store.h"

#include "absl/strings/escaping.h"
#include "common/base/status.h"
#include "services/otp/store/codec.h"
#include "services/otp/store/codec_values.h"
#include "services/otp/store/records.pb.h"

namespace tc::otp {
namespace {

// Kinds of timers; the subject is the hex of the record's key.
constexpr char kEraseCount[] = "erase_count";
constexpr char kEraseConversion[] = "erase_conversion";
constexpr char kEraseNotice[] = "erase_notice";

const kv::Table<Window>& Counts() {
  static const auto& table = *new kv::Table<Window>("limit");
  return table;
}
const kv::Table<Conversion>& Conversions() {
  static const auto& table = *new kv::Table<Conversion>("conversion");
  return table;
}
const kv::Table<Budget>& Budgets() {
  static const auto& table = *new kv::Table<Budget>("budget");
  return table;
}
// The value is a key with the time alone.
const kv::Table<std::string>& Notices() {
  static const auto& table = *new kv::Table<std::string>("notice");
  return table;
}

kv::Key KeyOf(SendLimit limit, absl::string_view index) {
  return Counts().At().Str(LimitName(limit)).Str(index);
}
kv::Key KeyOf(const ConversionKey& key) {
  return Conversions()
      .At()
      .U64(static_cast<uint64_t>(key.scope))
      .U64(static_cast<uint64_t>(key.purpose))
      .Str(key.key);
}

absl::Status BadKey() { return absl::DataLossError("unreadable key of a limit"); }

absl::StatusOr<ConversionKey> ReadConversionKey(absl::string_view bytes) {
  kv::KeyReader reader(bytes);
  std::string table;
  uint64_t scope = 0, purpose = 0;
  ConversionKey key;
  if (!reader.Str(table) || !reader.U64(scope) || !reader.U64(purpose) || !reader.Str(key.key) ||
      scope > static_cast<uint64_t>(Scope::kProvider) ||
      purpose > static_cast<uint64_t>(Purpose::kSecondFactor)) {
    return BadKey();
  }
  key.scope = static_cast<Scope>(scope);
  key.purpose = static_cast<Purpose>(purpose);
  return key;
}

// A record has one timer while it lives: the one that comes with the first count; it puts itself off.
bool First(std::initializer_list<const Window*> windows) {
  int64_t sum = 0;
  for (const Window* window : windows) {
    for (const Bucket& bucket : window->buckets) sum += bucket.count;
  }
  return sum == 1;
}

absl::Status ScheduleErasure(kv::Txn& txn, const char* kind, const kv::Key& key, absl::Time at) {
  return txn.Schedule({at, kind, absl::BytesToHexString(key.bytes())});
}

absl::Status EraseCount(kv::Txn& txn, const std::string& key, absl::Time now) {
  kv::KeyReader reader(key);
  std::string table, name, index;
  if (!reader.Str(table) || !reader.Str(name) || !reader.Str(index)) return BadKey();
  const SendLimit limit = TRY(ParseLimitName(name));
  const absl::Time end = EmptyAt(TRY(FindCount(txn, limit, index)), Remembered(limit));
  if (end > now) return ScheduleErasure(txn, kEraseCount, KeyOf(limit, index), end);
  return txn.Delete(key);
}

absl::Status EraseConversion(kv::Txn& txn, const std::string& key, absl::Time now) {
  const ConversionKey of = TRY(ReadConversionKey(key));
  const absl::Time end = ForgottenAt(TRY(FindConversion(txn, of)));
  if (end > now) return ScheduleErasure(txn, kEraseConversion, KeyOf(of), end);
  return txn.Delete(key);
}

absl::Status EraseNotice(kv::Txn& txn, const std::string& key, absl::Time now) {
  kv::KeyReader reader(key);
  std::string table, index;
  if (!reader.Str(table) || !reader.Str(index)) return BadKey();
  if (TRY(FindNotice(txn, index)) > now) return absl::OkStatus();  // sent again, with a timer of its own
  return txn.Delete(key);
}

}  // namespace

absl::StatusOr<Window> FindCount(kv::ReadTxn& txn, SendLimit limit, absl::string_view index) {
  return TRY(Counts().Find(txn, KeyOf(limit, index))).value_or(Window());
}

absl::Status SaveCount(kv::Txn& txn, SendLimit limit, absl::string_view index, const Window& count) {
  const kv::Key key = KeyOf(limit, index);
  if (First({&count})) TRY(ScheduleErasure(txn, kEraseCount, key, EmptyAt(count, Remembered(limit))));
  return Counts().Put(txn, key, count);
}

absl::StatusOr<Conversion> FindConversion(kv::ReadTxn& txn, const ConversionKey& key) {
  return TRY(Conversions().Find(txn, KeyOf(key))).value_or(Conversion());
}

absl::Status SaveConversion(kv::Txn& txn, const ConversionKey& key, const Conversion& conversion) {
  if (First({&conversion.entered, &conversion.not_entered}))
    TRY(ScheduleErasure(txn, kEraseConversion, KeyOf(key), ForgottenAt(conversion)));
  return Conversions().Put(txn, KeyOf(key), conversion);
}

absl::Status VisitConversions(kv::ReadTxn& txn, Scope scope,
                              absl::FunctionRef<bool(const ConversionKey&, Conversion)> visit) {
  absl::Status broken;
  TRY(Conversions().Scan(txn, Conversions().At().U64(static_cast<uint64_t>(scope)), "",
                         [&](absl::string_view bytes, Conversion conversion) {
                           const absl::StatusOr<ConversionKey> key = ReadConversionKey(bytes);
                           broken = key.status();
                           return key.ok() && visit(*key, std::move(conversion));
                         }));
  return broken;
}

absl::StatusOr<Budget> FindBudget(kv::ReadTxn& txn, Channel channel) {
  return TRY(Budgets().Find(txn, Budgets().At().Str(ChannelName(channel)))).value_or(Budget());
}

absl::Status SaveBudget(kv::Txn& txn, Channel channel, const Budget& budget) {
  return Budgets().Put(txn, Budgets().At().Str(ChannelName(channel)), budget);
}

absl::StatusOr<absl::Time> FindNotice(kv::ReadTxn& txn, absl::string_view index) {
  const std::optional<std::string> bytes = TRY(Notices().Find(txn, Notices().At().Str(index)));
  if (!bytes.has_value()) return absl::InfinitePast();
  ::trustedcontact::otp::store::NoticeRecord record;
  if (!record.ParseFromString(*bytes) || record.until_us() == 0) return Unreadable("notice");
  return absl::FromUnixMicros(record.until_us());
}

absl::Status SaveNotice(kv::Txn& txn, absl::string_view index, absl::Time until) {
  const kv::Key key = Notices().At().Str(index);
  ::trustedcontact::otp::store::NoticeRecord record;
  record.set_until_us(absl::ToUnixMicros(until));
  TRY(ScheduleErasure(txn, kEraseNotice, key, until));
  return Notices().Put(txn, key, record.SerializeAsString());
}

void AddLimitTimers(std::map<std::string, kv::TimerHandler>& handlers) {
  const auto add = [&](const char* kind, absl::Status (*erase)(kv::Txn&, const std::string&, absl::Time)) {
    handlers[kind] = [erase](kv::Txn& txn, const kv::Timer& timer, absl::Time now) {
      return erase(txn, absl::HexStringToBytes(timer.subject), now);
    };
  };
  add(kEraseCount, EraseCount);
  add(kEraseConversion, EraseConversion);
  add(kEraseNotice, EraseNotice);
}

}  // namespace tc::otp

namespace tc::kv {

namespace records = ::trustedcontact::otp::store;

std::string Codec<otp::Conversion>::Encode(const otp::Conversion& conversion) {
  records::ConversionRecord record;
  record.set_entered(Codec<otp::Window>::Encode(conversion.entered));
  record.set_not_entered(Codec<otp::Window>::Encode(conversion.not_entered));
  record.set_blocked_until_us(otp::StoredTime(conversion.blocked_until));
  record.set_blocks(conversion.blocks);
  record.set_alarmed_us(otp::StoredTime(conversion.alarmed));
  return record.SerializeAsString();
}

absl::StatusOr<otp::Conversion> Codec<otp::Conversion>::Decode(absl::string_view bytes) {
  records::ConversionRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    return otp::Unreadable("conversion");
  if (!IsCount(record.blocks())) return otp::Unreadable("conversion");
  otp::Conversion conversion;
  conversion.entered = TRY(Codec<otp::Window>::Decode(record.entered()));
  conversion.not_entered = TRY(Codec<otp::Window>::Decode(record.not_entered()));
  conversion.blocked_until = otp::LoadedTimeOrPast(record.blocked_until_us());
  conversion.blocks = record.blocks();
  conversion.alarmed = otp::LoadedTimeOrPast(record.alarmed_us());
  return conversion;
}

std::string Codec<otp::Budget>::Encode(const otp::Budget& budget) {
  records::BudgetRecord record;
  record.set_spent(Codec<otp::Window>::Encode(budget.spent));
  record.set_warned_us(otp::StoredTime(budget.warned));
  return record.SerializeAsString();
}

absl::StatusOr<otp::Budget> Codec<otp::Budget>::Decode(absl::string_view bytes) {
  records::BudgetRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return otp::Unreadable("budget");
  return otp::Budget{TRY(Codec<otp::Window>::Decode(record.spent())),
                     otp::LoadedTimeOrPast(record.warned_us())};
}

}  // namespace tc::kv
