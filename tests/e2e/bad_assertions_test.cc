// Assertions of a person that are none, at every method that acts for a person: C-W 23 to 31. A name begins
// with the number there.

#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/crypto/signature.h"
#include "common/rpc/credentials.h"
#include "tests/e2e/bad_input.h"

namespace tc::e2e {
namespace {

const std::set<std::string> kNoPerson = {"UNAUTHENTICATED PERSON_REQUIRED"};
const std::set<std::string> kBadPerson = {"UNAUTHENTICATED CREDENTIALS_INVALID"};

// A signed text, whatever it says.
std::string Token(const crypto::PrivateKey& key, const std::string& header, const std::string& claims) {
  const std::string text =
      absl::StrCat(absl::WebSafeBase64Escape(header), ".", absl::WebSafeBase64Escape(claims));
  return absl::StrCat("Bearer ", text, ".", absl::WebSafeBase64Escape(key.Sign(text)));
}

struct Told {  // by an assertion; right but for what a case changes
  std::string header = R"({"alg":"EdDSA","typ":"JWT","kid":"idp-1"})";
  std::string subject = R"("sub":"tester")";
  std::string audience = rpc::kAudience;
  std::string issuer = kIssuer;
  int64_t age = 0;
  int64_t lifetime = 50;

  std::string Claims() const {
    const int64_t now = absl::ToUnixSeconds(absl::Now()) - age;
    return absl::StrCat("{", subject, R"(,"iss":")", issuer, R"(","aud":")", audience, R"(","iat":)", now,
                        R"(,"auth_time":)", now, R"(,"exp":)", now + lifetime, R"(,"sid":"s-1"})");
  }
};

// The methods that act for a person whoever calls.
bool WantsPerson(const Served& served) {
  return served.rules().callers(0).party() != options_pb::PARTY_UNSPECIFIED;
}

struct Forgery {
  const char* name;
  std::function<Metadata(const crypto::PrivateKey& issuer)> metadata;
  std::set<std::string> expected;

  friend void PrintTo(const Forgery& forgery, std::ostream* out) { *out << forgery.name; }
};

Metadata Bearing(const std::string& token) { return {{"authorization", token}}; }

const std::vector<Forgery>& Forgeries() {
  using crypto::PrivateKey;
  static const std::vector<Forgery> forgeries = {
      {"23_None", [](const PrivateKey&) { return Metadata(); }, kNoPerson},
      {"24_AlgorithmNone",
       [](const PrivateKey&) {
         return Bearing(absl::StrCat("Bearer ", absl::WebSafeBase64Escape(R"({"alg":"none"})"), ".",
                                     absl::WebSafeBase64Escape(Told().Claims()), "."));
       },
       kBadPerson},
      {"24_AlgorithmNoneButSigned",
       [](const PrivateKey& key) {
         return Bearing(Token(key, R"({"alg":"none","kid":"idp-1"})", Told().Claims()));
       },
       kBadPerson},
      {"25_OfAnotherKey",
       [](const PrivateKey&) {
         return Bearing(Token(PrivateKey::Generate(), Told().header, Told().Claims()));
       },
       kBadPerson},
      {"25_OfAKeyThatIsNotInTheList",
       [](const PrivateKey& key) {
         return Bearing(Token(key, R"({"alg":"EdDSA","kid":"idp-0"})", Told().Claims()));
       },
       kBadPerson},
      {"26_ExpiringNow",
       [](const PrivateKey& key) {
         Told told;
         told.age = told.lifetime;
         return Bearing(Token(key, told.header, told.Claims()));
       },
       {"UNAUTHENTICATED CREDENTIALS_EXPIRED"}},
      {"27_GoodForAnHour",
       [](const PrivateKey& key) {
         Told told;
         told.lifetime = 3600;
         return Bearing(Token(key, told.header, told.Claims()));
       },
       kBadPerson},
      {"28_ForAnotherAudience",
       [](const PrivateKey& key) {
         Told told;
         told.audience = "tax-office";
         return Bearing(Token(key, told.header, told.Claims()));
       },
       kBadPerson},
      {"28_ByAnotherIssuer",
       [](const PrivateKey& key) {
         Told told;
         told.issuer = "https://idp.example.evil";
         return Bearing(Token(key, told.header, told.Claims()));
       },
       kBadPerson},
      {"29_TwoSubjects",
       [](const PrivateKey& key) {
         Told told;
         told.subject = R"("sub":"tester","sub":"boris")";
         return Bearing(Token(key, told.header, told.Claims()));
       },
       kBadPerson},
      {"30_SubjectInPlainMetadata",
       [](const PrivateKey&) {
         return Metadata{{"sub", "tester"}, {"x-user-id", "tester"}, {"x-forwarded-for", "127.0.0.1"}};
       },
       kNoPerson},
      {"31_TwoAuthorizations",
       [](const PrivateKey& key) {
         const std::string good = Token(key, Told().header, Told().Claims());
         return Metadata{{"authorization", good}, {"authorization", good}};
       },
       kBadPerson},
      {"NoBearer",
       [](const PrivateKey& key) { return Bearing(Token(key, Told().header, Told().Claims()).substr(7)); },
       kBadPerson},
      {"Empty", [](const PrivateKey&) { return Bearing(""); }, kBadPerson},
  };
  return forgeries;
}

class ForgedAt : public BadInput, public ::testing::WithParamInterface<Forgery> {};

TEST_P(ForgedAt, EveryMethodThatActsForAPersonIsUnauthenticated) {
  const auto issuer = crypto::PrivateKey::FromPem(suite().issuer().ToPem());
  ASSERT_TRUE(issuer.ok());
  Case forged{GetParam().name,
              [&](const Served& served) {
                if (!WantsPerson(served)) return std::vector<Attempt>();
                return std::vector<Attempt>{{"", Base(served), GetParam().metadata(*issuer), false}};
              },
              GetParam().expected};
  TryEverywhere(forged);
  EXPECT_GT(tried_, 30);
  EXPECT_EQ(wrong_.size(), 0U) << absl::StrJoin(wrong_, "\n");
  Revisions();
}

INSTANTIATE_TEST_SUITE_P(CW, ForgedAt, ::testing::ValuesIn(Forgeries()),
                         [](const auto& test) { return std::string(test.param.name); });

// The control of the forgeries: what they change is all that is wrong with them.
TEST_F(BadInput, TheAssertionThatIsForgedIsGoodAsItIs) {
  const auto issuer = crypto::PrivateKey::FromPem(suite().issuer().ToPem());
  const RawAnswer answer = door_.LineOf(dev::Service::kLinking, "portal/test")
                               .Ask({MethodOf("LinkingService/GetTrustedContact").Path(), "",
                                     Bearing(Token(*issuer, Told().header, Told().Claims()))});
  EXPECT_EQ(answer.code(), grpc::StatusCode::NOT_FOUND) << answer.Brief();
}

}  // namespace
}  // namespace tc::e2e
