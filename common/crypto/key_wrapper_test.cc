#include "common/crypto/key_wrapper.h"

#include "common/crypto/sealer.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"

namespace tc::crypto {
namespace {

using testing::FakeRandom;
using testing::HasCode;

class LocalKeyWrapperTest : public ::testing::Test {
 protected:
  FakeRandom random_;
  Keyring keys_ = Keyring::ForTest({"kek"}, random_);
  std::unique_ptr<KeyWrapper> wrapper_ = LocalKeyWrapper(keys_, "kek", random_);
  const Secret key_{"thirty-two bytes of somebody's k"};
};

TEST_F(LocalKeyWrapperTest, UnwrapsWhatItWrapped) {  // CRY-02
  ASSERT_OK_AND_ASSIGN(const std::string wrapped, wrapper_->Wrap(key_, "person/42"));
  EXPECT_EQ(wrapped.find("somebody"), std::string::npos);
  ASSERT_OK_AND_ASSIGN(const Secret key, wrapper_->Unwrap(wrapped, "person/42"));
  EXPECT_TRUE(key == key_);
}

TEST_F(LocalKeyWrapperTest, RefusesAnotherContextAndWhatIsNotGenuine) {
  std::string wrapped = *wrapper_->Wrap(key_, "person/42");
  EXPECT_THAT(wrapper_->Unwrap(wrapped, "person/43"), HasCode(absl::StatusCode::kDataLoss));
  wrapped.back() = static_cast<char>(wrapped.back() ^ 1);
  EXPECT_THAT(wrapper_->Unwrap(wrapped, "person/42"), HasCode(absl::StatusCode::kDataLoss));
  EXPECT_THAT(wrapper_->Unwrap("", "person/42"), HasCode(absl::StatusCode::kDataLoss));
}

TEST_F(LocalKeyWrapperTest, TellsWhatIsToBeWrappedAnewAfterARotation) {  // CRY-05
  const std::string old = *wrapper_->Wrap(key_, "p");
  EXPECT_EQ(*KidOf(old), "k000001");
  EXPECT_TRUE(*wrapper_->IsCurrent(old));
  keys_.AddForTest("kek", random_);
  EXPECT_FALSE(*wrapper_->IsCurrent(old));
  EXPECT_TRUE(*wrapper_->Unwrap(old, "p") == key_) << "still readable";
  const std::string fresh = *wrapper_->Wrap(key_, "p");
  EXPECT_EQ(*KidOf(fresh), "k000002");
  EXPECT_TRUE(*wrapper_->IsCurrent(fresh));
  EXPECT_THAT(wrapper_->IsCurrent("rubbish"), HasCode(absl::StatusCode::kDataLoss));
}

TEST_F(LocalKeyWrapperTest, CannotUnwrapWithoutTheKeyThatWrapped) {
  const std::string old = *wrapper_->Wrap(key_, "p");
  keys_.AddForTest("kek", random_);
  keys_.RemoveForTest("kek", "k000001");
  EXPECT_THAT(wrapper_->Unwrap(old, "p"), HasCode(absl::StatusCode::kDataLoss));
}

TEST_F(LocalKeyWrapperTest, NeedsAKeyForItsPurpose) {
  const std::unique_ptr<KeyWrapper> none = LocalKeyWrapper(keys_, "absent", random_);
  EXPECT_THAT(none->Wrap(key_, "p"), HasCode(absl::StatusCode::kNotFound));
  EXPECT_THAT(none->Unwrap("x", "p"), HasCode(absl::StatusCode::kNotFound));
  EXPECT_THAT(none->IsCurrent("x"), HasCode(absl::StatusCode::kNotFound));
}

}  // namespace
}  // namespace tc::crypto
