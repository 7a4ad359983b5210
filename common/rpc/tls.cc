#include "common/rpc/tls.h"

#include <cstdlib>
#include <string>

#include "common/rpc/credentials.h"

namespace tc::rpc {
namespace {

constexpr char kVariable[] = "GRPC_SSL_CIPHER_SUITES";
bool other_ciphers_were_given = false;

}  // namespace

void RestrictTls() {
  const char* const given = std::getenv(kVariable);
  if (given != nullptr && std::string(given) != kTls13Only) other_ciphers_were_given = true;
  setenv(kVariable, kTls13Only, /*overwrite=*/1);
}

bool OtherCiphersWereGiven() { return other_ciphers_were_given; }

}  // namespace tc::rpc
