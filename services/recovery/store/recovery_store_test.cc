#include "services/recovery/store/recovery_store.h"

#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "common/crypto/hmac.h"
#include "common/crypto/keyring.h"
#include "common/kv/key.h"
#include "common/kv/rocks_database.h"
#include "common/testing/fakes.h"
#include "services/recovery/domain/grant.h"
#include "services/recovery/domain/recovery_testing.h"
#include "services/recovery/store/nobodys.h"
#include "services/recovery/store/records.pb.h"
#include "services/recovery/store/recovery_codec.h"

namespace tc::recovery {
namespace {

using tc::testing::HasCode;
using testing::Approved;
using testing::Assigned;
using testing::Begun;
using testing::IsOk;
using testing::Noon;
using testing::PolicyOf;

namespace rec = trustedcontact::recovery::store;

constexpr char kCapability[] = "capability";

class Store : public ::testing::Test {
 protected:
  absl::StatusOr<Recovery> Insert(Recovery recovery, absl::string_view capability = kCapability) {
    if (!capability.empty()) recovery.capability_hash = crypto::Sha256(capability);
    Recovery saved;
    const auto done = db_->Update([&](kv::Txn& txn) -> absl::Status {
      saved = TRY(store_.Insert(txn, recovery));
      return absl::OkStatus();
    });
    if (!done.ok()) return done.status();
    return saved;
  }
  absl::StatusOr<Recovery> Save(const Recovery& before, Recovery after) {
    if (after.capability_hash.empty()) after.capability_hash = before.capability_hash;
    Recovery saved;
    const auto done = db_->Update([&](kv::Txn& txn) -> absl::Status {
      saved = TRY(store_.Save(txn, before, after));
      return absl::OkStatus();
    });
    if (!done.ok()) return done.status();
    return saved;
  }
  template <typename F>
  auto Read(F read) {
    decltype(read(std::declval<kv::ReadTxn&>())) result = absl::UnknownError("not run");
    EXPECT_THAT(db_->View([&](kv::ReadTxn& txn) {
      result = read(txn);
      return absl::OkStatus();
    }),
                IsOk());
    return result;
  }
  std::optional<Recovery> Find(const PublicId& id) {
    return *Read([&](kv::ReadTxn& txn) { return store_.Find(txn, id); });
  }
  std::optional<Recovery> FindByCapability(absl::string_view capability) {
    return *Read([&](kv::ReadTxn& txn) { return store_.FindByCapability(txn, capability); });
  }
  std::optional<Recovery> FindByNotMe(absl::string_view token) {
    return *Read([&](kv::ReadTxn& txn) { return store_.FindByNotMeToken(txn, token); });
  }
  StartLedger Ledger(const char* account = "alice") {
    return *Read([&](kv::ReadTxn& txn) { return store_.LedgerOf(txn, testing::Account(account)); });
  }
  std::vector<std::string> AssignedTo(const char* contact) {
    std::vector<std::string> ids;
    EXPECT_THAT(db_->View([&](kv::ReadTxn& txn) {
      ids.clear();
      return store_.ScanAssigned(txn, testing::Account(contact), "",
                                 [&](absl::string_view, const Recovery& r) {
                                   ids.push_back(r.id.text());
                                   return true;
                                 });
    }),
                IsOk());
    return ids;
  }
  size_t Real() {
    size_t count = 0;
    EXPECT_THAT(db_->View([&](kv::ReadTxn& txn) {
      count = 0;
      return store_.ScanReal(txn, "", [&](absl::string_view, const Recovery&) {
        ++count;
        return true;
      });
    }),
                IsOk());
    return count;
  }
  std::vector<std::pair<std::string, absl::Time>> Timers() {
    std::vector<std::pair<std::string, absl::Time>> timers;
    const auto due = db_->DueTimers(Noon() + absl::Hours(24 * 1000), 100);
    for (const kv::Timer& timer : *due) {
      timers.emplace_back(timer.kind, timer.fire_at);
    }
    return timers;
  }

  tc::testing::FakeRandom random_;
  crypto::Keyring keys_ = crypto::Keyring::ForTest({"seal"}, random_);
  crypto::Sealer sealer_ = *crypto::Sealer::Create(keys_, "seal", random_);
  RecoveryStore store_{sealer_};
  std::unique_ptr<kv::Database> db_ = kv::InMemory();
};

// Every field has a value of its own, so that a forgotten one is seen.
Recovery Full() {
  Recovery r = Approved(PolicyOf("strict"));
  r.version = 7;
  r.typed_email = true;
  r.channel = Channel::kEmail;
  r.ended_at = Noon() + absl::Seconds(9);
  r.ended_from = State::kHeld;
  r.hold_taken = true;
  r.match_misses = {"a", "b"};
  r.grant.refused = 2;
  r.grant.redemption =
      Redemption{"r", Noon() + absl::Seconds(3), Noon() + absl::Seconds(5), Noon() + absl::Seconds(4), true};
  r.reject_reason = RejectReason::kNotReached;
  r.hold_reason = HoldReason::kGuardChanged;
  r.canceller = Canceller::kOperator;
  r.own_code.status.masked_address = "own";
  r.own_code.status.next_send_at.reset();
  r.contact_code.status.masked_address = "contact";
  r.purpose = Purpose::kUnfreeze;
  r.capability_hash = "capability hash";
  r.not_me_hash = "not-me hash";
  r.early_news = HoldReason::kAccountNotActive;
  r.asked_at = Noon() + absl::Seconds(7);
  r.operator_comment = "seen and let go";
  r.in_person = InPerson{"officer-1",
                         "centre",
                         "visit-1",
                         Noon(),
                         Noon() + absl::Hours(24),
                         "officer-2",
                         "bank",
                         "visit-2",
                         Noon() + absl::Hours(25)};
  r.taken.clear();  // never stored
  return r;
}

TEST_F(Store, ReadsARecoveryOfNobodyInThePlaceOfAnAbsentOne) {  // TRN-06
  const std::string bytes = EncodeRecovery(Nobodys(), sealer_);
  const auto read = DecodeRecovery(bytes, sealer_);
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->match_code, Nobodys().match_code);
  EXPECT_FALSE(Find(Nobodys().id).has_value());
  EXPECT_GT(bytes.size(), EncodeRecovery(Begun(), sealer_).size());
}

TEST_F(Store, GivesBackEveryField) {
  const Recovery full = Full();
  const auto again = DecodeRecovery(EncodeRecovery(full, sealer_), sealer_);
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(*again, full);
}

TEST_F(Store, GivesBackAFreshRecovery) {
  const auto again = DecodeRecovery(EncodeRecovery(Begun(), sealer_), sealer_);
  ASSERT_THAT(again, IsOk());
  Recovery begun = Begun();
  begun.taken.clear();
  EXPECT_EQ(*again, begun);
}

TEST_F(Store, KeepsNoPersonalDataOrCodesInTheClear) {
  Recovery full = Full();
  full.match_code = "4711471147114711";  // long enough not to occur by chance
  const std::string bytes = EncodeRecovery(full, sealer_);
  for (const std::string& secret :
       {full.masked_principal, full.client.address, full.client.device, full.client.user_agent,
        full.client.place, full.match_code, full.typed_mask, full.operator_comment}) {
    EXPECT_FALSE(absl::StrContains(bytes, secret)) << secret;
  }
}

TEST_F(Store, DoesNotReadARecordThatWasMovedOrDamaged) {
  std::string bytes = EncodeRecovery(Full(), sealer_);
  const size_t at = bytes.find("recovery-1");
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, 10, "recovery-2");
  EXPECT_EQ(DecodeRecovery(bytes, sealer_).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(DecodeRecovery("\xff\xff", sealer_).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(DecodeRecovery("", sealer_).status().code(), absl::StatusCode::kDataLoss);
}

// A number that is no value of its enum is not read as one: silence would let it pass every switch.
TEST_F(Store, DoesNotReadARecordWithUnknownNumbers) {
  const std::string good = EncodeRecovery(Full(), sealer_);
  for (const char* field : {"state", "purpose", "channel", "reject_reason", "hold_reason", "early_news",
                            "canceller", "ended_from"}) {
    rec::RecoveryRecord record;
    ASSERT_TRUE(record.ParseFromString(good));
    const auto& number = *record.GetDescriptor()->FindFieldByName(field);
    for (const int unknown : {-1, 99}) {
      record.GetReflection()->SetInt32(&record, &number, unknown);
      EXPECT_THAT(DecodeRecovery(record.SerializeAsString(), sealer_), HasCode(absl::StatusCode::kDataLoss))
          << field << " " << unknown;
    }
  }
  for (const bool own : {true, false}) {
    rec::RecoveryRecord record;
    ASSERT_TRUE(record.ParseFromString(good));
    (own ? record.mutable_own_code() : record.mutable_contact_code())->add_channels(4);
    EXPECT_THAT(DecodeRecovery(record.SerializeAsString(), sealer_), HasCode(absl::StatusCode::kDataLoss));
  }
}

TEST_F(Store, FindsByCapabilityAndKeepsItsHashOnly) {
  ASSERT_THAT(Insert(Begun()), IsOk());
  EXPECT_TRUE(FindByCapability(kCapability).has_value());
  EXPECT_FALSE(FindByCapability("recovery-1").has_value());  // the public id is no capability
  EXPECT_FALSE(FindByCapability(crypto::Sha256(kCapability)).has_value());
  EXPECT_THAT(db_->View([&](kv::ReadTxn& txn) {
    return txn.Scan("", "\xff", [&](absl::string_view key, absl::string_view value) {
      EXPECT_FALSE(absl::StrContains(key, kCapability) &&
                   !absl::StrContains(key, crypto::Sha256(kCapability)));
      EXPECT_FALSE(absl::StrContains(value, kCapability));
      return true;
    });
  }),
              IsOk());
}

TEST_F(Store, FindsByTheNotMeTokenAndFollowsAReplacedOne) {
  Recovery begun = Begun();
  begun.not_me_hash = crypto::Sha256("not-me");
  const Recovery first = *Insert(begun);
  EXPECT_EQ(FindByNotMe("not-me")->id, first.id);
  EXPECT_FALSE(FindByNotMe(kCapability).has_value());
  EXPECT_FALSE(FindByCapability("not-me").has_value());
  Recovery taken_over = first;
  taken_over.not_me_hash = crypto::Sha256("another");
  taken_over.capability_hash = crypto::Sha256("of the principal's device");
  ASSERT_THAT(Save(first, taken_over), IsOk());
  EXPECT_FALSE(FindByNotMe("not-me").has_value());
  EXPECT_TRUE(FindByNotMe("another").has_value());
  EXPECT_FALSE(FindByCapability(kCapability).has_value());
  EXPECT_TRUE(FindByCapability("of the principal's device").has_value());
}

TEST_F(Store, FindsADecoyByNoNotMeToken) {
  Recovery begun = Begun();
  begun.not_me_hash = crypto::Sha256("not-me");
  const Recovery first = *Insert(begun);
  ASSERT_THAT(Save(first, TurnIntoDecoy(first)), IsOk());
  EXPECT_FALSE(FindByNotMe("not-me").has_value());
}

TEST_F(Store, RefusesAKnownIdAndAKnownCapability) {
  ASSERT_THAT(Insert(Begun()), IsOk());
  EXPECT_EQ(Insert(Begun(), "other").status().code(), absl::StatusCode::kAlreadyExists);
  Recovery other = Begun();
  other.id = PublicId::FromTrusted("recovery-2");
  EXPECT_EQ(Insert(other).status().code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(Store, CountsVersions) {
  const Recovery first = *Insert(Begun());
  EXPECT_EQ(first.version, 1);
  EXPECT_EQ(Save(first, Assigned())->version, 2);
}

TEST_F(Store, WritesTheLedgerOfRealRecoveriesOnly) {
  ASSERT_THAT(Insert(Begun()), IsOk());
  EXPECT_EQ(Ledger().open.text(), "recovery-1");
  EXPECT_EQ(Ledger().starts, (std::vector<absl::Time>{Noon()}));
  Recovery decoy = TurnIntoDecoy(Begun());
  decoy.id = PublicId::FromTrusted("recovery-2");
  ASSERT_THAT(Insert(decoy, "other"), IsOk());
  EXPECT_EQ(Ledger().starts.size(), 1U);
  EXPECT_EQ(Real(), 1U);
}

TEST_F(Store, FreesTheLedgerAtTheEnd) {
  const Recovery first = *Insert(Begun());
  const Recovery cancelled = *Save(first, *Cancel(first, Canceller::kClaimant, Noon()));
  EXPECT_FALSE(Ledger().open.has_value());
  EXPECT_EQ(Ledger().starts.size(), 1U);
  ASSERT_THAT(Save(cancelled, cancelled), IsOk());  // an end is counted once
  EXPECT_EQ(Ledger().starts.size(), 1U);
}

TEST_F(Store, GivesTheStartBackWhenItBecomesADecoy) {
  const Recovery first = *Insert(Begun());
  ASSERT_THAT(Save(first, TurnIntoDecoy(first)), IsOk());
  EXPECT_EQ(Ledger(), StartLedger());
  EXPECT_EQ(Real(), 0U);
}

TEST_F(Store, ListsWhatIsLaidBeforeAContact) {
  const Recovery first = *Insert(Begun());
  EXPECT_TRUE(AssignedTo("bob").empty());
  ASSERT_THAT(Save(first, Assigned()), IsOk());
  EXPECT_EQ(AssignedTo("bob"), (std::vector<std::string>{"recovery-1"}));
  EXPECT_TRUE(AssignedTo("carol").empty());
  EXPECT_TRUE(AssignedTo("bo").empty());
}

TEST_F(Store, KeepsOneExpiryTimerForAnOpenRecovery) {
  const Recovery first = *Insert(Begun());
  using T = std::vector<std::pair<std::string, absl::Time>>;
  EXPECT_EQ(Timers(), (T{{kExpireTimer, Noon() + absl::Minutes(30)}}));
  Recovery proved = Assigned();
  const Recovery second = *Save(first, proved);
  EXPECT_EQ(Timers(), (T{{kExpireTimer, Noon() + absl::Hours(24)}}));
  const Recovery third = *Save(second, Approved());
  EXPECT_EQ(Timers(), (T{{kExpireTimer, Noon() + absl::Minutes(15)}}));
  const Recovery marked =
      *BeginRedemption(third, "grant-hash", "r", Noon() + absl::Minutes(15) - absl::Seconds(1));
  const Recovery fourth = *Save(third, marked);
  EXPECT_EQ(Timers(), (T{{kExpireTimer, Noon() + absl::Minutes(16) - absl::Seconds(1)}}));
  ASSERT_THAT(Save(fourth, *Complete(fourth, Noon())), IsOk());
  EXPECT_EQ(Timers(), (T{{kPurgeTimer, Noon() + absl::Hours(24 * 30)}}));
}

TEST_F(Store, TellsTheEndOnceMoreWhenAHoldMayHaveBeenUnderWay) {
  const Recovery first = *Insert(Begun());
  const Recovery holding = *Save(first, *TakeHold(first, Noon()));
  ASSERT_THAT(Save(holding, *Cancel(holding, Canceller::kClaimant, Noon())), IsOk());
  using T = std::vector<std::pair<std::string, absl::Time>>;
  EXPECT_EQ(Timers(),
            (T{{kReleaseTimer, Noon() + absl::Minutes(1)}, {kPurgeTimer, Noon() + absl::Hours(24)}}));
}

TEST_F(Store, RemovesEveryTraceButTheLedger) {
  const Recovery first = *Insert(Begun());
  const Recovery second = *Save(first, Assigned());
  ASSERT_THAT(db_->Update([&](kv::Txn& txn) { return store_.Remove(txn, second); }), IsOk());
  EXPECT_FALSE(Find(first.id).has_value());
  EXPECT_FALSE(FindByCapability(kCapability).has_value());
  EXPECT_TRUE(AssignedTo("bob").empty());
  EXPECT_EQ(Real(), 0U);
  EXPECT_TRUE(Timers().empty());
}

TEST_F(Store, TakesAnIndexWithoutItsRecordForDamage) {
  const Recovery first = *Insert(Begun());
  ASSERT_THAT(Save(first, Assigned()), IsOk());
  ASSERT_THAT(
      db_->Update([&](kv::Txn& txn) { return txn.Delete(kv::Key("recovery").Str("recovery-1").bytes()); }),
      IsOk());
  EXPECT_EQ(db_->View([&](kv::ReadTxn& txn) {
                 return store_.ScanAssigned(txn, testing::Account("bob"), "",
                                            [](absl::string_view, const Recovery&) { return true; });
               })
                .code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(Store, GivesBackALedger) {
  StartLedger ledger;
  ledger.open = PublicId::FromTrusted("r");
  ledger.starts = {Noon(), Noon() + absl::Seconds(1)};
  ledger.failures = {Noon()};
  ledger.closed_until = Noon() + absl::Hours(1);
  EXPECT_EQ(*DecodeLedger(EncodeLedger(ledger)), ledger);
  EXPECT_EQ(*DecodeLedger(EncodeLedger(StartLedger())), StartLedger());
  EXPECT_EQ(DecodeLedger("\xff").status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(Store, FollowsAnotherContactWhoIsAsked) {
  const Recovery first = *Insert(testing::Assigned());
  Recovery other = first;
  other.contact = testing::Account("carol");
  other.assigned_at = Noon() + absl::Hours(1);
  const Recovery second = *Save(first, other);
  EXPECT_TRUE(AssignedTo("bob").empty());
  EXPECT_EQ(AssignedTo("carol"), std::vector<std::string>{first.id.text()});
  Recovery nobody = second;
  nobody.contact = AccountId();
  ASSERT_THAT(Save(second, nobody), IsOk());
  EXPECT_TRUE(AssignedTo("carol").empty());
}

TEST_F(Store, ListsThePrincipalsOwnEndedOnesToo) {
  const auto own = [&](const char* account) {
    size_t count = 0;
    EXPECT_THAT(db_->View([&](kv::ReadTxn& txn) {
      count = 0;
      return store_.ScanOwn(txn, testing::Account(account), "", [&](absl::string_view, const Recovery&) {
        ++count;
        return true;
      });
    }),
                IsOk());
    return count;
  };
  const Recovery first = *Insert(Begun());
  const Recovery ended = *Save(first, *Cancel(first, Canceller::kClaimant, Noon()));
  EXPECT_EQ(own("alice"), 1U);
  EXPECT_EQ(own("bob"), 0U);
  ASSERT_THAT(db_->Update([&](kv::Txn& txn) { return store_.Remove(txn, ended); }), IsOk());
  EXPECT_EQ(own("alice"), 0U);
}

}  // namespace
}  // namespace tc::recovery
