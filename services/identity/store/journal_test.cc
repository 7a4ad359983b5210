// The journal of an account, in pages.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/identity/store/store_testing.h"

namespace tc::identity {
namespace {

using testing::IsOk;

TEST_F(Store, ListsTheJournalNewestFirstInPages) {
  const AccountId ivan = AccountId::FromTrusted("ivan");
  for (int i = 0; i < 3; ++i) {
    JournalEntry entry;
    entry.type = std::string(1, static_cast<char>('a' + i));
    entry.at = TestNow() + absl::Seconds(i);
    entry.actor = "owner";
    entry.circumstances.client.place = "Москва";
    ASSERT_THAT(Update([&](kv::Txn& txn) { return journal_.Append(txn, ivan, entry); }), IsOk());
  }
  std::string types;
  std::string after;
  do {
    ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                  std::string last;
                  for (const JournalEntry& e : TRY(journal_.List(
                           txn, ivan, after, 2, [](const JournalEntry&) { return true; }, last))) {
                    types += e.type;
                    EXPECT_EQ(e.circumstances.client.place, "Москва");
                  }
                  after = last;
                  return absl::OkStatus();
                }),
                IsOk());
  } while (!after.empty());
  EXPECT_EQ(types, "cba");
}

}  // namespace
}  // namespace tc::identity
