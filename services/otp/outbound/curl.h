#pragma once

// What the clients of libcurl share: handles that free themselves, and the rules of every way out (SND-18):
// the certificate and the host name are verified, TLS 1.2 or newer, no proxy and no password file of the
// environment, one protocol.

#include <curl/curl.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace tc::otp {

struct TransportOptions {
  std::string ca_file = {};  // PEM; empty: the system's
  absl::Duration connect_timeout = absl::Seconds(3);
  absl::Duration timeout = absl::Seconds(10);  // of the whole exchange (SND-12)
};

struct EasyDeleter {
  void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;

struct LinesDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Lines = std::unique_ptr<curl_slist, LinesDeleter>;

void Append(Lines& lines, const std::string& line);

// Null when libcurl cannot start.
Easy NewEasy();

// Forgets the handle's settings, though not its connections, and sets the rules above. `url` must outlive the
// exchange; `protocol` is its scheme; `patience` is at least a millisecond, the shorter of it and
// options.timeout counts.
void Prepare(CURL* curl, const std::string& url, const std::string& protocol, const TransportOptions& options,
             absl::Duration patience);

// What an exchange that failed means. `may_be_taken`: enough of the request had left for the other side to
// act on it; then it is DEADLINE_EXCEEDED with TIMEOUT or BROKEN: nobody knows. UNAVAILABLE otherwise.
absl::Status TransportError(CURLcode code, bool may_be_taken);

}  // namespace tc::otp
