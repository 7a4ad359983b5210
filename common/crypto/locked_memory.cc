#include "common/crypto/locked_memory.h"

#include <sodium.h>

#include "common/crypto/openssl.h"

namespace tc::crypto {

LockedMemory::LockedMemory(size_t size) {
  static const bool ready = sodium_init() >= 0;
  Must(ready);
  bytes_.reset(static_cast<char*>(sodium_malloc(size)));
  Must(bytes_ != nullptr);
  // sodium_malloc has tried to lock it, and does not say with what success.
  locked_ = sodium_mlock(bytes_.get(), size) == 0;
}

void LockedMemory::Protect() { Must(sodium_mprotect_readonly(bytes_.get()) == 0); }

void LockedMemory::Free::operator()(char* bytes) const { sodium_free(bytes); }

}  // namespace tc::crypto
