#include "services/otp/domain/network.h"

#include <gtest/gtest.h>

namespace tc::otp {
namespace {

struct Pair {
  const char* name;
  const char* one;
  const char* other;
  bool same_client;
  bool same_network;
};

TEST(PlaceOf, PutsNeighboursTogether) {  // SND-04
  const Pair pairs[] = {
      {"the same address", "192.0.2.1", "192.0.2.1", true, true},
      {"another host of a /24", "192.0.2.1", "192.0.2.255", false, true},
      {"another /24", "192.0.2.1", "192.0.3.1", false, false},
      {"IPv4-mapped", "192.0.2.1", "::ffff:192.0.2.1", true, true},
      {"the same in hexadecimal", "192.0.2.1", "::ffff:c000:201", true, true},
      {"two addresses of a /64", "2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true, true},
      {"two ways to write one", "2001:db8::1", "2001:0DB8:0:0:0:0:0:1", true, true},
      {"another /64 of a /48", "2001:db8:1:2::1", "2001:db8:1:3::1", false, true},
      {"another /48", "2001:db8:1:2::1", "2001:db8:2:2::1", false, false},
      {"IPv4 and IPv6 with the same bytes", "32.1.13.184", "2001:db8::1", false, false},
      {"zeros before a number", "192.0.2.1", "192.0.2.01", false, false},
  };
  for (const Pair& pair : pairs) {
    const Place one = PlaceOf(pair.one), other = PlaceOf(pair.other);
    EXPECT_EQ(one.client == other.client, pair.same_client) << pair.name;
    EXPECT_EQ(one.network == other.network, pair.same_network) << pair.name;
  }
}

TEST(PlaceOf, KeepsAnUnreadableAddressAsItsOwnClient) {
  EXPECT_EQ(PlaceOf(""), Place{});
  for (const char* text : {"unknown", "1.2.3", "1.2.3.4.5", "2001:db8::1%eth0", "192.0.2.1 "}) {
    EXPECT_FALSE(PlaceOf(text).client.empty()) << text;
    EXPECT_EQ(PlaceOf(text).network, "") << text;
  }
  EXPECT_NE(PlaceOf("unknown").client, PlaceOf("Unknown").client);
  EXPECT_NE(PlaceOf("4/c0000201").client, PlaceOf("192.0.2.1").client) << "text never looks like an address";
}

}  // namespace
}  // namespace tc::otp
