#pragma once

// Secret: bytes that must not be printed, logged or compared in variable time: codes, passwords, grants,
// keys. Wiped on destruction. Reveal() is the one way out, and a word to grep for in review.

#include <string>

#include "absl/strings/string_view.h"

namespace tc {

class Secret {
 public:
  Secret() = default;
  explicit Secret(absl::string_view bytes) : bytes_(bytes.data(), bytes.size()) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret();

  absl::string_view Reveal() const { return bytes_; }
  bool empty() const { return bytes_.empty(); }

  // Constant time for equal lengths.
  friend bool operator==(const Secret& a, const Secret& b);
  // A secret must not reach a stream or a StrCat.
  template <typename Stream>
  friend Stream& operator<<(Stream&, const Secret&) = delete;

 private:
  void Wipe();
  std::string bytes_;
};

}  // namespace tc
