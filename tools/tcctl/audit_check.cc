#include "tools/tcctl/audit_check.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/audit/chain.h"
#include "common/audit/checkpoint.h"
#include "common/audit/merkle.h"
#include "common/base/refusal.h"
#include "common/base/status.h"
#include "tools/tcctl/replace_file.h"

namespace tc::ctl {
namespace {

namespace pb = trustedcontact::admin::v1;
namespace fs = std::filesystem;
using audit::Checkpoint;

constexpr int kPage = 500;
constexpr mode_t kMemoryMode = 0644;  // nothing in it is secret
constexpr char kReading[] = "AuditLogRead";

template <typename... Parts>
absl::Status Wrong(const Parts&... parts) {
  return absl::DataLossError(absl::StrCat(parts...));
}

absl::StatusOr<std::vector<audit::VerifierKey>> ParseKeys(const std::vector<std::string>& texts) {
  std::vector<audit::VerifierKey> keys;
  for (const std::string& text : texts) keys.push_back(TRY(audit::VerifierKey::Parse(text)));
  return keys;
}

template <typename Field>
std::vector<audit::Hash> HashesOf(const Field& field) {
  return {field.begin(), field.end()};
}

// INVALID_ARGUMENT of a note is damage here: the service has sent it.
absl::StatusOr<Checkpoint> VerifyNote(const std::string& note, const std::vector<std::string>& keys) {
  absl::StatusOr<Checkpoint> checkpoint = audit::Verify(note, TRY(ParseKeys(keys)));
  if (absl::IsInvalidArgument(checkpoint.status())) return Wrong(checkpoint.status().message());
  if (absl::IsPermissionDenied(checkpoint.status())) {
    return absl::PermissionDeniedError(
        "no key that is trusted has signed the log's checkpoint; if the service has a new key, learn it from "
        "its operator and give it with --key");
  }
  return checkpoint;
}

// Before its signature is looked at: keys are of one log, and of another one none would be trusted.
absl::Status CheckOrigin(const std::string& note, const Checkpoint& before) {
  const absl::StatusOr<Checkpoint> now = audit::ReadUnverified(note);
  if (!now.ok()) return Wrong(now.status().message());
  if (now->origin == before.origin) return absl::OkStatus();
  return Wrong("this is another log: ", now->origin, ", not ", before.origin);
}

absl::Status CheckGrowth(const pb::AuditCheckpoint& answer, const Checkpoint& before, const Checkpoint& now) {
  if (now.size < before.size) {
    return Wrong("the log has ", now.size, " entries, and had ", before.size, ": its end was cut off");
  }
  if (!audit::VerifyConsistency(before.size, now.size, before.root, now.root,
                                HashesOf(answer.consistency()))) {
    return Wrong("the log has not grown out of the one that was verified last, of ", before.size,
                 " entries: its history was rewritten");
  }
  return absl::OkStatus();
}

absl::Status Download(LogSource& source, const Checkpoint& until, const std::optional<Checkpoint>& before,
                      const std::function<void(uint64_t, uint64_t)>& progress) {
  audit::Chain chain;
  while (chain.size() < until.size) {
    const pb::ListAuditEntriesResponse page = TRY(source.Entries(chain.size()));
    if (page.entries().empty()) return Wrong("entry ", chain.size(), " is missing");
    for (const pb::ListedAuditEntry& listed : page.entries()) {
      if (chain.size() == until.size) break;
      const absl::Status added = chain.Add(listed.leaf()).status();
      if (!added.ok()) return Wrong("entry ", chain.size(), ": ", added.message());
      if (before.has_value() && chain.size() == before->size && chain.Root() != before->root) {
        return Wrong("the first ", before->size, " entries are not those that were verified last");
      }
    }
    progress(chain.size(), until.size);
  }
  if (chain.Root() != until.root) return Wrong("the entries are not those that the checkpoint signs");
  return absl::OkStatus();
}

absl::StatusOr<pb::AuditCheckpoint> Fetch(LogSource& source, const std::optional<Checkpoint>& before) {
  absl::StatusOr<pb::AuditCheckpoint> answer = source.Checkpoint(before.has_value() ? before->size : 0);
  const std::vector<FieldViolation> violations = ViolationsOf(answer.status());
  if (!violations.empty() && violations.front().reason == "BEYOND_THE_LOG") {
    return Wrong("the log has fewer entries than the ", before->size,
                 " that were verified last: its end was cut off");
  }
  return answer;
}

}  // namespace

absl::StatusOr<std::string> ReadAuditFile(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text;
  char part[4096];
  while (in.read(part, sizeof(part)) || in.gcount() > 0) text.append(part, static_cast<size_t>(in.gcount()));
  // A directory, too, can be opened.
  if (!in.is_open() || in.bad()) return absl::FailedPreconditionError(absl::StrCat(file, ": cannot be read"));
  return text;
}

absl::StatusOr<AuditMemory> ReadAuditMemory(const std::string& file) {
  AuditMemory memory;
  std::error_code error;
  const bool present = fs::exists(file, error);
  // What cannot be looked at may be there: without it nothing contradicts another history.
  if (error) return absl::FailedPreconditionError(absl::StrCat(file, ": ", error.message()));
  if (!present) return memory;
  const nlohmann::json json =
      nlohmann::json::parse(TRY(ReadAuditFile(file)), nullptr, /*allow_exceptions=*/false);
  const auto bad = absl::FailedPreconditionError(absl::StrCat(file, ": is no memory of an audit log"));
  if (!json.is_object() || !json.value("checkpoint", nlohmann::json()).is_string()) return bad;
  const nlohmann::json keys = json.value("keys", nlohmann::json());
  if (!keys.is_array()) return bad;
  memory.note = json["checkpoint"].get<std::string>();
  for (const nlohmann::json& key : keys) {
    if (!key.is_string()) return bad;
    memory.keys.push_back(key.get<std::string>());
  }
  return memory;
}

absl::Status WriteAuditMemory(const std::string& file, const AuditMemory& memory) {
  const fs::path path(file);
  std::error_code error;
  if (path.has_parent_path()) fs::create_directories(path.parent_path(), error);
  const nlohmann::json json = {{"checkpoint", memory.note}, {"keys", memory.keys}};
  return ReplaceFile(file, absl::StrCat(json.dump(2), "\n"), kMemoryMode);
}

absl::StatusOr<CheckedLog> CheckLog(LogSource& source, AuditMemory& memory,
                                    const std::vector<std::string>& keys,
                                    const std::function<void(uint64_t, uint64_t)>& progress) {
  std::optional<Checkpoint> before;
  if (!memory.note.empty()) before = TRY(VerifyNote(memory.note, memory.keys));
  const pb::AuditCheckpoint answer = TRY(Fetch(source, before));
  CheckedLog checked;
  AuditMemory after = memory;
  after.note = answer.note();
  if (!keys.empty()) after.keys = keys;
  if (after.keys.empty() && answer.verifier_keys_size() > 0) {
    const std::string& named = answer.verifier_keys(0);
    if (!audit::VerifierKey::Parse(named).ok()) return Wrong("the service names a key that is none");
    after.keys.push_back(named);
    checked.trusted_first = true;
  }
  if (before.has_value()) TRY(CheckOrigin(answer.note(), *before));
  const Checkpoint now = TRY(VerifyNote(answer.note(), after.keys));
  if (before.has_value()) TRY(CheckGrowth(answer, *before, now));
  TRY(Download(source, now, before, progress));
  for (const std::string& key : after.keys) {
    if (audit::Verify(answer.note(), TRY(ParseKeys({key}))).ok()) checked.key = key;
  }
  checked.origin = now.origin;
  checked.size = now.size;
  checked.root_hash = absl::BytesToHexString(now.root);
  checked.new_entries = now.size - (before.has_value() ? before->size : 0);
  memory = std::move(after);
  return checked;
}

absl::StatusOr<std::vector<pb::ListedAuditEntry>> ReadEntries(const FetchEntries& fetch, uint64_t first,
                                                              uint64_t limit) {
  std::vector<pb::ListedAuditEntry> read;
  while (read.size() < limit) {
    const int page = static_cast<int>(std::min<uint64_t>(limit - read.size(), kPage));
    pb::ListAuditEntriesResponse answer = TRY(fetch(first + read.size(), page));
    bool readings_only = answer.entries_size() < page;
    for (pb::ListedAuditEntry& listed : *answer.mutable_entries()) {
      const absl::StatusOr<pb::AuditEntry> entry = audit::Decode(listed.leaf());
      if (!entry.ok()) return Wrong("entry ", first + read.size(), ": it is no entry");
      readings_only = readings_only && entry->type() == kReading;
      read.push_back(std::move(listed));
    }
    if (readings_only) break;
  }
  return read;
}

absl::StatusOr<pb::AuditEntry> CheckProof(const pb::AuditProof& proof, const std::vector<std::string>& keys) {
  if (keys.empty()) {
    return absl::InvalidArgumentError(
        "a proof is worth as much as the key that signed its checkpoint: give --key, or --service with what "
        "tcctl audit verify remembers");
  }
  const Checkpoint checkpoint = TRY(VerifyNote(proof.checkpoint(), keys));
  absl::StatusOr<pb::AuditEntry> entry = audit::Decode(proof.leaf());
  if (!entry.ok()) return Wrong("the proof's leaf is no entry");
  if (entry->number() != proof.entry()) return Wrong("the proof's leaf is another entry");
  if (!audit::VerifyInclusion(audit::LeafHash(proof.leaf()), proof.entry(), checkpoint.size,
                              HashesOf(proof.path()), checkpoint.root)) {
    return Wrong("the entry is not in the log that the checkpoint signs");
  }
  return entry;
}

}  // namespace tc::ctl
