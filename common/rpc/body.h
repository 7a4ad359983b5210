#pragma once

// Body: the bytes of a request as they came. The gate reads them when it knows that the caller may ask, and
// not before: parsers are where attackers begin. Not thread-safe.

#include <cstddef>

namespace google::protobuf {
class Message;
}

namespace tc::rpc {

class Body {
 public:
  virtual ~Body() = default;

  virtual size_t size() const = 0;
  // False when the bytes are no message of this type.
  virtual bool ParseInto(google::protobuf::Message& request) = 0;
  // Frees the bytes, overwritten before when `wipe`. A second call does nothing.
  virtual void Drop(bool wipe) = 0;
};

}  // namespace tc::rpc
