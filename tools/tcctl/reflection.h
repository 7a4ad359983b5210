#pragma once

// ReflectedSchema: what a server says about itself over grpc.reflection.v1alpha, as a descriptor pool that
// asks when it must. Not thread-safe.

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tc::ctl {

class ReflectedSchema {
 public:
  explicit ReflectedSchema(std::shared_ptr<grpc::Channel> channel);
  ~ReflectedSchema();

  // Full names, as the server lists them.
  absl::StatusOr<std::vector<std::string>> Services();
  // Names of the methods of a service, by its full name; empty when the server knows no more than the name.
  std::vector<std::string> Methods(absl::string_view service);
  // `service` is a full name or its last part ("LinkingService"); `method` its method. INVALID_ARGUMENT lists
  // what there is.
  absl::StatusOr<const google::protobuf::MethodDescriptor*> FindMethod(absl::string_view service,
                                                                       absl::string_view method);
  // A service, message or enum by its full name, as proto text.
  absl::StatusOr<std::string> Describe(absl::string_view full_name);

 private:
  class Database;
  std::unique_ptr<Database> database_;
  google::protobuf::DescriptorPool pool_;
};

}  // namespace tc::ctl
