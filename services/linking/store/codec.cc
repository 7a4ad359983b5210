#include "services/linking/store/codec.h"

#include <limits>

#include "services/linking/store/records.pb.h"

namespace tc::linking {
namespace {

namespace pb = ::trustedcontact::linking::store;

absl::Status Unreadable() { return absl::DataLossError("a record of linking does not decode"); }

template <typename Record>
absl::StatusOr<Record> Parse(absl::string_view bytes) {
  Record record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return Unreadable();
  return record;
}

// An unset time is infinitely far: it never comes.
int64_t MicrosOrUnset(absl::Time time) {
  return time == absl::InfiniteFuture() ? 0 : absl::ToUnixMicros(time);
}
absl::Time TimeOrUnset(int64_t micros) {
  return micros == 0 ? absl::InfiniteFuture() : absl::FromUnixMicros(micros);
}

// The same for a time up to which something lasts: unset is infinitely past.
int64_t UntilOrUnset(absl::Time time) { return time == absl::InfinitePast() ? 0 : absl::ToUnixMicros(time); }
absl::Time StoredUntil(int64_t micros) {
  return micros == 0 ? absl::InfinitePast() : absl::FromUnixMicros(micros);
}

template <typename Tag>
Id<Tag> Stored(const std::string& text) {
  return Id<Tag>::FromTrusted(text);
}

// The enums of the records have the values of the domain's, in the same order; a value from a newer program
// does not decode.
template <typename To, typename From>
absl::StatusOr<To> Enum(From from, To last) {
  if (from < 0 || static_cast<int>(from) > static_cast<int>(last)) return Unreadable();
  return static_cast<To>(static_cast<int>(from));
}

}  // namespace

std::string EncodeDetails(const InvitationDetails& details) {
  pb::InvitationDetailsRecord record;
  record.set_contact_first_name(details.contact_first_name.text());
  record.set_contact_phone(details.contact_phone.e164());
  record.set_masked_contact_phone(details.masked_contact_phone);
  record.set_masked_principal(details.masked_principal);
  return record.SerializeAsString();
}

absl::StatusOr<InvitationDetails> DecodeDetails(absl::string_view bytes) {
  const auto record = TRY(Parse<pb::InvitationDetailsRecord>(bytes));
  const Phone phone = Phone::FromTrusted(record.contact_phone());
  return InvitationDetails{
      FirstName::FromTrusted(record.contact_first_name()), phone,
      record.masked_contact_phone().empty() ? phone.Masked() : record.masked_contact_phone(),
      record.masked_principal()};
}

std::string EncodePeople(const LinkPeople& people) {
  pb::LinkPeopleRecord record;
  record.set_masked_principal(people.masked_principal);
  record.set_masked_contact(people.masked_contact);
  record.set_masked_contact_phone(people.masked_contact_phone);
  return record.SerializeAsString();
}

absl::StatusOr<LinkPeople> DecodePeople(absl::string_view bytes) {
  const auto record = TRY(Parse<pb::LinkPeopleRecord>(bytes));
  return LinkPeople{record.masked_principal(), record.masked_contact(), record.masked_contact_phone()};
}

uint64_t NewestFirst(absl::Time time) {
  return std::numeric_limits<uint64_t>::max() - static_cast<uint64_t>(absl::ToUnixMicros(time));
}

}  // namespace tc::linking

namespace tc::kv {

using namespace tc::linking;  // NOLINT: the codecs are about nothing else

std::string Codec<InvitationRow>::Encode(const InvitationRow& row) {
  const Invitation& invitation = row.invitation;
  pb::InvitationRecord record;
  record.set_id(invitation.id.text());
  record.set_principal(invitation.principal.text());
  record.set_invitee(invitation.invitee.text());
  record.set_state(static_cast<pb::InvitationRecord::State>(invitation.state));
  record.set_created_us(MicrosOrUnset(invitation.created_at));
  record.set_expire_us(MicrosOrUnset(invitation.expire_at));
  record.set_ended_us(MicrosOrUnset(invitation.ended_at));
  record.set_link(invitation.link.text());
  record.set_details(row.sealed_details);
  return record.SerializeAsString();
}

absl::StatusOr<InvitationRow> Codec<InvitationRow>::Decode(absl::string_view bytes) {
  auto record = TRY(Parse<pb::InvitationRecord>(bytes));
  InvitationRow row;
  row.invitation.id = Stored<InvitationTag>(record.id());
  row.invitation.principal = Stored<AccountTag>(record.principal());
  row.invitation.invitee = Stored<AccountTag>(record.invitee());
  row.invitation.state = TRY(Enum(record.state(), InvitationState::kExpired));
  row.invitation.created_at = TimeOrUnset(record.created_us());
  row.invitation.expire_at = TimeOrUnset(record.expire_us());
  row.invitation.ended_at = TimeOrUnset(record.ended_us());
  row.invitation.link = Stored<LinkTag>(record.link());
  row.sealed_details = std::move(*record.mutable_details());
  return row;
}

std::string Codec<LinkRow>::Encode(const LinkRow& row) {
  const Link& link = row.link;
  pb::LinkRecord record;
  record.set_id(link.id.text());
  record.set_principal(link.principal.text());
  record.set_contact(link.contact.text());
  record.set_state(static_cast<pb::LinkRecord::State>(link.state));
  record.set_suspend_reason(static_cast<pb::LinkRecord::SuspendReason>(link.suspend_reason));
  record.set_created_us(MicrosOrUnset(link.created_at));
  record.set_removal_us(MicrosOrUnset(link.removal_at));
  record.set_ended_us(MicrosOrUnset(link.ended_at));
  record.set_remind_us(MicrosOrUnset(link.remind_at));
  record.set_danger_us(MicrosOrUnset(link.danger_at));
  for (const LinkChange& change : link.changes) {
    pb::LinkRecord::Change& out = *record.add_changes();
    out.set_at_us(MicrosOrUnset(change.at));
    out.set_to(static_cast<pb::LinkRecord::State>(change.to));
    out.set_actor(static_cast<pb::LinkRecord::Actor>(change.actor));
  }
  record.set_people(row.sealed_people);
  return record.SerializeAsString();
}

absl::StatusOr<LinkRow> Codec<LinkRow>::Decode(absl::string_view bytes) {
  auto record = TRY(Parse<pb::LinkRecord>(bytes));
  LinkRow row;
  row.link.id = Stored<LinkTag>(record.id());
  row.link.principal = Stored<AccountTag>(record.principal());
  row.link.contact = Stored<AccountTag>(record.contact());
  row.link.state = TRY(Enum(record.state(), LinkState::kResigned));
  row.link.suspend_reason = TRY(Enum(record.suspend_reason(), SuspendReason::kSamePerson));
  row.link.created_at = TimeOrUnset(record.created_us());
  row.link.removal_at = TimeOrUnset(record.removal_us());
  row.link.ended_at = TimeOrUnset(record.ended_us());
  row.link.remind_at = TimeOrUnset(record.remind_us());
  row.link.danger_at = TimeOrUnset(record.danger_us());
  for (const pb::LinkRecord::Change& in : record.changes()) {
    row.link.changes.push_back({TimeOrUnset(in.at_us()), TRY(Enum(in.to(), LinkState::kResigned)),
                                TRY(Enum(in.actor(), Actor::kService))});
  }
  row.sealed_people = std::move(*record.mutable_people());
  return row;
}

std::string Codec<Protection>::Encode(const Protection& protection) {
  pb::ProtectionRecord record;
  record.set_link(protection.link.text());
  record.set_pending_invitation(protection.pending.text());
  for (const Hold& hold : protection.holds) {
    pb::ProtectionRecord::Hold& out = *record.add_holds();
    out.set_recovery(hold.recovery);
    out.set_until_us(MicrosOrUnset(hold.until));
  }
  for (const absl::Time time : protection.recent_invitations)
    record.add_recent_invitations_us(MicrosOrUnset(time));
  record.set_frozen_us(UntilOrUnset(protection.frozen_until));
  record.set_restricted_us(UntilOrUnset(protection.restricted_until));
  return record.SerializeAsString();
}

absl::StatusOr<Protection> Codec<Protection>::Decode(absl::string_view bytes) {
  const auto record = TRY(Parse<pb::ProtectionRecord>(bytes));
  Protection protection;
  protection.link = Stored<LinkTag>(record.link());
  protection.pending = Stored<InvitationTag>(record.pending_invitation());
  for (const pb::ProtectionRecord::Hold& hold : record.holds()) {
    protection.holds.push_back({hold.recovery(), TimeOrUnset(hold.until_us())});
  }
  for (const int64_t micros : record.recent_invitations_us()) {
    protection.recent_invitations.push_back(TimeOrUnset(micros));
  }
  protection.frozen_until = StoredUntil(record.frozen_us());
  protection.restricted_until = StoredUntil(record.restricted_us());
  return protection;
}

std::string Codec<Duty>::Encode(const Duty& duty) {
  pb::DutyRecord record;
  for (const LinkId& link : duty.links) record.add_links(link.text());
  return record.SerializeAsString();
}

absl::StatusOr<Duty> Codec<Duty>::Decode(absl::string_view bytes) {
  const auto record = TRY(Parse<pb::DutyRecord>(bytes));
  Duty duty;
  for (const std::string& link : record.links()) duty.links.push_back(Stored<LinkTag>(link));
  return duty;
}

std::string Codec<PhoneTimes>::Encode(const PhoneTimes& window) {
  pb::PhoneWindowRecord record;
  for (const absl::Time time : window.times) record.add_recent_invitations_us(MicrosOrUnset(time));
  return record.SerializeAsString();
}

absl::StatusOr<PhoneTimes> Codec<PhoneTimes>::Decode(absl::string_view bytes) {
  const auto record = TRY(Parse<pb::PhoneWindowRecord>(bytes));
  PhoneTimes window;
  for (const int64_t micros : record.recent_invitations_us()) window.times.push_back(TimeOrUnset(micros));
  return window;
}

std::string Codec<BlockRow>::Encode(const BlockRow& row) {
  pb::BlockRecord record;
  record.set_id(row.block.id.text());
  record.set_contact(row.block.contact.text());
  record.set_principal(row.block.principal.text());
  record.set_created_us(MicrosOrUnset(row.block.created_at));
  record.set_masked_principal(row.sealed_name);
  return record.SerializeAsString();
}

absl::StatusOr<BlockRow> Codec<BlockRow>::Decode(absl::string_view bytes) {
  auto record = TRY(Parse<pb::BlockRecord>(bytes));
  BlockRow row;
  row.block.id = Stored<BlockTag>(record.id());
  row.block.contact = Stored<AccountTag>(record.contact());
  row.block.principal = Stored<AccountTag>(record.principal());
  row.block.created_at = TimeOrUnset(record.created_us());
  row.sealed_name = std::move(*record.mutable_masked_principal());
  return row;
}

}  // namespace tc::kv
