// tc_bench: throughput of the services as ratios to references measured in the same minutes on the same
// machine. Absolute numbers of two runs cannot be compared; the ratios can. Everything shares the machine's
// cores, load client included.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "tests/bench/linking_server.h"
#include "tests/bench/reference_server.h"
#include "tests/bench/scenarios.h"

namespace tc::bench {

namespace {

constexpr long kRssLimitKib = 64 * 1024;
constexpr int kBasePort = 17100;  // the suite: 17101 to 17104

struct Options {
  std::string bin;
  int rounds = 3;
  double seconds = 2;
  std::string only;
};

struct RemoveDirectory {
  void operator()(const std::string* path) const {
    std::error_code ignored;
    std::filesystem::remove_all(*path, ignored);
  }
};

std::string Self() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

absl::Status WaitUntilHealthy(const std::string& target, const std::string& data) {
  const dev::Client client(target, TRY(dev::DevelopmentKey(data)));
  for (int i = 0; i < 500; ++i) {
    if (client.Healthy()) return absl::OkStatus();
    absl::SleepFor(absl::Milliseconds(20));
  }
  return absl::UnavailableError(absl::StrCat(target, " does not get ready"));
}

long RssKib(pid_t pid) {
  std::ifstream status(absl::StrCat("/proc/", pid, "/status"));
  std::string word;
  long kib = 0;
  while (status >> word) {
    if (word == "VmRSS:" && status >> kib) return kib;
  }
  return 0;
}

bool ReportRss(dev::DevSuite& suite) {
  absl::SleepFor(absl::Seconds(3));
  bool passed = true;
  std::printf("\nResident memory at rest, limit %ld MB\n", kRssLimitKib / 1024);
  for (const dev::Service service : dev::kServices) {
    const long kib = RssKib(suite.PidOf(service));
    const bool good = kib > 0 && kib <= kRssLimitKib;
    passed = passed && good;
    std::printf("  tc-%-9s %6.1f MB  %s\n", std::string(dev::NameOf(service)).c_str(),
                static_cast<double>(kib) / 1024, good ? "pass" : "FAIL");
  }
  std::fflush(stdout);
  return passed;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

// All measurements of one scenario with one number of calls in flight.
struct Series {
  std::vector<Measured> measured;
  std::vector<double> ratios;  // to the reference, one a round; none for a reference itself
  std::vector<double> ratios_beside;
};
using Results = std::map<std::pair<std::string, size_t>, Series>;

class Measurements {
 public:
  Measurements(std::vector<Scenario>& scenarios, const Options& options)
      : scenarios_(scenarios), seconds_(absl::Seconds(options.seconds)) {}

  // A second of the machine is not like the next one: a scenario and its reference take turns in short
  // slices.
  void Round(int number) {
    for (size_t k = 0; k < std::size(kInFlight); ++k) {
      for (Scenario& scenario : scenarios_) {
        if (scenario.against.empty()) continue;
        Scenario& reference = ByName(scenario.against);
        Total own, others, beside;
        for (int slice = 0; slice < kSlices; ++slice) {
          others.Add(Take(reference, k));
          own.Add(Take(scenario, k));
          if (!scenario.beside.empty()) beside.Add(Take(ByName(scenario.beside), k));
        }
        const double ratio = own.PerSecond() / others.PerSecond();
        Series& series = results_[{scenario.name, k}];
        series.ratios.push_back(ratio);
        if (!scenario.beside.empty()) series.ratios_beside.push_back(own.PerSecond() / beside.PerSecond());
        std::fprintf(stderr, "round %d, %2d in flight, %-30s %8.0f/s, %.2f of %s\n", number, kInFlight[k],
                     scenario.name.c_str(), own.PerSecond(), ratio, reference.name.c_str());
      }
    }
  }

  const Results& results() const { return results_; }

 private:
  struct Total {
    void Add(const Measured& measured) {
      calls += measured.calls;
      seconds += measured.seconds;
    }
    double PerSecond() const { return seconds > 0 ? static_cast<double>(calls) / seconds : 0; }
    size_t calls = 0;
    double seconds = 0;
  };
  Scenario& ByName(const std::string& name) {
    return *std::find_if(scenarios_.begin(), scenarios_.end(),
                         [&](const Scenario& scenario) { return scenario.name == name; });
  }
  Measured Take(Scenario& scenario, size_t k) {
    const Measured measured = Measure(scenario, k, seconds_ / kSlices);
    results_[{scenario.name, k}].measured.push_back(measured);
    return measured;
  }

  std::vector<Scenario>& scenarios_;
  const absl::Duration seconds_;
  Results results_;
};

double MedianOf(const Series& series, double Measured::*field) {
  std::vector<double> values;
  for (const Measured& measured : series.measured) values.push_back(measured.*field);
  return Median(values);
}

bool ReportOne(const Scenario& scenario, size_t k, const Results& results) {
  const auto found = results.find({scenario.name, k});
  if (found == results.end()) return true;  // a reference that nothing was compared with
  const Series& series = found->second;
  size_t errors = 0;
  std::string first_error;
  for (const Measured& measured : series.measured) {
    errors += measured.errors;
    if (measured.errors > 0) first_error = measured.first_error;
  }
  std::printf("  %-30s %9d %9.0f %9.0f %9.0f %9.0f", scenario.name.c_str(), kInFlight[k],
              MedianOf(series, &Measured::per_second), MedianOf(series, &Measured::p50_us),
              MedianOf(series, &Measured::p99_us), MedianOf(series, &Measured::server_cpu_us));
  bool passed = errors == 0;
  if (!scenario.against.empty()) {
    const double ratio = Median(series.ratios);
    const bool demanded = kInFlight[k] == 64;
    if (demanded) passed = passed && ratio >= scenario.must;
    std::printf(
        "  %5.2f of %-20s %s", ratio, scenario.against.c_str(),
        demanded ? absl::StrFormat(">= %.2f  %s", scenario.must, passed ? "pass" : "FAIL").c_str() : "");
  }
  if (!scenario.beside.empty()) {
    std::printf("  (%.2f of %s)", Median(series.ratios_beside), scenario.beside.c_str());
  }
  if (errors > 0) std::printf("  %zu errors, such as: %s", errors, first_error.c_str());
  std::printf("\n");
  return passed;
}

bool ReportAll(const std::vector<Scenario>& scenarios, const Results& results) {
  bool passed = true;
  std::printf("\n  %-30s %9s %9s %9s %9s %9s  %s\n", "medians", "in flight", "calls/s", "p50 us", "p99 us",
              "cpu us", "ratio");
  for (size_t k = 0; k < std::size(kInFlight); ++k) {
    for (const Scenario& scenario : scenarios) passed = ReportOne(scenario, k, results) && passed;
  }
  std::printf(
      "\n  AcceptInvitation: the service's own handlers, store and gate; its three questions to identity are "
      "answered in the\n"
      "  process. All other services are the programs that are shipped. Every call carries the same kind of "
      "assertion.\n");
  return passed;
}

// The references, and those whose name contains `only`.
absl::StatusOr<std::vector<Scenario>> MakeScenarios(const Servers& servers, const std::string& only) {
  using Maker = absl::StatusOr<Scenario> (*)(const Servers&);
  static const std::vector<std::pair<std::string, Maker>> makers = {
      {"CheckVerification, wrong code", WrongCode}, {"CheckVerification, right code", RightCode},
      {"AcceptInvitation", AcceptInvitation},       {"GetGuard", GetGuard},
      {"CheckEligibility", CheckEligibility},
  };
  std::vector<Scenario> scenarios;
  scenarios.push_back(Echo(servers));
  scenarios.push_back(ReadModifyWrite(servers));
  scenarios.push_back(SameRecords(servers));
  for (const auto& [name, make] : makers) {
    if (!absl::StrContains(name, only)) continue;
    const absl::Time start = absl::Now();
    scenarios.push_back(TRY(make(servers)));
    std::fprintf(stderr, "requests of %s made in %.1f s\n", name.c_str(),
                 absl::ToDoubleSeconds(absl::Now() - start));
  }
  return scenarios;
}

absl::StatusOr<bool> Play(const Options& options) {
  const dev::TemporaryDir directory;
  // Messages in memory: a provider would not be on this disk either.
  const std::string spool = absl::StrCat("/dev/shm/tc-bench-", getpid());
  const std::unique_ptr<const std::string, RemoveDirectory> removed(&spool);
  dev::SuiteOptions suite_options;
  suite_options.data = directory.path() + "/suite";
  suite_options.bin = options.bin;
  suite_options.spool = spool;
  suite_options.base_port = kBasePort;
  suite_options.set = dev::GenerousLimits();
  suite_options.set.push_back("otp.code_lifetime=600");
  // Very many codes, most of them wrong.
  suite_options.set.insert(suite_options.set.end(),
                           {"otp.failures_per_hour=1000000", "otp.budget_sms=1000000000"});
  for (int i = 1; i <= 5; ++i) suite_options.set.push_back(absl::StrCat("otp.attempt_delay_", i, "=0"));
  const std::unique_ptr<dev::DevSuite> suite = TRY(dev::DevSuite::Start(suite_options));
  const bool small = ReportRss(*suite);

  const std::string data = suite->location().data;
  const std::string reference = absl::StrCat("127.0.0.1:", kBasePort + 11);
  const std::string linking = absl::StrCat("127.0.0.1:", kBasePort + 12);
  const dev::Process reference_server =
      TRY(dev::Process::Start({Self(), "serve-reference", reference, directory.path() + "/reference"},
                              directory.path() + "/reference.log"));
  const dev::Process linking_server = TRY(dev::Process::Start(
      {Self(), "serve-linking", linking, directory.path() + "/linking", data + "/keys/dev.jwks"},
      directory.path() + "/linking.log"));
  TRY(WaitUntilHealthy(reference, data));
  TRY(WaitUntilHealthy(linking, data));

  const Servers servers{*suite,
                        TRY(dev::DevelopmentKey(data)),
                        dev::Connect(reference),
                        reference_server.pid(),
                        dev::Connect(linking),
                        linking_server.pid(),
                        options.rounds};
  std::vector<Scenario> scenarios = TRY(MakeScenarios(servers, options.only));
  absl::SleepFor(absl::Seconds(2));
  Measurements measurements(scenarios, options);
  for (int round = 1; round <= options.rounds; ++round) measurements.Round(round);
  return ReportAll(scenarios, measurements.results()) && small;
}

int Main(const Options& options) {
  const absl::StatusOr<bool> passed = Play(options);
  if (!passed.ok()) {
    std::fprintf(stderr, "tc_bench: %s\n", passed.status().ToString().c_str());
    return 2;
  }
  std::printf("\n%s\n", *passed ? "Every goal is reached." : "Not every goal is reached.");
  return *passed ? 0 : 1;
}

}  // namespace
}  // namespace tc::bench

int main(int argc, char** argv) {
  // As the services do: Debian's Abseil would watch every mutex of gRPC for deadlocks.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  CLI::App app("Measures the services against references, in one run", "tc_bench");
  tc::bench::Options options;
  app.add_option("--bin", options.bin, "Where the tc-* programs are; default: beside this one");
  app.add_option("--rounds", options.rounds, "Rounds; the median counts")
      ->capture_default_str()
      ->check(CLI::Range(1, 9));
  app.add_option("--seconds", options.seconds, "Seconds of one measurement")->capture_default_str();
  app.add_option("--only", options.only,
                 "Only the scenarios whose name contains this text; the references always");
  std::string listen;
  std::string data;
  std::string jwks;
  CLI::App* reference =
      app.add_subcommand("serve-reference", "The reference server, started by tc_bench itself");
  reference->add_option("LISTEN", listen)->required();
  reference->add_option("DATA", data)->required();
  CLI::App* linking = app.add_subcommand(
      "serve-linking", "Linking with an identity service that says yes, started by tc_bench itself");
  linking->add_option("LISTEN", listen)->required();
  linking->add_option("DATA", data)->required();
  linking->add_option("JWKS", jwks)->required();
  CLI11_PARSE(app, argc, argv);
  if (reference->parsed()) return tc::bench::ServeReference(listen, data);
  if (linking->parsed()) return tc::bench::ServeLinking(listen, data, jwks);
  return tc::bench::Main(options);
}
