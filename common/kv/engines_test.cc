// The engines that the conformance suite runs over.

#include "common/kv/conformance.h"

namespace tc::kv {

std::vector<Engine> Engines() { return {{"Rocks", InMemoryForTest, OpenRocksForTest}}; }

}  // namespace tc::kv
