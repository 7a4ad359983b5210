// `fuzz_jwt --seeds DIR` writes the target's seeds as files and ends; libFuzzer and replay_main call this
// before anything else.

#include <google/protobuf/stubs/logging.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_format.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  google::protobuf::SetLogHandler(nullptr);  // it tells of every text that is no UTF-8
  if (*argc != 3 || absl::string_view((*argv)[1]) != "--seeds") return 0;
  const std::filesystem::path dir = (*argv)[2];
  std::filesystem::create_directories(dir);
  int number = 0;
  for (const std::string& seed : tc::fuzz::Seeds()) {
    std::ofstream(dir / absl::StrFormat("seed-%03d", ++number), std::ios::binary) << seed;
  }
  std::printf("%d seeds\n", number);
  std::exit(0);
}
