#pragma once

// World: the real handlers of linking, recovery and otp over real stores in memory, in one process and under
// one clock. They ask each other directly (peers.h); events, timers and outboxes go only when the test says
// so, so that lag is in its hand. Handlers may be called from many threads; Restart, the deliveries and the
// runs from one.

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "common/crypto/jwt.h"
#include "common/crypto/keyring.h"
#include "common/kv/testing.h"
#include "common/rpc/once.h"
#include "common/rpc/page.h"
#include "common/testing/fakes.h"
#include "services/linking/rpc/handlers.h"
#include "services/otp/rpc/desk.h"
#include "services/recovery/rpc/handlers.h"
#include "tests/trust/peers.h"
#include "tests/trust/people.h"

namespace tc::trust {

struct Setup {
  std::string profile = "gosuslugi";
  std::map<std::string, std::string> overrides = {};  // "link.removal_delay" → "3600", of any service
  kv::TestSwitches switches = {};
  Planted planted = Planted::kNothing;
};

struct Policies {
  linking::Policy link;
  recovery::Policy recovery;
  otp::Policy otp;
};
// Sends, and tries beyond one recovery, are not limited: that is otp's own affair.
Policies PoliciesOf(const Setup& setup);

// A token follows it in a notice's link.
inline constexpr char kNotMeUrl[] = "https://portal.example/not-me#";

enum class Service { kLinking, kRecovery, kOtp };

class World {
 public:
  explicit World(const Setup& setup);
  ~World();

  // A new person of 30 years, with everything that is demanded: "p0", "p1", …
  Citizen AddPerson();

  testing::FakeClock& clock() { return clock_; }
  absl::Time now() const { return clock_.Now(); }
  People& people() { return people_; }
  const People& people() const { return people_; }
  Cuts& cuts() { return wires_.cuts; }
  // Where a race wants a proof or an approval to meet somebody: shortly before it is written. Set while
  // nobody calls.
  void BeforeCommit(std::function<void()> meet) { wires_.before_commit = std::move(meet); }
  Cuts& notice_cuts() { return wires_.notices; }
  const Policies& policies() const { return policies_; }
  const RecoveryOtp& otp() const { return recovery_otp_; }
  linking::Handlers& linking();
  recovery::Handlers& recovery();

  // Sends what otp has to send, and tells how many messages have left since the beginning. Its sender and its
  // providers are left out.
  int Messages();
  // The last code that came to this phone.
  std::string CodeTo(const std::string& phone);

  // The service's process ends and begins anew over the same store.
  void Restart(Service service);
  int RunTimers();
  // Everything that is due in the outbox of linking or of recovery.
  int RunOutbox(Service service);
  // What identity and recovery have told since the last time reaches those who follow.
  void DeliverEvents();

  kv::Database& database(Service service);

 private:
  struct LinkingRun;
  struct RecoveryRun;
  struct OtpRun;
  void DeliverRecoveryNews();
  void DeliverIdentityNews();

  const Setup setup_;
  const Policies policies_;
  testing::FakeClock clock_;
  testing::FakeRandom random_;
  crypto::Keyring keys_;
  crypto::JwtSigner signer_;
  People people_;
  Wires wires_;
  LinkingIdentity linking_identity_;
  RecoveryIdentity recovery_identity_;
  RecoveryLinking recovery_linking_;
  RecoveryOtp recovery_otp_;
  CodeBox box_;
  std::map<Service, std::unique_ptr<kv::Database>> databases_;
  std::unique_ptr<OtpRun> otp_run_;
  std::unique_ptr<LinkingRun> linking_run_;
  std::unique_ptr<RecoveryRun> recovery_run_;
  size_t identity_news_seen_ = 0;
  uint64_t recovery_revision_ = 0;
  uint32_t recovery_index_ = 0;
};

}  // namespace tc::trust
