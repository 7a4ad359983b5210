#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/crypto/keyring.h"
#include "common/kv/key.h"
#include "common/kv/rocks_database.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "services/linking/store/block_store.h"
#include "services/linking/store/codec.h"
#include "services/linking/store/invitation_store.h"
#include "services/linking/store/link_store.h"
#include "services/linking/store/outbox.h"

namespace tc::linking {
namespace {

using absl::StatusCode::kAlreadyExists;
using absl::StatusCode::kDataLoss;
using absl::StatusCode::kNotFound;
using ::testing::ElementsAre;
using testing::HasCode;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Noon;
using ::testing::Not;
using testing::Refused;
using ::testing::SizeIs;

const AccountId kAlice = AccountId::FromTrusted("alice");
const AccountId kBob = AccountId::FromTrusted("bob");
const InvitationDetails kDetails{FirstName::FromTrusted("Борис"), Phone::FromTrusted("+79160000002"),
                                 "+7 9** ***-**-02", "Алиса П."};
const LinkPeople kPeople{"Алиса П.", "Борис С.", "+7 9** ***-**-02"};

class Stored : public ::testing::Test {
 protected:
  template <typename Fn>
  absl::Status Update(Fn fn) {
    return database_->Update([&](kv::Txn& txn) -> absl::Status { return fn(txn); }).status();
  }
  template <typename Fn>
  absl::Status View(Fn fn) {
    return database_->View([&](kv::ReadTxn& txn) -> absl::Status { return fn(txn); });
  }

  InvitationRow Row(const std::string& id, const AccountId& invitee, absl::Time created_at = Noon()) {
    InvitationRow row;
    row.invitation.id = InvitationId::FromTrusted(id);
    row.invitation.principal = kAlice;
    row.invitation.invitee = invitee;
    row.invitation.created_at = created_at;
    row.invitation.expire_at = created_at + absl::Minutes(30);
    row.sealed_details = invitations_.Seal(row.invitation.id, kDetails);
    return row;
  }
  LinkRow EndedLink(const std::string& id, absl::Time ended_at) {
    LinkRow row;
    row.link.id = LinkId::FromTrusted(id);
    row.link.principal = kAlice;
    row.link.contact = kBob;
    row.link.state = LinkState::kRemoved;
    row.link.suspend_reason = SuspendReason::kSamePhone;
    row.link.created_at = Noon();
    row.link.removal_at = ended_at;
    row.link.ended_at = ended_at;
    row.link.remind_at = ended_at + absl::Hours(9);
    row.link.danger_at = Noon() + absl::Seconds(7);
    row.link.changes = {{Noon(), LinkState::kActive, Actor::kContact},
                        {ended_at, LinkState::kRemoved, Actor::kTime}};
    row.sealed_people = links_.Seal(row.link.id, kPeople);
    return row;
  }
  crypto::Sealer Sealer() { return *crypto::Sealer::Create(keys_, "people", random_); }

  testing::FakeRandom random_;
  crypto::Keyring keys_ = crypto::Keyring::ForTest({"people", "phones"}, random_);
  std::unique_ptr<kv::Database> database_ = kv::InMemory();
  InvitationStore invitations_{Sealer(), *crypto::KeyedHash::Create(keys_, "phones", "test")};
  LinkStore links_{Sealer()};
  BlockStore blocks_{Sealer()};
  Outbox outbox_{Sealer()};
};

TEST_F(Stored, InvitationsComeBackAsTheyWere) {
  InvitationRow row = Row("i", kBob);
  ASSERT_THAT(Update([&](kv::Txn& txn) { return invitations_.Insert(txn, row); }), IsOk());
  row.invitation.state = InvitationState::kAccepted;
  row.invitation.ended_at = Noon() + absl::Minutes(3);
  row.invitation.link = LinkId::FromTrusted("l");
  ASSERT_THAT(Update([&](kv::Txn& txn) { return invitations_.Save(txn, row); }), IsOk());
  EXPECT_THAT(View([&](kv::ReadTxn& txn) -> absl::Status {
                const InvitationRow back = TRY(invitations_.Get(txn, row.invitation.id));
                EXPECT_EQ(back.invitation, row.invitation);
                EXPECT_EQ(TRY(invitations_.Open(back)), kDetails);
                return invitations_.Get(txn, InvitationId::FromTrusted("other")).status();
              }),
              Refused(kNotFound, Reason::kNotFound));
  EXPECT_THAT(Update([&](kv::Txn& txn) { return invitations_.Insert(txn, row); }), HasCode(kAlreadyExists));
}

TEST_F(Stored, DetailsOpenOnlyWhereTheyWereSealed) {
  InvitationRow row = Row("i", kBob);
  EXPECT_THAT(row.sealed_details, Not(HasSubstr("9160000002")));
  EXPECT_THAT(row.sealed_details, Not(HasSubstr("Борис")));
  row.invitation.id = InvitationId::FromTrusted("j");
  EXPECT_THAT(invitations_.Open(row), HasCode(kDataLoss)) << "moved to another invitation";
  LinkRow link = EndedLink("l", Noon());
  EXPECT_EQ(*links_.Open(link), kPeople);
  link.link.id = LinkId::FromTrusted("m");
  EXPECT_THAT(links_.Open(link), HasCode(kDataLoss));
}

TEST_F(Stored, InvitationsAreListedNewestFirstForBothSides) {
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                TRY(invitations_.Insert(txn, Row("old", kBob, Noon())));
                TRY(invitations_.Insert(txn, Row("nobody", AccountId(), Noon() + absl::Seconds(1))));
                return invitations_.Insert(txn, Row("new", kBob, Noon() + absl::Seconds(2)));
              }),
              IsOk());
  const auto ids = [](const std::vector<ListedInvitation>& rows) {
    std::vector<std::string> out;
    for (const ListedInvitation& row : rows) out.push_back(row.row.invitation.id.text());
    return out;
  };
  ASSERT_THAT(
      View([&](kv::ReadTxn& txn) -> absl::Status {
        EXPECT_THAT(ids(TRY(invitations_.Sent(txn, kAlice, "", 10))), ElementsAre("new", "nobody", "old"));
        EXPECT_THAT(ids(TRY(invitations_.Received(txn, kBob, "", 10))), ElementsAre("new", "old"));
        EXPECT_THAT(ids(TRY(invitations_.Received(txn, AccountId(), "", 10))), IsEmpty());
        EXPECT_THAT(TRY(invitations_.Sent(txn, kAlice, "", 0)), IsEmpty());
        const auto first = TRY(invitations_.Sent(txn, kAlice, "", 2));
        EXPECT_THAT(ids(first), ElementsAre("new", "nobody"));
        EXPECT_THAT(ids(TRY(invitations_.Sent(txn, kAlice, first.back().key, 2))), ElementsAre("old"));
        return absl::OkStatus();
      }),
      IsOk());
}

TEST_F(Stored, ErasedInvitationsLeaveNothing) {
  const InvitationRow row = Row("i", kBob);
  ASSERT_THAT(Update([&](kv::Txn& txn) { return invitations_.Insert(txn, row); }), IsOk());
  for (int i = 0; i < 2; ++i) {
    ASSERT_THAT(Update([&](kv::Txn& txn) { return invitations_.Erase(txn, row.invitation.id); }), IsOk());
  }
  ASSERT_THAT(View([&](kv::ReadTxn& txn) -> absl::Status {
                EXPECT_THAT(invitations_.Get(txn, row.invitation.id), HasCode(kNotFound));
                EXPECT_THAT(TRY(invitations_.Sent(txn, kAlice, "", 10)), IsEmpty());
                EXPECT_THAT(TRY(invitations_.Received(txn, kBob, "", 10)), IsEmpty());
                return absl::OkStatus();
              }),
              IsOk());
}

TEST_F(Stored, PhoneWindowsKeepTimesAndVanishWhenEmpty) {
  const std::string window = invitations_.PhoneWindow(Phone::FromTrusted("+79160000002"));
  EXPECT_NE(window, invitations_.PhoneWindow(Phone::FromTrusted("+79160000003")));
  const auto recent = [&] {
    std::vector<absl::Time> times;
    EXPECT_THAT(View([&](kv::ReadTxn& txn) -> absl::Status {
                  times = TRY(invitations_.Recent(txn, window));
                  return absl::OkStatus();
                }),
                IsOk());
    return times;
  };
  EXPECT_THAT(recent(), IsEmpty());
  const auto save = [&](std::vector<absl::Time> times) {
    return Update([&](kv::Txn& txn) { return invitations_.SaveRecent(txn, window, times); });
  };
  ASSERT_THAT(save({Noon(), Noon() + absl::Hours(1)}), IsOk());
  EXPECT_THAT(recent(), ElementsAre(Noon(), Noon() + absl::Hours(1)));
  ASSERT_THAT(save({}), IsOk());
  EXPECT_THAT(recent(), IsEmpty());
}

TEST_F(Stored, LinksComeBackAsTheyWereAndEndedOnesInOrder) {
  const LinkRow first = EndedLink("a", Noon() + absl::Hours(1));
  const LinkRow second = EndedLink("b", Noon() + absl::Hours(2));
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                for (const LinkRow& row : {first, second}) {
                  TRY(links_.Save(txn, row));
                  TRY(links_.FileEnded(txn, row.link));
                }
                return absl::OkStatus();
              }),
              IsOk());
  EXPECT_THAT(View([&](kv::ReadTxn& txn) -> absl::Status {
                EXPECT_EQ(TRY(links_.Get(txn, first.link.id)).link, first.link);
                for (const auto& ended : {TRY(links_.EndedOfPrincipal(txn, kAlice, "", 10)),
                                          TRY(links_.EndedOfContact(txn, kBob, "", 10))}) {
                  EXPECT_THAT(ended, SizeIs(2));
                  EXPECT_EQ(ended[0].row.link, second.link) << "the last ended first";
                }
                const auto page = TRY(links_.EndedOfPrincipal(txn, kAlice, "", 1));
                EXPECT_EQ(TRY(links_.EndedOfPrincipal(txn, kAlice, page[0].key, 1))[0].row.link, first.link);
                return links_.Get(txn, LinkId::FromTrusted("absent")).status();
              }),
              Refused(kNotFound, Reason::kNotFound));
}

TEST_F(Stored, ProtectionsAndDutiesComeBackAsTheyWereAndEmptyOnesNeedNoRecord) {
  Protection protection;
  protection.principal = kAlice;
  protection.link = LinkId::FromTrusted("l");
  protection.pending = InvitationId::FromTrusted("i");
  protection.holds = {{"rec-1", Noon() + absl::Hours(1)}};
  protection.recent_invitations = {Noon(), Noon() + absl::Seconds(1)};
  protection.frozen_until = Noon() + absl::Hours(24);
  protection.restricted_until = Noon() + absl::Hours(72);
  Duty duty;
  duty.contact = kBob;
  duty.links = {LinkId::FromTrusted("l"), LinkId::FromTrusted("a")};
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                TRY(links_.SaveProtection(txn, protection));
                return links_.SaveDuty(txn, duty);
              }),
              IsOk());
  ASSERT_THAT(View([&](kv::ReadTxn& txn) -> absl::Status {
                EXPECT_EQ(TRY(links_.ProtectionOf(txn, kAlice)), protection);
                EXPECT_EQ(TRY(links_.DutyOf(txn, kBob)), duty);
                Protection none;
                none.principal = kBob;
                EXPECT_EQ(TRY(links_.ProtectionOf(txn, kBob)), none);
                EXPECT_THAT(TRY(links_.DutyOf(txn, kAlice)).links, IsEmpty());
                return absl::OkStatus();
              }),
              IsOk());
}

TEST_F(Stored, BlocksAreFoundByPairAndListedByContact) {
  const Block block{BlockId::FromTrusted("b"), kBob, kAlice, Noon()};
  const BlockRow row{block, blocks_.Seal(block.id, "Алиса П.")};
  ASSERT_THAT(Update([&](kv::Txn& txn) { return blocks_.Insert(txn, row); }), IsOk());
  BlockRow twice = row;
  twice.block.id = BlockId::FromTrusted("c");
  ASSERT_THAT(Update([&](kv::Txn& txn) { return blocks_.Insert(txn, twice); }), IsOk()) << "changes nothing";
  const auto blocked = [&](const AccountId& contact, const AccountId& principal) {
    bool answer = false;
    EXPECT_THAT(View([&](kv::ReadTxn& txn) -> absl::Status {
                  answer = TRY(blocks_.IsBlocked(txn, contact, principal));
                  return absl::OkStatus();
                }),
                IsOk());
    return answer;
  };
  EXPECT_TRUE(blocked(kBob, kAlice));
  EXPECT_FALSE(blocked(kAlice, kBob));
  ASSERT_THAT(View([&](kv::ReadTxn& txn) -> absl::Status {
                const auto listed = TRY(blocks_.List(txn, kBob, "", 10));
                EXPECT_THAT(listed, SizeIs(1));
                EXPECT_EQ(listed[0].row.block, block);
                EXPECT_EQ(TRY(blocks_.Open(listed[0].row)), "Алиса П.");
                EXPECT_THAT(TRY(blocks_.List(txn, kBob, listed[0].key, 10)), IsEmpty());
                EXPECT_THAT(TRY(blocks_.List(txn, kAlice, "", 10)), IsEmpty());
                EXPECT_THAT(TRY(blocks_.Against(txn, kAlice, 10)), ElementsAre(block));
                EXPECT_THAT(TRY(blocks_.Against(txn, kBob, 10)), IsEmpty());
                return absl::OkStatus();
              }),
              IsOk());
  EXPECT_THAT(Update([&](kv::Txn& txn) { return blocks_.Erase(txn, kAlice, block.id); }), HasCode(kNotFound));
  EXPECT_THAT(Update([&](kv::Txn& txn) { return blocks_.Erase(txn, kBob, block.id); }), IsOk());
  EXPECT_FALSE(blocked(kBob, kAlice));
  ASSERT_THAT(View([&](kv::ReadTxn& txn) -> absl::Status {
                EXPECT_THAT(TRY(blocks_.Against(txn, kAlice, 10)), IsEmpty());
                return absl::OkStatus();
              }),
              IsOk());
}

TEST_F(Stored, ADetachedInvitationIsThePrincipalsAlone) {
  const InvitationRow row = Row("i", kBob);
  ASSERT_THAT(Update([&](kv::Txn& txn) { return invitations_.Insert(txn, row); }), IsOk());
  ASSERT_THAT(Update([&](kv::Txn& txn) { return invitations_.Detach(txn, row); }), IsOk());
  ASSERT_THAT(View([&](kv::ReadTxn& txn) -> absl::Status {
                EXPECT_FALSE(TRY(invitations_.Get(txn, row.invitation.id)).invitation.invitee.has_value());
                EXPECT_THAT(TRY(invitations_.Received(txn, kBob, "", 10)), IsEmpty());
                EXPECT_THAT(TRY(invitations_.Sent(txn, kAlice, "", 10)), SizeIs(1));
                return absl::OkStatus();
              }),
              IsOk());
  ASSERT_THAT(Update([&](kv::Txn& txn) { return invitations_.Erase(txn, row.invitation.id); }), IsOk());
}

TEST_F(Stored, DetailsOfBeforeShowTheirNumberMasked) {
  InvitationDetails before = kDetails;
  before.masked_contact_phone = "";
  EXPECT_EQ(*DecodeDetails(EncodeDetails(before)), kDetails);
  EXPECT_EQ(*DecodeDetails(EncodeDetails(InvitationDetails())), InvitationDetails()) << "erased";
}

// The rows of the outbox after this has been enqueued.
class Enqueued : public Stored {
 protected:
  template <typename Fn>
  std::vector<kv::OutboxRow> Rows(Fn fn) {
    EXPECT_THAT(Update(fn), IsOk());
    return *database_->ListOutbox("", 100);
  }
};

TEST_F(Enqueued, NoticesAreSealedAndComeBackAsTheyWere) {
  const Notice notice{NoticeKind::kRemoved, kBob, "Алиса П."};
  const auto rows = Rows([&](kv::Txn& txn) { return outbox_.Enqueue(txn, notice, Noon()); });
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].kind, kNotify);
  EXPECT_EQ(rows[0].expire_at, Noon() + absl::Hours(24));
  EXPECT_THAT(rows[0].payload, Not(HasSubstr("Алиса")));
  EXPECT_THAT(rows[0].payload, Not(HasSubstr("bob")));
  EXPECT_EQ(*outbox_.NoticeFrom(rows[0]), notice);
}

TEST_F(Enqueued, NoticesToNobodyAreOfTheSameSize) {  // L2
  const auto rows = Rows([&](kv::Txn& txn) -> absl::Status {
    TRY(outbox_.Enqueue(txn, Notice{NoticeKind::kInvitationReceived, AccountId(), ""}, Noon()));
    return outbox_.Enqueue(txn, Notice{NoticeKind::kInvitationReceived, kBob, ""}, Noon());
  });
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].payload.size(), rows[1].payload.size());
  EXPECT_FALSE(outbox_.NoticeFrom(rows[0])->receiver.has_value());
}

TEST_F(Enqueued, FreezesComeBackAsTheyWereAndLapseWithTheFreeze) {
  const FreezeOrder order{kAlice, Noon() + absl::Hours(24)};
  const auto rows = Rows([&](kv::Txn& txn) { return outbox_.Enqueue(txn, order); });
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(*outbox_.FreezeFrom(rows[0]), order);
  EXPECT_EQ(rows[0].expire_at, order.until);
}

TEST_F(Enqueued, WhatDoesNotDecodeIsALoss) {
  kv::OutboxRow row;
  row.payload = "\xff\xff";
  EXPECT_THAT(outbox_.NoticeFrom(row), HasCode(kDataLoss));
  EXPECT_THAT(outbox_.FreezeFrom(row), HasCode(kDataLoss));
  for (const std::string& plain : {std::string(), std::string(1, '\0'), std::string(2, '\xff')}) {
    row.payload = Sealer().Seal(plain, "notice");
    EXPECT_THAT(outbox_.NoticeFrom(row), HasCode(kDataLoss));
  }
  row.payload = Sealer().Seal(std::string("\0\x02\x08\x63", 4), "notice");
  EXPECT_THAT(outbox_.NoticeFrom(row), HasCode(kDataLoss)) << "a kind from a newer program";
}

TEST_F(Stored, AnUnreadableRecordIsALossNeverAbsence) {
  const auto damage = [&](const kv::Key& key, absl::string_view bytes) {
    ASSERT_THAT(Update([&](kv::Txn& txn) { return txn.Put(key.bytes(), bytes); }), IsOk());
  };
  for (const char* table : {"invitation", "link", "protection", "duty", "phone_window"}) {
    damage(kv::Key(table).Str("x"), "\xff\xff");
  }
  damage(kv::Key("block").Str("x").Str("b"), "\xff\xff");
  const AccountId x = AccountId::FromTrusted("x");
  ASSERT_THAT(View([&](kv::ReadTxn& txn) -> absl::Status {
                EXPECT_THAT(invitations_.Get(txn, InvitationId::FromTrusted("x")), HasCode(kDataLoss));
                EXPECT_THAT(links_.Get(txn, LinkId::FromTrusted("x")), HasCode(kDataLoss));
                EXPECT_THAT(links_.ProtectionOf(txn, x), HasCode(kDataLoss));
                EXPECT_THAT(links_.DutyOf(txn, x), HasCode(kDataLoss));
                EXPECT_THAT(invitations_.Recent(txn, "x"), HasCode(kDataLoss));
                EXPECT_THAT(blocks_.List(txn, x, "", 10), HasCode(kDataLoss));
                return absl::OkStatus();
              }),
              IsOk());
}

TEST_F(Stored, AListThatNamesAnAbsentRecordIsALoss) {
  ASSERT_THAT(Update([&](kv::Txn& txn) -> absl::Status {
                TRY(txn.Put(kv::Key("invitation_sent").Str("alice").U64(1).Str("gone").bytes(), "gone"));
                return txn.Put(kv::Key("link_ended_contact").Str("bob").U64(1).Str("gone").bytes(), "gone");
              }),
              IsOk());
  ASSERT_THAT(View([&](kv::ReadTxn& txn) -> absl::Status {
                EXPECT_THAT(invitations_.Sent(txn, kAlice, "", 10), HasCode(kDataLoss));
                EXPECT_THAT(links_.EndedOfContact(txn, kBob, "", 10), HasCode(kDataLoss));
                return absl::OkStatus();
              }),
              IsOk());
}

TEST_F(Stored, AStateFromANewerProgramDoesNotDecode) {
  // state (field 4) = 9: written by a program that knows more.
  EXPECT_THAT(kv::Codec<InvitationRow>::Decode(std::string("\x20\x09", 2)), HasCode(kDataLoss));
  EXPECT_THAT(kv::Codec<LinkRow>::Decode(std::string("\x20\x09", 2)), HasCode(kDataLoss));
  EXPECT_THAT(kv::Codec<LinkRow>::Decode(std::string("\x28\x09", 2)), HasCode(kDataLoss));
  EXPECT_THAT(kv::Codec<LinkRow>::Decode(std::string("\x4a\x02\x18\x09", 4)), HasCode(kDataLoss));
}

TEST(NewestFirst, TurnsTheOrderOfTimesAround) {
  EXPECT_GT(NewestFirst(Noon()), NewestFirst(Noon() + absl::Microseconds(1)));
}

}  // namespace
}  // namespace tc::linking
