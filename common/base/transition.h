#pragma once

// State machines as data. A machine is one table of rows: from which state a trigger by an actor leads where,
// under which guard, and what follows. The service looks its steps up in it and does what the row's effects
// say; tests walk all of (state, trigger, actor); docs/state-machines.md is printed from it. What has no row
// is refused and changes nothing.

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <type_traits>
#include <utility>

namespace tc {

// A set of enumerators; at most 64, numbered from 0.
template <typename Effect>
class Effects {
 public:
  constexpr Effects() = default;
  constexpr Effects(std::initializer_list<Effect> effects) {
    for (const Effect effect : effects) bits_ |= uint64_t{1} << static_cast<unsigned>(effect);
  }
  constexpr bool Has(Effect effect) const { return (bits_ >> static_cast<unsigned>(effect) & 1) != 0; }
  constexpr bool empty() const { return bits_ == 0; }
  friend constexpr bool operator==(const Effects&, const Effects&) = default;

 private:
  uint64_t bits_ = 0;
};

// `guard` names what must hold besides (the domain's function checks it and has its own refusal).
template <typename StateT, typename TriggerT, typename ActorT, typename GuardT, typename EffectT>
struct Transition {
  using State = StateT;
  using Trigger = TriggerT;
  using Actor = ActorT;
  using Guard = GuardT;
  using Effect = EffectT;

  State from;
  Trigger trigger;
  Actor actor;
  Guard guard;
  State to;
  Effects<Effect> effects;

  friend constexpr bool operator==(const Transition&, const Transition&) = default;
};

// The row, or nullptr when the table (an array or another range of rows) has none. For tables that have at
// most one for each (from, trigger, actor).
template <typename Table, typename Row = std::decay_t<decltype(*std::begin(std::declval<const Table&>()))>>
constexpr const Row* FindTransition(const Table& table, typename Row::State from,
                                    typename Row::Trigger trigger, typename Row::Actor actor) {
  for (const Row& row : table) {
    if (row.from == from && row.trigger == trigger && row.actor == actor) return &row;
  }
  return nullptr;
}

}  // namespace tc
