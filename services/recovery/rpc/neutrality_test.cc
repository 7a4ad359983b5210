// Known, unknown, blocked, guarded, unguarded, busy: until the own code is right, all answers have the same
// shape, to the byte, and ask the same peers equally often (R1, REC-01).

#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <functional>
#include <tuple>

#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery {
namespace {

using testing::kAlicePhone;
using testing::kDavePhone;
using testing::kNobodysPhone;
using testing::World;

// The answer without what differs in every answer; and how long it was.
std::string Shape(pb::Recovery answer) {
  const size_t bytes = answer.ByteSizeLong();
  answer.set_name("recoveries/" + std::string(answer.name().size(), 'x'));
  return absl::StrCat(bytes, "|", answer.ShortDebugString());
}
std::string Shape(const absl::StatusOr<pb::Recovery>& answer) {
  if (answer.ok()) return Shape(*answer);
  // Not ToString(): it shuffles what a status carries.
  const absl::Status& status = answer.status();
  std::string shape = absl::StrCat(absl::StatusCodeToString(status.code()), "|", status.message(), "|",
                                   ReasonOf(status).value_or(""), "|",
                                   absl::FormatDuration(RetryAfterOf(status).value_or(absl::ZeroDuration())));
  for (const auto& [key, value] : MetadataOf(answer.status())) absl::StrAppend(&shape, "|", key, "=", value);
  return shape;
}

// What otp refuses of the account with this phone, while it would send a decoy's code.
void RefuseAt(World& world, const std::string& phone, absl::StatusCode code, Reason reason) {
  world.otp.limit = [=](const CodeBinding&, const std::string& address) -> absl::Status {
    if (address != phone) return absl::OkStatus();
    return Refuse(code, reason, "no").RetryAfter(absl::Minutes(9));
  };
}

struct Kind {
  const char* what;
  std::function<std::string(World&)> prepare;  // returns the phone to start with
};

std::string Dave(World&) { return kDavePhone; }

const Kind kUnknown = {"Unknown", [](World&) { return std::string(kNobodysPhone); }};
const Kind kKinds[] = {
    {"Guarded", [](World&) { return std::string(kAlicePhone); }},
    {"Unguarded", Dave},
    {"Blocked",
     [](World& world) {
       world.identity.account("dave").active = false;
       return Dave(world);
     }},
    {"Frozen",
     [](World& world) {
       world.identity.account("alice").active = false;
       world.identity.account("alice").frozen = true;
       return std::string(kAlicePhone);
     }},
    {"Ineligible",
     [](World& world) {
       world.identity.not_eligible = {"alice", "bob"};
       return std::string(kAlicePhone);
     }},
    {"Busy",
     [](World& world) {
       EXPECT_TRUE(world.Start(kAlicePhone).ok());
       return std::string(kAlicePhone);
     }},
    {"BusyBeforeTheContact",
     [](World& world) {
       world.purpose = {};
       world.ToContact();
       return std::string(kAlicePhone);
     }},
    {"OverLimit",
     [](World& world) {
       for (int i = 0; i < 3; ++i) EXPECT_TRUE(world.Cancel(world.Start(kDavePhone)->name()).ok());
       return Dave(world);
     }},
    {"ClosedAfterFraud",
     [](World& world) {
       world.purpose = {};
       EXPECT_TRUE(world.Reject("bob", world.ToContact().assigned, pb::REJECT_REASON_FRAUD).ok());
       return std::string(kAlicePhone);
     }},
    // From here on otp is asked otherwise: it refuses first.
    {"NumberFull",
     [](World& world) {
       world.otp.full_numbers = {kDavePhone};
       return Dave(world);
     }},
    {"AddressDisabled",
     [](World& world) {
       RefuseAt(world, kDavePhone, absl::StatusCode::kFailedPrecondition, Reason::kAddressDisabled);
       return Dave(world);
     }},
    {"RangeThrottled",
     [](World& world) {
       RefuseAt(world, kDavePhone, absl::StatusCode::kResourceExhausted, Reason::kPrefixThrottled);
       return Dave(world);
     }},
    {"AccountFull",  // of a decoy's code for him, too
     [](World& world) {
       world.otp.limit = [](const CodeBinding& binding, const std::string&) -> absl::Status {
         if (binding.subject != "accounts/dave") return absl::OkStatus();
         return Refuse(absl::StatusCode::kResourceExhausted, Reason::kAccountLimitReached, "too many");
       };
       return Dave(world);
     }},
};
constexpr int kRefusedByOtp = 4;

const std::map<std::string, std::string> kAllPurposes = {{"recovery.purpose_phone_change", "1"},
                                                         {"recovery.purpose_contact_removal", "1"},
                                                         {"recovery.purpose_unfreeze", "1"}};
constexpr int kPurposes[] = {pb::RECOVERY_PURPOSE_PASSWORD, pb::RECOVERY_PURPOSE_PHONE_CHANGE,
                             pb::RECOVERY_PURPOSE_CONTACT_REMOVAL, pb::RECOVERY_PURPOSE_UNFREEZE};

// What a claimant without the code sees of one recovery, from its start to its lock; with `peers` also what
// was asked of whom, in order.
class Claimant {
 public:
  Claimant(const Kind& kind, int purpose, bool peers) : peers_(peers) {
    phone_ = kind.prepare(world_);
    world_.purpose = static_cast<pb::RecoveryPurpose>(purpose);
    world_.clock.Advance(absl::Minutes(1));
  }
  std::vector<std::string> Watch() {
    Step([&] { return Named(world_.Start(phone_)); });
    Step([&] { return world_.Get(name_); });
    Step([&] { return world_.Verify(name_, "999999"); });
    Step([&] { return world_.Get(name_); });
    Step([&] { return world_.Resend(name_); });
    world_.clock.Advance(absl::Minutes(1));
    world_.otp.full_numbers.clear();
    Step([&] { return world_.Resend(name_); });
    Step([&] { return world_.Resend(name_, world_.Portal(), trustedcontact::type::v1::CHANNEL_EMAIL); });
    for (int i = 0; i < 5; ++i) Step([&] { return world_.Verify(name_, absl::StrCat("99999", i)); });
    Step([&] { return world_.Get(name_); });
    Step([&] { return world_.Resend(name_); });
    Step([&] { return world_.Complete(name_, "grant", world_.purpose > 1 ? "" : "password"); });
    return seen_;
  }

 private:
  absl::StatusOr<pb::Recovery> Named(absl::StatusOr<pb::Recovery> started) {
    if (started.ok()) name_ = started->name();
    return started;
  }
  void Step(const std::function<absl::StatusOr<pb::Recovery>()>& act) {
    world_.faults.Clear();
    absl::StatusOr<pb::Recovery> answer = act();
    if (answer.ok() && answer->has_own_code() && !answer->own_code().masked_address().empty()) {
      // The claimant's own phone, masked: it differs as the phones differ.
      answer->mutable_own_code()->set_masked_address(
          std::string(answer->own_code().masked_address().size(), 'm'));
    }
    seen_.push_back(peers_ ? absl::StrCat(Shape(answer), "|", world_.faults.asked()) : Shape(answer));
  }

  World world_{"gosuslugi", {}, kAllPurposes};
  bool peers_;
  std::string phone_;
  std::string name_;
  std::vector<std::string> seen_;
};

// REC-01, REC-06: by kind of account and purpose.
class Neutrality : public ::testing::TestWithParam<std::tuple<Kind, int>> {};
TEST_P(Neutrality, AnswersAsForAnUnknownAccount) {
  const auto& [kind, purpose] = GetParam();
  EXPECT_EQ(Claimant(kind, purpose, false).Watch(), Claimant(kUnknown, purpose, false).Watch());
}

// But where otp refuses first, and is asked once more.
class TheSameQuestions : public ::testing::TestWithParam<std::tuple<Kind, int>> {};
TEST_P(TheSameQuestions, AreAskedInTheSameOrder) {
  const auto& [kind, purpose] = GetParam();
  EXPECT_EQ(Claimant(kind, purpose, true).Watch(), Claimant(kUnknown, purpose, true).Watch());
}

std::string NameOf(const ::testing::TestParamInfo<std::tuple<Kind, int>>& info) {
  return absl::StrCat(std::get<0>(info.param).what, std::get<1>(info.param));
}
INSTANTIATE_TEST_SUITE_P(All, Neutrality,
                         ::testing::Combine(::testing::ValuesIn(kKinds), ::testing::ValuesIn(kPurposes)),
                         NameOf);
INSTANTIATE_TEST_SUITE_P(All, TheSameQuestions,
                         ::testing::Combine(::testing::ValuesIn(kKinds, std::end(kKinds) - kRefusedByOtp),
                                            ::testing::ValuesIn(kPurposes)),
                         NameOf);

class Ends : public ::testing::TestWithParam<Kind> {};
TEST_P(Ends, ByCancellingAlike) {
  World world;
  const std::string phone = GetParam().prepare(world);
  const std::string name = world.Start(phone)->name();
  const auto cancelled = world.Cancel(name);
  ASSERT_TRUE(cancelled.ok());
  EXPECT_EQ(cancelled->state(), pb::RECOVERY_STATE_CANCELLED);
  EXPECT_EQ(world.Get(name)->state(), pb::RECOVERY_STATE_CANCELLED);
}

TEST_P(Ends, ByTimeAlike) {
  World world;
  const std::string phone = GetParam().prepare(world);
  const std::string name = world.Start(phone)->name();
  world.clock.Advance(absl::Minutes(30));
  EXPECT_EQ(world.Get(name)->state(), pb::RECOVERY_STATE_EXPIRED);
  world.RunTimers();
  EXPECT_EQ(world.Get(name)->state(), pb::RECOVERY_STATE_EXPIRED);
  world.clock.Advance(absl::Hours(24));
  world.RunTimers();
  EXPECT_EQ(world.Get(name).status().code(), absl::StatusCode::kNotFound);
}

INSTANTIATE_TEST_SUITE_P(All, Ends, ::testing::ValuesIn(kKinds),
                         [](const auto& kind) { return std::string(kind.param.what); });

// No code is right for a decoy, not even one that otp calls right.
TEST(ADecoy, NeverSucceeds) {
  World world;
  const std::string name = world.Start(kNobodysPhone)->name();
  EXPECT_FALSE(world.Verify(name, world.otp.CodeTo("nowhere")).ok());
  EXPECT_TRUE(world.Events().empty());
}

TEST(ADecoy, LeavesNoTraceForOperators) {
  World world;
  ASSERT_TRUE(world.Start(kNobodysPhone).ok());
  EXPECT_EQ(world.handlers.ListRecoveries(world.Portal(), {})->recoveries_size(), 0);
}

// A mask of an address that the claimant did not type would tell him its last digits.
TEST(TheMask, IsThatOfTheTypedAddressOnly) {
  World world;
  EXPECT_EQ(world.Start(kAlicePhone)->own_code().masked_address(), "+7 9** ***-**-01");
  pb::StartRecoveryRequest by_number;
  by_number.set_account("accounts/dave");
  EXPECT_EQ(world.handlers.StartRecovery(world.Portal(), by_number)->own_code().masked_address(), "");
  pb::StartRecoveryRequest by_email;
  by_email.set_email("alice@example.org");
  EXPECT_EQ(world.handlers.StartRecovery(world.Portal(), by_email)->own_code().masked_address(),
            "");  // by SMS
}

}  // namespace
}  // namespace tc::recovery
