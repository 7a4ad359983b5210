// tc_pages DIR: writes the pages of docs/ that are printed from the code.

#include <cstdio>
#include <fstream>
#include <string>

#include "tests/pages/permission_page.h"
#include "tests/pages/policy_page.h"
#include "tests/pages/state_page.h"

namespace {

bool Write(const std::string& path, const std::string& page) {
  std::ofstream out(path);
  out << page;
  out.close();
  if (out.good()) return true;
  std::fprintf(stderr, "tc_pages: cannot write %s\n", path.c_str());
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 || argv[1][0] == '-') {
    std::puts(
        "usage: tc_pages DIR\n\nWrites DIR/policy.md, DIR/state-machines.md and DIR/permissions.md from the "
        "tables in the code.");
    return argc == 2 ? 0 : 2;
  }
  const std::string dir = argv[1];
  const bool policy = Write(dir + "/policy.md", tc::pages::PolicyPage());
  const bool states = Write(dir + "/state-machines.md", tc::pages::StatePage());
  const bool permissions = Write(dir + "/permissions.md", tc::pages::PermissionPage());
  return policy && states && permissions ? 0 : 1;
}
