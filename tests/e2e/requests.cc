#include "tests/e2e/requests.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

namespace tc::e2e {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using google::protobuf::Reflection;

// Texts: no name of anything of this suite's, by the field's own name (IsText).
const std::map<std::string, std::string>& Texts() {
  static const std::map<std::string, std::string> texts = {
      {"request_id", kSampleRequestId},
      {"page_token", ""},
      {"cursor", ""},
      {"types", ""},
      {"reason", "asked by phone"},
      {"comment", "asked by phone"},
      {"code", "123456"},
      {"match_code", "1234"},
      {"grant", "g-0123456789abcdef0123456789abcdef"},
      {"proof", "p-0123456789abcdef0123456789abcdef"},
      {"not_me_token", "t-0123456789abcdef0123456789abcdef"},
      {"warning_version", "1"},
      {"question", "KNOWS"},
      {"password", "Rowan-27-Quay!"},
      {"new_password", "Rowan-27-Quay!"},
      {"current_password", "Rowan-28-Quay!"},
      {"phone", "+79161112233"},
      {"contact_phone", "+79161112233"},
      {"verified_phone", "+79161112233"},
      {"email", "somebody@example.org"},
      {"verified_email", "somebody@example.org"},
      {"fallback_email", "somebody@example.org"},
      {"snils", "11223344595"},
      {"inn", ""},
      {"passport", "4500000001"},
      {"series", "4500"},
      {"number", "000001"},
      {"issuer", "a passport office"},
      {"first_name", "Anna"},
      {"contact_first_name", "Anna"},
      {"last_name", "Petrova"},
      {"patronymic", "Sergeevna"},
      {"citizenship", "RU"},
      {"organization", ""},
      {"locale", "en"},
      {"lock_number", "12345678"},
      {"masked_phone", ""},
      {"masked_email", ""},
      {"block_reason", ""},
      {"reference", "visit-1"},
      {"title", "at home"},
      {"time_zone", "Europe/Moscow"},
      {"masked_person", "Anna P."},
      {"masked_principal", "Anna P."},
      {"masked_address", ""},
      {"device", "device-1"},
      {"address", "192.0.2.7"},
      {"user_agent", "a browser"},
      {"place", "Tver"},
      {"provider", "gateway"},
      {"officer", "officer-1"},
      {"visit", "visit-1"},
      {"capability_hash", std::string(32, '\x5a')},
  };
  return texts;
}

// Fields that a caller of this kind leaves alone, or that exclude others.
const std::map<std::string, std::set<std::string>>& LeftOut() {
  static const std::map<std::string, std::set<std::string>> left_out = {
      {"IdentityService/BindPhone", {"title"}},  // for additional numbers only
      {"IdentityService/ListSecurityEvents", {"start_time", "end_time"}},
      {"IdentityService/VerifySecondFactor", {"phone"}},  // when a code is sent only
      {"OtpService/CreateVerification", {"fallback_email"}},
  };
  return left_out;
}

// A "phone" is a number, which is confidential, or the name of one, which is not.
bool IsText(const FieldDescriptor& field) {
  const bool name = field.name() == "phone" && !field.options().GetExtension(options_pb::sensitive);
  return Texts().count(field.name()) > 0 && !name;
}

bool IsTime(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
         field.message_type()->full_name() == "google.protobuf.Timestamp";
}

// Times that end something lie ahead; the others are past.
int64_t SecondsOf(const FieldDescriptor& field) {
  const bool ahead = absl::StrContains(field.name(), "expire") || field.name() == "until";
  return absl::ToUnixSeconds(absl::Now() + (ahead ? absl::Minutes(10) : -absl::Hours(2)));
}

class Sampler {
 public:
  explicit Sampler(const MethodDescriptor& method)
      : label_(absl::StrCat(method.service()->name(), "/", method.name())) {
    const auto found = LeftOut().find(label_);
    if (found != LeftOut().end()) left_out_ = found->second;
  }

  void Fill(Message& message, const std::string& prefix) {
    const Descriptor& type = *message.GetDescriptor();
    std::set<const google::protobuf::OneofDescriptor*> chosen;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor& field = *type.field(i);
      const std::string path = prefix + field.name();
      if (left_out_.count(path) > 0) continue;
      if (field.containing_oneof() != nullptr && !chosen.insert(field.containing_oneof()).second) continue;
      FillField(message, field, path);
    }
  }

 private:
  void FillField(Message& message, const FieldDescriptor& field, const std::string& path) {
    const Reflection& reflection = *message.GetReflection();
    switch (field.cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING:
        FillText(message, field, path);
        break;
      case FieldDescriptor::CPPTYPE_ENUM:
        if (field.is_repeated()) break;
        reflection.SetEnumValue(&message, &field, field.enum_type()->value(1)->number());
        break;
      case FieldDescriptor::CPPTYPE_INT32:
        reflection.SetInt32(&message, &field, 1);
        break;
      case FieldDescriptor::CPPTYPE_UINT64:
        reflection.SetUInt64(&message, &field, 1);
        break;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        FillMessage(message, field, path);
        break;
      default:
        break;
    }
  }

  void FillText(Message& message, const FieldDescriptor& field, const std::string& path) {
    const Reflection& reflection = *message.GetReflection();
    if (field.is_repeated()) return;
    if (const IdField* const id = FindIdField(label_, path)) {
      return reflection.SetString(&message, &field, AbsentName(id->holds));
    }
    if (label_ == "IdentityService/DeleteAccount" && path == "reason") {
      return reflection.SetString(&message, &field, "OWNER_REQUEST");
    }
    const auto text = Texts().find(field.name());
    if (text != Texts().end()) reflection.SetString(&message, &field, text->second);
  }

  void FillMessage(Message& message, const FieldDescriptor& field, const std::string& path) {
    const Reflection& reflection = *message.GetReflection();
    if (field.is_map()) return;
    Message& inner = field.is_repeated() ? *reflection.AddMessage(&message, &field)
                                         : *reflection.MutableMessage(&message, &field);
    if (IsTime(field)) {
      return inner.GetReflection()->SetInt64(&inner, inner.GetDescriptor()->FindFieldByName("seconds"),
                                             SecondsOf(field));
    }
    const FieldDescriptor* const paths = inner.GetDescriptor()->FindFieldByName("paths");
    if (paths != nullptr) {
      const bool account = label_ == "IdentityService/UpdateAccount";
      return inner.GetReflection()->AddString(&inner, paths, account ? "locale" : "sign_in_notices");
    }
    if (inner.GetDescriptor()->name() == "Date") return FillDate(inner);
    Fill(inner, path + ".");
  }

  static void FillDate(Message& date) {
    const auto set = [&date](const char* name, int value) {
      date.GetReflection()->SetInt32(&date, date.GetDescriptor()->FindFieldByName(name), value);
    };
    set("year", 1985);
    set("month", 4);
    set("day", 12);
  }

  const std::string label_;
  std::set<std::string> left_out_;
};

using Visitor = std::function<void(const std::string&, const FieldDescriptor&)>;

void Visit(const Descriptor& type, const std::string& prefix, const Visitor& visit) {
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    visit(prefix + field.name(), field);
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field.is_map() || IsTime(field)) continue;
    if (absl::StartsWith(field.message_type()->full_name(), "google.")) continue;
    Visit(*field.message_type(), absl::StrCat(prefix, field.name(), "."), visit);
  }
}

}  // namespace

void VisitFields(const Descriptor& type, const Visitor& visit) { Visit(type, "", visit); }

std::vector<std::string> UndescribedStrings() {
  std::vector<std::string> undescribed;
  for (const Served& served : EveryMethod()) {
    VisitFields(*served.method->input_type(), [&](const std::string& path, const FieldDescriptor& field) {
      if (field.cpp_type() != FieldDescriptor::CPPTYPE_STRING) return;
      // "link" of a notice is the address of a page.
      if (!IsText(field) && !absl::StartsWith(path, "parameters.") &&
          FindIdField(served.Label(), path) == nullptr) {
        undescribed.push_back(absl::StrCat(served.Label(), " ", path));
      }
    });
  }
  return undescribed;
}

std::unique_ptr<Message> SampleRequest(const MethodDescriptor& method) {
  std::unique_ptr<Message> request(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(method.input_type())->New());
  Sampler(method).Fill(*request, "");
  return request;
}

Place PlaceOf(Message& message, const std::string& path) {
  const std::vector<std::string> steps = absl::StrSplit(path, '.');
  Place place{&message, nullptr};
  for (size_t i = 0; i < steps.size(); ++i) {
    place.field = place.message->GetDescriptor()->FindFieldByName(steps[i]);
    if (place.field == nullptr) {
      std::fprintf(stderr, "%s has no field %s\n", message.GetTypeName().c_str(), path.c_str());
      std::abort();
    }
    if (i + 1 == steps.size()) break;
    const Reflection& reflection = *place.message->GetReflection();
    if (!place.field->is_repeated()) {
      place.message = reflection.MutableMessage(place.message, place.field);
    } else if (reflection.FieldSize(*place.message, place.field) > 0) {
      place.message = reflection.MutableRepeatedMessage(place.message, place.field, 0);
    } else {
      place.message = reflection.AddMessage(place.message, place.field);
    }
  }
  return place;
}

void SetString(Message& message, const std::string& path, const std::string& value) {
  const Place place = PlaceOf(message, path);
  const Reflection& reflection = *place.message->GetReflection();
  if (!place.field->is_repeated()) {
    reflection.SetString(place.message, place.field, value);
  } else {
    reflection.ClearField(place.message, place.field);
    reflection.AddString(place.message, place.field, value);
  }
}

}  // namespace tc::e2e
