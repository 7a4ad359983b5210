#pragma once

// Spool: the messages that the development suite would have sent, one JSON file each. A file once seen is not
// read again. Waits by looking again. Thread-safe.

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace tc::dev {

struct Message {
  absl::Time at;        // when it was spooled
  std::string channel;  // "sms"
  std::string to;       // "+79161234567"
  std::string text;
  std::string code;  // CodeOf(text)
};

// The code in a message's last line "@host #code", or at the head of a mail, "Code 123456: …"; else nothing.
std::string CodeOf(absl::string_view text);

class Spool {
 public:
  explicit Spool(std::string dir);

  // Oldest first; `address` empty: everybody's.
  std::vector<Message> Inbox(absl::string_view address) const;
  // The newest message after the first `seen`; waits until there is one. DEADLINE_EXCEEDED when none comes.
  absl::StatusOr<Message> AwaitMessage(absl::string_view address, size_t seen,
                                       absl::Duration patience = absl::Seconds(15)) const;
  // The code of the newest message with a code after the first `seen`; waits until there is one.
  // DEADLINE_EXCEEDED when none comes.
  absl::StatusOr<std::string> AwaitCode(absl::string_view address, size_t seen,
                                        absl::Duration patience = absl::Seconds(15)) const;

 private:
  struct State;
  absl::StatusOr<Message> Await(absl::string_view address, size_t seen, absl::Duration patience,
                                bool with_code) const;

  std::shared_ptr<State> state_;
};

}  // namespace tc::dev
