#include "services/otp/outbound/config.h"

#include <algorithm>
#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/crypto/guarded_file.h"

namespace tc::otp {
namespace {

constexpr size_t kLongestIndex = 9;  // digits

const Json& Nothing() {
  static const Json& nothing = *new Json();
  return nothing;
}

bool IsPrintable(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isprint(static_cast<unsigned char>(c)); });
}

}  // namespace

absl::StatusOr<Json> ParseConfig(absl::string_view text) {
  std::vector<std::set<std::string>> open;  // the members seen of each object that is not closed yet
  std::string twice;
  const auto watch = [&](int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key && !open.back().insert(value.get<std::string>()).second)
      twice = value.get<std::string>();
    return true;
  };
  try {
    Json json =
        Json::parse(text.begin(), text.end(), watch, /*allow_exceptions=*/true, /*ignore_comments=*/true);
    if (!json.is_object()) return absl::InvalidArgumentError("the file is no JSON object");
    if (!twice.empty())
      return absl::InvalidArgumentError(absl::StrCat("\"", twice, "\" stands twice in one object"));
    return json;
  } catch (const Json::parse_error& error) {
    const auto line = std::count(text.begin(), text.begin() + std::min(error.byte, text.size()), '\n') + 1;
    return absl::InvalidArgumentError(absl::StrCat("the file is no JSON from line ", line, " on"));
  } catch (const Json::out_of_range&) {
    return absl::InvalidArgumentError("a number in the file is too large");
  }
}

std::optional<std::string> WordOf(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer() || value.is_boolean()) return value.dump();
  return std::nullopt;
}

std::optional<std::string> WordAt(const Json& json, const Json::json_pointer& pointer) {
  if (!json.is_structured() || !json.contains(pointer)) return std::nullopt;
  return WordOf(json.at(pointer));
}

ConfigObject::ConfigObject(const Json& json, std::string place, Mistakes& mistakes)
    : json_(json), place_(std::move(place)), mistakes_(mistakes) {
  if (!json_.is_object() && !json_.is_null()) mistakes_.Add(place_, "VALUE_INVALID", "must be an object");
}

std::string ConfigObject::Place(absl::string_view name) const {
  return place_.empty() ? std::string(name) : absl::StrCat(place_, ".", name);
}

void ConfigObject::Complain(absl::string_view name, absl::string_view reason, absl::string_view sentence) {
  mistakes_.Add(Place(name), reason, sentence);
}

void ConfigObject::Wrong(absl::string_view name, absl::string_view wanted) {
  Complain(name, "VALUE_INVALID", absl::StrCat("must be ", wanted));
}

const Json* ConfigObject::Find(absl::string_view name) {
  read_.insert(std::string(name));
  if (!json_.is_object()) return nullptr;
  const auto found = json_.find(std::string(name));
  return found == json_.end() || found->is_null() ? nullptr : &*found;
}

bool ConfigObject::Has(absl::string_view name) const {
  return json_.is_object() && json_.contains(std::string(name)) && !json_[std::string(name)].is_null();
}

std::string ConfigObject::Text(absl::string_view name, absl::string_view otherwise) {
  const Json* value = Find(name);
  if (value != nullptr && value->is_string()) return value->get<std::string>();
  if (value != nullptr) Wrong(name, "a text");
  return std::string(otherwise);
}

std::string ConfigObject::RequiredText(absl::string_view name) {
  const Json* value = Find(name);
  if (value == nullptr) {
    Complain(name, "KEY_MISSING", "is missing");
    return "";
  }
  std::string text = Text(name);
  if (value->is_string() && text.empty()) Wrong(name, "a text that is not empty");
  return text;
}

std::string ConfigObject::HeaderText(absl::string_view name) {
  std::string text = Text(name);
  if (!IsPrintable(text)) Wrong(name, "of printable ASCII characters");
  return text;
}

std::string ConfigObject::RequiredHeaderText(absl::string_view name) {
  if (!Has(name)) return RequiredText(name);
  return RequiredText(name).empty() ? "" : HeaderText(name);
}

bool ConfigObject::Flag(absl::string_view name, bool otherwise) {
  const Json* value = Find(name);
  if (value != nullptr && value->is_boolean()) return value->get<bool>();
  if (value != nullptr) Wrong(name, "true or false");
  return otherwise;
}

int64_t ConfigObject::Number(absl::string_view name, int64_t otherwise, int64_t min, int64_t max) {
  const Json* value = Find(name);
  if (value == nullptr) return otherwise;
  if (value->is_number_integer() && value->get<int64_t>() >= min && value->get<int64_t>() <= max)
    return value->get<int64_t>();
  Wrong(name, absl::StrCat("a whole number from ", min, " to ", max));
  return otherwise;
}

std::vector<std::string> ConfigObject::Texts(absl::string_view name) {
  const Json* value = Find(name);
  if (value == nullptr) return {};
  const bool fits = value->is_array() && std::all_of(value->begin(), value->end(),
                                                     [](const Json& item) { return item.is_string(); });
  if (fits) return value->get<std::vector<std::string>>();
  Wrong(name, "a list of texts");
  return {};
}

const Json& ConfigObject::Value(absl::string_view name) {
  const Json* value = Find(name);
  return value == nullptr ? Nothing() : *value;
}

ConfigObject ConfigObject::Object(absl::string_view name) {
  return ConfigObject(Value(name), Place(name), mistakes_);
}

ConfigObject ConfigObject::RequiredObject(absl::string_view name) {
  if (Has(name)) return Object(name);
  Complain(name, "KEY_MISSING", "is missing");
  return Object(name);
}

std::vector<std::string> ConfigObject::Names() const {
  std::vector<std::string> names;
  if (!json_.is_object()) return names;
  for (const auto& [name, value] : json_.items()) names.push_back(name);
  return names;
}

std::vector<std::string> ConfigObject::Words(absl::string_view name) {
  const Json* value = Find(name);
  if (value == nullptr) return {};
  std::vector<std::string> words;
  bool fits = value->is_array();
  for (size_t i = 0; fits && i < value->size(); ++i) {
    const std::optional<std::string> word = WordOf((*value)[i]);
    fits = word.has_value();
    words.push_back(word.value_or(""));
  }
  if (!fits) Wrong(name, "a list of texts and numbers");
  return words;
}

std::optional<Json::json_pointer> ConfigObject::Pointer(absl::string_view name) {
  const std::string text = Text(name);
  if (text.empty()) return std::nullopt;
  // A place in a list that no list has would be looked for at each answer, and that throws.
  for (const absl::string_view step : absl::StrSplit(text, '/')) {
    if (step.size() <= kLongestIndex || step.find_first_not_of("0123456789") != step.npos) continue;
    Wrong(name, "a JSON pointer whose places in lists are short");
    return std::nullopt;
  }
  try {
    return Json::json_pointer(text);
  } catch (const Json::parse_error&) {
    Wrong(name, "a JSON pointer such as /result/id");
    return std::nullopt;
  }
}

Json::json_pointer ConfigObject::RequiredPointer(absl::string_view name) {
  RequiredText(name);
  return Pointer(name).value_or(Json::json_pointer());
}

std::string ConfigObject::File(absl::string_view name) {
  std::string path = Text(name);
  if (!path.empty() && !std::ifstream(path))
    Complain(name, "FILE_REFUSED", absl::StrCat(path, " cannot be read"));
  return path;
}

Secret ConfigObject::SecretFile(absl::string_view name) {
  const size_t before = mistakes_.size();
  const std::string path = RequiredText(name);
  if (mistakes_.size() > before) return Secret();
  const absl::StatusOr<Secret> text = crypto::ReadGuarded(path, crypto::Guard::kSecret);
  if (!text.ok()) {
    Complain(name, "FILE_REFUSED", text.status().message());
    return Secret();
  }
  const absl::string_view trimmed = absl::StripAsciiWhitespace(text->Reveal());
  if (!trimmed.empty() && IsPrintable(trimmed)) return Secret(trimmed);
  Complain(name, "FILE_REFUSED", absl::StrCat(path, " must hold one line of printable ASCII characters"));
  return Secret();
}

std::string ConfigObject::OneOf(absl::string_view name, const std::vector<std::string>& words) {
  std::string word = Text(name, words.front());
  if (std::find(words.begin(), words.end(), word) != words.end()) return word;
  Wrong(name, absl::StrCat("one of ", absl::StrJoin(words, ", ")));
  return words.front();
}

void ConfigObject::RefuseOthers() {
  if (!json_.is_object()) return;
  for (const auto& [name, value] : json_.items()) {
    if (read_.count(name) == 0) Complain(name, "KEY_UNKNOWN", "is not known here");
  }
}

}  // namespace tc::otp
