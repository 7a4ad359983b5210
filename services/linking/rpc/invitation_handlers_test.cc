#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/linking/rpc/world_testing.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using absl::StatusCode::kResourceExhausted;
using absl::StatusCode::kUnavailable;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::Not;
using testing::Refused;
using ::testing::SizeIs;
using testing::Violates;

constexpr char kNobodysPhone[] = "+79169999999";

TEST(CreateInvitation, ShowsThePrincipalWhatHeTypedAndWhenItEnds) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  ASSERT_THAT(invitation, IsOk());
  EXPECT_EQ(invitation->state(), pb::INVITATION_STATE_PENDING);
  EXPECT_EQ(invitation->principal(), "accounts/alice");
  EXPECT_EQ(invitation->contact_first_name(), "Борис");
  EXPECT_EQ(invitation->masked_contact_phone(), Phone::FromTrusted("+79160000002").Masked());
  EXPECT_THAT(invitation->masked_principal(), IsEmpty());
  EXPECT_EQ(invitation->create_time().seconds(), absl::ToUnixSeconds(world.now()));
  EXPECT_EQ(invitation->expire_time().seconds(), absl::ToUnixSeconds(world.now() + absl::Minutes(30)));
  EXPECT_FALSE(invitation->has_end_time());
  EXPECT_EQ(invitation->name().size(), std::string("invitations/").size() + 22) << "128 random bits (LNK-10)";
  EXPECT_THAT(world.EventTypes(), ElementsAre("InvitationCreated"));
}

TEST(CreateInvitation, WaitsInTheInviteesCabinetWhoSeesOnlyAMaskedName) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  ASSERT_THAT(invitation, IsOk());
  const std::vector<pb::Invitation> received = world.Invitations("bob", pb::INVITATION_VIEW_RECEIVED);
  ASSERT_THAT(received, SizeIs(1));
  EXPECT_EQ(received[0].name(), invitation->name());
  EXPECT_EQ(received[0].masked_principal(), "Алиса П.");
  EXPECT_THAT(received[0].principal(), IsEmpty());
  EXPECT_THAT(received[0].contact_first_name(), IsEmpty())
      << "nothing that one typed reaches the other (L12)";
  EXPECT_THAT(received[0].masked_contact_phone(), IsEmpty());
  EXPECT_THAT(world.Invitations("bob", pb::INVITATION_VIEW_SENT), IsEmpty());
}

TEST(CreateInvitation, ListsEveryMistakeOfTheRequestAtOnce) {
  World world;
  const auto refused = world.Invite("alice", "Boris7", "89160000002");
  EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kFieldInvalid));
  EXPECT_THAT(refused, Violates("NAME_CHARACTERS"));
  EXPECT_THAT(refused, Violates("PHONE_TRUNK_PREFIX_8"));
  EXPECT_THAT(world.identity().TakeQuestions(), IsEmpty());
}

TEST(CreateInvitation, TellsAnIneligiblePrincipalAllThatIsUnmetAfterTheSameQuestions) {
  World world;
  world.identity().people["alice"].as_principal = {false, {"AGE_BELOW_MINIMUM", "PHONE_MISSING"}};
  const auto refused = world.Invite("alice", "bob");
  EXPECT_THAT(refused, Refused(kFailedPrecondition, Reason::kNotEligible));
  EXPECT_THAT(UnmetOf(refused.status()), SizeIs(2));
  EXPECT_THAT(world.identity().TakeQuestions(),
              ElementsAre("CheckEligibility", "MaskedName", "MatchContact"));
  EXPECT_THAT(world.Events(), IsEmpty());
}

TEST(CreateInvitation, RefusesOneself) {
  World world;
  EXPECT_THAT(world.Invite("alice", "alice"), Refused(kFailedPrecondition, Reason::kSamePerson));
}

TEST(CreateInvitation, RefusesThePersonUnderAnotherAccountAndTheSamePhone) {
  World world;
  world.identity().conflicts.same_person = true;
  EXPECT_THAT(world.Invite("alice", "bob"), Refused(kFailedPrecondition, Reason::kSamePerson));
  world.identity().conflicts = {};
  world.identity().conflicts.same_phone = true;
  EXPECT_THAT(world.Invite("alice", "bob"), Refused(kFailedPrecondition, Reason::kSamePhone));
}

TEST(CreateInvitation, IsRefusedWhileIdentityIsSilent) {
  World world;
  world.identity().failure = Refuse(kUnavailable, Reason::kPeerUnavailable, "identity does not answer");
  EXPECT_THAT(world.Invite("alice", "bob"), Refused(kUnavailable, Reason::kPeerUnavailable));
  world.identity().failure = absl::OkStatus();
  EXPECT_THAT(world.Invite("alice", "bob"), IsOk()) << "nothing was written, nothing counted";
}

TEST(CreateInvitation, AllowsOneOpenInvitationAtATime) {
  World world;
  const auto first = world.Invite("alice", "bob");
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(world.Invite("alice", "carol"), Refused(kFailedPrecondition, Reason::kInvitationPending));
  ASSERT_THAT(world.Cancel("alice", first->name()), IsOk());
  EXPECT_THAT(world.Invite("alice", "carol"), IsOk());
}

TEST(CreateInvitation, GoesOutAnewAfterTheFirstExpiredEvenBeforeAnyTimerRan) {
  World world;
  const auto first = world.Invite("alice", "bob");
  ASSERT_THAT(first, IsOk());
  world.clock().Advance(absl::Minutes(30) - absl::Milliseconds(1));
  EXPECT_THAT(world.Invite("alice", "bob"), Refused(kFailedPrecondition, Reason::kInvitationPending));
  world.clock().Advance(absl::Milliseconds(1));
  EXPECT_THAT(world.Invite("alice", "bob"), IsOk());
  EXPECT_THAT(world.EventTypes(), ElementsAre("InvitationCreated", "InvitationExpired", "InvitationCreated"));
}

TEST(CreateInvitation, IsRefusedToWhoHasAContact) {
  World world;
  world.Link("alice", "bob");
  EXPECT_THAT(world.Invite("alice", "carol"), Refused(kFailedPrecondition, Reason::kContactAlreadyLinked));
}

TEST(CreateInvitation, GivesTheSameAnswerToTheSameRequest) {
  World world;
  pb::CreateInvitationRequest in;
  in.set_contact_first_name("Борис");
  in.set_contact_phone("+79160000002");
  const rpc::Call call = world.As("alice");
  const auto first = world.handlers().CreateInvitation(call, in);
  world.identity().failure = Refuse(kUnavailable, Reason::kPeerUnavailable, "identity does not answer");
  const auto again = world.handlers().CreateInvitation(call, in);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_THAT(world.EventTypes(), ElementsAre("InvitationCreated"));
  rpc::Call other = call;
  other.fingerprint = "another content";
  EXPECT_THAT(world.handlers().CreateInvitation(other, in),
              Refused(kInvalidArgument, Reason::kRequestIdReused));
}

TEST(Limits, FiveInvitationsByOnePrincipalInADay) {
  World world;
  for (int i = 0; i < 5; ++i) {
    const auto invitation = world.Invite("alice", "Некто", absl::StrCat("+7916999000", i));
    ASSERT_THAT(invitation, IsOk());
    ASSERT_THAT(world.Cancel("alice", invitation->name()), IsOk());
    world.clock().Advance(absl::Minutes(10));
  }
  const auto refused = world.Invite("alice", "bob");
  EXPECT_THAT(refused, Refused(kResourceExhausted, Reason::kInvitationLimitReached));
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Hours(24) - absl::Minutes(50));
  world.clock().Advance(*RetryAfterOf(refused.status()));
  EXPECT_THAT(world.Invite("alice", "bob"), IsOk());
}

TEST(Limits, ThreeInvitationsToOnePhoneInADayByWhomeverAndWhoseverItIs) {
  for (const std::string phone : {"+79160000002", kNobodysPhone}) {
    World world;
    for (const std::string sender : {"alice", "carol", "dave"}) {
      ASSERT_THAT(world.Invite(sender, "Борис", phone), IsOk());
    }
    world.Know("erin", "Ирина", "+79160000005", "Ирина Е.");
    EXPECT_THAT(world.Invite("erin", "Борис", phone),
                Refused(kResourceExhausted, Reason::kInvitationLimitReached));
    EXPECT_THAT(world.Invite("erin", "carol"), IsOk()) << "another phone";
  }
}

TEST(Limits, WindowsOfPhonesAreForgottenAfterADay) {
  World world;
  ASSERT_THAT(world.Invite("alice", "bob"), IsOk());
  const std::string window = world.stores().invitations.PhoneWindow(Phone::FromTrusted("+79160000002"));
  EXPECT_THAT(window, Not(HasSubstr("9160000002")));
  EXPECT_THAT(world.Dump(), HasSubstr(window));
  world.clock().Advance(absl::Hours(24));
  EXPECT_GE(world.RunTimers(), 2);
  EXPECT_THAT(world.Dump(), Not(HasSubstr(window)));
}

// L2: what the principal sees must not depend on whom, if anybody, it reached.
struct Case {
  const char* name;
  std::string first_name;
  std::string phone;
  void (*prepare)(World& world);
};

class Neutrality : public ::testing::TestWithParam<Case> {};

std::string Scrubbed(pb::Invitation invitation) {
  invitation.clear_name();
  invitation.clear_contact_first_name();
  invitation.clear_masked_contact_phone();
  return invitation.SerializeAsString();
}

TEST_P(Neutrality, HidesWhetherTheInvitationReachedAnybody) {
  World plain;
  World world;
  GetParam().prepare(world);
  const size_t events_before = world.Events().size();
  plain.clock().Set(world.now());
  world.identity().TakeQuestions();
  const auto reached = plain.Invite("alice", "bob");
  const auto unknown = world.Invite("alice", GetParam().first_name, GetParam().phone);
  ASSERT_THAT(reached, IsOk());
  ASSERT_THAT(unknown, IsOk());
  EXPECT_EQ(Scrubbed(*reached), Scrubbed(*unknown));
  EXPECT_EQ(reached->name().size(), unknown->name().size());
  EXPECT_EQ(plain.identity().TakeQuestions(), world.identity().TakeQuestions());
  EXPECT_EQ(Scrubbed(*plain.GetInvitation("alice", reached->name())),
            Scrubbed(*world.GetInvitation("alice", unknown->name())));
  EXPECT_EQ(Scrubbed(plain.Invitations("alice", pb::INVITATION_VIEW_SENT)[0]),
            Scrubbed(world.Invitations("alice", pb::INVITATION_VIEW_SENT)[0]));
  const kv::Event told = world.Events().at(events_before);
  EXPECT_EQ(told.type, "InvitationCreated");
  EXPECT_EQ(told.attributes, plain.Events().front().attributes);
  plain.clock().Advance(absl::Minutes(30));
  world.clock().Advance(absl::Minutes(30));
  EXPECT_EQ(Scrubbed(*plain.GetInvitation("alice", reached->name())),
            Scrubbed(*world.GetInvitation("alice", unknown->name())));
}

INSTANTIATE_TEST_SUITE_P(
    Whom, Neutrality,
    ::testing::Values(Case{"nobody has this phone", "Борис", kNobodysPhone, [](World&) {}},
                      Case{"the name does not fit", "Василий", "+79160000002", [](World&) {}},
                      Case{"he is not eligible", "Борис", "+79160000002",
                           [](World& world) {
                             world.identity().people["bob"].as_contact = {false, {"AGE_BELOW_MINIMUM"}};
                           }},
                      Case{"he guards five already", "Борис", "+79160000002",
                           [](World& world) {
                             for (int i = 0; i < 5; ++i) {
                               const std::string account = absl::StrCat("p", i);
                               world.Know(account, "Пётр", absl::StrCat("+7916111000", i), "Пётр П.");
                               world.Link(account, "bob");
                               world.clock().Advance(absl::Hours(24));
                             }
                           }},
                      Case{"he has blocked the sender", "Борис", "+79160000002",
                           [](World& world) {
                             const auto invitation = world.Invite("alice", "bob");
                             EXPECT_THAT(world.Decline("bob", invitation->name(), true), IsOk());
                             world.clock().Advance(absl::Hours(1));
                           }}),
    [](const auto& test) {
      std::string name = test.param.name;
      for (char& c : name) {
        if (c == ' ') c = '_';
      }
      return name;
    });

TEST(CancelInvitation, TakesItOutOfTheInviteesHands) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  world.clock().Advance(absl::Minutes(1));
  const auto cancelled = world.Cancel("alice", invitation->name());
  ASSERT_THAT(cancelled, IsOk());
  EXPECT_EQ(cancelled->state(), pb::INVITATION_STATE_CANCELLED);
  EXPECT_EQ(cancelled->end_time().seconds(), absl::ToUnixSeconds(world.now()));
  EXPECT_THAT(world.Accept("bob", invitation->name()),
              Refused(kFailedPrecondition, Reason::kInvitationClosed));
  EXPECT_THAT(world.Decline("bob", invitation->name()),
              Refused(kFailedPrecondition, Reason::kInvitationClosed));
  EXPECT_EQ(world.GetInvitation("bob", invitation->name())->state(), pb::INVITATION_STATE_CANCELLED);
  EXPECT_THAT(world.EventTypes(), ElementsAre("InvitationCreated", "InvitationCancelled"));
}

TEST(CancelInvitation, IsRefusedOnceItHasEnded) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  ASSERT_THAT(world.Cancel("alice", invitation->name()), IsOk());
  EXPECT_THAT(world.Cancel("alice", invitation->name()),
              Refused(kFailedPrecondition, Reason::kInvitationClosed));
  const auto second = world.Invite("alice", "bob");
  world.clock().Advance(absl::Minutes(30));
  EXPECT_THAT(world.Cancel("alice", second->name()),
              Refused(kFailedPrecondition, Reason::kInvitationExpired));
}

TEST(Ownership, SomebodyElsesInvitationIsAbsent) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  const std::string name = invitation->name();
  for (const std::string stranger : {"carol", "dave"}) {
    EXPECT_THAT(world.GetInvitation(stranger, name), Refused(kNotFound, Reason::kNotFound));
    EXPECT_THAT(world.Cancel(stranger, name), Refused(kNotFound, Reason::kNotFound));
    EXPECT_THAT(world.Accept(stranger, name), Refused(kNotFound, Reason::kNotFound));
    EXPECT_THAT(world.Decline(stranger, name), Refused(kNotFound, Reason::kNotFound));
  }
  EXPECT_THAT(world.Cancel("bob", name), Refused(kNotFound, Reason::kNotFound))
      << "the invitee does not take back";
  EXPECT_THAT(world.Accept("alice", name), Refused(kNotFound, Reason::kNotFound))
      << "the sender does not accept";
  EXPECT_THAT(world.Decline("alice", name), Refused(kNotFound, Reason::kNotFound));
  const absl::Status absent = world.GetInvitation("carol", "invitations/absent").status();
  EXPECT_EQ(absent, world.GetInvitation("carol", name).status()) << "not a word of difference";
}

TEST(Names, ThatAreNoneAreRefused) {
  World world;
  for (const std::string name : {"", "bob", "invitations/", "links/x", "invitations/a/b"}) {
    EXPECT_THAT(world.GetInvitation("alice", name), Violates("NAME_INVALID")) << name;
    EXPECT_THAT(world.Accept("alice", name), Violates("NAME_INVALID")) << name;
    EXPECT_THAT(world.Cancel("alice", name), Violates("NAME_INVALID")) << name;
    EXPECT_THAT(world.Decline("alice", name), Violates("NAME_INVALID")) << name;
  }
}

TEST(DeclineInvitation, EndsItAndLeavesThePrincipalFree) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  const auto declined = world.Decline("bob", invitation->name());
  ASSERT_THAT(declined, IsOk());
  EXPECT_EQ(declined->state(), pb::INVITATION_STATE_DECLINED);
  EXPECT_EQ(declined->masked_principal(), "Алиса П.");
  EXPECT_EQ(world.GetInvitation("alice", invitation->name())->state(), pb::INVITATION_STATE_DECLINED);
  EXPECT_THAT(world.Accept("bob", invitation->name()),
              Refused(kFailedPrecondition, Reason::kInvitationClosed));
  EXPECT_THAT(world.Invite("alice", "bob"), IsOk()) << "not blocked: may ask again";
  EXPECT_THAT(world.Invitations("bob", pb::INVITATION_VIEW_RECEIVED), SizeIs(2));
  EXPECT_THAT(world.EventTypes(),
              ElementsAre("InvitationCreated", "InvitationDeclined", "InvitationCreated"));
  EXPECT_EQ(world.Events()[1].attributes.count("contact"), 0u) << "there is no link";
}

TEST(DeclineInvitation, IsRefusedAfterTheEnd) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  world.clock().Advance(absl::Minutes(30));
  EXPECT_THAT(world.Decline("bob", invitation->name()),
              Refused(kFailedPrecondition, Reason::kInvitationExpired));
}

TEST(Blocking, KeepsASenderAwayForEver) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  ASSERT_THAT(world.Decline("bob", invitation->name(), true), IsOk());
  for (int day = 1; day <= 400; day += 133) {
    world.clock().Advance(absl::Hours(24 * 133));
    const auto again = world.Invite("alice", "bob");
    ASSERT_THAT(again, IsOk());
    EXPECT_THAT(world.GetInvitation("bob", again->name()), Refused(kNotFound, Reason::kNotFound));
    EXPECT_THAT(world.Accept("bob", again->name()), Refused(kNotFound, Reason::kNotFound));
    world.clock().Advance(absl::Hours(1));
  }
  EXPECT_THAT(world.Invitations("bob", pb::INVITATION_VIEW_RECEIVED), SizeIs(1)) << "only the first one";
  EXPECT_THAT(world.Invite("carol", "bob"), IsOk());
  EXPECT_THAT(world.Invitations("bob", pb::INVITATION_VIEW_RECEIVED), SizeIs(2)) << "others still come";
}

TEST(Expiry, IsMadeDurableByItsTimerAndTold) {
  World world;
  const auto invitation = world.Invite("alice", "bob");
  world.clock().Advance(absl::Minutes(30) - absl::Milliseconds(1));
  EXPECT_EQ(world.RunTimers(), 0);
  world.clock().Advance(absl::Milliseconds(1));
  EXPECT_EQ(world.GetInvitation("bob", invitation->name())->state(), pb::INVITATION_STATE_EXPIRED)
      << "by the clock, before any timer";
  EXPECT_EQ(world.RunTimers(), 1);
  EXPECT_EQ(world.RunTimers(), 0);
  EXPECT_THAT(world.EventTypes(), ElementsAre("InvitationCreated", "InvitationExpired"));
  const auto seen = world.GetInvitation("alice", invitation->name());
  EXPECT_EQ(seen->state(), pb::INVITATION_STATE_EXPIRED);
  EXPECT_EQ(seen->end_time().seconds(), seen->expire_time().seconds());
}

TEST(Expiry, LeavesAnsweredInvitationsAlone) {
  World world;
  world.Link("alice", "bob");
  world.clock().Advance(absl::Hours(1));
  world.RunTimers();
  EXPECT_THAT(world.EventTypes(), ElementsAre("InvitationCreated", "InvitationAccepted", "LinkCreated"));
  EXPECT_THAT(world.TrustedContact("alice"), IsOk());
}

TEST(Retention, ErasesAnInvitationAfterNinetyDaysAndKeepsTheLink) {
  World world;
  const pb::Link link = world.Link("alice", "bob");
  world.clock().Advance(absl::Hours(24 * 90));
  world.RunTimers();
  EXPECT_THAT(world.Invitations("alice", pb::INVITATION_VIEW_SENT), IsEmpty());
  EXPECT_THAT(world.Invitations("bob", pb::INVITATION_VIEW_RECEIVED), IsEmpty());
  EXPECT_THAT(world.Dump(), Not(HasSubstr("invitation_sent")));
  EXPECT_EQ(world.Guard("alice").link(), link.name());
}

TEST(ListInvitations, GivesPagesNewestFirst) {
  World world;
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) {
    const auto invitation = world.Invite("alice", "Некто", absl::StrCat("+7916999000", i));
    names.insert(names.begin(), invitation->name());
    ASSERT_THAT(world.Cancel("alice", invitation->name()), IsOk());
    world.clock().Advance(absl::Seconds(1));
  }
  std::vector<std::string> listed;
  std::string token;
  int pages = 0;
  do {
    pb::ListInvitationsRequest in;
    in.set_view(pb::INVITATION_VIEW_SENT);
    in.set_page_size(2);
    in.set_page_token(token);
    const auto out = world.handlers().ListInvitations(world.As("alice"), in);
    ASSERT_THAT(out, IsOk());
    EXPECT_LE(out->invitations_size(), 2);
    for (const pb::Invitation& one : out->invitations()) listed.push_back(one.name());
    token = out->next_page_token();
    ++pages;
  } while (!token.empty());
  EXPECT_EQ(listed, names);
  EXPECT_EQ(pages, 3);
}

TEST(ListInvitations, RefusesNoViewAndSomebodyElsesPage) {
  World world;
  pb::ListInvitationsRequest in;
  EXPECT_THAT(world.handlers().ListInvitations(world.As("alice"), in), Violates("ENUM_INVALID"));
  for (int i = 0; i < 2; ++i) {
    const auto invitation = world.Invite("alice", "bob");
    ASSERT_THAT(world.Cancel("alice", invitation->name()), IsOk());
  }
  in.set_view(pb::INVITATION_VIEW_SENT);
  in.set_page_size(1);
  const auto first = world.handlers().ListInvitations(world.As("alice"), in);
  ASSERT_THAT(first, IsOk());
  in.set_page_token(first->next_page_token());
  EXPECT_THAT(world.handlers().ListInvitations(world.As("bob"), in),
              Refused(kInvalidArgument, Reason::kPageTokenInvalid));
  in.set_view(pb::INVITATION_VIEW_RECEIVED);
  EXPECT_THAT(world.handlers().ListInvitations(world.As("alice"), in),
              Refused(kInvalidArgument, Reason::kPageTokenInvalid));
}

TEST(Secrecy, NothingPersonalIsInTheStoreOrTheEvents) {
  World world;
  const auto declined = world.Invite("alice", "bob");
  ASSERT_THAT(world.Decline("bob", declined->name(), true), IsOk());
  world.Link("alice", "carol");
  const std::string dump = world.Dump();
  for (const std::string secret : {"+7916", "9160000002", "9160000003", "Борис", "Карина", "Алиса", "***"}) {
    EXPECT_THAT(dump, Not(HasSubstr(secret)));
  }
  for (const kv::Event& event : world.Events()) {
    for (const auto& [key, value] : event.attributes) {
      EXPECT_TRUE(key == "principal" || key == "contact" || key == "link") << key;
    }
  }
}

}  // namespace
}  // namespace tc::linking
