#pragma once

// Reading a configuration file: every mistake is noted with its place ("providers[1].url"), and reading goes
// on, so that all of them are told at once. No mistake shows a value that may be a secret. Thread-compatible.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/mistakes.h"
#include "common/base/secret.h"

namespace tc::otp {

using Json = nlohmann::ordered_json;

// The text as JSON with comments. INVALID_ARGUMENT for broken JSON (with the place), for anything that is not
// an object, and for a member that stands twice in its object.
absl::StatusOr<Json> ParseConfig(absl::string_view text);

// A text as it is, a number and true and false as they are written; nullopt for all else.
std::optional<std::string> WordOf(const Json& value);
// The word at `pointer`; nullopt when nothing is there, or no word.
std::optional<std::string> WordAt(const Json& json, const Json::json_pointer& pointer);

// An object of the file. Reasons of mistakes: KEY_UNKNOWN, KEY_MISSING, VALUE_INVALID, NAME_TAKEN,
// HOST_NOT_ALLOWED, FILE_REFUSED. What is absent reads as the default; what has the wrong type, too, with a
// mistake.
class ConfigObject {
 public:
  // `json` and `mistakes` outlive it. `place` is empty for the whole file.
  ConfigObject(const Json& json, std::string place, Mistakes& mistakes);

  bool Has(absl::string_view name) const;
  std::string Text(absl::string_view name, absl::string_view otherwise = "");
  std::string RequiredText(absl::string_view name);  // not empty
  // For what stands in a header: printable ASCII only.
  std::string HeaderText(absl::string_view name);
  std::string RequiredHeaderText(absl::string_view name);
  bool Flag(absl::string_view name, bool otherwise = false);
  int64_t Number(absl::string_view name, int64_t otherwise, int64_t min, int64_t max);
  std::vector<std::string> Texts(absl::string_view name);  // a list of texts
  const Json& Value(absl::string_view name);               // null when absent
  ConfigObject Object(absl::string_view name);             // an empty one when absent
  ConfigObject RequiredObject(absl::string_view name);
  std::vector<std::string> Names() const;  // of all members, in the file's order
  // A list of texts, numbers, true and false, as texts.
  std::vector<std::string> Words(absl::string_view name);
  // A JSON pointer (RFC 6901): "/result/id".
  std::optional<Json::json_pointer> Pointer(absl::string_view name);
  Json::json_pointer RequiredPointer(absl::string_view name);
  // The path of a file that can be read; empty when absent.
  std::string File(absl::string_view name);
  // The text of the file that this member names, without white space around it: CFG-02.
  // Empty with a mistake when it cannot be read, is empty, or its mode lets strangers at it (Guard::kSecret).
  Secret SecretFile(absl::string_view name);
  // One of `words`; the first when absent.
  std::string OneOf(absl::string_view name, const std::vector<std::string>& words);

  // Every member that none of the above has read is a mistake. Call it last.
  void RefuseOthers();

  std::string Place(absl::string_view name) const;
  void Complain(absl::string_view name, absl::string_view reason, absl::string_view sentence);
  Mistakes& mistakes() { return mistakes_; }

 private:
  const Json* Find(absl::string_view name);
  void Wrong(absl::string_view name, absl::string_view wanted);

  const Json& json_;
  const std::string place_;
  Mistakes& mistakes_;
  std::set<std::string, std::less<>> read_;
};

}  // namespace tc::otp
