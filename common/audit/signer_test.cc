#include "common/audit/signer.h"

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
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

TEST_F(SignerTest, ACopyThatCouldNotBeWrittenIsWrittenLaterAlthoughNothingHappens) {
  const std::string away = dir_.path() + ".away";
  std::unique_ptr<Signer> signer = WithCopies();
  Emit(0);
  std::filesystem::rename(dir_.path(), away);
  EXPECT_THAT(signer->SignWhenDue(clock_.Now()), HasCode(kFailedPrecondition));
  std::filesystem::rename(away, dir_.path());
  EXPECT_THAT(signer->SignWhenDue(clock_.Now()), IsOk()) << "not at once";
  EXPECT_EQ(Copies(), "");
  clock_.Advance(Signer::kEvery);
  EXPECT_THAT(signer->SignWhenDue(clock_.Now()), IsOk());
  EXPECT_EQ(Copies(), signer->NewestSigned()->value().note);
}

TEST_F(SignerTest, AClockThatWasPutBackKeepsNoCheckpointAway) {
  Emit(0);
  ASSERT_THAT(signer_->SignWhenDue(clock_.Now()), IsOk());
  Emit(1);
  ASSERT_THAT(signer_->SignWhenDue(clock_.Now() - absl::Hours(5)), IsOk());
  EXPECT_EQ(Covered(), 2U);
}

// A crash or a full disk leaves a part of a note, or bytes that were never written.
TEST_F(SignerTest, ACopyThatWasTornIsPassedOver) {
  for (int n = 0; n < 2; ++n) {
    Emit(n);
    ASSERT_THAT(WithCopies()->SignNow(clock_.Now()), IsOk());
  }
  const std::string whole = Copies();
  const std::string last = signer_->NewestSigned()->value().note;
  std::vector<std::string> ends = {std::string(100, '\0'), "\n"};
  for (size_t size = 1; size < last.size(); ++size) ends.push_back(last.substr(0, size));
  for (size_t i = 0; i < ends.size(); ++i) {
    dir_.Write("checkpoints", whole + ends[i]);
    ASSERT_OK_AND_ASSIGN(std::unique_ptr<Signer> signer, Signer::Open(keys_, "linking", *database_, file_));
    Emit(static_cast<int>(10 + i));
    ASSERT_OK_AND_ASSIGN(const SignedCheckpoint next, signer->SignNow(clock_.Now()));
    EXPECT_EQ(Copies(), whole + ends[i] + "\n" + next.note) << "nothing is taken away";
    EXPECT_THAT(Signer::Open(keys_, "linking", *database_, file_), IsOk()) << "and found again: " << i;
    ASSERT_OK_AND_ASSIGN(signer, Signer::Open(keys_, "linking", *database_, file_));
    ASSERT_OK_AND_ASSIGN(const SignedCheckpoint same, signer->SignNow(clock_.Now()));
    EXPECT_EQ(same.note, next.note);
    EXPECT_EQ(Copies(), whole + ends[i] + "\n" + next.note) << "a restart repeats none: " << i;
  }
}

// A file of this process can have at most so many bytes.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    EXPECT_EQ(::getrlimit(RLIMIT_FSIZE, &before_), 0);
    const rlimit small{bytes, before_.rlim_max};
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  }
  ~SmallDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  void (*const handler_)(int);
  rlimit before_{};
};

TEST_F(SignerTest, ACopyThatAFullDiskHasTornIsFollowedByAWholeOne) {
  const std::unique_ptr<Signer> signer = WithCopies();
  Emit(0);
  const std::string first = signer->SignNow(clock_.Now())->note;
  Emit(1);
  {
    const SmallDisk disk(first.size() + 50);
    EXPECT_THAT(signer->SignNow(clock_.Now()), HasCode(kFailedPrecondition));
    EXPECT_THAT(signer->SignNow(clock_.Now()), HasCode(kFailedPrecondition));
  }
  ASSERT_OK_AND_ASSIGN(const SignedCheckpoint second, signer->SignNow(clock_.Now()));
  EXPECT_EQ(Copies(), first + second.note.substr(0, 50) + "\n" + second.note);
}

TEST_F(SignerTest, ATornFirstNoteBeforeAWholeOneIsPassedOver) {
  Emit(0);
  const std::string first = Sign().note;
  dir_.Write("checkpoints", first.substr(0, 70) + "\n" + first);
  EXPECT_THAT(Signer::Open(keys_, "linking", *database_, file_), IsOk());
}

// What was signed before is not known then, and might be contradicted.
TEST_F(SignerTest, RefusesAFileThatCanOnlyBeWritten) {
  EXPECT_THAT(Signer::Open(keys_, "linking", *database_, "/proc/self/clear_refs"),
              HasCode(kFailedPrecondition));
  EXPECT_THAT(Signer::Open(keys_, "linking", *database_, dir_.path()), HasCode(kFailedPrecondition));
}

// It grows for as long as the service lives.
TEST_F(SignerTest, FindsTheLastNoteOfALongFile) {
  Emit(0);
  const std::string first = Sign().note;
  Emit(1);
  const std::string second = Sign().note;
  std::string text;
  while (text.size() < (1 << 20)) text += first;
  dir_.Write("checkpoints", text + second);
  ASSERT_OK_AND_ASSIGN(const std::unique_ptr<Signer> signer,
                       Signer::Open(keys_, "linking", *database_, file_));
  ASSERT_THAT(signer->SignNow(clock_.Now()), IsOk());
  EXPECT_EQ(Copies().size(), text.size() + second.size()) << "nothing was missing";
}

TEST_F(SignerTest, ALogThatFailedIsNotLookedAtAllTheTime) {
  Emit(0);
  Sign();
  ASSERT_THAT(database_->Update([&](kv::Txn& txn) -> absl::Status {
    kv::Event act;
    act.type = "CodeTried";
    for (uint64_t n = 0; n < Signer::kEntries; ++n) TRY(txn.Audit(act));
    return absl::OkStatus();
  }),
              IsOk());
  const std::string node = Get(NodeKey(0, 0));
  Put(NodeKey(0, 0), std::string(kHashBytes, 'x'));
  clock_.Advance(Signer::kEvery);
  EXPECT_THAT(signer_->SignWhenDue(clock_.Now()), HasCode(absl::StatusCode::kDataLoss));
  EXPECT_THAT(signer_->SignWhenDue(clock_.Now() + absl::Seconds(1)), IsOk());
  Put(NodeKey(0, 0), node);
  clock_.Advance(Signer::kEvery);
  EXPECT_THAT(signer_->SignWhenDue(clock_.Now()), IsOk());
  EXPECT_EQ(Covered(), 1 + Signer::kEntries);
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
