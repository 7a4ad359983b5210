#pragma once

// Handlers: one method for each RPC, without gRPC, by subject. Each parses, asks outside any transaction what
// must be asked, then loads, decides and saves in one. What the gate has guaranteed is not checked again;
// whose account it is, is. Thread-safe.

#include <utility>

#include "services/identity/rpc/account_handlers.h"
#include "services/identity/rpc/desk.h"
#include "services/identity/rpc/eligibility_handlers.h"
#include "services/identity/rpc/email_handlers.h"
#include "services/identity/rpc/journal_handlers.h"
#include "services/identity/rpc/notice_handlers.h"
#include "services/identity/rpc/password_handlers.h"
#include "services/identity/rpc/phone_handlers.h"
#include "services/identity/rpc/second_factor_handlers.h"
#include "services/identity/rpc/second_step_handlers.h"
#include "services/identity/rpc/settings_handlers.h"
#include "services/identity/rpc/sign_in_handlers.h"

namespace tc::identity {

struct Handlers {
  explicit Handlers(DeskParts parts) : desk(std::move(parts)) {}
  Handlers(const Handlers&) = delete;

  const Desk desk;  // first: the others look at it
  AccountHandlers accounts{desk};
  EligibilityHandlers eligibility{desk};
  NoticeHandlers notices{desk};
  PhoneHandlers phones{desk};
  EmailHandlers emails{desk};
  PasswordHandlers passwords{desk};
  SignInHandlers sign_in{desk};
  SecondStepHandlers second_step{desk};
  SecondFactorHandlers second_factor{desk};
  SettingsHandlers settings{desk};
  JournalHandlers journal{desk};
};

}  // namespace tc::identity
