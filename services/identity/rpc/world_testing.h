#pragma once

// A small world for tests of the handlers: a store in memory, a clock that stands still, an otp that knows
// its codes, and people. Password hashing is real, with costs that only a test may choose.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/status.h"
#include "common/crypto/keyring.h"
#include "common/kv/rocks_database.h"
#include "common/kv/testing.h"
#include "common/rpc/once.h"
#include "common/rpc/page.h"
#include "common/testing/call.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "services/identity/rpc/effects.h"
#include "services/identity/rpc/handlers.h"

namespace tc::identity {

// What otp promises, in memory: a code a verification, attempts charged, the same attempt id is the same
// attempt. Thread-safe.
class FakeOtp final : public OtpPeer {
 public:
  static constexpr char kCode[] = "123456";

  struct Held {
    CodeOrder made;
    int sends = 1;
    int attempts_left = 5;
    bool consumed = false;
    bool cancelled = false;
  };

  absl::StatusOr<CodeProgress> Create(const CodeOrder& v, absl::Time) override {
    const std::lock_guard lock(mutex_);
    TRY(failure_);
    held_.emplace(v.id.text(), Held{v});  // a repeated call finds the one that it made
    return ProgressOf(held_.at(v.id.text()));
  }
  absl::StatusOr<CodeProgress> Resend(const CodeOrder& v, absl::Time) override {
    RunMeanwhile();
    const std::lock_guard lock(mutex_);
    TRY(failure_);
    TRY(resend_failure_);
    Held& held = held_.at(v.id.text());
    held.sends += 1;
    return ProgressOf(held);
  }
  absl::StatusOr<CodeCheck> Check(const CodeSubject& subject, const Secret& code,
                                  const std::string& request_id, absl::Time) override {
    const std::lock_guard lock(mutex_);
    TRY(failure_);
    const auto found = held_.find(subject.id.text());
    if (found == held_.end()) return NotFound("verification");
    Held& held = found->second;
    if (held.made.account != subject.account || held.made.request != subject.request ||
        held.made.purpose != subject.purpose) {
      return NotFound("verification");
    }
    const auto answered = answers_.find(request_id);
    if (answered != answers_.end()) return answered->second;
    if (held.consumed || held.cancelled) return Closed();
    if (held.attempts_left == 0) {
      return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kAttemptsExhausted,
                    "no attempts are left");
    }
    const bool matched = code.Reveal() == kCode;
    if (!matched) held.attempts_left -= 1;
    return answers_[request_id] = CodeCheck{matched, ProgressOf(held)};
  }
  absl::Status Consume(const CodeSubject& subject, absl::Time) override {
    RunMeanwhile();
    const std::lock_guard lock(mutex_);
    TRY(failure_);
    held_.at(subject.id.text()).consumed = true;
    if (!std::exchange(lose_next_consume_, false)) return absl::OkStatus();
    return Refuse(absl::StatusCode::kUnavailable, Reason::kPeerUnavailable, "the answer is lost");
  }
  absl::Status Cancel(const VerificationId& id, const std::string&, absl::Time) override {
    const std::lock_guard lock(mutex_);
    held_.at(id.text()).cancelled = true;
    return absl::OkStatus();
  }
  absl::Status Notify(const Notice& notice, const std::string&, const std::string&, absl::Time) override {
    const std::lock_guard lock(mutex_);
    notices_.push_back(notice);
    return absl::OkStatus();
  }

  void FailWith(absl::Status failure) { failure_ = std::move(failure); }
  void FailResendWith(absl::Status failure) { resend_failure_ = std::move(failure); }
  // Happens once, when otp is next asked to resend or to consume: between a handler's look and its commit.
  void Meanwhile(std::function<void()> work) { meanwhile_ = std::move(work); }
  // It happens, but nobody learns of it.
  void LoseNextConsume() { lose_next_consume_ = true; }
  size_t verifications() const { return held_.size(); }
  const Held& held(const std::string& id) const { return held_.at(id); }
  const std::vector<Notice>& notices() const { return notices_; }

 private:
  static absl::Status Closed() {
    return Refuse(absl::StatusCode::kFailedPrecondition, Reason::kVerificationClosed,
                  "the verification has ended");
  }
  static CodeProgress ProgressOf(const Held& held) {
    CodeProgress progress;
    progress.attempts_left = held.attempts_left;
    progress.sends_left = 3 - held.sends;
    progress.channels = {CodeChannel::kSms, CodeChannel::kVoice};
    progress.server_time = testing::Noon();
    progress.expires_at = testing::Noon() + absl::Minutes(5);
    progress.masked_address =
        held.made.phone.has_value() ? held.made.phone.Masked() : held.made.email.Masked();
    return progress;
  }

  void RunMeanwhile() {
    std::function<void()> work;
    {
      const std::lock_guard lock(mutex_);
      work = std::exchange(meanwhile_, nullptr);
    }
    if (work) work();
  }

  std::mutex mutex_;
  std::function<void()> meanwhile_;
  absl::Status failure_;
  absl::Status resend_failure_;
  bool lose_next_consume_ = false;
  std::map<std::string, Held> held_;
  std::map<std::string, CodeCheck> answers_;
  std::vector<Notice> notices_;
};

// A person's data, as the wire carries it. Numbers make different people.
inline std::string SnilsNumber(int n) {
  const std::string digits = absl::StrFormat("%09d", 112000000 + n);
  int sum = 0;
  for (size_t i = 0; i < 9; ++i) sum += (digits[i] - '0') * (9 - static_cast<int>(i));
  return absl::StrFormat("%s%02d", digits, sum % 101 % 100);
}
inline std::string PhoneNumber(int n) { return absl::StrFormat("+79160%06d", n); }

inline void SetDay(pb::Date* date, int year, int month, int day) {
  date->set_year(year);
  date->set_month(month);
  date->set_day(day);
}

inline void SetPassport(pb::IdentityDocument* document, int n) {
  document->set_type(pb::DOCUMENT_TYPE_RF_PASSPORT);
  document->set_series("4509");
  document->set_number(absl::StrFormat("%06d", n));
  SetDay(document->mutable_issue_date(), 2007, 4, 1);
  document->set_issuer("ОВД Хамовники");
}

inline pb::CreateAccountRequest Registration(const std::string& id, int n,
                                             const std::string& first_name = "Иван",
                                             const std::string& last_name = "Петров") {
  pb::CreateAccountRequest in;
  in.set_account_id(id);
  in.mutable_account()->set_type(pb::ACCOUNT_TYPE_PERSONAL);
  pb::Person* person = in.mutable_account()->mutable_person();
  person->set_first_name(first_name);
  person->set_last_name(last_name);
  person->set_patronymic("Сергеевич");
  SetDay(person->mutable_birth_date(), 1987, 3, 21);
  person->set_sex(pb::SEX_MALE);
  person->set_citizenship("RU");
  person->set_snils(SnilsNumber(n));
  SetPassport(person->mutable_document(), n);
  return in;
}

inline kv::TestSwitches RunTwice() {
  kv::TestSwitches switches;
  switches.run_twice = true;
  return switches;
}

inline Policy TestPolicy(const std::string& profile = "gosuslugi") {
  return MakePolicy(*ResolvePolicy(PolicyKeys(), profile, {}));
}

inline absl::TimeZone MoscowZone() {
  absl::TimeZone zone;
  absl::LoadTimeZone("Europe/Moscow", &zone);
  return zone;
}

inline std::vector<std::string> TestPurposes() {
  std::vector<std::string> purposes = Vault::Purposes();
  purposes.insert(purposes.end(), {"once", "page", "attempts", Vault::kWrapping});
  return purposes;
}

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
  absl::StatusOr<pb::Account> Unfreeze(const rpc::Call& call, const std::string& id) {
    pb::UnfreezeAccountRequest in;
    in.set_name("accounts/" + id);
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
    return handlers().sign_in.VerifyPassword(Idp(), in);
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
                                       const std::string& fresh) {
    pb::ResetPasswordRequest in;
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
  std::unique_ptr<kv::Database> database_;
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
  crypto::JwtVerifier proofs_ = *crypto::JwtVerifier::FromJwks(signer_.Jwks());
  Handlers handlers_{Parts(hasher_)};
  uint64_t seen_revision_ = 0;
  uint32_t seen_index_ = 0;
};

}  // namespace tc::identity
