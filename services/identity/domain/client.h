#pragma once

// Where a person sat, as the portal told, and why an officer acted. For the owner's journal; never trusted
// for more. Values.

#include <string>

namespace tc::identity {

struct ClientPlace {
  std::string address;
  std::string device;
  std::string user_agent;
  std::string place;
  bool empty() const { return address.empty() && device.empty() && user_agent.empty() && place.empty(); }
  friend bool operator==(const ClientPlace&, const ClientPlace&) = default;
};

// Of that what otp's limits on codes need, for one request; nothing of it is kept. Any of it may be empty.
struct CodeClient {
  std::string address;
  std::string device;
  bool challenge_passed = false;  // the portal has made sure that a human sits there
  friend bool operator==(const CodeClient&, const CodeClient&) = default;
};

struct Circumstances {
  ClientPlace client;
  std::string reason;  // an officer's words; may tell of a person
  bool empty() const { return client.empty() && reason.empty(); }
  friend bool operator==(const Circumstances&, const Circumstances&) = default;
};

}  // namespace tc::identity
