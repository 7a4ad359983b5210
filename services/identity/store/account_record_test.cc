// A number that is no value of its enum is not read as one: silence would let it pass every switch.

#include "services/identity/store/account_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status.h"

namespace tc::identity::store {
namespace {

namespace rec = ::trustedcontact::identity::store;

using absl::StatusCode::kDataLoss;
using testing::HasCode;
using testing::IsOk;

const AccountId kIvan = AccountId::FromTrusted("ivan");

TEST(AccountRecord, IsNotReadWithUnknownNumbers) {
  rec::AccountRecord good;
  good.set_type(1);
  good.set_confirmation(4);
  EXPECT_THAT(FromOpenPart(kIvan, good).status(), IsOk());
  for (const char* field : {"type", "confirmation"}) {
    for (const int unknown : {-1, 5}) {
      rec::AccountRecord record = good;
      record.GetReflection()->SetInt32(&record, record.GetDescriptor()->FindFieldByName(field), unknown);
      EXPECT_THAT(FromOpenPart(kIvan, record), HasCode(kDataLoss)) << field << " " << unknown;
    }
  }
}

TEST(AccountRecord, IsNotReadWithAVersionBelowZero) {
  rec::AccountRecord record;
  record.set_type(1);
  record.set_version(-1);
  EXPECT_THAT(FromOpenPart(kIvan, record), HasCode(kDataLoss));
}

TEST(PersonalRecord, IsNotReadWithUnknownNumbers) {
  rec::PersonalRecord good;
  good.set_sex(2);
  good.set_document_type(3);
  good.set_document_issued(20100601);
  Account account;
  EXPECT_THAT(SetPersonalPart(account, good), IsOk());
  for (const char* field : {"sex", "document_type"}) {
    for (const int unknown : {-1, 4}) {
      rec::PersonalRecord record = good;
      record.GetReflection()->SetInt32(&record, record.GetDescriptor()->FindFieldByName(field), unknown);
      EXPECT_THAT(SetPersonalPart(account, record), HasCode(kDataLoss)) << field << " " << unknown;
    }
  }
}

TEST(PersonalRecord, IsNotReadWithADayThatThereIsNot) {
  for (const char* field : {"birth", "document_issued"}) {
    rec::PersonalRecord record;
    record.set_document_type(1);
    record.set_document_issued(20100601);
    const auto& day = *record.GetDescriptor()->FindFieldByName(field);
    Account account;
    record.GetReflection()->SetInt32(&record, &day, 19870228);
    EXPECT_THAT(SetPersonalPart(account, record), IsOk());
    for (const int none : {1, 19870229, 19871301, -19870228}) {
      record.GetReflection()->SetInt32(&record, &day, none);
      EXPECT_THAT(SetPersonalPart(account, record), HasCode(kDataLoss)) << field << " " << none;
    }
  }
}

}  // namespace
}  // namespace tc::identity::store
