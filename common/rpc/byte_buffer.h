#pragma once

// Messages in gRPC's own buffers. Include where gRPC is seen only.

#include <google/protobuf/message.h>
#include <grpcpp/support/byte_buffer.h>

#include "common/rpc/body.h"

namespace tc::rpc {

class ByteBufferBody final : public Body {
 public:
  // `bytes` must outlive the body or its Drop, whichever comes first.
  explicit ByteBufferBody(grpc::ByteBuffer& bytes) : bytes_(&bytes) {}

  size_t size() const override;
  bool ParseInto(google::protobuf::Message& request) override;
  void Drop(bool wipe) override;

 private:
  grpc::ByteBuffer* bytes_;  // null: dropped
};

// False when the message cannot be written.
bool Write(const google::protobuf::Message& message, grpc::ByteBuffer& bytes);

}  // namespace tc::rpc
