#pragma once

// The providers that the command line names: those of a file (--providers), or a spool (--spool).
//
// The file is JSON with comments:
//
//   {"allowed_hosts": ["127.0.0.1", "api.example.ru"],  // every host that is contacted; no other ever is
//    "providers": [{"name": "operator-a",               // 1 to 32 of a-z 0-9 -, no two the same
//                   "kind": "kannel",                   // or "webhook", "smtp", "spool"
//                   "channels": ["SMS"], …}, …]}        // of SMS, VOICE, EMAIL, PUSH
//
// Within a channel the providers are asked in the file's order. Besides these three, each kind has keys of
// its own:
//
//   kannel   SMS only: url, username, password_file, sender; smsc_id, ca_file
//   smtp     EMAIL only: url, from; user and password_file, tls ("required", or "none" to this machine),
//            ca_file
//   spool    dir; development only
//   webhook  request, and as needed preset, settings, sender, secret_file, ca_file, answer, receipts,
//            repeats_safely; for VOICE asks_for_key or accept_voicemail_risk
//
//   webhook.request   method (POST, PUT), url, headers, json or form, auth {type: none | basic (username) |
//                     bearer | header (header, prefix)}, signature {header, timestamp_header, secret_file}:
//                     HMAC-SHA-256 in hex over "<unix seconds>.<body>"
//   webhook.answer    accepted, retry, refused (lists of statuses and ranges), message (pointer to the
//                     gateway's number), verdict {field, good, reason, retry}
//   webhook.receipts  format (query, form, json), status, delivered, failed, deferred, sequence,
//                     verify {type: none | hmac_sha256 (header, prefix, encoding, secret_file) | twilio}
//
// Texts of a request may have placeholders (webhook_values.h) and the names of its settings; "{{" and "}}"
// are braces. A member or field that is one placeholder without value is left out; validity_seconds and
// validity_minutes alone in a text of the JSON become numbers. Receipts name a field, or in format json a
// pointer (RFC 6901).
//
// A "…_file" names a file of mode 0600 or stricter, read once at start. https:// and TLS only, except http://
// to this machine.

#include <string>

#include "services/otp/outbound/provider.h"

namespace tc::otp {

struct ProviderFlags {
  std::string providers_file = {};  // --providers FILE
  std::string spool_dir = {};       // --spool DIR: everything is spooled
};

// INVALID_ARGUMENT with all mistakes of the file as violations, each naming its place ("providers[1].url");
// or INVALID_ARGUMENT or FAILED_PRECONDITION with a sentence that names the flag. A spool holds codes in
// clear and is refused outside development; a secret's file that others may read is refused (CFG-02).
absl::StatusOr<Providers> OpenProviders(const ProviderFlags& flags, bool development);

}  // namespace tc::otp
