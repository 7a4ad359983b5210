// What must never be, whatever the model says: a password without a cause, a contact who is gone without one,
// a notice to somebody else, or the way to stop it in the wrong hands.

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "tests/trust/player.h"

namespace tc::trust {

using namespace trustedcontact::recovery::v1;  // NOLINT: the names of states

// Exactly those that the model expects, each once, also where one was delivered twice.
void Player::CheckNotices(bool without_cuts) {
  for (const Told& told : world_.people().told(notices_seen_)) {
    ++notices_seen_;
    if (told.from == "recovery") CheckNotMeWay(told);
    if (model_.MayBeTold(told)) continue;
    Complain(absl::StrCat(told.from, " tells ", told.receiver, " ", told.kind, " of ", told.masked_person,
                          ", which he must not be told, or knows already"));
  }
  if (const std::string missing = model_.Missing(without_cuts); !missing.empty()) {
    Complain(absl::StrCat(missing, " is lost"));
  }
}

// The way to say "this was not me" goes to the principal, and only while there is something to stop (NTF-04).
void Player::CheckNotMeWay(const Told& told) {
  using recovery::NoticeKind;
  const std::string name = absl::StrCat("assignedRecoveries/", told.subject);
  const auto& all = model_.recoveries();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const auto& it) { return it.assigned == name; });
  const auto kind = static_cast<NoticeKind>(told.kind);
  const bool stops = kind == NoticeKind::kStarted || kind == NoticeKind::kApproved ||
                     kind == NoticeKind::kHeld || kind == NoticeKind::kInPerson;
  const bool to_principal = found != all.end() && told.receiver == PersonId(found->principal);
  if (!told.link.empty() && !(stops && to_principal)) Complain("the not-me way is in the wrong hands");
  if (found == all.end() || model_.MayBeGone(*found)) return;
  if (stops && to_principal && told.link.empty()) Complain("the principal has no way to say: not me");
  absl::string_view token = told.link;
  if (absl::ConsumePrefix(&token, kNotMeUrl)) tokens_[name] = std::string(token);
}

// Rules 1 and 2: of a guarded account only the contact who guards it, by his code, or two officers.
void Player::CheckCauseOf(const Reset& reset) {
  const std::string name = absl::StrCat("assignedRecoveries/", reset.recovery);
  const auto cause = causes_.find(name);
  if (cause == causes_.end()) return Complain("a password was set without a cause");
  if (!used_.insert(name).second) Complain("a password was set twice for one cause");
  const auto guard = calls_.Guard(reset.account);
  if (!guard.ok() || !guard->guarded() || cause->second.by == Cause::By::kTwoOfficers) return;
  if (cause->second.by == Cause::By::kContact && cause->second.contact == guard->contact()) return;
  Complain("a password of a guarded account was set without its contact and without two officers");
}

void Player::CheckPasswords() {
  const std::vector<Reset> resets = world_.people().resets();
  for (; resets_seen_ < resets.size(); ++resets_seen_) CheckCauseOf(resets[resets_seen_]);
  for (const ModelRecovery& it : model_.recoveries()) {
    const bool set = it.state == RECOVERY_STATE_COMPLETED && it.purpose == RECOVERY_PURPOSE_PASSWORD;
    if (set != (used_.count(it.assigned) != 0)) {
      Complain(absl::StrCat("a recovery of ", PersonId(it.principal), set ? " is" : " is not", " COMPLETED",
                            set ? " without" : ", with", " a new password"));
    }
  }
  std::map<std::string, std::string> last;
  for (const Reset& reset : resets) last[reset.account] = reset.password;
  if (complaint_.empty() && last != password_of_) Complain("another password was set than the one accepted");
}

// One deed for one recovery that was confirmed.
void Player::CheckDeeds() {
  std::map<std::string, int> left;
  for (const ModelRecovery& it : model_.recoveries()) {
    const bool phone = it.purpose == RECOVERY_PURPOSE_PHONE_CHANGE;
    if (it.state != RECOVERY_STATE_COMPLETED || (!phone && it.purpose != RECOVERY_PURPOSE_UNFREEZE)) continue;
    if (causes_.count(it.assigned) == 0) Complain("a guarded action was done without a cause");
    ++left[PersonId(it.principal) + (phone ? " PHONE_CHANGE" : " UNFREEZE")];
  }
  for (const Deed& deed : world_.people().deeds()) --left[deed.account + " " + deed.what];
  for (const auto& [deed, count] : left) {
    if (count != 0) Complain(absl::StrCat(deed, count < 0 ? " was done too often" : " was never done"));
  }
}

void Player::CheckParting(int person, const std::string& guards_now) {
  std::string& guarded = guarded_by_[person];
  if (guarded == guards_now) return;
  const auto from = may_part_.find(guarded);
  if (!guarded.empty() && (from == may_part_.end() || world_.now() < from->second)) {
    Complain(absl::StrCat(PersonId(person), " has lost the contact, and nobody was entitled to it"));
  }
  guarded = guards_now;
}

// Who guarded then: at some moment of the last days.
void Player::CheckHistory(int person) {
  const absl::Time at = world_.now() - absl::Seconds(steps_ * 7919 % 90000);
  const int expected = model_.GuardAt(person, at);
  const auto guard = calls_.GuardAt(PersonId(person), at);
  const std::string link = expected == kNobody ? "" : model_.link(expected).name;
  if (!guard.ok() || guard->link() != link) {
    Complain(absl::StrCat("at ", absl::FormatTime(at, absl::UTCTimeZone()), " ", PersonId(person),
                          expected == kNobody ? " was not guarded" : " was guarded otherwise"));
  }
}

}  // namespace tc::trust
