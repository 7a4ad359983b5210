// Certificates that change while calls run: no call is lost, and files that do not hold together leave the
// last good ones in use (TRN-08). Who is called (TRN-03, TRN-04).

#include "common/tls/identity.h"

#include <atomic>
#include <filesystem>
#include <mutex>
#include <thread>
#include <utility>

#include "common/obs/log.h"
#include "common/obs/metrics.h"
#include "common/rpc/client.h"
#include "common/rpc/credentials.h"
#include "common/rpc/tls_testing.h"

namespace tc::rpc {
namespace {

namespace fs = std::filesystem;
namespace pb = trustedcontact::admin::v1;

using testing::CertificateRequest;
using testing::HasCode;
using ::testing::HasSubstr;
using testing::IsOk;

// The lines of the log while it lives.
class LogCapture {
 public:
  LogCapture() {
    obs::SetSink([this](absl::string_view line) {
      const std::lock_guard lock(mutex_);
      absl::StrAppend(&lines_, line);
    });
  }
  ~LogCapture() { obs::SetSink(nullptr); }

  int Count(const std::string& text) {
    const std::lock_guard lock(mutex_);
    int count = 0;
    for (size_t at = 0; (at = lines_.find(text, at)) != std::string::npos; ++at) ++count;
    return count;
  }

 private:
  std::mutex mutex_;
  std::string lines_;
};

class TlsIdentityWireTest : public TlsServer {
 protected:
  long Served() { return Shake(server_->address(), client_, TLS1_3_VERSION).serial; }
  // Looks as the service does, until another certificate than `before` is served; false when none is in time.
  bool ServesAnotherThan(long before) {
    return Eventually([&] {
      identity_->Look();
      const long now = Served();
      return now != before && now != 0;
    });
  }
  // Callers on connections of their own, one after the other, until `change` has returned.
  template <typename Change>
  void ExpectNoCallFailsDuring(const Change& change) {
    std::atomic<bool> stop = false;
    std::atomic<int> calls = 0;
    std::vector<std::thread> callers;
    for (int i = 0; i < 2; ++i) {
      callers.emplace_back([&] {
        while (!stop) {
          ++calls;
          EXPECT_THAT(AskWith(client_), IsOk());
        }
      });
    }
    change();
    stop = true;
    for (std::thread& caller : callers) caller.join();
    EXPECT_GT(calls, 10);
  }
  // Longer than the second after which gRPC looks at what it serves.
  void LookForTwoSeconds() {
    const absl::Time end = absl::Now() + absl::Seconds(2);
    while (absl::Now() < end) {
      identity_->Look();
      EXPECT_NE(Served(), 0);
    }
  }

  tls::Files client_ = authority_.IssuePeer("operator/ops");
};

TEST_F(TlsIdentityWireTest, ServesNewCertificatesWithoutLosingACall) {
  ExpectNoCallFailsDuring([&] {
    for (int round = 0; round < 3; ++round) {
      const long before = Served();
      authority_.IssuePeer("service/identity");
      EXPECT_TRUE(ServesAnotherThan(before));
    }
  });
}

TEST_F(TlsIdentityWireTest, KeepsTheLastGoodPairWhileTheFilesDoNotHoldTogether) {
  const long good = Served();
  const auto expect_kept = [&](const char* what) {
    SCOPED_TRACE(what);
    EXPECT_THAT(identity_->Reload(), HasCode(absl::StatusCode::kFailedPrecondition));
    ExpectNoCallFailsDuring([&] { LookForTwoSeconds(); });
    EXPECT_EQ(Served(), good);
  };
  fs::copy_file(client_.private_key, files_.private_key, fs::copy_options::overwrite_existing);
  expect_kept("the key of another certificate");
  std::ofstream(files_.certificate) << "garbage";
  expect_kept("garbage");
  CertificateRequest expired;
  expired.uris = {"spiffe://example.org/service/identity"};
  expired.valid_from = -absl::Hours(2);
  expired.valid_until = -absl::Seconds(1);
  authority_.Issue("service-identity", expired);
  expect_kept("an expired certificate");
  fs::remove(files_.private_key);
  expect_kept("no key");

  authority_.IssuePeer("service/identity");
  EXPECT_THAT(identity_->Reload(), IsOk());
  EXPECT_TRUE(ServesAnotherThan(good));
}

TEST_F(TlsIdentityWireTest, CallsPeersWithANewCertificateAsWell) {
  tls::Files files = authority_.IssuePeer("operator/caller");
  const auto identity = *tls::Identity::Open(files, "", system_clock_);
  const auto credentials = identity->ForChannel();
  pb::ServerInfo info;
  ASSERT_TRUE(AskBy(credentials, &info).ok());
  authority_.Revoke({files.certificate});
  ASSERT_THAT(identity_->Reload(), IsOk());
  EXPECT_EQ(AskBy(credentials, &info).error_code(), grpc::StatusCode::UNAVAILABLE);
  authority_.IssuePeer("operator/caller");
  ASSERT_THAT(identity->Reload(), IsOk());
  EXPECT_TRUE(Eventually([&] { return AskBy(credentials, &info).ok(); }));
}

TEST_F(TlsIdentityWireTest, CallsNoServerUnderANameThatItsCertificateLacks) {  // TRN-03
  const tls::Files files = authority_.IssuePeer("operator/caller");
  const auto identity = *tls::Identity::Open(files, "", system_clock_);
  pb::ServerInfo info;
  ASSERT_TRUE(AskBy(identity->ForChannel(), &info).ok());
  const long before = Served();
  authority_.Issue("service-identity",
                   {.hosts = "DNS:elsewhere.example", .uris = {"spiffe://example.org/service/identity"}});
  ASSERT_TRUE(ServesAnotherThan(before));
  EXPECT_EQ(AskBy(identity->ForChannel(), &info).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TlsIdentityWireTest, CallsAsAServiceNobodyWhoIsNone) {  // TRN-04
  const tls::Files files = authority_.IssuePeer("portal/web");
  const auto portal = *tls::Identity::Open(files, "spiffe://example.org/portal/web", system_clock_);
  const auto server = *Server::Start({.listen = "127.0.0.1:0", .credentials = portal->ForServer()}, {}, {});
  const auto code_as = [&](const tls::Identity& caller) {
    const auto stub = pb::AdminService::NewStub(grpc::CreateChannel(server->address(), caller.ForChannel()));
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    pb::ServerInfo info;
    return stub->GetServerInfo(&context, {}, &info).error_code();
  };
  EXPECT_EQ(code_as(*portal), grpc::StatusCode::UNIMPLEMENTED) << "it is reached by others";
  EXPECT_EQ(code_as(*identity_), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TlsIdentityWireTest, ReachesTheServiceThatItAsksForAndNoOtherUnderTheSameHostsName) {  // TRN-04
  const tls::Files files = authority_.IssuePeer("service/otp");
  const auto otp = *tls::Identity::Open(files, "spiffe://example.org/service/otp", system_clock_);
  const auto server = *Server::Start({.listen = "127.0.0.1:0", .credentials = otp->ForServer()}, {}, {});
  const auto credentials = MutualTlsCredentials(*identity_);
  const auto code_of = [&](const std::string& service) {
    const PeerChannel peer(service, server->address(), credentials);
    const auto stub = pb::AdminService::NewStub(peer.channel());
    grpc::ClientContext context;
    peer.Prepare(context, absl::InfiniteFuture());
    pb::ServerInfo info;
    return stub->GetServerInfo(&context, {}, &info).error_code();
  };
  EXPECT_EQ(code_of("otp"), grpc::StatusCode::UNIMPLEMENTED) << "it is reached";
  for (const char* other : {"linking", "ot", "otpx", ""})
    EXPECT_EQ(code_of(other), grpc::StatusCode::UNAVAILABLE) << other;
}

TEST_F(TlsIdentityWireTest, TellsWhenItExpiresAndWhatItRefused) {
  LogCapture log;
  EXPECT_THAT(obs::RenderMetrics(), HasSubstr("tc_tls_certificate_expires_seconds"));
  std::ofstream(files_.certificate) << "garbage";
  for (int look = 0; look < 5; ++look) identity_->Look();
  EXPECT_EQ(log.Count("new certificates refused"), 1);
  CertificateRequest short_lived;
  short_lived.uris = {"spiffe://example.org/service/identity"};
  short_lived.valid_from = -absl::Hours(9);
  short_lived.valid_until = absl::Hours(1);
  authority_.Issue("service-identity", short_lived);
  for (int look = 0; look < 5; ++look) identity_->Look();
  EXPECT_EQ(log.Count("must be renewed"), 1);
}

}  // namespace
}  // namespace tc::rpc
