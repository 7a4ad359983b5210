#include "common/rpc/trust_entry.h"

#include "absl/strings/str_cat.h"

namespace tc::rpc {

obs::OnTaking EnterTrust(kv::Database& database, const Clock& clock) {
  return [&database, &clock](const std::string& what, const std::map<std::string, std::string>& particulars) {
    kv::Event act;
    act.type = "TrustTaken";
    act.resource = "trust";
    act.attributes = particulars;
    act.attributes["what"] = what;
    act.at = clock.Now();
    const absl::Status entered = database.Update([&](kv::Txn& txn) { return txn.Audit(act); }).status();
    if (entered.ok()) return absl::OkStatus();
    return absl::Status(entered.code(),
                        absl::StrCat("cannot be entered in the audit log: ", entered.message()));
  };
}

}  // namespace tc::rpc
