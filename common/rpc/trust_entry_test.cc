// What is believed from now on is in the audit log before it is in force, at the start and later.

#include "common/rpc/trust_entry.h"

#include <gmock/gmock.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/audit/entry.h"
#include "common/audit/tree_ledger.h"
#include "common/audit/tree_store.h"
#include "common/crypto/jwt.h"
#include "common/kv/rocks_database.h"
#include "common/rpc/jwks_file.h"
#include "common/testing/certificates.h"
#include "common/testing/fakes.h"
#include "common/testing/moody_ledger.h"
#include "common/testing/status.h"
#include "common/testing/temp_dir.h"
#include "common/tls/identity.h"

namespace tc::rpc {
namespace {

using testing::HasCode;
using ::testing::HasSubstr;
using testing::IsOk;
using ::testing::SizeIs;

class TrustEntryTest : public ::testing::Test {
 protected:
  using Attributes = std::map<std::string, std::string>;

  // What each entry tells, oldest first; none is of another type.
  std::vector<Attributes> Entries() {
    std::vector<Attributes> entries;
    EXPECT_THAT(database_->View([&](kv::ReadTxn& txn) {
      return audit::VisitLeaves(txn, 0, [&](uint64_t, absl::string_view leaf) {
        const audit::pb::AuditEntry entry = *audit::Decode(leaf);
        EXPECT_EQ(entry.type(), "TrustTaken");
        Attributes& told = entries.emplace_back();
        for (const auto& attribute : entry.attributes()) told[attribute.name()] = attribute.value();
        return true;
      });
    }),
                IsOk());
    return entries;
  }
  std::unique_ptr<JwksFile> OpenJwks() {
    return *JwksFile::Open("--jwks", jwks_, /*guarded=*/true, EnterTrust(*database_, clock_));
  }

  testing::TempDir dir_;
  testing::FakeRandom random_;
  testing::FakeClock clock_;
  const SystemClock system_clock_{};
  crypto::Keyring keys_ = crypto::Keyring::ForTest({"audit", "audit-index"}, random_);
  std::unique_ptr<audit::TreeLedger> ledger_ = *audit::TreeLedger::Open(keys_, "linking", random_);
  tc::testing::MoodyLedger moody_{*ledger_};
  std::unique_ptr<kv::Database> database_ = kv::InMemory({.ledger = &moody_});
  const crypto::JwtSigner old_ = *crypto::JwtSigner::Generate("old");
  const crypto::JwtSigner new_ = *crypto::JwtSigner::Generate("new");
  const std::string jwks_ = dir_.Write("jwks.json", old_.Jwks(), 0644);
};

TEST_F(TrustEntryTest, IssuersKeysAreEnteredAtTheStartAndWhenTheyChange) {
  const std::unique_ptr<JwksFile> jwks = OpenJwks();
  ASSERT_THAT(Entries(), SizeIs(1));
  EXPECT_EQ(Entries()[0].at("what"), "keys of --jwks");
  EXPECT_EQ(Entries()[0].at("kids"), "old");
  jwks->Look();
  EXPECT_THAT(Entries(), SizeIs(1)) << "nothing has changed";
  dir_.Write("jwks.json", "spoilt", 0644);
  jwks->Look();
  EXPECT_THAT(Entries(), SizeIs(1)) << "nothing is taken";
  dir_.Write("jwks.json", new_.Jwks(), 0644);
  jwks->Look();
  ASSERT_THAT(Entries(), SizeIs(2));
  EXPECT_EQ(Entries()[1].at("kids"), "new");
  EXPECT_NE(Entries()[1].at("sha256"), Entries()[0].at("sha256"));
}

TEST_F(TrustEntryTest, WhatCannotBeEnteredIsNotTakenUntilItCan) {
  const std::unique_ptr<JwksFile> jwks = OpenJwks();
  dir_.Write("jwks.json", new_.Jwks(), 0644);
  moody_.refuses = true;
  jwks->Look();
  EXPECT_THAT(std::string(jwks->Reload().message()), HasSubstr("cannot be entered in the audit log"));
  EXPECT_EQ(jwks->keys().Now().verifier->Kids(), std::vector<std::string>{"old"});
  moody_.refuses = false;
  jwks->Look();
  EXPECT_EQ(jwks->keys().Now().verifier->Kids(), std::vector<std::string>{"new"});
  EXPECT_THAT(Entries(), SizeIs(2));
  moody_.refuses = true;
  EXPECT_THAT(JwksFile::Open("--jwks", jwks_, true, EnterTrust(*database_, clock_)).status(),
              HasCode(absl::StatusCode::kUnavailable));
}

TEST_F(TrustEntryTest, CertificatesAuthoritiesAndListsOfRevokedOnesAreEntered) {
  testing::Authority authority(dir_.path());
  tls::Files files = authority.IssuePeer("service/linking");
  files.crl = authority.Revoke({});
  const auto identity = *tls::Identity::Open(files, "spiffe://example.org/service/linking", system_clock_,
                                             EnterTrust(*database_, clock_));
  ASSERT_THAT(Entries(), SizeIs(1));
  EXPECT_EQ(Entries()[0].at("what"), "certificates");
  EXPECT_THAT(Entries()[0].at("authorities"), SizeIs(64));
  authority.Revoke({authority.IssuePeer("operator/ops").certificate});
  identity->Look();
  ASSERT_THAT(Entries(), SizeIs(2));
  EXPECT_NE(Entries()[1].at("revoked"), Entries()[0].at("revoked"));
  EXPECT_EQ(Entries()[1].at("certificate"), Entries()[0].at("certificate"));
  authority.IssuePeer("service/linking");
  ASSERT_THAT(identity->Reload(), IsOk());
  ASSERT_THAT(Entries(), SizeIs(3));
  EXPECT_NE(Entries()[2].at("certificate"), Entries()[1].at("certificate"));
  EXPECT_NE(Entries()[2].at("serial"), Entries()[1].at("serial"));
}

}  // namespace
}  // namespace tc::rpc
