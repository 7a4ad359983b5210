#include "services/identity/outbound/otp_client.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/rpc/client.h"
#include "common/rpc/status.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "trustedcontact/otp/v1/otp.grpc.pb.h"

namespace tc::identity {
namespace {

namespace pb = ::trustedcontact::otp::v1;
namespace type = ::trustedcontact::type::v1;

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kResourceExhausted;
using absl::StatusCode::kUnavailable;
using ::testing::ElementsAre;
using testing::IsOk;
using testing::Refused;

// Remembers what it was asked and answers what a test has put in.
class CannedOtp final : public pb::OtpService::Service {
 public:
  pb::CreateVerificationRequest create;
  pb::ResendVerificationRequest resend;
  pb::CheckVerificationRequest check;
  pb::ConsumeVerificationRequest consume;
  pb::CancelVerificationRequest cancel;
  pb::Verification verification;
  bool matched = false;
  grpc::Status status;

  grpc::Status CreateVerification(grpc::ServerContext*, const pb::CreateVerificationRequest* in,
                                  pb::Verification* out) override {
    create = *in;
    *out = verification;
    return status;
  }
  grpc::Status ResendVerification(grpc::ServerContext*, const pb::ResendVerificationRequest* in,
                                  pb::Verification* out) override {
    resend = *in;
    *out = verification;
    return status;
  }
  grpc::Status CheckVerification(grpc::ServerContext*, const pb::CheckVerificationRequest* in,
                                 pb::CheckVerificationResponse* out) override {
    check = *in;
    out->set_matched(matched);
    *out->mutable_verification() = verification;
    return status;
  }
  grpc::Status ConsumeVerification(grpc::ServerContext*, const pb::ConsumeVerificationRequest* in,
                                   pb::Verification*) override {
    consume = *in;
    return status;
  }
  grpc::Status CancelVerification(grpc::ServerContext*, const pb::CancelVerificationRequest* in,
                                  pb::Verification*) override {
    cancel = *in;
    return status;
  }
};

class CannedDelivery final : public pb::DeliveryService::Service {
 public:
  pb::SendNotificationRequest sent;
  grpc::Status SendNotification(grpc::ServerContext*, const pb::SendNotificationRequest* in,
                                pb::SendNotificationResponse*) override {
    sent = *in;
    return grpc::Status::OK;
  }
};

const CodeClient kSeat = {"192.0.2.77", "device-1", true};
// Nothing else goes to otp than what its limits need.
bool IsSeat(const type::ClientContext& client) {
  return CodeClient{client.address(), client.device(), client.challenge_passed()} == kSeat &&
         client.user_agent().empty() && client.place().empty();
}

class OtpClient : public ::testing::Test {
 protected:
  OtpClient() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(target_, grpc::InsecureServerCredentials());
    builder.RegisterService(&otp_);
    builder.RegisterService(&delivery_);
    server_ = builder.BuildAndStart();
    peer_ = std::make_unique<rpc::PeerChannel>(
        "otp", target_,
        rpc::DevelopmentCredentials("service/identity", *crypto::JwtSigner::Generate(rpc::kDevelopmentKid),
                                    clock_));
    client_ = MakeOtpClient(*peer_);
    verification_.id = VerificationId::FromTrusted("v1");
    verification_.account = ivan_;
    verification_.request = "accounts/ivan/phones/v1";
    verification_.phone = Phone::FromTrusted("+79161234567");
    verification_.channel = CodeChannel::kVoice;
    verification_.locale = "en";
    verification_.client = kSeat;
    verification_.request_id = "r";
  }
  ~OtpClient() override { server_->Shutdown(); }

  static absl::Time Soon() { return absl::Now() + absl::Seconds(30); }
  void Refuse(absl::StatusCode code, Reason reason) {
    otp_.status = rpc::ToWire(tc::Refuse(code, reason, "no"), "call");
  }

  const std::string target_ = absl::StrCat("unix:", ::testing::TempDir(), "otp-client-", getpid(), ".sock");
  const AccountId ivan_ = AccountId::FromTrusted("ivan");
  testing::FakeClock clock_;
  CannedOtp otp_;
  CannedDelivery delivery_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<rpc::PeerChannel> peer_;
  std::unique_ptr<OtpPeer> client_;
  CodeOrder verification_;
  CodeSubject Subject() const {
    return {verification_.id, verification_.purpose, ivan_, verification_.request};
  }
};

TEST_F(OtpClient, CreatesAVerificationOfThePhoneForTheAccount) {
  type::CodeProgress* progress = otp_.verification.mutable_progress();
  progress->set_attempts_left(5);
  progress->set_sends_left(2);
  progress->mutable_expire_time()->set_seconds(100);
  progress->mutable_server_time()->set_seconds(50);
  progress->add_channels(type::CHANNEL_SMS);
  progress->set_masked_address("+7 9** ***-**-67");
  ASSERT_OK_AND_ASSIGN(const CodeProgress answer, client_->Create(verification_, Soon()));
  EXPECT_EQ(answer.attempts_left, 5);
  EXPECT_EQ(answer.sends_left, 2);
  EXPECT_EQ(answer.expires_at, absl::FromUnixSeconds(100));
  EXPECT_EQ(answer.next_send_at, std::nullopt);
  EXPECT_EQ(answer.server_time, absl::FromUnixSeconds(50));
  EXPECT_THAT(answer.channels, ElementsAre(CodeChannel::kSms));
  EXPECT_EQ(answer.masked_address, "+7 9** ***-**-67");
  EXPECT_EQ(otp_.create.verification_id(), "v1");
  EXPECT_EQ(otp_.create.purpose(), pb::PURPOSE_PHONE_BINDING);
  EXPECT_EQ(otp_.create.subject(), "accounts/ivan");
  EXPECT_EQ(otp_.create.request(), "accounts/ivan/phones/v1");
  EXPECT_EQ(otp_.create.phone(), "+79161234567");
  EXPECT_EQ(otp_.create.channel(), type::CHANNEL_VOICE);
  EXPECT_EQ(otp_.create.locale(), pb::LOCALE_EN);
  EXPECT_TRUE(IsSeat(otp_.create.client()));
  EXPECT_EQ(otp_.create.fallback_email(), "");
  EXPECT_EQ(otp_.create.request_id(), "r");
}

TEST_F(OtpClient, SendsANewCodeOfTheSameVerification) {
  ASSERT_THAT(client_->Resend(verification_, Soon()), IsOk());
  EXPECT_EQ(otp_.resend.name(), "verifications/v1");
  EXPECT_EQ(otp_.resend.channel(), type::CHANNEL_VOICE);
  EXPECT_TRUE(IsSeat(otp_.resend.client()));
}

TEST_F(OtpClient, ChecksACodeWithItsWholeBinding) {
  otp_.matched = true;
  ASSERT_OK_AND_ASSIGN(const CodeCheck check,
                       client_->Check(Subject(), Secret("123456"), kSeat, "r2", Soon()));
  EXPECT_TRUE(check.matched);
  EXPECT_EQ(otp_.check.name(), "verifications/v1");
  EXPECT_EQ(otp_.check.purpose(), pb::PURPOSE_PHONE_BINDING);
  EXPECT_EQ(otp_.check.subject(), "accounts/ivan");
  EXPECT_EQ(otp_.check.request(), verification_.request);
  EXPECT_EQ(otp_.check.code(), "123456");
  EXPECT_EQ(otp_.check.request_id(), "r2");
  EXPECT_TRUE(IsSeat(otp_.check.client()));
}

TEST_F(OtpClient, ConsumesUnderOneRequestIdHoweverOften) {
  ASSERT_THAT(client_->Consume(Subject(), Soon()), IsOk());
  const std::string first = otp_.consume.request_id();
  ASSERT_THAT(client_->Consume(Subject(), Soon()), IsOk());
  EXPECT_EQ(otp_.consume.request_id(), first);
  EXPECT_EQ(first.size(), 36U);
}

TEST_F(OtpClient, PassesRefusalsOn) {
  Refuse(kResourceExhausted, Reason::kAttemptTooSoon);
  EXPECT_THAT(client_->Check(Subject(), Secret("1"), {}, "r2", Soon()),
              Refused(kResourceExhausted, Reason::kAttemptTooSoon));
  EXPECT_THAT(client_->Create(verification_, Soon()), Refused(kResourceExhausted, Reason::kAttemptTooSoon));
}

TEST_F(OtpClient, TakesAnEndedVerificationAsCancelled) {
  for (const Reason reason :
       {Reason::kVerificationClosed, Reason::kVerificationExpired, Reason::kAttemptsExhausted}) {
    Refuse(kFailedPrecondition, reason);
    EXPECT_THAT(client_->Cancel(verification_.id, "r", Soon()), IsOk());
  }
  Refuse(kUnavailable, Reason::kStoreUnavailable);
  EXPECT_FALSE(client_->Cancel(verification_.id, "r", Soon()).ok());
  EXPECT_EQ(otp_.cancel.name(), "verifications/v1");
}

TEST_F(OtpClient, SaysThatOtpDoesNotAnswer) {
  server_->Shutdown();
  EXPECT_THAT(client_->Create(verification_, absl::Now() + absl::Seconds(1)),
              Refused(kUnavailable, Reason::kPeerUnavailable));
}

// SND-10: the budget stops what is no security, and nothing else.
TEST_F(OtpClient, SaysOfEveryNoticeWhetherItIsSecurity) {
  int normal = 0;
  for (int kind = 1; kind <= static_cast<int>(NoticeKind::kPasswordChangeRequired); ++kind) {
    Notice notice;
    notice.kind = static_cast<NoticeKind>(kind);
    notice.emails = {Email::FromTrusted("ivan@example.org")};
    ASSERT_THAT(client_->Notify(notice, "n1", "r", Soon()), IsOk());
    const bool light = notice.kind == NoticeKind::kPasswordExpires;
    EXPECT_EQ(delivery_.sent.importance(), light ? pb::IMPORTANCE_NORMAL : pb::IMPORTANCE_SECURITY) << kind;
    normal += light ? 1 : 0;
  }
  EXPECT_EQ(normal, 1);
}

struct Words {
  NoticeKind kind;
  pb::Template words;
};
class Notices : public OtpClient, public ::testing::WithParamInterface<Words> {};
TEST_P(Notices, GoToEveryAddressAsSecurity) {
  Notice notice;
  notice.kind = GetParam().kind;
  notice.account = ivan_;
  notice.phones = {Phone::FromTrusted("+79160000001"), Phone::FromTrusted("+79160000002")};
  notice.emails = {Email::FromTrusted("ivan@example.org")};
  notice.locale = "ru";
  notice.masked_address = "+7 9** ***-**-02";
  ASSERT_THAT(client_->Notify(notice, "n1", "r", Soon()), IsOk());
  EXPECT_EQ(delivery_.sent.notification_id(), "n1");
  EXPECT_EQ(delivery_.sent.template_(), GetParam().words);
  EXPECT_EQ(delivery_.sent.recipients_size(), 3);
  EXPECT_EQ(delivery_.sent.recipients(2).email(), "ivan@example.org");
  EXPECT_EQ(delivery_.sent.parameters().masked_address(), "+7 9** ***-**-02");
  EXPECT_EQ(delivery_.sent.importance(), pb::IMPORTANCE_SECURITY);
  EXPECT_EQ(delivery_.sent.locale(), pb::LOCALE_RU);
}
INSTANTIATE_TEST_SUITE_P(OtpClient, Notices,
                         ::testing::Values(Words{NoticeKind::kPasswordChanged, pb::TEMPLATE_PASSWORD_CHANGED},
                                           Words{NoticeKind::kPhoneChanged, pb::TEMPLATE_PHONE_CHANGED},
                                           Words{NoticeKind::kAccountFrozen, pb::TEMPLATE_ACCOUNT_FROZEN},
                                           Words{NoticeKind::kAccountUnfrozen, pb::TEMPLATE_ACCOUNT_UNFROZEN},
                                           Words{NoticeKind::kAccountLocked, pb::TEMPLATE_ACCOUNT_LOCKED}));

TEST_F(OtpClient, TellsAPeersNoticeUnderTheContractsTemplate) {
  const google::protobuf::EnumDescriptor& contract = *pb::Template_descriptor();
  for (int i = 0; i < contract.value_count(); ++i) {
    const std::optional<NoticeKind> kind = PeersKind(contract.value(i)->number());
    if (!kind.has_value()) continue;
    Notice notice;
    notice.kind = *kind;
    notice.emails = {Email::FromTrusted("ivan@example.org")};
    notice.masked_person = "Анна И.";
    notice.link = "https://my.example/x";
    ASSERT_THAT(client_->Notify(notice, "n1", "r", Soon()), IsOk());
    EXPECT_EQ(delivery_.sent.template_(), contract.value(i)->number());
    EXPECT_EQ(delivery_.sent.parameters().masked_person(), "Анна И.");
    EXPECT_EQ(delivery_.sent.parameters().link(), "https://my.example/x");
    EXPECT_EQ(delivery_.sent.importance(),
              IsSecurity(*kind) ? pb::IMPORTANCE_SECURITY : pb::IMPORTANCE_NORMAL);
  }
  EXPECT_EQ(static_cast<int>(NoticeKind::kRecoveryFraud) - kPeersNotices, pb::TEMPLATE_RECOVERY_FRAUD);
  EXPECT_EQ(static_cast<int>(NoticeKind::kContactReminder) - kPeersNotices, pb::TEMPLATE_CONTACT_REMINDER);
  EXPECT_EQ(static_cast<int>(NoticeKind::kRecoveryInPerson) - kPeersNotices, pb::TEMPLATE_RECOVERY_IN_PERSON);
  EXPECT_EQ(static_cast<int>(NoticeKind::kInvitationEnded) - kPeersNotices, pb::TEMPLATE_INVITATION_ENDED);
}

}  // namespace
}  // namespace tc::identity
