#include "common/rpc/secret_fields.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/crypto/wipe.h"
#include "trustedcontact/options/v1/options.pb.h"

namespace tc::rpc {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// The message owns the string; only its reflection gives it out as const.
void Overwrite(const std::string& text) { crypto::Wipe(const_cast<char*>(text.data()), text.size()); }

void WipeText(Message& message, const FieldDescriptor& field) {
  const Reflection& reflection = *message.GetReflection();
  std::string scratch;
  if (!field.is_repeated()) {
    Overwrite(reflection.GetStringReference(message, &field, &scratch));
    return;
  }
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i)
    Overwrite(reflection.GetRepeatedStringReference(message, &field, i, &scratch));
}

void WipeMessages(Message& message, const FieldDescriptor& field, const SecretFields& inside) {
  const Reflection& reflection = *message.GetReflection();
  if (!field.is_repeated()) {
    inside.Wipe(*reflection.MutableMessage(&message, &field));
    return;
  }
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i)
    inside.Wipe(*reflection.MutableRepeatedMessage(&message, &field, i));
}

}  // namespace

absl::StatusOr<SecretFields> SecretFields::Of(const Descriptor& type) {
  Path path;
  return Find(type, false, path);
}

absl::StatusOr<SecretFields> SecretFields::Find(const Descriptor& type, bool whole, Path& path) {
  if (std::find(path.begin(), path.end(), &type) != path.end())
    return absl::FailedPreconditionError(absl::StrCat(type.full_name(), " may contain itself"));
  path.push_back(&type);
  SecretFields found;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    const bool secret = whole || field.options().GetExtension(trustedcontact::options::v1::sensitive);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      SecretFields inside = TRY(Find(*field.message_type(), secret, path));
      if (!inside.empty()) found.fields_.push_back({&field, std::move(inside)});
    } else if (secret && field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      found.fields_.push_back({&field, {}});
    }
  }
  path.pop_back();
  return found;
}

void SecretFields::Wipe(Message& message) const {
  const Reflection& reflection = *message.GetReflection();
  for (const Field& part : fields_) {
    const FieldDescriptor& field = *part.field;
    // The default value of an absent field is the whole program's.
    if (field.is_repeated() ? reflection.FieldSize(message, &field) == 0
                            : !reflection.HasField(message, &field))
      continue;
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
      WipeText(message, field);
    } else {
      WipeMessages(message, field, part.inside);
    }
  }
}

}  // namespace tc::rpc
