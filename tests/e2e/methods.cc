#include "tests/e2e/methods.h"

#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "trustedcontact/admin/v1/admin.pb.h"
#include "trustedcontact/events/v1/events.pb.h"
#include "trustedcontact/identity/v1/identity.pb.h"
#include "trustedcontact/linking/v1/linking.pb.h"
#include "trustedcontact/otp/v1/otp.pb.h"
#include "trustedcontact/recovery/v1/recovery.pb.h"

namespace tc::e2e {
namespace {

namespace tcv = trustedcontact;
using google::protobuf::FileDescriptor;

void Add(dev::Service where, const FileDescriptor& file, std::vector<Served>& all) {
  for (int i = 0; i < file.service_count(); ++i) {
    for (int k = 0; k < file.service(i)->method_count(); ++k)
      all.push_back({where, file.service(i)->method(k)});
  }
}

}  // namespace

std::string Served::Path() const {
  return absl::StrCat("/", method->service()->full_name(), "/", method->name());
}

std::string Served::Label() const { return absl::StrCat(method->service()->name(), "/", method->name()); }

const std::vector<Served>& EveryMethod() {
  static const std::vector<Served> every = [] {
    std::vector<Served> all;
    Add(dev::Service::kIdentity, *tcv::identity::v1::Account::descriptor()->file(), all);
    Add(dev::Service::kLinking, *tcv::linking::v1::Link::descriptor()->file(), all);
    Add(dev::Service::kRecovery, *tcv::recovery::v1::Recovery::descriptor()->file(), all);
    Add(dev::Service::kOtp, *tcv::otp::v1::Verification::descriptor()->file(), all);
    for (const dev::Service service : dev::kServices) {
      Add(service, *tcv::events::v1::Event::descriptor()->file(), all);
      Add(service, *tcv::admin::v1::ServerInfo::descriptor()->file(), all);
    }
    return all;
  }();
  return every;
}

const Served& MethodOf(const std::string& label) {
  for (const Served& served : EveryMethod()) {
    if (served.Label() == label) return served;
  }
  std::fprintf(stderr, "no method %s\n", label.c_str());
  std::abort();
}

std::string RoleText(options_pb::Role role) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(absl::StripPrefix(options_pb::Role_Name(role), "ROLE_")),
                             {{"_", "-"}});
}

dev::Caller AllowedCaller(const options_pb::Caller& rule, const std::string& person) {
  const std::string name = rule.names().empty() ? "test" : rule.names(0);
  dev::Caller caller = dev::From(absl::StrCat(RoleText(rule.role()), "/", name));
  if (rule.party() != options_pb::PARTY_UNSPECIFIED) caller.account = person;
  return caller;
}

}  // namespace tc::e2e
