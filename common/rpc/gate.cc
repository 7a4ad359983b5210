#include "common/rpc/gate.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/crypto/wipe.h"
#include "common/obs/log.h"
#include "common/rpc/limits.h"
#include "common/rpc/method.h"
#include "common/rpc/refusal_log.h"
#include "common/rpc/status.h"
#include "common/rpc/syntax.h"
#include "common/rpc/trace.h"
#include "common/rpc/worker_pool.h"

namespace tc::rpc {
namespace {

using Steady = std::chrono::steady_clock;

[[noreturn]] void Die(absl::string_view message) {
  std::fprintf(stderr, "fatal: %.*s\n", static_cast<int>(message.size()), message.data());
  std::abort();
}

absl::Status ShuttingDown() {
  return Refuse(absl::StatusCode::kUnavailable, Reason::kShuttingDown, "the server is stopping")
      .RetryAfter(absl::Seconds(1));
}

absl::Status NotOpenYet() {
  return Refuse(absl::StatusCode::kUnavailable, Reason::kShuttingDown, "the server is starting")
      .RetryAfter(absl::Seconds(1));
}

// "test.Service/Method\n" and the request: equal requests give equal bytes, also with map fields and across
// processes.
std::string DeterministicBytes(const Method& method, const google::protobuf::Message& message) {
  std::string bytes = absl::StrCat(method.name, "\n");
  const size_t start = bytes.size();
  const size_t size = message.ByteSizeLong();
  // To its size at once: a string that grows leaves copies behind.
  bytes.resize(start + size);
  google::protobuf::io::ArrayOutputStream stream(bytes.data() + start, static_cast<int>(size));
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeWithCachedSizes(&coded);
  return bytes;
}

}  // namespace

struct Gate::State {
  State(GateOptions o, std::unique_ptr<Authenticator> a, crypto::KeyedHash f, const Clock& c, Random& r)
      : options(std::move(o)),
        authenticator(std::move(a)),
        fingerprint(std::move(f)),
        clock(c),
        random(r),
        limits(options),
        open(options.open),
        pool(options.workers, static_cast<size_t>(options.queue)) {}

  absl::Status ExaminePeer(const Method& method, const Arrival& arrival, Room room, Admission& admission);
  absl::Status ExamineRequest(const Method& method, Admission& admission, Body& body,
                              google::protobuf::Message& request);
  absl::Status CheckTime(const Method& method, const Arrival& arrival, Call& call) const;
  absl::Status Read(Body& body, google::protobuf::Message& request) const;
  absl::Status CheckFields(const Method& method, const google::protobuf::Message& request, Call& call) const;
  std::string FingerprintOf(const Method& method, const google::protobuf::Message& request) const;
  void EndCall(const Method& method, const Admission& admission, absl::StatusCode code);

  const GateOptions options;
  const std::unique_ptr<Authenticator> authenticator;
  const crypto::KeyedHash fingerprint;
  const Clock& clock;
  Random& random;
  Limits limits;
  std::atomic<bool> open;
  std::mutex mutex;
  std::vector<std::unique_ptr<Method>> methods;
  WorkerPool pool;  // last: its threads use all of the above
};

absl::Status Gate::State::CheckTime(const Method& method, const Arrival& arrival, Call& call) const {
  if (arrival.cancelled) {
    return Refuse(absl::StatusCode::kCancelled, Reason::kDeadlineExceeded, "the client has gone");
  }
  if (arrival.remaining.has_value() && *arrival.remaining <= absl::ZeroDuration()) {
    return Refuse(absl::StatusCode::kDeadlineExceeded, Reason::kDeadlineExceeded,
                  "the time for this call is over");
  }
  call.deadline = call.now + std::min(arrival.remaining.value_or(method.deadline), method.deadline);
  return absl::OkStatus();
}

absl::Status Gate::State::Read(Body& body, google::protobuf::Message& request) const {
  if (body.size() > options.max_request_bytes) {
    return Refuse(absl::StatusCode::kResourceExhausted, Reason::kMessageTooLarge,
                  absl::StrCat("a request has at most ", options.max_request_bytes, " bytes"));
  }
  if (body.ParseInto(request)) return absl::OkStatus();
  return InvalidField("", "NOT_THIS_MESSAGE", "the bytes are no request of this method");
}

absl::Status Gate::State::CheckFields(const Method& method, const google::protobuf::Message& request,
                                      Call& call) const {
  std::vector<FieldViolation> mistakes = SyntaxMistakes(request);
  Reason reason = Reason::kFieldInvalid;
  if (method.mutates) {
    call.request_id = request.GetReflection()->GetString(request, method.request_id);
    if (!IsUuid(call.request_id)) {
      reason = Reason::kRequestIdMissing;
      mistakes.push_back({"request_id",
                          call.request_id.empty() ? "REQUEST_ID_MISSING" : "REQUEST_ID_NOT_A_UUID",
                          "a call that changes something carries a UUID of its own"});
    }
    absl::AsciiStrToLower(&call.request_id);
  }
  if (mistakes.empty()) return absl::OkStatus();
  Refusal refusal = Refuse(absl::StatusCode::kInvalidArgument, reason, "the request has invalid fields");
  for (const FieldViolation& v : mistakes) refusal.Violation(v.field, v.reason, v.description);
  return refusal;
}

std::string Gate::State::FingerprintOf(const Method& method, const google::protobuf::Message& request) const {
  std::string bytes = DeterministicBytes(method, request);
  std::string index = fingerprint.StableIndex(bytes);
  if (!method.secrets.empty()) crypto::Wipe(bytes);
  return index;
}

absl::Status Gate::State::ExaminePeer(const Method& method, const Arrival& arrival, Room room,
                                      Admission& admission) {
  Call& call = admission.call;
  if (pool.closed()) return ShuttingDown();
  if (!open) return NotOpenYet();
  TRY(CheckTime(method, arrival, call));
  call.peer = TRY(authenticator->WhoCalls(admission.credentials, call.now));
  admission.caller = absl::StrCat(RoleName(call.peer.role), "/", call.peer.name);
  // A service carries the id of the call that it works for: one id for the whole way.
  if (call.peer.role == Role::kService && IsIdText(arrival.call_id)) call.id = arrival.call_id;
  TRY(limits.CheckPeer(call.peer.role, admission.caller, admission.arrived));
  TRY(MayPeerCall(method, call.peer));
  TRY(limits.Enter(room, admission.caller, method.label));
  admission.takes = room;
  return absl::OkStatus();
}

absl::Status Gate::State::ExamineRequest(const Method& method, Admission& admission, Body& body,
                                         google::protobuf::Message& request) {
  Call& call = admission.call;
  call.person = TRY(authenticator->WhoIsSignedIn(admission.credentials, call.now));
  TRY(IsPersonPresent(method, call.peer, call.person.has_value()));
  if (call.person.has_value() && call.peer.role != Role::kService)
    TRY(limits.CheckPerson(call.person->account, admission.arrived));
  TRY(Read(body, request));
  TRY(CheckFields(method, request, call));
  if (method.mutates) call.fingerprint = FingerprintOf(method, request);
  return absl::OkStatus();
}

void Gate::State::EndCall(const Method& method, const Admission& admission, absl::StatusCode code) {
  limits.Leave(admission.takes, admission.caller, method.label);
  method.in_flight->Add(-1);
  method.Requests(code).Increment();
}

Gate::Gate(GateOptions options, std::unique_ptr<Authenticator> authenticator, crypto::KeyedHash fingerprint,
           const Clock& clock, Random& random)
    : state_(std::make_unique<State>(std::move(options), std::move(authenticator), std::move(fingerprint),
                                     clock, random)) {}

Gate::~Gate() = default;

std::map<std::string, const Method*, std::less<>> Gate::MethodsOf(absl::string_view service) {
  const auto* descriptor =
      google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(std::string(service));
  if (descriptor == nullptr) Die(absl::StrCat("no service ", service, " is linked into this program"));
  return MethodsOf(*descriptor);
}

std::map<std::string, const Method*, std::less<>> Gate::MethodsOf(
    const google::protobuf::ServiceDescriptor& service) {
  std::map<std::string, const Method*, std::less<>> found;
  const std::lock_guard lock(state_->mutex);
  for (int i = 0; i < service.method_count(); ++i) {
    absl::StatusOr<std::unique_ptr<Method>> method = ReadMethod(*service.method(i));
    if (!method.ok()) Die(method.status().message());
    found[service.method(i)->name()] = method->get();
    state_->methods.push_back(*std::move(method));
  }
  return found;
}

Admission Gate::Receive(const Method& method, Arrival arrival, Room room, SteadyTime arrived) {
  Admission admission;
  admission.arrived = arrived;
  admission.tell_id = !arrival.call_id.empty();
  admission.credentials = std::move(arrival.credentials);
  Call& call = admission.call;
  call.id = state_->random.ShortId();
  call.method = method.name;
  call.now = state_->clock.Now();
  call.deadline = call.now + method.deadline;
  method.in_flight->Add(1);
  admission.status = state_->ExaminePeer(method, arrival, room, admission);
  return admission;
}

Admission Gate::Receive(const Method& method, const grpc::CallbackServerContext& context, Room room) {
  const SteadyTime arrived = Steady::now();
  return Receive(method, ArrivalOf(context), room, arrived);
}

void Gate::Resume(const Method& method, const Arrival& arrival, Admission& admission) {
  admission.call.now = state_->clock.Now();
  admission.status =
      state_->pool.closed() ? ShuttingDown() : state_->CheckTime(method, arrival, admission.call);
}

void Gate::Resume(const Method& method, const grpc::CallbackServerContext& context, Admission& admission) {
  Resume(method, PatienceOf(context), admission);
}

void Gate::Admit(const Method& method, Admission& admission, Body& body, google::protobuf::Message& request) {
  admission.status = state_->ExamineRequest(method, admission, body, request);
  body.Drop(!method.secrets.empty());
}

grpc::Status Gate::Settle(const Method& method, const Admission& admission, const absl::Status& status) {
  const std::chrono::duration<double> took = Steady::now() - admission.arrived;
  const Call& call = admission.call;
  const absl::Status shown = Presentable(status, call.id);
  state_->EndCall(method, admission, shown.code());
  method.seconds->Observe(took.count());
  obs::Info("rpc", {{"method", method.label},
                    {"code", absl::StatusCodeToString(shown.code())},
                    {"reason", ReasonOf(shown).value_or("")},
                    {"peer", admission.caller.empty() ? "-" : admission.caller},
                    {"duration_us", absl::StrCat(static_cast<int64_t>(took.count() * 1e6))},
                    {"call_id", call.id}});
  if (shown.message() != status.message()) {
    // What the caller is not told.
    obs::Log(shown.code() == absl::StatusCode::kInternal ? obs::Level::kError : obs::Level::kWarning,
             "call failed",
             {{"method", method.label},
              {"call_id", call.id},
              {"code", absl::StatusCodeToString(status.code())},
              {"detail", std::string(status.message())}});
  }
  if (state_->options.on_refusal && IsForTheRecord(shown)) state_->options.on_refusal(call, method, shown);
  return ToWire(shown, call.id);
}

grpc::Status Gate::Settle(const Method& method, const Admission& admission,
                          grpc::CallbackServerContext& context, const absl::Status& status) {
  if (admission.tell_id || !status.ok()) context.AddTrailingMetadata(kCallIdKey, admission.call.id);
  return Settle(method, admission, status);
}

grpc::Status Gate::Overloaded(const Method& method, const Admission& admission) {
  const absl::Status status = state_->pool.closed()
                                  ? ShuttingDown()
                                  : absl::Status(Refuse(absl::StatusCode::kResourceExhausted,
                                                        Reason::kOverloaded, "too many calls wait")
                                                     .RetryAfter(absl::Seconds(1)));
  state_->EndCall(method, admission, status.code());
  return ToWire(status, "");
}

bool Gate::TryRun(std::function<void()> work) { return state_->pool.TryRun(std::move(work)); }
bool Gate::Enter() { return state_->pool.Enter(); }
void Gate::Leave() { state_->pool.Leave(); }
void Gate::Open() { state_->open = true; }
void Gate::Close() { state_->pool.Close(); }
bool Gate::Drain(absl::Duration at_most) { return state_->pool.Drain(at_most); }
const Clock& Gate::clock() const { return state_->clock; }

}  // namespace tc::rpc
