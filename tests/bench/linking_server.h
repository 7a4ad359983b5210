#pragma once

// The real handlers, store and gate of the linking service, with an identity service in the same process that
// says yes to everything: so AcceptInvitation is measured without the cost of its three questions over the
// wire.

#include <string>

namespace tc::bench {

// Serves until SIGTERM; the store is in `data`, `jwks` verifies assertions. Returns main's exit code.
int ServeLinking(const std::string& listen, const std::string& data, const std::string& jwks);

// Whom the phone belongs to in that identity service: "c" and its last seven digits.
std::string OwnerOf(const std::string& phone);

}  // namespace tc::bench
