#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "tools/tcctl/command.h"
#include "tools/tcctl/dev_suite.h"
#include "tools/tcctl/interrupt.h"

namespace tc::ctl {

namespace {

struct Options {
  std::string address;
  bool follow = false;
  bool code_only = false;
};

void Print(const dev::Message& message, const Options& options, Format format) {
  if (options.code_only) {
    if (!message.code.empty()) std::cout << message.code << "\n" << std::flush;
  } else if (format == Format::kJson) {
    const nlohmann::ordered_json json = {
        {"channel", message.channel}, {"to", message.to}, {"text", message.text}, {"code", message.code}};
    std::cout << json.dump() << "\n" << std::flush;
  } else {
    std::cout << "--- " << message.channel << " to " << message.to << "\n"
              << message.text << "\n"
              << std::flush;
  }
}

// Messages leave a moment after the call that caused them: a code that is not quite new is believed only
// after a second.
absl::Status PrintNewestCode(const dev::Spool& spool, const std::string& address) {
  std::string code;
  const absl::Time start = absl::Now();
  for (bool fresh = false; !fresh && absl::Now() < start + absl::Seconds(1);
       absl::SleepFor(absl::Milliseconds(10))) {
    for (const dev::Message& message : spool.Inbox(address)) {
      if (message.code.empty()) continue;
      code = message.code;
      fresh = message.at > start - absl::Seconds(2);
    }
  }
  if (code.empty()) return absl::NotFoundError(absl::StrCat("no code has come to ", address));
  std::cout << code << "\n";
  return absl::OkStatus();
}

absl::Status Read(const Context& context, const Options& options) {
  TRY(dev::Locate(context.data));
  const dev::Spool spool(dev::SpoolDir(context.data));
  const Format format = context.format.value_or(Format::kTable);
  if (!options.follow && options.code_only) return PrintNewestCode(spool, options.address);
  std::vector<dev::Message> messages = spool.Inbox(options.address);
  for (const dev::Message& message : messages) Print(message, options, format);
  if (!options.follow) return absl::OkStatus();
  const Interrupt interrupt;
  size_t seen = messages.size();
  while (!interrupt.Within(absl::Milliseconds(200))) {
    messages = spool.Inbox(options.address);
    for (; seen < messages.size(); ++seen) Print(messages[seen], options, format);
  }
  return absl::OkStatus();
}

}  // namespace

void AddInboxCommand(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("inbox", "Read the messages that a phone of the development suite has got");
  command->add_option("ADDRESS", options->address, "A phone, +79…, or an e-mail address")->required();
  command->add_flag("--follow", options->follow, "Go on until Ctrl-C");
  command->add_flag("--code-only", options->code_only,
                    "The newest code and nothing else; exit 3 when there is none");
  command->callback([&context, options] {
    context.run = [&context, options] { return Report(Read(context, *options), context.ErrorFormat()); };
  });
}

}  // namespace tc::ctl
