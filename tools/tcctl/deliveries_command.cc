#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>

#include "common/base/status.h"
#include "tools/tcctl/access.h"
#include "tools/tcctl/client.h"
#include "tools/tcctl/command.h"
#include "tools/tcctl/delivery_rows.h"
#include "tools/tcctl/target.h"
#include "trustedcontact/otp/v1/otp.grpc.pb.h"

namespace tc::ctl {

namespace {

namespace pb = trustedcontact::otp::v1;
constexpr int kPage = 500;  // the most that the service gives at once

struct Options {
  std::string parent;
  int limit = 0;
  std::string peer;
  std::string address;
};

absl::Status List(const Context& context, const Options& options) {
  const std::string address = TRY(AddressOf({"otp", "", ""}, options.address, context.data));
  const dev::Client client(TRY(AccessTo(context, address)));
  pb::ListDeliveriesRequest question;
  question.set_parent(options.parent);
  Deliveries deliveries;
  do {
    const int left = options.limit - static_cast<int>(deliveries.size());
    question.set_page_size(options.limit == 0 ? kPage : std::min(left, kPage));
    const pb::ListDeliveriesResponse page =
        TRY(client.Call(&pb::DeliveryService::Stub::ListDeliveries, dev::From(options.peer), question));
    deliveries.insert(deliveries.end(), page.deliveries().begin(), page.deliveries().end());
    question.set_page_token(page.next_page_token());
  } while (!question.page_token().empty() &&
           (options.limit == 0 || deliveries.size() < static_cast<size_t>(options.limit)));
  std::cout << RenderDeliveries(deliveries, context.format.value_or(Format::kTable)) << std::flush;
  return absl::OkStatus();
}

}  // namespace

void AddDeliveriesCommand(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "deliveries", "What became of messages: who was asked, what came of it; oldest first");
  command->add_option("--parent", options->parent,
                      "Only of this verifications/ID or notifications/ID; default: all");
  command->add_option("--limit", options->limit, "At most so many; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--role", options->peer, "The calling peer, ROLE/NAME")
      ->envname("TCCTL_ROLE")
      ->default_val("operator/tcctl");
  command->add_option("--address", options->address, "gRPC target, when it is not the suite of --data")
      ->envname("TCCTL_ADDRESS");
  command->footer("Example: tcctl deliveries --parent verifications/v1");
  command->callback([&context, options] {
    context.run = [&context, options] { return Report(List(context, *options), context.ErrorFormat()); };
  });
}

}  // namespace tc::ctl
