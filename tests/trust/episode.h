#pragma once

// Episodes: some hundred commands in a fresh world. One that fails is made as short as it goes and told in
// words.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/trust/commands.h"
#include "tests/trust/trust_world.h"

namespace tc::trust {

struct Failure {
  Setup setup;
  std::vector<Command> commands;  // as few as still fail
  std::string complaint;
  std::string story;  // one line a command
};

struct Playing {
  int64_t steps = 0;
  std::map<std::string, int64_t> accepted;  // by what was done
  std::optional<Failure> failure;           // the run ends at the first one
};

// For people: what is wrong, under which policy, and what led to it.
std::string InWords(const Failure& failure);

// The policies that episodes alternate between.
Setup SetupOf(uint64_t episode, Planted planted);

// Plays `steps` commands from `seed` on, in episodes.
Playing PlayRandomly(uint64_t seed, int64_t steps, Planted planted = Planted::kNothing);

}  // namespace tc::trust
