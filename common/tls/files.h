#pragma once

#include <string>

namespace tc::tls {

// Paths of PEM files: what this process proves itself with, and whom it believes.
struct Files {
  std::string certificate;  // the chain, own certificate first
  std::string private_key;  // mode 0600
  std::string ca;           // the authorities whose certificates are accepted
  std::string crl = {};     // the certificates that they have revoked; empty: none
};

}  // namespace tc::tls
