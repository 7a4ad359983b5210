#include "common/audit/signer.h"

#include <fstream>
#include <iterator>

#include "common/audit/book_testing.h"
#include "common/testing/temp_dir.h"

namespace tc::audit {
namespace {

using testing::HasCode;
using testing::IsOk;

constexpr auto kFailedPrecondition = absl::StatusCode::kFailedPrecondition;

class SignerTest : public BookTest {
 protected:
  uint64_t Covered() {
    const auto newest = signer_->NewestSigned();
    return newest.ok() && newest->has_value() ? (*newest)->checkpoint.size : 0;
  }
  std::unique_ptr<Signer> WithCopies() { return *Signer::Open(keys_, "linking", *database_, file_); }

  std::string Copies() const {
    std::ifstream in(file_);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  testing::TempDir dir_;
  const std::string file_ = dir_.path() + "/checkpoints";
};

TEST_F(SignerTest, SignsAfterAMinuteOrAThousandEntries) {  // LOG-05
  ASSERT_THAT(signer_->SignWhenDue(clock_.Now()), IsOk());
  EXPECT_EQ(Covered(), 0U) << "an empty log needs none";
  Emit(0);
  ASSERT_THAT(signer_->SignWhenDue(clock_.Now()), IsOk());
  EXPECT_EQ(Covered(), 1U);
  Emit(1);
  clock_.Advance(Signer::kEvery - absl::Milliseconds(1));
  ASSERT_THAT(signer_->SignWhenDue(clock_.Now()), IsOk());
  EXPECT_EQ(Covered(), 1U);
  clock_.Advance(absl::Milliseconds(1));
  ASSERT_THAT(signer_->SignWhenDue(clock_.Now()), IsOk());
  EXPECT_EQ(Covered(), 2U);
  ASSERT_THAT(database_->Update([&](kv::Txn& txn) -> absl::Status {
    kv::Event act;
    act.type = "CodeTried";
    for (uint64_t n = 0; n < Signer::kEntries; ++n) TRY(txn.Audit(act));
    return absl::OkStatus();
  }),
              IsOk());
  ASSERT_THAT(signer_->SignWhenDue(clock_.Now()), IsOk());
  EXPECT_EQ(Covered(), 2 + Signer::kEntries);
}

TEST_F(SignerTest, NothingNewNeedsNoNewCheckpoint) {
  Emit(0);
  const SignedCheckpoint first = Sign();
  const uint64_t revision = database_->revision();
  EXPECT_EQ(Sign().note, first.note);
  EXPECT_EQ(database_->revision(), revision);
}

TEST_F(SignerTest, ACheckpointNamesTheOneBefore) {
  Emit(0);
  const SignedCheckpoint first = Sign();
  EXPECT_EQ(first.checkpoint.previous, "");
  Emit(1);
  EXPECT_EQ(Sign().checkpoint.previous, HashOf(first.checkpoint));
}

TEST_F(SignerTest, TheNewestKeySignsAndTheOlderOnesStayPublished) {  // CRY-05
  Emit(0);
  const SignedCheckpoint old = Sign();
  keys_.AddForTest("audit-sign", random_);
  Emit(1);
  const SignedCheckpoint made = Sign();
  ASSERT_EQ(signer_->keys().size(), 2U);
  EXPECT_THAT(Verify(made.note, {signer_->keys().front()}), IsOk());
  EXPECT_THAT(Verify(old.note, {signer_->keys().back()}), IsOk());
  EXPECT_TRUE(Check().intact) << Check().problem;
  keys_.RemoveForTest("audit-sign", "k000001");
  EXPECT_TRUE(Check().intact) << "the newer one vouches for it: " << Check().problem;
}

TEST_F(SignerTest, CopiesEveryCheckpointToAFile) {
  std::unique_ptr<Signer> signer = WithCopies();
  std::string expected;
  for (int n = 0; n < 3; ++n) {
    Emit(n);
    expected += signer->SignNow(clock_.Now())->note;
  }
  EXPECT_EQ(Copies(), expected);
  signer = WithCopies();
  ASSERT_THAT(signer->SignNow(clock_.Now()), IsOk());
  EXPECT_EQ(Copies(), expected) << "a restart repeats none";
}

TEST_F(SignerTest, ALogThatContradictsItsFileIsNotSigned) {
  {
    const std::unique_ptr<Signer> signer = WithCopies();
    Emit(0);
    Emit(1);
    ASSERT_THAT(signer->SignNow(clock_.Now()), IsOk());
  }
  Delete(NoteKey(2));
  EXPECT_THAT(WithCopies()->SignNow(clock_.Now()), HasCode(absl::StatusCode::kDataLoss));
}

TEST_F(SignerTest, RefusesAFileThatIsNotItsOwn) {
  dir_.Write("checkpoints", "half a line");
  EXPECT_THAT(Signer::Open(keys_, "linking", *database_, file_), HasCode(kFailedPrecondition));
  dir_.Write("checkpoints", audit::Sign({"elsewhere", 1, LeafHash(""), ""}, crypto::PrivateKey::Generate()));
  EXPECT_THAT(Signer::Open(keys_, "linking", *database_, file_), HasCode(kFailedPrecondition));
  EXPECT_THAT(Signer::Open(keys_, "linking", *database_, "/no/such/place"), HasCode(kFailedPrecondition));
}

}  // namespace
}  // namespace tc::audit
