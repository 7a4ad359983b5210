#include "services/otp/rpc/receipts.h"

#include <gtest/gtest.h>

#include "common/kv/testing.h"
#include "common/obs/metrics.h"
#include "common/testing/status.h"
#include "services/otp/rpc/desk_testing.h"
#include "services/otp/rpc/reporting_testing.h"

namespace tc::otp {
namespace {

using absl::StatusCode::kInvalidArgument;
using absl::StatusCode::kNotFound;
using absl::StatusCode::kUnauthenticated;
using testing::IsOk;
using State = DeliveryState;

// --- What is taken (SND-15) ---

TEST(Receipts, SayWhatBecameOfAMessage) {
  for (const auto& [says, state] : {std::pair<const char*, State>{"delivered", State::kDelivered},
                                    {"failed", State::kFailed},
                                    {"deferred", State::kDeferred}}) {
    ReportingBench b;
    const DeliveryId id = b.Send();
    EXPECT_THAT(b.Report(id, says), IsOk());
    EXPECT_EQ(b.Find(id).state, state) << says;
    EXPECT_EQ(b.Find(id).attempts.back().receipt_at, b.clock.Now());
  }
}

TEST(Receipts, ChangeNothingWhenRepeated) {
  ReportingBench b;
  const DeliveryId id = b.Send();
  ASSERT_THAT(b.Report(id, "deferred", 7), IsOk());
  const Delivery after = b.Find(id);
  const uint64_t revision = b.database->revision();
  b.clock.Advance(absl::Seconds(1));
  EXPECT_THAT(b.Report(id, "deferred", 7), IsOk());
  EXPECT_EQ(b.Find(id), after);
  EXPECT_EQ(b.database->revision(), revision);
}

TEST(Receipts, AreOrderedByTheProvidersNumbers) {
  ReportingBench b;
  const DeliveryId id = b.Send();
  ASSERT_THAT(b.Report(id, "deferred", 7), IsOk());
  EXPECT_THAT(b.Report(id, "failed", 6), IsOk()) << "an older one that comes late";
  EXPECT_EQ(b.Find(id).state, State::kDeferred);
  ASSERT_THAT(b.Report(id, "delivered", 8), IsOk());
  EXPECT_EQ(b.Find(id).state, State::kDelivered);
}

TEST(Receipts, NeverMoveAFinalStateBack) {
  for (const char* last : {"delivered", "failed"}) {
    ReportingBench b;
    const DeliveryId id = b.Send();
    ASSERT_THAT(b.Report(id, last, 1), IsOk());
    const State state = b.Find(id).state;
    int number = 1;
    for (const char* says : {"deferred", "failed", "delivered"})
      EXPECT_THAT(b.Report(id, says, ++number), IsOk()) << says;
    EXPECT_EQ(b.Find(id).state, state) << last;
  }
}

TEST(Receipts, MayHaveNothingToChange) {
  ReportingBench b;
  const DeliveryId id = b.Send();
  const uint64_t revision = b.database->revision();
  EXPECT_THAT(b.Report(id, "buffered"), IsOk());
  EXPECT_EQ(b.database->revision(), revision);
}

TEST(Receipts, GiveTheNextProviderTheTurn) {  // SND-12
  ReportingBench b({"sms", "other"});
  const DeliveryId id = b.Send();
  ASSERT_EQ(b.fake(1).sent().size(), 0u);
  ASSERT_THAT(b.Report(id, "failed"), IsOk());
  b.Dispatch();
  ASSERT_EQ(b.fake(1).sent().size(), 1u);
  EXPECT_EQ(CodeIn(b.fake(1).sent()[0]), CodeIn(b.fake(0).sent()[0])) << "the same code";
  ASSERT_THAT(b.Report(id, "failed", 9), IsOk());
  b.Dispatch();
  EXPECT_EQ(b.fake(1).sent().size(), 1u) << "once";
}

// --- What is refused ---

TEST(Receipts, WriteNothingWhenTheyAreForged) {
  ReportingBench b({"sms", "other"});
  const DeliveryId id = b.Send();
  const Delivery before = b.Find(id);
  const uint64_t revision = b.database->revision();
  const std::string token = b.Token("sms", id);
  const ReceiptCall says = b.Saying("failed");
  std::string flipped = token;
  flipped.back() = flipped.back() == 'A' ? 'B' : 'A';
  for (const auto& [provider, forged] : {std::pair<std::string, std::string>{"sms", flipped},
                                         {"sms", id.text()},
                                         {"sms", ""},
                                         {"other", token},
                                         {"nobody", token},
                                         {"", token},
                                         {"SMS", token}}) {
    EXPECT_THAT(b.receipts.Take(provider, forged, says), testing::Refused(kNotFound, Reason::kNotFound))
        << provider << " " << forged;
  }
  ReceiptCall unsigned_call = says;
  unsigned_call.headers.clear();
  EXPECT_EQ(b.receipts.Take("sms", token, unsigned_call).code(), kUnauthenticated);
  EXPECT_EQ(b.Find(id), before);
  EXPECT_EQ(b.database->revision(), revision);
}

TEST(Receipts, NeedTheRightAddressBeforeTheirSignatureIsRead) {
  ReportingBench b;
  const DeliveryId id = b.Send();
  ReceiptCall unsigned_call = b.Saying("failed");
  unsigned_call.headers.clear();
  EXPECT_EQ(b.receipts.Take("sms", "x", unsigned_call).code(), kNotFound)
      << "nothing can be learned of a signature without an address";
}

TEST(Receipts, AreNotTakenFromAProviderThatGivesNone) {
  ReportingBench b;
  const DeliveryId id = b.Send();
  b.reporting(0).SetReceipts(false);
  EXPECT_EQ(b.Report(id, "delivered").code(), kNotFound);
  EXPECT_EQ(b.Find(id).state, State::kAccepted);
}

TEST(Receipts, AreRefusedWhenNotUnderstoodOrOfNothing) {
  ReportingBench b;
  const DeliveryId id = b.Send();
  EXPECT_EQ(b.Report(id, "?").code(), kInvalidArgument);
  EXPECT_EQ(b.Report(DeliveryId::FromTrusted("absent"), "delivered").code(), kNotFound);
  EXPECT_EQ(b.receipts.Take("sms", b.Token("sms", id, 2), b.Saying("delivered")).code(), kNotFound)
      << "an attempt that was not made";
}

TEST(Receipts, AreAskedForAgainWhenTheStoreFails) {
  const auto fail = std::make_shared<std::atomic<bool>>(false);
  ReportingBench b({"sms"}, kv::InMemoryForTest({.fail_next_write = fail}));
  const DeliveryId id = b.Send();
  *fail = true;
  EXPECT_EQ(b.Report(id, "delivered").code(), absl::StatusCode::kUnavailable);
}

TEST(Receipts, OfAnAddressFromBeforeARotationAreTaken) {
  ReportingBench b;
  const DeliveryId id = b.Send();
  const std::string token = b.Token("sms", id);
  b.keys.AddForTest(kCodeKey, b.random);
  EXPECT_NE(b.Token("sms", id), token);
  EXPECT_THAT(b.receipts.Take("sms", token, b.Saying("delivered")), IsOk());
}

TEST(Receipts, AreCountedByProviderAndOutcome) {
  ReportingBench b;
  const auto count = [](const char* provider, const char* outcome) {
    return obs::GetCounter("tc_otp_receipts_total", "What providers reported.",
                           {{"provider", provider}, {"outcome", outcome}})
        .value();
  };
  const DeliveryId id = b.Send();
  const double delivered = count("sms", "delivered"), unchanged = count("sms", "unchanged");
  const double unknown = count("sms", "unknown"), nobody = count("", "unknown");
  ASSERT_THAT(b.Report(id, "delivered", 1), IsOk());
  ASSERT_THAT(b.Report(id, "delivered", 1), IsOk());
  (void)b.receipts.Take("sms", "x", b.Saying("delivered"));
  (void)b.receipts.Take("made-up", "x", b.Saying("delivered"));
  EXPECT_EQ(count("sms", "delivered"), delivered + 1);
  EXPECT_EQ(count("sms", "unchanged"), unchanged + 1);
  EXPECT_EQ(count("sms", "unknown"), unknown + 1);
  EXPECT_EQ(count("", "unknown"), nobody + 1) << "a name that is not ours becomes no label";
}

}  // namespace
}  // namespace tc::otp
