#include "common/rpc/page.h"

#include <gtest/gtest.h>

#include "common/testing/fakes.h"
#include "common/testing/status.h"

namespace tc::rpc {
namespace {

using testing::FakeRandom;
using testing::IsOk;
using testing::Refused;
using testing::Violates;

class PagerTest : public ::testing::Test {
 protected:
  Pager MakePager() {
    return Pager(
        *crypto::KeyedHash::Create(crypto::Keyring::ForTest({"page"}, random_), "page", "tc/page/v1"));
  }
  FakeRandom random_;
  Pager pager_ = MakePager();
};

struct Size {
  int32_t asked;
  size_t given;
};
class PageSize : public PagerTest, public ::testing::WithParamInterface<Size> {};

TEST_P(PageSize, IsBounded) {
  ASSERT_OK_AND_ASSIGN(const Page page, pager_.Parse(GetParam().asked, "", "links"));
  EXPECT_EQ(page.size, GetParam().given);
  EXPECT_EQ(page.after, "");
}
INSTANTIATE_TEST_SUITE_P(Pager, PageSize,
                         ::testing::Values(Size{0, 50}, Size{1, 1}, Size{500, 500}, Size{501, 500},
                                           Size{INT32_MAX, 500}));

TEST_F(PagerTest, RefusesANegativeSize) {
  EXPECT_THAT(pager_.Parse(-1, "", "links"), Violates("PAGE_SIZE_NEGATIVE"));
}

TEST_F(PagerTest, GoesOnBehindTheLastKey) {
  const std::string key("\x02link\0\x01\xff", 8);
  ASSERT_OK_AND_ASSIGN(const Page page,
                       pager_.Parse(10, pager_.NextToken(key, "links/alice"), "links/alice"));
  EXPECT_EQ(page.after, key);
  EXPECT_EQ(page.size, 10u);
}

TEST_F(PagerTest, MakesTokensThatNeedNoEscaping) {
  const std::string token = pager_.NextToken(std::string("\0\xff\xfe", 3), "links");
  EXPECT_EQ(token.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
            std::string::npos);
}

const auto kInvalid = Refused(absl::StatusCode::kInvalidArgument, Reason::kPageTokenInvalid);

TEST_F(PagerTest, RefusesATokenOfAnotherList) {
  EXPECT_THAT(pager_.Parse(0, pager_.NextToken("k", "links/alice"), "links/bob"), kInvalid);
}

TEST_F(PagerTest, RefusesATokenOfAnotherKey) {
  const Pager other = MakePager();
  EXPECT_THAT(pager_.Parse(0, other.NextToken("k", "links"), "links"), kInvalid);
}

TEST_F(PagerTest, RefusesAForgedToken) {
  const std::string token = pager_.NextToken("some key", "links");
  for (size_t i = 0; i < token.size(); ++i) {
    std::string forged = token;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    EXPECT_THAT(pager_.Parse(0, forged, "links"), kInvalid) << i;
  }
  for (const std::string& forged :
       {std::string("x"), std::string("!"), token.substr(0, token.size() / 2), token + token}) {
    EXPECT_THAT(pager_.Parse(0, forged, "links"), kInvalid) << forged;
  }
}

// One token, one spelling: what the decoder passes over would make many of each.
TEST_F(PagerTest, RefusesAnotherSpellingOfItsOwnToken) {
  for (const char* key : {"k", "ke", "key"}) {
    const std::string token = pager_.NextToken(key, "links");
    ASSERT_THAT(pager_.Parse(0, token, "links"), IsOk());
    for (const std::string& other : {token + "=", token + "==", " " + token, token + "\n"})
      EXPECT_THAT(pager_.Parse(0, other, "links"), kInvalid) << other;
  }
}

}  // namespace
}  // namespace tc::rpc
