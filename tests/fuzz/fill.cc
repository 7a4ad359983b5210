#include "tests/fuzz/fill.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <functional>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/testing/noon.h"

namespace tc::fuzz {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr int kDeepest = 4;
constexpr int kStrangeNumber = 77;

// The first whose name a field's name ends with.
constexpr std::pair<absl::string_view, absl::string_view> kTexts[] = {
    {"request_id", "0b9f1d3e-6c0a-4f7e-9b1d-2f3a4b5c6d7e"},
    {"phone", "+79031112233"},
    {"email", "ivan.petrov@example.ru"},
    {"snils", "12345678964"},
    {"inn", "500100732259"},
    {"citizenship", "RU"},
    {"series", "4509"},
    {"passport", "4509123456"},
    {"first_name", "Иван"},
    {"last_name", "Петров"},
    {"patronymic", "Сергеевич"},
    {"masked_person", "Иван П."},
    {"masked_principal", "Иван П."},
    {"masked_address", "+7 9** ***-**-33"},
    {"masked_phone", "+7 9** ***-**-33"},
    {"new_password", "Зелёный-Чайник-42"},
    {"password", "Зелёный-Чайник-42"},
    {"lock_number", "12345678"},
    {"code", "123456"},
    {"time_zone", "Asia/Vladivostok"},
    {"locale", "ru"},
    {"link", "https://gosuslugi.example/r/abc"},
    {"user_agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)"},
    {"address", "203.0.113.7"},
    {"issuer", "ОВД Тверского района"},
    {"reference", "case-2026/17"},
    {"version", "1"},
    {"reason", "OWNER_REQUEST"},
    {"invitation", "invitations/i1"},
    {"recovery", "assignedRecoveries/r1"},
    {"principal", "accounts/alice"},
    {"contact", "accounts/bob"},
    {"account", "accounts/alice"},
    {"parent", "accounts/alice"},
    {"name", "accounts/alice"},
    {"types", "LinkCreated"},
    {"paths", "person.first_name"},
    {"number", "123456"},
};

// Resource names differ by whose message it is.
std::string TextFor(const FieldDescriptor& field) {
  const absl::string_view owner = field.containing_type()->full_name();
  if (field.name() == "name" && absl::StrContains(owner, ".otp.")) return "verifications/v1";
  if (field.name() == "name" && absl::StrContains(owner, "Phone")) return "accounts/alice/phones/p1";
  if (field.name() == "name" && absl::StrContains(owner, "Invitation")) return "invitations/i1";
  if (field.name() == "name" && absl::StrContains(owner, ".linking.")) return "links/l1";
  if (field.name() == "name" && absl::StrContains(owner, "Settings"))
    return "accounts/alice/securitySettings";
  if (field.name() == "name" && absl::StrContains(owner, ".recovery.")) return "recoveries/c1";
  for (const auto& [end, text] : kTexts) {
    if (absl::EndsWith(field.name(), end)) return std::string(text);
  }
  return "text";
}

int64_t NumberFor(const FieldDescriptor& field) {
  const absl::string_view owner = field.containing_type()->full_name();
  const int64_t now = absl::ToUnixSeconds(testing::Noon());
  if (owner == "google.protobuf.Timestamp") return field.name() == "seconds" ? now - 60 : 0;
  if (absl::EndsWith(field.name(), "_us")) return now * 1'000'000;
  if (field.name() == "year") return 1987;
  return 1;
}

class Filler {
 public:
  explicit Filler(Filling filling) : filling_(filling) {}

  void Visit(Message& message, int depth) const {
    const google::protobuf::Descriptor& type = *message.GetDescriptor();
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      if (const auto* oneof = field.real_containing_oneof(); oneof != nullptr) {
        const int chosen = filling_ != Filling::kLast ? 0 : oneof->field_count() - 1;
        if (field.index_in_oneof() != chosen) continue;
      }
      if (field.is_repeated()) {
        for (int n = filling_ == Filling::kLast ? 2 : 1; n > 0; --n) Add(message, field, depth);
      } else {
        Set(message, field, depth);
      }
    }
  }

 private:
  int EnumFor(const FieldDescriptor& field) const {
    const google::protobuf::EnumDescriptor& type = *field.enum_type();
    if (filling_ == Filling::kLast) return type.value(type.value_count() - 1)->number();
    return type.value(type.value_count() > 1 ? 1 : 0)->number();
  }

  void Set(Message& message, const FieldDescriptor& field, int depth) const {
    const Reflection& with = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return with.SetString(&message, &field, TextFor(field));
      case FieldDescriptor::CPPTYPE_BOOL:
        return with.SetBool(&message, &field, true);
      case FieldDescriptor::CPPTYPE_ENUM:
        return with.SetEnumValue(&message, &field, EnumFor(field));
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth < kDeepest) Visit(*with.MutableMessage(&message, &field), depth + 1);
        return;
      case FieldDescriptor::CPPTYPE_INT32:
        return with.SetInt32(&message, &field, static_cast<int32_t>(NumberFor(field)));
      case FieldDescriptor::CPPTYPE_INT64:
        return with.SetInt64(&message, &field, NumberFor(field));
      case FieldDescriptor::CPPTYPE_UINT32:
        return with.SetUInt32(&message, &field, static_cast<uint32_t>(NumberFor(field)));
      case FieldDescriptor::CPPTYPE_UINT64:
        return with.SetUInt64(&message, &field, static_cast<uint64_t>(NumberFor(field)));
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return with.SetDouble(&message, &field, 0.5);
      case FieldDescriptor::CPPTYPE_FLOAT:
        return with.SetFloat(&message, &field, 0.5F);
    }
  }

  void Add(Message& message, const FieldDescriptor& field, int depth) const {
    const Reflection& with = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        return with.AddString(&message, &field, TextFor(field));
      case FieldDescriptor::CPPTYPE_ENUM:
        return with.AddEnumValue(&message, &field, EnumFor(field));
      case FieldDescriptor::CPPTYPE_MESSAGE:
        if (depth < kDeepest) Visit(*with.AddMessage(&message, &field), depth + 1);
        return;
      case FieldDescriptor::CPPTYPE_INT32:
        return with.AddInt32(&message, &field, static_cast<int32_t>(NumberFor(field)));
      case FieldDescriptor::CPPTYPE_INT64:
        return with.AddInt64(&message, &field, NumberFor(field));
      default:
        return;
    }
  }

  const Filling filling_;
};

// Calls `found` with each place of a number in the message, and its parts.
void VisitNumbers(Message& message, const std::function<void(Message&, const FieldDescriptor&, int)>& found) {
  const Reflection& with = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  with.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const auto type = field->cpp_type();
    for (int i = 0; i < (field->is_repeated() ? with.FieldSize(message, field) : 1); ++i) {
      if (type == FieldDescriptor::CPPTYPE_INT32 || type == FieldDescriptor::CPPTYPE_ENUM)
        found(message, *field, i);
      if (type != FieldDescriptor::CPPTYPE_MESSAGE) continue;
      VisitNumbers(field->is_repeated() ? *with.MutableRepeatedMessage(&message, field, i)
                                        : *with.MutableMessage(&message, field),
                   found);
    }
  }
}

void SetNumber(Message& message, const FieldDescriptor& field, int index, int number) {
  const Reflection& with = *message.GetReflection();
  const bool is_enum = field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM;
  if (field.is_repeated()) {
    if (is_enum) with.SetRepeatedEnumValue(&message, &field, index, number);
    if (!is_enum) with.SetRepeatedInt32(&message, &field, index, number);
  } else {
    if (is_enum) with.SetEnumValue(&message, &field, number);
    if (!is_enum) with.SetInt32(&message, &field, number);
  }
}

}  // namespace

std::vector<std::string> WithOneStrangeNumber(const Message& prototype) {
  std::vector<std::string> all;
  bool more = true;
  for (int chosen = 0; more; ++chosen) {
    const std::unique_ptr<Message> message(prototype.New());
    Fill(*message, Filling::kOne);
    int seen = 0;
    VisitNumbers(*message, [&](Message& part, const FieldDescriptor& field, int index) {
      if (seen++ == chosen) SetNumber(part, field, index, kStrangeNumber);
    });
    more = chosen < seen;
    if (more) all.push_back(BytesOf(*message));
  }
  return all;
}

void Fill(Message& message, Filling filling) { Filler(filling).Visit(message, 0); }

std::string BytesOf(const Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  message.SerializePartialToCodedStream(&out);
  out.Trim();
  return bytes;
}

}  // namespace tc::fuzz
