#pragma once

// What linking does upon the identity service's events: the links of an account that may have lost or
// regained what it must have are checked again (E5), and an erased person's name leaves what is kept here.

#include <string>
#include <vector>

#include "common/rpc/event_follower.h"
#include "services/linking/rpc/steps.h"

namespace tc::linking {

// Enqueues a re-check of each ACTIVE or SUSPENDED link in which the account (attribute "account") is
// principal or contact, upon: PhoneBound, PhoneReleased, AccountConfirmed, AccountUpdated, AccountBlocked,
// AccountUnblocked, AccountFrozen, AccountUnfrozen. Upon AccountDeleted enqueues the person's erasure
// (erasure.h). Ignores all else, also one of these that names no account: it could never be applied, and must
// not stop those behind it. `stores` must outlive it.
rpc::EventHandler IdentityNews(const Stores& stores);
// Those types: what the follower need not ask for otherwise.
std::vector<std::string> IdentityNewsTypes();

}  // namespace tc::linking
