#pragma once

// Client: calls one service as anybody it has access as. Thread-safe.
//
//   client.Call(&pb::LinkingService::Stub::CreateInvitation, SignedIn("anna"), request)

#include <google/protobuf/message.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <utility>

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

// A channel of its own that reconnects quickly, for a server that comes and goes; plaintext without
// `credentials`.
std::shared_ptr<grpc::Channel> Connect(const std::string& target,
                                       std::shared_ptr<grpc::ChannelCredentials> credentials = nullptr);

// How callers get to a server and prove who they are. Thread-safe.
class Access {
 public:
  virtual ~Access() = default;
  virtual std::shared_ptr<grpc::Channel> ChannelOf(const Caller& caller) = 0;
  // The value of the "authorization" metadata; empty: none is sent.
  virtual std::string AuthorizationOf(const Caller& caller) = 0;
};

// Development: plaintext, and self-issued assertions for whoever calls.
std::shared_ptr<Access> DevelopmentAccess(const std::string& target, crypto::JwtSigner signer);

class Client {
 public:
  explicit Client(std::shared_ptr<Access> access) : access_(std::move(access)) {}
  // With DevelopmentAccess.
  Client(const std::string& target, crypto::JwtSigner signer);

  // Answers of UNAVAILABLE are followed by the same call again, with the same request_id, for this long.
  // Default: not at all.
  void SetPatience(absl::Duration patience) { patience_ = patience; }

  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Caller& caller, Request request) const {
    FillRequestId(request);
    Stub stub(access_->ChannelOf(caller));
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
  // The way that the portal takes.
  std::shared_ptr<grpc::Channel> channel() const { return access_->ChannelOf(Portal()); }

 private:
  std::shared_ptr<Access> access_;
  absl::Duration patience_ = absl::ZeroDuration();
};

}  // namespace tc::dev
