#pragma once

// Codecs of the records and the small conversions that every one of them needs. Used within store/ only.

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/count.h"
#include "common/kv/table.h"
#include "services/identity/store/records.pb.h"

namespace tc::identity::store {

namespace rec = ::trustedcontact::identity::store;

absl::Status Unreadable(absl::string_view what);  // DATA_LOSS

int64_t ToUs(absl::Time time);  // InfiniteFuture is the greatest
absl::Time FromUs(int64_t us);
inline int64_t ToUs(const std::optional<absl::Time>& time) { return time.has_value() ? ToUs(*time) : 0; }
std::optional<absl::Time> MaybeFromUs(int64_t us);  // 0: absent

// A number is one of an enum's, which has no gaps. One that is none would pass every switch in silence.
template <typename Enum>
bool IsAmong(int32_t number, Enum first, Enum last) {
  return number >= static_cast<int32_t>(first) && number <= static_cast<int32_t>(last);
}

int32_t ToNumber(absl::CivilDay day);
absl::CivilDay FromNumber(int32_t number);

}  // namespace tc::identity::store

namespace tc::kv {

// A record is its protobuf bytes.
template <typename Record>
struct RecordCodec {
  static std::string Encode(const Record& record) { return record.SerializeAsString(); }
  static absl::StatusOr<Record> Decode(absl::string_view bytes) {
    Record record;
    if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
      return identity::store::Unreadable(Record::descriptor()->name());
    return record;
  }
};

template <>
struct Codec<identity::store::rec::AccountRecord> : RecordCodec<identity::store::rec::AccountRecord> {};
template <>
struct Codec<identity::store::rec::PhoneRecord> : RecordCodec<identity::store::rec::PhoneRecord> {};
template <>
struct Codec<identity::store::rec::HolderRecord> : RecordCodec<identity::store::rec::HolderRecord> {};
template <>
struct Codec<identity::store::rec::CredentialRecord> : RecordCodec<identity::store::rec::CredentialRecord> {};
template <>
struct Codec<identity::store::rec::ProofRecord> : RecordCodec<identity::store::rec::ProofRecord> {};
template <>
struct Codec<identity::store::rec::PersonKeyRecord> : RecordCodec<identity::store::rec::PersonKeyRecord> {};
template <>
struct Codec<identity::store::rec::PendingEmailRecord>
    : RecordCodec<identity::store::rec::PendingEmailRecord> {};
template <>
struct Codec<identity::store::rec::JournalRecord> : RecordCodec<identity::store::rec::JournalRecord> {};
template <>
struct Codec<identity::store::rec::SecondFactorRecord>
    : RecordCodec<identity::store::rec::SecondFactorRecord> {};
template <>
struct Codec<identity::store::rec::DevicesRecord> : RecordCodec<identity::store::rec::DevicesRecord> {};
template <>
struct Codec<identity::store::rec::SettingsRecord> : RecordCodec<identity::store::rec::SettingsRecord> {};

}  // namespace tc::kv
