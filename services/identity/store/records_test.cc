// Bytes that no version of this program wrote are not read, whatever the seal says: a number that is no value
// of its enum would pass every switch in silence, a count below zero would be more guesses, an empty key one
// that everybody has.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include "common/kv/key.h"
#include "common/testing/status.h"
#include "services/identity/domain/people_testing.h"
#include "services/identity/store/credential_record.h"
#include "services/identity/store/device_book_record.h"
#include "services/identity/store/journal_record.h"
#include "services/identity/store/notice_record.h"
#include "services/identity/store/pending_email_record.h"
#include "services/identity/store/phone_record.h"
#include "services/identity/store/second_factor_record.h"
#include "services/identity/store/settings_record.h"

namespace tc::identity::store {
namespace {

using absl::StatusCode::kDataLoss;
using testing::HasCode;
using testing::IsOk;

const AccountId kIvan = AccountId::FromTrusted("ivan");
constexpr int kMost = std::numeric_limits<int32_t>::max();

// The record is read as it is, and with each of the numbers in the field it is not.
template <typename Record>
void ExpectUnreadable(const Record& good, const char* field, const std::vector<int>& numbers,
                      const std::function<absl::Status(const Record&)>& read) {
  ASSERT_THAT(read(good), IsOk());
  const auto& place = *Record::descriptor()->FindFieldByName(field);
  for (const int number : numbers) {
    Record record = good;
    const bool is_long = place.cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_INT64;
    if (place.is_repeated()) {
      record.GetReflection()->SetRepeatedInt32(&record, &place, 0, number);
    } else if (is_long) {
      record.GetReflection()->SetInt64(&record, &place, number);
    } else {
      record.GetReflection()->SetInt32(&record, &place, number);
    }
    EXPECT_THAT(read(record), HasCode(kDataLoss)) << field << " " << number;
  }
}

absl::Status ReadPhone(const rec::PhoneRecord& record) {
  return FromRecord({kIvan, PhoneId::FromTrusted("p1")}, record, {"+79161234567", ""}).status();
}
TEST(PhoneRecord, IsNotReadWithUnknownNumbers) {
  rec::PhoneRecord good;
  good.set_kind(3);
  good.set_state(3);
  ExpectUnreadable<rec::PhoneRecord>(good, "kind", {-1, 0, 4}, &ReadPhone);
  ExpectUnreadable<rec::PhoneRecord>(good, "state", {-1, 0, 5}, &ReadPhone);
}
TEST(PhoneRecord, IsNotReadWithoutTheTimeForWhichItIsScheduled) {
  rec::PhoneRecord record;
  record.set_kind(1);
  record.set_state(static_cast<int>(PhoneState::kScheduled));
  record.set_effective_at_us(1);
  ExpectUnreadable<rec::PhoneRecord>(record, "effective_at_us", {0}, &ReadPhone);
}
TEST(PhoneRecord, IsNotReadWithoutANumber) {
  rec::PhoneRecord record;
  record.set_kind(1);
  record.set_state(1);
  EXPECT_THAT(FromRecord({kIvan, PhoneId::FromTrusted("p1")}, record, {"", "Бухгалтерия"}),
              HasCode(kDataLoss));
}

TEST(HolderRecord, IsNotReadWithoutAHolder) {
  rec::HolderRecord good;
  good.set_account("ivan");
  good.set_phone("p1");
  EXPECT_THAT(FromRecord(good).status(), IsOk());
  rec::HolderRecord nobody = good;
  nobody.clear_account();
  EXPECT_THAT(FromRecord(nobody), HasCode(kDataLoss));
  rec::HolderRecord nothing = good;
  nothing.clear_phone();
  EXPECT_THAT(FromRecord(nothing), HasCode(kDataLoss));
}

TEST(CredentialRecord, IsNotReadWithCountsThatAllowMoreGuesses) {
  const auto read = [](const rec::CredentialRecord& r) { return FromRecord(kIvan, r, {}).status(); };
  for (const char* field : {"wrong", "locks"})
    ExpectUnreadable<rec::CredentialRecord>({}, field, {-1, -kMost, kMost}, read);
  ExpectUnreadable<rec::CredentialRecord>({}, "version", {-1}, read);
}
TEST(PasswordRecord, IsNotReadWithAnEarlierPasswordThatIsNone) {
  rec::PasswordRecord password;
  password.set_phc("phc");
  password.add_history("earlier");
  EXPECT_THAT(FromRecord(kIvan, {}, password).status(), IsOk());
  password.add_history("");
  EXPECT_THAT(FromRecord(kIvan, {}, password), HasCode(kDataLoss));
}

TEST(DeviceBookRecord, IsNotReadWithCountsThatAllowMoreGuesses) {
  rec::DeviceBookRecord record;
  rec::KnownDeviceRecord& device = *record.add_devices();
  device.set_mark("mark");
  device.set_wrong(4);
  EXPECT_THAT(FromRecord(record).status(), IsOk());
  for (const int wrong : {-1, kMost}) {
    device.set_wrong(wrong);
    EXPECT_THAT(FromRecord(record), HasCode(kDataLoss)) << wrong;
  }
}
TEST(DeviceBookRecord, IsNotReadWithADeviceThatHasNoMark) {
  rec::DeviceBookRecord record;
  record.add_devices();
  EXPECT_THAT(FromRecord(record), HasCode(kDataLoss));
}

rec::SecondFactorRecord BothKeys() {
  rec::SecondFactorRecord record;
  record.set_sealed_enrolment_key("sealed");
  record.set_sealed_totp_key("sealed");
  return record;
}
TEST(SecondFactorRecord, IsNotReadWithNumbersThatAllowMoreGuesses) {
  const auto read = [](const rec::SecondFactorRecord& r) {
    return FromRecord(r, {Secret("a key"), Secret("another")}).status();
  };
  ExpectUnreadable<rec::SecondFactorRecord>(BothKeys(), "enrolment_wrong", {-1, kMost}, read);
  ExpectUnreadable<rec::SecondFactorRecord>(BothKeys(), "totp_last_step", {-1}, read);
}
TEST(SecondFactorRecord, IsNotReadWithAnEmptyKey) {
  EXPECT_THAT(FromRecord(BothKeys(), {Secret(""), Secret("another")}), HasCode(kDataLoss));
  EXPECT_THAT(FromRecord(BothKeys(), {Secret("a key"), Secret("")}), HasCode(kDataLoss));
}
TEST(SecondFactorRecord, IsNotReadWithACodeThatWentToNoNumber) {
  rec::SecondFactorRecord record;
  record.set_sms_verification("v1");
  EXPECT_THAT(FromRecord(record, {}), HasCode(kDataLoss));
  record.set_sms_phone("p1");
  EXPECT_THAT(FromRecord(record, {}).status(), IsOk());
  record.clear_sms_verification();
  EXPECT_THAT(FromRecord(record, {}), HasCode(kDataLoss));
}

TEST(SettingsRecord, IsNotReadWithWhatNobodyMayChoose) {
  const rec::SettingsRecord good = RecordOf(SecuritySettings());
  const auto read = [](const rec::SettingsRecord& r) { return FromRecord(r, "Asia/Kamchatka").status(); };
  ExpectUnreadable<rec::SettingsRecord>(good, "second_factor", {-1, 0, 4}, read);
  ExpectUnreadable<rec::SettingsRecord>(good, "least_importance", {-1, 0, 4}, read);
  ExpectUnreadable<rec::SettingsRecord>(good, "channels", {-1, 0, 2, 3, 5}, read);  // 3: there already
  ExpectUnreadable<rec::SettingsRecord>(good, "first_hour", {-1, 24}, read);
  ExpectUnreadable<rec::SettingsRecord>(good, "last_hour", {0, 25}, read);
  EXPECT_THAT(FromRecord(good, "../etc/passwd"), HasCode(kDataLoss));
}

TEST(PendingEmailRecord, IsNotReadWithoutAnAddress) {
  rec::PendingEmailRecord record;
  EXPECT_THAT(FromRecord(kIvan, record, "ivan@example.org"), HasCode(kDataLoss));
  record.set_id("v1");
  EXPECT_THAT(FromRecord(kIvan, record, "ivan@example.org").status(), IsOk());
  EXPECT_THAT(FromRecord(kIvan, record, ""), HasCode(kDataLoss));
}

TEST(JournalRecord, IsReadUnderItsOwnKeyOnly) {
  const kv::Key key = kv::Key("journal").Str("ivan").Time(TestNow()).U64(7);
  rec::JournalRecord record;
  record.set_type("PasswordSet");
  EXPECT_THAT(FromRecord(kv::Key(key).Str("PasswordSet").bytes(), record, {}).status(), IsOk());
  EXPECT_THAT(FromRecord(kv::Key(key).Str("PasswordSet").Str("x").bytes(), record, {}), HasCode(kDataLoss));
  EXPECT_THAT(FromRecord(kv::Key(key).Str("PhoneChanged").bytes(), record, {}), HasCode(kDataLoss));
  EXPECT_THAT(FromRecord(key.bytes(), record, {}), HasCode(kDataLoss));
  record.clear_type();
  EXPECT_THAT(FromRecord(kv::Key(key).Str("").bytes(), record, {}), HasCode(kDataLoss));
}

TEST(NoticeRecord, IsReadWithTheKindsThatThereAreOnly) {
  Notice notice;
  notice.account = kIvan;
  rec::NoticeRecord record = RecordOf(notice);
  for (const int known : {1, 16, 101, 115, 132, 139}) {
    record.set_kind(known);
    ASSERT_THAT(FromRecord(kIvan, record).status(), IsOk()) << known;
    EXPECT_EQ(static_cast<int>(FromRecord(kIvan, record)->kind), known);
  }
  for (const int unknown : {-kMost - 1, -1, 0, 17, 100, 116, 131, 140, kMost}) {
    record.set_kind(unknown);
    EXPECT_THAT(FromRecord(kIvan, record), HasCode(kDataLoss)) << unknown;
  }
}
TEST(NoticeRecord, IsNotReadUnderTheSealOfAnother) {
  Notice notice;
  notice.account = kIvan;
  EXPECT_THAT(FromRecord(AccountId::FromTrusted("oleg"), RecordOf(notice)), HasCode(kDataLoss));
}

}  // namespace
}  // namespace tc::identity::store
