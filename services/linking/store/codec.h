#pragma once

// Values ⇄ bytes on disk, for the records of this service. A record that does not decode is DATA_LOSS, never
// "absent".

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/kv/table.h"
#include "services/linking/domain/limits.h"
#include "services/linking/domain/protection.h"
#include "services/linking/store/block_store.h"
#include "services/linking/store/invitation_store.h"
#include "services/linking/store/link_store.h"

namespace tc::linking {

// The times of one phone's window.
struct PhoneTimes {
  std::vector<absl::Time> times;
};

std::string EncodeDetails(const InvitationDetails& details);
absl::StatusOr<InvitationDetails> DecodeDetails(absl::string_view bytes);
std::string EncodePeople(const LinkPeople& people);
absl::StatusOr<LinkPeople> DecodePeople(absl::string_view bytes);

// Sorts younger times before older ones in a key.
uint64_t NewestFirst(absl::Time time);

}  // namespace tc::linking

namespace tc::kv {

template <>
struct Codec<linking::InvitationRow> {
  static std::string Encode(const linking::InvitationRow& row);
  static absl::StatusOr<linking::InvitationRow> Decode(absl::string_view bytes);
};
template <>
struct Codec<linking::LinkRow> {
  static std::string Encode(const linking::LinkRow& row);
  static absl::StatusOr<linking::LinkRow> Decode(absl::string_view bytes);
};
// The owner's account is in the key, not in the bytes.
template <>
struct Codec<linking::Protection> {
  static std::string Encode(const linking::Protection& protection);
  static absl::StatusOr<linking::Protection> Decode(absl::string_view bytes);
};
template <>
struct Codec<linking::Duty> {
  static std::string Encode(const linking::Duty& duty);
  static absl::StatusOr<linking::Duty> Decode(absl::string_view bytes);
};
template <>
struct Codec<linking::PhoneTimes> {
  static std::string Encode(const linking::PhoneTimes& window);
  static absl::StatusOr<linking::PhoneTimes> Decode(absl::string_view bytes);
};
template <>
struct Codec<linking::BlockRow> {
  static std::string Encode(const linking::BlockRow& row);
  static absl::StatusOr<linking::BlockRow> Decode(absl::string_view bytes);
};

}  // namespace tc::kv
