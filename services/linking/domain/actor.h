#pragma once

// Actor: on whose word an invitation or a link changes.

#include "absl/strings/string_view.h"

namespace tc::linking {

enum class Actor {
  kPrincipal,
  kContact,
  kTime,     // a deadline passed
  kService,  // news of an account, or the recovery service
};

inline constexpr Actor kAllActors[] = {Actor::kPrincipal, Actor::kContact, Actor::kTime, Actor::kService};

// For people: "principal".
absl::string_view ActorName(Actor actor);

}  // namespace tc::linking
