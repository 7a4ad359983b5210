#include "services/identity/store/journal_record.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"

namespace tc::identity::store {

rec::JournalRecord RecordOf(const JournalEntry& entry) {
  rec::JournalRecord r;
  r.set_type(entry.type);
  r.set_actor(entry.actor);
  r.mutable_attributes()->insert(entry.attributes.begin(), entry.attributes.end());
  return r;
}

rec::CircumstancesRecord CircumstancesOf(const JournalEntry& entry) {
  const ClientPlace& client = entry.circumstances.client;
  rec::CircumstancesRecord r;
  r.set_address(client.address);
  r.set_device(client.device);
  r.set_user_agent(client.user_agent);
  r.set_place(client.place);
  r.set_reason(entry.circumstances.reason);
  return r;
}

absl::StatusOr<JournalEntry> FromRecord(absl::string_view key, const rec::JournalRecord& r,
                                        const rec::CircumstancesRecord& c) {
  kv::KeyReader reader(key);
  std::string table, account, type;
  uint64_t revision = 0;
  JournalEntry entry;
  const bool read = reader.Str(table) && reader.Str(account) && reader.Time(entry.at) &&
                    reader.U64(revision) && reader.Str(type) && reader.done();
  if (!read || type.empty() || type != r.type()) return Unreadable("JournalRecord");
  entry.id = absl::StrCat(revision, "-", type);
  entry.type = type;
  entry.actor = r.actor();
  entry.attributes = {r.attributes().begin(), r.attributes().end()};
  entry.circumstances = {{c.address(), c.device(), c.user_agent(), c.place()}, c.reason()};
  return entry;
}

}  // namespace tc::identity::store
