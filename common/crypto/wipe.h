#pragma once

// Overwrites what was secret, in a way that the compiler does not leave out. Secret (common/base/secret.h)
// does so by itself; this is for the buffers on the way to and from one.

#include <cstddef>
#include <string>

namespace tc::crypto {

void Wipe(void* bytes, size_t size);
// The characters; the length stays.
void Wipe(std::string& text);

}  // namespace tc::crypto
