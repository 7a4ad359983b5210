#pragma once

// The demonstration: the whole life of a trusted contact, told and checked against running services. What
// must fail is part of it.

#include "absl/status/status.h"
#include "tools/tcctl/dev_suite.h"
#include "tools/tcctl/people.h"
#include "tools/tcctl/stage.h"

namespace tc::ctl {

// `suite` is null when somebody else runs the services: then the scene that restarts one of them is left out,
// and `salt` keeps this run's people apart from those of earlier ones.
absl::Status PlayDemo(Stage& stage, dev::SuiteClients& clients, const dev::Spool& spool, dev::DevSuite* suite,
                      int salt);

}  // namespace tc::ctl
