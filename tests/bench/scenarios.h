#pragma once

// What is measured. Each scenario knows its requests; those that can be used once only are made in advance,
// as many as the rounds need.

#include <sys/types.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/load.h"
#include "tools/tcctl/dev_suite.h"

namespace tc::bench {

// A measurement is made in so many parts.
inline constexpr int kSlices = 8;

struct Scenario {
  std::string name;
  std::string against;  // the scenario whose throughput divides this one's; empty: a reference
  double must = 0;      // least ratio at 64 in flight
  std::string beside;   // another reference whose ratio is shown, not judged; empty: none
  std::shared_ptr<grpc::Channel> channel;
  pid_t server = 0;  // the process behind the channel
  std::string method;
  std::string authorization;
  std::vector<Operation> operations;
  bool repeatable = true;    // otherwise each operation is sent once
  size_t next = 0;           // the first operation not yet sent, where not repeatable
  size_t share[2] = {0, 0};  // operations of one round at 64 and at 1 in flight, where not repeatable
};

// How many calls in flight, in the order of Scenario::share.
inline constexpr int kInFlight[] = {64, 1};

struct Servers {
  dev::DevSuite& suite;
  crypto::JwtSigner signer;
  std::shared_ptr<grpc::Channel> reference;
  pid_t reference_pid;
  std::shared_ptr<grpc::Channel> linking;  // with the identity service that says yes
  pid_t linking_pid;
  int rounds;
};

Scenario Echo(const Servers& servers);
// One record read, four of 300 bytes written.
Scenario ReadModifyWrite(const Servers& servers);
// As many records as an acceptance reads and writes, of their size, from as many callers.
Scenario SameRecords(const Servers& servers);
absl::StatusOr<Scenario> WrongCode(const Servers& servers);
absl::StatusOr<Scenario> RightCode(const Servers& servers);
absl::StatusOr<Scenario> AcceptInvitation(const Servers& servers);
absl::StatusOr<Scenario> GetGuard(const Servers& servers);
absl::StatusOr<Scenario> CheckEligibility(const Servers& servers);

// One measurement: what the scenario has for this round. With the processor time that its server used.
Measured Measure(Scenario& scenario, size_t in_flight_index, absl::Duration seconds);

}  // namespace tc::bench
