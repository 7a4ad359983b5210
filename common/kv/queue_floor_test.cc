#include "common/kv/queue_floor.h"

#include <gmock/gmock.h>

#include "common/testing/status.h"

namespace tc::kv {
namespace {

using testing::HasCode;
using testing::IsOk;

// One scan that leaves `next`; returns where it was told to begin.
std::string ScanLeaving(QueueFloor& floor, const std::string& next) {
  std::string begun = "not called";
  EXPECT_THAT(floor.Scan([&](const std::string& begin) -> absl::StatusOr<std::string> {
    begun = begin;
    return next;
  }),
              IsOk());
  return begun;
}

TEST(QueueFloor, BeginsAtTheVeryBeginningSinceTheStoreMayHoldAnything) {
  QueueFloor floor;
  floor.Lower("m");
  EXPECT_EQ(ScanLeaving(floor, "b"), "");
}

TEST(QueueFloor, GoesOnWhereTheLastScanSawTheFirstRow) {
  QueueFloor floor;
  ScanLeaving(floor, "b");
  EXPECT_EQ(ScanLeaving(floor, "d"), "b");
  EXPECT_EQ(ScanLeaving(floor, "d"), "d");
}

TEST(QueueFloor, GoesBackToARowThatCameBeforeIt) {
  QueueFloor floor;
  ScanLeaving(floor, "m");
  floor.Lower("c");
  floor.Lower("x");
  EXPECT_EQ(ScanLeaving(floor, "m"), "c");
}

TEST(QueueFloor, ForgetsNoRowThatIsCommittedDuringAScan) {
  QueueFloor floor;
  ScanLeaving(floor, "m");
  EXPECT_THAT(floor.Scan([&](const std::string&) -> absl::StatusOr<std::string> {
    floor.Lower("n");  // after the scan's snapshot
    return "z";
  }),
              IsOk());
  EXPECT_EQ(ScanLeaving(floor, "z"), "n");
}

TEST(QueueFloor, BeginsAgainWhereAScanHasFailed) {
  QueueFloor floor;
  ScanLeaving(floor, "m");
  EXPECT_THAT(floor.Scan([](const std::string&) { return absl::UnavailableError("no disk"); }),
              HasCode(absl::StatusCode::kUnavailable));
  EXPECT_EQ(ScanLeaving(floor, "z"), "m");
}

}  // namespace
}  // namespace tc::kv
