#pragma once

// Startup: what the command line of tc-otp says, read and checked before anything is opened.

#include <optional>
#include <string>
#include <vector>

#include "common/base/policy.h"
#include "common/rpc/runtime.h"
#include "services/otp/domain/wording.h"
#include "services/otp/outbound/provider_file.h"
#include "services/otp/rpc/receipt_flags.h"

namespace tc::otp {

struct StartupFlags {
  ProviderFlags providers;
  std::string templates;  // directory of an operator's own words; empty: the program's
  std::string origin_host = "gosuslugi.example";
  int send_threads = 16;  // messages that are being handed over at the same time, 1 to 256
  ReceiptFlags receipts;
};

struct Startup {
  Providers providers;
  Wording wording;
  std::string origin_host;
  PolicyValues policy;
  std::optional<ReceiptListenerOptions> receipts;
};

// nullopt when `mistakes` were found; each names its flag, and what is wrong in a file its place there.
std::optional<Startup> ReadStartup(const StartupFlags& flags, const rpc::CommonFlags& common,
                                   std::vector<std::string>& mistakes);

// What works, but surely not as it was meant: providers that report to nobody, a listener that nobody
// reports to.
std::vector<std::string> WarningsOf(const Startup& start);

// "SMS, VOICE".
std::string ChannelsOf(const ProviderInfo& provider);

}  // namespace tc::otp
