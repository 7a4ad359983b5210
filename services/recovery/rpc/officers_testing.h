#pragma once

// Officers and operators in the World: alice's and dave's passports are on file, and a device that each of
// them holds has made a capability.

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "services/recovery/rpc/world_testing.h"

namespace tc::recovery::testing {

inline constexpr char kAlicePassport[] = "4510123456";
inline constexpr char kDavePassport[] = "4510654321";

class Officers : public World {
 public:
  explicit Officers(absl::string_view profile = "gosuslugi", kv::TestSwitches switches = {},
                    const std::map<std::string, std::string>& overrides = {})
      : World(profile, std::move(switches), overrides) {
    identity.passports = {{"alice", kAlicePassport}, {"dave", kDavePassport}};
  }

  rpc::Call Operator() const { return tc::testing::FromPeer(rpc::Role::kOperator, "anna", clock.Now()); }
  rpc::Call Bank() const { return tc::testing::FromPeer(rpc::Role::kBank, "north", clock.Now()); }

  absl::StatusOr<pb::RecoverySummary> Hold(const std::string& assigned,
                                           const std::string& comment = "looks odd") {
    pb::HoldRecoveryRequest in;
    in.set_name(assigned);
    in.set_comment(comment);
    return handlers.HoldRecovery(Operator(), in);
  }
  absl::StatusOr<pb::RecoverySummary> Release(const std::string& assigned,
                                              const std::string& comment = "spoke to both") {
    pb::ReleaseRecoveryRequest in;
    in.set_name(assigned);
    in.set_comment(comment);
    return handlers.ReleaseRecovery(Operator(), in);
  }

  // What the principal's device holds: the n-th capability that it made.
  static std::string Capability(const std::string& account, int n = 1) {
    return absl::StrCat("capability-of-the-device-of-", account, "-", n);
  }
  static std::string NameOf(const std::string& account, int n = 1) {
    return absl::StrCat("recoveries/", Capability(account, n));
  }
  std::string PassportOf(const std::string& account) {
    const auto found = identity.passports.find(account);
    return found == identity.passports.end() ? "0000000000" : found->second;
  }
  pb::StartInPersonRecoveryRequest InPersonRequest(const std::string& account,
                                                   const std::string& officer = "ivanov", int n = 1) {
    pb::StartInPersonRecoveryRequest in;
    in.set_principal("accounts/" + account);
    in.mutable_check()->set_officer(officer);
    in.mutable_check()->set_visit("visit-1");
    in.mutable_check()->set_passport(PassportOf(account));
    in.set_capability_hash(Tokens::HashOf(Capability(account, n)));
    return in;
  }
  absl::StatusOr<pb::RecoverySummary> Come(const std::string& account, const std::string& officer = "ivanov",
                                           int n = 1) {
    return handlers.StartInPersonRecovery(Bank(), InPersonRequest(account, officer, n));
  }
  absl::StatusOr<pb::RecoverySummary> ComeWith(const std::string& account, const std::string& passport) {
    pb::StartInPersonRecoveryRequest in = InPersonRequest(account);
    in.mutable_check()->set_passport(passport);
    return handlers.StartInPersonRecovery(Bank(), in);
  }
  pb::ConfirmInPersonRecoveryRequest ConfirmRequest(const std::string& assigned, const std::string& account,
                                                    const std::string& officer = "petrova") {
    pb::ConfirmInPersonRecoveryRequest in;
    in.set_name(assigned);
    in.mutable_check()->set_officer(officer);
    in.mutable_check()->set_visit("visit-2");
    in.mutable_check()->set_passport(PassportOf(account));
    return in;
  }
  absl::StatusOr<pb::RecoverySummary> Confirm(const std::string& assigned, const std::string& account,
                                              const std::string& officer = "petrova") {
    return handlers.ConfirmInPersonRecovery(Bank(), ConfirmRequest(assigned, account, officer));
  }
  // Alice has come in person; bob guards her.
  Case ToInPerson() {
    Case c;
    c.assigned = Must(Come("alice")).name();
    c.name = NameOf("alice");
    return c;
  }

  // Everything in the store but its count of commits.
  std::string Dump() {
    std::string all;
    EXPECT_THAT(db->View([&](kv::ReadTxn& txn) {
      return txn.Scan("", std::string(8, '\xff'), [&](absl::string_view key, absl::string_view value) {
        if (!absl::StrContains(key, "revision")) absl::StrAppend(&all, key, "=", value, "\n");
        return true;
      });
    }),
                IsOk());
    return all;
  }
};

}  // namespace tc::recovery::testing
