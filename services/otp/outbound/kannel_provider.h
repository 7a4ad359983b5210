#pragma once

// KannelProvider: hands SMS to a Kannel gateway's sendsms service over HTTP. All that matters travels in
// headers and body, so that neither the password nor the code stands in a URL.
//
// 202 with "0: Accepted for delivery": taken. With "3: Queued for later delivery" Kannel keeps it for an
// operator who is away: nobody knows whether it will leave in time, DEADLINE_EXCEEDED with QUEUED, so that
// another provider is asked. 401, 403, 404 (our configuration), 408, 429, 5xx: not now. Other 4xx: refused.
// Any other answer is nobody's: DEADLINE_EXCEEDED. Kannel counts a message's life in whole minutes and throws
// it away afterwards; a message with less than one left is not offered: UNAVAILABLE with TOO_LATE. It has no
// means against repetition.
//
// Kannel reports by GET: 1 delivered, 2 failed, 4 waits at the operator's, 8 the operator has it, 16 refused
// by the operator or too old.

#include <memory>

#include "common/base/secret.h"
#include "services/otp/outbound/config.h"
#include "services/otp/outbound/curl.h"
#include "services/otp/outbound/endpoint.h"
#include "services/otp/outbound/provider.h"

namespace tc::otp {

struct KannelOptions {
  std::string url;  // "http://127.0.0.1:13013/cgi-bin/sendsms"
  std::string username;
  Secret password;
  std::string sender;   // number or name that the receiver sees
  std::string smsc_id;  // the connection that is to carry it; empty: Kannel chooses
  TransportOptions transport;
};

// Keys: url, username, password_file, sender, smsc_id, ca_file. Mistakes are noted in `config`.
KannelOptions ReadKannel(ConfigObject& config, const Hosts& allowed);

std::unique_ptr<Provider> MakeKannel(ProviderInfo info, KannelOptions options);

}  // namespace tc::otp
