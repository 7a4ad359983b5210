#include "common/kv/table.h"

#include "common/kv/conformance.h"

namespace tc::kv {

struct Pet {
  std::string name;
};

template <>
struct Codec<Pet> {
  static std::string Encode(const Pet& pet) { return "pet:" + pet.name; }
  static absl::StatusOr<Pet> Decode(absl::string_view bytes) {
    if (bytes.substr(0, 4) != "pet:") return absl::DataLossError("no pet");
    return Pet{std::string(bytes.substr(4))};
  }
};

namespace {

using testing::HasCode;
using testing::IsOk;

const Table<Pet> kPets{"pet"};
const Table<std::string> kIndex{"pet_by_owner"};

class TableTest : public ConformanceTest {
 protected:
  void SetUp() override { db_ = Fresh(); }
  absl::Status Add(const std::string& owner, const std::string& name) {
    return db_
        ->Update([&](Txn& txn) -> absl::Status {
          return kPets.Insert(txn, kPets.At().Str(owner).Str(name), {name});
        })
        .status();
  }
  absl::StatusOr<std::string> Names(const Key& prefix, const std::string& after = "", size_t limit = 100) {
    std::string names;
    size_t count = 0;
    TRY(db_->View([&](ReadTxn& txn) -> absl::Status {
      return kPets.Scan(txn, prefix, after, [&](absl::string_view, const Pet& pet) {
        names += pet.name;
        return ++count < limit;
      });
    }));
    return names;
  }
  std::unique_ptr<Database> db_;
};
TC_FOR_EVERY_ENGINE(TableTest);

TEST_P(TableTest, FindsWhatWasPut) {
  ASSERT_THAT(Add("alice", "rex"), IsOk());
  EXPECT_THAT(Add("alice", "rex"), HasCode(absl::StatusCode::kAlreadyExists));
  ASSERT_THAT(db_->Update([](Txn& txn) -> absl::Status {
    const Key key = kPets.At().Str("alice").Str("rex");
    EXPECT_EQ(TRY(kPets.Find(txn, key))->name, "rex");
    TRY(kPets.Put(txn, key, {"rexie"}));
    EXPECT_EQ(TRY(kPets.Find(txn, key))->name, "rexie");
    TRY(kPets.Delete(txn, key));
    EXPECT_FALSE(TRY(kPets.Find(txn, key)).has_value());
    TRY(kIndex.Put(txn, kIndex.At().Str("alice"), "rex"));
    EXPECT_EQ(TRY(kIndex.Find(txn, kIndex.At().Str("alice"))).value_or(""), "rex");
    return absl::OkStatus();
  }),
              IsOk());
}

TEST_P(TableTest, TellsUnreadableFromAbsent) {
  const Key key = kPets.At().Str("alice").Str("rex");
  ASSERT_THAT(Put(*db_, key.bytes(), "garbage"), IsOk());
  EXPECT_THAT(db_->View([&](ReadTxn& txn) -> absl::Status { return kPets.Find(txn, key).status(); }),
              HasCode(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Names(kPets.At()), HasCode(absl::StatusCode::kDataLoss));
  EXPECT_THAT(Add("alice", "rex"), HasCode(absl::StatusCode::kAlreadyExists));
}

TEST_P(TableTest, ScansOnlyItsPrefix) {
  for (const auto& [owner, name] : {std::pair{"al", "x"}, {"alice", "b"}, {"alice", "a"}, {"alicea", "y"}}) {
    ASSERT_THAT(Add(owner, name), IsOk());
  }
  ASSERT_OK_AND_ASSIGN(const std::string names, Names(kPets.At().Str("alice")));
  EXPECT_EQ(names, "ab");
}

TEST_P(TableTest, ResumesBehindAKey) {
  for (const char* name : {"a", "b", "c"}) ASSERT_THAT(Add("alice", name), IsOk());
  const Key prefix = kPets.At().Str("alice");
  ASSERT_OK_AND_ASSIGN(const std::string first, Names(prefix, "", 1));
  EXPECT_EQ(first, "a");
  ASSERT_OK_AND_ASSIGN(const std::string rest, Names(prefix, kPets.At().Str("alice").Str("a").bytes()));
  EXPECT_EQ(rest, "bc");
}

}  // namespace
}  // namespace tc::kv
