#include "common/crypto/wipe.h"

#include <openssl/crypto.h>

namespace tc::crypto {

void Wipe(void* bytes, size_t size) { OPENSSL_cleanse(bytes, size); }

void Wipe(std::string& text) { Wipe(text.data(), text.size()); }

}  // namespace tc::crypto
