#pragma once

// ReceiptConnections: who is connected, and until when. A connection that has not brought a whole request in
// its time is cut off, however lively it drips (slow loris): libmicrohttpd's own limit is one of silence.
// Thread-safe.

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>

#include "absl/time/time.h"
#include "common/rpc/repeater.h"

namespace tc::otp {

class ReceiptConnections {
 public:
  // `request_time` is what a request has, the wait for it included.
  explicit ReceiptConnections(absl::Duration request_time);

  // `who` is any address that names the connection; its socket stays open until Remove has returned.
  void Add(const void* who, int socket);
  void Remove(const void* who);
  // A request has been answered: the time for the next one begins.
  void Renew(const void* who);
  // Returns when there are none, or after `patience`.
  void AwaitNone(absl::Duration patience);

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Connection {
    int socket;
    Time until;
  };
  Time NextEnd() const;
  void CutOff();

  const std::chrono::nanoseconds request_time_;
  std::mutex mutex_;
  std::condition_variable none_;
  std::map<const void*, Connection> connections_;
  rpc::Repeater cutter_;
};

}  // namespace tc::otp
