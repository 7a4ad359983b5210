// Requests: every message of every method, parsed as a server parses it, looked at as the gate does
// (SyntaxMistakes) and read by the service's own parser. Whatever comes is taken or refused: with
// INVALID_ARGUMENT and the fields that are wrong or, where the role decides, PERMISSION_DENIED; a refusal
// repeats no text of the request, since refusals are logged (LOG-04). What parses means the same after it was
// written and parsed again: a request's fingerprint is made of these bytes.

#include <google/protobuf/descriptor.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "common/base/refusal.h"
#include "common/rpc/syntax.h"
#include "tests/fuzz/fill.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/request_parsers.h"
#include "trustedcontact/admin/v1/admin.pb.h"
#include "trustedcontact/events/v1/events.pb.h"

namespace tc::fuzz {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr size_t kMaxRequest = 16 * 1024;  // what the gate lets in

constexpr rpc::Role kRoles[] = {rpc::Role::kPortal,        rpc::Role::kService, rpc::Role::kIdentityProvider,
                                rpc::Role::kServiceCentre, rpc::Role::kBank,    rpc::Role::kPost,
                                rpc::Role::kOperator,      rpc::Role::kMonitor, rpc::Role::kGateway,
                                rpc::Role::kAuditor};

// A method's number is made of its name, so that a kept input means the same method when others are added.
uint16_t NumberOf(absl::string_view name) {
  uint32_t hash = 2166136261;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619;
  return static_cast<uint16_t>(hash ^ (hash >> 16));
}

using MethodMap = std::map<uint16_t, const MethodDescriptor*>;

const MethodMap& Methods() {
  static const auto& methods = *[] {
    auto* found = new MethodMap;
    for (const Descriptor* of :
         {identity::pb::GetAccountRequest::descriptor(), linking::pb::CreateInvitationRequest::descriptor(),
          recovery::pb::StartRecoveryRequest::descriptor(), otp::pb::CreateVerificationRequest::descriptor(),
          trustedcontact::admin::v1::GetServerInfoRequest::descriptor(),
          trustedcontact::events::v1::ListEventsRequest::descriptor()}) {
      for (int s = 0; s < of->file()->service_count(); ++s) {
        const auto& service = *of->file()->service(s);
        for (int m = 0; m < service.method_count(); ++m) {
          const MethodDescriptor* method = service.method(m);
          Require(found->emplace(NumberOf(method->full_name()), method).second, "each method has a number");
        }
      }
    }
    return found;
  }();
  return methods;
}

// The method with this number or the next one.
const MethodDescriptor& MethodAt(uint16_t number) {
  const auto at = Methods().lower_bound(number);
  return at == Methods().end() ? *Methods().begin()->second : *at->second;
}

// Stands in no sentence of ours, so that a sentence that has it has it from the request.
constexpr char kMark[] = "Zq7-mark-Wk3";

// Puts the mark before or behind every text of the message.
void Mark(Message& message, bool before) {
  const auto marked = [&](const std::string& text) { return before ? kMark + text : text + kMark; };
  const auto& with = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  with.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool text = field->cpp_type() == FieldDescriptor::CPPTYPE_STRING;
    const bool part = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_map();
    const int size = field->is_repeated() ? with.FieldSize(message, field) : 0;
    if (text && !field->is_repeated())
      with.SetString(&message, field, marked(with.GetString(message, field)));
    if (part && !field->is_repeated()) Mark(*with.MutableMessage(&message, field), before);
    for (int i = 0; i < size; ++i) {
      if (text) {
        with.SetRepeatedString(&message, field, i, marked(with.GetRepeatedString(message, field, i)));
      }
      if (part) Mark(*with.MutableRepeatedMessage(&message, field, i), before);
    }
  }
}

void MustNotRepeat(absl::string_view said) {
  Require(!absl::StrContains(said, kMark), "a refusal repeats nothing of the request");
}

void CheckRefusal(const absl::Status& status) {
  const bool invalid = status.code() == absl::StatusCode::kInvalidArgument;
  Require(invalid || status.code() == absl::StatusCode::kPermissionDenied,
          "a parser says INVALID_ARGUMENT or PERMISSION_DENIED");
  Require(ReasonOf(status).has_value(), "a refusal has a reason");
  const std::vector<FieldViolation> violations = ViolationsOf(status);
  Require(!invalid || !violations.empty(), "a refusal names the fields");
  Require(violations.size() <= 500, "however many there are, it does not grow with them");
  MustNotRepeat(status.message());
  for (const FieldViolation& violation : violations) {
    Require(!violation.reason.empty() && !violation.description.empty(), "a mistake is explained");
    Require(violation.reason.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string::npos,
            "a reason is a name");
    MustNotRepeat(violation.description);
  }
}

void CheckMistakes(const Message& request) {
  const std::vector<FieldViolation> mistakes = rpc::SyntaxMistakes(request);
  Require(mistakes.size() <= 50, "at most 50 mistakes are named");
  for (const FieldViolation& mistake : mistakes) {
    Require(!mistake.field.empty() && !mistake.reason.empty(), "a mistake has a place and a reason");
  }
}

std::unique_ptr<Message> NewRequest(const MethodDescriptor& method) {
  const Message* prototype =
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(method.input_type());
  return std::unique_ptr<Message>(prototype->New());
}

void CheckRequest(const MethodDescriptor& method, rpc::Role role, absl::string_view bytes) {
  const std::unique_ptr<Message> request = NewRequest(method);
  if (!request->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return;
  const std::string written = BytesOf(*request);
  const std::unique_ptr<Message> again = NewRequest(method);
  Require(again->ParseFromString(written), "what was written can be parsed");
  Require(BytesOf(*again) == written, "a request means the same after a round trip");
  CheckMistakes(*request);
  const auto parser = AllParsers().find(request->GetDescriptor());
  if (parser == AllParsers().end()) return;
  const absl::Status status = parser->second(*request, role);
  Require(parser->second(*again, role) == status, "a parser says the same of the same request");
  if (!status.ok()) CheckRefusal(status);
  for (const bool before : {false, true}) {
    const std::unique_ptr<Message> marked = NewRequest(method);
    marked->CopyFrom(*request);
    Mark(*marked, before);
    const absl::Status said = parser->second(*marked, role);
    if (!said.ok()) CheckRefusal(said);
  }
}

}  // namespace

std::vector<std::string> Seeds() {
  std::vector<std::string> seeds;
  for (const auto& [number, method] : Methods()) {
    Require(AllParsers().count(method->input_type()) > 0 || NeedsNoParser(*method->input_type()),
            "every request that says more than names has its parser here");
    for (const Filling filling : {Filling::kOne, Filling::kLast}) {
      const std::unique_ptr<Message> request = NewRequest(*method);
      Fill(*request, filling);
      const size_t role = seeds.size() % std::size(kRoles);
      seeds.push_back(Byte(number >> 8) + Byte(number & 0xff) + Byte(role) + BytesOf(*request));
    }
  }
  // More mistakes than any answer has room for.
  identity::pb::UpdateAccountRequest masked;
  for (int i = 0; i < 600; ++i) masked.mutable_update_mask()->add_paths("x");
  const uint16_t number = NumberOf("trustedcontact.identity.v1.IdentityService.UpdateAccount");
  Require(MethodAt(number).name() == "UpdateAccount", "the method is there");
  seeds.push_back(Byte(number >> 8) + Byte(number & 0xff) + Byte(0) + BytesOf(masked));
  return seeds;
}

}  // namespace tc::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tc::fuzz;  // NOLINT: this is its entry
  Input input(data, size);
  const size_t number = input.Byte() * 256U + input.Byte();
  const tc::rpc::Role role = kRoles[input.Choose(std::size(kRoles))];
  const absl::string_view bytes = input.Rest();
  if (bytes.size() > kMaxRequest) return 0;
  CheckRequest(MethodAt(static_cast<uint16_t>(number)), role, bytes);
  return 0;
}
