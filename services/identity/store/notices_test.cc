// Notices on their way through the outbox.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/identity/store/notice_record.h"
#include "services/identity/store/notices.h"
#include "services/identity/store/store_testing.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kDataLoss;
using testing::HasCode;
using ::testing::IsEmpty;
using testing::IsOk;

TEST_F(Store, SealsANoticeOnItsWay) {
  Account account = GoodAccount();
  account.email = Email::FromTrusted("ivan@example.org");
  Notice notice = NoticeTo(NoticeKind::kPhoneChanged, account, {BoundPhone(account)});
  notice.masked_address = "+7 9** ***-**-67";
  ASSERT_THAT(Update([&](kv::Txn& txn) { return EnqueueNotice(txn, vault_, notice, TestNow()); }), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::vector<kv::OutboxRow> rows,
                       database_->DueOutbox(TestNow() + absl::Hours(1), 10));
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].payload.find("9161234567"), std::string::npos);
  EXPECT_EQ(NoticeFrom(rows[0], vault_).value(), notice);
}

TEST_F(Store, EnqueuesNoNoticeToNobody) {
  const Notice notice = NoticeTo(NoticeKind::kPhoneChanged, GoodAccount(), {});
  ASSERT_THAT(Update([&](kv::Txn& txn) { return EnqueueNotice(txn, vault_, notice, TestNow()); }), IsOk());
  EXPECT_THAT(database_->DueOutbox(TestNow(), 10).value(), IsEmpty());
}

// What has the seal of the service, but a kind that no version of this program knows.
TEST_F(Store, ReadsNoNoticeOfAnUnknownKind) {
  const Account account = GoodAccount();
  Notice notice = NoticeTo(NoticeKind::kAccountLocked, account, {BoundPhone(account)});
  store::rec::NoticeRecord record = store::RecordOf(notice);
  const auto read = [&] {
    store::rec::SealedNotice sealed;
    sealed.set_account(account.id.text());
    sealed.set_sealed(vault_.SealInTransit(record.SerializeAsString(), account.id, "notice"));
    kv::OutboxRow row;
    row.payload = sealed.SerializeAsString();
    return NoticeFrom(row, vault_);
  };
  EXPECT_THAT(read().status(), IsOk());
  for (const int unknown : {-1, 0, 17, 100, 116, 131, 140}) {
    record.set_kind(unknown);
    EXPECT_THAT(read(), HasCode(kDataLoss)) << unknown;
  }
}

}  // namespace
}  // namespace tc::identity
