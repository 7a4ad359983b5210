#include "common/audit/tree_ledger.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/audit/tree_store.h"
#include "common/audit/vocabulary.h"
#include "common/base/status.h"
#include "common/crypto/sealer.h"
#include "common/kv/key.h"

namespace tc::audit {
namespace {

// A part opens in its own entry only.
std::string ContextOf(absl::string_view service, uint64_t number, absl::string_view pseudonym) {
  return absl::StrCat("audit/", service, "/", number, "/", pseudonym);
}

void SetTime(absl::Time time, google::protobuf::Timestamp& out) {
  const int64_t us = kv::ToMicros(time);
  int64_t seconds = us / 1'000'000;
  int64_t rest = us % 1'000'000;
  if (rest < 0) {
    --seconds;
    rest += 1'000'000;
  }
  out.set_seconds(seconds);
  out.set_nanos(static_cast<int32_t>(rest * 1000));
}

absl::string_view AccountOf(const pb::AuditPersonalPart& part) {
  return absl::StripPrefix(part.account(), "accounts/");
}

}  // namespace

absl::StatusOr<std::unique_ptr<TreeLedger>> TreeLedger::Open(const crypto::Keyring& keys, std::string service,
                                                             Random& random) {
  auto people = TRY(PersonKeys::Open(keys, random));
  return std::unique_ptr<TreeLedger>(new TreeLedger(std::move(people), std::move(service), random));
}

absl::Status TreeLedger::Bind(kv::Database& database) const {
  return database.Update([&](kv::Txn& txn) { return people_.Bind(txn); }).status();
}

absl::Status TreeLedger::Append(kv::Txn& txn, const kv::Event& act, std::optional<uint32_t> event_index) {
  const Term* term = FindTerm(act.type);
  if (term == nullptr) {
    return absl::InternalError(absl::StrCat("the audit log's vocabulary has no ", act.type));
  }
  const Head head = TRY(FindHead(txn));
  Particulars particulars = TakeApart(act, txn.origin());
  pb::AuditEntry entry;
  entry.set_number(head.size);
  SetTime(act.at, *entry.mutable_time());
  if (!IsTime(entry.time())) return absl::InternalError(absl::StrCat(act.type, " has no time"));
  entry.set_service(service_);
  entry.set_type(act.type);
  entry.set_resource(std::move(particulars.resource));
  entry.set_peer(txn.origin().peer);
  entry.set_call_id(txn.origin().call_id);
  entry.set_revision(txn.revision());
  if (event_index.has_value()) entry.set_event_index(*event_index);
  entry.set_result(act.result.empty() ? std::string(term->result) : act.result);
  entry.set_previous_hash(head.last_leaf);
  for (pb::AuditAttribute& attribute : particulars.attributes) *entry.add_attributes() = std::move(attribute);
  for (const pb::AuditPersonalPart& part : particulars.persons) {
    pb::AuditPerson& person = *entry.add_persons();
    person.set_pseudonym(people_.PseudonymOf(AccountOf(part)));
    person.set_sealed(TRY(SealFor(txn, part, head.size, person.pseudonym())));
  }
  return AppendLeaf(txn, head, Encode(entry));
}

// Empty for somebody who has been forgotten.
absl::StatusOr<std::string> TreeLedger::SealFor(kv::Txn& txn, const pb::AuditPersonalPart& part,
                                                uint64_t number, const std::string& pseudonym) const {
  const PersonKeys::SharedKey key = TRY(people_.Ensure(txn, pseudonym));
  if (key == nullptr) return std::string();
  return crypto::SealWith(*key, part.SerializeAsString(), ContextOf(service_, number, pseudonym), random_);
}

absl::Status TreeLedger::Forget(kv::Txn& txn, absl::string_view person, absl::Time now) {
  if (!TRY(people_.Destroy(txn, people_.PseudonymOf(person)))) return absl::OkStatus();
  kv::Event act;
  act.type = "AuditPersonForgotten";
  act.at = now;
  act.persons = {std::string(person)};
  return Append(txn, act, std::nullopt);
}

absl::StatusOr<std::vector<pb::AuditPersonalPart>> TreeLedger::OpenParts(kv::ReadTxn& txn,
                                                                         const pb::AuditEntry& entry,
                                                                         bool& all) const {
  std::vector<pb::AuditPersonalPart> opened;
  all = true;
  for (const pb::AuditPerson& person : entry.persons()) {
    const PersonKeys::SharedKey key = TRY(people_.Get(txn, person.pseudonym()));
    if (key == nullptr || person.sealed().empty()) {
      all = false;
      continue;
    }
    const std::string context = ContextOf(service_, entry.number(), person.pseudonym());
    const std::string plain = TRY(crypto::OpenWith(*key, person.sealed(), context));
    if (!opened.emplace_back().ParseFromString(plain)) {
      return absl::DataLossError("a personal part of an audit entry cannot be read");
    }
  }
  return opened;
}

}  // namespace tc::audit
