// Who asks for codes and types them, as otp hears it (SND-04, SND-05), and its limits on their way back
// (SND-02 to SND-10, OTP-11, OTP-14): unchanged, and nothing of the account's is.

#include "services/identity/rpc/sign_in_testing.h"

namespace tc::identity {
namespace {

using absl::StatusCode::kFailedPrecondition;
using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kResourceExhausted;
using ::testing::Each;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Refused;
using ::testing::SizeIs;
using testing::Violates;

const CodeClient kSeat = {"192.0.2.77", "device-1", true};

// The calls that make otp send or check a code. Each is made by `client`.
struct Step {
  const char* what;
  bool sends;
  std::function<absl::Status(World&, const trustedcontact::type::v1::ClientContext&)> ask;
};

absl::Status BindPhoneAt(World& world, const trustedcontact::type::v1::ClientContext& client) {
  pb::BindPhoneRequest in;
  in.set_account("accounts/ivan");
  in.set_phone("+79161112233");
  *in.mutable_client() = client;
  return world.handlers().phones.BindPhone(world.As("ivan"), in).status();
}
absl::Status ConfirmPhoneAt(World& world, const trustedcontact::type::v1::ClientContext& client) {
  pb::ConfirmPhoneRequest in;
  const pb::ListPhonesResponse phones = *world.Phones("ivan");
  for (const pb::Phone& phone : phones.phones()) {
    if (phone.state() == pb::PHONE_STATE_PENDING) in.set_name(phone.name());
  }
  in.set_code("999999");
  *in.mutable_client() = client;
  return world.handlers().phones.ConfirmPhone(world.As("ivan"), in).status();
}
absl::Status BindEmailAt(World& world, const trustedcontact::type::v1::ClientContext& client) {
  pb::BindEmailRequest in;
  in.set_account("accounts/ivan");
  in.set_email("new@example.org");
  *in.mutable_client() = client;
  return world.handlers().emails.BindEmail(world.As("ivan"), in).status();
}
absl::Status ConfirmEmailAt(World& world, const trustedcontact::type::v1::ClientContext& client) {
  pb::ConfirmEmailRequest in;
  in.set_account("accounts/ivan");
  in.set_code("999999");
  *in.mutable_client() = client;
  return world.handlers().emails.ConfirmEmail(world.As("ivan"), in).status();
}
absl::Status SecondFactorAt(World& world, const trustedcontact::type::v1::ClientContext& client, bool send) {
  pb::VerifySecondFactorRequest in;
  in.set_account("accounts/ivan");
  in.set_send_sms(send);
  if (!send) in.set_code("999999");
  *in.mutable_client() = client;
  return world.handlers().second_step.VerifySecondFactor(world.Idp(), in).status();
}

const Step kSteps[] = {
    {"BindPhone", true, BindPhoneAt},
    {"BindEmail", true, BindEmailAt},
    {"SendSms", true, [](World& world, const auto& client) { return SecondFactorAt(world, client, true); }},
    {"ConfirmPhone", false, ConfirmPhoneAt},
    {"ConfirmEmail", false, ConfirmEmailAt},
    {"CheckSms", false,
     [](World& world, const auto& client) { return SecondFactorAt(world, client, false); }},
};

constexpr int kSendingSteps = 3;

class CodeSteps : public SignedUp, public ::testing::WithParamInterface<Step> {
 protected:
  // Codes are out for all of them.
  CodeSteps() {
    EXPECT_THAT(ChooseFactor(world_, "ivan", pb::SECOND_FACTOR_SMS), IsOk());
    EXPECT_TRUE(VerifyAt(world_, {}, "ivan", kGood)->verified());
    for (const Step& step : kSteps) {
      if (!step.sends) continue;
      EXPECT_THAT(step.ask(world_, {}), IsOk());
    }
    world_.Settle();
    world_.NewEvents();
  }
  static trustedcontact::type::v1::ClientContext Client(bool challenge_passed = true) {
    trustedcontact::type::v1::ClientContext client;
    client.set_address(kSeat.address);
    client.set_device(kSeat.device);
    client.set_user_agent("Mozilla/5.0");
    client.set_challenge_passed(challenge_passed);
    return client;
  }
  absl::Status Ask(bool challenge_passed = true) { return GetParam().ask(world_, Client(challenge_passed)); }
  std::string Dump() {
    std::string dump;
    EXPECT_THAT(world_.database().View([&](kv::ReadTxn& txn) {
      return txn.Scan("", "\xff", [&](absl::string_view key, absl::string_view value) {
        absl::StrAppend(&dump, key, "\n", value, "\n");
        return true;
      });
    }),
                IsOk());
    return dump;
  }
};

TEST_P(CodeSteps, TellWhoAsks) {
  const size_t before = world_.otp().clients().size();
  Ask().IgnoreError();  // a wrong code is refused
  ASSERT_THAT(world_.otp().clients(), SizeIs(before + 1));
  EXPECT_EQ(world_.otp().clients().back(), kSeat);
}

using SendingSteps = CodeSteps;
TEST_P(SendingSteps, TellWhoAsksForTheFirstCode) {
  World fresh;
  ASSERT_THAT(fresh.Citizen("ivan", 1), IsOk());
  ASSERT_THAT(fresh.SetPassword("ivan", "", kGood), IsOk());
  ASSERT_THAT(ChooseFactor(fresh, "ivan", pb::SECOND_FACTOR_SMS), IsOk());
  ASSERT_TRUE(fresh.Opens("ivan", kGood));
  ASSERT_THAT(GetParam().ask(fresh, Client()), IsOk());
  EXPECT_EQ(fresh.otp().clients().back(), kSeat);
}

TEST_P(CodeSteps, LookAtTheClient) {
  auto client = Client();
  client.set_device(std::string(65, 'd'));
  const size_t before = world_.otp().clients().size();
  const absl::Status refused = GetParam().ask(world_, client);
  EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kFieldInvalid));
  EXPECT_THAT(refused, Violates("TEXT_TOO_LONG"));
  EXPECT_THAT(world_.otp().clients(), SizeIs(before));
}

TEST_P(CodeSteps, PassEveryLimitOnAndChangeNothing) {
  struct Limit {
    absl::StatusCode code;
    Reason reason;
  };
  std::vector<Limit> limits = {{kResourceExhausted, Reason::kClientLimitReached},
                               {kResourceExhausted, Reason::kAccountLimitReached},
                               {kResourceExhausted, Reason::kPrefixThrottled},
                               {kResourceExhausted, Reason::kBudgetExhausted},
                               {kFailedPrecondition, Reason::kAddressDisabled}};
  if (!GetParam().sends) {
    limits = {{kResourceExhausted, Reason::kPersonLimitReached},
              {kFailedPrecondition, Reason::kChallengeRequired},
              {kFailedPrecondition, Reason::kAddressDisabled}};
  }
  const std::string before = Dump();
  for (const Limit& limit : limits) {
    world_.otp().FailWith(
        Refuse(limit.code, limit.reason, "no").With("channel", "SMS").RetryAfter(absl::Minutes(7)));
    const absl::Status refused = Ask();
    EXPECT_THAT(refused, Refused(limit.code, limit.reason));
    EXPECT_EQ(RetryAfterOf(refused), absl::Minutes(7));
    EXPECT_EQ(MetadataOf(refused, "channel"), "SMS");
  }
  EXPECT_EQ(Dump(), before) << "no attempt is counted, nothing ends";
  EXPECT_THAT(world_.NewEvents(), IsEmpty());
}

using CheckingSteps = CodeSteps;
TEST_P(CheckingSteps, GoOnAfterAPassedChallenge) {  // OTP-14
  world_.otp().RefuseChecksWith(Refuse(kFailedPrecondition, Reason::kChallengeRequired, "a human?"));
  EXPECT_THAT(Ask(false), Refused(kFailedPrecondition, Reason::kChallengeRequired));
  EXPECT_FALSE(HasReason(Ask(true), Reason::kChallengeRequired));
}

std::string NameOf(const ::testing::TestParamInfo<Step>& step) { return step.param.what; }
INSTANTIATE_TEST_SUITE_P(All, CodeSteps, ::testing::ValuesIn(kSteps), NameOf);
INSTANTIATE_TEST_SUITE_P(All, SendingSteps, ::testing::ValuesIn(kSteps, kSteps + kSendingSteps), NameOf);
INSTANTIATE_TEST_SUITE_P(All, CheckingSteps, ::testing::ValuesIn(kSteps + kSendingSteps, std::end(kSteps)),
                         NameOf);

}  // namespace
}  // namespace tc::identity
