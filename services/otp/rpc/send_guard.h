#pragma once

// SendGuard: the one place that admits a code or a notice, inside the transaction that makes it (SND-02 to
// SND-05, SND-08, SND-10). What it counts is kept when that transaction commits; a refusal rolls it back, so
// that a refused send is not counted. A count that cannot be read refuses (SND-11).

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/kv/database.h"
#include "services/otp/domain/verification.h"
#include "services/otp/rpc/conversions.h"
#include "services/otp/rpc/convert.h"
#include "services/otp/rpc/desk.h"

namespace tc::otp {

// The keyed indexes that a client's sends are counted under; empty: not counted.
struct ClientIndexes {
  std::string device;
  std::string client;
  std::string network;
};
ClientIndexes IndexesOf(const Codes& codes, const Client& client);

// What is to be said once the transaction is over. A closure begins with an empty one, since it may run
// again.
struct Noted {
  std::vector<NumbersMet> met;                    // too few of whose codes were entered
  std::vector<std::pair<Channel, double>> spent;  // budgets, and what part is spent
  std::vector<Channel> low;                       // budgets of which little is left, for the first time today
};
// After the transaction, whether it was refused or not: blocks, warnings, gauges.
void Announce(const Desk& desk, const Noted& noted, absl::Time now);

struct Admission {
  std::string kept_back;  // why the message is not sent although nobody is told; empty: it is sent
};

// `v` with its new code, which goes to `address`. RESOURCE_EXHAUSTED with RetryInfo: NUMBER_LIMIT_REACHED,
// ACCOUNT_LIMIT_REACHED, CLIENT_LIMIT_REACHED, BUDGET_EXHAUSTED, PREFIX_THROTTLED. The last keeps a
// claimant's code back instead: decoys have no number, so that a refusal would tell a real account from them.
absl::StatusOr<Admission> AdmitCode(kv::Txn& txn, const Desk& desk, const Verification& v,
                                    const Address& address, const ClientIndexes& client, Noted& noted);

// A notice to one recipient. Kept back: DUPLICATE when the same words went the same way just now,
// BUDGET_EXHAUSTED; security notices are never.
absl::StatusOr<Admission> AdmitNotice(kv::Txn& txn, const Desk& desk, const Message& notice, bool security,
                                      Noted& noted);

// A code that falls over to another channel than the one it was admitted for: counted there, too.
// RESOURCE_EXHAUSTED / BUDGET_EXHAUSTED when nothing is left, but for a contact's approval.
absl::Status AdmitFallOver(kv::Txn& txn, const Desk& desk, const Message& message, Channel channel,
                           absl::Time now, Noted& noted);

}  // namespace tc::otp
