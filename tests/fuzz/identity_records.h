#pragma once

// The part of the target `record` that is about identity's records: what they mean to its stores. In the
// inputs that is still open which lies sealed on the disk, since nobody can guess a seal.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/status.h"
#include "services/identity/store/account_record.h"
#include "services/identity/store/codec.h"
#include "services/identity/store/credential_record.h"
#include "services/identity/store/device_book_record.h"
#include "services/identity/store/journal_record.h"
#include "services/identity/store/notice_record.h"
#include "services/identity/store/pending_email_record.h"
#include "services/identity/store/phone_record.h"
#include "services/identity/store/second_factor_record.h"
#include "services/identity/store/settings_record.h"
#include "tests/fuzz/fill.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/own_records.h"

namespace tc::fuzz {

namespace id = ::trustedcontact::identity::store;
using identity::store::FromRecord;
using identity::store::RecordOf;

inline const AccountId kAccount = AccountId::FromTrusted("a1");

template <typename Record>
absl::StatusOr<Record> Parsed(absl::string_view bytes) {
  return kv::RecordCodec<Record>::Decode(bytes);
}

inline absl::StatusOr<identity::Account> DecodeAccount(absl::string_view bytes) {
  return identity::store::FromOpenPart(kAccount, TRY(Parsed<id::AccountRecord>(bytes)));
}
inline std::string EncodeAccount(const identity::Account& account) {
  return identity::store::OpenPartOf(account).SerializeAsString();
}

inline absl::StatusOr<identity::Account> DecodePerson(absl::string_view bytes) {
  identity::Account account;
  account.block_reason.emplace();
  TRY(identity::store::SetPersonalPart(account, TRY(Parsed<id::PersonalRecord>(bytes))));
  return account;
}
inline std::string EncodePerson(const identity::Account& account) {
  return identity::store::PersonalPartOf(account).SerializeAsString();
}

inline absl::StatusOr<identity::OwnedPhone> DecodePhone(absl::string_view bytes) {
  const auto r = TRY(Parsed<id::PhoneRecord>(bytes));
  return FromRecord({kAccount, identity::PhoneId::FromTrusted("p1")}, r,
                    {r.sealed_number(), r.sealed_title()});
}
inline std::string EncodePhone(const identity::OwnedPhone& phone) {
  id::PhoneRecord r = RecordOf(phone);
  r.set_sealed_number(phone.number.e164());
  r.set_sealed_title(phone.title);
  return r.SerializeAsString();
}

inline absl::StatusOr<identity::Holder> DecodeHolder(absl::string_view bytes) {
  return FromRecord(TRY(Parsed<id::HolderRecord>(bytes)));
}
inline std::string EncodeHolder(const identity::Holder& holder) {
  return RecordOf(holder).SerializeAsString();
}

inline absl::StatusOr<identity::StoredCredential> DecodeCredential(absl::string_view bytes) {
  const auto r = TRY(Parsed<id::CredentialRecord>(bytes));
  return FromRecord(kAccount, r, TRY(Parsed<id::PasswordRecord>(r.sealed_password())));
}
inline std::string EncodeCredential(const identity::StoredCredential& credential) {
  id::CredentialRecord r = RecordOf(credential);
  r.set_sealed_password(identity::store::PasswordOf(credential).SerializeAsString());
  return r.SerializeAsString();
}

inline absl::StatusOr<identity::PendingEmail> DecodePendingEmail(absl::string_view bytes) {
  const auto r = TRY(Parsed<id::PendingEmailRecord>(bytes));
  return FromRecord(kAccount, r, r.sealed_email());
}
inline std::string EncodePendingEmail(const identity::PendingEmail& pending) {
  id::PendingEmailRecord r = RecordOf(pending);
  r.set_sealed_email(pending.email.address());
  return r.SerializeAsString();
}

// The key of one whose type is `type`.
inline std::string JournalKey(const std::string& type) {
  return kv::Key("journal").Str(kAccount.text()).Time(testing::Noon()).U64(7).Str(type).bytes();
}
inline absl::StatusOr<identity::JournalEntry> DecodeJournal(absl::string_view bytes) {
  const auto r = TRY(Parsed<id::JournalRecord>(bytes));
  const auto circumstances = TRY(Parsed<id::CircumstancesRecord>(r.sealed_circumstances()));
  return FromRecord(JournalKey(r.type()), r, circumstances);
}
inline std::string EncodeJournal(const identity::JournalEntry& entry) {
  id::JournalRecord r = RecordOf(entry);
  r.set_sealed_circumstances(identity::store::CircumstancesOf(entry).SerializeAsString());
  return r.SerializeAsString();
}
// The key behind its length, which must have all its parts and nothing behind them.
inline void CheckJournalKey(absl::string_view bytes) {
  Input input(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  const absl::string_view key = input.Text();
  id::JournalRecord record;
  record.set_type(std::string(input.Rest()));
  const auto entry = FromRecord(key, record, {});
  MustBeReadable(entry);
  if (!entry.ok()) return;
  Require(!FromRecord(std::string(key) + "x", record, {}).ok(), "nothing is behind a key");
  record.set_type(record.type() + "x");
  Require(!FromRecord(key, record, {}).ok(), "a record is that of its key");
}

inline absl::StatusOr<identity::SecondFactors> DecodeSecondFactors(absl::string_view bytes) {
  const auto r = TRY(Parsed<id::SecondFactorRecord>(bytes));
  return FromRecord(r, {Secret(r.sealed_enrolment_key()), Secret(r.sealed_totp_key())});
}
inline std::string EncodeSecondFactors(const identity::SecondFactors& factors) {
  id::SecondFactorRecord r = RecordOf(factors);
  if (factors.enrolment.has_value()) r.set_sealed_enrolment_key(std::string(factors.enrolment->key.Reveal()));
  if (factors.totp.has_value()) r.set_sealed_totp_key(std::string(factors.totp->key.Reveal()));
  return r.SerializeAsString();
}

inline absl::StatusOr<identity::DeviceBook> DecodeDevices(absl::string_view bytes) {
  const auto r = TRY(Parsed<id::DevicesRecord>(bytes));
  return FromRecord(TRY(Parsed<id::DeviceBookRecord>(r.sealed_book())));
}
inline std::string EncodeDevices(const identity::DeviceBook& book) {
  id::DevicesRecord r;
  r.set_sealed_book(RecordOf(book).SerializeAsString());
  return r.SerializeAsString();
}

inline absl::StatusOr<identity::SecuritySettings> DecodeSettings(absl::string_view bytes) {
  const auto r = TRY(Parsed<id::SettingsRecord>(bytes));
  return FromRecord(r, r.sealed_time_zone());
}
inline std::string EncodeSettings(const identity::SecuritySettings& settings) {
  id::SettingsRecord r = RecordOf(settings);
  r.set_sealed_time_zone(settings.time_zone);
  return r.SerializeAsString();
}

inline absl::StatusOr<identity::Notice> DecodeNotice(absl::string_view bytes) {
  const auto r = TRY(Parsed<id::SealedNotice>(bytes));
  const std::string& opened = r.sealed_for_person().empty() ? r.sealed() : r.sealed_for_person();
  return FromRecord(AccountId::FromTrusted(r.account()), TRY(Parsed<id::NoticeRecord>(opened)));
}
inline std::string EncodeNotice(const identity::Notice& notice) {
  id::SealedNotice r;
  r.set_account(notice.account.text());
  r.set_sealed(RecordOf(notice).SerializeAsString());
  return r.SerializeAsString();
}

// The seeds of a record, each with something good in the member `sealed`, and with each seed of what that is.
template <typename Record, typename Sealed>
std::vector<std::string> SeedsWith(const char* sealed) {
  std::vector<std::string> seeds;
  const auto add = [&](const std::string& outer, const std::string& inner) {
    Record record;
    record.ParseFromString(outer);
    record.GetReflection()->SetString(&record, record.GetDescriptor()->FindFieldByName(sealed), inner);
    seeds.push_back(BytesOf(record));
  };
  Record outer;
  Sealed inner;
  Fill(outer, Filling::kOne);
  Fill(inner, Filling::kOne);
  for (const std::string& seed : SeedsOf<Record>()) add(seed, BytesOf(inner));
  for (const std::string& seed : SeedsOf<Sealed>()) add(BytesOf(outer), seed);
  return seeds;
}

// Of every first and last number of a kind, and of those beside them.
inline std::vector<std::string> Notices() {
  std::vector<std::string> seeds = SeedsWith<id::SealedNotice, id::NoticeRecord>("sealed_for_person");
  for (const int kind : {0, 1, 16, 17, 100, 101, 115, 116, 131, 132, 139, 140}) {
    id::NoticeRecord notice;
    Fill(notice, Filling::kOne);
    notice.set_kind(kind);
    id::SealedNotice sealed;
    sealed.set_account(notice.account());
    sealed.set_sealed(BytesOf(notice));
    seeds.push_back(BytesOf(sealed));
  }
  return seeds;
}

}  // namespace tc::fuzz
