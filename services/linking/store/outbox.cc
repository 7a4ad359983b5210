#include "services/linking/store/outbox.h"

#include <string>

#include "common/base/status.h"
#include "services/linking/store/records.pb.h"

namespace tc::linking {
namespace {

namespace pb = ::trustedcontact::linking::store;

constexpr char kContext[] = "notice";
constexpr size_t kBlock = 256;  // an account's id and a masked name fit into it
constexpr size_t kLengthBytes = 2;

absl::Status Unreadable() { return absl::DataLossError("an outbox row of linking does not decode"); }

// Length, bytes, zeros up to a whole block: the size does not tell whether anybody is told.
std::string Filled(const std::string& bytes) {
  std::string filled;
  filled.push_back(static_cast<char>(bytes.size() >> 8));
  filled.push_back(static_cast<char>(bytes.size() & 0xff));
  filled += bytes;
  filled.resize((filled.size() + kBlock - 1) / kBlock * kBlock);
  return filled;
}

absl::StatusOr<std::string> Unfilled(const std::string& filled) {
  if (filled.size() < kLengthBytes) return Unreadable();
  const auto at = [&](size_t i) { return static_cast<size_t>(static_cast<unsigned char>(filled[i])); };
  const size_t length = at(0) << 8 | at(1);
  if (filled.size() < kLengthBytes + length) return Unreadable();
  return filled.substr(kLengthBytes, length);
}

}  // namespace

absl::Status Outbox::Enqueue(kv::Txn& txn, const Notice& notice, absl::Time now) const {
  pb::NoticeRecord record;
  record.set_kind(static_cast<int>(notice.kind));
  record.set_receiver(notice.receiver.text());
  record.set_masked_person(notice.masked_person);
  kv::OutboxRow row;
  row.kind = kNotify;
  row.payload = sealer_.Seal(Filled(record.SerializeAsString()), kContext);
  row.expire_at = now + kNoticeLifetime;
  return txn.Enqueue(std::move(row));
}

absl::StatusOr<Notice> Outbox::NoticeFrom(const kv::OutboxRow& row) const {
  pb::NoticeRecord record;
  if (!record.ParseFromString(TRY(Unfilled(TRY(sealer_.Open(row.payload, kContext)))))) return Unreadable();
  if (record.kind() < 0 || record.kind() > static_cast<int>(NoticeKind::kReminder)) return Unreadable();
  return Notice{static_cast<NoticeKind>(record.kind()), AccountId::FromTrusted(record.receiver()),
                record.masked_person()};
}

absl::Status Outbox::Enqueue(kv::Txn& txn, const FreezeOrder& order) const {
  pb::FreezeRecord record;
  record.set_account(order.account.text());
  record.set_until_us(absl::ToUnixMicros(order.until));
  kv::OutboxRow row;
  row.kind = kFreezeAccount;
  row.payload = record.SerializeAsString();
  row.expire_at = order.until;
  return txn.Enqueue(std::move(row));
}

absl::StatusOr<FreezeOrder> Outbox::FreezeFrom(const kv::OutboxRow& row) const {
  pb::FreezeRecord record;
  if (!record.ParseFromString(row.payload)) return Unreadable();
  return FreezeOrder{AccountId::FromTrusted(record.account()), absl::FromUnixMicros(record.until_us())};
}

absl::Status Outbox::EnqueueRecheck(kv::Txn& txn, const LinkId& link) const {
  kv::OutboxRow row;
  row.kind = kRecheckLink;
  row.payload = link.text();
  row.order_key = link.text();
  return txn.Enqueue(std::move(row));
}

absl::Status Outbox::EnqueueErasure(kv::Txn& txn, const AccountId& person) const {
  kv::OutboxRow row;
  row.kind = kErasePerson;
  row.payload = person.text();
  return txn.Enqueue(std::move(row));
}

}  // namespace tc::linking
