// NotifyPerson: linking and recovery tell people through identity, which alone knows their addresses.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "services/identity/rpc/world_testing.h"
#include "services/identity/store/notices.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kInvalidArgument;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;
using ::testing::SizeIs;
using testing::Violates;
namespace otp_pb = ::trustedcontact::otp::v1;

constexpr char kLink[] = "https://my.example/stop/c2VjcmV0";

class NotifyPerson : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_THAT(world_.Citizen("ivan", 1), IsOk());
    world_.Settle();
  }
  static pb::NotifyPersonRequest About(otp_pb::Template name, const std::string& id = "ivan") {
    pb::NotifyPersonRequest in;
    in.set_account("accounts/" + id);
    in.set_template_(name);
    return in;
  }
  absl::StatusOr<pb::NotifyPersonResponse> Tell(const rpc::Call& call, const pb::NotifyPersonRequest& in) {
    return world_.handlers().notices.NotifyPerson(call, in);
  }
  absl::StatusOr<pb::NotifyPersonResponse> Tell(otp_pb::Template name, const std::string& id = "ivan") {
    return Tell(world_.Service("recovery"), About(name, id));
  }
  const std::vector<Notice>& Sent() {
    world_.Settle();
    return world_.otp().notices();
  }
  World world_;
};

TEST_F(NotifyPerson, TellsOnAllAddressesInHisLanguageWithWhatThePeerGave) {  // NTF-01
  pb::NotifyPersonRequest in = About(otp_pb::TEMPLATE_RECOVERY_STARTED);
  in.mutable_parameters()->set_masked_person("Анна И.");
  in.mutable_parameters()->set_link(kLink);
  EXPECT_TRUE(Tell(world_.Service("recovery"), in)->told());
  ASSERT_THAT(Sent(), SizeIs(1));
  const Notice& notice = Sent().front();
  EXPECT_EQ(notice.kind, NoticeKind::kRecoveryStarted);
  EXPECT_EQ(notice.account.text(), "ivan");
  ASSERT_THAT(notice.phones, SizeIs(1));
  EXPECT_EQ(notice.phones[0].e164(), PhoneNumber(1));
  ASSERT_THAT(notice.emails, SizeIs(1));
  EXPECT_EQ(notice.emails[0].address(), "ivan@example.org");
  EXPECT_EQ(notice.locale, "ru");
  EXPECT_EQ(notice.masked_person, "Анна И.");
  EXPECT_EQ(notice.link, kLink);
  EXPECT_EQ(notice.masked_address, "");
}

TEST_F(NotifyPerson, TakesThePeersTemplatesOnly) {
  for (int number = otp_pb::Template_MIN; number <= otp_pb::Template_MAX; ++number) {
    const bool theirs = (number >= 1 && number <= 15) || (number >= 32 && number <= 39);
    const auto answer = Tell(static_cast<otp_pb::Template>(number));
    if (theirs) {
      EXPECT_THAT(answer, IsOk()) << number;
    } else {
      EXPECT_THAT(answer, Refused(kInvalidArgument, Reason::kFieldInvalid)) << number;
      EXPECT_THAT(answer, Violates("TEMPLATE_NOT_ALLOWED")) << number;
    }
  }
}

TEST_F(NotifyPerson, NamesEveryMistakeAtOnce) {
  pb::NotifyPersonRequest in = About(otp_pb::TEMPLATE_PASSWORD_CHANGED);
  in.set_account("ivan");
  in.mutable_parameters()->set_masked_person(std::string(65, 'x'));
  in.mutable_parameters()->set_masked_address("+7 9** ***-**-67");
  in.mutable_parameters()->set_link(std::string(97, 'x'));
  const absl::Status status = Tell(world_.Service(), in).status();
  for (const char* reason :
       {"NAME_INVALID", "TEMPLATE_NOT_ALLOWED", "TEXT_TOO_LONG", "PARAMETER_NOT_ALLOWED"}) {
    EXPECT_THAT(status, Violates(reason));
  }
  EXPECT_THAT(ViolationsOf(status), SizeIs(5));
}

TEST_F(NotifyPerson, TakesALinkWhereARecoveryCanStillBeStoppedOnly) {  // NTF-02
  for (int number = 1; number <= otp_pb::Template_MAX; ++number) {
    if (!PeersKind(number).has_value()) continue;
    pb::NotifyPersonRequest in = About(static_cast<otp_pb::Template>(number));
    in.mutable_parameters()->set_link(kLink);
    const bool may =
        number == otp_pb::TEMPLATE_RECOVERY_STARTED || number == otp_pb::TEMPLATE_RECOVERY_APPROVED ||
        number == otp_pb::TEMPLATE_RECOVERY_HELD || number == otp_pb::TEMPLATE_RECOVERY_IN_PERSON;
    EXPECT_EQ(Tell(world_.Service("recovery"), in).ok(), may) << number;
  }
}

TEST_F(NotifyPerson, TellsOnceHoweverOftenItIsAskedAndNamesTheNoticeAfterTheRequest) {  // NTF-05
  const rpc::Call call = world_.Service("linking");
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Tell(call, About(otp_pb::TEMPLATE_CONTACT_LINKED))->told());
  EXPECT_THAT(Sent(), SizeIs(1));
  // A day later the answer has been forgotten; otp knows the notice by its id.
  std::string cursor;
  world_.clock().Advance(absl::Hours(25));
  ASSERT_THAT(world_.once().Sweep(world_.now(), 1000, cursor), IsOk());
  EXPECT_TRUE(Tell(call, About(otp_pb::TEMPLATE_CONTACT_LINKED))->told());
  EXPECT_THAT(Sent(), SizeIs(2));
  const std::vector<std::string>& ids = world_.otp().notice_ids();
  EXPECT_EQ(ids[0], ids[1]);
  rpc::Call other = call;
  other.peer.name = "recovery";
  ASSERT_THAT(Tell(other, About(otp_pb::TEMPLATE_CONTACT_LINKED)), IsOk());
  EXPECT_THAT(Sent(), SizeIs(3));
  EXPECT_NE(ids[2], ids[0]) << "another caller's";
}

TEST_F(NotifyPerson, SaysThatNobodyWasTold) {
  ASSERT_THAT(world_.Bare("oleg", 2), IsOk());
  ASSERT_THAT(world_.Citizen("anna", 3), IsOk());
  ASSERT_THAT(world_.Delete(world_.Operator(), "anna"), IsOk());
  world_.Settle();
  const size_t before = Sent().size();
  for (const char* id : {"nobody", "oleg", "anna"}) {
    const rpc::Call call = world_.Service("recovery");
    for (int i = 0; i < 2; ++i)
      EXPECT_FALSE(Tell(call, About(otp_pb::TEMPLATE_RECOVERY_STARTED, id))->told()) << id;
  }
  EXPECT_THAT(Sent(), SizeIs(before));
}

TEST_F(NotifyPerson, TellsWhateverStandsAgainstTheAccount) {
  for (int i = 0; i < 5; ++i) world_.Opens("ivan", "wrong");
  world_.Settle();
  const size_t before = world_.otp().notices().size();
  EXPECT_TRUE(Tell(otp_pb::TEMPLATE_RECOVERY_STARTED)->told());
  ASSERT_THAT(world_.Freeze(world_.Service(), "ivan", absl::Hours(1)), IsOk());
  EXPECT_TRUE(Tell(otp_pb::TEMPLATE_RECOVERY_FRAUD)->told());
  ASSERT_THAT(world_.Block("ivan"), IsOk());
  EXPECT_TRUE(Tell(otp_pb::TEMPLATE_RECOVERY_ENDED)->told());
  EXPECT_THAT(Sent(), SizeIs(before + 5));  // the freeze and the block, too
}

TEST_F(NotifyPerson, SendsAnInvitationByEmailOnly) {  // L3
  EXPECT_TRUE(Tell(otp_pb::TEMPLATE_INVITATION_RECEIVED)->told());
  ASSERT_THAT(Sent(), SizeIs(1));
  EXPECT_THAT(Sent()[0].phones, IsEmpty());
  EXPECT_THAT(Sent()[0].emails, SizeIs(1));
  pb::CreateAccountRequest in = Registration("oleg", 2);
  in.set_verified_phone(PhoneNumber(2));
  ASSERT_THAT(world_.handlers().accounts.CreateAccount(world_.Idp(), in), IsOk());
  EXPECT_FALSE(Tell(otp_pb::TEMPLATE_INVITATION_RECEIVED, "oleg")->told());
  EXPECT_TRUE(Tell(otp_pb::TEMPLATE_INVITATION_ENDED, "oleg")->told());
}

class AtNight : public NotifyPerson {
 protected:
  AtNight() { world_.clock().Set(absl::FromCivil(absl::CivilSecond(2026, 3, 5, 23, 0, 0), MoscowZone())); }
};

TEST_F(AtNight, SecurityIsToldAtOnceAndTheRestInTheMorning) {  // O8
  ASSERT_THAT(Tell(otp_pb::TEMPLATE_CONTACT_REMINDER), IsOk());
  ASSERT_THAT(Tell(otp_pb::TEMPLATE_INVITATION_SENT), IsOk());
  ASSERT_THAT(Tell(otp_pb::TEMPLATE_DANGER_REPORTED), IsOk());
  ASSERT_THAT(Sent(), SizeIs(1));
  EXPECT_EQ(Sent()[0].kind, NoticeKind::kDangerReported);
  world_.clock().Advance(absl::Hours(10));
  EXPECT_THAT(Sent(), SizeIs(3));
}

TEST_F(AtNight, AnInvitationIsNotToldInTheMorningWhenItHasExpired) {
  EXPECT_TRUE(Tell(otp_pb::TEMPLATE_INVITATION_RECEIVED)->told());
  world_.clock().Advance(absl::Hours(10));
  EXPECT_THAT(Sent(), IsEmpty());
}

TEST_F(NotifyPerson, LeavesNothingThatOutlivesAnErasure) {
  pb::NotifyPersonRequest in = About(otp_pb::TEMPLATE_RECOVERY_APPROVED);
  in.mutable_parameters()->set_masked_person("Анна И.");
  in.mutable_parameters()->set_link(kLink);
  ASSERT_THAT(Tell(world_.Service("recovery"), in), IsOk());
  ASSERT_OK_AND_ASSIGN(const std::vector<kv::OutboxRow> rows, world_.database().ListOutbox("", 10));
  ASSERT_THAT(rows, SizeIs(1));
  for (const char* secret : {"Анна", "my.example", "c2VjcmV0", "ivan@example.org", "9160000001"})
    EXPECT_FALSE(absl::StrContains(rows[0].payload, secret)) << secret;
  EXPECT_THAT(NoticeFrom(rows[0], world_.vault()), IsOk());
  // The row still waits when the person's key is destroyed: nobody can read it any more, and it goes.
  ASSERT_THAT(world_.vault().people().Destroy(AccountId::FromTrusted("ivan"), world_.now()), IsOk());
  EXPECT_FALSE(NoticeFrom(rows[0], world_.vault()).ok());
  EXPECT_THAT(Sent(), IsEmpty());
  EXPECT_THAT(*world_.database().ListOutbox("", 10), IsEmpty());
}

TEST_F(NotifyPerson, DoesNotTellWhoWasErasedMeanwhile) {
  ASSERT_THAT(Tell(otp_pb::TEMPLATE_CONTACT_REMOVED), IsOk());
  ASSERT_THAT(world_.Delete(world_.Operator(), "ivan"), IsOk());
  for (int i = 0; i < 3; ++i) world_.Settle();
  EXPECT_THAT(*world_.database().ListOutbox("", 10), IsEmpty());
  EXPECT_EQ(Sent().back().kind, NoticeKind::kAccountDeleted);
}

}  // namespace
}  // namespace tc::identity
