#include "services/otp/domain/routing.h"

#include <gtest/gtest.h>

#include "common/testing/noon.h"

namespace tc::otp {
namespace {

using testing::Noon;

constexpr Channel kSms = Channel::kSms;
constexpr Channel kVoice = Channel::kVoice;
const absl::Time kLater = Noon() + absl::Seconds(15);

Line LineOf(const char* name, std::vector<Channel> channels, absl::Time opens_at = absl::InfinitePast()) {
  return {name, std::move(channels), true, false, opens_at};
}

struct Case {
  const char* what;
  std::vector<Line> lines;
  std::vector<SpentWay> spent;
  std::vector<std::pair<Channel, std::string>> tried;
  std::optional<Hop> hop;
  std::optional<absl::Time> later;
};

TEST(NextHop, FollowsTheOrderOfChannelsAndProviders) {  // SND-12
  const std::vector<Line> two = {LineOf("a", {kSms}), LineOf("b", {kSms, kVoice})};
  const std::vector<Line> a_open = {LineOf("a", {kSms}, kLater), LineOf("b", {kSms, kVoice})};
  const std::vector<Line> all_open = {LineOf("a", {kSms}, kLater),
                                      LineOf("b", {kSms, kVoice}, kLater + absl::Seconds(1))};
  const SpentWay sms_a{kSms, "a", Fate::kRefused};
  const SpentWay sms_b{kSms, "b", Fate::kRefused};
  const SpentWay call_b{kVoice, "b", Fate::kUnknown};
  const std::vector<Case> cases = {
      {"the first", two, {}, {}, Hop{0, 0}, {}},
      {"the second when the first is spent", two, {sms_a}, {}, Hop{0, 1}, {}},
      {"the second when the first was tried", two, {}, {{kSms, "a"}}, Hop{0, 1}, {}},
      {"the second when the first is kept away", a_open, {}, {}, Hop{0, 1}, {}},
      {"a call when both are spent", two, {sms_a, sms_b}, {}, Hop{1, 1}, {}},
      {"a call when both were tried", two, {}, {{kSms, "a"}, {kSms, "b"}}, Hop{1, 1}, {}},
      {"later when all were tried", two, {sms_a}, {{kSms, "b"}, {kVoice, "b"}}, {}, Noon()},
      {"when the first one opens", all_open, {}, {}, {}, kLater},
      {"at once if one was only tried", all_open, {sms_a}, {{kSms, "b"}}, {}, kLater + absl::Seconds(1)},
      {"nobody is left", two, {sms_a, sms_b, call_b}, {}, {}, {}},
      {"nobody carries it", {LineOf("m", {Channel::kEmail})}, {}, {}, {}, {}},
      {"there is nobody", {}, {}, {}, {}, {}},
  };
  for (const Case& c : cases) {
    Delivery delivery;
    delivery.ways = {kSms, kVoice};
    delivery.spent = c.spent;
    const Route route = NextHop(delivery, c.lines, {c.tried}, Noon());
    EXPECT_EQ(route.hop, c.hop) << c.what;
    if (!c.hop.has_value()) {
      EXPECT_EQ(route.later, c.later) << c.what;
    }
  }
}

TEST(NextHop, PassesABreakerThatLetsAProbePass) {
  Delivery delivery;
  delivery.ways = {kSms};
  const std::vector<Line> lines = {LineOf("a", {kSms}, Noon())};
  EXPECT_EQ(NextHop(delivery, lines, {}, Noon() - absl::Milliseconds(1)).hop, std::nullopt);
  EXPECT_EQ(NextHop(delivery, lines, {}, Noon()).hop, (Hop{0, 0}));
}

TEST(AnotherLeft, CountsEveryWayThatIsNotSpent) {
  Delivery delivery;
  delivery.ways = {kSms, kVoice};
  const std::vector<Line> lines = {LineOf("a", {kSms}, kLater), LineOf("b", {kSms, kVoice})};
  EXPECT_TRUE(AnotherLeft(delivery, lines, kSms, "a"));
  delivery.spent = {{kSms, "b", Fate::kRefused}};
  EXPECT_TRUE(AnotherLeft(delivery, lines, kSms, "a")) << "a call";
  delivery.spent.push_back({kVoice, "b", Fate::kRefused});
  EXPECT_FALSE(AnotherLeft(delivery, lines, kSms, "a"));
  EXPECT_TRUE(AnotherLeft(delivery, lines, kVoice, "b")) << "a's breaker opens again";
}

}  // namespace
}  // namespace tc::otp
