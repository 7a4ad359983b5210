#include "common/base/recent_sign_in.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/refusal.h"
#include "common/testing/status.h"

namespace tc {
namespace {

using testing::IsOk;
using testing::Refused;

TEST(RecentSignIn, CountsUpToTheLastMoment) {
  EXPECT_THAT(RequireRecentSignIn(absl::ZeroDuration(), absl::Seconds(300)), IsOk());
  EXPECT_THAT(RequireRecentSignIn(absl::Seconds(300), absl::Seconds(300)), IsOk());
}

TEST(AnOlderSignIn, IsRefusedWithTheAgeThatWouldDo) {
  const absl::Status old = RequireRecentSignIn(absl::Milliseconds(300001), absl::Seconds(300));
  EXPECT_THAT(old, Refused(absl::StatusCode::kUnauthenticated, Reason::kReauthenticationRequired));
  EXPECT_EQ(MetadataOf(old, "max_age_seconds"), "300");
}

}  // namespace
}  // namespace tc
