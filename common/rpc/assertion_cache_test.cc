#include "common/rpc/assertion_cache.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "common/testing/fakes.h"

namespace tc::rpc {
namespace {

using testing::Noon;

std::shared_ptr<const crypto::Claims> Until(absl::Time expires_at) {
  crypto::Claims claims;
  claims.subject = "alice";
  claims.expires_at = expires_at;
  return std::make_shared<const crypto::Claims>(claims);
}

TEST(AssertionCache, RemembersUntilTheAssertionExpires) {
  AssertionCache cache;
  cache.Keep("digest", Until(Noon() + absl::Seconds(60)));
  EXPECT_EQ(cache.Find("digest", Noon() + absl::Seconds(59))->subject, "alice");
  EXPECT_EQ(cache.Find("other", Noon()), nullptr);
  EXPECT_EQ(cache.Find("digest", Noon() + absl::Seconds(60)), nullptr);
  EXPECT_EQ(cache.size(), 0u);
}

TEST(AssertionCache, KeepsNothingWithoutAnExpiry) {
  AssertionCache cache;
  cache.Keep("digest", std::make_shared<const crypto::Claims>());
  EXPECT_EQ(cache.size(), 0u);
}

TEST(AssertionCache, NeverHoldsMoreThanItsCapacity) {
  AssertionCache cache(10);
  for (int i = 0; i < 100; ++i) {
    cache.Keep(absl::StrCat(i), Until(Noon() + absl::Seconds(60)));
    EXPECT_LE(cache.size(), 10u);
    EXPECT_NE(cache.Find(absl::StrCat(i), Noon()), nullptr);
  }
}

TEST(AssertionCache, GivesUpThoseThatWereNotUsedForLongest) {
  AssertionCache cache(4);
  const auto claims = Until(Noon() + absl::Seconds(60));
  for (const char* digest : {"a", "b", "c", "d"}) cache.Keep(digest, claims);
  EXPECT_NE(cache.Find("a", Noon()), nullptr);
  cache.Keep("e", claims);
  EXPECT_NE(cache.Find("a", Noon()), nullptr);
  EXPECT_EQ(cache.Find("b", Noon()), nullptr);
  EXPECT_NE(cache.Find("e", Noon()), nullptr);
}

TEST(AssertionCache, ForgetsAnOldOneThatHasExpired) {
  AssertionCache cache(4);
  cache.Keep("short", Until(Noon() + absl::Seconds(1)));
  for (const char* digest : {"b", "c"}) cache.Keep(digest, Until(Noon() + absl::Seconds(60)));
  EXPECT_EQ(cache.Find("short", Noon() + absl::Seconds(1)), nullptr);
  EXPECT_EQ(cache.size(), 2u);
}

}  // namespace
}  // namespace tc::rpc
