#pragma once

// Line: one connection over which bytes are sent as a call's request, whatever they are, with whatever
// metadata; and the whole answer as the caller sees it. Thread-safe.

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace tc::e2e {

using Metadata = std::vector<std::pair<std::string, std::string>>;

struct RawCall {
  std::string path;
  std::string body;
  Metadata metadata;
  absl::Duration deadline = absl::Seconds(20);
  bool gzip = false;
};

struct RawAnswer {
  grpc::Status status;
  std::string body;

  grpc::StatusCode code() const { return status.error_code(); }
  std::string Reason() const;  // ErrorInfo's; empty: the library itself has refused
  std::string Brief() const;   // "NOT_FOUND NOT_FOUND", for messages of tests
  // Everything that the caller is told: code, sentence, details, answer. The id of the call in details and
  // metadata is left out, since it differs in every call.
  std::string AllThatIsTold() const;
};

class Line {
 public:
  explicit Line(std::shared_ptr<grpc::Channel> channel, int at_once = 48);
  ~Line() { Wait(); }

  RawAnswer Ask(const RawCall& call);
  // Sends and returns, as soon as fewer than `at_once` are under way; `done` is called on gRPC's thread.
  void Send(const RawCall& call, std::function<void(const RawAnswer&)> done);
  // Until none is under way.
  void Wait();

 private:
  grpc::GenericStub stub_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int free_;
  const int at_once_;
};

std::string CodeText(grpc::StatusCode code);  // "NOT_FOUND"

}  // namespace tc::e2e
