#pragma once

// Requests that are right in form, made from the descriptors, and the places in them.

#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/id_fields.h"
#include "tests/e2e/methods.h"

namespace tc::e2e {

// Calls `visit` for every field of requests of this type, with its path; those of messages in messages too.
void VisitFields(
    const google::protobuf::Descriptor& type,
    const std::function<void(const std::string& path, const google::protobuf::FieldDescriptor&)>& visit);

// Strings and bytes that are neither in IdFields nor known to be text: somebody must say what they are.
std::vector<std::string> UndescribedStrings();

// The request_id of every sample.
inline constexpr char kSampleRequestId[] = "01234567-89ab-4cde-8f01-23456789abcd";

// A request that no parser refuses, which names absent things.
std::unique_ptr<google::protobuf::Message> SampleRequest(const google::protobuf::MethodDescriptor& method);

// Sets the string at `path` ("account.name"), the first element where the path leads through a list.
void SetString(google::protobuf::Message& message, const std::string& path, const std::string& value);
// The message that holds the last field of `path`, made where it is missing, and that field.
struct Place {
  google::protobuf::Message* message;
  const google::protobuf::FieldDescriptor* field;
};
Place PlaceOf(google::protobuf::Message& message, const std::string& path);

}  // namespace tc::e2e
