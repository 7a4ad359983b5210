#include "common/rpc/gate.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>
#include <grpcpp/support/status.h>

#include <latch>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/obs/log.h"
#include "common/obs/metrics.h"
#include "common/rpc/method.h"
#include "common/rpc/status.h"
#include "common/testing/body.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "trustedcontact/options/v1/options.pb.h"

namespace tc::rpc {
namespace {

using ::testing::ElementsAre;
using testing::FakeClock;
using testing::FakeRandom;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Noon;
using ::testing::Not;
using testing::Refused;
using ::testing::SizeIs;
using testing::StringBody;
using testing::Violates;

constexpr char kUuid[] = "6f1c7b2e-5d0f-4b62-9a1e-2f6d3c4b5a69";

// A service made for the tests, with one method for each kind of rule.
constexpr char kFile[] = R"(
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

const google::protobuf::FileDescriptor& TestFile() {
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
    auto authenticator = std::make_unique<FakeAuthenticator>();
    authenticator_ = authenticator.get();
    GateOptions options;
    options.workers = 1;
    options.queue = 7;
    options.peer_rate = {100, 50};
    options.on_refusal = [this](const Call& call, const Method& method, const absl::Status& status) {
      refusals_.push_back(absl::StrCat(method.name, " ", call.peer.name, " ", ReasonOf(status).value_or("")));
    };
    gate_ = std::make_unique<Gate>(options, std::move(authenticator),
                                   *crypto::KeyedHash::Create(keys_, "fingerprint", "tc/fingerprint/v1"),
                                   clock_, random_);
    methods_ = gate_->MethodsOf(*TestFile().FindServiceByName("TestService"));
    obs::SetSink([this](absl::string_view line) { log_.emplace_back(line); });
  }
  ~GateTest() override { obs::SetSink(nullptr); }

  void SignIn(std::string account) {
    Person person;
    person.account = AccountId::FromTrusted(std::move(account));
    authenticator_->person = std::optional<Person>(person);
  }

  std::unique_ptr<google::protobuf::Message> Message(const Method& method) {
    return std::unique_ptr<google::protobuf::Message>(
        messages_.GetPrototype(method.descriptor->input_type())->New());
  }
  StringBody BodyOf(const char* method, const std::string& text) {
    const std::unique_ptr<google::protobuf::Message> message = Message(*methods_.at(method));
    if (!google::protobuf::TextFormat::ParseFromString(text, message.get())) ADD_FAILURE() << text;
    return StringBody(message->SerializeAsString());
  }

  // A whole call, which takes room of its peer.
  Admission Send(const char* name, StringBody& body, const Arrival& arrival = {}) {
    const Method& method = *methods_.at(name);
    Admission admission = gate_->Receive(method, arrival, Room::kTaken, now_);
    if (admission.status.ok()) gate_->Admit(method, admission, body, *Message(method));
    settled_ = gate_->Settle(method, admission, admission.status);
    return admission;
  }
  Admission Admit(const char* name, const std::string& request, const Arrival& arrival = {}) {
    StringBody body = BodyOf(name, request);
    return Send(name, body, arrival);
  }
  absl::Status Refusing(const char* method, const std::string& request, const Arrival& arrival = {}) {
    return Admit(method, request, arrival).status;
  }

  FakeClock clock_;
  FakeRandom random_;
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

const std::string kOwn = absl::StrCat("request_id: '", kUuid, "'");

TEST_F(GateTest, LetsInWhomTheRulesName) {
  SignIn("alice");
  const Admission admission = Admit("Own", kOwn);
  ASSERT_THAT(admission.status, IsOk());
  EXPECT_EQ(admission.call.method, "test.TestService/Own");
  EXPECT_EQ(admission.call.peer.name, "web");
  EXPECT_EQ(admission.call.person->account.text(), "alice");
  EXPECT_EQ(admission.call.request_id, kUuid);
  EXPECT_EQ(admission.call.now, Noon());
  EXPECT_FALSE(admission.call.id.empty());
  EXPECT_FALSE(admission.call.fingerprint.empty());
}

TEST_F(GateTest, RefusesAnyCallAfterItIsClosed) {
  gate_->Close();
  const absl::Status status = Refusing("Read", "");
  EXPECT_THAT(status, Refused(absl::StatusCode::kUnavailable, Reason::kShuttingDown));
  EXPECT_TRUE(RetryAfterOf(status).has_value());
  EXPECT_THAT(authenticator_->asked, IsEmpty());
}

TEST_F(GateTest, CutsADeadlineThatIsTooLong) {
  Arrival arrival;
  arrival.remaining = absl::Hours(10);
  EXPECT_EQ(Admit("Own", kOwn, arrival).call.deadline, Noon() + absl::Seconds(5));
  EXPECT_EQ(Admit("Read", "", arrival).call.deadline, Noon() + absl::Seconds(10));
  EXPECT_EQ(Admit("Read", "").call.deadline, Noon() + absl::Seconds(10));
  arrival.remaining = absl::Seconds(2);
  EXPECT_EQ(Admit("Read", "", arrival).call.deadline, Noon() + absl::Seconds(2));
}

TEST_F(GateTest, RefusesADeadlineThatHasPassedBeforeItAsksWhoCalls) {
  Arrival arrival;
  arrival.remaining = absl::ZeroDuration();
  EXPECT_THAT(Refusing("Read", "", arrival),
              Refused(absl::StatusCode::kDeadlineExceeded, Reason::kDeadlineExceeded));
  EXPECT_THAT(authenticator_->asked, IsEmpty());
}

TEST_F(GateTest, DoesNothingForAClientThatHasGone) {
  Arrival arrival;
  arrival.cancelled = true;
  EXPECT_EQ(Refusing("Read", "", arrival).code(), absl::StatusCode::kCancelled);
}

TEST_F(GateTest, RefusesAPeerThatIsNotKnown) {
  authenticator_->peer = Refuse(absl::StatusCode::kUnauthenticated, Reason::kCredentialsMissing, "x");
  EXPECT_THAT(Refusing("Read", ""), Refused(absl::StatusCode::kUnauthenticated, Reason::kCredentialsMissing));
  EXPECT_THAT(authenticator_->asked, ElementsAre("peer"));
}

TEST_F(GateTest, RefusesAWrongRoleBeforeItLooksAtPersonOrRequest) {
  authenticator_->peer = Peer{Role::kBank, "bank"};
  authenticator_->person = Refuse(absl::StatusCode::kUnauthenticated, Reason::kCredentialsInvalid, "x");
  EXPECT_THAT(Refusing("Own", "text: '\\n' color: 999"),
              Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
  EXPECT_THAT(authenticator_->asked, ElementsAre("peer"));
}

TEST_F(GateTest, RefusesAnotherNameOfTheRightRole) {
  authenticator_->peer = Peer{Role::kService, "linking"};
  EXPECT_THAT(Refusing("Reset", ""), Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
  authenticator_->peer = Peer{Role::kService, "recovery"};
  EXPECT_THAT(Refusing("Reset", ""), IsOk());
}

TEST_F(GateTest, DemandsAPersonOnlyOfCallersThatActForOne) {
  EXPECT_THAT(Refusing("Own", kOwn), Refused(absl::StatusCode::kUnauthenticated, Reason::kPersonRequired));
  authenticator_->peer = Peer{Role::kOperator, "ops"};
  EXPECT_THAT(Refusing("Own", kOwn), IsOk());
}

TEST_F(GateTest, RefusesABadAssertionAlsoWhereNoneIsNeeded) {
  authenticator_->person = Refuse(absl::StatusCode::kUnauthenticated, Reason::kCredentialsExpired, "x");
  EXPECT_THAT(Refusing("Read", ""), Refused(absl::StatusCode::kUnauthenticated, Reason::kCredentialsExpired));
}

TEST_F(GateTest, AsksForThePersonBeforeItReadsTheRequest) {
  EXPECT_THAT(Refusing("Own", "text: '\\n'"),
              Refused(absl::StatusCode::kUnauthenticated, Reason::kPersonRequired));
}

TEST_F(GateTest, RefusesARequestOverSixteenKibibytes) {
  EXPECT_THAT(Refusing("Read", absl::StrCat("text: '", std::string(16 * 1024 - 3, 'a'), "'")), IsOk());
  EXPECT_THAT(Refusing("Read", absl::StrCat("text: '", std::string(16 * 1024 - 2, 'a'), "'")),
              Refused(absl::StatusCode::kResourceExhausted, Reason::kMessageTooLarge));
}

TEST_F(GateTest, DemandsAUuidWhereTheMethodMutates) {
  SignIn("alice");
  for (const char* request : {"", "request_id: 'x'", "request_id: '00000000-0000-0000-0000-000000000000'"}) {
    const absl::Status status = Refusing("Own", request);
    EXPECT_THAT(status, Refused(absl::StatusCode::kInvalidArgument, Reason::kRequestIdMissing));
    ASSERT_FALSE(ViolationsOf(status).empty());
    EXPECT_EQ(ViolationsOf(status)[0].field, "request_id");
  }
}

TEST_F(GateTest, TakesARequestIdInEitherCaseForTheSame) {
  SignIn("alice");
  EXPECT_EQ(Admit("Own", "request_id: '6F1C7B2E-5D0F-4B62-9A1E-2F6D3C4B5A69'").call.request_id, kUuid);
}

TEST_F(GateTest, ReportsEveryMistakeOfTheRequestAtOnce) {
  SignIn("alice");
  const absl::Status status = Refusing("Own", "text: 'a\\u202eb' color: 999");
  EXPECT_THAT(status, Refused(absl::StatusCode::kInvalidArgument, Reason::kRequestIdMissing));
  EXPECT_THAT(status, Violates("REQUEST_ID_MISSING"));
  EXPECT_THAT(status, Violates("ENUM_UNKNOWN"));
  EXPECT_THAT(status, Violates("TEXT_CHARACTER_NOT_ALLOWED"));
  EXPECT_THAT(Refusing("Own", kOwn + " color: 999"),
              Refused(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid));
}

TEST_F(GateTest, LeavesPasswordsToThePasswordRules) {
  SignIn("alice");
  EXPECT_THAT(Refusing("Own", kOwn + " new_password: 'a\\tb'"), IsOk());
}

TEST_F(GateTest, MakesOneFingerprintOfOneContent) {
  SignIn("alice");
  const std::string a = Admit("Own", kOwn + " text: 'a'").call.fingerprint;
  EXPECT_EQ(Admit("Own", kOwn + " text: 'a'").call.fingerprint, a);
  EXPECT_NE(Admit("Own", kOwn + " text: 'b'").call.fingerprint, a);
  EXPECT_TRUE(Admit("Read", "text: 'a'").call.fingerprint.empty());
}

TEST_F(GateTest, BelievesTheCallIdOfAServiceOnly) {
  Arrival arrival;
  arrival.call_id = "call-of-the-caller";
  EXPECT_NE(Admit("Read", "", arrival).call.id, "call-of-the-caller");
  authenticator_->peer = Peer{Role::kService, "recovery"};
  EXPECT_EQ(Admit("Reset", "", arrival).call.id, "call-of-the-caller");
  arrival.call_id = "two\nlines";
  EXPECT_NE(Admit("Reset", "", arrival).call.id, "two\nlines");
}

TEST_F(GateTest, LogsOneLineWithoutTheRequest) {
  Admit("Read", "text: 'a personal word'");
  ASSERT_EQ(log_.size(), 1u);
  EXPECT_THAT(log_[0], HasSubstr("TestService/Read"));
  EXPECT_THAT(log_[0], HasSubstr("portal/web"));
  EXPECT_THAT(log_[0], HasSubstr("\"OK\""));
  EXPECT_THAT(log_[0], Not(HasSubstr("personal")));
}

TEST_F(GateTest, TellsTheLogWhatTheCallerMustNotKnow) {
  const Admission admission = gate_->Receive(*methods_.at("Read"), Arrival{}, Room::kNone);
  const grpc::Status wire =
      gate_->Settle(*methods_.at("Read"), admission, absl::DataLossError("record 7 is damaged"));
  EXPECT_EQ(wire.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(wire.error_message(), Not(HasSubstr("damaged")));
  EXPECT_THAT(wire.error_message(), HasSubstr(admission.call.id));
  ASSERT_EQ(log_.size(), 2u);
  EXPECT_THAT(log_[1], HasSubstr("record 7 is damaged"));
  EXPECT_THAT(log_[1], HasSubstr(admission.call.id));
}

TEST_F(GateTest, CountsCallsByMethodAndCode) {
  obs::Counter& denied = methods_.at("Own")->Requests(absl::StatusCode::kPermissionDenied);
  const double before = denied.value();
  authenticator_->peer = Peer{Role::kBank, "bank"};
  Admit("Own", "");
  EXPECT_EQ(denied.value(), before + 1);
  EXPECT_EQ(methods_.at("Own")->in_flight->value(), 0);
  EXPECT_THAT(obs::RenderMetrics(), HasSubstr("tc_rpc_requests_total"));
}

TEST_F(GateTest, RefusesWhatItsWorkersCannotTake) {
  std::latch busy(1);
  std::latch release(1);
  ASSERT_TRUE(gate_->TryRun([&] {
    busy.count_down();
    release.wait();
  }));
  busy.wait();
  for (int i = 0; i < 7; ++i) EXPECT_TRUE(gate_->TryRun([] {}));
  EXPECT_FALSE(gate_->TryRun([] {}));
  const Method& read = *methods_.at("Read");
  const auto overloaded = [&] {
    return FromWire(gate_->Overloaded(read, gate_->Receive(read, {}, Room::kTaken, now_)));
  };
  EXPECT_THAT(overloaded(), Refused(absl::StatusCode::kResourceExhausted, Reason::kOverloaded));
  gate_->Close();
  EXPECT_THAT(overloaded(), Refused(absl::StatusCode::kUnavailable, Reason::kShuttingDown));
  EXPECT_EQ(read.in_flight->value(), 0);
  release.count_down();
  EXPECT_TRUE(gate_->Drain());
}

// What the caller may not, he learns before a parser sees his bytes.
TEST_F(GateTest, ReadsNoByteOfACallThatIsRefusedForItsCaller) {
  StringBody garbage("\xff\xff\xff");
  EXPECT_THAT(Send("Own", garbage).status,
              Refused(absl::StatusCode::kUnauthenticated, Reason::kPersonRequired));
  EXPECT_FALSE(garbage.read());
  authenticator_->peer = Peer{Role::kBank, "bank"};
  StringBody large(std::string(60 * 1024, 'a'));
  for (StringBody* body : {&garbage, &large}) {
    EXPECT_THAT(Send("Own", *body).status,
                Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
    EXPECT_FALSE(body->read());
  }
}

TEST_F(GateTest, MeasuresTheBytesBeforeItReadsThem) {
  StringBody large(std::string(16 * 1024 + 1, '\xff'));
  EXPECT_THAT(Send("Read", large).status,
              Refused(absl::StatusCode::kResourceExhausted, Reason::kMessageTooLarge));
  EXPECT_FALSE(large.read());
  StringBody allowed(std::string(16 * 1024, '\xff'));
  EXPECT_THAT(Send("Read", allowed).status,
              Refused(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid));
  EXPECT_TRUE(allowed.read());
}

// C-W 46, 47, 49, 54, 55.
TEST_F(GateTest, RefusesBytesThatAreNoRequestOfTheMethod) {
  for (const char* bytes :
       {"\x0a\x05"
        "ab",
        "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x0a\x02\xc3\x28", "\x0a\x02\xc0\xaf", "\x0f"}) {
    StringBody body(bytes);
    EXPECT_THAT(Send("Read", body).status,
                Refused(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid));
    EXPECT_TRUE(body.dropped());
    EXPECT_THAT(ViolationsOf(Send("Read", body).status), SizeIs(1));
  }
}

TEST_F(GateTest, OverwritesTheBytesOfARequestThatMayHoldASecret) {
  SignIn("alice");
  StringBody secret = BodyOf("Own", kOwn + " new_password: 'correct horse'");
  EXPECT_THAT(Send("Own", secret).status, IsOk());
  EXPECT_THAT(secret.bytes(), Not(HasSubstr("horse")));
  StringBody plain = BodyOf("Read", "text: 'horse'");
  EXPECT_THAT(Send("Read", plain).status, IsOk());
  EXPECT_TRUE(plain.dropped());
  EXPECT_THAT(plain.bytes(), HasSubstr("horse"));
}

// Of a call that waits in the queue.
TEST_F(GateTest, AsksAnewWhetherACallThatHasWaitedIsStillWanted) {
  const Method& read = *methods_.at("Read");
  Admission admission = gate_->Receive(read, {}, Room::kNone, now_);
  clock_.Advance(absl::Seconds(3));
  Arrival later;
  later.remaining = absl::Seconds(1);
  gate_->Resume(read, later, admission);
  EXPECT_THAT(admission.status, IsOk());
  EXPECT_EQ(admission.call.now, Noon() + absl::Seconds(3));
  EXPECT_EQ(admission.call.deadline, Noon() + absl::Seconds(4));
  later.remaining = absl::ZeroDuration();
  gate_->Resume(read, later, admission);
  EXPECT_THAT(admission.status, Refused(absl::StatusCode::kDeadlineExceeded, Reason::kDeadlineExceeded));
  later.cancelled = true;
  gate_->Resume(read, later, admission);
  EXPECT_EQ(admission.status.code(), absl::StatusCode::kCancelled);
  gate_->Close();
  gate_->Resume(read, Arrival{}, admission);
  EXPECT_THAT(admission.status, Refused(absl::StatusCode::kUnavailable, Reason::kShuttingDown));
  gate_->Settle(read, admission, admission.status);
}

// API-13.
TEST_F(GateTest, LimitsHowOftenAPersonCallsWhicheverPeerCarriesHim) {
  SignIn("alice");
  for (int i = 0; i < 20; ++i) {
    authenticator_->peer = Peer{Role::kPortal, i % 2 == 0 ? "web" : "mobile"};
    ASSERT_THAT(Refusing("Read", ""), IsOk());
  }
  StringBody body = BodyOf("Read", "");
  const absl::Status status = Send("Read", body).status;
  EXPECT_THAT(status, Refused(absl::StatusCode::kResourceExhausted, Reason::kRateLimited));
  EXPECT_FALSE(body.read());
  const absl::Duration wait = RetryAfterOf(status).value_or(absl::ZeroDuration());
  EXPECT_GT(wait, absl::ZeroDuration());
  EXPECT_LE(wait, absl::Milliseconds(101));
  SignIn("boris");
  EXPECT_THAT(Refusing("Read", ""), IsOk());
  SignIn("alice");
  now_ += absl::ToChronoMilliseconds(wait);
  EXPECT_THAT(Refusing("Read", ""), IsOk());
  EXPECT_THAT(Refusing("Read", ""), Refused(absl::StatusCode::kResourceExhausted, Reason::kRateLimited));
}

// C-W 74.
TEST_F(GateTest, LimitsHowOftenAPeerCallsBeforeItAsksForThePerson) {
  obs::Counter& limited = obs::GetCounter("tc_rpc_limited_total", "", {{"kind", "peer"}});
  const double before = limited.value();
  for (int i = 0; i < 50; ++i) ASSERT_THAT(Refusing("Read", ""), IsOk());
  authenticator_->asked.clear();
  const absl::Status status = Refusing("Read", "");
  EXPECT_THAT(status, Refused(absl::StatusCode::kResourceExhausted, Reason::kRateLimited));
  EXPECT_TRUE(RetryAfterOf(status).has_value());
  EXPECT_THAT(authenticator_->asked, ElementsAre("peer"));
  EXPECT_EQ(limited.value(), before + 1);
  authenticator_->peer = Peer{Role::kPortal, "mobile"};
  EXPECT_THAT(Refusing("Read", ""), IsOk()) << "others are unaffected";
}

TEST_F(GateTest, LimitsAlsoHowOftenAPeerAsksForWhatItMayNot) {
  authenticator_->peer = Peer{Role::kBank, "sber"};
  for (int i = 0; i < 50; ++i)
    ASSERT_THAT(Refusing("Read", ""), Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
  EXPECT_THAT(Refusing("Read", ""), Refused(absl::StatusCode::kResourceExhausted, Reason::kRateLimited));
}

TEST_F(GateTest, LetsAServiceCallAsOftenAsItMust) {
  authenticator_->peer = Peer{Role::kService, "recovery"};
  SignIn("alice");
  for (int i = 0; i < 200; ++i) ASSERT_THAT(Refusing("Reset", ""), IsOk());
}

// One worker and seven places: three quarters of them for one peer.
TEST_F(GateTest, KeepsRoomForOthersBesideAnyOnePeer) {
  const Method& reset = *methods_.at("Reset");
  authenticator_->peer = Peer{Role::kService, "recovery"};
  std::vector<Admission> under_way;
  for (int i = 0; i < 6; ++i) {
    under_way.push_back(gate_->Receive(reset, {}, Room::kTaken, now_));
    ASSERT_THAT(under_way.back().status, IsOk());
  }
  const absl::Status full = Refusing("Reset", "");
  EXPECT_THAT(full, Refused(absl::StatusCode::kResourceExhausted, Reason::kOverloaded));
  EXPECT_TRUE(RetryAfterOf(full).has_value());
  const Admission at_once = gate_->Receive(reset, {}, Room::kNone, now_);
  EXPECT_THAT(at_once.status, IsOk()) << "what is answered at once takes no room";
  gate_->Settle(reset, at_once, absl::OkStatus());
  authenticator_->peer = Peer{Role::kPortal, "web"};
  EXPECT_THAT(Refusing("Read", ""), IsOk());
  authenticator_->peer = Peer{Role::kService, "recovery"};
  gate_->Settle(reset, under_way.back(), absl::OkStatus());
  EXPECT_THAT(Refusing("Reset", ""), IsOk());
  gate_->Overloaded(reset, under_way[0]);
  EXPECT_THAT(gate_->Receive(reset, {}, Room::kTaken, now_).status, IsOk());
}

TEST_F(GateTest, TellsWhoeverKeepsTheRecordOfRefusedCallers) {
  SignIn("alice");
  EXPECT_THAT(Refusing("Own", kOwn), IsOk());
  EXPECT_THAT(Refusing("Own", ""), Not(IsOk()));
  EXPECT_THAT(refusals_, IsEmpty());
  for (int i = 0; i < 20; ++i) Admit("Read", "");
  authenticator_->peer = Peer{Role::kBank, "bank"};
  Admit("Own", kOwn);
  authenticator_->peer = Refuse(absl::StatusCode::kUnauthenticated, Reason::kCredentialsMissing, "x");
  Admit("Own", kOwn);
  EXPECT_THAT(
      refusals_,
      ElementsAre("test.TestService/Read web RATE_LIMITED", "test.TestService/Read web RATE_LIMITED",
                  "test.TestService/Own bank ROLE_NOT_ALLOWED", "test.TestService/Own  CREDENTIALS_MISSING"));
}

using GateDeathTest = GateTest;

TEST_F(GateDeathTest, DoesNotStartWithAnUnguardedMethod) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto load = [&](const char* service) { gate_->MethodsOf(*TestFile().FindServiceByName(service)); };
  EXPECT_DEATH(load("Unguarded"), "test.Unguarded/Bare: has no trustedcontact.options.v1.rules");
  EXPECT_DEATH(load("Closed"), "test.Closed/Nobody: its rules let nobody in");
  EXPECT_DEATH(load("Roleless"), "test.Roleless/Whoever: its rules name a caller without a role");
  EXPECT_DEATH(load("Careless"), "test.Careless/Write: mutates, but Plain has no string request_id");
  EXPECT_DEATH(load("Deep"), "test.Deep/Dive: test.Endless may contain itself");
  EXPECT_DEATH(gate_->MethodsOf("no.Service"), "no service no.Service is linked");
}

}  // namespace
}  // namespace tc::rpc
