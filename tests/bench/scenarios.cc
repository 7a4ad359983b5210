#include "tests/bench/scenarios.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "common/base/status.h"
#include "common/env/random.h"
#include "tests/bench/linking_server.h"
#include "tests/bench/reference.pb.h"
#include "tools/tcctl/people.h"
#include "trustedcontact/otp/v1/otp.pb.h"

namespace tc::bench {

namespace {

namespace otp_pb = trustedcontact::otp::v1;
namespace linking_pb = trustedcontact::linking::v1;
namespace identity_pb = trustedcontact::identity::v1;

constexpr char kOtp[] = "/trustedcontact.otp.v1.OtpService/";
constexpr char kLinking[] = "/trustedcontact.linking.v1.LinkingService/";
constexpr char kIdentity[] = "/trustedcontact.identity.v1.IdentityService/";
constexpr size_t kPayload = 100;
constexpr int kWrongCodesEach = 4;
constexpr size_t kAcceptances[] = {8000, 600};  // of one round at 64 and at 1 in flight

std::string Uuid() {
  SystemRandom random;
  return random.Uuid();
}

std::string BearerOf(const Servers& servers, const dev::Caller& caller) {
  return dev::Bearer(servers.signer, caller, absl::Now(), absl::Hours(2));
}

// Sends all operations once, as setting up; the answers in their order.
absl::StatusOr<std::vector<std::string>> SendAll(const std::shared_ptr<grpc::Channel>& channel,
                                                 const std::string& method, const std::string& authorization,
                                                 const std::vector<Operation>& operations) {
  std::vector<std::string> answers(operations.size());
  Load load;
  load.method = method;
  load.authorization = authorization;
  load.measure = absl::Hours(1);
  load.operation = [&](size_t i) { return i < operations.size() ? &operations[i] : nullptr; };
  load.answer = [&](size_t i, const grpc::ByteBuffer& answer) { answers[i] = ToText(answer); };
  const Measured measured = Run(channel, load);
  if (measured.errors > 0) return absl::InternalError(absl::StrCat(method, ": ", measured.first_error));
  return answers;
}

std::string PhoneOf(size_t number) { return absl::StrFormat("+7925%07d", number); }

struct Code {
  std::string id;
  std::string phone;  // empty: a decoy, which is sent nowhere
};

otp_pb::CheckVerificationRequest Check(const Code& code, const std::string& digits) {
  otp_pb::CheckVerificationRequest request;
  request.set_name(absl::StrCat("verifications/", code.id));
  request.set_purpose(otp_pb::PURPOSE_RECOVERY_CLAIM);
  request.set_subject(absl::StrCat("subject-", code.id));
  request.set_request(absl::StrCat("recoveries/", code.id));
  request.set_code(digits);
  request.set_request_id(Uuid());
  return request;
}

absl::Status CreateCodes(const Servers& servers, const std::vector<Code>& codes) {
  std::vector<Operation> operations;
  for (const Code& code : codes) {
    otp_pb::CreateVerificationRequest request;
    request.set_verification_id(code.id);
    request.set_purpose(otp_pb::PURPOSE_RECOVERY_CLAIM);
    request.set_subject(absl::StrCat("subject-", code.id));
    request.set_request(absl::StrCat("recoveries/", code.id));
    if (code.phone.empty()) {
      request.set_decoy(true);
    } else {
      request.set_phone(code.phone);
    }
    request.set_masked_address("***");
    request.set_locale(otp_pb::LOCALE_EN);
    request.set_request_id(Uuid());
    operations.push_back({ToBytes(request), ""});
  }
  return SendAll(servers.suite[dev::Service::kOtp].channel(), absl::StrCat(kOtp, "CreateVerification"),
                 BearerOf(servers, dev::From("service/recovery")), operations)
      .status();
}

// The codes that were sent, by phone; waits until all have come.
absl::StatusOr<std::map<std::string, std::string>> ReadCodes(const Servers& servers, size_t expected) {
  std::map<std::string, std::string> codes;
  for (const absl::Time give_up = absl::Now() + absl::Minutes(3); codes.size() < expected;) {
    if (absl::Now() > give_up)
      return absl::DeadlineExceededError(absl::StrCat("only ", codes.size(), " codes have come"));
    absl::SleepFor(absl::Milliseconds(500));
    for (const dev::Message& message : servers.suite.spool().Inbox("")) {
      if (message.to.rfind("+7925", 0) == 0) codes[message.to] = message.code;
    }
  }
  return codes;
}

Scenario OtpScenario(const Servers& servers, std::string name) {
  Scenario scenario;
  scenario.name = std::move(name);
  scenario.against = "read-modify-write";
  scenario.must = 0.6;
  scenario.channel = servers.suite[dev::Service::kOtp].channel();
  scenario.server = servers.suite.PidOf(dev::Service::kOtp);
  scenario.method = absl::StrCat(kOtp, "CheckVerification");
  scenario.authorization = BearerOf(servers, dev::From("service/recovery"));
  scenario.repeatable = false;
  return scenario;
}

absl::Status LookIntoCabinets(const Servers& servers, const std::vector<std::string>& bearers) {
  linking_pb::ListInvitationsRequest request;
  request.set_view(linking_pb::INVITATION_VIEW_RECEIVED);
  std::vector<Operation> operations;
  for (const std::string& bearer : bearers) operations.push_back({ToBytes(request), bearer});
  return SendAll(servers.linking, absl::StrCat(kLinking, "ListInvitations"), "", operations).status();
}

// User and kernel time so far; fields 14 and 15 of proc(5)'s stat, counted after the name in parentheses.
double CpuSeconds(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/stat"));
  std::string line;
  std::getline(file, line);
  const size_t name_end = line.rfind(") ");
  if (name_end == std::string::npos) return 0;
  const std::vector<absl::string_view> fields =
      absl::StrSplit(absl::string_view(line).substr(name_end + 2), ' ');
  int64_t user = 0;
  int64_t kernel = 0;
  if (fields.size() < 13 || !absl::SimpleAtoi(fields[11], &user) || !absl::SimpleAtoi(fields[12], &kernel))
    return 0;
  return static_cast<double>(user + kernel) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

size_t Needed(const Servers& servers, const Scenario& scenario) {
  return static_cast<size_t>(servers.rounds) * (scenario.share[0] + scenario.share[1]);
}

struct Shape {
  uint32_t reads = 0;
  uint32_t writes = 0;
  uint32_t record_bytes = 0;
};

Scenario ReferenceScenario(const Servers& servers, std::string name, const std::string& method,
                           const Shape& shape) {
  Scenario scenario;
  scenario.name = std::move(name);
  scenario.channel = servers.reference;
  scenario.server = servers.reference_pid;
  scenario.method = absl::StrCat("/trustedcontact.bench.ReferenceService/", method);
  scenario.authorization = BearerOf(servers, dev::From("service/recovery"));
  uint64_t key = 1;
  for (int i = 0; i < 100000; ++i) {
    trustedcontact::bench::ReferenceRequest request;
    key = key * 6364136223846793005u + 1442695040888963407u;
    request.set_key(key >> 47);
    request.set_payload(std::string(kPayload, 'p'));
    request.set_reads(shape.reads);
    request.set_writes(shape.writes);
    request.set_record_bytes(shape.record_bytes);
    scenario.operations.push_back({ToBytes(request), ""});
  }
  return scenario;
}

// Each contact is invited by five principals and signs in once.
size_t Contacts(const Servers& servers) {
  return static_cast<size_t>(servers.rounds) * (kAcceptances[0] + kAcceptances[1]) / 5 + 1;
}

std::vector<std::string> ContactBearers(const Servers& servers) {
  std::vector<std::string> bearers;
  for (size_t contact = 0; contact < Contacts(servers); ++contact) {
    bearers.push_back(BearerOf(servers, dev::SignedIn(OwnerOf(PhoneOf(contact)))));
  }
  return bearers;
}

}  // namespace

Scenario Echo(const Servers& servers) { return ReferenceScenario(servers, "empty call", "Echo", {}); }

Scenario ReadModifyWrite(const Servers& servers) {
  return ReferenceScenario(servers, "read-modify-write", "ReadModifyWrite", {1, 4, 300});
}

Scenario SameRecords(const Servers& servers) {
  // Counted in AcceptInvitation: an invitation (twice), the kept answer, the principal's and the contact's
  // row; then the same without the second reading, the link and two events, together 950 bytes.
  Scenario scenario = ReferenceScenario(servers, "acceptance's records", "ReadModifyWrite", {5, 7, 136});
  const std::vector<std::string> bearers = ContactBearers(servers);
  for (size_t i = 0; i < scenario.operations.size(); ++i) {
    scenario.operations[i].authorization = bearers[i % bearers.size()];
  }
  return scenario;
}

absl::StatusOr<Scenario> WrongCode(const Servers& servers) {
  Scenario scenario = OtpScenario(servers, "CheckVerification, wrong code");
  scenario.share[0] = 40000;
  scenario.share[1] = 5000;
  std::vector<Code> codes(Needed(servers, scenario) / kWrongCodesEach + 1);
  for (size_t i = 0; i < codes.size(); ++i) codes[i].id = absl::StrCat("wrong-", i);
  TRY(CreateCodes(servers, codes));
  for (int attempt = 0; attempt < kWrongCodesEach; ++attempt) {
    for (const Code& code : codes) scenario.operations.push_back({ToBytes(Check(code, "123456")), ""});
  }
  return scenario;
}

absl::StatusOr<Scenario> RightCode(const Servers& servers) {
  Scenario scenario = OtpScenario(servers, "CheckVerification, right code");
  scenario.share[0] = 8000;
  scenario.share[1] = 600;
  std::vector<Code> codes(Needed(servers, scenario));
  for (size_t i = 0; i < codes.size(); ++i) codes[i] = {absl::StrCat("right-", i), PhoneOf(i)};
  TRY(CreateCodes(servers, codes));
  const std::map<std::string, std::string> sent = TRY(ReadCodes(servers, codes.size()));
  for (const Code& code : codes)
    scenario.operations.push_back({ToBytes(Check(code, sent.at(code.phone))), ""});
  return scenario;
}

absl::StatusOr<Scenario> AcceptInvitation(const Servers& servers) {
  Scenario scenario;
  scenario.name = "AcceptInvitation";
  scenario.against = "acceptance's records";
  scenario.must = 0.6;
  scenario.beside = "read-modify-write";
  scenario.channel = servers.linking;
  scenario.server = servers.linking_pid;
  scenario.method = absl::StrCat(kLinking, "AcceptInvitation");
  scenario.repeatable = false;
  std::copy(std::begin(kAcceptances), std::end(kAcceptances), scenario.share);
  // A contact's five answers come apart from each other.
  const size_t contacts = Contacts(servers);
  const std::vector<std::string> bearers = ContactBearers(servers);
  std::vector<Operation> invitations;
  for (size_t i = 0; i < contacts * 5; ++i) {
    linking_pb::CreateInvitationRequest request;
    request.set_contact_first_name("Мария");
    request.set_contact_phone(PhoneOf(i % contacts));
    request.set_request_id(Uuid());
    invitations.push_back({ToBytes(request), BearerOf(servers, dev::SignedIn(absl::StrCat("p", i)))});
  }
  const auto answers =
      TRY(SendAll(servers.linking, absl::StrCat(kLinking, "CreateInvitation"), "", invitations));
  TRY(LookIntoCabinets(servers, bearers));
  for (size_t i = 0; i < answers.size(); ++i) {
    linking_pb::Invitation invitation;
    if (!invitation.ParseFromString(answers[i])) return absl::InternalError("an invitation does not decode");
    linking_pb::AcceptInvitationRequest request;
    request.set_name(invitation.name());
    request.set_request_id(Uuid());
    scenario.operations.push_back({ToBytes(request), bearers[i % contacts]});
  }
  return scenario;
}

absl::StatusOr<Scenario> GetGuard(const Servers& servers) {
  Scenario scenario;
  scenario.name = "GetGuard";
  scenario.against = "empty call";
  scenario.must = 0.6;
  scenario.channel = servers.suite[dev::Service::kLinking].channel();
  scenario.server = servers.suite.PidOf(dev::Service::kLinking);
  scenario.method = absl::StrCat(kLinking, "GetGuard");
  scenario.authorization = BearerOf(servers, dev::From("service/recovery"));
  dev::People people(servers.suite.clients(), servers.suite.spool());
  for (int i = 0; i < 50; ++i) {
    const dev::Citizen principal = dev::Invent(absl::StrCat("anna-", i), "Anna", "Petrova", 2 * i);
    const dev::Citizen contact = dev::Invent(absl::StrCat("maria-", i), "Maria", "Sokolova", 2 * i + 1);
    TRY(people.Admit(principal));
    TRY(people.Admit(contact));
    TRY(people.Connect(principal, contact));
    linking_pb::GetGuardRequest request;
    request.set_principal(principal.Name());
    scenario.operations.push_back({ToBytes(request), ""});
  }
  return scenario;
}

absl::StatusOr<Scenario> CheckEligibility(const Servers& servers) {
  Scenario scenario;
  scenario.name = "CheckEligibility";
  scenario.against = "empty call";
  scenario.must = 0.6;
  scenario.channel = servers.suite[dev::Service::kIdentity].channel();
  scenario.server = servers.suite.PidOf(dev::Service::kIdentity);
  scenario.method = absl::StrCat(kIdentity, "CheckEligibility");
  scenario.authorization = BearerOf(servers, dev::From("service/recovery"));
  dev::People people(servers.suite.clients(), servers.suite.spool());
  for (int i = 0; i < 100; ++i) {
    const dev::Citizen who = dev::Invent(absl::StrCat("vera-", i), "Vera", "Orlova", 1000 + i);
    TRY(people.Admit(who));
    identity_pb::CheckEligibilityRequest request;
    request.set_account(who.Name());
    request.set_role(identity_pb::ELIGIBILITY_ROLE_CONTACT);
    scenario.operations.push_back({ToBytes(request), ""});
  }
  return scenario;
}

Measured Measure(Scenario& scenario, size_t in_flight_index, absl::Duration seconds) {
  Load load;
  load.method = scenario.method;
  load.authorization = scenario.authorization;
  load.in_flight = kInFlight[in_flight_index];
  load.measure = seconds;
  if (scenario.repeatable) {
    load.operation = [&](size_t i) { return &scenario.operations[i % scenario.operations.size()]; };
  } else {
    const size_t first = scenario.next;
    scenario.next = std::min(first + scenario.share[in_flight_index] / kSlices, scenario.operations.size());
    load.operation = [&scenario, first](size_t i) {
      return first + i < scenario.next ? &scenario.operations[first + i] : nullptr;
    };
  }
  const double before = CpuSeconds(scenario.server);
  Measured measured = Run(scenario.channel, load);
  if (measured.answered > 0) {
    measured.server_cpu_us =
        (CpuSeconds(scenario.server) - before) * 1e6 / static_cast<double>(measured.answered);
  }
  return measured;
}

}  // namespace tc::bench
