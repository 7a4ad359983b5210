#pragma once

// StringBody: the bytes of a request without a connection.

#include <google/protobuf/message.h>

#include <algorithm>
#include <string>
#include <utility>

#include "common/rpc/body.h"

namespace tc::testing {

class StringBody final : public rpc::Body {
 public:
  explicit StringBody(std::string bytes) : bytes_(std::move(bytes)) {}

  size_t size() const override { return bytes_.size(); }
  bool ParseInto(google::protobuf::Message& request) override {
    read_ = true;
    return request.ParseFromString(bytes_);
  }
  void Drop(bool wipe) override {
    if (wipe) std::fill(bytes_.begin(), bytes_.end(), '\0');
    dropped_ = true;
  }

  const std::string& bytes() const { return bytes_; }
  bool read() const { return read_; }
  bool dropped() const { return dropped_; }

 private:
  std::string bytes_;
  bool read_ = false;
  bool dropped_ = false;
};

}  // namespace tc::testing
