#pragma once

// Bad requests, made from right ones, at every method of every service; and how they are tried (C-W).

#include <google/protobuf/stubs/logging.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "common/env/random.h"
#include "tests/e2e/door.h"
#include "tests/e2e/production_world.h"
#include "tests/e2e/requests.h"
#include "trustedcontact/admin/v1/admin.pb.h"

namespace tc::e2e {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// One bad request of a method.
struct Attempt {
  std::string what;
  std::string body;
  Metadata metadata = {};
  bool assertion = true;  // the good one of a person, where the method wants it
  bool gzip = false;
};

struct Case {
  const char* name;
  std::function<std::vector<Attempt>(const Served&)> attempts;
  std::set<std::string> expected;  // "CODE" or "CODE REASON"
  bool breaks_connection = false;  // the transport may end it, so that it is one of the case's own

  friend void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }
};

inline std::string Base(const Served& served) { return SampleRequest(*served.method)->SerializeAsString(); }

inline bool Mutates(const Served& served) { return served.rules().mutates(); }

// The same change at every field that `fits`, one at a time.
using Change = std::function<void(Message& holder, const FieldDescriptor& field)>;
inline std::vector<Attempt> AtEach(
    const Served& served, const std::function<bool(const std::string&, const FieldDescriptor&)>& fits,
    const Change& change) {
  std::vector<Attempt> attempts;
  VisitFields(*served.method->input_type(), [&](const std::string& path, const FieldDescriptor& field) {
    if (!fits(path, field)) return;
    const std::unique_ptr<Message> request = SampleRequest(*served.method);
    const Place place = PlaceOf(*request, path);
    change(*place.message, *place.field);
    attempts.push_back({path, request->SerializeAsString()});
  });
  return attempts;
}

inline Change SetText(const std::string& text) {
  return [text](Message& holder, const FieldDescriptor& field) {
    const auto& reflection = *holder.GetReflection();
    if (!field.is_repeated()) return reflection.SetString(&holder, &field, text);
    reflection.ClearField(&holder, &field);
    reflection.AddString(&holder, &field, text);
  };
}

inline bool IsText(const std::string&, const FieldDescriptor& field) {
  return field.type() == FieldDescriptor::TYPE_STRING;
}

// Nobody reads these fields of messages that are answers as well (proto: output only).
inline bool IsRead(const Served& served, const std::string& path) {
  static const std::set<std::string> kOutputOnly = {
      "account.organization",        "account.masked_phone", "account.masked_email", "account.lock_number",
      "account.lock_expire_time",    "account.block_reason", "account.confirm_time", "account.state",
      "account.freeze_cause",        "account.version",      "account.create_time",  "account.update_time",
      "account.confirmation_method", "account.level"};
  return !absl::StrContains(served.Label(), "Account") || kOutputOnly.count(path) == 0;
}

inline std::function<bool(const std::string&, const FieldDescriptor&)> ReadText(const Served& served) {
  return [&served](const std::string& path, const FieldDescriptor& field) {
    const bool output_only = served.Label() == "IdentityService/CreateAccount" && path == "account.name";
    const bool otps = absl::StartsWith(served.Label(), "OtpService");
    // otp has no use for them, and keeps neither.
    const bool unused = otps && (path == "client.user_agent" || path == "client.place");
    return IsText(path, field) && IsRead(served, path) && !output_only && !unused;
  };
}

// Passwords may hold anything; their rules say what is wrong with them.
inline bool IsPassword(const FieldDescriptor& field) { return absl::StrContains(field.name(), "password"); }

inline std::vector<Attempt> TextEverywhere(const Served& served, const std::vector<std::string>& texts) {
  std::vector<Attempt> all;
  for (const std::string& text : texts) {
    const auto fits = [](const std::string& path, const FieldDescriptor& field) {
      return IsText(path, field) && !IsPassword(field);
    };
    for (Attempt& attempt : AtEach(served, fits, SetText(text))) {
      attempt.what += absl::StrCat("=", absl::CHexEscape(text));
      all.push_back(std::move(attempt));
    }
  }
  return all;
}

// Not the caller's own words, whose form is his affair, nor the number of an entry of the outbox, which is as
// good as absent.
inline bool IsJudged(const IdField& field, bool may_be_missing) {
  if (field.holds == Held::kOutboxEntry || field.holds == Held::kEcho) return false;
  return !may_be_missing || field.holds != Held::kNew;
}

inline std::vector<Attempt> IdsEverywhere(const Served& served, bool missing,
                                          const std::function<std::string(std::string)>& spoil) {
  std::vector<Attempt> all;
  for (const IdField& field : IdFieldsOf(served.Label())) {
    const bool output_only = field.holds == Held::kNew && field.path == "account.name";
    if (!IsJudged(field, missing) || output_only) continue;
    const std::unique_ptr<Message> request = SampleRequest(*served.method);
    SetString(*request, field.path, spoil(AbsentName(field.holds)));
    all.push_back({field.path, request->SerializeAsString()});
  }
  return all;
}

// Bytes behind a right request, which belong to no field of it.
inline std::vector<Attempt> Appended(const Served& served, const char* what, const std::string& bytes) {
  return {{what, Base(served) + bytes}};
}

inline std::string UnknownField(size_t bytes) {  // number 2000, with that many bytes altogether
  const std::string tag("\x82\x7d", 2);
  for (size_t size = bytes > 5 ? bytes - 5 : 0; size <= bytes; ++size) {
    std::string length;
    for (size_t rest = size;; rest >>= 7) {
      length.push_back(static_cast<char>((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0)));
      if (rest <= 0x7f) break;
    }
    if (tag.size() + length.size() + size == bytes) return tag + length + std::string(size, 'u');
  }
  return "";
}

inline std::vector<Attempt> WithRequestId(const Served& served, const std::string& id) {
  if (!Mutates(served)) return {};
  const std::unique_ptr<Message> request = SampleRequest(*served.method);
  SetString(*request, "request_id", id);
  return {{"request_id=" + id, request->SerializeAsString()}};
}

// Numbers of which any is good: places in a list, behind whose end is nothing, the gateway's own count, and
// what the mask leaves alone.
inline const std::set<std::string> kPlaces = {"page_size", "first_entry", "sequence", "first_hour",
                                              "last_hour"};

inline std::vector<Attempt> Numbers(const Served& served, int32_t small, uint64_t large) {
  const auto fits = [&served](const std::string& path, const FieldDescriptor& field) {
    const bool masked = served.Label() == "IdentityService/UpdateAccount";
    return IsRead(served, path) && !masked && kPlaces.count(field.name()) == 0 &&
           (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32 ||
            field.cpp_type() == FieldDescriptor::CPPTYPE_UINT64);
  };
  return AtEach(served, fits, [small, large](Message& holder, const FieldDescriptor& field) {
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT32)
      return holder.GetReflection()->SetInt32(&holder, &field, small);
    holder.GetReflection()->SetUInt64(&holder, &field, large);
  });
}

inline std::vector<Attempt> PageSize(const Served& served, int32_t size) {
  const auto fits = [](const std::string& path, const FieldDescriptor&) { return path == "page_size"; };
  return AtEach(served, fits, [size](Message& holder, const FieldDescriptor& field) {
    holder.GetReflection()->SetInt32(&holder, &field, size);
  });
}

// Zero means something in these: everything, the usual way, or nothing said.
inline bool MayBeUnspecified(const std::string& label, const std::string& path) {
  static const std::set<std::string> kMayBe = {
      // Filters: of any state.
      "IdentityService/ListAccounts state", "RecoveryService/ListRecoveries states",
      // Not known, or not among what the mask changes.
      "account.person.sex", "account.person.document.type", "IdentityService/UpdateAccount account.type",
      "settings.second_factor", "settings.channels", "settings.least_importance",
      // The usual one.
      "kind", "channel", "recipients.channel", "locale", "importance",
      "RecoveryService/StartRecovery purpose"};
  return kMayBe.count(label + " " + path) > 0 || kMayBe.count(path) > 0;
}

inline std::vector<Attempt> EnumsEverywhere(const Served& served, int value) {
  const auto fits = [&](const std::string& path, const FieldDescriptor& field) {
    return field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM && IsRead(served, path) &&
           (value != 0 || !MayBeUnspecified(served.Label(), path));
  };
  return AtEach(served, fits, [value](Message& holder, const FieldDescriptor& field) {
    if (!field.is_repeated()) return holder.GetReflection()->SetEnumValue(&holder, &field, value);
    holder.GetReflection()->ClearField(&holder, &field);
    holder.GetReflection()->AddEnumValue(&holder, &field, value);
  });
}

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
