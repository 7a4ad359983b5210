#pragma once

// The part of the target `text` that machines write: names of peers, addresses, overrides of the policy, CSV.

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/policy.h"
#include "common/base/refusal.h"
#include "common/rpc/address.h"
#include "common/rpc/authenticator.h"
#include "services/identity/domain/policy.h"
#include "services/otp/domain/policy.h"
#include "tests/fuzz/fuzz.h"
#include "tools/tcctl/csv.h"

namespace tc::fuzz {

inline constexpr char kDomain[] = "trust.example";

inline bool OnlyOf(absl::string_view text, absl::string_view alphabet) {
  return text.find_first_not_of(alphabet) == absl::string_view::npos;
}
// The URI names of one certificate.
inline void CheckPeer(Input input) {
  std::vector<std::string> uris;
  for (size_t n = input.Choose(4); n > 0; --n) uris.emplace_back(input.Text());
  if (!input.done()) uris.emplace_back(input.Rest());
  const auto peer = rpc::PeerOf(kDomain, uris);
  if (!peer.ok()) {
    return Require(peer.status().code() == absl::StatusCode::kPermissionDenied &&
                       ReasonOf(peer.status()) == "ROLE_NOT_ALLOWED",
                   "who is nobody may do nothing");
  }
  const std::string name =
      absl::StrCat("spiffe://", kDomain, "/", rpc::RoleName(peer->role), "/", peer->name);
  Require(uris.size() == 1 && uris.front() == name, "a peer has one name, in one spelling");
  Require(!peer->name.empty() && peer->name.size() <= 63 &&
              OnlyOf(peer->name, "abcdefghijklmnopqrstuvwxyz0123456789-"),
          "of small letters, digits and hyphens");
}

inline void CheckLocal(absl::string_view address) {
  const std::string lower = absl::AsciiStrToLower(address);
  const bool local = absl::StrContains(lower, "127.") || absl::StrContains(lower, "::1") ||
                     absl::StrContains(lower, "localhost") || absl::StartsWith(lower, "unix");
  const bool near = rpc::ListensLocally(address) || rpc::CallsLocally(address);
  Require(local || !near, "no far address is near");
  const std::string host = lower.substr(0, lower.rfind(':'));
  if (!near || absl::StartsWith(lower, "unix") || !absl::StrContains(host, "127.")) return;
  Require(std::count(host.begin(), host.end(), '.') == 3, "an address in digits has four of them");
}

// "name=value" lines, as of one file for all services.
inline void CheckPolicy(Input input) {
  const std::string profile(input.Choose(3) == 0 ? "strict" : input.Text());
  std::map<std::string, std::string> overrides;
  while (!input.done()) {
    std::string name(input.Text());
    overrides[std::move(name)] = std::string(input.Text());
  }
  for (const std::vector<PolicyKey>& keys : {identity::PolicyKeys(), otp::PolicyKeys()}) {
    const auto values = ResolvePolicy(keys, profile, overrides, /*ignore_foreign=*/true);
    if (!values.ok()) {
      Require(!ViolationsOf(values.status()).empty(), "every mistake is named");
      continue;
    }
    Require(values->size() == keys.size(), "every key has a value, and no other has one");
    for (const PolicyKey& key : keys) {
      Require(values->at(key.name) >= key.min && values->at(key.name) <= key.max, "within its bounds");
    }
  }
}

// A reader of RFC 4180, for one record.
inline std::vector<std::string> ReadCsv(absl::string_view record) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (size_t i = 0; i < record.size(); ++i) {
    const char c = record[i];
    if (quoted && c == '"' && i + 1 < record.size() && record[i + 1] == '"') {
      fields.back() += c;
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

inline void CheckCsv(Input input) {
  std::vector<std::string> fields;
  for (size_t n = 1 + input.Choose(4); n > 0; --n) fields.emplace_back(input.Text());
  const std::string record = ctl::CsvRecord(fields);
  Require(absl::EndsWith(record, "\r\n"), "a record is a line");
  std::vector<std::string> read = ReadCsv(absl::string_view(record).substr(0, record.size() - 2));
  Require(read.size() == fields.size(), "a record has its fields");
  for (size_t i = 0; i < fields.size(); ++i) {
    const bool formula =
        !read[i].empty() && !OnlyOf(read[i].substr(0, 1), "'") && OnlyOf(read[i].substr(0, 1), "=+-@\t\r\n");
    Require(!formula, "no field is a formula");
    if (read[i] != fields[i]) Require(read[i] == "'" + fields[i], "a field is read as it was written");
  }
}

}  // namespace tc::fuzz
