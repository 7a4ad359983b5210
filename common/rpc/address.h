#pragma once

// Addresses as gRPC writes them: where a server listens and whom it sees. Pure functions.

#include "absl/strings/string_view.h"

namespace tc::rpc {

// "127.0.0.1:7102", "localhost:7102", "[::1]:7102", "unix:/run/tc.sock": reachable from this machine only.
bool ListensLocally(absl::string_view listen);

// "ipv4:127.0.0.1:4242", "ipv6:%5B::1%5D:4242", "unix:": a caller on this machine.
bool CallsLocally(absl::string_view peer);

}  // namespace tc::rpc
