// The operator's calls.

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "services/recovery/domain/examination.h"
#include "services/recovery/rpc/handlers.h"
#include "services/recovery/rpc/pair.h"
#include "services/recovery/rpc/recorder.h"

namespace tc::recovery {
namespace {

bool Wanted(const pb::ListRecoveriesRequest& in, const AccountId& principal,
            const pb::RecoverySummary& summary) {
  if (principal.has_value() && summary.principal() != principal.Name()) return false;
  return in.states().empty() ||
         std::find(in.states().begin(), in.states().end(), summary.state()) != in.states().end();
}

}  // namespace

absl::StatusOr<pb::ListRecoveriesResponse> Handlers::ListRecoveries(const rpc::Call& call,
                                                                    const pb::ListRecoveriesRequest& in) {
  AccountId principal;
  if (!in.principal().empty()) principal = TRY(AccountId::ParseName(in.principal(), "principal"));
  std::string list = absl::StrCat("recoveries/", principal.text());
  for (const int state : in.states()) absl::StrAppend(&list, "/", state);
  const rpc::Page page = TRY(parts_.pager.Parse(in.page_size(), in.page_token(), list));
  pb::ListRecoveriesResponse out;
  TRY(parts_.once.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    out.Clear();
    std::string last;
    return parts_.store.ScanReal(txn, page.after, [&](absl::string_view key, const Recovery& recovery) {
      pb::RecoverySummary summary = ToSummary(recovery, call.now);
      if (!Wanted(in, principal, summary)) return true;
      if (static_cast<size_t>(out.recoveries_size()) == page.size) {
        out.set_next_page_token(parts_.pager.NextToken(last, list));
        return false;
      }
      *out.add_recoveries() = std::move(summary);
      last = std::string(key);
      return true;
    });
  }));
  return out;
}

absl::StatusOr<pb::RecoverySummary> Handlers::HoldRecovery(const rpc::Call& call,
                                                           const pb::HoldRecoveryRequest& in) {
  const CommentRequest request = TRY(Parse(in));
  return parts_.once.Run<pb::RecoverySummary>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::RecoverySummary> {
    const Recovery before = TRY(LoadReal(txn, request.id));
    const Recovery after = TRY(HoldForExamination(before, request.comment, call.now));
    return ToSummary(TRY(Save(txn, call, before, after)), call.now);
  });
}

absl::StatusOr<pb::RecoverySummary> Handlers::ReleaseRecovery(const rpc::Call& call,
                                                              const pb::ReleaseRecoveryRequest& in) {
  const CommentRequest request = TRY(Parse(in));
  const std::string match_code = parts_.random.Digits(4);
  return parts_.once.Run<pb::RecoverySummary>(call, [&](kv::Txn& txn) -> absl::StatusOr<pb::RecoverySummary> {
    const Recovery before = TRY(LoadReal(txn, request.id));
    Recovery after = TRY(Release(before, request.comment, match_code, call.now));
    const std::optional<Recovery> mirror =
        TRY(MirrorOf(txn, parts_.store, before.principal, before.contact, call.now));
    if (mirror.has_value()) {  // rpc/pair.h
      TRY(HoldMirror(txn, parts_.store, *mirror, call.now));
      after = before;
      after.hold_reason = HoldReason::kMutualRecovery;
      after.operator_comment = request.comment;
      TRY(EnterHeldStill(txn, after, call.now));
    }
    return ToSummary(TRY(Save(txn, call, before, after)), call.now);
  });
}

}  // namespace tc::recovery
