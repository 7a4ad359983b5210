#pragma once

// What every fuzz target is made of. A target x_fuzz.cc defines LLVMFuzzerTestOneInput and Seeds(); what it
// promises of every input is said with Require. Not thread-safe, as libFuzzer runs one input after the other.

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace tc::fuzz {

// The inputs to begin with: good ones, so that a search starts inside the grammar. Every replay runs them,
// too, made anew, so that a change of a format leaves no target without good inputs. Defined by each target.
std::vector<std::string> Seeds();

// Aborts, which is how a target tells of a defect, unless `holds`; `promise` says what should have been true.
inline void Require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "broken promise: %s\n", promise);
  std::abort();
}

// Reads an input from its front. Short inputs read as zeros and empty texts, so that every input means
// something.
class Input {
 public:
  Input(const uint8_t* data, size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

  uint8_t Byte() {
    if (rest_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  // 0 to n − 1.
  size_t Choose(size_t n) { return Byte() % n; }
  template <typename T>
  const T& Of(const std::vector<T>& values) {
    return values[Choose(values.size())];
  }
  bool Flag() { return (Byte() & 1) != 0; }
  uint64_t Number() {
    uint64_t number = 0;
    for (int i = 0; i < 8; ++i) number = number << 8 | Byte();
    return number;
  }
  // A text behind its length in one byte.
  absl::string_view Text() {
    const size_t size = Byte();
    const absl::string_view text = rest_.substr(0, size);
    rest_.remove_prefix(text.size());
    return text;
  }
  // All that is left.
  absl::string_view Rest() {
    const absl::string_view rest = rest_;
    rest_ = absl::string_view();
    return rest;
  }
  bool done() const { return rest_.empty(); }

 private:
  absl::string_view rest_;
};

// The other way round, for seeds.
inline std::string Byte(size_t value) { return std::string(1, static_cast<char>(value)); }
inline std::string Text(absl::string_view text) {
  return Byte(text.size() & 0xff) + std::string(text.substr(0, text.size() & 0xff));
}
inline std::string Number(uint64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(number >> shift));
  return bytes;
}

// Whether a parser may say this of its input: no INTERNAL, no UNKNOWN, which would mean that it did not know
// what happened.
inline bool IsRefusal(const absl::Status& status) {
  return !status.ok() && status.code() != absl::StatusCode::kInternal &&
         status.code() != absl::StatusCode::kUnknown && !status.message().empty();
}

}  // namespace tc::fuzz
