#pragma once

// The load client: one thread, one connection, a fixed number of calls in flight, requests made beforehand.
// The same for the references and for the services, so that its own cost cancels out in the ratios.

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace tc::bench {

struct Operation {
  grpc::ByteBuffer request;
  std::string authorization;  // empty: Load::authorization
};

struct Load {
  std::string method;  // "/trustedcontact.linking.v1.LinkingService/GetGuard"
  std::string authorization;
  int in_flight = 64;
  absl::Duration warm_up = absl::Milliseconds(30);
  absl::Duration measure = absl::Seconds(2);
  // The i-th call's operation, i from 0; nullptr: there are no more, the measurement ends early.
  std::function<const Operation*(size_t i)> operation;
  // Every answer; may be empty. `i` as above.
  std::function<void(size_t i, const grpc::ByteBuffer& response)> answer;
};

struct Measured {
  double seconds = 0;  // that were timed
  double per_second = 0;
  double p50_us = 0;
  double p99_us = 0;
  double server_cpu_us = 0;  // a call, in user and kernel mode
  size_t calls = 0;          // that were timed
  size_t answered = 0;       // warming up included
  size_t errors = 0;
  std::string first_error;
};

Measured Run(const std::shared_ptr<grpc::Channel>& channel, const Load& load);

// A message as the bytes of a request, and back.
template <typename Message>
grpc::ByteBuffer ToBytes(const Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}
std::string ToText(const grpc::ByteBuffer& buffer);

}  // namespace tc::bench
