#pragma once

// SmtpProvider: hands e-mail to a relay, one connection a message. TLS always: smtps://, or smtp:// with
// STARTTLS, which is then demanded and not merely tried; without it only to this machine and where the
// configuration says so.
//
// The relay's reply decides: 4xx not now, 5xx refused. What concerns our account or the connection is not now
// (530, 534, 535, 538; no STARTTLS). A connection that breaks once the relay has asked for the text (354):
// nobody knows. Relays do not tell repetitions apart.

#include <memory>
#include <string>

#include "common/base/secret.h"
#include "services/otp/outbound/config.h"
#include "services/otp/outbound/curl.h"
#include "services/otp/outbound/endpoint.h"
#include "services/otp/outbound/provider.h"

namespace tc::otp {

struct SmtpOptions {
  std::string url;   // "smtps://mail.example:465"
  std::string from;  // plain mailbox
  std::string user;  // empty: no AUTH
  Secret password;
  bool tls = true;
  // Greeting, STARTTLS and AUTH count as connecting, and relays greet slowly on purpose.
  TransportOptions transport = {.connect_timeout = absl::Seconds(10)};
};

// Keys: url, from, user, password_file, tls ("required", "none"), ca_file. Mistakes are noted in `config`.
SmtpOptions ReadSmtp(ConfigObject& config, const Hosts& allowed);

std::unique_ptr<Provider> MakeSmtp(ProviderInfo info, SmtpOptions options);

}  // namespace tc::otp
