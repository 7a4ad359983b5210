#include "services/otp/outbound/wording_file.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/mistakes.h"
#include "common/base/status.h"

namespace tc::otp {
namespace {

using nlohmann::json;

constexpr size_t kLargestFile = 1 << 20;  // bytes; the program's own words are about 10,000

struct Reading {
  std::vector<WordingEntry> entries;
  Mistakes mistakes;
};

// The files by their names, in order.
std::set<std::string> FilesOf(const std::string& directory, Reading& reading) {
  std::set<std::string> files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(directory, error), end; entry != end && !error;
       entry.increment(error)) {
    const std::string name = entry->path().filename();
    if (!absl::StartsWith(name, ".")) files.insert(name);
  }
  if (error) {
    reading.mistakes.Add(directory, "DIRECTORY_UNREADABLE",
                         absl::StrCat("cannot be read: ", error.message()));
  } else if (files.empty()) {
    reading.mistakes.Add(directory, "FILE_MISSING", "holds neither ru.json nor en.json");
  }
  return files;
}

std::optional<std::string> ContentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(kLargestFile + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad() || file.gcount() == 0 || static_cast<size_t>(file.gcount()) > kLargestFile) {
    return std::nullopt;
  }
  text.resize(static_cast<size_t>(file.gcount()));
  return text;
}

// nullopt, with a mistake, for what is no JSON object. A member given twice is a mistake: which of the two
// counts would be the reader's guess.
std::optional<json> ParseObject(const std::string& text, const std::string& file, Reading& reading) {
  std::vector<std::set<std::string>> open;  // the members of each object that is not closed yet
  const auto watch = [&](int, json::parse_event_t event, json& value) {
    if (event == json::parse_event_t::object_start) open.emplace_back();
    if (event == json::parse_event_t::object_end) open.pop_back();
    if (event == json::parse_event_t::key && !open.back().insert(value.get<std::string>()).second) {
      reading.mistakes.Add(file, "NAME_TWICE", absl::StrCat(value.get<std::string>(), " is given twice"));
    }
    return true;
  };
  try {
    json parsed = json::parse(text, watch);
    if (parsed.is_object()) return parsed;
    reading.mistakes.Add(file, "OBJECT_NEEDED", "a JSON object of templates is needed");
  } catch (const json::exception& error) {  // a number may be too large, which is no error of parsing
    reading.mistakes.Add(file, "JSON_INVALID", error.what());
  }
  return std::nullopt;
}

void ReadFile(const std::string& path, const std::string& file, Locale locale, Reading& reading) {
  const std::optional<std::string> text = ContentOf(path);
  if (!text.has_value()) {
    return reading.mistakes.Add(file, "FILE_UNREADABLE", "cannot be read, is empty or larger than 1 MiB");
  }
  const std::optional<json> templates = ParseObject(*text, file, reading);
  if (!templates.has_value()) return;
  for (const auto& [name, fields] : templates->items()) {
    const std::string place = absl::StrCat(LocaleName(locale), ".", name);
    if (!fields.is_object()) {
      reading.mistakes.Add(place, "OBJECT_NEEDED", "an object of texts is needed");
      continue;
    }
    for (const auto& [field, words] : fields.items()) {
      if (words.is_string()) {
        reading.entries.push_back({locale, name, field, words.get<std::string>()});
      } else {
        reading.mistakes.Add(absl::StrCat(place, ".", field), "TEXT_NEEDED", "a text is needed");
      }
    }
  }
}

}  // namespace

absl::StatusOr<Wording> OpenWording(const std::string& directory) {
  if (directory.empty()) return Wording::BuiltIn();
  Reading reading;
  for (const std::string& file : FilesOf(directory, reading)) {
    const std::string path = absl::StrCat(directory, "/", file);
    if (file == "ru.json") {
      ReadFile(path, file, Locale::kRussian, reading);
    } else if (file == "en.json") {
      ReadFile(path, file, Locale::kEnglish, reading);
    } else {
      reading.mistakes.Add(file, "FILE_UNKNOWN", "only ru.json and en.json are known");
    }
  }
  absl::StatusOr<Wording> wording = Wording::Make(BuiltInWords(), reading.entries);
  if (reading.mistakes.none()) return wording;
  reading.mistakes.Add(wording.status());
  return reading.mistakes.status(absl::StrCat("--templates: ", directory, " has mistakes"));
}

}  // namespace tc::otp
