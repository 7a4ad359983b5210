#include "common/rpc/byte_buffer.h"
#include "common/crypto/wipe.h"

#include <grpcpp/impl/codegen/proto_utils.h>
#include <grpcpp/support/proto_buffer_reader.h>
#include <grpcpp/support/proto_buffer_writer.h>

namespace tc::rpc {
namespace {

// The bytes that came over the network lie in memory that the transport has allocated for reading and lent to
// this buffer; no other slice covers them, and the transport does not look at them again. (Of a channel
// within one process they would be the client's own: no server here has one.)
void Overwrite(grpc::ByteBuffer& bytes) {
  grpc::ProtoBufferReader reader(&bytes);
  const void* data = nullptr;
  int size = 0;
  while (reader.Next(&data, &size)) crypto::Wipe(const_cast<void*>(data), static_cast<size_t>(size));
}

}  // namespace

size_t ByteBufferBody::size() const { return bytes_ == nullptr ? 0 : bytes_->Length(); }

bool ByteBufferBody::ParseInto(google::protobuf::Message& request) {
  if (bytes_ == nullptr) return false;
  grpc::ProtoBufferReader reader(bytes_);
  return reader.status().ok() && request.ParseFromZeroCopyStream(&reader);
}

void ByteBufferBody::Drop(bool wipe) {
  if (bytes_ == nullptr) return;
  if (wipe && bytes_->Valid()) Overwrite(*bytes_);
  bytes_->Clear();
  bytes_ = nullptr;
}

bool Write(const google::protobuf::Message& message, grpc::ByteBuffer& bytes) {
  bool own = false;
  return grpc::GenericSerialize<grpc::ProtoBufferWriter, google::protobuf::Message>(message, &bytes, &own)
      .ok();
}

}  // namespace tc::rpc
