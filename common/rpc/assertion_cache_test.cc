#include "common/rpc/assertion_cache.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "common/testing/fakes.h"

namespace tc::rpc {
namespace {

using testing::Noon;

crypto::Claims Until(absl::Time expires_at) {
  crypto::Claims claims;
  claims.subject = "alice";
  claims.expires_at = expires_at;
  return claims;
}

TEST(AssertionCache, RemembersUntilTheAssertionExpires) {
  AssertionCache cache;
  cache.Keep("digest", Until(Noon() + absl::Seconds(60)), Noon());
  EXPECT_EQ(cache.Find("digest", Noon() + absl::Seconds(59))->subject, "alice");
  EXPECT_EQ(cache.Find("other", Noon()), std::nullopt);
  EXPECT_EQ(cache.Find("digest", Noon() + absl::Seconds(60)), std::nullopt);
  EXPECT_EQ(cache.size(), 0u);
}

TEST(AssertionCache, KeepsNothingWithoutAnExpiry) {
  AssertionCache cache;
  cache.Keep("digest", crypto::Claims{}, Noon());
  EXPECT_EQ(cache.size(), 0u);
}

TEST(AssertionCache, NeverHoldsMoreThanItsCapacity) {
  AssertionCache cache(10);
  for (int i = 0; i < 100; ++i) {
    cache.Keep(absl::StrCat(i), Until(Noon() + absl::Seconds(60)), Noon());
    EXPECT_LE(cache.size(), 10u);
    EXPECT_TRUE(cache.Find(absl::StrCat(i), Noon()).has_value());
  }
}

TEST(AssertionCache, GivesUpExpiredOnesFirst) {
  AssertionCache cache(3);
  cache.Keep("old", Until(Noon() + absl::Seconds(1)), Noon());
  cache.Keep("a", Until(Noon() + absl::Seconds(60)), Noon());
  cache.Keep("b", Until(Noon() + absl::Seconds(60)), Noon());
  cache.Keep("c", Until(Noon() + absl::Seconds(60)), Noon() + absl::Seconds(2));
  EXPECT_TRUE(cache.Find("a", Noon()).has_value());
  EXPECT_TRUE(cache.Find("c", Noon()).has_value());
}

}  // namespace
}  // namespace tc::rpc
