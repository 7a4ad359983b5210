// The clients against peers that answer what a test has put in: what is asked, and how every answer is
// understood.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <set>

#include "common/base/refusal.h"
#include "common/rpc/status.h"
#include "common/testing/status.h"
#include "common/testing/wire.h"
#include "services/recovery/outbound/identity_client.h"
#include "services/recovery/outbound/linking_client.h"
#include "services/recovery/outbound/otp_client.h"
#include "trustedcontact/identity/v1/identity.grpc.pb.h"
#include "trustedcontact/linking/v1/linking.grpc.pb.h"
#include "trustedcontact/otp/v1/otp.grpc.pb.h"

namespace tc::recovery {
namespace {

namespace id_pb = ::trustedcontact::identity::v1;
namespace link_pb = ::trustedcontact::linking::v1;
namespace otp_pb = ::trustedcontact::otp::v1;
namespace type = ::trustedcontact::type::v1;

using enum absl::StatusCode;
using tc::testing::HasCode;
using tc::testing::IsOk;
using tc::testing::Noon;
using tc::testing::Refused;
using tc::testing::WireServer;
using ::testing::ElementsAre;

const AccountId kAlice = AccountId::FromTrusted("alice");
const PublicId kId = PublicId::FromTrusted("recovery-1");
const absl::Time kSoon = absl::Now() + absl::Seconds(10);

// Remembers the last request of each kind and gives the canned answer.
template <typename Request, typename Response>
struct Canned {
  Request asked;
  Response answer;
  absl::Status status;
  int calls = 0;
  grpc::Status Answer(const Request& in, Response& out) {
    asked = in;
    ++calls;
    if (!status.ok()) return rpc::ToWire(status, "call-1");
    out = answer;
    return grpc::Status::OK;
  }
};

class CannedIdentity final : public id_pb::IdentityService::Service {
 public:
  Canned<id_pb::LookupAccountRequest, id_pb::LookupAccountResponse> lookup;
  Canned<id_pb::CheckEligibilityRequest, id_pb::Eligibility> eligibility;
  Canned<id_pb::ResetPasswordRequest, id_pb::Credential> reset;
  Canned<id_pb::CheckDocumentRequest, id_pb::CheckDocumentResponse> document;
  Canned<id_pb::PermitPhoneChangeRequest, id_pb::PhoneChangePermit> permit;
  Canned<id_pb::UnfreezeAccountRequest, id_pb::Account> unfreeze;
  Canned<id_pb::FreezeAccountRequest, id_pb::Account> freeze;
  Canned<id_pb::NotifyPersonRequest, id_pb::NotifyPersonResponse> notify;
  grpc::Status LookupAccount(grpc::ServerContext*, const id_pb::LookupAccountRequest* in,
                             id_pb::LookupAccountResponse* out) override {
    return lookup.Answer(*in, *out);
  }
  grpc::Status CheckEligibility(grpc::ServerContext*, const id_pb::CheckEligibilityRequest* in,
                                id_pb::Eligibility* out) override {
    return eligibility.Answer(*in, *out);
  }
  grpc::Status ResetPassword(grpc::ServerContext*, const id_pb::ResetPasswordRequest* in,
                             id_pb::Credential* out) override {
    return reset.Answer(*in, *out);
  }
  grpc::Status CheckDocument(grpc::ServerContext*, const id_pb::CheckDocumentRequest* in,
                             id_pb::CheckDocumentResponse* out) override {
    return document.Answer(*in, *out);
  }
  grpc::Status PermitPhoneChange(grpc::ServerContext*, const id_pb::PermitPhoneChangeRequest* in,
                                 id_pb::PhoneChangePermit* out) override {
    return permit.Answer(*in, *out);
  }
  grpc::Status UnfreezeAccount(grpc::ServerContext*, const id_pb::UnfreezeAccountRequest* in,
                               id_pb::Account* out) override {
    return unfreeze.Answer(*in, *out);
  }
  grpc::Status FreezeAccount(grpc::ServerContext*, const id_pb::FreezeAccountRequest* in,
                             id_pb::Account* out) override {
    return freeze.Answer(*in, *out);
  }
  grpc::Status NotifyPerson(grpc::ServerContext*, const id_pb::NotifyPersonRequest* in,
                            id_pb::NotifyPersonResponse* out) override {
    return notify.Answer(*in, *out);
  }
};

class CannedLinking final : public link_pb::LinkingService::Service {
 public:
  Canned<link_pb::GetGuardRequest, link_pb::Guard> guard;
  Canned<link_pb::HoldGuardRequest, link_pb::Guard> hold;
  Canned<link_pb::RemoveGuardRequest, link_pb::Guard> remove;
  grpc::Status GetGuard(grpc::ServerContext*, const link_pb::GetGuardRequest* in,
                        link_pb::Guard* out) override {
    return guard.Answer(*in, *out);
  }
  grpc::Status HoldGuard(grpc::ServerContext*, const link_pb::HoldGuardRequest* in,
                         link_pb::Guard* out) override {
    return hold.Answer(*in, *out);
  }
  grpc::Status RemoveGuard(grpc::ServerContext*, const link_pb::RemoveGuardRequest* in,
                           link_pb::Guard* out) override {
    return remove.Answer(*in, *out);
  }
};

class CannedOtp final : public otp_pb::OtpService::Service {
 public:
  Canned<otp_pb::CreateVerificationRequest, otp_pb::Verification> create;
  Canned<otp_pb::ResendVerificationRequest, otp_pb::Verification> resend;
  Canned<otp_pb::GetVerificationRequest, otp_pb::Verification> get;
  Canned<otp_pb::CheckVerificationRequest, otp_pb::CheckVerificationResponse> check;
  Canned<otp_pb::ConsumeVerificationRequest, otp_pb::Verification> consume;
  Canned<otp_pb::CancelVerificationRequest, otp_pb::Verification> cancel;
  grpc::Status CreateVerification(grpc::ServerContext*, const otp_pb::CreateVerificationRequest* in,
                                  otp_pb::Verification* out) override {
    return create.Answer(*in, *out);
  }
  grpc::Status ResendVerification(grpc::ServerContext*, const otp_pb::ResendVerificationRequest* in,
                                  otp_pb::Verification* out) override {
    return resend.Answer(*in, *out);
  }
  grpc::Status GetVerification(grpc::ServerContext*, const otp_pb::GetVerificationRequest* in,
                               otp_pb::Verification* out) override {
    return get.Answer(*in, *out);
  }
  grpc::Status CheckVerification(grpc::ServerContext*, const otp_pb::CheckVerificationRequest* in,
                                 otp_pb::CheckVerificationResponse* out) override {
    return check.Answer(*in, *out);
  }
  grpc::Status ConsumeVerification(grpc::ServerContext*, const otp_pb::ConsumeVerificationRequest* in,
                                   otp_pb::Verification* out) override {
    return consume.Answer(*in, *out);
  }
  grpc::Status CancelVerification(grpc::ServerContext*, const otp_pb::CancelVerificationRequest* in,
                                  otp_pb::Verification* out) override {
    return cancel.Answer(*in, *out);
  }
};

class Clients : public ::testing::Test {
 protected:
  Clients() { wire_.Serve({identity_service_, linking_service_, otp_service_}); }

  std::shared_ptr<CannedIdentity> identity_service_ = std::make_shared<CannedIdentity>();
  std::shared_ptr<CannedLinking> linking_service_ = std::make_shared<CannedLinking>();
  std::shared_ptr<CannedOtp> otp_service_ = std::make_shared<CannedOtp>();
  WireServer wire_;
  std::unique_ptr<rpc::PeerChannel> channel_ = wire_.Peer("peer", "recovery");
  std::unique_ptr<IdentityPeer> identity_ = MakeIdentityClient(*channel_);
  std::unique_ptr<LinkingPeer> linking_ = MakeLinkingClient(*channel_);
  std::unique_ptr<OtpPeer> otp_ = MakeOtpClient(*channel_);
};

absl::Status Away() { return Refuse(kUnavailable, Reason::kStoreUnavailable, "away"); }

// --- identity

TEST_F(Clients, LookUpByWhatWasTyped) {
  id_pb::LookupAccountResponse& answer = identity_service_->lookup.answer;
  answer.set_account("accounts/alice");
  answer.set_masked_name("Алиса И.");
  answer.set_phone("+79160000001");
  answer.mutable_phone_bind_time()->set_seconds(absl::ToUnixSeconds(Noon()));
  answer.set_email("alice@example.org");
  answer.set_locale("en");
  answer.set_state(id_pb::ACCOUNT_STATE_LOCKED);
  const auto known = identity_->Lookup(Phone::FromTrusted("+79160000001"), kSoon);
  ASSERT_THAT(known, IsOk());
  ASSERT_TRUE(known->has_value());
  EXPECT_EQ((*known)->account, kAlice);
  EXPECT_EQ((*known)->phone.e164(), "+79160000001");
  EXPECT_EQ((*known)->phone_bound_at, Noon());
  EXPECT_TRUE((*known)->active);  // a lock never blocks recovery (R11)
  EXPECT_EQ(identity_service_->lookup.asked.phone(), "+79160000001");
  ASSERT_THAT(identity_->Lookup(*Email::Parse("A@B.c", "f"), kSoon), IsOk());
  EXPECT_EQ(identity_service_->lookup.asked.email(), "a@b.c");
  ASSERT_THAT(identity_->Lookup(*Snils::Parse("11223344595", "f"), kSoon), IsOk());
  EXPECT_EQ(identity_service_->lookup.asked.snils(), "11223344595");
  ASSERT_THAT(identity_->Lookup(kAlice, kSoon), IsOk());
  EXPECT_EQ(identity_service_->lookup.asked.account(), "accounts/alice");
}

TEST_F(Clients, TakeBlockedFrozenAndErasedAccountsForInactive) {
  identity_service_->lookup.answer.set_account("accounts/alice");
  for (const auto state : {id_pb::ACCOUNT_STATE_BLOCKED, id_pb::ACCOUNT_STATE_FROZEN,
                           id_pb::ACCOUNT_STATE_DELETED, id_pb::ACCOUNT_STATE_UNSPECIFIED}) {
    identity_service_->lookup.answer.set_state(state);
    EXPECT_FALSE((*identity_->Lookup(kAlice, kSoon))->active);
  }
  identity_service_->lookup.answer.set_state(id_pb::ACCOUNT_STATE_ACTIVE);
  EXPECT_TRUE((*identity_->Lookup(kAlice, kSoon))->active);
  EXPECT_EQ((*identity_->Lookup(kAlice, kSoon))->phone_bound_at,
            absl::InfiniteFuture());  // no phone: never old enough
}

TEST_F(Clients, TakeNotFoundForNobodyAndAwayForNothing) {
  identity_service_->lookup.status = NotFound("account");
  EXPECT_FALSE(identity_->Lookup(kAlice, kSoon)->has_value());
  identity_service_->lookup.status = InvalidField("phone", "PHONE_TOO_SHORT", "short");
  EXPECT_FALSE(identity_->Lookup(kAlice, kSoon)->has_value());
  identity_service_->lookup.status = Away();
  EXPECT_THAT(identity_->Lookup(kAlice, kSoon), HasCode(kUnavailable));
  identity_service_->lookup.status = absl::OkStatus();
  identity_service_->lookup.answer.set_locale("en");
  EXPECT_FALSE(identity_->Lookup(kAlice, kSoon).ok());  // an answer without a name is none
}

TEST_F(Clients, AskForNobodyWithoutAnError) {  // which would take longer (REC-01)
  const auto nobody = identity_->Lookup(kAlice, kSoon);
  ASSERT_THAT(nobody, IsOk());
  EXPECT_FALSE(nobody->has_value());
  EXPECT_TRUE(identity_service_->lookup.asked.allow_missing());
}

TEST_F(Clients, AskForEligibilityInTheRightRole) {
  identity_service_->eligibility.answer.set_eligible(true);
  identity_service_->eligibility.answer.mutable_as_of()->set_seconds(absl::ToUnixSeconds(Noon()));
  EXPECT_TRUE(identity_->CheckPrincipal(kAlice, kSoon)->eligible);
  EXPECT_EQ(identity_service_->eligibility.asked.role(), id_pb::ELIGIBILITY_ROLE_PRINCIPAL);
  EXPECT_EQ(identity_->CheckContact(kAlice, kSoon)->as_of, Noon());
  EXPECT_EQ(identity_service_->eligibility.asked.role(), id_pb::ELIGIBILITY_ROLE_CONTACT);
  identity_service_->eligibility.status = NotFound("account");
  EXPECT_FALSE(identity_->CheckContact(kAlice, kSoon)->eligible);
  identity_service_->eligibility.status = Away();
  EXPECT_THAT(identity_->CheckContact(kAlice, kSoon), HasCode(kUnavailable));
}

TEST_F(Clients, PassAResetAndItsRefusalOn) {
  ASSERT_THAT(
      identity_->ResetPassword(kAlice, Secret("password"), "proof", absl::InfinitePast(), "id-1", kSoon),
      IsOk());
  EXPECT_EQ(identity_service_->reset.asked.account(), "accounts/alice");
  EXPECT_EQ(identity_service_->reset.asked.new_password(), "password");
  EXPECT_EQ(identity_service_->reset.asked.proof(), "proof");
  EXPECT_EQ(identity_service_->reset.asked.request_id(), "id-1");
  EXPECT_FALSE(identity_service_->reset.asked.has_restrict_expire_time());
  identity_service_->reset.status = Refuse(kInvalidArgument, Reason::kPasswordPolicyViolated, "weak")
                                        .Violation("new_password", "PASSWORD_TOO_SHORT", "short");
  const absl::Status refused =
      identity_->ResetPassword(kAlice, Secret("x"), "proof", absl::InfinitePast(), "id-2", kSoon);
  EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kPasswordPolicyViolated));
  EXPECT_EQ(ViolationsOf(refused).size(), 1U);
}

TEST_F(Clients, SayUntilWhenChangesAreRefusedAfterAReset) {  // REC-18
  const absl::Time until = Noon() + absl::Hours(72);
  ASSERT_THAT(identity_->ResetPassword(kAlice, Secret("password"), "proof", until, "id-1", kSoon), IsOk());
  EXPECT_EQ(identity_service_->reset.asked.restrict_expire_time().seconds(), absl::ToUnixSeconds(until));
}

TEST_F(Clients, TellAFreezeAloneFromOtherReasons) {
  identity_service_->eligibility.answer.add_unmet(id_pb::REQUIREMENT_ACCOUNT_FROZEN);
  EXPECT_TRUE(identity_->CheckPrincipal(kAlice, kSoon)->only_frozen);
  EXPECT_FALSE(identity_->CheckPrincipal(kAlice, kSoon)->eligible);
  identity_service_->eligibility.answer.add_unmet(id_pb::REQUIREMENT_PHONE_MISSING);
  EXPECT_FALSE(identity_->CheckPrincipal(kAlice, kSoon)->only_frozen);
}

TEST_F(Clients, AskWhetherAPassportFits) {
  EXPECT_FALSE(*identity_->CheckDocument(kAlice, Secret("4510123456"), kSoon));
  EXPECT_EQ(identity_service_->document.asked.account(), "accounts/alice");
  EXPECT_EQ(identity_service_->document.asked.passport(), "4510123456");
  identity_service_->document.answer.set_matches(true);
  EXPECT_TRUE(*identity_->CheckDocument(kAlice, Secret("4510123456"), kSoon));
  identity_service_->document.status = Away();
  EXPECT_THAT(identity_->CheckDocument(kAlice, Secret("4510123456"), kSoon), HasCode(kUnavailable));
}

TEST_F(Clients, PermitAChangeOfThePhoneUntilThen) {
  ASSERT_THAT(identity_->PermitPhoneChange(kAlice, Noon(), "id-1", kSoon), IsOk());
  EXPECT_EQ(identity_service_->permit.asked.account(), "accounts/alice");
  EXPECT_EQ(identity_service_->permit.asked.expire_time().seconds(), absl::ToUnixSeconds(Noon()));
  EXPECT_EQ(identity_service_->permit.asked.request_id(), "id-1");
  identity_service_->permit.status = Refuse(kFailedPrecondition, Reason::kAccountBlocked, "blocked");
  EXPECT_THAT(identity_->PermitPhoneChange(kAlice, Noon(), "id-2", kSoon),
              Refused(kFailedPrecondition, Reason::kAccountBlocked));
}

TEST_F(Clients, EndAFreezeAsConfirmedAndDoNotMindThatThereIsNone) {
  ASSERT_THAT(identity_->Unfreeze(kAlice, "id-1", kSoon), IsOk());
  EXPECT_EQ(identity_service_->unfreeze.asked.name(), "accounts/alice");
  EXPECT_TRUE(identity_service_->unfreeze.asked.confirmed());
  identity_service_->unfreeze.status = Refuse(kFailedPrecondition, Reason::kStateTransitionNotAllowed, "no");
  EXPECT_THAT(identity_->Unfreeze(kAlice, "id-2", kSoon), IsOk());
  identity_service_->unfreeze.status = Refuse(kFailedPrecondition, Reason::kAccountFrozen, "not his to lift");
  EXPECT_THAT(identity_->Unfreeze(kAlice, "id-3", kSoon),
              Refused(kFailedPrecondition, Reason::kAccountFrozen));
}

TEST_F(Clients, FreezeAndDoNotMindAnAccountThatIsGone) {
  ASSERT_THAT(identity_->Freeze(kAlice, Noon(), "id-1", kSoon), IsOk());
  EXPECT_EQ(identity_service_->freeze.asked.name(), "accounts/alice");
  EXPECT_EQ(identity_service_->freeze.asked.expire_time().seconds(), absl::ToUnixSeconds(Noon()));
  EXPECT_EQ(identity_service_->freeze.asked.request_id(), "id-1");
  identity_service_->freeze.status = NotFound("account");
  EXPECT_THAT(identity_->Freeze(kAlice, Noon(), "id-2", kSoon), IsOk());
  identity_service_->freeze.status = Away();
  EXPECT_THAT(identity_->Freeze(kAlice, Noon(), "id-3", kSoon), HasCode(kUnavailable));
}

TEST_F(Clients, TellAPersonByIdentityWithATemplateForEveryKind) {  // NTF-01
  NoticeMessage message;
  message.notice.receiver = kAlice;
  message.masked_person = "Борис П.";
  message.link = "https://portal.example/not-me#token";
  identity_service_->notify.answer.set_told(true);
  std::set<int> templates;
  for (int kind = 1; kind <= static_cast<int>(NoticeKind::kActionConfirmed); ++kind) {
    message.notice.kind = static_cast<NoticeKind>(kind);
    EXPECT_TRUE(*identity_->Notify(message, "id-1", kSoon));
    templates.insert(identity_service_->notify.asked.template_());
  }
  EXPECT_EQ(templates.size(), 11U);
  EXPECT_EQ(templates.count(otp_pb::TEMPLATE_UNSPECIFIED), 0U);
  const id_pb::NotifyPersonRequest& asked = identity_service_->notify.asked;
  EXPECT_EQ(asked.account(), "accounts/alice");
  EXPECT_EQ(asked.parameters().masked_person(), "Борис П.");
  EXPECT_EQ(asked.parameters().link(), "https://portal.example/not-me#token");
  EXPECT_EQ(asked.request_id(), "id-1");
  identity_service_->notify.answer.set_told(false);
  EXPECT_FALSE(*identity_->Notify(message, "id-2", kSoon));
}

// --- linking

TEST_F(Clients, UnderstandAGuard) {
  link_pb::Guard guard;
  EXPECT_FALSE(linking_->GetGuard(kAlice, kSoon)->guarded);
  guard.set_guarded(true);
  guard.set_link("links/link-1");
  guard.set_contact("accounts/bob");
  linking_service_->guard.answer = linking_service_->hold.answer = guard;
  EXPECT_EQ(linking_->GetGuard(kAlice, kSoon)->contact.text(), "bob");
  EXPECT_EQ(linking_service_->guard.asked.principal(), "accounts/alice");
  const auto held = linking_->HoldGuard(kAlice, kId, Noon() + absl::Milliseconds(999), "id-1", kSoon);
  ASSERT_THAT(held, IsOk());
  EXPECT_EQ(held->link.text(), "link-1");
  EXPECT_EQ(linking_service_->hold.asked.recovery(), "recovery-1");
  EXPECT_EQ(linking_service_->hold.asked.until().seconds(), absl::ToUnixSeconds(Noon()));
}

TEST_F(Clients, NeverTakeABrokenOrMissingAnswerForUnguarded) {
  linking_service_->guard.answer.set_guarded(true);
  EXPECT_FALSE(linking_->GetGuard(kAlice, kSoon).ok());
  linking_service_->guard.status = Away();
  EXPECT_THAT(linking_->GetGuard(kAlice, kSoon), HasCode(kUnavailable));
  linking_service_->hold.status = NotFound("principal");
  EXPECT_FALSE(linking_->HoldGuard(kAlice, kId, Noon(), "id-1", kSoon).ok());
}

TEST_F(Clients, EndTheLinkThatTheContactHasConfirmedToBeRemoved) {
  const LinkId link = LinkId::FromTrusted("link-1");
  ASSERT_THAT(linking_->RemoveGuard(kAlice, link, kId, "id-1", kSoon), IsOk());
  EXPECT_EQ(linking_service_->remove.asked.principal(), "accounts/alice");
  EXPECT_EQ(linking_service_->remove.asked.link(), "links/link-1");
  EXPECT_EQ(linking_service_->remove.asked.recovery(), "recovery-1");
  linking_service_->remove.status = Refuse(kFailedPrecondition, Reason::kRecoveryOpen, "held by another");
  EXPECT_THAT(linking_->RemoveGuard(kAlice, link, kId, "id-2", kSoon),
              Refused(kFailedPrecondition, Reason::kRecoveryOpen));
}

// --- otp

CodeBinding Binding(Side side = Side::kClaimant) {
  return {VerificationOf(kId, side, 1), side, side == Side::kClaimant ? "accounts/alice" : "accounts/bob",
          kId};
}

const CodeClient kSeat = {"192.0.2.77", "device-1", true};
// Nothing else goes to otp than what its limits need.
bool IsSeat(const type::ClientContext& client) {
  return CodeClient{client.address(), client.device(), client.challenge_passed()} == kSeat &&
         client.user_agent().empty() && client.place().empty();
}

otp_pb::Verification Progressed() {
  otp_pb::Verification verification;
  verification.set_state(otp_pb::Verification::STATE_PENDING);
  verification.mutable_progress()->set_attempts_left(4);
  verification.mutable_progress()->set_sends_left(2);
  verification.mutable_progress()->mutable_expire_time()->set_seconds(absl::ToUnixSeconds(Noon()));
  verification.mutable_progress()->add_channels(type::CHANNEL_SMS);
  verification.mutable_progress()->add_channels(type::CHANNEL_PUSH);  // none of recovery's
  return verification;
}

TEST_F(Clients, BindACodeToItsSideSubjectAndRecovery) {
  otp_service_->create.answer = Progressed();
  const CodeMessage message = {
      Phone::FromTrusted("+79160000001"), Channel::kVoice, "en", "Алиса И.", "alice@example.org", kSeat};
  const auto sent = otp_->Create(Binding(), message, "id-1", kSoon);
  ASSERT_THAT(sent, IsOk());
  EXPECT_EQ(sent->status.attempts_left, 4);
  EXPECT_EQ(sent->status.expires_at, Noon());
  EXPECT_FALSE(sent->status.next_send_at.has_value());
  EXPECT_THAT(sent->status.channels, ElementsAre(Channel::kSms));
  const otp_pb::CreateVerificationRequest& asked = otp_service_->create.asked;
  EXPECT_EQ(asked.verification_id(), "recovery-1-claim-1");
  EXPECT_EQ(asked.purpose(), otp_pb::PURPOSE_RECOVERY_CLAIM);
  EXPECT_EQ(asked.subject(), "accounts/alice");
  EXPECT_EQ(asked.request(), "recoveries/recovery-1");
  EXPECT_EQ(asked.phone(), "+79160000001");
  EXPECT_EQ(asked.channel(), type::CHANNEL_VOICE);
  EXPECT_EQ(asked.locale(), otp_pb::LOCALE_EN);
  EXPECT_EQ(asked.fallback_email(), "alice@example.org");
  EXPECT_TRUE(IsSeat(asked.client()));
  EXPECT_THAT(asked.allowed_channels(),
              ElementsAre(type::CHANNEL_SMS, type::CHANNEL_VOICE, type::CHANNEL_EMAIL));
}

TEST_F(Clients, NeverAllowTheContactsCodeByEmail) {  // O4
  const CodeMessage message = {Phone::FromTrusted("+79160000002"), Channel::kSms, "ru", "Алиса И.", "", {}};
  ASSERT_THAT(otp_->Create(Binding(Side::kContact), message, "id-1", kSoon), IsOk());
  EXPECT_EQ(otp_service_->create.asked.purpose(), otp_pb::PURPOSE_RECOVERY_APPROVAL);
  EXPECT_THAT(otp_service_->create.asked.allowed_channels(),
              ElementsAre(type::CHANNEL_SMS, type::CHANNEL_VOICE));
}

TEST_F(Clients, SendADecoyNowhere) {
  ASSERT_THAT(otp_->Create(Binding(), CodeMessage(), "id-1", kSoon), IsOk());
  EXPECT_TRUE(otp_service_->create.asked.decoy());
}

TEST_F(Clients, TakeAKnownVerificationAsItStands) {
  otp_service_->create.status = Refuse(kAlreadyExists, Reason::kAlreadyExists, "taken");
  otp_service_->get.answer = Progressed();
  const auto sent = otp_->Create(Binding(), CodeMessage(), "id-1", kSoon);
  ASSERT_THAT(sent, IsOk());
  EXPECT_EQ(sent->status.attempts_left, 4);
  EXPECT_EQ(otp_service_->get.asked.name(), "verifications/recovery-1-claim-1");
}

TEST_F(Clients, ResendToAnotherAddress) {
  const CodeMessage message = {
      std::string("alice@example.org"), Channel::kEmail, "ru", "", "other@example.org", kSeat};
  ASSERT_THAT(otp_->Resend(Binding(), message, "id-1", kSoon), IsOk());
  EXPECT_EQ(otp_service_->resend.asked.email(), "alice@example.org");
  EXPECT_EQ(otp_service_->resend.asked.channel(), type::CHANNEL_EMAIL);
  EXPECT_EQ(otp_service_->resend.asked.fallback_email(), "other@example.org");
  EXPECT_TRUE(IsSeat(otp_service_->resend.asked.client()));
  otp_service_->resend.status = Refuse(kFailedPrecondition, Reason::kVerificationExpired, "expired");
  EXPECT_THAT(otp_->Resend(Binding(), message, "id-2", kSoon),
              Refused(kFailedPrecondition, Reason::kVerificationExpired));
}

TEST_F(Clients, CheckACode) {
  otp_service_->check.answer.set_matched(true);
  EXPECT_TRUE(otp_->Check(Binding(Side::kContact), Secret("123456"), kSeat, "id-1", kSoon)->matched);
  EXPECT_TRUE(IsSeat(otp_service_->check.asked.client()));
  EXPECT_EQ(otp_service_->check.asked.code(), "123456");
  EXPECT_EQ(otp_service_->check.asked.purpose(), otp_pb::PURPOSE_RECOVERY_APPROVAL);
  EXPECT_EQ(otp_service_->check.asked.subject(), "accounts/bob");
  EXPECT_EQ(otp_service_->check.asked.name(), "verifications/recovery-1-contact-1");
  otp_service_->check.answer.set_matched(false);
  otp_service_->check.answer.mutable_verification()->set_state(otp_pb::Verification::STATE_LOCKED);
  const auto wrong = otp_->Check(Binding(), Secret("123456"), {}, "id-2", kSoon);
  EXPECT_FALSE(wrong->matched);
  EXPECT_TRUE(wrong->locked);
}

TEST_F(Clients, PassTheLimitsOfCodesOnWithTheirTimes) {
  for (const Reason reason : {Reason::kClientLimitReached, Reason::kAccountLimitReached,
                              Reason::kPrefixThrottled, Reason::kBudgetExhausted}) {
    const absl::Status limit = Refuse(kResourceExhausted, reason, "wait").RetryAfter(absl::Minutes(7));
    otp_service_->create.status = otp_service_->resend.status = limit;
    for (const absl::Status& refused : {otp_->Create(Binding(), CodeMessage(), "id-1", kSoon).status(),
                                        otp_->Resend(Binding(), CodeMessage(), "id-1", kSoon).status()}) {
      EXPECT_THAT(refused, Refused(kResourceExhausted, reason));
      EXPECT_EQ(RetryAfterOf(refused), absl::Minutes(7));
    }
  }
  otp_service_->check.status =
      Refuse(kResourceExhausted, Reason::kPersonLimitReached, "wait").RetryAfter(absl::Hours(3));
  const absl::Status person = otp_->Check(Binding(), Secret("123456"), {}, "id-1", kSoon).status();
  EXPECT_THAT(person, Refused(kResourceExhausted, Reason::kPersonLimitReached));
  EXPECT_EQ(RetryAfterOf(person), absl::Hours(3));
  for (const Reason reason : {Reason::kChallengeRequired, Reason::kAddressDisabled}) {
    otp_service_->check.status = Refuse(kFailedPrecondition, reason, "no");
    EXPECT_THAT(otp_->Check(Binding(), Secret("123456"), {}, "id-1", kSoon),
                Refused(kFailedPrecondition, reason));
  }
}

TEST_F(Clients, TakeACodeForConsumedOnlyWhenItIs) {
  EXPECT_THAT(otp_->Consume(Binding(), "id-1", kSoon), HasCode(kInternal));
  otp_service_->consume.answer.set_state(otp_pb::Verification::STATE_CONSUMED);
  EXPECT_THAT(otp_->Consume(Binding(), "id-1", kSoon), IsOk());
  otp_service_->consume.status = Away();
  EXPECT_THAT(otp_->Consume(Binding(), "id-1", kSoon), HasCode(kUnavailable));
}

TEST_F(Clients, CancelWhatIsThereAndDoNotMindWhatIsNot) {
  const VerificationId id = VerificationOf(kId, Side::kClaimant, 1);
  EXPECT_THAT(otp_->Cancel(id, "id-1", kSoon), IsOk());
  otp_service_->cancel.status = Refuse(kFailedPrecondition, Reason::kVerificationClosed, "used");
  EXPECT_THAT(otp_->Cancel(id, "id-1", kSoon), IsOk());
  otp_service_->cancel.status = NotFound("verification");
  EXPECT_THAT(otp_->Cancel(id, "id-1", kSoon), IsOk());
  otp_service_->cancel.status = Away();
  EXPECT_THAT(otp_->Cancel(id, "id-1", kSoon), HasCode(kUnavailable));
}

TEST_F(Clients, CallAnUnreachablePeerByItsName) {
  wire_.Stop();
  EXPECT_THAT(linking_->GetGuard(kAlice, absl::Now() + absl::Seconds(1)),
              Refused(kUnavailable, Reason::kPeerUnavailable));
}

}  // namespace
}  // namespace tc::recovery
