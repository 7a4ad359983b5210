#pragma once

// LockedMemory: a few bytes for keys: never swapped, left out of dumps, between guard pages, read-only once
// filled, wiped when they go (CRY-13). Each takes a page of the limit RLIMIT_MEMLOCK, however small it is.
// Thread-safe after Protect.

#include <cstddef>
#include <memory>

#include "absl/strings/string_view.h"

namespace tc::crypto {

class LockedMemory {
 public:
  explicit LockedMemory(size_t size);

  char* data() { return bytes_.get(); }
  // No more writing: a stray pointer ends the process instead of changing a key.
  void Protect();
  // False when the system did not allow to lock the memory; it is there all the same.
  bool locked() const { return locked_; }

 private:
  struct Free {
    void operator()(char* bytes) const;
  };
  std::unique_ptr<char, Free> bytes_;
  bool locked_ = false;
};

}  // namespace tc::crypto
