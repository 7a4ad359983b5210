#pragma once

// tcctl as a program: what it prints and how it exits.

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"

namespace tc::e2e {

struct Output {
  int exit_code = -1;
  std::string text;  // both streams
};

// Runs `tcctl --data DATA ARGUMENTS` through a shell.
inline Output RunTcctl(const std::string& data, const std::string& arguments) {
  const std::filesystem::path here = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  const std::string command = absl::StrCat((here.parent_path() / "bin" / "tcctl").string(), " --data ", data,
                                           " ", arguments, " 2>&1");
  Output output;
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> buffer{};
  for (size_t n = 0; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    output.text.append(buffer.data(), n);
  const int status = pclose(pipe);
  output.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return output;
}

}  // namespace tc::e2e
