#pragma once

// Bad requests, made from right ones: the same mistake at every method, at every field that it fits.

#include <google/protobuf/timestamp.pb.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/e2e/raw_call.h"
#include "tests/e2e/requests.h"

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
      "account.organization",        "account.masked_phone",
      "account.masked_email",        "account.lock_number",
      "account.lock_expire_time",    "account.block_reason",
      "account.confirm_time",        "account.state",
      "account.freeze_cause",        "account.version",
      "account.create_time",         "account.update_time",
      "account.confirmation_method", "account.level",
      "account.freeze_expire_time",  "account.restrict_expire_time"};
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

inline std::vector<Attempt> Times(const Served& served, int64_t seconds, int32_t nanos) {
  const auto fits = [&served](const std::string& path, const FieldDescriptor& field) {
    return IsRead(served, path) && field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
           field.message_type() == google::protobuf::Timestamp::descriptor();
  };
  return AtEach(served, fits, [seconds, nanos](Message& holder, const FieldDescriptor& field) {
    google::protobuf::Timestamp time;
    time.set_seconds(seconds);
    time.set_nanos(nanos);
    holder.GetReflection()->MutableMessage(&holder, &field)->CopyFrom(time);
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

}  // namespace tc::e2e
