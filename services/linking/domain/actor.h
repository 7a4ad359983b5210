#pragma once

// Actor: on whose word an invitation or a link changes.

namespace tc::linking {

enum class Actor {
  kPrincipal,
  kContact,
  kTime,     // a deadline passed
  kService,  // news of an account
};

inline constexpr Actor kActors[] = {Actor::kPrincipal, Actor::kContact, Actor::kTime, Actor::kService};

}  // namespace tc::linking
