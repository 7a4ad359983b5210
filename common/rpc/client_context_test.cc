#include "common/rpc/client_context.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "trustedcontact/type/v1/values.pb.h"

namespace tc::rpc {
namespace {

using trustedcontact::type::v1::ClientContext;

std::vector<std::string> WrongWith(const ClientContext& client) {
  Mistakes mistakes;
  CheckClientContext(client, mistakes);
  std::vector<std::string> told;
  for (const FieldViolation& v : ViolationsOf(mistakes.status()))
    told.push_back(absl::StrCat(v.field, " ", v.reason));
  return told;
}

std::string Letters(size_t n) {
  std::string text;
  for (size_t i = 0; i < n; ++i) absl::StrAppend(&text, "ж");
  return text;
}

TEST(ClientContext, MayBeEmpty) { EXPECT_THAT(WrongWith({}), testing::IsEmpty()); }

TEST(ClientContext, IsMeasuredInCharactersNotInBytes) {
  ClientContext client;
  client.set_address("2001:0db8:0000:0000:0000:0000:192.0.2.128");
  client.set_device(Letters(64));
  client.set_user_agent(Letters(256));
  client.set_place(Letters(64));
  EXPECT_THAT(WrongWith(client), testing::IsEmpty());
}

TEST(ClientContext, TellsAllThatIsWrongAtOnce) {
  ClientContext client;
  client.set_address("localhost");
  client.set_device(Letters(65));
  client.set_user_agent(Letters(257));
  client.set_place(absl::StrCat(Letters(65), ":"));
  EXPECT_THAT(WrongWith(client),
              testing::ElementsAre("client.address ADDRESS_FORMAT", "client.device TEXT_TOO_LONG",
                                   "client.user_agent TEXT_TOO_LONG", "client.place TEXT_TOO_LONG",
                                   "client.place PLACE_CHARACTERS"));
}

TEST(IsPlaceText, LetsPlacesThroughAndNothingThatCouldSpeak) {
  for (const char* const place : {"", "Moscow, RU", "Ростов-на-Дону", "Орёл"})
    EXPECT_TRUE(IsPlaceText(place)) << place;
  for (const char* const speech : {"call me: now", "example.org", "a\nb", "\xD0", "東京"})
    EXPECT_FALSE(IsPlaceText(speech)) << speech;
}

TEST(IsIpAddress, IsAnAddressAloneWithoutPortBracketsOrZone) {
  for (const char* const address : {"203.0.113.7", "::1", "2001:db8::7", "::ffff:203.0.113.7"})
    EXPECT_TRUE(IsIpAddress(address)) << address;
  for (const char* const other : {"", "203.0.113", "203.0.113.7:80", "[::1]", "fe80::1%eth0", "1.2.3.4 ",
                                  "01.2.3.4", "host", "2001:db8::7::1"})
    EXPECT_FALSE(IsIpAddress(other)) << other;
  EXPECT_FALSE(IsIpAddress(absl::string_view("1.2.3.4\0x", 9)));
}

}  // namespace
}  // namespace tc::rpc
