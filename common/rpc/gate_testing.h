#pragma once

// A gate of its own, with methods for each kind of rule and an authenticator that says what the test wants.

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>
#include <grpcpp/support/status.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/obs/log.h"
#include "common/rpc/gate.h"
#include "common/rpc/method.h"
#include "common/testing/body.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "trustedcontact/options/v1/options.pb.h"

namespace tc::rpc {

inline constexpr char kUuid[] = "6f1c7b2e-5d0f-4b62-9a1e-2f6d3c4b5a69";

// A service made for the tests, with one method for each kind of rule.
inline constexpr char kFile[] = R"(
  name: "gate_test.proto" package: "test" syntax: "proto3"
  dependency: "trustedcontact/options/v1/options.proto"
  enum_type { name: "Color" value { name: "COLOR_UNSPECIFIED" number: 0 } value { name: "RED" number: 1 } }
  message_type { name: "Request"
    field { name: "request_id" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
    field { name: "text" number: 2 type: TYPE_STRING label: LABEL_OPTIONAL }
    field { name: "color" number: 3 type: TYPE_ENUM type_name: ".test.Color" label: LABEL_OPTIONAL }
    field { name: "new_password" number: 4 type: TYPE_STRING label: LABEL_OPTIONAL
      options { [trustedcontact.options.v1.sensitive]: true } }
  }
  message_type { name: "Plain" field { name: "text" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL } }
  service { name: "TestService"
    method { name: "Own" input_type: ".test.Request" output_type: ".test.Plain"
      options { [trustedcontact.options.v1.rules] { callers { role: ROLE_PORTAL party: PARTY_OWNER } callers { role: ROLE_OPERATOR } mutates: true } } }
    method { name: "Read" input_type: ".test.Plain" output_type: ".test.Plain"
      options { [trustedcontact.options.v1.rules] { callers { role: ROLE_PORTAL } deadline_ms: 10000 } } }
    method { name: "Reset" input_type: ".test.Plain" output_type: ".test.Plain"
      options { [trustedcontact.options.v1.rules] { callers { role: ROLE_SERVICE names: "recovery" } } } }
  }
  service { name: "Unguarded" method { name: "Bare" input_type: ".test.Plain" output_type: ".test.Plain" } }
  service { name: "Closed" method { name: "Nobody" input_type: ".test.Plain" output_type: ".test.Plain"
      options { [trustedcontact.options.v1.rules] { mutates: false } } } }
  service { name: "Roleless" method { name: "Whoever" input_type: ".test.Plain" output_type: ".test.Plain"
      options { [trustedcontact.options.v1.rules] { callers { party: PARTY_OWNER } } } } }
  service { name: "Careless" method { name: "Write" input_type: ".test.Plain" output_type: ".test.Plain"
      options { [trustedcontact.options.v1.rules] { callers { role: ROLE_PORTAL } mutates: true } } } }
  message_type { name: "Endless" field { name: "inner" number: 1 type: TYPE_MESSAGE type_name: ".test.Endless" label: LABEL_OPTIONAL } }
  service { name: "Deep" method { name: "Dive" input_type: ".test.Endless" output_type: ".test.Plain"
      options { [trustedcontact.options.v1.rules] { callers { role: ROLE_PORTAL } } } } }
)";

inline const google::protobuf::FileDescriptor& TestFile() {
  static const google::protobuf::FileDescriptor* const file = [] {
    trustedcontact::options::v1::MethodRules::descriptor();
    static google::protobuf::DescriptorPool pool(google::protobuf::DescriptorPool::generated_pool());
    google::protobuf::FileDescriptorProto proto;
    if (!google::protobuf::TextFormat::ParseFromString(kFile, &proto)) std::abort();
    return pool.BuildFile(proto);
  }();
  return *file;
}

// Says what the test wants, and remembers what it was asked.
class FakeAuthenticator final : public Authenticator {
 public:
  absl::StatusOr<Peer> WhoCalls(const Credentials&, absl::Time) override {
    asked.push_back("peer");
    return peer;
  }
  absl::StatusOr<std::optional<Person>> WhoIsSignedIn(const Credentials&, absl::Time) override {
    asked.push_back("person");
    return person;
  }

  absl::StatusOr<Peer> peer = Peer{Role::kPortal, "web"};
  absl::StatusOr<std::optional<Person>> person = std::optional<Person>();
  std::vector<std::string> asked;
};

class GateTest : public ::testing::Test {
 protected:
  GateTest() : keys_(crypto::Keyring::ForTest({"fingerprint"}, random_)) {
    GateOptions options;
    options.workers = 1;
    options.queue = 7;
    options.peer_rate = {100, 50};
    options.on_refusal = [this](const Call& call, const Method& method, const absl::Status& status) {
      refusals_.push_back(absl::StrCat(method.name, " ", call.peer.name, " ", ReasonOf(status).value_or("")));
    };
    MakeGate(std::move(options));
    obs::SetSink([this](absl::string_view line) { log_.emplace_back(line); });
  }
  ~GateTest() override { obs::SetSink(nullptr); }

  void MakeGate(GateOptions options) {
    auto authenticator = std::make_unique<FakeAuthenticator>();
    authenticator_ = authenticator.get();
    gate_ = std::make_unique<Gate>(std::move(options), std::move(authenticator),
                                   *crypto::KeyedHash::Create(keys_, "fingerprint", "tc/fingerprint/v1"),
                                   clock_, random_);
    methods_ = gate_->MethodsOf(*TestFile().FindServiceByName("TestService"));
  }
  void SignIn(std::string account) {
    Person person;
    person.account = AccountId::FromTrusted(std::move(account));
    authenticator_->person = std::optional<Person>(person);
  }

  std::unique_ptr<google::protobuf::Message> Message(const Method& method) {
    return std::unique_ptr<google::protobuf::Message>(
        messages_.GetPrototype(method.descriptor->input_type())->New());
  }
  testing::StringBody BodyOf(const char* method, const std::string& text) {
    const std::unique_ptr<google::protobuf::Message> message = Message(*methods_.at(method));
    if (!google::protobuf::TextFormat::ParseFromString(text, message.get())) ADD_FAILURE() << text;
    return testing::StringBody(message->SerializeAsString());
  }

  // A whole call, which takes room of its peer.
  Admission Send(const char* name, testing::StringBody& body, const Arrival& arrival = {}) {
    const Method& method = *methods_.at(name);
    Admission admission = gate_->Receive(method, arrival, Room::kTaken, now_);
    if (admission.status.ok()) gate_->Admit(method, admission, body, *Message(method));
    settled_ = gate_->Settle(method, admission, admission.status);
    return admission;
  }
  Admission Admit(const char* name, const std::string& request, const Arrival& arrival = {}) {
    testing::StringBody body = BodyOf(name, request);
    return Send(name, body, arrival);
  }
  absl::Status Refusing(const char* method, const std::string& request, const Arrival& arrival = {}) {
    return Admit(method, request, arrival).status;
  }

  testing::FakeClock clock_;
  testing::FakeRandom random_;
  crypto::Keyring keys_;
  google::protobuf::DynamicMessageFactory messages_;
  FakeAuthenticator* authenticator_ = nullptr;
  std::unique_ptr<Gate> gate_;
  std::map<std::string, const Method*, std::less<>> methods_;
  std::vector<std::string> log_;
  std::vector<std::string> refusals_;
  grpc::Status settled_;
  SteadyTime now_ = SteadyTime() + std::chrono::hours(1);
};

inline const std::string kOwn = absl::StrCat("request_id: '", kUuid, "'");

}  // namespace tc::rpc
