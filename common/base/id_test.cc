#include "common/base/id.h"

#include "common/testing/status.h"

namespace tc {
namespace {

using testing::Violates;

TEST(Id, ReadsAResourceNameOfItsOwnCollection) {
  ASSERT_OK_AND_ASSIGN(const AccountId id, AccountId::ParseName("accounts/a-1_B"));
  EXPECT_EQ(id.text(), "a-1_B");
  EXPECT_EQ(id.Name(), "accounts/a-1_B");
}

TEST(Id, RefusesForeignCollectionsAndForgedSeparators) {
  for (const char* name :
       {"links/a", "accounts/", "accounts/a/b", "accounts/a b", "accounts/\xc3\x28", "accounts", ""}) {
    EXPECT_THAT(AccountId::ParseName(name), Violates("NAME_INVALID")) << name;
  }
}

TEST(Id, HasAtMost64Characters) {
  EXPECT_TRUE(AccountId::Parse(std::string(64, 'a')).ok());
  EXPECT_THAT(AccountId::Parse(std::string(65, 'a')), Violates("ID_INVALID"));
}

}  // namespace
}  // namespace tc
