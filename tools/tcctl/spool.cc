#include "tools/tcctl/spool.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "common/base/status.h"

namespace tc::dev {

namespace fs = std::filesystem;

namespace {

std::string IfDigits(absl::string_view code) {
  const auto is_digit = [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); };
  return std::string(std::all_of(code.begin(), code.end(), is_digit) ? code : "");
}

std::optional<Message> ReadMessage(const fs::path& path) {
  struct stat status {};
  std::ifstream file(path);
  const nlohmann::json json = nlohmann::json::parse(file, nullptr, false);
  if (!json.is_object() || stat(path.c_str(), &status) != 0) return std::nullopt;
  Message message;
  message.at = absl::TimeFromTimespec(status.st_mtim);
  message.channel = json.value("channel", "");
  message.to = json.value("to", "");
  message.text = json.value("text", "");
  message.code = CodeOf(message.text);
  return message;
}

}  // namespace

std::string CodeOf(absl::string_view text) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n', absl::SkipWhitespace());
  if (lines.empty()) return "";
  if (absl::StartsWith(lines.back(), "@")) {
    const size_t mark = lines.back().rfind('#');
    if (mark == absl::string_view::npos) return "";
    return IfDigits(absl::StripAsciiWhitespace(lines.back().substr(mark + 1)));
  }
  absl::string_view mail = lines.front();
  if (!absl::ConsumePrefix(&mail, "Code ") && !absl::ConsumePrefix(&mail, "Код ")) return "";
  const size_t colon = mail.find(':');
  return colon == absl::string_view::npos ? "" : IfDigits(mail.substr(0, colon));
}

struct Spool::State {
  const std::string dir;
  std::mutex mutex;
  std::set<std::string> known;                             // file names
  std::map<std::string, std::vector<Message>> by_address;  // oldest first

  void LookAgain() {
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(dir, error)) {
      const std::string name = entry.path().filename().string();
      if (!absl::EndsWith(name, ".json") || known.count(name) != 0) continue;
      std::optional<Message> message = ReadMessage(entry.path());
      if (!message.has_value()) continue;
      known.insert(name);
      std::vector<Message>& inbox = by_address[message->to];
      const auto later = [](const Message& a, const Message& b) { return a.at < b.at; };
      inbox.insert(std::upper_bound(inbox.begin(), inbox.end(), *message, later), *message);
    }
  }
};

Spool::Spool(std::string dir) : state_(new State{std::move(dir), {}, {}, {}}) {}

std::vector<Message> Spool::Inbox(absl::string_view address) const {
  const std::lock_guard lock(state_->mutex);
  state_->LookAgain();
  if (!address.empty()) {
    const auto found = state_->by_address.find(std::string(address));
    return found == state_->by_address.end() ? std::vector<Message>() : found->second;
  }
  std::vector<Message> all;
  for (const auto& [to, inbox] : state_->by_address) all.insert(all.end(), inbox.begin(), inbox.end());
  std::stable_sort(all.begin(), all.end(), [](const Message& a, const Message& b) { return a.at < b.at; });
  return all;
}

absl::StatusOr<Message> Spool::Await(absl::string_view address, size_t seen, absl::Duration patience,
                                     bool with_code) const {
  const absl::Time give_up = absl::Now() + patience;
  while (true) {
    const std::vector<Message> messages = Inbox(address);
    for (size_t i = messages.size(); i > seen; --i) {
      if (!with_code || !messages[i - 1].code.empty()) return messages[i - 1];
    }
    if (absl::Now() > give_up) {
      return absl::DeadlineExceededError(
          absl::StrCat("no ", with_code ? "code" : "message", " has come to ", std::string(address)));
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
}

absl::StatusOr<Message> Spool::AwaitMessage(absl::string_view address, size_t seen,
                                            absl::Duration patience) const {
  return Await(address, seen, patience, false);
}

absl::StatusOr<std::string> Spool::AwaitCode(absl::string_view address, size_t seen,
                                             absl::Duration patience) const {
  return TRY(Await(address, seen, patience, true)).code;
}

}  // namespace tc::dev
