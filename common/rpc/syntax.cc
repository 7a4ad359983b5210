#include "common/rpc/syntax.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/time_util.h>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace tc::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr size_t kMaxMistakes = 50;

bool IsPassword(absl::string_view name) {
  return name == "password" || name == "new_password" || name == "current_password";
}

// What timestamp.proto promises.
bool IsMoment(const google::protobuf::Timestamp& time) {
  using google::protobuf::util::TimeUtil;
  return time.seconds() >= TimeUtil::kTimestampMinSeconds &&
         time.seconds() <= TimeUtil::kTimestampMaxSeconds && time.nanos() >= 0 &&
         time.nanos() < 1'000'000'000;
}

class Walk {
 public:
  explicit Walk(std::vector<FieldViolation>& mistakes) : mistakes_(mistakes) {}

  void Visit(const Message& message, const std::string& prefix) {
    const Reflection& reflection = *message.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const FieldDescriptor* field : fields) {
      if (mistakes_.size() >= kMaxMistakes) return;
      if (field->is_repeated()) {
        const int size = reflection.FieldSize(message, field);
        for (int i = 0; i < size && mistakes_.size() < kMaxMistakes; ++i)
          VisitElement(message, *field, i, prefix);
      } else {
        VisitField(message, *field, prefix);
      }
    }
  }

 private:
  void VisitField(const Message& message, const FieldDescriptor& field, const std::string& prefix) {
    const Reflection& reflection = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        CheckText(field, reflection.GetStringReference(message, &field, &scratch),
                  [&] { return Path(field, prefix); });
        break;
      }
      case FieldDescriptor::CPPTYPE_ENUM:
        CheckEnum(field, reflection.GetEnumValue(message, &field), [&] { return Path(field, prefix); });
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        VisitMessage(reflection.GetMessage(message, &field), Path(field, prefix));
        break;
      default:
        break;
    }
  }

  void VisitElement(const Message& message, const FieldDescriptor& field, int i, const std::string& prefix) {
    const Reflection& reflection = *message.GetReflection();
    const auto path = [&] { return absl::StrCat(Path(field, prefix), "[", i, "]"); };
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        CheckText(field, reflection.GetRepeatedStringReference(message, &field, i, &scratch), path);
        break;
      }
      case FieldDescriptor::CPPTYPE_ENUM:
        CheckEnum(field, reflection.GetRepeatedEnumValue(message, &field, i), path);
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        VisitMessage(reflection.GetRepeatedMessage(message, &field, i), path());
        break;
      default:
        break;
    }
  }

  void VisitMessage(const Message& message, const std::string& path) {
    if (message.GetDescriptor() != google::protobuf::Timestamp::descriptor())
      return Visit(message, absl::StrCat(path, "."));
    if (IsMoment(static_cast<const google::protobuf::Timestamp&>(message))) return;
    mistakes_.push_back(
        {path, "TIME_INVALID", "a time lies in the years 1 to 9999, its nanoseconds in 0 to 999999999"});
  }

  template <typename PathOf>
  void CheckText(const FieldDescriptor& field, const std::string& text, const PathOf& path) {
    if (field.type() == FieldDescriptor::TYPE_BYTES || IsPassword(field.name()) || IsPlainText(text)) return;
    mistakes_.push_back({path(), "TEXT_CHARACTER_NOT_ALLOWED",
                         "control, bidirectional and invisible characters are not allowed"});
  }

  template <typename PathOf>
  void CheckEnum(const FieldDescriptor& field, int value, const PathOf& path) {
    if (field.enum_type()->FindValueByNumber(value) != nullptr) return;
    mistakes_.push_back(
        {path(), "ENUM_UNKNOWN", absl::StrCat(value, " is not a value of ", field.enum_type()->name())});
  }

  static std::string Path(const FieldDescriptor& field, const std::string& prefix) {
    return absl::StrCat(prefix, field.name());
  }

  std::vector<FieldViolation>& mistakes_;
};

// Whether the UTF-8 sequence at `p` (n bytes left) is a C1 control, soft hyphen, zero-width, bidirectional
// control, line or paragraph separator, byte order mark or tag character.
bool IsForbiddenSequence(const unsigned char* p, size_t n) {
  const auto at = [&](size_t i) { return i < n ? p[i] : 0; };
  switch (p[0]) {
    case 0xc2:  // U+0080–009F, U+00AD
      return at(1) <= 0x9f || at(1) == 0xad;
    case 0xd8:  // U+061C
      return at(1) == 0x9c;
    case 0xe1:  // U+180E
      return at(1) == 0xa0 && at(2) == 0x8e;
    case 0xe2:  // U+200B–200F, U+2028–202E, U+2060–206F
      return (at(1) == 0x80 && ((at(2) >= 0x8b && at(2) <= 0x8f) || (at(2) >= 0xa8 && at(2) <= 0xae))) ||
             (at(1) == 0x81 && at(2) >= 0xa0 && at(2) <= 0xaf);
    case 0xef:  // U+FEFF
      return at(1) == 0xbb && at(2) == 0xbf;
    case 0xf3:  // U+E0000–E0FFF
      return at(1) == 0xa0;
    default:
      return false;
  }
}

}  // namespace

bool IsPlainText(absl::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7f) return false;
    if (byte >= 0xc2 &&
        IsForbiddenSequence(reinterpret_cast<const unsigned char*>(text.data()) + i, text.size() - i)) {
      return false;
    }
  }
  return true;
}

std::vector<FieldViolation> SyntaxMistakes(const google::protobuf::Message& request) {
  std::vector<FieldViolation> mistakes;
  Walk(mistakes).Visit(request, "");
  return mistakes;
}

bool IsUuid(absl::string_view text) {
  if (text.size() != 36) return false;
  bool nil = true;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (text[i] != '-') return false;
    } else if (!absl::ascii_isxdigit(static_cast<unsigned char>(text[i]))) {
      return false;
    } else if (text[i] != '0') {
      nil = false;
    }
  }
  return !nil;
}

}  // namespace tc::rpc
