#include "common/base/link.h"

#include "common/testing/status.h"

namespace tc {
namespace {

using testing::IsOk;
using testing::Violates;

std::string LongLink() { return "https://" + std::string(kLongestLink - 8, 'h'); }

TEST(ParseLink, TakesHttpsAndItsOwnMachine) {
  for (const char* good : {"", "https://my.example/s/abc_-.~?x=1&y=%20#t", "https://my.example:8443/",
                           "http://localhost:8080/x", "http://127.0.0.1/x", "http://[::1]:80/x"}) {
    EXPECT_THAT(ParseLink(good, "f"), IsOk()) << good;
  }
  EXPECT_THAT(ParseLink(LongLink(), "f"), IsOk());
  EXPECT_THAT(ParseLink(LongLink() + "h", "f"), Violates("LINK_INVALID"));
}

TEST(ParseLink, RefusesWhatCouldLeadAstray) {
  for (const char* bad : {"my.example/x",
                          "http://my.example/x",
                          "ftp://my.example",
                          "javascript:alert(1)",
                          "https://",
                          "https:///x",
                          "https://a b.example",
                          "https://user@evil.example",
                          "https://my.example/\n@evil #1",
                          "https://my.example:/",
                          "https://my.example:12x/",
                          "https://my.example:123456/",
                          "http://127.0.0.1.evil.example/",
                          "http://localhost.evil.example/",
                          "https://[::2]/",
                          "https://\xd0\xb0.example/",
                          "https://my.example/<b>",
                          "https://?x",
                          "HTTPS://my.example/",
                          "https://my.example/\"x"}) {
    EXPECT_THAT(ParseLink(bad, "f"), Violates("LINK_INVALID")) << bad;
  }
}

}  // namespace
}  // namespace tc
