#pragma once

// docs/state-machines.md: the tables of the machines, as the services use them, with a diagram each.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tc::pages {

// One picture shows some of a machine's rows; those that lead back to where they come from stand in the table
// only.
template <typename Row>
struct Picture {
  std::string caption;  // empty: none
  bool (*shows)(const Row& row);
};

// What a machine and its enumerators are called.
template <typename Row>
struct Words {
  std::string title;
  std::string introduction;
  std::vector<typename Row::State> starts;  // those that something leads to from outside the table
  std::vector<Picture<Row>> pictures;
  std::string (*state)(typename Row::State);
  std::string (*trigger)(typename Row::Trigger);
  std::string (*actor)(typename Row::Actor);
  std::string (*guard)(typename Row::Guard);
  std::vector<std::string> (*effects)(const Row& row);
};

// From one state to another, with a label for each trigger: "approve (contact)".
using Arrows = std::map<std::pair<std::string, std::string>, std::map<std::string, std::vector<std::string>>>;

std::string Drawn(const Arrows& arrows, const std::vector<std::string>& starts);

template <typename Row, typename Table>
std::string Diagram(const Table& table, const Words<Row>& words, const Picture<Row>& picture) {
  Arrows arrows;
  std::vector<std::string> starts;
  for (const Row& row : table) {
    if (row.from == row.to || !picture.shows(row)) continue;
    arrows[{words.state(row.from), words.state(row.to)}][words.trigger(row.trigger)].push_back(
        words.actor(row.actor));
    for (const auto start : words.starts) {
      if (row.from == start && starts.empty()) starts.push_back(words.state(start));
    }
  }
  return absl::StrCat(picture.caption, picture.caption.empty() ? "" : "\n\n", Drawn(arrows, starts), "\n");
}

template <typename Row, typename Table>
std::string Machine(const Table& table, const Words<Row>& words) {
  std::string out = absl::StrCat("\n## ", words.title, "\n\n", words.introduction, "\n\n");
  for (const Picture<Row>& picture : words.pictures) out += Diagram<Row>(table, words, picture);
  out += "| from | trigger | who | if | to | then |\n|---|---|---|---|---|---|\n";
  for (const Row& row : table) {
    absl::StrAppend(&out, "| ", words.state(row.from), " | ", words.trigger(row.trigger), " | ",
                    words.actor(row.actor), " | ", words.guard(row.guard), " | ", words.state(row.to), " | ",
                    absl::StrJoin(words.effects(row), "; "), " |\n");
  }
  return out;
}

// The whole page.
std::string StatePage();

}  // namespace tc::pages
