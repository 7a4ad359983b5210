#pragma once

// The identity service as linking's tests want it: it knows whom a test adds, says of them what the test
// says, and remembers what it was asked and whom it was told to tell.

#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/refusal.h"
#include "common/base/status.h"
#include "services/linking/outbound/identity_peer.h"
#include "services/linking/store/outbox.h"

namespace tc::linking {

// What a test believes about one person.
struct KnownPerson {
  std::string first_name;
  std::string phone;
  std::string masked_name;
  Eligibility as_principal{true, {}};
  Eligibility as_contact{true, {}};
};

// Thread-safe, as an IdentityPeer must be; `people` is changed between calls only.
class FakeIdentity : public IdentityPeer {
 public:
  std::map<std::string, KnownPerson> people;
  Match conflicts;  // its flags are added to every match
  absl::Status failure;

  absl::StatusOr<Eligibility> CheckEligibility(const AccountId& account, EligibilityRole role,
                                               absl::Time) override {
    Note("CheckEligibility");
    const KnownPerson person = TRY(Person(account));
    return role == EligibilityRole::kPrincipal ? person.as_principal : person.as_contact;
  }

  absl::StatusOr<Match> MatchContact(const AccountId& principal, const FirstName& first_name,
                                     const Phone& phone, absl::Time) override {
    Note("MatchContact");
    TRY(Person(principal).status());
    Match match = conflicts;
    for (const auto& [account, person] : people) {
      if (person.phone != phone.e164() || person.first_name != first_name.text()) continue;
      match.account = AccountId::FromTrusted(account);
      match.masked_name = person.masked_name;
      match.same_account = match.same_account || match.account == principal;
    }
    return match;
  }

  void AskForAcceptance(const AcceptanceQuestion& question, absl::Time deadline, Told told) override {
    AcceptanceFacts facts;
    facts.contact = CheckEligibility(question.contact, EligibilityRole::kContact, deadline);
    facts.match = MatchContact(question.principal, question.first_name, question.phone, deadline);
    facts.principal = CheckEligibility(question.principal, EligibilityRole::kPrincipal, deadline);
    std::move(told)(std::move(facts));
  }

  absl::StatusOr<std::string> MaskedName(const AccountId& account, absl::Time) override {
    Note("MaskedName");
    return TRY(Person(account)).masked_name;
  }

  absl::StatusOr<Conflicts> CompareAccounts(const AccountId& principal, const AccountId& contact,
                                            absl::Time) override {
    Note("CompareAccounts");
    TRY(Person(principal).status());
    TRY(Person(contact).status());
    const std::lock_guard lock(mutex_);
    return Conflicts{compared_.same_person, compared_.same_phone};
  }

  absl::Status Notify(const Notice& notice, const std::string& request_id, absl::Time) override {
    TRY(failure);
    const std::lock_guard lock(mutex_);
    if (requests_.insert(request_id).second) notices_.push_back(notice);
    return absl::OkStatus();
  }

  absl::Status Freeze(const AccountId& account, absl::Time until, const std::string& request_id,
                      absl::Time) override {
    TRY(failure);
    TRY(freeze_refusal);
    const std::lock_guard lock(mutex_);
    if (requests_.insert(request_id).second) freezes_.push_back({account, until});
    return absl::OkStatus();
  }

  absl::Status freeze_refusal;

  // What CompareAccounts finds from now on.
  void Compare(Conflicts found) {
    const std::lock_guard lock(mutex_);
    compared_ = found;
  }
  // The notices and freezes since the last look.
  std::vector<Notice> TakeNotices() {
    const std::lock_guard lock(mutex_);
    return std::exchange(notices_, {});
  }
  std::vector<FreezeOrder> TakeFreezes() {
    const std::lock_guard lock(mutex_);
    return std::exchange(freezes_, {});
  }
  // The questions since the last look.
  std::vector<std::string> TakeQuestions() {
    const std::lock_guard lock(mutex_);
    return std::exchange(questions_, {});
  }

 private:
  absl::StatusOr<KnownPerson> Person(const AccountId& account) const {
    TRY(failure);
    const auto found = people.find(account.text());
    if (found == people.end()) return NotFound("account");
    return found->second;
  }
  void Note(const char* question) {
    const std::lock_guard lock(mutex_);
    questions_.push_back(question);
  }

  std::mutex mutex_;
  std::vector<std::string> questions_;
  Conflicts compared_;
  std::set<std::string> requests_;
  std::vector<Notice> notices_;
  std::vector<FreezeOrder> freezes_;
};

}  // namespace tc::linking
