// Erasure: nothing that tells who an account's owner was stays, neither readable nor findable, in the
// records, in the files, or in the copies (CRY-06, 152-ФЗ).

#include "services/identity/rpc/erasure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "common/kv/key.h"
#include "common/kv/rocks_database.h"
#include "services/identity/rpc/world_testing.h"
#include "services/identity/store/notices.h"

namespace tc::identity {
namespace {

namespace fs = std::filesystem;

using absl::StatusCode::kAlreadyExists;
using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using ::testing::ElementsAre;
using testing::HasCode;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;

constexpr int kNumber = 739164;

class Erasure : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_THAT(world_.Citizen("ivan", 1), IsOk()); }

  absl::StatusOr<pb::Account> Erase(const std::string& id = "ivan") {
    return world_.Delete(world_.Operator(), id);
  }

  World world_;
};

TEST_F(Erasure, LeavesTheNameItsDatesAndNothingElse) {
  ASSERT_OK_AND_ASSIGN(const pb::Account erased, Erase());
  EXPECT_EQ(erased.state(), pb::ACCOUNT_STATE_DELETED);
  ASSERT_OK_AND_ASSIGN(const pb::Account read, world_.Get("ivan"));
  EXPECT_EQ(read.state(), pb::ACCOUNT_STATE_DELETED);
  EXPECT_EQ(read.masked_phone(), "");
  EXPECT_EQ(read.masked_email(), "");
  EXPECT_EQ(read.person().ByteSizeLong(), 0U) << read.person().ShortDebugString();
  EXPECT_FALSE(read.has_confirm_time());
  EXPECT_GT(read.version(), 1);
}

TEST_F(Erasure, MakesThePersonUnfindable) {
  ASSERT_THAT(Erase(), IsOk());
  pb::LookupAccountRequest in;
  in.set_phone(PhoneNumber(1));
  EXPECT_THAT(world_.handlers().eligibility.LookupAccount(world_.Service(), in), HasCode(kNotFound));
  in.set_email("ivan@example.org");
  EXPECT_THAT(world_.handlers().eligibility.LookupAccount(world_.Service(), in), HasCode(kNotFound));
  in.set_snils(SnilsNumber(1));
  EXPECT_THAT(world_.handlers().eligibility.LookupAccount(world_.Service(), in), HasCode(kNotFound));
  in.set_account("accounts/ivan");
  EXPECT_THAT(world_.handlers().eligibility.LookupAccount(world_.Service(), in), HasCode(kNotFound));
  EXPECT_FALSE(world_.Opens("ivan", World::kGood));
}

TEST_F(Erasure, FreesTheNumberAndTheAddressAtOnce) {
  ASSERT_THAT(Erase(), IsOk());
  pb::CreateAccountRequest in = Registration("petr", 1);
  in.set_verified_phone(PhoneNumber(1));
  in.set_verified_email("ivan@example.org");
  EXPECT_THAT(world_.handlers().accounts.CreateAccount(world_.Idp(), in), IsOk());
}

TEST_F(Erasure, NeverGivesTheNameAgain) {
  ASSERT_THAT(Erase(), IsOk());
  EXPECT_THAT(world_.Bare("ivan", 2), Refused(kAlreadyExists, Reason::kAlreadyExists));
  world_.Settle();  // the key is gone, too
  EXPECT_THAT(world_.Bare("ivan", 2), Refused(kAlreadyExists, Reason::kAlreadyExists));
}

TEST_F(Erasure, DestroysTheKeyAfterItsCommit) {
  ASSERT_THAT(Erase(), IsOk());
  world_.Settle();
  EXPECT_THAT(world_.vault().people().Get(AccountId::FromTrusted("ivan")),
              Refused(kFailedPrecondition, Reason::kAccountDeleted));
  EXPECT_EQ(world_.Get("ivan")->state(), pb::ACCOUNT_STATE_DELETED);  // is still answered
}

TEST_F(Erasure, TellsTheOwnerAtTheAddressesThatHeHad) {
  ASSERT_THAT(Erase(), IsOk());
  world_.Settle();
  ASSERT_FALSE(world_.otp().notices().empty());
  const Notice& notice = world_.otp().notices().back();
  EXPECT_EQ(notice.kind, NoticeKind::kAccountDeleted);
  ASSERT_EQ(notice.phones.size(), 1U);
  EXPECT_EQ(notice.phones.front().e164(), PhoneNumber(1));
  ASSERT_EQ(notice.emails.size(), 1U);
}

TEST_F(Erasure, KeepsEventsWithThePseudonymAndAJournalWithoutParticulars) {
  ASSERT_THAT(world_.Block("ivan"), IsOk());
  world_.NewEvents();
  ASSERT_THAT(Erase(), IsOk());
  EXPECT_THAT(world_.NewEvents(), ElementsAre("AccountDeleted"));
  world_.Settle();
  pb::ListSecurityEventsRequest in;
  in.set_account("accounts/ivan");
  ASSERT_OK_AND_ASSIGN(const pb::ListSecurityEventsResponse journal,
                       world_.handlers().journal.ListSecurityEvents(world_.Operator(), in));
  ASSERT_GE(journal.events_size(), 4);
  EXPECT_EQ(journal.events(0).type(), "AccountDeleted");
  EXPECT_EQ(journal.events(0).attributes().at("reason"), "OWNER_REQUEST");
  for (int i = 1; i < journal.events_size(); ++i) {
    EXPECT_FALSE(journal.events(i).has_client());
    EXPECT_TRUE(journal.events(i).attributes().empty()) << journal.events(i).ShortDebugString();
  }
}

TEST_F(Erasure, EndsTheCodesThatAreUnderWay) {
  ASSERT_OK_AND_ASSIGN(const pb::Phone pending, world_.Bind(world_.As("ivan"), "ivan", "+79990001122"));
  ASSERT_THAT(Erase(), IsOk());
  world_.Settle();
  EXPECT_TRUE(world_.otp().held(ParsePhoneName(pending.name())->phone.text()).cancelled);
}

// The tables of the store that have a row of the account, by key or by value.
std::set<std::string> TablesThatKnow(World& world, const std::string& id) {
  std::set<std::string> tables;
  EXPECT_THAT(world.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    return txn.Scan("\x02", std::string(8, '\xff'), [&](absl::string_view key, absl::string_view value) {
      kv::KeyReader reader(key);
      std::string table;
      if (reader.Str(table) && (absl::StrContains(key, id) || absl::StrContains(value, id)))
        tables.insert(table);
      return true;
    });
  }),
              IsOk());
  return tables;
}

TEST_F(Erasure, LeavesNoRowInAnyOtherTable) {
  ASSERT_THAT(world_.Citizen("zoya-7", 7), IsOk());
  ASSERT_THAT(world_.SetPassword("zoya-7", "", World::kGood), IsOk());
  ASSERT_THAT(world_.Bind(world_.As("zoya-7"), "zoya-7", "+79990001122"), IsOk());
  ASSERT_THAT(world_.BindEmail("zoya-7", "new@example.org"), IsOk());
  pb::VerifyPasswordRequest sign_in;
  sign_in.set_account("accounts/zoya-7");
  sign_in.set_password(World::kGood);
  sign_in.mutable_client()->set_device("device-1");
  ASSERT_TRUE(world_.handlers().sign_in.VerifyPassword(world_.Idp(), sign_in)->verified());
  pb::UpdateSecuritySettingsRequest settings;
  settings.mutable_settings()->set_name("accounts/zoya-7/securitySettings");
  settings.mutable_settings()->set_first_hour(10);
  settings.mutable_settings()->set_time_zone("Asia/Kamchatka");
  settings.mutable_update_mask()->add_paths("first_hour");
  settings.mutable_update_mask()->add_paths("time_zone");
  ASSERT_THAT(world_.handlers().settings.UpdateSecuritySettings(world_.As("zoya-7"), settings), IsOk());
  pb::EnrollTotpRequest totp;
  totp.set_account("accounts/zoya-7");
  ASSERT_THAT(world_.handlers().second_factor.EnrollTotp(world_.As("zoya-7"), totp), IsOk());
  ASSERT_GE(TablesThatKnow(world_, "zoya-7").size(), 9U);

  ASSERT_THAT(Erase("zoya-7"), IsOk());
  EXPECT_THAT(TablesThatKnow(world_, "zoya-7"), ElementsAre("account", "journal"));
}

TEST_F(Erasure, PurgesTheKeysAfterTheyAreDestroyedNeverBefore) {
  ASSERT_EQ(world_.now(), absl::FromUnixSeconds(absl::ToUnixSeconds(world_.now()) / 3600 * 3600))
      << "a full hour";
  ASSERT_THAT(Erase(), IsOk());
  kv::TimerRunner::RunOnce(world_.database(), world_.clock(), TimerHandlers(world_.handlers().desk));
  const auto due = [&] {
    std::set<std::string> kinds;
    const std::vector<kv::OutboxRow> rows = *world_.database().DueOutbox(world_.now(), 100);
    for (const kv::OutboxRow& row : rows) kinds.insert(row.kind);
    return kinds;
  };
  EXPECT_EQ(due().count(kDestroyKey), 1U);
  EXPECT_EQ(due().count(kPurgeKeys), 0U);
  world_.Settle();
  EXPECT_THAT(due(), IsEmpty());
}

TEST_F(Erasure, HappensOnce) {
  ASSERT_THAT(Erase(), IsOk());
  EXPECT_THAT(Erase(), Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
}

TEST_F(Erasure, WantsAReasonAndAName) {
  EXPECT_THAT(world_.handlers().accounts.DeleteAccount(world_.Operator(), {}),
              Refused(kInvalidArgument, Reason::kFieldInvalid));
  pb::DeleteAccountRequest in;
  in.set_name("accounts/ivan");
  in.set_reason("Иван Петров просит");  // words would outlive him
  EXPECT_THAT(world_.handlers().accounts.DeleteAccount(world_.Operator(), in),
              Refused(kInvalidArgument, Reason::kFieldInvalid));
  EXPECT_THAT(Erase("nobody"), HasCode(kNotFound));
}

TEST_F(Erasure, AfterADangerReportIsAnOperatorsAlone) {
  ASSERT_THAT(world_.Freeze(world_.Service(), "ivan", absl::Hours(24)), IsOk());
  EXPECT_THAT(world_.Delete(world_.Idp(), "ivan"), Refused(kFailedPrecondition, Reason::kAccountFrozen));
  EXPECT_THAT(world_.Delete(world_.Operator(), "ivan"), IsOk());
}

TEST_F(Erasure, OfABlockedAccountIsAnOperatorsAlone) {
  ASSERT_THAT(world_.Block("ivan"), IsOk());
  EXPECT_THAT(world_.Delete(world_.Idp(), "ivan"),
              Refused(kFailedPrecondition, Reason::kStateTransitionNotAllowed));
  EXPECT_THAT(world_.Delete(world_.Operator(), "ivan"), IsOk());
}

// ---- On a disk ----

// Of an open store its MANIFEST may still name the first and last key of files that are gone; the next
// opening ends that (Database::Purge).
std::string BytesOf(const fs::path& dir, bool of_open_store = true) {
  std::string bytes;
  for (const fs::directory_entry& file : fs::recursive_directory_iterator(dir)) {
    const bool manifest = absl::StartsWith(file.path().filename().string(), "MANIFEST-");
    if (!file.is_regular_file() || (of_open_store && manifest)) continue;
    std::ifstream in(file.path(), std::ios::binary);
    bytes.append(std::istreambuf_iterator<char>(in), {});
  }
  return bytes;
}

// What of an index lies in the files in one piece: they leave out the first bytes that it shares with its
// neighbour, and keys write zero bytes in a form of their own.
std::string Needle(const std::string& index) {
  std::string longest;
  for (const absl::string_view run : absl::StrSplit(absl::string_view(index).substr(3), '\0'))
    if (run.size() > longest.size()) longest = std::string(run);
  return longest;
}

class OnDisk : public ::testing::Test {
 protected:
  OnDisk() { fs::remove_all(root_); }
  ~OnDisk() override { fs::remove_all(root_); }

  std::unique_ptr<kv::Database> Open(const std::string& name) {
    fs::create_directories(root_);
    return *kv::OpenRocks((root_ / name).string());
  }
  // What would lead to the person who had the number `n`.
  static std::vector<std::string> Traces(const World& world, int n) {
    std::vector<std::string> traces = {"Добрыня", "Закатаев", "dobrynya", PhoneNumber(n).substr(2),
                                       SnilsNumber(n)};
    const Vault& vault = world.vault();
    for (const std::vector<std::string>& indexes :
         {vault.PhoneIndexes(PhoneNumber(n)), vault.EmailIndexes("dobrynya@example.org"),
          vault.SnilsIndexes(SnilsNumber(n)), vault.DocumentIndexes(absl::StrFormat("1/4509%06d", n))}) {
      for (const std::string& index : indexes) traces.push_back(Needle(index));
    }
    return traces;
  }
  static void Live(World& world) {
    pb::CreateAccountRequest in = Registration("acc-1", kNumber, "Добрыня", "Закатаев");
    in.set_verified_phone(PhoneNumber(kNumber));
    in.set_verified_email("dobrynya@example.org");
    ASSERT_THAT(world.handlers().accounts.CreateAccount(world.Idp(), in), IsOk());
    ASSERT_THAT(world.Confirm("acc-1", kNumber), IsOk());
    ASSERT_THAT(world.SetPassword("acc-1", "", World::kGood), IsOk());
    // Others stay, so that files do, too.
    for (int n = 1; n < 20; ++n) ASSERT_THAT(world.Citizen(absl::StrCat("other-", n), n), IsOk());
  }
  // As far as the clock brings it: the kept answers go, the purges run.
  static void LetFourDaysPass(World& world) {
    for (int day = 0; day < 4; ++day) {
      world.clock().Advance(absl::Hours(24));
      std::string cursor;
      ASSERT_THAT(world.once().Sweep(world.now(), 100000, cursor), IsOk());
      world.Settle();
      world.Settle();  // what the timers have enqueued
    }
  }

  const fs::path root_ = fs::path(::testing::TempDir()) / absl::StrCat("erasure-", getpid());
};

TEST_F(OnDisk, TheFilesHoldNoPersonalDatumInTheClear) {
  World world(Open("data"), Open("keys"));
  Live(world);
  const std::string bytes = BytesOf(root_);
  ASSERT_TRUE(absl::StrContains(bytes, "acc-1"));
  for (const char* datum : {"Добрыня", "Закатаев", "dobrynya", "ОВД", "argon2", "7!wQz2"})
    EXPECT_FALSE(absl::StrContains(bytes, datum)) << datum;
  EXPECT_FALSE(absl::StrContains(bytes, PhoneNumber(kNumber).substr(2)));
  EXPECT_FALSE(absl::StrContains(bytes, SnilsNumber(kNumber)));
}

TEST_F(OnDisk, ErasedPeopleLeaveNoTraceInTheFiles) {
  World world(Open("data"), Open("keys"));
  Live(world);
  const std::vector<std::string> traces = Traces(world, kNumber);
  size_t found = 0;
  for (const std::string& trace : traces) found += absl::StrContains(BytesOf(root_), trace) ? 1 : 0;
  ASSERT_EQ(found, 4U);  // the indexes: the search is able to find them

  ASSERT_THAT(world.Delete(world.Operator(), "acc-1"), IsOk());
  LetFourDaysPass(world);
  const std::string bytes = BytesOf(root_);
  for (const std::string& trace : traces)
    EXPECT_FALSE(absl::StrContains(bytes, trace)) << absl::CHexEscape(trace);
  // The others are all there.
  EXPECT_EQ(world.Get("other-7")->person().first_name(), "Иван");
  EXPECT_TRUE(absl::StrContains(bytes, Needle(world.vault().PhoneIndexes(PhoneNumber(7)).front())));
}

TEST_F(OnDisk, ErasedPeopleLeaveNoTraceInTheCopiesBeside) {
  World world(Open("data"), Open("keys"));
  rpc::Backups backups(world.database(), (root_ / "data-backups").string(),
                       {{&world.key_store(), (root_ / "keys-backups").string()}});
  Live(world);
  ASSERT_THAT(backups.Make(world.now()), IsOk());
  const std::vector<std::string> traces = Traces(world, kNumber);
  ASSERT_THAT(world.Delete(world.Operator(), "acc-1"), IsOk());
  LetFourDaysPass(world);
  size_t found = 0;
  for (const std::string& trace : traces) found += absl::StrContains(BytesOf(root_), trace) ? 1 : 0;
  ASSERT_EQ(found, 4U);  // in the copy

  ASSERT_THAT(PurgeStores(world.database(), world.key_store(), backups, world.now()), IsOk());
  const std::string bytes = BytesOf(root_);
  for (const std::string& trace : traces)
    EXPECT_FALSE(absl::StrContains(bytes, trace)) << absl::CHexEscape(trace);
  ASSERT_OK_AND_ASSIGN(const std::vector<rpc::Backups::Entry> left, backups.List("", 10));
  ASSERT_EQ(left.size(), 1U);  // the new one, which holds the others
  EXPECT_TRUE(absl::StrContains(BytesOf(root_ / "data-backups"),
                                Needle(world.vault().PhoneIndexes(PhoneNumber(7)).front())));
}

TEST_F(OnDisk, APurgeMakesNoCopyWhereThereWasNone) {
  World world(Open("data"), Open("keys"));
  rpc::Backups backups(world.database(), (root_ / "data-backups").string());
  ASSERT_THAT(PurgeStores(world.database(), world.key_store(), backups, world.now()), IsOk());
  EXPECT_TRUE(backups.List("", 10)->empty());
}

}  // namespace
}  // namespace tc::identity
