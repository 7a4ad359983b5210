#pragma once

// The command line's part about receipts.
//
//   --receipts-listen HOST:PORT   where providers report; absent: nowhere
//   --receipts-url URL            how they reach it; needed where HOST means every address or TLS ends before
//   --receipts-cert, --receipts-key FILE   PEM; without them nothing but a loopback address is served

#include <optional>
#include <string>
#include <vector>

#include "services/otp/rpc/receipt_listener.h"

namespace tc::otp {

struct ReceiptFlags {
  std::string listen = {};
  std::string url = {};
  std::string certificate = {};
  std::string private_key = {};
  bool allow_tls12 = false;
};

// What the listener is to be started with; nullopt without --receipts-listen. Every mistake becomes a
// sentence of `mistakes` that names its flag.
std::optional<ReceiptListenerOptions> ReadReceiptFlags(const ReceiptFlags& flags,
                                                       std::vector<std::string>& mistakes);

}  // namespace tc::otp
