// What a request tells in confidence does not stay in memory that its call has freed: every block that this
// program gives back is looked through while a test says so.

#include <grpcpp/generic/generic_stub.h>
#include <malloc.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <future>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/rpc/unary.h"
#include "common/testing/status.h"
#include "common/testing/wire.h"
#include "services/identity/rpc/service.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TC_SEARCHES 0
#elif defined(__has_feature)
#define TC_SEARCHES !(__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#else
#define TC_SEARCHES 1
#endif

namespace {

constexpr char kPassword[] = "correct horse battery staple";
constexpr char kCode[] = "735182";  // short: inside of its string
std::atomic<bool> searching = false;
std::atomic<int> found = 0;

}  // namespace

#if TC_SEARCHES  // a sanitizer has a `free` of its own

// In the place of the C library's, for all that this program is made of, the transport included. Whoever gets
// the memory next must not be found to have what another has left in it: that was counted already.
extern "C" void __libc_free(void* block);  // NOLINT: its name
extern "C" void free(void* block) noexcept {
  constexpr size_t kLargest = 64 * 1024;
  const size_t size = block == nullptr ? 0 : ::malloc_usable_size(block);
  for (const char* secret : {kPassword, kCode}) {
    if (searching && ::memmem(block, size, secret, std::strlen(secret)) != nullptr) ++found;
  }
  if (size != 0 && size <= kLargest) std::memset(block, 0, size);
  __libc_free(block);
}

#endif

namespace tc::identity {
namespace {

using testing::IsOk;
using testing::WireServer;

constexpr char kAccount[] = "accounts/ivan";

struct OwnHandlers {
  absl::StatusOr<pb::VerifyPasswordResponse> VerifyPassword(const rpc::Call&,
                                                            const pb::VerifyPasswordRequest& in) {
    came = in.password() == kPassword;
    return pb::VerifyPasswordResponse();
  }
  void VerifySecondFactor(const rpc::Call&, const pb::VerifySecondFactorRequest& in,
                          rpc::Answer<pb::VerifySecondFactorResponse> answer) {
    came = in.code() == kCode;
    answer.Give(pb::VerifySecondFactorResponse());
  }
  absl::StatusOr<pb::Credential> SetPassword(const rpc::Call&, const pb::SetPasswordRequest& in) {
    came = in.new_password() == kPassword;
    return pb::Credential();
  }
  std::atomic<bool> came = false;
};

class WipedMemoryWireTest : public ::testing::Test {
 protected:
  WipedMemoryWireTest() {
    rpc::ServiceBuilder service(wire_.gate(), kServiceName);
    service.Serve("SetPassword", handlers_, &OwnHandlers::SetPassword);
    service.ServeAtOnce("VerifyPassword", handlers_, &OwnHandlers::VerifyPassword);
    service.ServeAtOnce("VerifySecondFactor", handlers_, &OwnHandlers::VerifySecondFactor);
    service.NothingElse();
    wire_.Serve({service.Build()});
  }

  void SetUp() override {
    if (!TC_SEARCHES) GTEST_SKIP() << "nobody looks through the memory under a sanitizer";
  }

  // How often a secret was freed in a call, up to the end of the server's part of it. The client's part frees
  // nothing: its bytes are the test's.
  int FreedBy(const char* method, const google::protobuf::Message& request, const char* peer,
              const char* person) {
    const std::string bytes = request.SerializeAsString();
    const grpc::Slice slice(bytes.data(), bytes.size(), grpc::Slice::STATIC_SLICE);
    const grpc::ByteBuffer body(&slice, 1);
    const auto context = wire_.Context(peer, person);
    grpc::GenericStub stub(wire_.channel());
    grpc::ByteBuffer answer;
    std::promise<grpc::Status> ended;
    found = 0;
    searching = true;
    stub.UnaryCall(context.get(), absl::StrCat("/", kServiceName, "/", method), {}, &body, &answer,
                   [&](grpc::Status status) { ended.set_value(std::move(status)); });
    EXPECT_THAT(rpc::FromWire(ended.get_future().get()), IsOk());
    wire_.Stop();
    searching = false;
    EXPECT_TRUE(handlers_.came);
    return found;
  }

  OwnHandlers handlers_;
  WireServer wire_;
};

TEST_F(WipedMemoryWireTest, TheSearchFindsWhatIsNotWiped) {
  found = 0;
  searching = true;
  for (const char* secret : {kPassword, kCode}) {
    std::string* volatile held = new std::string(secret);  // else the compiler leaves both out
    delete held;
  }
  searching = false;
  EXPECT_EQ(found, 2);
}

TEST_F(WipedMemoryWireTest, APasswordGoesWithTheCallThatIsAnsweredAtOnce) {
  pb::VerifyPasswordRequest request;
  request.set_account(kAccount);
  request.set_password(kPassword);
  request.set_request_id("6f1c7b2e-5d0f-4b62-9a1e-2f6d3c4b5a69");
  EXPECT_EQ(FreedBy("VerifyPassword", request, "identity-provider/esia", ""), 0);
}

TEST_F(WipedMemoryWireTest, ACodeGoesWithTheCallThatIsAnsweredLater) {
  pb::VerifySecondFactorRequest request;
  request.set_code(kCode);
  request.set_request_id("6f1c7b2e-5d0f-4b62-9a1e-2f6d3c4b5a69");
  EXPECT_EQ(FreedBy("VerifySecondFactor", request, "identity-provider/esia", ""), 0);
}

TEST_F(WipedMemoryWireTest, APasswordGoesWithTheCallThatAWorkerAnswers) {
  pb::SetPasswordRequest request;
  request.set_account(kAccount);
  request.set_new_password(kPassword);
  request.set_request_id("6f1c7b2e-5d0f-4b62-9a1e-2f6d3c4b5a69");
  EXPECT_EQ(FreedBy("SetPassword", request, "portal/web", "ivan"), 0);
}

}  // namespace
}  // namespace tc::identity
