// Runs a fuzz target once over its seeds and over each file of the directories given:
// `fuzz_jwt tests/fuzz/corpus/jwt`. What the target finds wrong aborts, as it does under the fuzzer. Ends
// with 1 when there is nothing to run: a corpus that got lost must not look like one that passed.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv);
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace {

void Run(const std::string& name, const std::string& bytes) {
  // Said before it runs: whoever reads the log of a crash must know which input it was.
  std::fprintf(stderr, "%s\n", name.c_str());
  LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
}

std::string Content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

}  // namespace

int main(int argc, char** argv) {
  LLVMFuzzerInitialize(&argc, &argv);
  std::vector<std::filesystem::path> inputs;
  for (int i = 1; i < argc; ++i) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      if (entry.is_regular_file()) inputs.push_back(entry.path());
    }
  }
  std::sort(inputs.begin(), inputs.end());
  const std::vector<std::string> seeds = tc::fuzz::Seeds();
  for (size_t i = 0; i < seeds.size(); ++i) Run("seed " + std::to_string(i + 1), seeds[i]);
  for (const std::filesystem::path& input : inputs) Run(input.filename(), Content(input));
  std::printf("%zu seeds and %zu inputs replayed\n", seeds.size(), inputs.size());
  return inputs.empty() || seeds.empty() ? 1 : 0;
}
