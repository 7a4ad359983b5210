#include "services/recovery/store/document_tries_store.h"

#include <algorithm>
#include <string>

#include "common/base/status.h"
#include "common/kv/key.h"
#include "services/recovery/store/records.pb.h"

namespace tc::recovery {
namespace {

namespace rec = trustedcontact::recovery::store;

std::string KeyOf(absl::string_view subject) { return kv::Key("document_tries").Str(subject).bytes(); }

kv::Timer TimerOf(const DocumentTry& made, absl::string_view subject) {
  // As it will be read back, so that it can be cancelled.
  const absl::Time at = absl::FromUnixMicros(absl::ToUnixMicros(made.at));
  return {at + kDocumentTryCounts, kForgetTriesTimer, std::string(subject)};
}

bool Holds(const DocumentTries& tries, const DocumentTry& made) {
  return std::find(tries.begin(), tries.end(), made) != tries.end();
}

}  // namespace

absl::StatusOr<DocumentTries> TriesOf(kv::ReadTxn& txn, absl::string_view subject) {
  DocumentTries tries;
  const std::optional<std::string> bytes = TRY(txn.Get(KeyOf(subject)));
  if (!bytes.has_value()) return tries;
  rec::DocumentTriesRecord in;
  if (!in.ParseFromString(*bytes)) return absl::DataLossError("unreadable document tries");
  for (const rec::DocumentTryRecord& made : in.tries())
    tries.push_back({made.check(), absl::FromUnixMicros(made.at_us())});
  return tries;
}

absl::Status PutTries(kv::Txn& txn, absl::string_view subject, const DocumentTries& before,
                      const DocumentTries& after) {
  for (const DocumentTry& made : before) {
    if (!Holds(after, made)) TRY(txn.Cancel(TimerOf(made, subject)));
  }
  for (const DocumentTry& made : after) TRY(txn.Schedule(TimerOf(made, subject)));
  if (after.empty()) return txn.Delete(KeyOf(subject));
  rec::DocumentTriesRecord out;
  for (const DocumentTry& made : after) {
    rec::DocumentTryRecord& record = *out.add_tries();
    record.set_check(made.check);
    record.set_at_us(absl::ToUnixMicros(made.at));
  }
  return txn.Put(KeyOf(subject), out.SerializeAsString());
}

}  // namespace tc::recovery
