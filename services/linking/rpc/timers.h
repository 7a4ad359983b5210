#pragma once

// Timers: what the clock decides, made durable. Each handler reads its record again; one whose reason is gone
// does nothing.

#include <map>
#include <string>

#include "common/kv/database.h"
#include "common/kv/timer_runner.h"
#include "services/linking/rpc/steps.h"

namespace tc::linking {

// At expire_at; subject: the invitation's id. Also at its end of retention.
kv::Timer ExpireInvitationAt(const Invitation& invitation);
kv::Timer EraseInvitationAt(const Invitation& invitation, absl::Time at);
// Subject: InvitationStore::PhoneWindow.
kv::Timer ShrinkPhoneWindowAt(std::string phone_window, absl::Time at);
// Subject: the link's id.
kv::Timer CompleteRemovalAt(const LinkId& link, absl::Time at);
kv::Timer RemindAt(const LinkId& link, absl::Time at);

// `stores` must outlive the handlers.
std::map<std::string, kv::TimerHandler> TimerHandlers(const Stores& stores, const Policy& policy);

}  // namespace tc::linking
