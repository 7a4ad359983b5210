#include "common/rpc/byte_buffer.h"

#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace tc::rpc {
namespace {

using google::protobuf::StringValue;

// The message in `parts` pieces, as a transport may deliver it, over memory that the test keeps.
class Delivered {
 public:
  Delivered(const StringValue& message, size_t parts) : bytes_(message.SerializeAsString()) {
    std::vector<grpc::Slice> slices;
    for (size_t i = 0; i < parts; ++i) {
      const size_t from = bytes_.size() * i / parts;
      const size_t to = bytes_.size() * (i + 1) / parts;
      slices.emplace_back(bytes_.data() + from, to - from, grpc::Slice::STATIC_SLICE);
    }
    buffer_ = grpc::ByteBuffer(slices.data(), slices.size());
  }

  grpc::ByteBuffer& buffer() { return buffer_; }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
  grpc::ByteBuffer buffer_;
};

StringValue Password() {
  StringValue message;
  message.set_value(std::string(1000, 'p'));
  return message;
}

TEST(ByteBufferBody, ReadsAMessageInHoweverManyPieces) {
  for (const size_t parts : {1u, 2u, 7u}) {
    Delivered delivered(Password(), parts);
    ByteBufferBody body(delivered.buffer());
    EXPECT_EQ(body.size(), delivered.bytes().size());
    StringValue read;
    EXPECT_TRUE(body.ParseInto(read));
    EXPECT_EQ(read.value(), Password().value());
  }
}

TEST(ByteBufferBody, OverwritesWhatItDropsWhenToldTo) {
  for (const size_t parts : {1u, 2u, 7u}) {
    Delivered delivered(Password(), parts);
    ByteBufferBody body(delivered.buffer());
    StringValue read;
    ASSERT_TRUE(body.ParseInto(read));
    body.Drop(true);
    EXPECT_EQ(delivered.bytes(), std::string(delivered.bytes().size(), '\0'));
    EXPECT_EQ(read.value(), Password().value()) << "the message is a copy";
    EXPECT_EQ(body.size(), 0u);
    body.Drop(true);
  }
}

TEST(ByteBufferBody, LeavesOtherBytesAsTheyAre) {
  Delivered delivered(Password(), 2);
  ByteBufferBody body(delivered.buffer());
  body.Drop(false);
  EXPECT_EQ(delivered.bytes(), Password().SerializeAsString());
  EXPECT_FALSE(delivered.buffer().Valid());
}

TEST(ByteBufferBody, OfNothingIsNoMessage) {
  grpc::ByteBuffer none;
  ByteBufferBody body(none);
  StringValue read;
  EXPECT_EQ(body.size(), 0u);
  EXPECT_FALSE(body.ParseInto(read));
  body.Drop(true);
}

TEST(Write, GivesTheBytesOfTheMessage) {
  for (const size_t size : {0u, 5u, 20000u}) {
    StringValue message;
    message.set_value(std::string(size, 'a'));
    grpc::ByteBuffer written;
    ASSERT_TRUE(Write(message, written));
    StringValue read;
    EXPECT_TRUE(ByteBufferBody(written).ParseInto(read));
    EXPECT_EQ(read.value(), message.value());
  }
}

}  // namespace
}  // namespace tc::rpc
