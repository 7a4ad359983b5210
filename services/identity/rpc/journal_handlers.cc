// The owner's security journal (I8).

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/status.h"
#include "services/identity/rpc/journal_handlers.h"

namespace tc::identity {

absl::StatusOr<pb::ListSecurityEventsResponse> JournalHandlers::ListSecurityEvents(
    const rpc::Call& call, const pb::ListSecurityEventsRequest& in) {
  const JournalQuestion question = TRY(Parse(in));
  TRY(desk_.CheckOwner(call, question.account));
  const std::string list =
      absl::StrCat("journal/", question.account.text(), "/", absl::StrJoin(question.types, ","), "/",
                   absl::FormatTime(question.from, absl::UTCTimeZone()), "/",
                   absl::FormatTime(question.before, absl::UTCTimeZone()));
  const rpc::Page page = TRY(desk_.pager.Parse(in.page_size(), in.page_token(), list));
  const auto wanted = [&](const JournalEntry& entry) {
    const std::vector<std::string>& types = question.types;
    const bool type = types.empty() || std::find(types.begin(), types.end(), entry.type) != types.end();
    return type && entry.at >= question.from && entry.at < question.before;
  };
  pb::ListSecurityEventsResponse out;
  TRY(desk_.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    TRY(desk_.accounts.Get(txn, question.account));
    std::string last_key;
    for (const JournalEntry& entry :
         TRY(desk_.journal.List(txn, question.account, page.after, page.size, wanted, last_key))) {
      *out.add_events() = ToProto(entry, question.account);
    }
    if (!last_key.empty()) out.set_next_page_token(desk_.pager.NextToken(last_key, list));
    return absl::OkStatus();
  }));
  return out;
}

}  // namespace tc::identity
