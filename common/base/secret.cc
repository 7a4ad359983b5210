#include "common/base/secret.h"

#include <cstddef>
#include <utility>

namespace tc {

Secret::Secret(Secret&& other) noexcept : bytes_(other.bytes_) { other.Wipe(); }

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    Wipe();
    bytes_ = other.bytes_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    Wipe();
    bytes_ = other.bytes_;
    other.Wipe();
  }
  return *this;
}

Secret::~Secret() { Wipe(); }

void Secret::Wipe() {
  // volatile: the compiler must not drop a store to memory that is about to die.
  volatile char* p = bytes_.data();
  for (size_t i = 0; i < bytes_.size(); ++i) p[i] = 0;
  bytes_.clear();
}

bool operator==(const Secret& a, const Secret& b) {
  if (a.bytes_.size() != b.bytes_.size()) return false;
  unsigned char difference = 0;
  for (size_t i = 0; i < a.bytes_.size(); ++i) {
    difference = static_cast<unsigned char>(
        difference | (static_cast<unsigned char>(a.bytes_[i]) ^ static_cast<unsigned char>(b.bytes_[i])));
  }
  return difference == 0;
}

}  // namespace tc
