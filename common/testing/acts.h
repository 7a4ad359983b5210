#pragma once

// Acts: a ledger that writes down in words what the audit log of a store would be told, for tests of who
// enters what. It keeps them in the store itself, so that what was rolled back is not there.

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/kv/key.h"
#include "common/kv/ledger.h"
#include "common/testing/status.h"

namespace tc::testing {

class Acts final : public kv::Ledger {
 public:
  // "GuardHeld accounts/alice {recovery=rec-1} of alice", with what is not empty of it, and " : REASON" when
  // it was refused.
  static std::string InWords(const kv::Event& act) {
    std::string words = absl::StrCat(act.type, " ", act.resource);
    if (!act.attributes.empty())
      absl::StrAppend(&words, " {", absl::StrJoin(act.attributes, " ", absl::PairFormatter("=")), "}");
    if (!act.persons.empty()) absl::StrAppend(&words, " of ", absl::StrJoin(act.persons, " "));
    if (!act.result.empty()) absl::StrAppend(&words, " : ", act.result);
    return words;
  }

  absl::Status Append(kv::Txn& txn, const kv::Event& act, std::optional<uint32_t>) override {
    // The acts of one revision in their order.
    uint64_t n = 0;
    while (TRY(txn.Get(KeyOf(txn.revision(), n))).has_value()) ++n;
    return txn.Put(KeyOf(txn.revision(), n), InWords(act));
  }
  absl::Status Forget(kv::Txn&, absl::string_view, absl::Time) override { return absl::OkStatus(); }

  // Everything that was entered, or what begins with one of the `types`.
  static std::vector<std::string> Of(kv::Database& database, const std::vector<std::string>& types = {}) {
    std::vector<std::string> acts;
    EXPECT_THAT(database.View([&](kv::ReadTxn& txn) {
      const kv::Key all("test-act");
      return txn.Scan(all.bytes(), all.End(), [&](absl::string_view, absl::string_view words) {
        bool wanted = types.empty();
        for (const std::string& type : types)
          wanted = wanted || absl::StartsWith(words, absl::StrCat(type, " "));
        if (wanted) acts.emplace_back(words);
        return true;
      });
    }),
                IsOk());
    return acts;
  }

 private:
  static std::string KeyOf(uint64_t revision, uint64_t n) {
    return kv::Key("test-act").U64(revision).U64(n).bytes();
  }
};

}  // namespace tc::testing
