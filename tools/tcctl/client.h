#pragma once

// Client: calls one service as anybody, with self-issued development assertions. Thread-safe.
//
//   client.Call(&pb::LinkingService::Stub::CreateInvitation, SignedIn("anna"), request)

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/crypto/jwt.h"
#include "tools/tcctl/wire_status.h"

namespace tc::dev {

// Who calls.
struct Caller {
  std::string peer = "portal/demo";  // <role>/<name>
  std::string account;               // the person signed in with it; empty: nobody
  absl::Duration signed_in_for = absl::ZeroDuration();
};

inline Caller Portal() { return {}; }
inline Caller SignedIn(std::string account) { return {"portal/demo", std::move(account), {}}; }
inline Caller From(std::string peer) { return {std::move(peer), "", {}}; }

// The value of the "authorization" metadata, good for `ttl`.
std::string Bearer(const crypto::JwtSigner& signer, const Caller& caller, absl::Time now, absl::Duration ttl);

// Gives the message's request_id, if it has such a field and it is empty, a fresh UUID.
void FillRequestId(google::protobuf::Message& request);

// A plaintext channel of its own that reconnects quickly, for a server that comes and goes.
std::shared_ptr<grpc::Channel> Connect(const std::string& target);

class Client {
 public:
  Client(const std::string& target, crypto::JwtSigner signer);

  // Answers of UNAVAILABLE are followed by the same call again, with the same request_id, for this long.
  // Default: not at all.
  void SetPatience(absl::Duration patience) { patience_ = patience; }

  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Caller& caller, Request request) const {
    FillRequestId(request);
    Stub stub(channel_);
    const absl::Time give_up = absl::Now() + patience_;
    while (true) {
      grpc::ClientContext context;
      Prepare(context, caller);
      Response response;
      const absl::Status status = FromWire((stub.*method)(&context, request, &response));
      if (status.ok()) return response;
      if (!absl::IsUnavailable(status) || absl::Now() >= give_up) return status;
      absl::SleepFor(absl::Milliseconds(20));
    }
  }

  // Whether grpc.health.v1 says SERVING.
  bool Healthy() const;
  void Prepare(grpc::ClientContext& context, const Caller& caller) const;
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  std::shared_ptr<grpc::Channel> channel_;
  crypto::JwtSigner signer_;
  absl::Duration patience_ = absl::ZeroDuration();
};

}  // namespace tc::dev
