#include "tests/e2e/canary.h"

#include <filesystem>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "common/crypto/hmac.h"
#include "tests/e2e/web.h"

namespace tc::e2e {

namespace fs = std::filesystem;

std::vector<std::string> FormsOf(const std::string& secret) {
  std::string high_first;
  std::string percent;
  for (const char digit : secret) {
    high_first += std::string{'\0', digit};
    percent += std::string("%00") + digit;
  }
  const std::string digest = crypto::Sha256(secret);
  std::vector<std::string> forms = {secret, percent, digest};
  // Without the outermost zero byte they are found in either byte order.
  forms.push_back(high_first.substr(1));
  for (const std::string& bytes : {secret, high_first.substr(1), digest}) {
    forms.push_back(absl::BytesToHexString(bytes));
    forms.push_back(absl::AsciiStrToUpper(forms.back()));
  }
  return forms;
}

bool Holds(absl::string_view text, const std::string& secret) {
  for (const std::string& form : FormsOf(secret)) {
    if (absl::StrContains(text, form)) return true;
  }
  return false;
}

std::vector<std::string> FilesThatHold(const std::string& directory, const std::string& secret) {
  std::vector<std::string> found;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file() && Holds(Contents(entry.path().string()), secret))
      found.push_back(entry.path().string());
  }
  return found;
}

}  // namespace tc::e2e
