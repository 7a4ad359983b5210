// Nothing that tells who somebody is may lie readable on the disk, in an event or in a refusal (CRY-01,
// LOG-02).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "services/identity/rpc/world_testing.h"

namespace tc::identity {
namespace {

using testing::IsOk;

constexpr int kNumber = 739164;  // of the passport, too

// Every key and value of the store.
std::string Dump(World& world) {
  std::string dump;
  EXPECT_THAT(world.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    return txn.Scan("", std::string(8, '\xff'), [&](absl::string_view key, absl::string_view value) {
      absl::StrAppend(&dump, key, "\n", value, "\n");
      return true;
    });
  }),
              IsOk());
  return dump;
}

// One of everything that leaves traces.
void Live(World& world) {
  pb::CreateAccountRequest in = Registration("acc-1", kNumber, "Добрыня", "Закатаев");
  in.mutable_account()->mutable_person()->set_inn("500100732259");
  in.set_verified_phone("+79161112233");
  in.set_verified_email("dobrynya@example.org");
  ASSERT_THAT(world.handlers().accounts.CreateAccount(world.Idp(), in), IsOk());
  ASSERT_THAT(world.Confirm("acc-1", kNumber), IsOk());
  ASSERT_THAT(world.SetPassword("acc-1", "", "Kp7!wQz2"), IsOk());
  ASSERT_THAT(world.SetPassword("acc-1", "Kp7!wQz2", "Tr0ub&dor3"), IsOk());
  ASSERT_THAT(world.Move("acc-1", "+79164445566"), IsOk());
  ASSERT_THAT(world.Bind(world.Centre(), "acc-1", "+79167778899"), IsOk());
  ASSERT_THAT(world.BindEmail("acc-1", "nikitich@example.org"), IsOk());
  world.clock().Advance(absl::Seconds(1));
  ASSERT_THAT(world.Import(world.Post(), "acc-1", "+79165556677"), IsOk());
  for (int i = 0; i < 5; ++i) world.Opens("acc-1", "Guess-4-me!");
  pb::FreezeAccountRequest freeze;
  freeze.set_name("accounts/acc-1");
  freeze.mutable_client()->set_address("192.0.2.77");
  freeze.mutable_client()->set_device("device-of-dobrynya");
  ASSERT_THAT(world.handlers().accounts.FreezeAccount(world.As("acc-1"), freeze), IsOk());
  ASSERT_THAT(world.Block("acc-1"), IsOk());  // the reason names somebody
}

// None so short that random bytes in hexadecimal would hold it by chance.
const std::vector<std::string>& Secrets() {
  static const auto& secrets = *new std::vector<std::string>{
      "Добрыня",      "Закатаев",           "Сергеевич",  "1987-03",    "19870321",   "ОВД",
      "500100732259", SnilsNumber(kNumber), "739164",     "9161112233", "9164445566", "9167778899",
      "dobrynya",     "nikitich",           "9165556677", "letter-7",   "Kp7!wQz2",   "Tr0ub&dor3",
      "Guess-4-me",   "$argon2id$",         "192.0.2.77", "device-of",  "Петрова",    "123456"};
  return secrets;
}

TEST(Store, HoldsNoPersonalDatumInTheClear) {
  World world;
  Live(world);
  const std::string dump = Dump(world);
  ASSERT_TRUE(absl::StrContains(dump, "acc-1"));  // the dump is one
  for (const std::string& secret : Secrets()) EXPECT_FALSE(absl::StrContains(dump, secret)) << secret;
}

TEST(Events, TellNoPersonalDatum) {
  World world;
  Live(world);
  ASSERT_OK_AND_ASSIGN(const std::vector<kv::Event> events, world.database().Changes(0, 0, 1000));
  ASSERT_GE(events.size(), 8U);
  for (const kv::Event& event : events) {
    std::string text = absl::StrCat(event.type, event.resource);
    for (const auto& [key, value] : event.attributes) absl::StrAppend(&text, " ", key, "=", value);
    for (const std::string& secret : Secrets()) EXPECT_FALSE(absl::StrContains(text, secret)) << text;
    EXPECT_EQ(event.attributes.at("account"), "acc-1");
  }
}

TEST(Store, SealsTheSamePersonDifferentlyForEachAccount) {
  World world;
  const Account account = [] {
    Account a;
    a.person.first_name = "Иван";
    return a;
  }();
  for (const char* id : {"a", "b"})
    ASSERT_THAT(world.vault().people().Ensure(AccountId::FromTrusted(id)), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::string one,
                       world.vault().Seal(account.person.first_name, AccountId::FromTrusted("a"), "person"));
  EXPECT_THAT(world.vault().Open(one, AccountId::FromTrusted("a"), "person"), IsOk());
  EXPECT_FALSE(world.vault().Open(one, AccountId::FromTrusted("b"), "person").ok());
  EXPECT_FALSE(world.vault().Open(one, AccountId::FromTrusted("a"), "password").ok());
}

TEST(Indexes, OfEqualValuesInDifferentFieldsDiffer) {
  World world;
  EXPECT_NE(world.vault().PhoneIndexes("1"), world.vault().EmailIndexes("1"));
  EXPECT_NE(world.vault().SnilsIndexes("1"), world.vault().DocumentIndexes("1"));
}

}  // namespace
}  // namespace tc::identity
