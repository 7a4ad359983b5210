#include "services/otp/domain/send_limits.h"

#include <gtest/gtest.h>

#include <set>

#include "common/testing/status.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kResourceExhausted;
using testing::IsOk;
using testing::Refused;

absl::Time Noon() { return absl::FromCivil(absl::CivilSecond(2026, 3, 2, 12, 0, 0), absl::UTCTimeZone()); }

std::vector<Send> Sends(int count, bool signed_in) {
  std::vector<Send> sends;
  for (int i = 0; i < count; ++i) sends.push_back({Noon() + absl::Minutes(i), signed_in});
  return sends;
}

const absl::Time kLater = Noon() + absl::Hours(1);

TEST(CountSend, StopsAtTenInTwentyFourHours) {  // SND-02
  const Policy policy;
  EXPECT_THAT(CountSend(Sends(9, true), {kLater, true}, policy), IsOk());
  const absl::StatusOr<std::vector<Send>> refused = CountSend(Sends(10, true), {kLater, true}, policy);
  EXPECT_THAT(refused, Refused(kResourceExhausted, Reason::kNumberLimitReached));
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Hours(23));
}

TEST(CountSend, StopsAtFiveForPeopleWhoAreNotSignedIn) {
  const Policy policy;
  EXPECT_THAT(CountSend(Sends(4, false), {kLater, false}, policy), IsOk());
  EXPECT_THAT(CountSend(Sends(5, false), {kLater, false}, policy),
              Refused(kResourceExhausted, Reason::kNumberLimitReached));
  EXPECT_THAT(CountSend(Sends(5, false), {kLater, true}, policy), IsOk())
      << "the signed-in owner still gets his";
  EXPECT_THAT(CountSend(Sends(9, true), {kLater, false}, policy), IsOk());
}

TEST(CountSend, ForgetsASendAfterExactlyTwentyFourHours) {
  const Policy policy;
  const absl::Time freed = Noon() + absl::Hours(24);
  EXPECT_THAT(CountSend(Sends(10, true), {freed - absl::Milliseconds(1), true}, policy),
              Refused(kResourceExhausted, Reason::kNumberLimitReached));
  const absl::StatusOr<std::vector<Send>> sends = CountSend(Sends(10, true), {freed, true}, policy);
  ASSERT_THAT(sends, IsOk());
  EXPECT_EQ(sends->size(), 10u) << "the oldest has gone, the new one has come";
  EXPECT_EQ(sends->back(), (Send{freed, true}));
}

TEST(CountSend, TellsWhenTheNextIsFreeAlsoAfterTheLimitWasLowered) {
  Policy policy;
  policy.sends_per_number = 3;
  const absl::StatusOr<std::vector<Send>> refused = CountSend(Sends(5, true), {kLater, true}, policy);
  EXPECT_EQ(RetryAfterOf(refused.status()), absl::Hours(23) + absl::Minutes(2)) << "three must have gone";
}

// --- Accounts, clients, ranges of numbers ---

struct LimitCase {
  SendLimit limit;
  absl::Duration span;
  int allowed;
  Reason reason;
};
const LimitCase kCases[] = {
    {SendLimit::kAccount, absl::Hours(24), 10, Reason::kAccountLimitReached},  // SND-05
    {SendLimit::kDevice, absl::Hours(24), 10, Reason::kClientLimitReached},    // SND-05
    {SendLimit::kClient, absl::Hours(1), 10, Reason::kClientLimitReached},     // SND-04
    {SendLimit::kNetwork, absl::Hours(1), 50, Reason::kClientLimitReached},    // SND-04
    {SendLimit::kPrefix, absl::Minutes(10), 20, Reason::kPrefixThrottled},     // SND-03
    {SendLimit::kRange, absl::Minutes(10), 50, Reason::kPrefixThrottled},
};

TEST(Limits, LetThroughWhatTheyAllowAndTellWhenTheNextIsFree) {
  const Policy policy;
  for (const LimitCase& c : kCases) {
    Window count;
    for (int i = 0; i < c.allowed; ++i) {
      const absl::StatusOr<Window> counted = CountSend(c.limit, count, Noon(), policy);
      ASSERT_THAT(counted, IsOk()) << LimitName(c.limit) << i;
      count = *counted;
    }
    const absl::Status refused = CountSend(c.limit, count, Noon() + absl::Seconds(1), policy).status();
    EXPECT_THAT(refused, Refused(kResourceExhausted, c.reason)) << LimitName(c.limit);
    const absl::Time free = Noon() + absl::Seconds(1) + *RetryAfterOf(refused);
    EXPECT_GE(free, Noon() + c.span) << LimitName(c.limit);
    EXPECT_LE(free, Noon() + c.span + absl::Minutes(1)) << LimitName(c.limit);
    EXPECT_THAT(CountSend(c.limit, count, free - absl::Milliseconds(1), policy),
                Refused(kResourceExhausted, c.reason));
    EXPECT_THAT(CountSend(c.limit, count, free, policy), IsOk());
  }
}

TEST(Limits, HoldInEveryStretchOfTheirTime) {
  const Policy policy;
  for (const LimitCase& c : kCases) {
    Window count;
    std::vector<absl::Time> sent;
    for (int step = 0; step < 2000; ++step) {
      const absl::Time now = Noon() + step * (c.span / 300) + absl::Milliseconds(step * 7919 % 1000);
      absl::StatusOr<Window> counted = CountSend(c.limit, count, now, policy);
      if (!counted.ok()) continue;
      count = *counted;
      sent.push_back(now);
      const auto allowed = static_cast<size_t>(c.allowed);
      if (sent.size() > allowed) {
        ASSERT_GE(now - sent[sent.size() - 1 - allowed], c.span) << LimitName(c.limit);
      }
    }
    EXPECT_GE(sent.size(), static_cast<size_t>(c.allowed) * 6) << "time frees it again";
    EXPECT_LE(count.buckets.size(), 64u);
  }
}

TEST(Limits, StopNobodysApprovalButByHisOwnAccount) {  // SND-08
  using P = Purpose;
  const std::set<std::pair<SendLimit, Purpose>> exempt = {
      {SendLimit::kDevice, P::kRecoveryApproval},  {SendLimit::kClient, P::kRecoveryApproval},
      {SendLimit::kNetwork, P::kRecoveryApproval}, {SendLimit::kPrefix, P::kRecoveryApproval},
      {SendLimit::kRange, P::kRecoveryApproval},   {SendLimit::kPrefix, P::kSecondFactor},
      {SendLimit::kRange, P::kSecondFactor},       {SendLimit::kPrefix, P::kEmailBinding},
      {SendLimit::kRange, P::kEmailBinding},       {SendLimit::kRange, P::kRecoveryClaim},
  };
  for (const LimitCase& c : kCases) {
    for (const Purpose purpose :
         {P::kPhoneBinding, P::kEmailBinding, P::kRecoveryClaim, P::kRecoveryApproval, P::kSecondFactor}) {
      EXPECT_EQ(Counts(c.limit, purpose), !exempt.contains({c.limit, purpose}))
          << LimitName(c.limit) << " " << PurposeName(purpose);
    }
  }
}

TEST(Limits, AreFoundByTheirNames) {
  for (const LimitCase& c : kCases) EXPECT_EQ(*ParseLimitName(LimitName(c.limit)), c.limit);
  EXPECT_FALSE(ParseLimitName("another").ok());
}

TEST(Prefixes, OfDecoysAreTheirOwn) {  // REC-01: the same steps as for a phone
  const Address decoy = Address::Decoy("accounts/nobody");
  EXPECT_FALSE(PrefixOf(decoy).empty());
  EXPECT_NE(PrefixOf(decoy), PrefixOf(Address::Decoy("accounts/no-one")));
  EXPECT_NE(PrefixOf(Address::Decoy("+7916123")), "+7916123") << "nobody's numbers";
}

TEST(Prefixes, AreOfPhonesOnly) {
  const Address phone = Address::Of(Phone::FromTrusted("+79161234567"));
  EXPECT_EQ(PrefixOf(phone), "+7916123");
  EXPECT_EQ(RangeOf(phone), "+79161");
  const Address others[] = {*Address::Email("ivan@example.ru", "email"),
                            *Address::Device("+79161234567", "device"), Address()};
  for (const Address& address : others) {
    EXPECT_EQ(PrefixOf(address), "");
    EXPECT_EQ(RangeOf(address), "");
  }
}

}  // namespace
}  // namespace tc::otp
