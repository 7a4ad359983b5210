#pragma once

// BadInput: bad requests, sent to every method of every service of the suite in production (C-W).

#include <google/protobuf/stubs/logging.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "common/env/random.h"
#include "tests/e2e/bad_requests.h"
#include "tests/e2e/door.h"
#include "tests/e2e/production_world.h"
#include "trustedcontact/admin/v1/admin.pb.h"

namespace tc::e2e {

struct Case {
  const char* name;
  std::function<std::vector<Attempt>(const Served&)> attempts;
  std::set<std::string> expected;  // "CODE" or "CODE REASON"
  bool breaks_connection = false;  // the transport may end it, so that it is one of the case's own

  friend void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }
};

class BadInput : public ProductionWorld {
 protected:
  BadInput() : door_(suite()) {
    // Strings that are no UTF-8 are what is tried here.
    google::protobuf::SetLogHandler(nullptr);
  }

  // Always another person, since one may not call often.
  dev::Caller CallerOf(const Served& served) {
    return AllowedCaller(served.rules().callers(0), absl::StrFormat("tried-absent-%010d", ++testers_));
  }

  // The bytes with the caller's own account for the absent one, and a request_id that was not used before.
  static std::string Personal(const std::string& body, const dev::Caller& caller) {
    SystemRandom random;
    std::string account = caller.account;
    if (account.empty()) account = absl::StrFormat("tried-absent-%010d", ++testers_);
    return absl::StrReplaceAll(body, {{kAbsentId, account}, {kSampleRequestId, random.Uuid()}});
  }

  Line& LineFor(const Case& tried, const Served& served, const std::string& peer) {
    if (!tried.breaks_connection) return door_.LineOf(served.where, peer);
    std::unique_ptr<Line>& line = own_lines_[{served.where, peer}];
    if (line == nullptr)
      line = std::make_unique<Line>(suite().ChannelOf(served.where, suite().FilesOf(peer)));
    return *line;
  }

  void Try(const Case& tried, const Served& served, const Attempt& attempt) {
    const dev::Caller caller = CallerOf(served);
    RawCall call{served.Path(), Personal(attempt.body, caller), attempt.metadata};
    call.gzip = attempt.gzip;
    if (attempt.assertion) {
      for (auto& credential : door_.CredentialsOf(caller)) call.metadata.push_back(std::move(credential));
    }
    if (served.method->server_streaming()) call.deadline = absl::Seconds(3);
    Line& line = LineFor(tried, served, caller.peer);
    used_.insert(&line);
    line.Send(call, [this, &tried, served, what = attempt.what](const RawAnswer& answer) {
      const std::string code = CodeText(answer.code());
      const std::lock_guard lock(mutex_);
      ++tried_;
      if (tried.expected.count(code) > 0 || tried.expected.count(code + " " + answer.Reason()) > 0) return;
      wrong_.push_back(absl::StrCat(dev::NameOf(served.where), " ", served.Label(), " ", what.substr(0, 60),
                                    ": ", answer.Brief()));
    });
  }

  void TryEverywhere(const Case& tried) {
    for (const Served& served : EveryMethod()) {
      for (const Attempt& attempt : tried.attempts(served)) Try(tried, served, attempt);
    }
    for (Line* line : used_) line->Wait();
  }

  // Of every store; and the proof that every service answers.
  std::vector<uint64_t> Revisions() {
    std::vector<uint64_t> revisions;
    for (const dev::Service service : dev::kServices) {
      const RawAnswer answer = door_.Ask(service, dev::From("operator/test"),
                                         {MethodOf("AdminService/GetServerInfo").Path(), "", {}});
      EXPECT_TRUE(answer.status.ok()) << dev::NameOf(service) << ": " << answer.Brief();
      trustedcontact::admin::v1::ServerInfo info;
      EXPECT_TRUE(info.ParseFromString(answer.body));
      revisions.push_back(info.revision());
    }
    return revisions;
  }

  ProductionDoor door_;
  std::map<std::pair<dev::Service, std::string>, std::unique_ptr<Line>> own_lines_;
  std::set<Line*> used_;
  inline static int testers_ = 0;
  std::mutex mutex_;
  int tried_ = 0;
  std::vector<std::string> wrong_;
};

}  // namespace tc::e2e
