#pragma once

// Kannel: Debian's bearerbox and smsbox with the configuration of deploy/otp, on free ports of loopback in a
// directory of its own, and the fake operator of kannel-extras behind them. Children belong to the thread
// that starts them. What goes wrong at the start is in the error, with the logs.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tools/tcctl/dev_suite.h"
#include "tools/tcctl/process.h"

namespace tc::e2e {

// A message as the operator got it, its segments joined.
struct Sms {
  std::string from;
  std::string to;
  std::string text;
  int segments = 1;
};

// The messages in a log of fakesmsc, in the order of their last segments.
std::vector<Sms> ReadFakeOperator(absl::string_view log);

class Kannel {
 public:
  static constexpr char kUser[] = "tc-otp";

  // Ready: the operator is online and smsbox takes messages.
  static absl::StatusOr<std::unique_ptr<Kannel>> Start();

  std::string url() const;
  // Holds the password of kUser, mode 0600.
  std::string password_file() const { return directory_.path() + "/password"; }
  // All that bearerbox and smsbox write, and nothing of the operator's.
  std::string directory() const { return directory_.path() + "/kannel"; }

  // The contents of all files there, one after the other.
  std::string Written() const;

  // What the operator has got.
  std::vector<Sms> Received() const;
  // The newest message to this number; waits for it.
  std::optional<Sms> Await(absl::string_view to, absl::Duration patience = absl::Seconds(20)) const;

  absl::Status ConnectOperator();
  void DisconnectOperator();
  // From then on nobody listens where messages are handed over.
  void Stop();
  std::string Logs() const;
  // The fake operator's, with every word of every message.
  std::string OperatorLog() const;

 private:
  Kannel() = default;
  absl::Status Configure();
  absl::Status StartAll();
  std::string Status() const;

  dev::TemporaryDir directory_;
  int admin_port_ = 0;
  int operator_port_ = 0;
  int send_port_ = 0;
  std::unique_ptr<dev::Process> bearerbox_;
  std::unique_ptr<dev::Process> smsbox_;
  std::unique_ptr<dev::Process> operator_;
};

}  // namespace tc::e2e
