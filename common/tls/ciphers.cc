#include "common/tls/ciphers.h"

#include <cstdlib>
#include <string>

namespace tc::tls {
namespace {

constexpr char kVariable[] = "GRPC_SSL_CIPHER_SUITES";
bool other_ciphers_were_given = false;

}  // namespace

void Restrict() {
  const char* const given = std::getenv(kVariable);
  if (given != nullptr && std::string(given) != kTls13Only) other_ciphers_were_given = true;
  setenv(kVariable, kTls13Only, /*overwrite=*/1);
}

bool OtherCiphersWereGiven() { return other_ciphers_were_given; }

}  // namespace tc::tls
