#pragma once

// KeyDirectory: a directory for key files that goes when the test does. For tests.

#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace tc::crypto {

class KeyDirectory {
 public:
  KeyDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "keys-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~KeyDirectory() { std::filesystem::remove_all(path_); }
  KeyDirectory(const KeyDirectory&) = delete;
  KeyDirectory& operator=(const KeyDirectory&) = delete;

  const std::string& path() const { return path_; }

  std::string Write(absl::string_view name, absl::string_view content, mode_t mode = 0600) const {
    const std::string file = absl::StrCat(path_, "/", name);
    std::ofstream(file) << content;
    ::chmod(file.c_str(), mode);
    return file;
  }

 private:
  std::string path_;
};

}  // namespace tc::crypto
