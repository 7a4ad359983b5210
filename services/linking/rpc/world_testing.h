#pragma once

// A small world for tests of the handlers: a store in memory, a clock that stands still, and an identity
// service that knows alice (principal), bob, carol and dave, and whomever a test adds.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/status.h"
#include "common/crypto/keyring.h"
#include "common/kv/dispatcher.h"
#include "common/kv/rocks_database.h"
#include "common/kv/testing.h"
#include "common/kv/timer_runner.h"
#include "common/rpc/once.h"
#include "common/rpc/page.h"
#include "common/testing/await.h"
#include "common/testing/call.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "services/linking/rpc/courier.h"
#include "services/linking/rpc/fake_identity_testing.h"
#include "services/linking/rpc/handlers.h"
#include "services/linking/rpc/identity_news.h"
#include "services/linking/rpc/recovery_news.h"
#include "services/linking/rpc/timers.h"

namespace tc::linking {

inline Policy TestPolicy(const std::string& profile = "gosuslugi") {
  return MakePolicy(*ResolvePolicy(PolicyKeys(), profile, {}));
}

// What outlives a restart: keys, time, the other service.
struct Surroundings {
  testing::FakeClock clock;
  testing::FakeRandom random;
  crypto::Keyring keys = crypto::Keyring::ForTest({"people", "phones", "once", "page"}, random);
  FakeIdentity identity;
};

// One run of the service over a store.
struct Run {
  Run(Surroundings& around, std::unique_ptr<kv::Database> store, Policy policy)
      : database(std::move(store)),
        once(*database, *crypto::Sealer::Create(around.keys, "once", around.random)),
        pager(*crypto::KeyedHash::Create(around.keys, "page", "test/page")),
        stores{InvitationStore(*crypto::Sealer::Create(around.keys, "people", around.random),
                               *crypto::KeyedHash::Create(around.keys, "phones", "test/phones")),
               LinkStore(*crypto::Sealer::Create(around.keys, "people", around.random)),
               BlockStore(*crypto::Sealer::Create(around.keys, "people", around.random)),
               Outbox(*crypto::Sealer::Create(around.keys, "people", around.random))},
        numbers(policy),
        handlers({once, pager, around.random, around.identity, stores, policy}) {}

  std::unique_ptr<kv::Database> database;
  rpc::Once once;
  rpc::Pager pager;
  Stores stores;
  Policy numbers;
  Handlers handlers;
};

inline kv::TestSwitches RunTwice() {
  kv::TestSwitches switches;
  switches.run_twice = true;
  return switches;
}

class World {
 public:
  // Every closure runs twice, and its first run is rolled back: one with an effect of its own would show.
  explicit World(Policy policy = TestPolicy(), kv::TestSwitches switches = RunTwice())
      : World(policy, kv::InMemoryForTest(switches)) {}
  World(Policy policy, std::unique_ptr<kv::Database> store)
      : run_(std::make_unique<Run>(around_, std::move(store), policy)) {
    Know("alice", "Алиса", "+79160000001", "Алиса П.");
    Know("bob", "Борис", "+79160000002", "Борис С.");
    Know("carol", "Карина", "+79160000003", "Карина К.");
    Know("dave", "Давид", "+79160000004", "Давид Д.");
  }

  FakeIdentity& identity() { return around_.identity; }
  testing::FakeClock& clock() { return around_.clock; }
  Handlers& handlers() { return run_->handlers; }
  kv::Database& database() { return *run_->database; }
  const Stores& stores() { return run_->stores; }
  absl::Time now() { return clock().Now(); }

  // Ends this run and begins another one over what `store` opens.
  template <typename Open>
  void Restart(Policy policy, Open open) {
    run_.reset();
    run_ = std::make_unique<Run>(around_, open(), policy);
  }

  void Know(const std::string& account, const std::string& first_name, const std::string& phone,
            const std::string& masked_name) {
    identity().people[account] = {first_name, phone, masked_name};
  }

  rpc::Call As(const std::string& account) { return testing::As(account, now()); }
  rpc::Call Recovery() { return testing::FromService("recovery", now()); }

  absl::StatusOr<pb::Invitation> Invite(const std::string& principal, const std::string& first_name,
                                        const std::string& phone) {
    pb::CreateInvitationRequest in;
    in.set_contact_first_name(first_name);
    in.set_contact_phone(phone);
    return handlers().CreateInvitation(As(principal), in);
  }
  // Invites a person by what identity knows of him.
  absl::StatusOr<pb::Invitation> Invite(const std::string& principal, const std::string& contact) {
    const KnownPerson& person = identity().people.at(contact);
    return Invite(principal, person.first_name, person.phone);
  }
  absl::StatusOr<pb::Link> Accept(const std::string& contact, const std::string& invitation) {
    pb::AcceptInvitationRequest in;
    in.set_name(invitation);
    return Accept(As(contact), in);
  }
  absl::StatusOr<pb::Link> Accept(const rpc::Call& call, const pb::AcceptInvitationRequest& in) {
    return testing::Await(handlers(), &Handlers::AcceptInvitation, call, in);
  }
  absl::StatusOr<pb::Invitation> Decline(const std::string& contact, const std::string& invitation,
                                         bool block_sender = false) {
    pb::DeclineInvitationRequest in;
    in.set_name(invitation);
    in.set_block_sender(block_sender);
    return handlers().DeclineInvitation(As(contact), in);
  }
  absl::StatusOr<pb::Invitation> Cancel(const std::string& principal, const std::string& invitation) {
    pb::CancelInvitationRequest in;
    in.set_name(invitation);
    return handlers().CancelInvitation(As(principal), in);
  }
  absl::StatusOr<pb::Invitation> GetInvitation(const std::string& person, const std::string& invitation) {
    pb::GetInvitationRequest in;
    in.set_name(invitation);
    return handlers().GetInvitation(As(person), in);
  }
  std::vector<pb::Invitation> Invitations(const std::string& person, pb::InvitationView view) {
    pb::ListInvitationsRequest in;
    in.set_view(view);
    const auto out = handlers().ListInvitations(As(person), in);
    EXPECT_THAT(out, testing::IsOk());
    return {out->invitations().begin(), out->invitations().end()};
  }
  // Invites and accepts.
  pb::Link Link(const std::string& principal, const std::string& contact) {
    const auto invitation = Invite(principal, contact);
    EXPECT_THAT(invitation, testing::IsOk());
    const auto link = Accept(contact, invitation->name());
    EXPECT_THAT(link, testing::IsOk());
    return link.value_or(pb::Link());
  }
  absl::StatusOr<pb::Link> TrustedContact(const std::string& principal) {
    return handlers().GetTrustedContact(As(principal), {});
  }
  std::vector<pb::Link> Principals(const std::string& contact) {
    const auto out = handlers().ListPrincipals(As(contact), {});
    EXPECT_THAT(out, testing::IsOk());
    return {out->links().begin(), out->links().end()};
  }
  absl::StatusOr<pb::Link> Remove(const std::string& principal, const std::string& link = "") {
    pb::RemoveTrustedContactRequest in;
    in.set_link(link);
    return handlers().RemoveTrustedContact(As(principal), in);
  }
  absl::StatusOr<pb::Link> Resign(const std::string& contact, const std::string& link) {
    pb::ResignRequest in;
    in.set_name(link);
    return handlers().Resign(As(contact), in);
  }
  pb::Guard Guard(const std::string& principal) {
    pb::GetGuardRequest in;
    in.set_principal("accounts/" + principal);
    const auto guard = handlers().GetGuard(Recovery(), in);
    EXPECT_THAT(guard, testing::IsOk());
    return guard.value_or(pb::Guard());
  }
  absl::StatusOr<pb::Guard> Hold(const std::string& principal, const std::string& recovery,
                                 absl::Duration lasts) {
    pb::HoldGuardRequest in;
    in.set_principal("accounts/" + principal);
    in.set_recovery(recovery);
    in.mutable_until()->set_seconds(absl::ToUnixSeconds(now() + lasts));
    return handlers().HoldGuard(Recovery(), in);
  }
  // The recovery service tells.
  absl::StatusOr<pb::DangerReport> ReportDanger(const std::string& contact, const std::string& link) {
    pb::ReportDangerRequest in;
    in.set_name(link);
    return handlers().ReportDanger(As(contact), in);
  }
  absl::StatusOr<pb::Guard> GuardAt(const std::string& principal, absl::Time at) {
    pb::GetGuardRequest in;
    in.set_principal("accounts/" + principal);
    in.mutable_at()->set_seconds(absl::ToUnixSeconds(at));
    return handlers().GetGuard(Recovery(), in);
  }
  absl::StatusOr<pb::Guard> RemoveGuard(const std::string& principal, const std::string& link,
                                        const std::string& recovery) {
    pb::RemoveGuardRequest in;
    in.set_principal("accounts/" + principal);
    in.set_link(link);
    in.set_recovery(recovery);
    return handlers().RemoveGuard(Recovery(), in);
  }
  absl::Status News(const std::string& type, std::map<std::string, std::string> attributes) {
    const rpc::FollowedEvent event{type, "recoveries/x", std::move(attributes), now()};
    const rpc::EventHandler news = RecoveryNews(stores(), clock());
    return database().Update([&](kv::Txn& txn) { return news(txn, event); }).status();
  }
  // The identity service tells.
  absl::Status IdentityTells(const std::string& type, std::map<std::string, std::string> attributes) {
    const rpc::FollowedEvent event{type, "accounts/x", std::move(attributes), now()};
    const rpc::EventHandler news = IdentityNews(stores());
    return database().Update([&](kv::Txn& txn) { return news(txn, event); }).status();
  }
  int RunTimers() {
    return kv::TimerRunner::RunOnce(database(), clock(), TimerHandlers(stores(), run_->numbers));
  }
  int RunOutbox() { return RunOutbox(identity()); }
  int RunOutbox(IdentityPeer& peer) {
    return kv::Dispatcher::RunOnce(database(), clock(), dispatcher_random_,
                                   OutboxHandlers(database(), stores(), peer, clock()));
  }
  std::vector<kv::OutboxRow> Waiting() { return *database().ListOutbox("", 100000); }
  // "alice: CONTACT_LINKED Борис С.": what people are told when all that waits is performed, in no order that
  // matters.
  std::vector<std::string> Told() {
    RunOutbox();
    std::vector<std::string> told;
    for (const Notice& notice : identity().TakeNotices()) {
      told.push_back(absl::StrCat(notice.receiver.text(), ": ", Word(notice.kind),
                                  notice.masked_person.empty() ? "" : " ", notice.masked_person));
    }
    return told;
  }

  std::vector<kv::Event> Events() { return *database().Changes(0, 0, 100000); }
  std::vector<std::string> EventTypes() {
    std::vector<std::string> types;
    for (const kv::Event& event : Events()) types.push_back(event.type);
    return types;
  }
  // Every key and value there is, in one string.
  std::string Dump() {
    std::string all;
    EXPECT_THAT(database().View([&](kv::ReadTxn& txn) {
      return txn.Scan("", std::string(8, '\xff'), [&](absl::string_view key, absl::string_view value) {
        absl::StrAppend(&all, key, "=", value, "\n");
        return true;
      });
    }),
                testing::IsOk());
    return all;
  }

 private:
  static const char* Word(NoticeKind kind) {
    constexpr const char* kWords[] = {
        "sent",    "received",        "ended",   "contact linked", "principal linked", "suspended",
        "resumed", "removal pending", "removed", "resigned",       "danger",           "reminder"};
    return kWords[static_cast<size_t>(kind)];
  }

  Surroundings around_;
  testing::FakeRandom dispatcher_random_{9};
  std::unique_ptr<Run> run_;
};

}  // namespace tc::linking
