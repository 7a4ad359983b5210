#include "tests/trust/episode.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_cat.h"
#include "tests/trust/player.h"

namespace tc::trust {
namespace {

constexpr int kStepsOfAnEpisode = 400;

struct Outcome {
  size_t played = 0;
  std::string complaint;
  std::string story;
  std::map<std::string, int> accepted;
};

Outcome Play(const Setup& setup, const std::vector<Command>& commands) {
  Player player(setup);
  Outcome outcome;
  for (const Command& command : commands) {
    outcome.complaint = player.Play(command);
    ++outcome.played;
    absl::StrAppend(&outcome.story, "  ", outcome.played, ". ", player.story(), "\n");
    if (!outcome.complaint.empty()) break;
  }
  if (outcome.complaint.empty()) outcome.complaint = player.CheckAll();
  outcome.accepted = player.accepted();
  return outcome;
}

bool Fails(const Setup& setup, std::vector<Command>& commands) {
  const Outcome outcome = Play(setup, commands);
  if (outcome.complaint.empty()) return false;
  commands.resize(outcome.played);
  return true;
}

// Leaves out ever smaller pieces as long as it still fails. True when it got shorter.
bool LeaveOut(const Setup& setup, std::vector<Command>& commands) {
  const size_t before = commands.size();
  for (size_t piece = std::max<size_t>(1, commands.size() / 2); piece > 0; piece /= 2) {
    for (size_t at = 0; at < commands.size();) {
      std::vector<Command> less = commands;
      const size_t end = std::min(at + piece, less.size());
      less.erase(less.begin() + static_cast<std::ptrdiff_t>(at),
                 less.begin() + static_cast<std::ptrdiff_t>(end));
      if (Fails(setup, less)) {
        commands = std::move(less);
      } else {
        at += piece;
      }
    }
  }
  return commands.size() < before;
}

// Makes each command the plainest of its kind that still fails, so that more can be left out.
void Plainer(const Setup& setup, std::vector<Command>& commands) {
  for (size_t i = 0; i < commands.size(); ++i) {
    const Command was = commands[i];
    for (const Command& plain : {Command{was.act, Twist::kNone, 0, 1, 0, 0, 1},
                                 Command{was.act, Twist::kNone, was.who, was.whom, 0, was.how, was.nth},
                                 Command{was.act, was.twist, 0, 1, 0, was.how, was.nth}}) {
      std::vector<Command> tried = commands;
      tried[i] = plain;
      if (!Fails(setup, tried)) continue;
      commands = std::move(tried);
      break;
    }
  }
}

Failure Shrink(const Setup& setup, std::vector<Command> commands) {
  LeaveOut(setup, commands);
  do {
    Plainer(setup, commands);
  } while (LeaveOut(setup, commands));
  const Outcome outcome = Play(setup, commands);
  return {setup, commands, outcome.complaint, outcome.story};
}

}  // namespace

std::string InWords(const Failure& failure) {
  std::string told = absl::StrCat(failure.complaint, "\nprofile ", failure.setup.profile);
  for (const auto& [key, value] : failure.setup.overrides) absl::StrAppend(&told, ", ", key, "=", value);
  return absl::StrCat(told, "\n", failure.story);
}

Setup SetupOf(uint64_t episode, Planted planted) {
  Setup setup;
  setup.planted = planted;
  switch (episode % 4) {
    case 0:
      break;
    case 1:
      setup.profile = "strict";
      break;
    case 2:
      setup.overrides = {{"link.removal_delay", "3600"},         {"recovery.match_code", "1"},
                         {"recovery.purpose_phone_change", "1"}, {"recovery.purpose_contact_removal", "1"},
                         {"recovery.purpose_unfreeze", "1"},     {"link.invitations_per_principal", "20"}};
      break;
    case 3:
      setup.overrides = {{"link.principals_per_contact", "2"},  {"recovery.starts_per_day", "10"},
                         {"link.removal_confirmed", "1"},       {"recovery.purpose_contact_removal", "1"},
                         {"link.reminder_interval", "2592000"}, {"link.invitations_per_phone", "20"},
                         {"recovery.cool_down_3", "900"}};
      break;
  }
  return setup;
}

Playing PlayRandomly(uint64_t seed, int64_t steps, Planted planted) {
  Playing run;
  for (uint64_t episode = 0; run.steps < steps; ++episode) {
    std::mt19937_64 random(seed * 1000003 + episode);
    std::vector<Command> commands(kStepsOfAnEpisode);
    for (Command& command : commands) command = AnyCommand(random);
    const Setup setup = SetupOf(episode, planted);
    const Outcome outcome = Play(setup, commands);
    run.steps += static_cast<int64_t>(outcome.played);
    for (const auto& [what, count] : outcome.accepted) run.accepted[what] += count;
    if (outcome.complaint.empty()) continue;
    commands.resize(outcome.played);
    run.failure = Shrink(setup, std::move(commands));
    return run;
  }
  return run;
}

}  // namespace tc::trust
