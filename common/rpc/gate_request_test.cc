// What is made of the bytes of a request: measured, read, judged, told apart, overwritten; and when they are
// not looked at.

#include "absl/strings/str_cat.h"
#include "common/rpc/gate_testing.h"

namespace tc::rpc {
namespace {

using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::Not;
using testing::Refused;
using ::testing::SizeIs;
using testing::StringBody;
using testing::Violates;

TEST_F(GateTest, RefusesARequestOverSixteenKibibytes) {
  EXPECT_THAT(Refusing("Read", absl::StrCat("text: '", std::string(16 * 1024 - 3, 'a'), "'")), IsOk());
  EXPECT_THAT(Refusing("Read", absl::StrCat("text: '", std::string(16 * 1024 - 2, 'a'), "'")),
              Refused(absl::StatusCode::kResourceExhausted, Reason::kMessageTooLarge));
}

TEST_F(GateTest, DemandsAUuidWhereTheMethodMutates) {
  SignIn("alice");
  for (const char* request : {"", "request_id: 'x'", "request_id: '00000000-0000-0000-0000-000000000000'"}) {
    const absl::Status status = Refusing("Own", request);
    EXPECT_THAT(status, Refused(absl::StatusCode::kInvalidArgument, Reason::kRequestIdMissing));
    ASSERT_FALSE(ViolationsOf(status).empty());
    EXPECT_EQ(ViolationsOf(status)[0].field, "request_id");
  }
}

TEST_F(GateTest, TakesARequestIdInEitherCaseForTheSame) {
  SignIn("alice");
  EXPECT_EQ(Admit("Own", "request_id: '6F1C7B2E-5D0F-4B62-9A1E-2F6D3C4B5A69'").call.request_id, kUuid);
}

TEST_F(GateTest, ReportsEveryMistakeOfTheRequestAtOnce) {
  SignIn("alice");
  const absl::Status status = Refusing("Own", "text: 'a\\u202eb' color: 999");
  EXPECT_THAT(status, Refused(absl::StatusCode::kInvalidArgument, Reason::kRequestIdMissing));
  EXPECT_THAT(status, Violates("REQUEST_ID_MISSING"));
  EXPECT_THAT(status, Violates("ENUM_UNKNOWN"));
  EXPECT_THAT(status, Violates("TEXT_CHARACTER_NOT_ALLOWED"));
  EXPECT_THAT(Refusing("Own", kOwn + " color: 999"),
              Refused(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid));
}

TEST_F(GateTest, LeavesPasswordsToThePasswordRules) {
  SignIn("alice");
  EXPECT_THAT(Refusing("Own", kOwn + " new_password: 'a\\tb'"), IsOk());
}

TEST_F(GateTest, MakesOneFingerprintOfOneContent) {
  SignIn("alice");
  const std::string a = Admit("Own", kOwn + " text: 'a'").call.fingerprint;
  EXPECT_EQ(Admit("Own", kOwn + " text: 'a'").call.fingerprint, a);
  EXPECT_NE(Admit("Own", kOwn + " text: 'b'").call.fingerprint, a);
  EXPECT_TRUE(Admit("Read", "text: 'a'").call.fingerprint.empty());
}

// What the caller may not, he learns before a parser sees his bytes.
TEST_F(GateTest, ReadsNoByteOfACallThatIsRefusedForItsCaller) {
  StringBody garbage("\xff\xff\xff");
  EXPECT_THAT(Send("Own", garbage).status,
              Refused(absl::StatusCode::kUnauthenticated, Reason::kPersonRequired));
  EXPECT_FALSE(garbage.read());
  authenticator_->peer = Peer{Role::kBank, "bank"};
  StringBody large(std::string(60 * 1024, 'a'));
  for (StringBody* body : {&garbage, &large}) {
    EXPECT_THAT(Send("Own", *body).status,
                Refused(absl::StatusCode::kPermissionDenied, Reason::kRoleNotAllowed));
    EXPECT_FALSE(body->read());
  }
}

TEST_F(GateTest, MeasuresTheBytesBeforeItReadsThem) {
  StringBody large(std::string(16 * 1024 + 1, '\xff'));
  EXPECT_THAT(Send("Read", large).status,
              Refused(absl::StatusCode::kResourceExhausted, Reason::kMessageTooLarge));
  EXPECT_FALSE(large.read());
  StringBody allowed(std::string(16 * 1024, '\xff'));
  EXPECT_THAT(Send("Read", allowed).status,
              Refused(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid));
  EXPECT_TRUE(allowed.read());
}

// C-W 46, 47, 49, 54, 55.
TEST_F(GateTest, RefusesBytesThatAreNoRequestOfTheMethod) {
  for (const char* bytes :
       {"\x0a\x05"
        "ab",
        "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x0a\x02\xc3\x28", "\x0a\x02\xc0\xaf", "\x0f"}) {
    StringBody body(bytes);
    EXPECT_THAT(Send("Read", body).status,
                Refused(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid));
    EXPECT_TRUE(body.dropped());
    EXPECT_THAT(ViolationsOf(Send("Read", body).status), SizeIs(1));
  }
}

TEST_F(GateTest, OverwritesTheBytesOfARequestThatMayHoldASecret) {
  SignIn("alice");
  StringBody secret = BodyOf("Own", kOwn + " new_password: 'correct horse'");
  EXPECT_THAT(Send("Own", secret).status, IsOk());
  EXPECT_THAT(secret.bytes(), Not(HasSubstr("horse")));
  StringBody plain = BodyOf("Read", "text: 'horse'");
  EXPECT_THAT(Send("Read", plain).status, IsOk());
  EXPECT_TRUE(plain.dropped());
  EXPECT_THAT(plain.bytes(), HasSubstr("horse"));
}

}  // namespace
}  // namespace tc::rpc
