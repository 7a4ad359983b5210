#pragma once

// Calls as the gate would admit them: As("alice") is a portal with alice signed in now;
// FromService("recovery") is a peer. Each has a request id of its own; copy a call to send it again.

#include <atomic>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "common/rpc/call.h"
#include "common/testing/fakes.h"

namespace tc::testing {

inline rpc::Call AnyCall(absl::Time now = Noon()) {
  static std::atomic<uint64_t> counter{0};
  const uint64_t n = ++counter;
  rpc::Call call;
  call.id = absl::StrCat("call-", n);
  call.method = "test/Method";
  call.now = now;
  call.deadline = now + absl::Seconds(5);
  call.request_id = absl::StrFormat("00000000-0000-4000-8000-%012x", n);
  call.fingerprint = absl::StrCat("fingerprint-", n);
  return call;
}

inline rpc::Call FromPeer(rpc::Role role, std::string name, absl::Time now = Noon()) {
  rpc::Call call = AnyCall(now);
  call.peer = {role, std::move(name)};
  return call;
}

inline rpc::Call FromService(std::string name, absl::Time now = Noon()) {
  return FromPeer(rpc::Role::kService, std::move(name), now);
}

// A portal, with nobody signed in.
inline rpc::Call FromPortal(absl::Time now = Noon()) { return FromPeer(rpc::Role::kPortal, "portal", now); }

// A portal, with this account signed in at `now`.
inline rpc::Call As(std::string account, absl::Time now = Noon()) {
  rpc::Call call = FromPortal(now);
  rpc::Person person;
  person.account = AccountId::FromTrusted(std::move(account));
  person.auth_time = now;
  person.session = "session";
  person.methods = {"pwd", "otp"};
  call.person = person;
  return call;
}

}  // namespace tc::testing
