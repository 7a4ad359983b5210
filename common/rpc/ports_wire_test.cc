// The ports of a service: health apart from calls (TRN-13), the proof of TLS at the start (TRN-02),
// reflection in production.

#include "common/rpc/ports.h"

#include <grpc/health/v1/health.grpc.pb.h>
#include <grpcpp/generic/generic_stub.h>

#include <mutex>
#include <string>
#include <vector>

#include "common/kv/testing.h"
#include "common/rpc/tls_testing.h"

namespace tc::rpc {
namespace {

namespace health = grpc::health::v1;
using ::testing::HasSubstr;
using testing::IsOk;

constexpr char kService[] = "trustedcontact.test.v1.TestService";

class PortsWireTest : public ::testing::Test {
 protected:
  PortsWireTest() {
    flags_.listen = "127.0.0.1:0";
    flags_.health = "127.0.0.1:0";
    flags_.trust_domain = "example.org";
    flags_.tls = authority_.IssuePeer("service/test");
    identity_ = *tls::Identity::Open(flags_.tls, "spiffe://example.org/service/test", clock_);
  }
  absl::Status Open() {
    absl::StatusOr<std::unique_ptr<Ports>> ports = Ports::Open(
        flags_, flags_.development ? grpc::InsecureServerCredentials() : identity_->ForServer(), {},
        {kService},
        [this](const std::vector<std::string>& uris, const std::string& of, const absl::Status&) {
          const std::lock_guard lock(mutex_);
          refused_.push_back(absl::StrCat(uris.empty() ? "nobody" : uris[0], " ", of));
        },
        on_proven_);
    if (ports.ok()) ports_ = *std::move(ports);
    return ports.status();
  }
  std::shared_ptr<grpc::Channel> Secure(const std::string& peer) {
    return grpc::CreateChannel(ports_->address(), RawCredentials(authority_.IssuePeer(peer)));
  }
  static std::string Health(const std::shared_ptr<grpc::Channel>& channel, const std::string& service = "") {
    health::Health::Stub stub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    health::HealthCheckRequest request;
    request.set_service(service);
    health::HealthCheckResponse response;
    const grpc::Status status = stub.Check(&context, request, &response);
    if (!status.ok()) return absl::StrCat("status ", status.error_code());
    return health::HealthCheckResponse::ServingStatus_Name(response.status());
  }
  std::string Probe(const std::string& service = "") {
    return Health(grpc::CreateChannel(ports_->health_address(), grpc::InsecureChannelCredentials()), service);
  }
  grpc::SslServerCredentialsOptions::PemKeyCertPair OwnPair() const {
    return {ContentOf(flags_.tls.private_key), ContentOf(flags_.tls.certificate)};
  }
  // What reflection says to the question for the list of services; empty when it says nothing.
  static std::string Reflect(const std::shared_ptr<grpc::Channel>& channel, grpc::Status& status) {
    grpc::GenericStub stub(channel);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    grpc::CompletionQueue queue;
    const auto await = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      queue.Next(&tag, &ok);
      return ok;
    };
    const auto call =
        stub.PrepareCall(&context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", &queue);
    call->StartCall(nullptr);
    await();
    grpc::Slice list_services(std::string("\x3a\x01*"));
    call->Write(grpc::ByteBuffer(&list_services, 1), nullptr);
    await();
    grpc::ByteBuffer answer;
    call->Read(&answer, nullptr);
    std::string bytes;
    if (await()) {
      std::vector<grpc::Slice> slices;
      if (answer.Dump(&slices).ok()) {
        for (const grpc::Slice& slice : slices)
          bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
      }
    }
    call->WritesDone(nullptr);
    await();
    call->Finish(&status, nullptr);
    await();
    return bytes;
  }

  std::vector<std::string> Refused() {
    const std::lock_guard lock(mutex_);
    return refused_;
  }

  std::function<void()> on_proven_;
  std::mutex mutex_;
  std::vector<std::string> refused_;  // as they are told
  const SystemClock clock_;
  testing::TempDir dir_;
  testing::Authority authority_{dir_.path()};
  Flags flags_;
  std::unique_ptr<tls::Identity> identity_;
  std::unique_ptr<Ports> ports_;
};

TEST_F(PortsWireTest, TellsWhoCallsWhatIsNotServedOrNotForHim) {
  flags_.reflection = true;
  ASSERT_THAT(Open(), IsOk());
  EXPECT_EQ(Health(Secure("bank/sber")), absl::StrCat("status ", grpc::StatusCode::UNIMPLEMENTED));
  EXPECT_THAT(Refused(), ::testing::ElementsAre("spiffe://example.org/bank/sber unknown"));
  grpc::Status status;
  Reflect(Secure("bank/sber"), status);
  Reflect(Secure("operator/ops"), status);
  ASSERT_EQ(Refused().size(), 2U);
  EXPECT_EQ(Refused()[1], "spiffe://example.org/bank/sber reflection");
}

TEST_F(PortsWireTest, TellsOfHealthOnAPortOfItsOwnInProduction) {
  ASSERT_THAT(Open(), IsOk());
  EXPECT_EQ(Probe(), "SERVING");
  EXPECT_EQ(Probe(kService), "SERVING");
  EXPECT_EQ(Probe("another"), absl::StrCat("status ", grpc::StatusCode::NOT_FOUND));
  EXPECT_EQ(Health(Secure("operator/ops")), absl::StrCat("status ", grpc::StatusCode::UNIMPLEMENTED));
  ports_->Leave();
  EXPECT_EQ(Probe(), "NOT_SERVING");
  EXPECT_EQ(Probe(kService), "NOT_SERVING");
}

TEST_F(PortsWireTest, ServesAndReflectsAfterItsProofOnly) {
  flags_.health = absl::StrCat("unix:", dir_.path(), "/h.sock");
  flags_.listen = absl::StrCat("unix:", dir_.path(), "/s.sock");
  flags_.reflection = true;
  const auto operators = [&] {
    return grpc::CreateChannel(flags_.listen, RawCredentials(authority_.IssuePeer("operator/ops")));
  };
  std::string before;
  grpc::Status status;
  on_proven_ = [&] {
    before = Health(grpc::CreateChannel(flags_.health, grpc::InsecureChannelCredentials()), kService);
    EXPECT_EQ(Reflect(operators(), status), "");
    EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
  };
  ASSERT_THAT(Open(), IsOk());
  EXPECT_EQ(before, "NOT_SERVING");
  EXPECT_EQ(Probe(kService), "SERVING");
  EXPECT_THAT(Reflect(operators(), status), HasSubstr("ServerReflection"));
}

TEST_F(PortsWireTest, TellsOfHealthOnBothInDevelopment) {
  flags_.development = true;
  ASSERT_THAT(Open(), IsOk());
  EXPECT_EQ(Probe(kService), "SERVING");
  EXPECT_EQ(Health(grpc::CreateChannel(ports_->address(), grpc::InsecureChannelCredentials())), "SERVING");
}

TEST_F(PortsWireTest, TellsOfHealthNowhereWhenNobodyAsksForIt) {
  flags_.health.clear();
  ASSERT_THAT(Open(), IsOk());
  EXPECT_EQ(ports_->health_address(), "");
  EXPECT_EQ(Health(Secure("operator/ops")), absl::StrCat("status ", grpc::StatusCode::UNIMPLEMENTED));
}

TEST_F(PortsWireTest, SaysThatItDoesNotServeWhenTheStoreHasFailed) {
  ASSERT_THAT(Open(), IsOk());
  kv::TestSwitches switches;
  switches.fail_next_write = std::make_shared<std::atomic<bool>>(false);
  const auto database = kv::InMemoryForTest(switches);
  ports_->TellOf(*database);
  EXPECT_EQ(Probe(kService), "SERVING");
  *switches.fail_next_write = true;
  EXPECT_FALSE(database->Update([](kv::Txn& txn) { return txn.Put("k", "v"); }).ok());
  ports_->TellOf(*database);
  EXPECT_EQ(Probe(kService), "NOT_SERVING");
}

TEST_F(PortsWireTest, NamesAnAddressThatCannotBeHad) {
  flags_.health = "unix:/no/such/directory/h.sock";
  EXPECT_THAT(std::string(Open().message()), HasSubstr("cannot listen on unix:/no/such/directory/h.sock"));
}

TEST_F(PortsWireTest, ProvesItsTlsOnASocketAndOnEveryAddressAsWell) {
  for (const std::string& listen : {absl::StrCat("unix:", dir_.path(), "/s.sock"), std::string("0.0.0.0:0"),
                                    std::string("localhost:0")}) {
    flags_.listen = listen;
    EXPECT_THAT(Open(), IsOk()) << listen;
    ports_.reset();
  }
}

using PortsWireDeathTest = PortsWireTest;

// The compensation is the cipher list of tls::Restrict; without it the library speaks TLS 1.2.
TEST_F(PortsWireDeathTest, DoesNotServeWhenTls12IsSpoken) {  // TRN-02
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        unsetenv("GRPC_SSL_CIPHER_SUITES");
        on_proven_ = [] { std::exit(4); };
        std::fprintf(stderr, "%s\n", std::string(Open().message()).c_str());
        std::exit(ports_ == nullptr ? 3 : 0);
      },
      ::testing::ExitedWithCode(3), "speaks TLS 1.2 or older");
}

TEST_F(PortsWireDeathTest, DoesNotServeWhenCallersNeedNoCertificate) {  // TRN-03
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        grpc::SslServerCredentialsOptions lax;
        lax.pem_key_cert_pairs.push_back(OwnPair());
        const auto ports =
            Ports::Open(flags_, grpc::SslServerCredentials(lax), {}, std::vector<std::string>());
        std::fprintf(stderr, "%s\n", std::string(ports.status().message()).c_str());
        std::exit(ports.ok() ? 0 : 3);
      },
      ::testing::ExitedWithCode(3), "lets callers in without a certificate");
}

TEST_F(PortsWireDeathTest, DoesNotServeWhenAnybodyMaySignHisCertificate) {  // TRN-03
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        grpc::SslServerCredentialsOptions lax(
            GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_BUT_DONT_VERIFY);
        lax.pem_root_certs = ContentOf(flags_.tls.ca);
        lax.pem_key_cert_pairs.push_back(OwnPair());
        const auto ports =
            Ports::Open(flags_, grpc::SslServerCredentials(lax), {}, std::vector<std::string>());
        std::fprintf(stderr, "%s\n", std::string(ports.status().message()).c_str());
        std::exit(ports.ok() ? 0 : 3);
      },
      ::testing::ExitedWithCode(3), "lets callers in whose certificate no authority has signed");
}

TEST_F(PortsWireTest, ProvesItsTlsWithEveryCurveThatItTakes) {
  for (const char* curve : {"P-384", "P-521"}) {
    flags_.tls = authority_.Issue("curve", {.uris = {"spiffe://example.org/service/test"}, .curve = curve});
    identity_ = *tls::Identity::Open(flags_.tls, "spiffe://example.org/service/test", clock_);
    EXPECT_THAT(Open(), IsOk()) << curve;
    ports_.reset();
  }
}

TEST_F(PortsWireTest, ReflectsForOperatorsAndMonitorsOnlyInProduction) {  // C-W 20
  const auto is_silent = [](const std::shared_ptr<grpc::Channel>& channel, grpc::StatusCode code) {
    grpc::Status status;
    EXPECT_EQ(Reflect(channel, status), "");
    EXPECT_EQ(status.error_code(), code);
  };
  grpc::Status status;
  flags_.reflection = true;
  ASSERT_THAT(Open(), IsOk());
  for (const char* peer : {"operator/ops", "monitor/m"})
    EXPECT_THAT(Reflect(Secure(peer), status), HasSubstr("ServerReflection")) << peer;
  for (const char* peer : {"portal/web", "service/otp", "gateway/g", "auditor/a", "operator/../x"})
    is_silent(Secure(peer), grpc::StatusCode::CANCELLED);
  is_silent(grpc::CreateChannel(ports_->health_address(), grpc::InsecureChannelCredentials()),
            grpc::StatusCode::UNIMPLEMENTED);
  flags_.reflection = false;
  ASSERT_THAT(Open(), IsOk());
  is_silent(Secure("operator/ops"), grpc::StatusCode::UNIMPLEMENTED);
}

}  // namespace
}  // namespace tc::rpc
