#pragma once

// Answers that came as bytes, as the messages that they are.

#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "tests/e2e/methods.h"
#include "tests/e2e/raw_call.h"

namespace tc::e2e {

inline std::unique_ptr<google::protobuf::Message> ParsedAnswer(const Served& served,
                                                               const RawAnswer& answer) {
  std::unique_ptr<google::protobuf::Message> message(google::protobuf::MessageFactory::generated_factory()
                                                         ->GetPrototype(served.method->output_type())
                                                         ->New());
  EXPECT_TRUE(message->ParseFromString(answer.body)) << served.Label();
  return message;
}

// Takes out of it what an answer says of the moment at which it was given.
inline void ClearTimeOfAnswer(google::protobuf::Message& message) {
  std::vector<const google::protobuf::FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const google::protobuf::FieldDescriptor* field : fields) {
    if (field->name() == "server_time" || field->name() == "next_page_token") {
      message.GetReflection()->ClearField(&message, field);
    } else if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE || field->is_map()) {
      continue;
    } else if (!field->is_repeated()) {
      ClearTimeOfAnswer(*message.GetReflection()->MutableMessage(&message, field));
    } else {
      for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
        ClearTimeOfAnswer(*message.GetReflection()->MutableRepeatedMessage(&message, field, i));
      }
    }
  }
}

}  // namespace tc::e2e
