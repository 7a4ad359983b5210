#include "common/rpc/address.h"

#include <gmock/gmock.h>

namespace tc::rpc {
namespace {

class LocalListen : public ::testing::TestWithParam<const char*> {};
TEST_P(LocalListen, IsServedInDevelopment) { EXPECT_TRUE(ListensLocally(GetParam())); }
INSTANTIATE_TEST_SUITE_P(Addresses, LocalListen,
                         ::testing::Values("127.0.0.1:7101", "127.9.9.9:0", "localhost:7101", "[::1]:7101",
                                           "unix:/run/tc.sock", "unix:///run/tc.sock", "unix-abstract:tc"));

class OpenListen : public ::testing::TestWithParam<const char*> {};
TEST_P(OpenListen, IsNotServedInDevelopment) { EXPECT_FALSE(ListensLocally(GetParam())); }
INSTANTIATE_TEST_SUITE_P(Addresses, OpenListen,
                         ::testing::Values("0.0.0.0:7101", "[::]:7101", "10.0.0.5:7101", "127.evil.example:1",
                                           "127.0.0.1.example:1", "127.0.0.256:1", "localhost.example:1",
                                           ":7101", "", "[::ffff:10.0.0.1]:1"));

class LocalCaller : public ::testing::TestWithParam<const char*> {};
TEST_P(LocalCaller, IsOnThisMachine) { EXPECT_TRUE(CallsLocally(GetParam())); }
INSTANTIATE_TEST_SUITE_P(Peers, LocalCaller,
                         ::testing::Values("ipv4:127.0.0.1:4242", "ipv6:%5B::1%5D:4242", "ipv6:[::1]:4242",
                                           "ipv6:%5B::ffff:127.0.0.1%5D:1", "unix:", "unix:/tmp/x"));

class FarCaller : public ::testing::TestWithParam<const char*> {};
TEST_P(FarCaller, IsNot) { EXPECT_FALSE(CallsLocally(GetParam())); }
INSTANTIATE_TEST_SUITE_P(Peers, FarCaller,
                         ::testing::Values("ipv4:10.0.0.1:4242", "ipv6:%5B2001:db8::1%5D:1",
                                           "ipv6:%5B::ffff:10.0.0.1%5D:1", "dns:127.0.0.1:1", "127.0.0.1:1",
                                           ""));

}  // namespace
}  // namespace tc::rpc
