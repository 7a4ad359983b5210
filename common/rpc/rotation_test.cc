#include "common/rpc/rotation.h"

#include <gmock/gmock.h>

#include "common/crypto/key_files.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"

namespace tc::rpc {
namespace {

using testing::IsOk;
using testing::Refused;

TEST(Rotation, ReadsWhatElseAnOperatorChangesBeforeTheKeys) {
  const testing::TempDir dir;
  testing::FakeRandom random;
  ASSERT_THAT(crypto::EnsureKey(dir.path(), "seal", random), IsOk());
  crypto::Keyring keys = *crypto::Keyring::Open(dir.path());
  absl::Status certificates = absl::FailedPreconditionError("otp.key: is not the key of otp.pem");
  Rotation rotation(keys, nullptr, [&certificates] { return certificates; });
  ASSERT_THAT(crypto::AddKey(dir.path(), "seal", random).status(), IsOk());
  EXPECT_THAT(rotation.Reload(), Refused(absl::StatusCode::kFailedPrecondition, Reason::kKeysInvalid));
  EXPECT_EQ(rotation.Take().keys.size(), 1u) << "nothing of it is taken";
  certificates = absl::OkStatus();
  EXPECT_THAT(rotation.Reload(), IsOk());
  EXPECT_EQ(rotation.Take().keys.size(), 2u);
}

}  // namespace
}  // namespace tc::rpc
