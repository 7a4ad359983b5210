#pragma once

// Await: the answer of a handler that answers later.

#include <future>

#include "absl/status/statusor.h"
#include "common/rpc/answer.h"
#include "common/rpc/call.h"

namespace tc::testing {

template <typename Object, typename Request, typename Response>
absl::StatusOr<Response> Await(Object& object,
                               void (Object::*handler)(const rpc::Call&, const Request&,
                                                       rpc::Answer<Response>),
                               const rpc::Call& call, const Request& request) {
  std::promise<absl::StatusOr<Response>> given;
  (object.*handler)(call, request, rpc::Answer<Response>([&given](absl::StatusOr<Response> a) {
                      given.set_value(std::move(a));
                    }));
  return given.get_future().get();
}

}  // namespace tc::testing
