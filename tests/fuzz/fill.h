#pragma once

// Messages that look like real ones, whatever their type: for seeds. Deterministic.

#include <google/protobuf/message.h>

#include <string>
#include <vector>

namespace tc::fuzz {

// How much of a message is there.
enum class Filling {
  kOne,   // a field of each oneof and of all others one value, as the field's name suggests
  kLast,  // the last field of each oneof, the last value of each enum, two values where they repeat
};

// Nested at most four deep.
void Fill(google::protobuf::Message& message, Filling filling);

// The message filled with kOne but for one number, an enum's or another, which is one that no enum has: each
// in turn, those of its parts, too.
std::vector<std::string> WithOneStrangeNumber(const google::protobuf::Message& prototype);

// The bytes that mean the message, always the same.
std::string BytesOf(const google::protobuf::Message& message);

}  // namespace tc::fuzz
