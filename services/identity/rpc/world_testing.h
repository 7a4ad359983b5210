#pragma once

// A small world for tests of the handlers: a store in memory, a clock that stands still, an otp that knows
// its codes, and people. Password hashing is real, with costs that only a test may choose.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/crypto/keyring.h"
#include "common/kv/rocks_database.h"
#include "common/rpc/once.h"
#include "common/rpc/page.h"
#include "common/testing/call.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "services/identity/rpc/effects.h"
#include "services/identity/rpc/fake_otp_testing.h"
#include "services/identity/rpc/handlers.h"
#include "services/identity/rpc/registrations_testing.h"
#include "services/identity/rpc/settings_testing.h"

namespace tc::identity {

class World {
 public:
  static constexpr crypto::Argon2Params kCheap = {8, 1, 1};
  static constexpr char kGood[] = "Kp7!wQz2";
  static constexpr char kBetter[] = "Tr0ub&dor3";

  // Every closure runs twice, and its first run is rolled back: one with an effect of its own would show.
  explicit World(const Policy& policy = TestPolicy(), kv::TestSwitches switches = RunTwice())
      : World(kv::InMemoryForTest(switches), kv::InMemory(), policy) {}
  // Over other stores: of the accounts, and of people's keys.
  World(std::unique_ptr<kv::Database> database, std::unique_ptr<kv::Database> key_store,
        const Policy& policy = TestPolicy())
      : database_(std::move(database)), key_store_(std::move(key_store)), policy_(policy) {}

  FakeOtp& otp() { return otp_; }
  testing::FakeClock& clock() { return clock_; }
  testing::FakeRandom& random() { return random_; }
  kv::Database& database() { return *database_; }
  Handlers& handlers() { return handlers_; }
  const Vault& vault() const { return vault_; }
  kv::Database& key_store() { return *key_store_; }
  crypto::Keyring& keyring() { return keys_; }
  const rpc::Once& once() const { return once_; }
  absl::Time now() const { return clock_.Now(); }

  // Callers, now.
  rpc::Call As(const std::string& account) { return testing::As(account, now()); }
  rpc::Call Portal() { return testing::FromPortal(now()); }
  rpc::Call Idp() { return testing::FromPeer(rpc::Role::kIdentityProvider, "idp", now()); }
  rpc::Call Operator() { return testing::FromPeer(rpc::Role::kOperator, "anna", now()); }
  rpc::Call Centre() { return testing::FromPeer(rpc::Role::kServiceCentre, "mfc", now()); }
  rpc::Call Bank() { return testing::FromPeer(rpc::Role::kBank, "bank", now()); }
  rpc::Call Post() { return testing::FromPeer(rpc::Role::kPost, "post", now()); }
  rpc::Call Service(const std::string& name = "linking") { return testing::FromService(name, now()); }

  // A registered account; with a bound main number and confirmed, unless said otherwise.
  absl::StatusOr<pb::Account> Create(const std::string& id, int n, const std::string& first_name = "Иван",
                                     const std::string& last_name = "Петров") {
    pb::CreateAccountRequest in = Registration(id, n, first_name, last_name);
    in.set_verified_phone(PhoneNumber(n));
    in.set_verified_email(id + "@example.org");
    return handlers().accounts.CreateAccount(Idp(), in);
  }
  absl::StatusOr<pb::Account> Confirm(const std::string& id, int n) {
    pb::ConfirmAccountRequest in;
    in.set_name("accounts/" + id);
    in.set_method(pb::CONFIRMATION_METHOD_SERVICE_CENTRE);
    in.set_reference("case-1");
    SetPassport(in.mutable_document(), n);
    return handlers().accounts.ConfirmAccount(Centre(), in);
  }
  absl::StatusOr<pb::Account> Citizen(const std::string& id, int n, const std::string& first_name = "Иван",
                                      const std::string& last_name = "Петров") {
    TRY(Create(id, n, first_name, last_name));
    return Confirm(id, n);
  }
  // Without a phone and an e-mail address.
  absl::StatusOr<pb::Account> Bare(const std::string& id, int n) {
    return handlers().accounts.CreateAccount(Idp(), Registration(id, n));
  }

  absl::StatusOr<pb::Account> Get(const std::string& id) {
    pb::GetAccountRequest in;
    in.set_name("accounts/" + id);
    return handlers().accounts.GetAccount(Operator(), in);
  }
  absl::StatusOr<pb::Account> Delete(const rpc::Call& call, const std::string& id) {
    pb::DeleteAccountRequest in;
    in.set_name("accounts/" + id);
    in.set_reason("OWNER_REQUEST");
    return handlers().accounts.DeleteAccount(call, in);
  }
  absl::StatusOr<pb::Account> Block(const std::string& id) {
    pb::BlockAccountRequest in;
    in.set_name("accounts/" + id);
    in.set_reason("запрос Ивана Петрова");
    return handlers().accounts.BlockAccount(Operator(), in);
  }
  absl::StatusOr<pb::Account> Freeze(const rpc::Call& call, const std::string& id,
                                     absl::Duration how_long = absl::InfiniteDuration()) {
    pb::FreezeAccountRequest in;
    in.set_name("accounts/" + id);
    if (how_long != absl::InfiniteDuration()) SetTime(in.mutable_expire_time(), now() + how_long);
    return handlers().accounts.FreezeAccount(call, in);
  }
  absl::StatusOr<pb::Account> Unfreeze(const rpc::Call& call, const std::string& id, bool confirmed = false) {
    pb::UnfreezeAccountRequest in;
    in.set_name("accounts/" + id);
    in.set_confirmed(confirmed);
    return handlers().accounts.UnfreezeAccount(call, in);
  }

  absl::StatusOr<pb::Phone> Bind(const rpc::Call& call, const std::string& id, const std::string& number) {
    pb::BindPhoneRequest in;
    in.set_account("accounts/" + id);
    in.set_phone(number);
    return handlers().phones.BindPhone(call, in);
  }
  absl::StatusOr<pb::Phone> ConfirmPhone(const rpc::Call& call, const std::string& name,
                                         const std::string& code = FakeOtp::kCode) {
    pb::ConfirmPhoneRequest in;
    in.set_name(name);
    in.set_code(code);
    return handlers().phones.ConfirmPhone(call, in);
  }
  // Binds and confirms in the cabinet.
  absl::StatusOr<pb::Phone> Move(const std::string& id, const std::string& number) {
    const pb::Phone pending = TRY(Bind(As(id), id, number));
    return ConfirmPhone(As(id), pending.name());
  }
  absl::StatusOr<pb::Phone> Release(const rpc::Call& call, const std::string& name,
                                    const std::string& reason = "") {
    pb::ReleasePhoneRequest in;
    in.set_name(name);
    in.set_reason(reason);
    return handlers().phones.ReleasePhone(call, in);
  }
  // Proved to the caller just now, unless said otherwise.
  absl::StatusOr<pb::Phone> Import(const rpc::Call& call, const std::string& id, const std::string& number,
                                   absl::Duration proved_before = absl::ZeroDuration()) {
    pb::ImportPhoneRequest in;
    in.set_account("accounts/" + id);
    in.set_phone(number);
    SetTime(in.mutable_proof_time(), now() - proved_before);
    in.set_reference("letter-7");
    return handlers().phones.ImportPhone(call, in);
  }
  absl::StatusOr<pb::EmailAddress> BindEmail(const std::string& id, const std::string& email) {
    pb::BindEmailRequest in;
    in.set_account("accounts/" + id);
    in.set_email(email);
    return handlers().emails.BindEmail(As(id), in);
  }
  absl::StatusOr<pb::EmailAddress> ConfirmEmail(const std::string& id,
                                                const std::string& code = FakeOtp::kCode) {
    pb::ConfirmEmailRequest in;
    in.set_account("accounts/" + id);
    in.set_code(code);
    return handlers().emails.ConfirmEmail(As(id), in);
  }
  absl::StatusOr<pb::ListPhonesResponse> Phones(const std::string& id, bool released = false) {
    pb::ListPhonesRequest in;
    in.set_account("accounts/" + id);
    in.set_show_released(released);
    return handlers().phones.ListPhones(As(id), in);
  }

  absl::StatusOr<pb::Credential> SetPassword(const std::string& id, const std::string& current,
                                             const std::string& fresh) {
    pb::SetPasswordRequest in;
    in.set_account("accounts/" + id);
    in.set_current_password(current);
    in.set_new_password(fresh);
    return handlers().passwords.SetPassword(As(id), in);
  }
  absl::StatusOr<pb::VerifyPasswordResponse> Verify(const std::string& id, const std::string& password) {
    pb::VerifyPasswordRequest in;
    in.set_account("accounts/" + id);
    in.set_password(password);
    rpc::Call call = Idp();
    call.method = "VerifyPassword";
    return handlers().sign_in.VerifyPassword(call, in);
  }
  bool Opens(const std::string& id, const std::string& password) { return Verify(id, password)->verified(); }

  // A proof as recovery signs it; `spoil` makes it a bad one.
  std::string Proof(const std::string& id, const std::string& jti,
                    const std::function<void(crypto::Claims&)>& spoil = nullptr) {
    crypto::Claims claims;
    claims.issuer = "recovery";
    claims.audience = {"identity"};
    claims.subject = id;
    claims.id = jti;
    claims.expires_at = now() + absl::Seconds(60);
    claims.extra["purpose"] = "PASSWORD_RECOVERY";
    if (spoil) spoil(claims);
    return signer_.Sign(claims);
  }
  absl::StatusOr<pb::Credential> Reset(const std::string& id, const std::string& proof,
                                       const std::string& fresh,
                                       absl::Duration restricted = absl::ZeroDuration()) {
    pb::ResetPasswordRequest in;
    if (restricted != absl::ZeroDuration()) SetTime(in.mutable_restrict_expire_time(), now() + restricted);
    in.set_account("accounts/" + id);
    in.set_proof(proof);
    in.set_new_password(fresh);
    return handlers().passwords.ResetPassword(Service("recovery"), in);
  }

  // The types of the events since the last look.
  std::vector<std::string> NewEvents() {
    std::vector<std::string> types;
    const std::vector<kv::Event> events = *database_->Changes(seen_revision_, seen_index_, 1000);
    for (const kv::Event& event : events) {
      types.push_back(event.type);
      seen_revision_ = event.revision;
      seen_index_ = event.index;
    }
    return types;
  }
  // Performs what waits in the outbox, and the timers that are due.
  void Settle() {
    kv::Dispatcher::RunOnce(*database_, clock_, random_, OutboxHandlers(otp_, vault_, clock_, purges_));
    kv::TimerRunner::RunOnce(*database_, clock_, TimerHandlers(handlers_.desk));
  }

  // Handlers over the same store with other password costs.
  Handlers WithHasher(const PasswordHasher& hasher) { return Handlers(Parts(hasher)); }
  crypto::HashPool& pool() { return pool_; }

 private:
  DeskParts Parts(const PasswordHasher& hasher) {
    return {.once = once_,
            .pager = pager_,
            .vault = vault_,
            .hasher = hasher,
            .otp = otp_,
            .random = random_,
            .refusals = refusals_,
            .attempts = *crypto::KeyedHash::Create(keys_, "attempts", "test/attempts"),
            .devices = *crypto::KeyedHash::Create(keys_, "attempts", "test/devices"),
            .proofs = &proofs_,
            .blocklist = nullptr,
            .policy = policy_,
            .zone = MoscowZone()};
  }

  testing::FakeClock clock_;
  testing::FakeRandom random_;
  crypto::Keyring keys_ = crypto::Keyring::ForTest(TestPurposes(), random_);
  std::optional<rpc::RefusalLog> refusal_log_;  // outlives the database
  std::unique_ptr<kv::Database> database_;
  rpc::RefusalLog& refusals_ = refusal_log_.emplace(*database_);
  std::unique_ptr<kv::Database> key_store_;
  Policy policy_;
  rpc::Once once_{*database_, *crypto::Sealer::Create(keys_, "once", random_)};
  rpc::Pager pager_{*crypto::KeyedHash::Create(keys_, "page", "test/page")};
  int key_purges_ = 0;
  int store_purges_ = 0;
  const Purges purges_ = {[this] { return ++key_purges_, key_store_->Purge(); },
                          [this] { return ++store_purges_, database_->Purge(); }};
  std::unique_ptr<crypto::KeyWrapper> wrapper_ = crypto::LocalKeyWrapper(keys_, Vault::kWrapping, random_);
  PersonKeys people_{*key_store_, *wrapper_, random_};
  Vault vault_ = *Vault::Open(keys_, people_, random_);
  crypto::HashPool pool_{2, 256};
  PasswordHasher hasher_ = *PasswordHasher::Create(pool_, kCheap, random_);
  FakeOtp otp_;
  crypto::JwtSigner signer_ = *crypto::JwtSigner::Generate("recovery-1");
  rpc::IssuerKeys proofs_ = *crypto::JwtVerifier::FromJwks(signer_.Jwks());
  Handlers handlers_{Parts(hasher_)};
  uint64_t seen_revision_ = 0;
  uint32_t seen_index_ = 0;
};

}  // namespace tc::identity
