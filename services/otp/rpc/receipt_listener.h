#pragma once

// ReceiptListener: the HTTP server to which providers report what became of a message (SND-15). It knows
// addresses and limits; whether a report is authentic and what it changes, `take` decides. Neither a slow nor
// a dishonest caller costs more than one of its connections for one request's time.
//
//   204  taken, or nothing to change     400  not to be understood        413  more than 16 KiB
//   404  no such address (all alike)     401  signature missing or wrong  405  neither GET nor POST
//   503  the store cannot take it now; with Retry-After
//
// Answers have no body. Nothing of a request is logged.

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "services/otp/outbound/provider.h"

namespace tc::otp {

struct ReceiptListenerOptions {
  std::string listen;       // "127.0.0.1:7404", "[::]:7404"; port 0 takes a free one
  std::string url;          // how providers reach it, "https://otp.example"; empty: http(s)://address()
  std::string certificate;  // PEM file of the chain; with private_key: TLS 1.3 only
  std::string private_key;  // PEM file
  bool allow_tls12 = false;
  absl::Duration request_time = absl::Seconds(15);  // a connection without a whole request in it is closed
  unsigned connections = 64;                        // further ones wait
  unsigned threads = 2;
};

// The provider's name, the token, the request. OK: taken, or nothing to change; NOT_FOUND, UNAUTHENTICATED,
// INVALID_ARGUMENT; anything else: not now. Called by several threads.
using TakeReceiptCall =
    std::function<absl::Status(absl::string_view provider, absl::string_view token, const ReceiptCall& call)>;

class ReceiptListener {
 public:
  // Listens from now on. FAILED_PRECONDITION naming the file or the address that cannot be used.
  static absl::StatusOr<std::unique_ptr<ReceiptListener>> Start(const ReceiptListenerOptions& options,
                                                                TakeReceiptCall take);
  // Takes no connection any more, and waits a moment for requests that have begun.
  virtual ~ReceiptListener() = default;
  // With the real port.
  virtual const std::string& address() const = 0;
  // What stands before kReceiptsPath in the addresses that providers are given.
  virtual const std::string& url() const = 0;
};

}  // namespace tc::otp
