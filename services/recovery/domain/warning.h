#pragma once

// The warning that a contact must read before he can have a code: versioned words in Russian and English, and
// questions that are answered one by one. A new wording is a new version.

#include <string>
#include <vector>

namespace tc::recovery {

struct Question {
  std::string id;
  std::string text;
};

struct WarningText {
  std::string language;  // "ru", "en"
  std::string title;
  std::string text;
  std::vector<Question> questions;  // the same ids in the same order in every language
};

struct Warning {
  std::string version;
  std::vector<WarningText> texts;
};

const Warning& CurrentWarning();

}  // namespace tc::recovery
