// What is insecure is not started in production, and named (TRN-14, TRN-15, CFG-02).

#include "common/rpc/production.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <functional>

#include "absl/strings/match.h"
#include "common/rpc/credentials.h"
#include "common/testing/temp_dir.h"
#include "common/tls/ciphers.h"

namespace tc::rpc {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Flags Good() {
  Flags flags;
  flags.listen = "0.0.0.0:7102";
  flags.issuer = "https://idp.example";
  flags.trust_domain = "example.org";
  flags.peers = {{"identity", "dns:///identity:7101"}};
  flags.policy = "gosuslugi";
  return flags;
}

struct Insecure {
  const char* what;
  std::function<void(Flags&)> change;
  const char* said;
};
void PrintTo(const Insecure& row, std::ostream* out) { *out << row.what; }

class InsecureFlags : public ::testing::TestWithParam<Insecure> {
 protected:
  InsecureFlags() { unsetenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"); }
};

TEST_P(InsecureFlags, AreNamed) {
  Flags flags = Good();
  ASSERT_THAT(InsecureIn(flags), IsEmpty()) << "without the change there is nothing to refuse";
  GetParam().change(flags);
  EXPECT_THAT(InsecureIn(flags), ElementsAre(HasSubstr(GetParam().said)));
}

INSTANTIATE_TEST_SUITE_P(
    Table, InsecureFlags,
    ::testing::Values(
        Insecure{"a key of development", [](Flags& f) { f.dev_key = "/d/dev.pem"; }, "--dev-key"},
        Insecure{"a shifted clock", [](Flags& f) { f.clock_offset_seconds = 1; }, "--clock-offset"},
        Insecure{"the issuer of development", [](Flags& f) { f.issuer = kDevelopmentIssuer; }, "--issuer"},
        Insecure{"an issuer of spaces", [](Flags& f) { f.issuer = " "; }, "--issuer"},
        Insecure{"a domain in upper case", [](Flags& f) { f.trust_domain = "Example.org"; },
                 "--trust-domain"},
        Insecure{"a domain with a path", [](Flags& f) { f.trust_domain = "example.org/x"; },
                 "--trust-domain"},
        Insecure{"a domain with a scheme", [](Flags& f) { f.trust_domain = "spiffe://example.org"; },
                 "--trust-domain"},
        Insecure{"a domain with an empty label", [](Flags& f) { f.trust_domain = "example..org"; },
                 "--trust-domain"},
        Insecure{"a peer over HTTP", [](Flags& f) { f.peers["identity"] = "http://identity:7101"; },
                 "--peer identity=http://identity:7101"},
        Insecure{"a peer by xDS", [](Flags& f) { f.peers["identity"] = "xds:identity"; }, "--peer identity"},
        Insecure{"a peer by Google's balancer",
                 [](Flags& f) { f.peers["identity"] = "google-c2p-experimental:7101"; }, "--peer identity"},
        Insecure{"a peer by an abstract socket", [](Flags& f) { f.peers["identity"] = "unix-abstract:1"; },
                 "--peer identity"},
        Insecure{"a peer without a port", [](Flags& f) { f.peers["identity"] = "identity"; },
                 "--peer identity"},
        Insecure{"a peer at a port that is none", [](Flags& f) { f.peers["identity"] = "identity:70000"; },
                 "--peer identity"},
        Insecure{"health where calls are taken", [](Flags& f) { f.health = f.listen = "127.0.0.1:7102"; },
                 "must not be the address"},
        Insecure{"health for other machines", [](Flags& f) { f.health = "0.0.0.0:7302"; },
                 "--health 0.0.0.0:7302: must be a loopback"},
        Insecure{"health on another address of this machine", [](Flags& f) { f.health = "10.0.0.1:7302"; },
                 "--health-beyond-loopback"},
        Insecure{"metrics where calls are taken", [](Flags& f) { f.metrics = f.listen; }, "--metrics"}));

struct Variable {
  const char* name;
  const char* value;
};
class InsecureEnvironment : public ::testing::TestWithParam<Variable> {};

TEST_P(InsecureEnvironment, IsNamed) {
  unsetenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH");
  setenv(GetParam().name, GetParam().value, 1);
  EXPECT_THAT(InsecureIn(Good()), ElementsAre(HasSubstr(GetParam().name)));
  unsetenv(GetParam().name);
  EXPECT_THAT(InsecureIn(Good()), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Table, InsecureEnvironment,
    ::testing::Values(Variable{"SSLKEYLOGFILE", "/tmp/keys"}, Variable{"GRPC_TRACE", "http"},
                      Variable{"GRPC_VERBOSITY", "DEBUG"},
                      Variable{"GRPC_DEFAULT_SSL_ROOTS_FILE_PATH", "/etc/ssl/all.pem"},
                      Variable{"GRPC_SYSTEM_SSL_ROOTS_DIR", "/etc/ssl"},
                      Variable{"GRPC_USE_SYSTEM_SSL_ROOTS", "1"},
                      Variable{"OPENSSL_CONF", "/tmp/openssl.cnf"}, Variable{"OPENSSL_MODULES", "/tmp"},
                      Variable{"OPENSSL_ENGINES", "/tmp"}, Variable{"GNUTLS_DEBUG_LEVEL", "99"},
                      Variable{"GNUTLS_SYSTEM_PRIORITY_FILE", "/tmp/gnutls"}));

TEST(Production, TakesEveryWayToAPeerThatIsNamed) {
  unsetenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH");
  for (const char* target :
       {"identity:7101", "127.0.0.1:7101", "[::1]:7101", "dns:///identity:7101", "dns:identity:7101",
        "ipv4:10.0.0.1:7101,10.0.0.2:7101", "ipv6:[::1]:7101", "unix:/run/tc/identity.sock"}) {
    Flags flags = Good();
    flags.peers["identity"] = target;
    EXPECT_THAT(InsecureIn(flags), IsEmpty()) << target;
  }
}

TEST(Production, KnowsATrustDomain) {
  for (const char* good : {"example.org", "a", "tc-prod.gov.example", "x_1"})
    EXPECT_TRUE(IsTrustDomain(good));
  for (const char* bad : {"", ".", "a.", ".a", "-a", "a-", "a b", "a:1", "a/b", "A", "%61"})
    EXPECT_FALSE(IsTrustDomain(bad)) << bad;
  EXPECT_FALSE(IsTrustDomain(std::string(256, 'a')));
}

TEST(Production, TakesHealthForOtherMachinesWhereItIsSaid) {
  unsetenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH");
  Flags flags = Good();
  for (const char* local : {"127.0.0.1:7302", "[::1]:7302", "unix:/run/tc/health.sock"}) {
    flags.health = local;
    EXPECT_THAT(InsecureIn(flags), IsEmpty()) << local;
  }
  flags.health = "0.0.0.0:7302";
  flags.health_beyond_loopback = true;
  EXPECT_THAT(InsecureIn(flags), IsEmpty());
}

TEST(Production, TakesNoDataThatLayOpenToOthers) {  // CRY-15
  unsetenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH");
  const testing::TempDir dir;
  Flags flags = Good();
  flags.data = dir / "absent";
  EXPECT_THAT(InsecureIn(flags), IsEmpty());
  flags.data = dir.path();
  for (const mode_t good : {0700U, 0500U, 0770U}) {
    ASSERT_EQ(::chmod(flags.data.c_str(), good), 0);
    EXPECT_THAT(InsecureIn(flags), IsEmpty()) << "the group is one of this process's";
  }
  for (const mode_t open : {0755U, 0701U, 0704U}) {
    ASSERT_EQ(::chmod(flags.data.c_str(), open), 0);
    EXPECT_THAT(InsecureIn(flags), ElementsAre(HasSubstr("lets others in; chmod 0700")));
  }
}

TEST(Production, SaysWhatEverybodyCanRead) {
  Flags flags = Good();
  flags.health = "127.0.0.1:7302";
  flags.metrics = "[::1]:7202";
  EXPECT_THAT(WarningsOf(flags), IsEmpty());
  flags.health = "0.0.0.0:7302";
  flags.metrics = "10.0.0.1:7202";
  EXPECT_THAT(WarningsOf(flags), ElementsAre(HasSubstr("--health 0.0.0.0:7302 is plaintext"),
                                             HasSubstr("--metrics 10.0.0.1:7202 is plaintext")));
}

TEST(ProductionDeathTest, RefusesOtherCiphersThanThoseThatKeepTls12Out) {
  unsetenv("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH");
  unsetenv("GRPC_SSL_CIPHER_SUITES");
  tls::Restrict();
  EXPECT_FALSE(tls::OtherCiphersWereGiven());
  EXPECT_STREQ(std::getenv("GRPC_SSL_CIPHER_SUITES"), tls::kTls13Only);
  // In a process of its own, since it stays so.
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        setenv("GRPC_SSL_CIPHER_SUITES", "HIGH", 1);
        tls::Restrict();
        const std::vector<std::string> said = InsecureIn(Good());
        std::_Exit(said.size() == 1 && absl::StartsWith(said.front(), "GRPC_SSL_CIPHER_SUITES") ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace tc::rpc
