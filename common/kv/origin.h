#pragma once

// Origin: on whose behalf a thread changes the store. Whoever lets a call in sets it for as long as the
// handler runs; Update and Submit take over what is set on the thread that calls them, so that the audit log
// can say who did what although the closures run on the writer's thread.

#include <string>

namespace tc::kv {

// Empty: the service itself, such as a timer.
struct Origin {
  std::string call_id = {};  // correlation id, as in the log
  std::string peer = {};     // "portal/gosuslugi-web", from the certificate
  std::string person = {};   // account id of who is signed in; empty: nobody. Personal
};

// Sets the origin of this thread, and puts back the one before when it ends. On the stack of one thread only.
class OriginScope {
 public:
  explicit OriginScope(Origin origin);
  ~OriginScope();
  OriginScope(const OriginScope&) = delete;
  OriginScope& operator=(const OriginScope&) = delete;

 private:
  const Origin origin_;
  const Origin* const before_;
};

// Of this thread. Valid until the innermost scope ends.
const Origin& CurrentOrigin();

}  // namespace tc::kv
