#include "common/audit/checkpoint.h"

#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/testing/status.h"

namespace tc::audit {
namespace {

using testing::HasCode;
using testing::IsOk;

constexpr auto kInvalidArgument = absl::StatusCode::kInvalidArgument;
constexpr auto kPermissionDenied = absl::StatusCode::kPermissionDenied;

class CheckpointTest : public ::testing::Test {
 protected:
  const crypto::PrivateKey key_ = crypto::PrivateKey::FromSeed(std::string(32, 'k')).value();
  const crypto::PrivateKey other_ = crypto::PrivateKey::FromSeed(std::string(32, 'o')).value();
  const Checkpoint checkpoint_{OriginOf("linking", "5f0c"), 1024, LeafHash("root"), LeafHash("before")};
  const std::string note_ = Sign(checkpoint_, key_);
  const std::vector<VerifierKey> trusted_ = {VerifierKey::Of(checkpoint_.origin, key_)};
};

TEST_F(CheckpointTest, IsASignedNote) {  // LOG-05
  EXPECT_EQ(TextOf({"o", 7, std::string(32, '\0'), ""}),
            "o\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
  EXPECT_TRUE(absl::StartsWith(note_, "trusted-contact/linking/5f0c\n1024\n")) << note_;
  EXPECT_TRUE(absl::StrContains(note_, "\n\n\xe2\x80\x94 trusted-contact/linking/5f0c ")) << note_;
  ASSERT_OK_AND_ASSIGN(const Checkpoint read, Verify(note_, trusted_));
  EXPECT_EQ(read, checkpoint_);
}

// The example of golang.org/x/mod/sumdb/note, whose format C2SP's signed-note is.
TEST_F(CheckpointTest, VerifiesTheSignatureOfAnotherImplementation) {
  ASSERT_OK_AND_ASSIGN(
      const VerifierKey key,
      VerifierKey::Parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"));
  EXPECT_EQ(key.name(), "PeterNeumann");
  std::string blob;
  ASSERT_TRUE(absl::Base64Unescape(
      "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=", &blob));
  EXPECT_EQ(blob.substr(0, 4), key.hash());
  EXPECT_TRUE(key.Verify(
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
      blob.substr(4)));
}

TEST_F(CheckpointTest, AFlippedBitAnywhereIsRefused) {
  for (size_t i = 0; i < note_.size(); ++i) {
    std::string bad = note_;
    bad[i] ^= 1;
    EXPECT_FALSE(Verify(bad, trusted_).ok()) << i;
  }
  EXPECT_FALSE(Verify(note_.substr(0, note_.size() - 1), trusted_).ok());
  EXPECT_FALSE(Verify(note_ + "\n", trusted_).ok());
}

TEST_F(CheckpointTest, AnotherKeyOrAnotherLogIsRefused) {
  EXPECT_THAT(Verify(Sign(checkpoint_, other_), trusted_), HasCode(kPermissionDenied));
  EXPECT_THAT(Verify(note_, {}), HasCode(kPermissionDenied));
  Checkpoint foreign = checkpoint_;
  foreign.origin = OriginOf("linking", "other");
  EXPECT_THAT(Verify(Sign(foreign, key_), trusted_), HasCode(kPermissionDenied))
      << "the same key, another store";
}

// A key speaks for its own log only, whatever it has signed.
TEST_F(CheckpointTest, ASignatureUnderTheNameOfAnotherLogIsRefused) {
  Checkpoint foreign = checkpoint_;
  foreign.origin = OriginOf("linking", "other");
  const std::string text = TextOf(foreign);
  const std::string blob = trusted_.front().hash() + key_.Sign(text);
  EXPECT_THAT(
      Verify(absl::StrCat(text, "\n\xe2\x80\x94 ", checkpoint_.origin, " ", absl::Base64Escape(blob), "\n"),
             trusted_),
      HasCode(kPermissionDenied));
}

TEST_F(CheckpointTest, MoreSignaturesDoNoHarm) {
  const std::string second = Sign(checkpoint_, other_);
  const std::string both = note_ + second.substr(second.find("\n\n") + 2);
  EXPECT_THAT(Verify(both, trusted_), IsOk());
  EXPECT_THAT(Verify(both, {VerifierKey::Of(checkpoint_.origin, other_)}), IsOk());
}

TEST_F(CheckpointTest, RefusesWhatIsWrittenInAnotherWay) {
  const std::string signatures = note_.substr(note_.find("\n\n") + 1);
  for (const char* text :
       {"o\n1\n", "o\n01\nAAAA\n", "\n\n", "o\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nx\n"}) {
    EXPECT_THAT(ReadUnverified(absl::StrCat(text, signatures)), HasCode(kInvalidArgument)) << text;
  }
  EXPECT_THAT(ReadUnverified(""), HasCode(kInvalidArgument));
  EXPECT_THAT(ReadUnverified(absl::StrReplaceAll(note_, {{"1024", "+1024"}})), HasCode(kInvalidArgument));
  // A blank ends the name in a signature's line, a plus in a key's text: no key could have such a one. The
  // rest would speak to the terminal of whoever verifies (LOG-08).
  for (const char* origin : {"", "a b", " ", "a+b", "a\x1b[2J", "a\tb", "a\x7f", "a\xe2\x80\xae"}) {
    const std::string signed_note = Sign({origin, 1, EmptyRoot(), {}}, other_);
    EXPECT_THAT(ReadUnverified(signed_note), HasCode(kInvalidArgument)) << origin;
  }
}

TEST_F(CheckpointTest, AVerifierKeyIsReadAsItIsWrittenOnly) {
  const std::string text = trusted_.front().Text();
  ASSERT_OK_AND_ASSIGN(const VerifierKey read, VerifierKey::Parse(text));
  EXPECT_EQ(read, trusted_.front());
  for (size_t i = 0; i < text.size(); ++i) {
    std::string bad = text;
    bad[i] ^= 1;
    EXPECT_THAT(VerifierKey::Parse(bad), HasCode(kInvalidArgument)) << i;
  }
  EXPECT_THAT(VerifierKey::Parse(""), HasCode(kInvalidArgument));
  for (const char* name : {"", "a b", "a\x1b[2J", "a\nb", "a\xe2\x80\xae"}) {
    EXPECT_THAT(VerifierKey::Parse(VerifierKey::Of(name, key_).Text()), HasCode(kInvalidArgument)) << name;
  }
}

}  // namespace
}  // namespace tc::audit
