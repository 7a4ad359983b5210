#include "common/rpc/gate.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/server_context.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "common/obs/log.h"
#include "common/rpc/method.h"
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

// Equal requests give equal bytes, also with map fields and across processes.
std::string DeterministicBytes(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  return bytes;
}

Arrival ArrivalOf(grpc::CallbackServerContext& context) {
  Arrival arrival;
  const auto& metadata = context.client_metadata();
  const auto text = [](grpc::string_ref ref) { return std::string(ref.data(), ref.size()); };
  const auto [begin, end] = metadata.equal_range("authorization");
  for (auto it = begin; it != end; ++it) arrival.credentials.authorization.push_back(text(it->second));
  if (const auto id = metadata.find(kCallIdKey); id != metadata.end()) arrival.call_id = text(id->second);
  arrival.credentials.address = context.peer();
  if (const auto auth = context.auth_context(); auth != nullptr && auth->IsPeerAuthenticated()) {
    for (const grpc::string_ref& uri : auth->FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME)) {
      arrival.credentials.peer_uris.push_back(text(uri));
    }
  }
  // The wall clock on both sides of the difference: Call::now may stand still in a test.
  const auto deadline = context.deadline();
  if (deadline != std::chrono::system_clock::time_point::max()) {
    arrival.remaining = absl::FromChrono(deadline) - absl::Now();
  }
  arrival.cancelled = context.IsCancelled();
  return arrival;
}

}  // namespace

struct Gate::State {
  State(GateOptions o, std::unique_ptr<Authenticator> a, crypto::KeyedHash f, const Clock& c, Random& r)
      : options(o),
        authenticator(std::move(a)),
        fingerprint(std::move(f)),
        clock(c),
        random(r),
        pool(o.workers, static_cast<size_t>(o.queue)) {}

  absl::Status Examine(const Method& method, const Arrival& arrival, const google::protobuf::Message& request,
                       Call& call);
  absl::Status CheckTime(const Method& method, const Arrival& arrival, Call& call) const;
  absl::Status CheckRequest(const Method& method, const google::protobuf::Message& request, Call& call) const;

  const GateOptions options;
  const std::unique_ptr<Authenticator> authenticator;
  const crypto::KeyedHash fingerprint;
  const Clock& clock;
  Random& random;
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

absl::Status Gate::State::CheckRequest(const Method& method, const google::protobuf::Message& request,
                                       Call& call) const {
  if (request.ByteSizeLong() > options.max_request_bytes) {
    return Refuse(absl::StatusCode::kResourceExhausted, Reason::kMessageTooLarge,
                  absl::StrCat("a request has at most ", options.max_request_bytes, " bytes"));
  }
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

absl::Status Gate::State::Examine(const Method& method, const Arrival& arrival,
                                  const google::protobuf::Message& request, Call& call) {
  if (pool.closed()) return ShuttingDown();
  TRY(CheckTime(method, arrival, call));
  call.peer = TRY(authenticator->WhoCalls(arrival.credentials, call.now));
  // A service carries the id of the call that it works for: one id for the whole way.
  if (call.peer.role == Role::kService && IsIdText(arrival.call_id)) call.id = arrival.call_id;
  TRY(MayPeerCall(method, call.peer));
  call.person = TRY(authenticator->WhoIsSignedIn(arrival.credentials, call.now));
  TRY(IsPersonPresent(method, call.peer, call.person.has_value()));
  TRY(CheckRequest(method, request, call));
  if (method.mutates) {
    call.fingerprint = fingerprint.StableIndex(absl::StrCat(method.name, "\n", DeterministicBytes(request)));
  }
  return absl::OkStatus();
}

Gate::Gate(GateOptions options, std::unique_ptr<Authenticator> authenticator, crypto::KeyedHash fingerprint,
           const Clock& clock, Random& random)
    : state_(std::make_unique<State>(options, std::move(authenticator), std::move(fingerprint), clock,
                                     random)) {}

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

Admission Gate::Admit(const Method& method, const Arrival& arrival,
                      const google::protobuf::Message& request) {
  Admission admission;
  admission.arrived = Steady::now();
  admission.tell_id = !arrival.call_id.empty();
  Call& call = admission.call;
  call.id = state_->random.ShortId();
  call.method = method.name;
  call.now = state_->clock.Now();
  call.deadline = call.now + method.deadline;
  method.in_flight->Add(1);
  admission.status = state_->Examine(method, arrival, request, call);
  return admission;
}

Admission Gate::Admit(const Method& method, grpc::CallbackServerContext& context,
                      const google::protobuf::Message& request, Steady::time_point arrived) {
  Admission admission = Admit(method, ArrivalOf(context), request);
  admission.arrived = arrived;
  return admission;
}

grpc::Status Gate::Settle(const Method& method, const Admission& admission, const absl::Status& status) {
  const std::chrono::duration<double> took = Steady::now() - admission.arrived;
  const Call& call = admission.call;
  const absl::Status shown = Presentable(status, call.id);
  method.in_flight->Add(-1);
  method.seconds->Observe(took.count());
  method.Requests(shown.code()).Increment();
  const std::string peer =
      call.peer.name.empty() ? "-" : absl::StrCat(RoleName(call.peer.role), "/", call.peer.name);
  obs::Info("rpc", {{"method", method.label},
                    {"code", absl::StatusCodeToString(shown.code())},
                    {"reason", ReasonOf(shown).value_or("")},
                    {"peer", peer},
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
  return ToWire(shown, call.id);
}

grpc::Status Gate::Settle(const Method& method, const Admission& admission,
                          grpc::CallbackServerContext& context, const absl::Status& status) {
  if (admission.tell_id || !status.ok()) context.AddTrailingMetadata(kCallIdKey, admission.call.id);
  return Settle(method, admission, status);
}

grpc::Status Gate::Overloaded(const Method& method) {
  const absl::Status status = state_->pool.closed()
                                  ? ShuttingDown()
                                  : absl::Status(Refuse(absl::StatusCode::kResourceExhausted,
                                                        Reason::kOverloaded, "too many calls wait")
                                                     .RetryAfter(absl::Seconds(1)));
  method.Requests(status.code()).Increment();
  return ToWire(status, "");
}

bool Gate::TryRun(std::function<void()> work) { return state_->pool.TryRun(std::move(work)); }
bool Gate::Enter() { return state_->pool.Enter(); }
void Gate::Leave() { state_->pool.Leave(); }
void Gate::Close() { state_->pool.Close(); }
bool Gate::Drain(absl::Duration at_most) { return state_->pool.Drain(at_most); }
const Clock& Gate::clock() const { return state_->clock; }

}  // namespace tc::rpc
