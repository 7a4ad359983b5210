#include "common/rpc/serving.h"

#include <grpcpp/impl/service_type.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/crypto/hmac.h"
#include "common/obs/log.h"
#include "common/obs/metrics.h"
#include "common/rpc/admin_handlers.h"
#include "common/rpc/admin_service.h"
#include "common/rpc/audit_handlers.h"
#include "common/rpc/event_log.h"
#include "common/rpc/event_service.h"
#include "common/rpc/feed.h"
#include "common/rpc/ports.h"
#include "common/rpc/process.h"
#include "common/rpc/repeater.h"
#include "common/rpc/version.h"
#include "trustedcontact/admin/v1/admin.pb.h"
#include "trustedcontact/events/v1/events.pb.h"

namespace tc::rpc {
namespace {

constexpr absl::Duration kFinishCalls = absl::Seconds(20);
constexpr absl::Duration kCloseConnections = absl::Seconds(1);
constexpr absl::Duration kSweepPause = absl::Minutes(10);  // between two passes over all kept answers
constexpr absl::Duration kAuditPause = absl::Seconds(1);   // a checkpoint is due by time or by entries
constexpr absl::Duration kHealthPause = absl::Seconds(1);
constexpr int kSweepStep = 1000;

std::string ProfileOf(const Flags& flags) { return flags.development ? "dev" : "production"; }

ServerFacts FactsOf(const ServingParts& parts, PolicyInForce policy) {
  return {parts.info.name,          kVersion,           ProfileOf(parts.flags),
          parts.gate.clock().Now(), parts.flags.policy, std::move(policy)};
}

std::vector<std::string> NamesOf(const ServiceInfo& info) {
  std::vector<std::string> names = info.services;
  names.push_back("trustedcontact.admin.v1.AdminService");
  names.push_back("trustedcontact.events.v1.EventService");
  return names;
}

// True while the pass goes on.
bool SweepOnce(const ServingParts& parts, std::string& cursor) {
  const absl::Status status = parts.once.Sweep(parts.gate.clock().Now(), kSweepStep, cursor).status();
  if (!status.ok()) obs::Warning("old answers cannot be removed", {{"detail", status.message()}});
  return status.ok() && !cursor.empty();
}

// What the audit log needs from time to time: entries of refusals that were kept back, and a checkpoint.
void TendAuditLog(const ServingParts& parts) {
  const absl::Time now = parts.gate.clock().Now();
  parts.refusals.Flush(now);
  (void)parts.signer.SignWhenDue(now);  // it has logged and counted why not
}

// Tells other overrides apart; they may be long.
std::string DigestOf(const std::map<std::string, std::string>& overrides) {
  std::string all;
  for (const auto& [key, value] : overrides) absl::StrAppend(&all, key, "=", value, "\n");
  return absl::BytesToHexString(crypto::Sha256(all));
}

// Under what this process serves: a restart changes it without anybody's order.
std::map<std::string, std::string> TermsOf(const ServingParts& parts) {
  std::map<std::string, std::string> terms = {{"version", kVersion},
                                              {"profile", ProfileOf(parts.flags)},
                                              {"policy", parts.flags.policy},
                                              {"keys", parts.rotation.Newest()}};
  if (!parts.flags.overrides.empty()) terms["overrides"] = DigestOf(parts.flags.overrides);
  return terms;
}

// The life of the process is in the audit log, too.
absl::Status EnterLife(const ServingParts& parts, const char* type,
                       std::map<std::string, std::string> attributes) {
  kv::Event act;
  act.type = type;
  act.attributes = std::move(attributes);
  act.at = parts.gate.clock().Now();
  return parts.database.Update([&](kv::Txn& txn) { return txn.Audit(act); }).status();
}

int Fail(const absl::Status& status) {
  obs::Error("cannot serve", {{"detail", std::string(status.message())}});
  return 1;
}

void StopInOrder(const ServingParts& parts, Feed& feed, Ports& ports) {
  ports.Leave();
  parts.gate.Close();
  feed.Stop();
  if (parts.service_feed != nullptr) parts.service_feed->Stop();
  if (!parts.gate.Drain(kFinishCalls)) {
    // The server would wait for ever for a handler that never ends. The store is safe against this, as
    // against any crash.
    obs::Error("calls did not end in time");
    std::_Exit(1);
  }
  ports.Shutdown(kCloseConnections);
}

}  // namespace

int ServeUntilStopped(const ServingParts& parts, std::vector<std::shared_ptr<grpc::Service>> services,
                      PolicyInForce policy) {
  std::unique_ptr<obs::MetricsServer> metrics;
  if (!parts.flags.metrics.empty()) {
    absl::StatusOr<std::unique_ptr<obs::MetricsServer>> started =
        obs::MetricsServer::Start(parts.flags.metrics);
    if (!started.ok()) return Fail(started.status());
    metrics = *std::move(started);
  }
  const EventLog log(parts.database, parts.pager);
  Feed feed(parts.database, Feed::Options{});
  AdminHandlers admin(FactsOf(parts, std::move(policy)), parts.database, parts.once, parts.pager,
                      parts.backups, parts.rotation);
  AuditHandlers audit(parts.database, parts.ledger, parts.signer, parts.gate.clock());
  services.push_back(MakeEventService(log, feed, parts.gate));
  services.push_back(MakeAdminService(admin, audit, parts.gate));

  if (const absl::Status entered = EnterLife(parts, "ServiceStarted", TermsOf(parts)); !entered.ok()) {
    return Fail(entered);
  }
  absl::StatusOr<std::unique_ptr<Ports>> ports =
      Ports::Open(parts.flags, parts.credentials, std::move(services), NamesOf(parts.info),
                  parts.refusals.AtTheDoor(parts.flags.trust_domain, parts.gate.clock()),
                  [&parts] { parts.gate.Open(); });
  if (!ports.ok()) return Fail(ports.status());
  for (const std::string& warning : WarningsOf(parts.flags)) obs::Warning(warning);
  obs::Info("serving", {{"service", parts.info.name},
                        {"version", kVersion},
                        {"address", (*ports)->address()},
                        {"health", (*ports)->health_address()},
                        {"profile", ProfileOf(parts.flags)},
                        {"policy", parts.flags.policy}});
  std::string swept_to;
  std::optional<Repeater> sweep(std::in_place, kSweepPause,
                                [&parts, &swept_to] { return SweepOnce(parts, swept_to); });
  std::optional<Repeater> auditing(std::in_place, kAuditPause, [&parts] {
    TendAuditLog(parts);
    return false;
  });
  std::optional<Repeater> health(std::in_place, kHealthPause, [&] {
    (*ports)->TellOf(parts.database);
    return false;
  });
  const std::string signal = WaitForStop();
  health.reset();
  obs::Info("stopping", {{"signal", signal}});
  StopInOrder(parts, feed, **ports);
  sweep.reset();
  auditing.reset();
  parts.refusals.FlushAll(parts.gate.clock().Now());
  (void)EnterLife(parts, "ServiceStopped", {{"version", kVersion}});
  (void)parts.signer.SignNow(parts.gate.clock().Now());
  obs::Info("stopped");
  return 0;
}

}  // namespace tc::rpc
