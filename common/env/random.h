#pragma once

// Random: the only door to randomness. Handlers draw bytes here and pass values to the domain. Thread-safe.

#include <cstddef>
#include <cstdint>
#include <string>

namespace tc {

class Random {
 public:
  virtual ~Random() = default;
  virtual std::string Bytes(size_t n) = 0;

  // n digits, uniform, leading zeros possible (OTP-01, OTP-02: rejection sampling, no modulo bias).
  std::string Digits(size_t n);
  // 256 bits as 43 characters of base64url: a capability (LNK-10, D2).
  std::string Token();
  // 128 bits as 22 characters of base64url: a resource id.
  std::string ShortId();
  // RFC 9562 version 4.
  std::string Uuid();
};

// The operating system's CSPRNG. Aborts when it fails: there is no safe way on without it.
class SystemRandom final : public Random {
 public:
  std::string Bytes(size_t n) override;
};

}  // namespace tc
