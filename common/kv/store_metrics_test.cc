#include "common/kv/store_metrics.h"

#include "common/kv/conformance.h"
#include "common/kv/rocks_database.h"

namespace tc::kv {
namespace {

using ::testing::HasSubstr;

TEST(StoreMetrics, TellAFurtherStoreFromTheMainOne) {
  const TempDir dir;
  const auto main = *OpenRocks(dir / "main");
  const auto further = *OpenRocks(dir / "further", {.name = "metrics-test"});
  const auto emit = [](Txn& txn) { return txn.Emit({.type = "MetricsTest", .at = testing::Noon()}); };
  ASSERT_THAT(further->Update(emit), testing::IsOk());
  for (int i = 0; i < 2; ++i) ASSERT_THAT(main->Update(emit), testing::IsOk());
  const std::string page = obs::RenderMetrics();
  EXPECT_THAT(page, HasSubstr("tc_store_commits_total{store=\"metrics-test\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("tc_store_syncs_total{store=\"metrics-test\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("tc_events_total{store=\"metrics-test\",type=\"MetricsTest\"} 1\n"));
  EXPECT_THAT(page, HasSubstr("tc_events_total{type=\"MetricsTest\"} 2\n"));
}

}  // namespace
}  // namespace tc::kv
