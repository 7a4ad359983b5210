// Entries and proofs that are looked at one by one.

#include "tools/tcctl/audit_check.h"
#include "tools/tcctl/audit_log_testing.h"

namespace tc::ctl {
namespace {

using testing::HasCode;
using testing::IsOk;

constexpr auto kDataLoss = absl::StatusCode::kDataLoss;
constexpr auto kPermissionDenied = absl::StatusCode::kPermissionDenied;

class AuditReadingTest : public AuditLogTest {};

// The service ends an answer where it becomes too large, and enters each reading.
TEST_F(AuditReadingTest, ReadsToTheEndAlthoughAnswersAreShort) {
  log_.Enter(6);
  int calls = 0;
  const auto fetch = [&](uint64_t first, int page) {
    EXPECT_EQ(page, 500);
    EXPECT_LT(++calls, 10) << "each reading makes an entry that is to be read";
    absl::StatusOr<pb::ListAuditEntriesResponse> answer = log_.Entries(first);  // three at most
    log_.Enter(1, "AuditLogRead");
    return answer;
  };
  ASSERT_OK_AND_ASSIGN(const std::vector<pb::ListedAuditEntry> read, ReadEntries(fetch, 1, 10000));
  ASSERT_GE(read.size(), 10U);
  for (size_t n = 0; n < read.size(); ++n) EXPECT_EQ(audit::Decode(read[n].leaf())->number(), n + 1);
}

TEST_F(AuditReadingTest, ReadsNoMoreThanWasAskedFor) {
  std::vector<int> pages;
  const auto fetch = [&](uint64_t first, int page) {
    pages.push_back(page);
    return log_.Entries(first);
  };
  ASSERT_OK_AND_ASSIGN(const std::vector<pb::ListedAuditEntry> read, ReadEntries(fetch, 0, 3));
  EXPECT_EQ(read.size(), 3U);
  EXPECT_EQ(pages, std::vector<int>{3});
  EXPECT_TRUE(ReadEntries(fetch, 0, 0)->empty());
  EXPECT_TRUE(ReadEntries(fetch, 100, 10)->empty());
}

TEST_F(AuditReadingTest, AnEntryThatIsNoneIsDamageAlsoToWhoOnlyReads) {
  log_.tamper_entries = [](uint64_t, pb::ListAuditEntriesResponse& answer) {
    answer.mutable_entries(1)->set_leaf("none");
  };
  const auto fetch = [&](uint64_t first, int) { return log_.Entries(first); };
  EXPECT_THAT(ReadEntries(fetch, 2, 3), IsDamage("entry 3"));
}

TEST_F(AuditReadingTest, AProofIsCheckedWithoutTheService) {  // LOG-10
  ASSERT_OK_AND_ASSIGN(const pb::AuditProof proof, log_.Prove(2));
  ASSERT_OK_AND_ASSIGN(const pb::AuditEntry entry, CheckProof(proof, {log_.Key()}));
  EXPECT_EQ(entry.resource(), "verifications/3");
  EXPECT_THAT(CheckProof(proof, {}), HasCode(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(CheckProof(proof, {Log(Keys(2)).Key()}), HasCode(kPermissionDenied));
  pb::AuditProof bad = proof;
  bad.set_entry(3);
  EXPECT_THAT(CheckProof(bad, {log_.Key()}), IsDamage("another entry"));
  bad = proof;
  bad.mutable_path(0)->at(0) ^= 1;
  EXPECT_THAT(CheckProof(bad, {log_.Key()}), HasCode(kDataLoss));
  bad = proof;
  bad.mutable_leaf()->back() ^= 1;
  EXPECT_THAT(CheckProof(bad, {log_.Key()}), HasCode(kDataLoss));
}

}  // namespace
}  // namespace tc::ctl
