#pragma once

// Whole processes for tests: a service's main in a child, with a client on a thread of it, and the files that
// it needs.

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/crypto/jwt.h"
#include "common/rpc/credentials.h"
#include "common/rpc/runtime.h"
#include "common/testing/certificates.h"
#include "common/testing/temp_dir.h"

namespace tc::rpc {

using Args = std::vector<std::string>;

// The files that a service needs, and its command line.
class Setting {
 public:
  Setting() : signer_(*crypto::JwtSigner::Generate(kDevelopmentKid)), authority_(dir_.path()) {
    // A machine of developers may have it; production refuses it.
    unsetenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH");
    Write("jwks.json", signer_.Jwks());
    Write("dev.pem", signer_.ToPem());
    std::filesystem::permissions(dir_.path() + "/dev.pem", std::filesystem::perms::owner_read);
  }

  const std::string& path() const { return dir_.path(); }
  std::string target() const { return absl::StrCat("unix:", path(), "/s.sock"); }
  testing::Authority& authority() { return authority_; }

  Args Common() const {
    return {"tc-test", "--listen=" + target(), "--data=" + path() + "/data", "--keys=" + path() + "/keys",
            "--jwks=" + path() + "/jwks.json"};
  }
  Args Development() const {
    Args args = Common();
    args.insert(args.end(),
                {"--profile=dev", "--dev-key=" + path() + "/dev.pem", "--peer=otp=unix:/nowhere"});
    return args;
  }
  Args Production() {
    Args args = Common();
    const tls::Files files = authority_.IssuePeer("service/test");
    args.insert(args.end(),
                {"--tls-cert=" + files.certificate, "--tls-key=" + files.private_key, "--tls-ca=" + files.ca,
                 "--trust-domain=example.org", "--issuer=idp", "--peer=otp=unix:/nowhere"});
    return args;
  }

  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(path() + "/" + name) << text;
  }

  std::unique_ptr<grpc::ClientContext> As(const std::string& peer) const {
    crypto::Claims claims;
    claims.issuer = kDevelopmentIssuer;
    claims.audience = {kAudience};
    claims.expires_at = absl::Now() + absl::Minutes(5);
    claims.extra["peer"] = peer;
    auto context = std::make_unique<grpc::ClientContext>();
    context->AddMetadata("authorization", absl::StrCat("Bearer ", signer_.Sign(claims)));
    context->set_wait_for_ready(true);
    context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    return context;
  }
  // The client comes before the server listens, and tries again soon.
  std::shared_ptr<grpc::Channel> Channel() const {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
    arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 20);
    return grpc::CreateCustomChannel(target(), grpc::InsecureChannelCredentials(), arguments);
  }

 private:
  testing::TempDir dir_;
  crypto::JwtSigner signer_;
  testing::Authority authority_;
};

inline ServiceInfo Info() {
  ServiceInfo info;
  info.name = "test";
  info.description = "A service for the test.";
  info.peers = {"otp"};
  info.purposes = {"seal", "index"};
  info.services = {"trustedcontact.test.v1.TestService"};
  info.further_stores = {"test-keys"};
  return info;
}

// A service's main. `client` runs beside Serve; it returns what it found wrong, and then the process is told
// to stop.
using Client = std::function<std::string()>;
inline int Main(Args args, const Client& client = nullptr) {
  InitProcess();
  std::vector<char*> argv;
  for (std::string& arg : args) argv.push_back(arg.data());
  int exit_code = 0;
  const auto runtime =
      Runtime::FromCommandLine(static_cast<int>(argv.size()), argv.data(), Info(), exit_code);
  if (runtime == nullptr) return exit_code;
  std::string wrong;
  std::thread beside([&] {
    if (client) wrong = client();
    kill(getpid(), SIGTERM);
  });
  exit_code = runtime->Serve({}, {{{"test.number", 7, 7, 0, 9, "a number"}}, {{"test.number", 7}}});
  beside.join();
  if (wrong.empty()) return exit_code;
  std::fprintf(stderr, "%s\n", wrong.c_str());
  return 99;
}

class RuntimeDeathTest : public ::testing::Test {
 protected:
  RuntimeDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

}  // namespace tc::rpc
