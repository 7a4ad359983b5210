#pragma once

// World: the handlers of recovery over a real store in memory and fake peers, with two citizens: alice, whom
// bob guards, and dave, whom nobody guards. A test moves its clock and calls as a portal would.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/crypto/jwt.h"
#include "common/crypto/keyring.h"
#include "common/kv/dispatcher.h"
#include "common/kv/testing.h"
#include "common/kv/timer_runner.h"
#include "common/rpc/once.h"
#include "common/rpc/page.h"
#include "common/testing/call.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "services/recovery/domain/recovery_testing.h"
#include "services/recovery/rpc/courier.h"
#include "services/recovery/rpc/fake_peers_testing.h"
#include "services/recovery/rpc/handlers.h"
#include "services/recovery/rpc/timers.h"

namespace tc::recovery::testing {

inline constexpr char kAlicePhone[] = "+79160000001";
inline constexpr char kBobPhone[] = "+79160000002";
inline constexpr char kDavePhone[] = "+79160000004";
inline constexpr char kNotMeUrl[] = "https://portal.example/not-me#";
inline constexpr char kNobodysPhone[] = "+79169999999";

class World {
 public:
  explicit World(absl::string_view profile = "gosuslugi", kv::TestSwitches switches = {},
                 const std::map<std::string, std::string>& overrides = {})
      : db(kv::InMemoryForTest(switches)), handlers(MakeParts(PolicyOf(profile, overrides))) {
    AddAccount("alice", "Алиса И.", kAlicePhone, "alice@example.org");
    AddAccount("bob", "Борис П.", kBobPhone, "bob@example.org");
    AddAccount("dave", "Давид С.", kDavePhone, "");
    linking.guards["alice"] = {true, LinkId::FromTrusted("link-1"), Account("bob")};
  }

  void AddAccount(const char* id, const char* name, const char* phone, const char* email) {
    KnownAccount known;
    known.account = Account(id);
    known.masked_name = name;
    known.phone = Phone::FromTrusted(phone);
    known.phone_bound_at = Noon() - absl::Hours(24 * 365);
    known.email = email;
    known.locale = "ru";
    known.active = true;
    identity.Add(known);
  }

  rpc::Call Portal() const { return tc::testing::FromPortal(clock.Now()); }
  rpc::Call Signed(const std::string& account) const { return tc::testing::As(account, clock.Now()); }

  // --- the claimant
  absl::StatusOr<pb::Recovery> Start(const std::string& phone) { return Start(phone, Portal()); }
  absl::StatusOr<pb::Recovery> Start(const std::string& phone, const rpc::Call& call) {
    pb::StartRecoveryRequest in;
    in.set_phone(phone);
    in.set_purpose(purpose);
    in.mutable_client()->set_place("Moscow");
    in.mutable_client()->set_user_agent("Mozilla/5.0 (Windows NT 10.0)");
    in.mutable_client()->set_device("device-of-claimant");
    in.mutable_client()->set_address("192.0.2.77");
    return handlers.StartRecovery(call, in);
  }
  absl::StatusOr<pb::Recovery> Verify(const std::string& name, const std::string& code) {
    return Verify(name, code, Portal());
  }
  absl::StatusOr<pb::Recovery> Verify(const std::string& name, const std::string& code,
                                      const rpc::Call& call) {
    pb::VerifyClaimantRequest in;
    in.set_name(name);
    in.set_code(code);
    return handlers.VerifyClaimant(call, in);
  }
  absl::StatusOr<pb::Recovery> Resend(const std::string& name) { return Resend(name, Portal()); }
  absl::StatusOr<pb::Recovery> Resend(const std::string& name, const rpc::Call& call,
                                      trustedcontact::type::v1::Channel channel = {}) {
    pb::ResendClaimantCodeRequest in;
    in.set_name(name);
    in.set_channel(channel);
    return handlers.ResendClaimantCode(call, in);
  }
  absl::StatusOr<pb::Recovery> Get(const std::string& name) {
    pb::GetRecoveryRequest in;
    in.set_name(name);
    return handlers.GetRecovery(Portal(), in);
  }
  absl::StatusOr<pb::CancelRecoveryResponse> Cancel(const std::string& name) {
    pb::CancelRecoveryRequest in;
    in.set_name(name);
    return handlers.CancelRecovery(Portal(), in);
  }
  absl::StatusOr<pb::CancelRecoveryResponse> CancelAs(const std::string& account) {
    pb::CancelRecoveryRequest in;
    in.set_principal("accounts/" + account);
    return handlers.CancelRecovery(Signed(account), in);
  }
  absl::StatusOr<pb::CancelRecoveryResponse> SayNotMe(const std::string& token) {
    pb::CancelRecoveryRequest in;
    in.set_not_me_token(token);
    return handlers.CancelRecovery(Portal(), in);
  }
  // What the last notice to this person that has a way appends to the portal's address; empty: none has.
  std::string NotMeTokenOf(const std::string& account) {
    RunOutbox();
    for (auto sent = identity.notices.rbegin(); sent != identity.notices.rend(); ++sent) {
      if (sent->notice.receiver.text() == account && !sent->link.empty())
        return sent->link.substr(std::string(kNotMeUrl).size());
    }
    return "";
  }
  absl::StatusOr<pb::Recovery> Complete(const std::string& name, const std::string& grant,
                                        const std::string& password) {
    return Complete(name, grant, password, Portal());
  }
  absl::StatusOr<pb::Recovery> Complete(const std::string& name, const std::string& grant,
                                        const std::string& password, const rpc::Call& call) {
    pb::CompleteRecoveryRequest in;
    in.set_name(name);
    in.set_grant(grant);
    in.set_new_password(password);
    return handlers.CompleteRecovery(call, in);
  }

  // --- the contact
  absl::StatusOr<pb::AssignedRecovery> See(const std::string& account, const std::string& name) {
    pb::GetAssignedRecoveryRequest in;
    in.set_name(name);
    return handlers.GetAssignedRecovery(Signed(account), in);
  }
  absl::StatusOr<pb::ListAssignedRecoveriesResponse> List(const std::string& account,
                                                          bool open_only = false) {
    pb::ListAssignedRecoveriesRequest in;
    in.set_open_only(open_only);
    return handlers.ListAssignedRecoveries(Signed(account), in);
  }
  absl::StatusOr<pb::AssignedRecovery> Acknowledge(const std::string& account, const std::string& name) {
    return Acknowledge(account, name, AllAnswers());
  }
  absl::StatusOr<pb::AssignedRecovery> Acknowledge(const std::string& account, const std::string& name,
                                                   const std::map<std::string, bool>& answers) {
    pb::AcknowledgeWarningRequest in;
    in.set_name(name);
    in.set_warning_version(CurrentWarning().version);
    for (const auto& [question, yes] : answers) {
      in.add_answers()->set_question(question);
      in.mutable_answers()->rbegin()->set_yes(yes);
    }
    return handlers.AcknowledgeWarning(Signed(account), in);
  }
  absl::StatusOr<pb::AssignedRecovery> SendCode(const std::string& account, const std::string& name) {
    return SendCode(name, Signed(account));
  }
  absl::StatusOr<pb::AssignedRecovery> SendCode(const std::string& name, const rpc::Call& call) {
    pb::SendContactCodeRequest in;
    in.set_name(name);
    return handlers.SendContactCode(call, in);
  }
  absl::StatusOr<pb::AssignedRecovery> Approve(const std::string& account, const std::string& name,
                                               const std::string& code, const std::string& match_code = "") {
    return Approve(name, code, match_code, Signed(account));
  }
  absl::StatusOr<pb::AssignedRecovery> Approve(const std::string& name, const std::string& code,
                                               const std::string& match_code, const rpc::Call& call) {
    pb::ApproveRecoveryRequest in;
    in.set_name(name);
    in.set_code(code);
    in.set_match_code(match_code);
    return handlers.ApproveRecovery(call, in);
  }
  absl::StatusOr<pb::AssignedRecovery> Reject(const std::string& account, const std::string& name,
                                              pb::RejectReason reason) {
    pb::RejectRecoveryRequest in;
    in.set_name(name);
    in.set_reason(reason);
    return handlers.RejectRecovery(Signed(account), in);
  }

  // --- whole ways; each fails the test loudly when a step does
  struct Case {
    std::string name;      // the claimant's
    std::string assigned;  // the contact's
    std::string match_code;
    std::string grant;
  };
  // Alice has proved her own code; bob is asked.
  Case ToContact() {
    Case c;
    c.name = Must(Start(kAlicePhone)).name();
    c.match_code = Must(Verify(c.name, otp.CodeTo(kAlicePhone))).match_code();
    const auto list = Must(List("bob", true));
    EXPECT_EQ(list.recoveries_size(), 1);
    c.assigned = list.recoveries_size() > 0 ? list.recoveries(0).name() : "";
    return c;
  }
  // Bob has his code.
  Case ToContactCode() {
    Case c = ToContact();
    Must(Acknowledge("bob", c.assigned));
    clock.Advance(absl::Seconds(60));
    Must(SendCode("bob", c.assigned));
    return c;
  }
  Case ToApproved() {
    Case c = ToContactCode();
    Must(Approve("bob", c.assigned, otp.CodeTo(kBobPhone), c.match_code));
    c.grant = Must(Get(c.name)).grant();
    return c;
  }
  // Dave has proved his own code; nobody guards him.
  Case ToApprovedUnguarded() {
    Case c;
    c.name = Must(Start(kDavePhone)).name();
    c.grant = Must(Verify(c.name, otp.CodeTo(kDavePhone))).grant();
    return c;
  }

  template <typename T>
  static T Must(absl::StatusOr<T> result) {
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *std::move(result) : T();
  }

  int RunTimers() { return kv::TimerRunner::RunOnce(*db, clock, TimerHandlers(store)); }
  int RunOutbox() {
    return kv::Dispatcher::RunOnce(*db, clock, random,
                                   CourierHandlers({*db, store, tokens, identity, otp, clock, kNotMeUrl}));
  }
  std::vector<kv::Event> Events() { return *db->Changes(0, 0, 1000); }
  std::vector<std::string> EventTypes() {
    std::vector<std::string> types;
    for (const kv::Event& event : Events()) types.push_back(event.type);
    return types;
  }
  size_t OutboxSize() { return db->ListOutbox("", 1000)->size(); }

  pb::RecoveryPurpose purpose{};  // of every start
  tc::testing::FakeClock clock;
  tc::testing::FakeRandom random;
  crypto::Keyring keys = crypto::Keyring::ForTest({"once", "page", "token", "index", "seal"}, random);
  crypto::JwtSigner signer = *crypto::JwtSigner::Generate("proof");
  ProofSigner proofs{signer};
  std::unique_ptr<kv::Database> db;
  rpc::Once once{*db, *crypto::Sealer::Create(keys, "once", random)};
  rpc::Pager pager{*crypto::KeyedHash::Create(keys, "page", "page")};
  RecoveryStore store{*crypto::Sealer::Create(keys, "seal", random)};
  Tokens tokens = *Tokens::Create(keys);
  Faults faults;
  FakeIdentity identity{faults, clock, *crypto::JwtVerifier::FromJwks(signer.Jwks())};
  FakeLinking linking{faults};
  FakeOtp otp{faults, clock};
  Handlers handlers;

 private:
  HandlerParts MakeParts(const Policy& policy) {
    return {.once = once,
            .pager = pager,
            .store = store,
            .tokens = tokens,
            .proofs = proofs,
            .random = random,
            .policy = policy,
            .identity = identity,
            .linking = linking,
            .otp = otp};
  }
};

}  // namespace tc::recovery::testing
