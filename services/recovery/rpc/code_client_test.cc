// Who asks for codes and types them, as otp hears it (SND-04, SND-05), and where else a code may go (SND-12).

#include <gtest/gtest.h>

#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery {
namespace {

using enum absl::StatusCode;
using testing::IsOk;
using testing::kAlicePhone;
using testing::kBobPhone;
using testing::kDavePhone;
using testing::kNobodysPhone;
using testing::Refused;
using testing::Violates;
using testing::World;
namespace type = trustedcontact::type::v1;

const CodeClient kSeat = {"192.0.2.77", "device-1", true};

template <typename Request>
Request At(Request request) {
  type::ClientContext& client = *request.mutable_client();
  client.set_address(kSeat.address);
  client.set_device(kSeat.device);
  client.set_user_agent("Mozilla/5.0");
  client.set_place("Moscow");
  client.set_challenge_passed(kSeat.challenge_passed);
  return request;
}

template <typename Request>
Request Named(const std::string& name) {
  Request request;
  request.set_name(name);
  return request;
}

pb::StartRecoveryRequest Claim(const std::string& phone) {
  pb::StartRecoveryRequest in;
  in.set_phone(phone);
  return in;
}

class TheClaimantsClient : public ::testing::TestWithParam<const char*> {};
TEST_P(TheClaimantsClient, IsToldAtEveryCodeAlikeForADecoy) {
  World world;
  const auto started = world.handlers.StartRecovery(world.Portal(), At(Claim(GetParam())));
  ASSERT_THAT(started, IsOk());
  EXPECT_EQ(world.otp.messages.back().client, kSeat);
  world.clock.Advance(absl::Minutes(1));
  const auto again = At(Named<pb::ResendClaimantCodeRequest>(started->name()));
  ASSERT_THAT(world.handlers.ResendClaimantCode(world.Portal(), again), IsOk());
  EXPECT_EQ(world.otp.messages.back().client, kSeat);
  world.clock.Advance(absl::Minutes(6));  // a fresh verification
  ASSERT_THAT(world.handlers.ResendClaimantCode(world.Portal(), again), IsOk());
  EXPECT_EQ(world.otp.messages.size(), 3U);
  EXPECT_EQ(world.otp.messages.back().client, kSeat);
  auto typed = At(Named<pb::VerifyClaimantRequest>(started->name()));
  typed.set_code("999999");
  EXPECT_THAT(world.handlers.VerifyClaimant(world.Portal(), typed),
              Refused(kInvalidArgument, Reason::kCodeMismatch));
  ASSERT_EQ(world.otp.checkers.size(), 1U);
  EXPECT_EQ(world.otp.checkers[0], kSeat);
}
INSTANTIATE_TEST_SUITE_P(All, TheClaimantsClient, ::testing::Values(kAlicePhone, kDavePhone, kNobodysPhone));

TEST(TheContactsClient, IsToldWithHisCodes) {
  World world;
  const World::Case c = world.ToContact();
  ASSERT_THAT(world.Acknowledge("bob", c.assigned), IsOk());
  ASSERT_THAT(
      world.handlers.SendContactCode(world.Signed("bob"), At(Named<pb::SendContactCodeRequest>(c.assigned))),
      IsOk());
  EXPECT_EQ(world.otp.messages.back().side, Side::kContact);
  EXPECT_EQ(world.otp.messages.back().client, kSeat);
  auto typed = At(Named<pb::ApproveRecoveryRequest>(c.assigned));
  typed.set_code(world.otp.CodeTo(kBobPhone));
  typed.set_match_code(c.match_code);
  ASSERT_THAT(world.handlers.ApproveRecovery(world.Signed("bob"), typed), IsOk());
  EXPECT_EQ(world.otp.checkers.back(), kSeat);
}

TEST(TheClient, IsCheckedWhereverItIsGiven) {
  World world;
  const auto wrong = [](auto request) {
    request.mutable_client()->set_address(std::string(46, '1'));
    request.mutable_client()->set_place("call me: now");
    return request;
  };
  const auto expect = [](const absl::Status& refused) {
    EXPECT_THAT(refused, Refused(kInvalidArgument, Reason::kFieldInvalid));
    EXPECT_THAT(refused, Violates("ADDRESS_FORMAT"));
    EXPECT_THAT(refused, Violates("PLACE_CHARACTERS"));
    EXPECT_THAT(refused, Violates("NAME_INVALID"));  // all at once
  };
  Handlers& handlers = world.handlers;
  expect(handlers.VerifyClaimant(world.Portal(), wrong(pb::VerifyClaimantRequest())).status());
  expect(handlers.ResendClaimantCode(world.Portal(), wrong(pb::ResendClaimantCodeRequest())).status());
  expect(handlers.SendContactCode(world.Signed("bob"), wrong(pb::SendContactCodeRequest())).status());
  expect(handlers.ApproveRecovery(world.Signed("bob"), wrong(pb::ApproveRecoveryRequest())).status());
  EXPECT_EQ(world.faults.calls(), 0);
}

// --- the same code by e-mail

TEST(TheFallback, IsTheAccountsEmailForAClaimantsCodeToAPhone) {
  World world;
  const std::string name = world.Start(kAlicePhone)->name();
  EXPECT_EQ(world.otp.messages.back().fallback_email, "alice@example.org");
  world.clock.Advance(absl::Minutes(1));
  ASSERT_THAT(world.Resend(name, world.Portal(), type::CHANNEL_VOICE), IsOk());
  EXPECT_EQ(world.otp.messages.back().fallback_email, "alice@example.org");
  world.clock.Advance(absl::Minutes(2));
  ASSERT_THAT(world.Resend(name, world.Portal(), type::CHANNEL_EMAIL), IsOk());
  EXPECT_EQ(world.otp.messages.back().fallback_email, "") << "it goes there";
}

TEST(TheFallback, IsNoneWithoutAnEmailNorForADecoy) {
  World world;
  ASSERT_THAT(world.Start(kDavePhone), IsOk());
  ASSERT_THAT(world.Start(kNobodysPhone), IsOk());
  ASSERT_THAT(world.Start(kAlicePhone), IsOk());
  ASSERT_THAT(world.Start(kAlicePhone), IsOk());  // busy
  world.AddAccount("full", "Имя Ф.", "+79160000005", "full@example.org");
  world.otp.full_numbers = {"+79160000005"};
  ASSERT_THAT(world.Start("+79160000005"), IsOk());
  for (const auto& message : world.otp.messages) {
    EXPECT_EQ(message.fallback_email, message.address == kAlicePhone ? "alice@example.org" : "");
  }
}

TEST(TheFallback, IsNeverForTheContactsCode) {  // O4
  World world;
  world.ToContactCode();
  EXPECT_EQ(world.otp.messages.back().address, kBobPhone);
  EXPECT_EQ(world.otp.messages.back().fallback_email, "");
}

}  // namespace
}  // namespace tc::recovery
