#pragma once

// Every method of every service of the suite, from the descriptors that are linked in: a method that is added
// is tried by every test that asks here.

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "tools/tcctl/client.h"
#include "tools/tcctl/dev_suite.h"
#include "trustedcontact/options/v1/options.pb.h"

namespace tc::e2e {

namespace options_pb = trustedcontact::options::v1;

// A method where it is served: those of AdminService and EventService are there four times.
struct Served {
  dev::Service where;
  const google::protobuf::MethodDescriptor* method;

  std::string Path() const;   // "/trustedcontact.identity.v1.IdentityService/GetAccount"
  std::string Label() const;  // "IdentityService/GetAccount"
  const options_pb::MethodRules& rules() const { return method->options().GetExtension(options_pb::rules); }
};

const std::vector<Served>& EveryMethod();
// Of EveryMethod, that one of `label`; the first, where several services serve it.
const Served& MethodOf(const std::string& label);

// ROLE_SERVICE_CENTRE → "service-centre".
std::string RoleText(options_pb::Role role);

// Somebody whom one row of the rules lets in: a peer, with `person` signed in where the row asks for one.
dev::Caller AllowedCaller(const options_pb::Caller& rule, const std::string& person);

}  // namespace tc::e2e
