// Every kind of peer at every method of every service, with and without a person, with an empty request and
// with one that is none: what docs/permissions.md says is what happens (TRN-04, TRN-05, C-W 10-14, 17). The
// page is the truth here and was read by people; the options that the gate reads are not looked at.

#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <regex>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/e2e/door.h"
#include "tests/e2e/methods.h"
#include "tests/e2e/production_world.h"

namespace tc::e2e {
namespace {

using ::testing::IsEmpty;
using ::testing::Not;

// One row of the page.
struct Permission {
  std::string role;
  std::set<std::string> names;  // empty: any
  bool person = false;
};
using Page = std::map<std::string, std::vector<Permission>>;  // by path: "/trustedcontact.…/GetAccount"

Permission ParseRow(const std::vector<std::string>& cells) {
  Permission row;
  row.role = cells[2];
  if (cells[3] != "any") row.names = absl::StrSplit(cells[3], ", ");
  row.person = cells[4] != "nobody";
  return row;
}

Page ReadPage() {
  Page page;
  std::ifstream in(TC_SOURCE "/docs/permissions.md");
  std::string api;
  for (std::string line; std::getline(in, line);) {
    if (absl::StartsWith(line, "## ")) api = line.substr(3);
    if (!absl::StartsWith(line, "| `")) continue;
    std::vector<std::string> cells = absl::StrSplit(line, '|');
    for (std::string& cell : cells)
      cell = absl::StrReplaceAll(std::string(absl::StripAsciiWhitespace(cell)), {{"`", ""}});
    page[absl::StrCat("/", api, "/", cells[1])].push_back(ParseRow(cells));
  }
  return page;
}

// Adds the paths of the methods that a file of the contract has.
void ReadMethods(const std::filesystem::path& file, std::set<std::string>& paths) {
  static const std::regex kPackage(R"(^package ([\w.]+);)"), kService(R"(^service (\w+) )"),
      kMethod(R"(^\s*rpc (\w+)\()");
  std::ifstream in(file);
  std::string package, service;
  std::smatch found;
  for (std::string line; std::getline(in, line);) {
    if (std::regex_search(line, found, kPackage)) package = found[1];
    if (std::regex_search(line, found, kService)) service = found[1];
    if (std::regex_search(line, found, kMethod))
      paths.insert(absl::StrCat("/", package, ".", service, "/", found[1].str()));
  }
}

// What must happen to a caller.
enum class Verdict { kNotThisPeer, kNobodySignedIn, kLetIn };

Verdict Judge(const std::vector<Permission>& rows, const dev::Caller& caller) {
  const std::pair<std::string, std::string> peer = absl::StrSplit(caller.peer, absl::MaxSplits('/', 1));
  Verdict verdict = Verdict::kNotThisPeer;
  for (const Permission& row : rows) {
    if (row.role != peer.first || (!row.names.empty() && row.names.count(peer.second) == 0)) continue;
    if (!row.person || !caller.account.empty()) return Verdict::kLetIn;
    verdict = Verdict::kNobodySignedIn;
  }
  return verdict;
}

// What is wrong with an answer, or nothing. Busy, broken and unimplemented methods prove nothing.
bool Fits(Verdict verdict, const RawAnswer& answer) {
  static const std::set<grpc::StatusCode> kProvesNothing = {
      grpc::StatusCode::RESOURCE_EXHAUSTED, grpc::StatusCode::UNAVAILABLE, grpc::StatusCode::UNIMPLEMENTED,
      grpc::StatusCode::INTERNAL,           grpc::StatusCode::UNKNOWN,     grpc::StatusCode::CANCELLED};
  const std::string reason = answer.Reason();
  switch (verdict) {
    case Verdict::kNotThisPeer:
      return answer.code() == grpc::StatusCode::PERMISSION_DENIED && reason == "ROLE_NOT_ALLOWED";
    case Verdict::kNobodySignedIn:
      return answer.code() == grpc::StatusCode::UNAUTHENTICATED && reason == "PERSON_REQUIRED";
    case Verdict::kLetIn:
      return reason != "ROLE_NOT_ALLOWED" && answer.code() != grpc::StatusCode::UNAUTHENTICATED &&
             kProvesNothing.count(answer.code()) == 0;
  }
  return false;
}

// A stream that is let in stays open; it is left after this time.
constexpr absl::Duration kOpenStream = absl::Seconds(2);
const std::string kGarbage = "\xff\xff\xff this is no message \x01\x02";

std::vector<std::string> EveryPeer(const Page& page) {
  std::set<std::string> peers;
  const auto* roles = options_pb::Role_descriptor();
  for (int i = 0; i < roles->value_count(); ++i) {
    if (roles->value(i)->number() == options_pb::ROLE_UNSPECIFIED) continue;
    peers.insert(absl::StrCat(RoleText(static_cast<options_pb::Role>(roles->value(i)->number())), "/test"));
  }
  for (const dev::Service service : dev::kServices)
    peers.insert(absl::StrCat("service/", dev::NameOf(service)));
  for (const auto& [path, rows] : page) {
    for (const Permission& row : rows) {
      for (const std::string& name : row.names) peers.insert(absl::StrCat(row.role, "/", name));
    }
  }
  return {peers.begin(), peers.end()};
}

class Permissions : public ProductionWorld {
 protected:
  Permissions() : door_(suite()) {}

  void Try(const Served& served, const dev::Caller& caller, const std::string& body, Verdict verdict) {
    RawCall call{served.Path(), body, door_.CredentialsOf(caller)};
    if (served.method->server_streaming() && verdict == Verdict::kLetIn) call.deadline = kOpenStream;
    door_.LineOf(served.where, caller.peer).Send(call, [=, this](const RawAnswer& answer) {
      const std::lock_guard lock(mutex_);
      ++tried_;
      if (Fits(verdict, answer)) return;
      wrong_.push_back(absl::StrCat(dev::NameOf(served.where), " ", served.Label(), " as ", caller.peer,
                                    caller.account.empty() ? "" : " with a person",
                                    body.empty() ? "" : ", garbage", ": ", answer.Brief()));
    });
  }

  void TryEverywhere(const std::string& peer, const Page& page) {
    for (const Served& served : EveryMethod()) {
      const auto rows = page.find(served.Path());
      for (const bool signed_in : {false, true}) {
        dev::Caller caller = dev::From(peer);
        // Always another one: a person may not call often.
        if (signed_in) caller.account = absl::StrCat("passer-by-", ++passers_by_);
        const Verdict verdict = rows == page.end() ? Verdict::kNotThisPeer : Judge(rows->second, caller);
        for (const std::string& body : {std::string(), kGarbage}) Try(served, caller, body, verdict);
      }
    }
    for (const dev::Service service : dev::kServices) door_.LineOf(service, peer).Wait();
  }

  ProductionDoor door_;
  std::mutex mutex_;
  int passers_by_ = 0;
  int tried_ = 0;
  std::vector<std::string> wrong_;
};

TEST_F(Permissions, OfThePageAreThoseOfTheMethodsThatAreServed) {
  const Page page = ReadPage();
  std::set<std::string> served;
  for (const Served& method : EveryMethod()) {
    served.insert(method.Path());
    EXPECT_EQ(page.count(method.Path()), 1U) << method.Path() << " is not on the page";
  }
  for (const auto& [path, rows] : page) EXPECT_EQ(served.count(path), 1U) << path << " is served by nobody";
}

// A service that is added must be added to EveryMethod and to the page, or nobody would try it.
TEST_F(Permissions, OfThePageAreThoseOfTheContract) {
  const Page page = ReadPage();
  std::set<std::string> contract;
  for (const auto& file : std::filesystem::recursive_directory_iterator(TC_SOURCE "/proto/trustedcontact")) {
    if (file.path().extension() == ".proto") ReadMethods(file.path(), contract);
  }
  std::set<std::string> shown;
  for (const auto& [path, rows] : page) shown.insert(path);
  EXPECT_EQ(shown, contract);
}

TEST_F(Permissions, AreAskedForOnlyWhereTheMethodIsServed) {
  std::map<std::string, std::set<dev::Service>> places;
  for (const Served& served : EveryMethod()) places[served.Path()].insert(served.where);
  std::vector<std::string> wrong;
  int tried = 0;
  for (const Served& served : EveryMethod()) {
    const dev::Caller caller = AllowedCaller(served.rules().callers(0), absl::StrCat("lost-", ++passers_by_));
    for (const dev::Service elsewhere : dev::kServices) {
      if (places[served.Path()].count(elsewhere) > 0) continue;
      ++tried;
      const RawAnswer answer = door_.Ask(elsewhere, caller, {served.Path(), "", {}});
      if (answer.code() != grpc::StatusCode::UNIMPLEMENTED)
        wrong.push_back(
            absl::StrCat(dev::NameOf(elsewhere), " answers ", served.Label(), ": ", answer.Brief()));
    }
  }
  EXPECT_GT(tried, 200);
  EXPECT_EQ(wrong.size(), 0U) << absl::StrJoin(wrong, "\n");
}

TEST_F(Permissions, HoldForEveryRoleAtEveryMethodOfEveryServiceWithAndWithoutAPerson) {
  const Page page = ReadPage();
  ASSERT_THAT(page, Not(IsEmpty()));
  for (const std::string& peer : EveryPeer(page)) TryEverywhere(peer, page);
  std::printf("    %d calls\n", tried_);
  EXPECT_GT(tried_, 4000);
  EXPECT_EQ(wrong_.size(), 0U) << absl::StrJoin(wrong_, "\n");
}

struct Stranger {
  const char* name;
  std::vector<std::string> uris;

  friend void PrintTo(const Stranger& stranger, std::ostream* out) { *out << stranger.name; }
};

class CertificatesOfNobody : public Permissions, public ::testing::WithParamInterface<Stranger> {};

TEST_P(CertificatesOfNobody, MayCallNothing) {
  testing::CertificateRequest request;
  request.common_name = "operator/test";
  request.uris = GetParam().uris;
  const tls::Files files = suite().authority().Issue(GetParam().name, request);
  std::vector<std::string> let_in;
  for (const dev::Service service : dev::kServices) {
    Line line(suite().ChannelOf(service, files));
    for (const Served& served : EveryMethod()) {
      if (served.where != service) continue;
      for (const std::string& body : {std::string(), kGarbage}) {
        const RawAnswer answer =
            line.Ask({served.Path(), body, door_.CredentialsOf(dev::SignedIn("anybody"))});
        if (Fits(Verdict::kNotThisPeer, answer)) continue;
        let_in.push_back(absl::StrCat(served.Label(), ": ", answer.Brief()));
      }
    }
  }
  EXPECT_EQ(let_in.size(), 0U) << absl::StrJoin(let_in, "\n");
}

INSTANTIATE_TEST_SUITE_P(
    CW, CertificatesOfNobody,
    ::testing::Values(Stranger{"10_NoUri", {}},
                      Stranger{"11_TwoUris",
                               {"spiffe://example.org/operator/test", "spiffe://example.org/portal/test"}},
                      Stranger{"12_ForeignTrustDomain", {"spiffe://example.com/operator/test"}},
                      Stranger{"12_TrustDomainWithMore", {"spiffe://example.org.evil.example/operator/test"}},
                      Stranger{"13_PathUpwards", {"spiffe://example.org/portal/../operator/test"}},
                      Stranger{"13_LongerPath", {"spiffe://example.org/operator/test/more"}},
                      Stranger{"14_UpperCase", {"spiffe://example.org/Operator/test"}},
                      Stranger{"14_UpperCaseName", {"spiffe://example.org/operator/Test"}},
                      Stranger{"14_PercentEncoded", {"spiffe://example.org/operator/t%65st"}},
                      Stranger{"15_NameInCommonNameOnly", {"https://example.org/operator/test"}},
                      Stranger{"UnknownRole", {"spiffe://example.org/administrator/test"}},
                      Stranger{"NoName", {"spiffe://example.org/operator/"}},
                      Stranger{"NoRole", {"spiffe://example.org/test"}}),
    [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace tc::e2e
