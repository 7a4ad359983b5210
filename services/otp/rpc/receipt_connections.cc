#include "services/otp/rpc/receipt_connections.h"

#include <sys/socket.h>

#include <algorithm>

namespace tc::otp {

ReceiptConnections::ReceiptConnections(absl::Duration request_time)
    : request_time_(absl::ToChronoNanoseconds(request_time)),
      cutter_(std::min(request_time / 4, absl::Seconds(1)), [this] {
        CutOff();
        return false;
      }) {}

ReceiptConnections::Time ReceiptConnections::NextEnd() const {
  return std::chrono::steady_clock::now() + request_time_;
}

void ReceiptConnections::Add(const void* who, int socket) {
  const std::lock_guard lock(mutex_);
  connections_[who] = {socket, NextEnd()};
}

void ReceiptConnections::Remove(const void* who) {
  const std::lock_guard lock(mutex_);
  connections_.erase(who);
  if (connections_.empty()) none_.notify_all();
}

void ReceiptConnections::Renew(const void* who) {
  const std::lock_guard lock(mutex_);
  const auto found = connections_.find(who);
  if (found != connections_.end()) found->second.until = NextEnd();
}

void ReceiptConnections::AwaitNone(absl::Duration patience) {
  std::unique_lock lock(mutex_);
  none_.wait_for(lock, absl::ToChronoNanoseconds(patience), [this] { return connections_.empty(); });
}

void ReceiptConnections::CutOff() {
  const std::lock_guard lock(mutex_);
  const Time now = std::chrono::steady_clock::now();
  for (const auto& [who, connection] : connections_) {
    // The server's own thread sees the end and closes it.
    if (now >= connection.until) ::shutdown(connection.socket, SHUT_RDWR);
  }
}

}  // namespace tc::otp
