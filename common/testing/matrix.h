#pragma once

// What the matrix tests of services share: every state × every method of the contract × every kind of caller,
// on the real handlers. For tests that link the service's contract.

#include <gtest/gtest.h>

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "trustedcontact/options/v1/options.pb.h"

namespace tc::testing {

inline const trustedcontact::options::v1::MethodRules& RulesOf(
    const google::protobuf::MethodDescriptor& method) {
  return method.options().GetExtension(trustedcontact::options::v1::rules);
}

// Whether the contract lets a peer of this role and name come so far as to the handler. Read off the rules
// here, so that the gate's own reading of them is not what it is compared with.
inline bool Admits(const google::protobuf::MethodDescriptor& method, trustedcontact::options::v1::Role role,
                   absl::string_view name, bool signed_in) {
  const auto& callers = RulesOf(method).callers();
  return std::any_of(callers.begin(), callers.end(), [&](const auto& caller) {
    const auto& names = caller.names();
    const bool named = names.empty() || std::find(names.begin(), names.end(), name) != names.end();
    const bool nobody_needed = caller.party() == trustedcontact::options::v1::PARTY_UNSPECIFIED;
    return caller.role() == role && named && (nobody_needed || signed_in);
  });
}

// The answers of a step that is in no table, or comes from somebody whose step it is not.
inline bool IsRefusal(const absl::Status& status) {
  return status.code() == absl::StatusCode::kFailedPrecondition ||
         status.code() == absl::StatusCode::kNotFound;
}

// How many combinations ended how.
struct Tally {
  int gate = 0;     // callers whom the contract keeps out, refused before any handler
  int taken = 0;    // a row of a table was followed
  int refused = 0;  // a trigger of a table, but no row for it
  int apart = 0;    // what only reads, or has to do with another record
  int all() const { return gate + taken + refused + apart; }
};

// `visit` is called for every method of the service that has a step; one that has none fails the test.
template <typename Steps, typename Visit>
void ForEveryMethod(const google::protobuf::ServiceDescriptor& service, const Steps& steps,
                    const Visit& visit) {
  for (int i = 0; i < service.method_count(); ++i) {
    const google::protobuf::MethodDescriptor& method = *service.method(i);
    const auto step = steps.find(method.name());
    ASSERT_NE(step, steps.end()) << method.name() << " is not in the matrix";
    visit(method, step->second);
  }
}

}  // namespace tc::testing
