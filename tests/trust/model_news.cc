// What reaches whom, and when: timers, outboxes, events.

#include <algorithm>
#include <utility>

#include "tests/trust/model.h"

namespace tc::trust {

using namespace trustedcontact::recovery::v1;  // NOLINT: the names of states

void Model::TimersRan() {
  for (int i = 0; i < static_cast<int>(recoveries_.size()); ++i) {
    ModelRecovery& it = recovery(i);
    if (IsFinal(it.state) && !std::exchange(it.end_told, true)) Written(i);
    while (!it.reminders.empty() && it.reminders.front() <= now_) {
      it.reminders.erase(it.reminders.begin());
      if (AwaitsContact(it.state)) TellContact(it, recovery::NoticeKind::kReminder);
    }
  }
  Written(kNobody);
  // He is asked while the link guards and is to stay (LNK-15); one that is to end is asked no more.
  for (ModelLink& it : links_) {
    if (now_ < it.remind_at) continue;
    const bool stays = it.state == trustedcontact::linking::v1::LINK_STATE_ACTIVE ||
                       it.state == trustedcontact::linking::v1::LINK_STATE_SUSPENDED;
    if (stays) TellPrincipal(it, linking::NoticeKind::kReminder, now_, true);
    it.remind_at = stays ? now_ + policies_.link.reminder_interval : absl::InfiniteFuture();
  }
}

void Model::LinkingOutboxRan() {
  for (ModelLink& it : links_) Recheck(it);
  freezes_wanted_.clear();
}

void Model::RecoveryOutboxRan() {
  for (ModelRecovery& it : recoveries_) {
    for (ModelCode* code : {&it.own_code, &it.contact_code}) {
      if (code->cancel_wanted == absl::InfiniteFuture()) continue;
      const bool locked = TriesLeft(*code) <= 0;
      const bool expired = now_ >= code->sent_at + policies_.otp.code_lifetime;
      if (!locked && !expired) code->cancelled = true;
      code->cancel_wanted = absl::InfiniteFuture();
    }
  }
}

void Model::EventsDelivered() {
  for (const rpc::FollowedEvent& event : people_.News(news_seen_)) {
    ++news_seen_;
    FollowPerson(event);
  }
  for (ModelRecovery& it : recoveries_) {
    if (!it.end_told || std::exchange(it.end_heard, true) || it.decoy) continue;
    const auto bind = [&](std::map<int, absl::Time>& bounds, absl::Duration lasts) {
      absl::Time& until = bounds.emplace(it.principal, absl::InfinitePast()).first->second;
      if (lasts > absl::ZeroDuration()) until = std::max(until, it.ended_at + lasts);
    };
    const bool password = it.purpose == RECOVERY_PURPOSE_PASSWORD;
    if (it.state == RECOVERY_STATE_COMPLETED && password)
      bind(restricted_until_, policies_.recovery.restricted_period);
    if (it.fraud) bind(frozen_until_, policies_.recovery.fraud_freeze);
  }
  for (auto& [principal, holds] : holds_) {
    std::erase_if(holds, [&](const Hold& hold) { return recovery(hold.recovery).end_told; });
  }
  SetNow(now_);
}

// R12: what happens to its people holds or ends an open recovery, and suspends links when it has been looked
// at.
void Model::FollowPerson(const rpc::FollowedEvent& event) {
  const std::string account = event.Attribute("account");
  for (ModelLink& it : links_) {
    if (PersonId(it.principal) != account && PersonId(it.contact) != account) continue;
    if (it.state == trustedcontact::linking::v1::LINK_STATE_ACTIVE ||
        it.state == trustedcontact::linking::v1::LINK_STATE_SUSPENDED) {
      it.recheck_due = true;
    }
  }
  const bool stops = event.type == "AccountBlocked" || event.type == "AccountFrozen";
  const bool confirmation_lost =
      event.type == "AccountUpdated" && event.Attribute("confirmation_lost") == "true";
  if (event.type != "PhoneBound" && !stops && !confirmation_lost) return;
  for (int i = 0; i < static_cast<int>(recoveries_.size()); ++i) {
    ModelRecovery& it = recovery(i);
    if (it.decoy || IsFinal(it.state)) continue;
    const bool proved = it.proved_at != absl::InfiniteFuture();
    if (PersonId(it.principal) == account && event.at > it.created_at) {
      if (event.type == "AccountFrozen" && it.purpose == RECOVERY_PURPOSE_UNFREEZE) continue;
      if (!proved) {
        // The first one counts; a lost confirmation matters where somebody guards.
        if (!it.held_early && !it.held_early_if_guarded) {
          (confirmation_lost ? it.held_early_if_guarded : it.held_early) = true;
        }
      } else if (it.state != RECOVERY_STATE_APPROVED) {
        HoldRecovery(i);
      } else if (!confirmation_lost || it.contact != kNobody) {
        End(i, RECOVERY_STATE_CANCELLED, now_, true);
      }
    } else if (proved && it.contact != kNobody && PersonId(it.contact) == account &&
               event.at > it.assigned_at) {
      HoldAsked(i);
    }
  }
}

}  // namespace tc::trust
