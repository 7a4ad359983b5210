#include "services/otp/rpc/send_guard.h"

#include <gtest/gtest.h>

#include <atomic>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "common/kv/testing.h"
#include "common/testing/status.h"
#include "services/otp/rpc/sends_testing.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kResourceExhausted;
using absl::StatusCode::kUnavailable;
using testing::HasCode;
using testing::IsOk;
using testing::Refused;

constexpr char kClient[] = "192.0.2.7";

// Each to its own number, so that nothing but what is set is the same.
Asking Nth(int n, pb::Purpose purpose = pb::PURPOSE_PHONE_BINDING) {
  return {.id = absl::StrCat("n", n),
          .phone = NumberIn(n * 10007 % 1000000, n % 2 == 0 ? "+79161" : "+79032"),
          .purpose = purpose};
}
Asking From(Asking asking, const std::string& address, const std::string& device = "") {
  asking.address = address;
  asking.device = device;
  return asking;
}

// --- Clients (SND-04, SND-05) ---

TEST(Clients, MayAskTenTimesAnHourFromOneAddress) {  // SND-04
  Bench bench;
  for (int n = 0; n < 10; ++n) ASSERT_THAT(Ask(bench, From(Nth(n), kClient)), IsOk());
  const absl::Status refused = Ask(bench, From(Nth(10), kClient));
  EXPECT_THAT(refused, Refused(kResourceExhausted, Reason::kClientLimitReached));
  EXPECT_THAT(Ask(bench, From(Nth(10), "::ffff:192.0.2.7")),
              Refused(kResourceExhausted, Reason::kClientLimitReached));
  EXPECT_THAT(Ask(bench, From(Nth(10), "192.0.2.8")), IsOk()) << "his neighbour";
  EXPECT_THAT(Ask(bench, Nth(11)), IsOk()) << "nobody said from where";
  bench.Dispatch();
  EXPECT_EQ(bench.provider.sent().size(), 12u);
  bench.clock.Advance(*RetryAfterOf(refused));
  EXPECT_THAT(Ask(bench, From(Nth(12), kClient)), IsOk());
}

TEST(Clients, MayAskFiftyTimesAnHourFromOneNetwork) {  // SND-04
  for (const char* network : {"192.0.2.%d", "2001:db8:7:%x::1"}) {
    Bench bench;
    const auto format = absl::ParsedFormat<'d'>::New(network);
    const auto address = [&](int n) {
      return format ? absl::StrFormat(*format, n) : absl::StrCat("2001:db8:7:", n, "::1");
    };
    for (int n = 0; n < 50; ++n) ASSERT_THAT(Ask(bench, From(Nth(n), address(n))), IsOk());
    EXPECT_THAT(Ask(bench, From(Nth(50), address(50))),
                Refused(kResourceExhausted, Reason::kClientLimitReached));
    EXPECT_THAT(Ask(bench, From(Nth(50), "198.51.100.1")), IsOk());
    EXPECT_THAT(Ask(bench, From(Nth(51), "2001:db8:8::1")), IsOk());
  }
}

TEST(Clients, MayAskTenTimesADayWithOneDevice) {  // SND-05
  Bench bench;
  for (int n = 0; n < 10; ++n) {
    ASSERT_THAT(Ask(bench, From(Nth(n), absl::StrCat("203.0.", n, ".1"), "phone-1")), IsOk());
    bench.clock.Advance(absl::Hours(2));
  }
  EXPECT_THAT(Ask(bench, From(Nth(10), "203.0.99.1", "phone-1")),
              Refused(kResourceExhausted, Reason::kClientLimitReached));
  EXPECT_THAT(Ask(bench, From(Nth(10), "203.0.99.1", "phone-2")), IsOk());
  bench.clock.Advance(absl::Hours(4) + absl::Seconds(1));
  EXPECT_THAT(Ask(bench, From(Nth(11), "203.0.98.1", "phone-1")), IsOk());
}

TEST(Clients, AreNoReasonToKeepBackAnApproval) {
  Bench bench;
  for (int n = 0; n < 30; ++n)
    ASSERT_THAT(Ask(bench, From(Nth(n, pb::PURPOSE_RECOVERY_APPROVAL), kClient, "phone")), IsOk());
  EXPECT_THAT(Ask(bench, From(Nth(30), kClient, "phone")), IsOk()) << "nor do approvals count";
}

TEST(Clients, AskForDecoysAsForRealOnes) {  // REC-01
  for (const bool decoy : {false, true}) {
    Bench bench;
    absl::Status last;
    int asked = 0;
    for (; asked < 20 && last.ok(); ++asked) {
      Asking asking = From(Nth(asked, pb::PURPOSE_RECOVERY_CLAIM), kClient);
      asking.decoy = decoy;
      last = Ask(bench, asking);
    }
    EXPECT_THAT(last, Refused(kResourceExhausted, Reason::kClientLimitReached)) << decoy;
    EXPECT_EQ(asked, 11) << decoy;
  }
}

TEST(Clients, AreCountedAtAResendToo) {
  Policy policy;
  policy.sends_per_client = 2;
  Bench bench(policy);
  ASSERT_THAT(Ask(bench, From(Nth(0), kClient)), IsOk());
  ASSERT_THAT(Ask(bench, From(Nth(1), kClient)), IsOk());
  bench.clock.Advance(absl::Seconds(60));
  pb::ResendVerificationRequest request;
  request.set_name("verifications/n0");
  request.mutable_client()->set_address(kClient);
  EXPECT_THAT(bench.verifications.ResendVerification(bench.From(), request),
              Refused(kResourceExhausted, Reason::kClientLimitReached));
  request.mutable_client()->set_address("192.0.2.8");
  EXPECT_THAT(bench.verifications.ResendVerification(bench.From(), request), IsOk());
}

// --- Accounts (SND-05) ---

TEST(Accounts, GetTenCodesADayOverAllPurposes) {
  Bench bench;
  const pb::Purpose purposes[] = {pb::PURPOSE_PHONE_BINDING, pb::PURPOSE_EMAIL_BINDING,
                                  pb::PURPOSE_RECOVERY_APPROVAL, pb::PURPOSE_SECOND_FACTOR};
  const auto asking = [&](int n) {
    Asking one = Nth(n, purposes[n % 4]);
    one.subject = "accounts/alice";
    return one;
  };
  for (int n = 0; n < 10; ++n) ASSERT_THAT(Ask(bench, asking(n)), IsOk());
  for (int n = 10; n < 15; ++n) {
    const absl::Status refused = Ask(bench, asking(n));
    EXPECT_THAT(refused, Refused(kResourceExhausted, Reason::kAccountLimitReached)) << n;
    EXPECT_EQ(RetryAfterOf(refused), absl::Hours(24) + absl::Seconds(1));
  }
  EXPECT_THAT(Ask(bench, Nth(15)), IsOk()) << "another account";
}

TEST(Accounts, AreNotKeptFromSigningInByWhoeverClaimsThem) {  // R11
  Bench bench;
  const auto asking = [&](int n, pb::Purpose purpose) {
    Asking one = Nth(n, purpose);
    one.subject = "accounts/alice";
    return one;
  };
  for (int n = 0; n < 10; ++n) ASSERT_THAT(Ask(bench, asking(n, pb::PURPOSE_RECOVERY_CLAIM)), IsOk());
  EXPECT_THAT(Ask(bench, asking(10, pb::PURPOSE_RECOVERY_CLAIM)),
              Refused(kResourceExhausted, Reason::kAccountLimitReached));
  EXPECT_THAT(Ask(bench, asking(11, pb::PURPOSE_SECOND_FACTOR)), IsOk());
}

TEST(Refusals, AreNotCounted) {
  Bench bench;
  for (int n = 0; n < 10; ++n) ASSERT_THAT(Ask(bench, From(Nth(n), kClient)), IsOk());
  Asking asking = From(Nth(10), kClient, "phone");
  asking.subject = "accounts/alice";
  for (int i = 0; i < 30; ++i) ASSERT_FALSE(Ask(bench, asking).ok());
  asking.address = "198.51.100.1";
  EXPECT_THAT(Ask(bench, asking), IsOk()) << "neither the number nor the account nor the device was charged";
}

// --- Neighbouring numbers (SND-03) ---

TEST(Prefix, GetsTwentyCodesInTenMinutes) {
  Bench bench;
  const auto in_block = [](int n, pb::Purpose purpose) {
    return Asking{.id = absl::StrCat("b", n), .phone = NumberIn(n), .purpose = purpose};
  };
  for (int n = 0; n < 20; ++n) ASSERT_THAT(Ask(bench, in_block(n, pb::PURPOSE_PHONE_BINDING)), IsOk());
  const absl::Status refused = Ask(bench, in_block(20, pb::PURPOSE_PHONE_BINDING));
  EXPECT_THAT(refused, Refused(kResourceExhausted, Reason::kPrefixThrottled));
  EXPECT_THAT(Ask(bench, in_block(21, pb::PURPOSE_RECOVERY_APPROVAL)), IsOk())
      << "linked contacts stay exempt";
  EXPECT_THAT(Ask(bench, in_block(22, pb::PURPOSE_SECOND_FACTOR)), IsOk());
  EXPECT_THAT(Ask(bench, in_block(23, pb::PURPOSE_RECOVERY_CLAIM)), IsOk()) << "kept back, not refused";
  EXPECT_THAT(Ask(bench, in_block(10000, pb::PURPOSE_PHONE_BINDING)), IsOk()) << "the next block";
  bench.Dispatch();
  EXPECT_EQ(bench.provider.sent().size(), 23u);
  bench.clock.Advance(*RetryAfterOf(refused));
  EXPECT_THAT(Ask(bench, in_block(20, pb::PURPOSE_PHONE_BINDING)), IsOk());
}

// --- What is on the disk ---

TEST(Records, HoldNoAddressNoDeviceAndNoPrefix) {
  Bench bench;
  ASSERT_THAT(Ask(bench, From(Nth(0), "203.0.113.77", "device-number-nine")), IsOk());
  ASSERT_THAT(Ask(bench, From(Nth(1), "2001:db8:aaaa:bbbb::1", "device-number-nine")), IsOk());
  std::string everything;
  ASSERT_THAT(bench.database->View([&](kv::ReadTxn& txn) {
    return txn.Scan("", std::string(64, '\xff'), [&](absl::string_view key, absl::string_view value) {
      absl::StrAppend(&everything, key, "\n", value, "\n");
      return true;
    });
  }),
              IsOk());
  ASSERT_TRUE(absl::StrContains(everything, "accounts/n0")) << "what is looked through is the store";
  const std::string clear = absl::StrCat(everything, absl::BytesToHexString(everything));
  for (const std::string& text :
       {std::string("203.0.113.77"), std::string("device-number-nine"), std::string("+79161"),
        std::string("+7903"), std::string("cb00714d"), std::string("20010db8aaaa")}) {
    EXPECT_FALSE(absl::StrContains(clear, text)) << text;
    EXPECT_FALSE(absl::StrContains(clear, absl::BytesToHexString(text))) << text;
  }
}

// --- A store that cannot tell (SND-11) ---

TEST(Store, ThatFailsMeansNoSend) {
  kv::TestSwitches disk;
  disk.fail_next_write = std::make_shared<std::atomic<bool>>(true);
  Bench bench({}, kv::InMemoryForTest(disk));
  EXPECT_THAT(Ask(bench, Nth(0)), HasCode(kUnavailable));
  bench.Dispatch();
  EXPECT_TRUE(bench.provider.sent().empty());
}

absl::Status Spoil(kv::Txn& txn, const kv::Key& records) {
  std::vector<std::string> keys;
  TRY(txn.Scan(records.bytes(), records.End(), [&](absl::string_view key, absl::string_view) {
    keys.emplace_back(key);
    return true;
  }));
  if (keys.empty()) return absl::NotFoundError("nothing is counted there");
  for (const std::string& key : keys) TRY(txn.Put(key, "\xff"));
  return absl::OkStatus();
}

TEST(Store, WithACountThatCannotBeReadMeansNoSend) {
  const kv::Key counts[] = {kv::Key("sends"),
                            kv::Key("limit").Str("account"),
                            kv::Key("limit").Str("device"),
                            kv::Key("limit").Str("client"),
                            kv::Key("limit").Str("network"),
                            kv::Key("limit").Str("prefix"),
                            kv::Key("conversion"),
                            kv::Key("budget")};
  for (const kv::Key& count : counts) {
    Bench bench;
    const Asking first = From(Nth(0, pb::PURPOSE_RECOVERY_CLAIM), kClient, "phone");
    ASSERT_THAT(Ask(bench, first), IsOk());
    bench.Dispatch();
    ASSERT_TRUE(Enter(bench, first, CodeTo(bench, first.phone)));
    ASSERT_THAT(bench.database->Update([&](kv::Txn& txn) { return Spoil(txn, count); }), IsOk());
    Asking again = first;
    again.id = "again";
    again.subject = first.Subject();
    EXPECT_THAT(Ask(bench, again), HasCode(absl::StatusCode::kDataLoss)) << "nor is it kept back silently";
    bench.Dispatch();
    EXPECT_EQ(bench.provider.sent().size(), 1u);
  }
}

}  // namespace
}  // namespace tc::otp
