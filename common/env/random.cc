#include "common/env/random.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace tc {
namespace {

constexpr size_t kAtOnce = 256;  // bytes that getentropy(3) takes in one call

}  // namespace

std::string Random::Digits(size_t n) {
  std::string digits;
  digits.reserve(n);
  while (digits.size() < n) {
    for (const char c : Bytes(n)) {
      const auto byte = static_cast<unsigned char>(c);
      // 250 is the largest multiple of ten in a byte: anything above would favour 0–5.
      if (byte < 250 && digits.size() < n) digits.push_back(static_cast<char>('0' + byte % 10));
    }
  }
  return digits;
}

std::string Random::Token() {
  std::string out;
  absl::WebSafeBase64Escape(Bytes(32), &out);
  return out;
}

std::string Random::ShortId() {
  std::string out;
  absl::WebSafeBase64Escape(Bytes(16), &out);
  return out;
}

std::string Random::Uuid() {
  std::string bytes = Bytes(16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3f) | 0x80);
  const std::string hex = absl::BytesToHexString(bytes);
  const absl::string_view h = hex;
  return absl::StrCat(h.substr(0, 8), "-", h.substr(8, 4), "-", h.substr(12, 4), "-", h.substr(16, 4), "-",
                      h.substr(20));
}

std::string SystemRandom::Bytes(size_t n) {
  std::string bytes(n, '\0');
  // The kernel's generator: one short system call, safe across forks, the same cost on every thread.
  for (size_t done = 0; done < n;) {
    const size_t part = std::min(n - done, kAtOnce);
    if (::getentropy(bytes.data() + done, part) != 0) std::abort();
    done += part;
  }
  return bytes;
}

}  // namespace tc
