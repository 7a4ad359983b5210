#pragma once

// TlsServer: one method behind mutual TLS on loopback, with an authority that issues certificates, for tests.
// What a bare client sees of it: Shake.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/rpc/server.h"
#include "common/rpc/status.h"
#include "common/rpc/unary.h"
#include "common/testing/certificates.h"
#include "common/testing/status.h"
#include "common/testing/wire.h"
#include "common/tls/ciphers.h"
#include "common/tls/identity.h"
#include "trustedcontact/admin/v1/admin.grpc.pb.h"

namespace tc::rpc {

// As InitProcess does, before gRPC reads it.
inline const bool kTlsIsRestricted = [] {
  tls::Restrict();
  std::signal(SIGPIPE, SIG_IGN);
  return true;
}();

inline std::string ContentOf(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// Looks again and again; false when it does not hold within 20 s.
inline bool Eventually(const std::function<bool()>& holds) {
  const absl::Time give_up = absl::Now() + absl::Seconds(20);
  while (!holds()) {
    if (absl::Now() > give_up) return false;
  }
  return true;
}

// What the files hold now, unchecked: also for a client with a certificate that is no good.
inline std::shared_ptr<grpc::ChannelCredentials> RawCredentials(const tls::Files& files) {
  return grpc::SslCredentials(
      {ContentOf(files.ca), ContentOf(files.private_key), ContentOf(files.certificate)});
}

struct WhoAmI {
  absl::StatusOr<trustedcontact::admin::v1::ServerInfo> GetServerInfo(
      const Call& call, const trustedcontact::admin::v1::GetServerInfoRequest&) {
    trustedcontact::admin::v1::ServerInfo out;
    out.set_service(absl::StrCat(RoleName(call.peer.role), "/", call.peer.name));
    out.set_profile(call.person.has_value() ? call.person->account.text() : "nobody");
    return out;
  }
};

class TlsServer : public ::testing::Test {
 protected:
  explicit TlsServer(tls::Files files = {})
      : keys_(crypto::Keyring::ForTest({"fingerprint"}, random_)),
        signer_(*crypto::JwtSigner::Generate("k")),
        files_(files.certificate.empty() ? authority_.IssuePeer("service/identity") : files) {
    files_.crl = authority_.Revoke({});
    crypto::JwtRules rules;
    rules.audience = kAudience;
    gate_ = std::make_unique<Gate>(
        testing::WithoutRates(),
        MutualTlsAuthenticator("example.org", {*crypto::JwtVerifier::FromJwks(signer_.Jwks()), rules}),
        *crypto::KeyedHash::Create(keys_, "fingerprint", "f"), clock_, random_);
    identity_ = *tls::Identity::Open(files_, "spiffe://example.org/service/identity", system_clock_);
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.credentials = identity_->ForServer();
    ServiceBuilder service(*gate_, "trustedcontact.admin.v1.AdminService");
    service.Serve("GetServerInfo", handlers_, &WhoAmI::GetServerInfo);
    service.NothingElse();
    server_ = *Server::Start(options, {service.Build()}, {});
  }
  ~TlsServer() override {
    gate_->Close();
    gate_->Drain();
    server_->Shutdown(absl::ZeroDuration());
  }

  // One call on a connection of its own.
  grpc::Status AskBy(const std::shared_ptr<grpc::ChannelCredentials>& credentials,
                     trustedcontact::admin::v1::ServerInfo* info, const std::string& token = "") {
    grpc::ChannelArguments own;
    own.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    const auto stub = trustedcontact::admin::v1::AdminService::NewStub(
        grpc::CreateCustomChannel(server_->address(), credentials, own));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    if (!token.empty()) context.AddMetadata("authorization", absl::StrCat("Bearer ", token));
    return stub->GetServerInfo(&context, {}, info);
  }
  absl::StatusOr<trustedcontact::admin::v1::ServerInfo> AskWith(const tls::Files& files) {
    trustedcontact::admin::v1::ServerInfo info;
    const grpc::Status status = AskBy(RawCredentials(files), &info);
    if (!status.ok()) return FromWire(status);
    return info;
  }
  absl::StatusOr<trustedcontact::admin::v1::ServerInfo> AskAs(const std::vector<std::string>& uris) {
    testing::CertificateRequest request;
    request.uris = uris;
    return AskWith(authority_.Issue("client", request));
  }

  testing::TempDir dir_;
  testing::FakeClock clock_;
  const SystemClock system_clock_;
  testing::FakeRandom random_;
  WhoAmI handlers_;
  testing::Authority authority_{dir_.path()};
  crypto::Keyring keys_;
  crypto::JwtSigner signer_;
  tls::Files files_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<tls::Identity> identity_;
  std::unique_ptr<Server> server_;
};

inline int DialLoopback(const std::string& address) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  int port = 0;
  if (!absl::SimpleAtoi(address.substr(address.rfind(':') + 1), &port)) std::abort();
  to.sin_port = htons(static_cast<uint16_t>(port));
  inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0) std::abort();
  return fd;
}

// A bare TLS client: the version that was agreed on and the server's serial number; 0 when the handshake
// failed.
struct Handshake {
  int version = 0;
  long serial = 0;
};
inline Handshake Shake(const std::string& address, const tls::Files& files, int max_version) {
  Handshake result;
  SSL_CTX* context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_max_proto_version(context, max_version);
  SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str());
  SSL_CTX_use_PrivateKey_file(context, files.private_key.c_str(), SSL_FILETYPE_PEM);
  const int fd = DialLoopback(address);
  SSL* ssl = SSL_new(context);
  const unsigned char h2[] = "\x02h2";
  SSL_set_alpn_protos(ssl, h2, 3);
  if (SSL_set_fd(ssl, fd) == 1 && SSL_connect(ssl) == 1) {
    result.version = SSL_version(ssl);
    X509* certificate = SSL_get1_peer_certificate(ssl);
    result.serial = ASN1_INTEGER_get(X509_get_serialNumber(certificate));
    X509_free(certificate);
  }
  SSL_free(ssl);
  SSL_CTX_free(context);
  close(fd);
  return result;
}

}  // namespace tc::rpc
