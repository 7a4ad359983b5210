#pragma once

// docs/permissions.md: who may call each method of each service, as the gate enforces it. One row for each
// kind of caller that is let in, so that every permission is a line that a review can see come and go.

#include <string>
#include <vector>

namespace google::protobuf {
class ServiceDescriptor;
}

namespace tc::pages {

// One service of the interface and the programs that serve it.
struct ServedApi {
  const google::protobuf::ServiceDescriptor* api;
  std::string programs;  // "identity"; "all four"
};

// In the order of the page.
std::vector<ServedApi> AllApis();

std::string PermissionPage();

}  // namespace tc::pages
