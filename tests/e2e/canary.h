#pragma once

// Canary: whether a secret of ten digits has been written down somewhere, in whatever form a program that
// handles messages might have put it.

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace tc::e2e {

// The forms: digits, UTF-16, hexadecimal, percent-encoded, its SHA-256.
std::vector<std::string> FormsOf(const std::string& secret);

bool Holds(absl::string_view text, const std::string& secret);
// The files under `directory` that hold it, at any depth.
std::vector<std::string> FilesThatHold(const std::string& directory, const std::string& secret);

}  // namespace tc::e2e
