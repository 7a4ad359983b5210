#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <iostream>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "tools/tcctl/access.h"
#include "tools/tcctl/client.h"
#include "tools/tcctl/command.h"
#include "tools/tcctl/csv.h"
#include "tools/tcctl/journal_rows.h"
#include "tools/tcctl/target.h"
#include "trustedcontact/identity/v1/identity.grpc.pb.h"

namespace tc::ctl {

namespace {

namespace pb = trustedcontact::identity::v1;
constexpr int kPage = 500;  // the most that the service gives at once

struct Options {
  std::string account;
  bool csv = false;
  std::vector<std::string> types;
  std::string since;
  std::string until;
  int limit = 0;
  std::string signed_in;
  std::string peer;
  std::string address;
};

void SetTime(absl::Time time, google::protobuf::Timestamp& out) {
  out.set_seconds(absl::ToUnixSeconds(time));
  out.set_nanos(static_cast<int32_t>((time - absl::FromUnixSeconds(out.seconds())) / absl::Nanoseconds(1)));
}

absl::StatusOr<pb::ListSecurityEventsRequest> Question(const Options& options) {
  pb::ListSecurityEventsRequest question;
  question.set_account(absl::StartsWith(options.account, "accounts/")
                           ? options.account
                           : absl::StrCat("accounts/", options.account));
  for (const std::string& type : options.types) question.add_types(type);
  const absl::Time now = absl::Now();
  if (!options.since.empty()) SetTime(TRY(ParseMoment(options.since, now)), *question.mutable_start_time());
  if (!options.until.empty()) SetTime(TRY(ParseMoment(options.until, now)), *question.mutable_end_time());
  return question;
}

// Asks page by page and hands each page on as it comes.
absl::Status Read(const Context& context, const Options& options,
                  const std::function<void(const pb::ListSecurityEventsResponse&)>& take) {
  pb::ListSecurityEventsRequest question = TRY(Question(options));
  const std::string address = TRY(AddressOf({"identity", "", ""}, options.address, context.data));
  const dev::Client client(TRY(AccessTo(context, address)));
  const dev::Caller caller{options.peer, options.signed_in, {}};
  for (int left = options.limit;;) {
    question.set_page_size(options.limit == 0 ? kPage : std::min(left, kPage));
    const pb::ListSecurityEventsResponse page =
        TRY(client.Call(&pb::IdentityService::Stub::ListSecurityEvents, caller, question));
    take(page);
    left -= page.events_size();
    question.set_page_token(page.next_page_token());
    if (page.next_page_token().empty() || (options.limit != 0 && left <= 0)) return absl::OkStatus();
  }
}

absl::Status Print(const Context& context, const Options& options) {
  if (options.csv) {
    std::string header = CsvRecord(JournalColumns());
    TRY(Read(context, options, [&](const pb::ListSecurityEventsResponse& page) {
      std::cout << std::exchange(header, "");
      for (const pb::SecurityEvent& event : page.events()) std::cout << CsvRecord(JournalFields(event));
    }));
    std::cout << std::flush;
    return absl::OkStatus();
  }
  Events events;
  TRY(Read(context, options, [&](const pb::ListSecurityEventsResponse& page) {
    events.insert(events.end(), page.events().begin(), page.events().end());
  }));
  const bool json = context.format.value_or(Format::kTable) == Format::kJson;
  std::cout << (json ? JournalJson(events) : JournalTable(events)) << std::flush;
  return absl::OkStatus();
}

}  // namespace

void AddJournalCommand(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("journal", "Read an account's security journal, newest first");
  command->add_option("ACCOUNT", options->account, "42 or accounts/42")->required();
  command->add_flag("--csv", options->csv, "RFC 4180, with a header line; nothing a spreadsheet would run");
  command->add_option("--type", options->types, "Only this type, such as PhoneBound; may be repeated")
      ->allow_extra_args(false);
  command->add_option("--since", options->since,
                      "Only from then on: 2026-03-02T12:00:00Z, 2026-03-02, or 36h for so long ago");
  command->add_option("--until", options->until, "Only before then, in the same forms");
  command->add_option("--limit", options->limit, "At most so many events; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--as", options->signed_in, "The account that is signed in, with --role portal/NAME")
      ->envname("TCCTL_AS");
  command->add_option("--role", options->peer, "The calling peer, ROLE/NAME")
      ->envname("TCCTL_ROLE")
      ->default_val("operator/tcctl");
  command->add_option("--address", options->address, "gRPC target, when it is not the suite of --data")
      ->envname("TCCTL_ADDRESS");
  command->footer("Example: tcctl journal anna --type PasswordSet --since 720h --csv > anna.csv");
  command->callback([&context, options] {
    context.run = [&context, options] { return Report(Print(context, *options), context.ErrorFormat()); };
  });
}

}  // namespace tc::ctl
