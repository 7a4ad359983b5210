#include <google/protobuf/util/json_util.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/audit/entry.h"
#include "common/base/status.h"
#include "tools/tcctl/access.h"
#include "tools/tcctl/audit_check.h"
#include "tools/tcctl/client.h"
#include "tools/tcctl/command.h"
#include "tools/tcctl/target.h"
#include "trustedcontact/admin/v1/admin.grpc.pb.h"

namespace tc::ctl {
namespace {

namespace pb = trustedcontact::admin::v1;
using Stub = pb::AdminService::Stub;
using Json = nlohmann::ordered_json;

constexpr int kPage = 500;
constexpr uint64_t kTellEvery = 10000;  // entries between two lines of progress

struct Options {
  std::string service;
  std::string peer;
  std::string address;
  std::string state;
  std::vector<std::string> keys;
  uint64_t entry = 0;
  uint64_t tree_size = 0;
  std::string file;
  uint64_t first = 0;
  uint64_t limit = 100;
  bool open = false;
};

class Service final : public LogSource {
 public:
  static absl::StatusOr<Service> Find(const Context& context, const Options& options) {
    const std::string address =
        TRY(AddressOf({options.service, "AdminService", ""}, options.address, context.data));
    return Service(dev::Client(TRY(AccessTo(context, address))), dev::From(options.peer));
  }

  absl::StatusOr<pb::AuditCheckpoint> Checkpoint(uint64_t since_size) override {
    pb::GetAuditCheckpointRequest request;
    request.set_since_size(since_size);
    return client_.Call(&Stub::GetAuditCheckpoint, caller_, request);
  }
  absl::StatusOr<pb::ListAuditEntriesResponse> Entries(uint64_t first) override {
    return List(first, kPage, /*open=*/false);
  }
  absl::StatusOr<pb::ListAuditEntriesResponse> List(uint64_t first, int page, bool open) {
    pb::ListAuditEntriesRequest request;
    request.set_first_entry(first);
    request.set_page_size(page);
    request.set_open_personal_parts(open);
    return client_.Call(&Stub::ListAuditEntries, caller_, request);
  }
  absl::StatusOr<pb::AuditProof> Prove(uint64_t entry, uint64_t tree_size) {
    pb::ProveAuditEntryRequest request;
    request.set_entry(entry);
    request.set_tree_size(tree_size);
    return client_.Call(&Stub::ProveAuditEntry, caller_, request);
  }

 private:
  Service(dev::Client client, dev::Caller caller) : client_(std::move(client)), caller_(std::move(caller)) {}

  dev::Client client_;
  dev::Caller caller_;
};

std::string ToJson(const google::protobuf::Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  (void)google::protobuf::util::MessageToJsonString(message, &json, options);
  return json;
}

void Print(const Json& json, Format format) {
  // Whatever an entry holds reaches the terminal escaped.
  std::cout << Render(json.dump(2, ' ', /*ensure_ascii=*/true), format) << std::flush;
}

std::string StateFile(const Context& context, const Options& options) {
  return options.state.empty() ? absl::StrCat(context.data, "/audit/", options.service, ".json")
                               : options.state;
}

absl::Status Verify(const Context& context, const Options& options) {
  Service service = TRY(Service::Find(context, options));
  const std::string file = StateFile(context, options);
  AuditMemory memory = TRY(ReadAuditMemory(file));
  uint64_t told = 0;
  const CheckedLog log = TRY(CheckLog(service, memory, options.keys, [&](uint64_t done, uint64_t of) {
    if (done < told + kTellEvery) return;
    told = done;
    std::cerr << done << " of " << of << " entries\n" << std::flush;
  }));
  TRY(WriteAuditMemory(file, memory));
  if (log.trusted_first) {
    std::cerr << "trusting the key that the service names, for this is the first time; compare it with what "
                 "its operator says:\n  "
              << log.key << "\n";
  }
  const Json answer = {{"intact", true},
                       {"log", log.origin},
                       {"entries", log.size},
                       {"new_entries", log.new_entries},
                       {"root_hash", log.root_hash},
                       {"key", log.key}};
  Print(answer, context.format.value_or(Format::kTable));
  return absl::OkStatus();
}

absl::Status Prove(const Context& context, const Options& options) {
  Service service = TRY(Service::Find(context, options));
  Print(Json::parse(ToJson(TRY(service.Prove(options.entry, options.tree_size)))), Format::kJson);
  return absl::OkStatus();
}

template <typename Attributes>
Json ShownAttributes(const Attributes& attributes) {
  Json json = Json::object();
  for (const pb::AuditAttribute& attribute : attributes) json[attribute.name()] = attribute.value();
  return json;
}

Json Shown(const pb::AuditPersonalPart& part) {
  Json json = Json::parse(ToJson(part));
  json["attributes"] = ShownAttributes(part.attributes());
  return json;
}

// What an entry tells in clear.
Json Shown(const pb::AuditEntry& entry) {
  pb::AuditEntry clear = entry;
  clear.clear_previous_hash();
  clear.clear_persons();
  Json json = Json::parse(ToJson(clear));
  json.erase("previous_hash");
  json.erase("persons");
  json["attributes"] = ShownAttributes(entry.attributes());
  return json;
}

absl::Status CheckProofFile(const Context& context, const Options& options) {
  const std::string text = TRY(ReadAuditFile(options.file));
  pb::AuditProof proof;
  if (!google::protobuf::util::JsonStringToMessage(text, &proof).ok()) {
    return absl::InvalidArgumentError(absl::StrCat(options.file, ": is no proof of tcctl audit prove"));
  }
  std::vector<std::string> keys = options.keys;
  if (keys.empty()) keys = TRY(ReadAuditMemory(StateFile(context, options))).keys;
  const pb::AuditEntry entry = TRY(CheckProof(proof, keys));
  Print(Shown(entry), context.format.value_or(Format::kTable));
  return absl::OkStatus();
}

absl::Status List(const Context& context, const Options& options) {
  Service service = TRY(Service::Find(context, options));
  const std::vector<pb::ListedAuditEntry> entries =
      TRY(ReadEntries([&](uint64_t first, int page) { return service.List(first, page, options.open); },
                      options.first, options.limit));
  Json rows = Json::array();
  for (const pb::ListedAuditEntry& listed : entries) {
    Json row = Shown(TRY(audit::Decode(listed.leaf())));
    if (options.open) {
      row["persons"] = Json::array();
      for (const pb::AuditPersonalPart& part : listed.opened()) row["persons"].push_back(Shown(part));
    }
    rows.push_back(std::move(row));
  }
  Print(Json{{"entries", std::move(rows)}}, context.format.value_or(Format::kTable));
  return absl::OkStatus();
}

using Action = absl::Status (*)(const Context&, const Options&);

CLI::App* AddAction(CLI::App& audit, Context& context, const std::shared_ptr<Options>& options,
                    const char* name, const char* description, Action action) {
  CLI::App* command = audit.add_subcommand(name, description);
  command->add_option("--service", options->service, "Whose log")
      ->check(CLI::IsMember({"identity", "linking", "recovery", "otp"}))
      ->envname("TCCTL_SERVICE")
      ->default_val("identity");
  command->callback([&context, options, action] {
    context.run = [&context, options, action] {
      return Report(action(context, *options), context.ErrorFormat());
    };
  });
  return command;
}

void AddWay(CLI::App& command, Options& options) {
  command.add_option("--role", options.peer, "The calling peer, ROLE/NAME")
      ->envname("TCCTL_ROLE")
      ->default_val("auditor/tcctl");
  command.add_option("--address", options.address, "gRPC target, when it is not the suite of --data")
      ->envname("TCCTL_ADDRESS");
}

void AddTrust(CLI::App& command, Options& options) {
  command.add_option("--state", options.state,
                     "What is remembered of the log; default: audit/SERVICE.json under --data");
  command.add_option(
      "--key", options.keys,
      "A verifier key that is trusted, and no other, NAME+HASH+KEY; default: what is remembered, or "
      "else the first that is met");
}

}  // namespace

void AddAuditCommand(CLI::App& app, Context& context) {
  const auto options = std::make_shared<Options>();
  CLI::App* audit = app.add_subcommand("audit", "The audit log of a service: verify, prove, read it");
  audit->require_subcommand(1);
  audit->footer("Example: tcctl audit verify --service linking");
  CLI::App* verify =
      AddAction(*audit, context, options, "verify",
                "Fetch the whole log, recompute it, and hold it against what is remembered", Verify);
  AddWay(*verify, *options);
  AddTrust(*verify, *options);
  CLI::App* prove =
      AddAction(*audit, context, options, "prove", "A proof, as JSON, that an entry is in the log", Prove);
  AddWay(*prove, *options);
  prove->add_option("ENTRY", options->entry, "The entry's number")->required();
  prove->add_option("--tree-size", options->tree_size,
                    "Entries of the checkpoint that is to cover it; default: the newest");
  CLI::App* check = AddAction(*audit, context, options, "check-proof",
                              "Check such a proof, without any service", CheckProofFile);
  AddTrust(*check, *options);
  check->add_option("FILE", options->file, "What tcctl audit prove has printed")->required();
  CLI::App* list = AddAction(*audit, context, options, "list", "Entries, oldest first", List);
  AddWay(*list, *options);
  list->add_option("--first", options->first, "From this entry on")->capture_default_str();
  list->add_option("--limit", options->limit, "At most so many")->capture_default_str();
  list->add_flag("--open", options->open, "Show what they tell of people, where it was not erased");
}

}  // namespace tc::ctl
