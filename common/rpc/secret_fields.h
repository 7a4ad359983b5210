#pragma once

// SecretFields: the fields of a kind of message that are marked (trustedcontact.options.v1.sensitive) and
// hold text or bytes, wherever they stand in it, looked up once. When a call has ended, what its request told
// in confidence is overwritten: freed memory would keep it until somebody else needs the place (codes,
// passwords, proofs, grants). Immutable; thread-safe.

#include <vector>

#include "absl/status/statusor.h"

namespace google::protobuf {
class Descriptor;
class FieldDescriptor;
class Message;
}  // namespace google::protobuf

namespace tc::rpc {

class SecretFields {
 public:
  SecretFields() = default;  // none
  // FAILED_PRECONDITION when a message of this type may contain another of it: there is no end to such
  // fields.
  static absl::StatusOr<SecretFields> Of(const google::protobuf::Descriptor& type);

  bool empty() const { return fields_.empty(); }
  // Overwrites them; what else the message holds stays. `message` is of the type given to Of.
  void Wipe(google::protobuf::Message& message) const;

 private:
  struct Field;
  using Path = std::vector<const google::protobuf::Descriptor*>;
  // `whole`: the message itself is marked, and with it all that it holds.
  static absl::StatusOr<SecretFields> Find(const google::protobuf::Descriptor& type, bool whole, Path& path);

  std::vector<Field> fields_;
};

struct SecretFields::Field {
  const google::protobuf::FieldDescriptor* field = nullptr;
  SecretFields inside;  // of a message
};

}  // namespace tc::rpc
