#pragma once

// JsonCall: any method of any server, with JSON in and JSON out, by reflection. Not thread-safe.

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace tc::ctl {

struct JsonCall {
  std::shared_ptr<grpc::Channel> channel;
  std::string service;  // full name, or its last part
  std::string method;
  std::string json;           // the request; {} is the empty one
  std::string authorization;  // empty: none
  absl::Duration timeout = absl::Seconds(10);
};

// Sends one request and passes each answer to `print` (one, or as many as a stream brings). A request_id that
// the message has and the JSON lacks is filled in. The error is a refusal with all its details;
// INVALID_ARGUMENT without a reason when the method or the JSON is wrong, and then nothing has been sent.
absl::Status Run(const JsonCall& call, const std::function<void(const std::string& json)>& print);

}  // namespace tc::ctl
