#include "services/recovery/rpc/tokens.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace tc::recovery {

absl::StatusOr<Tokens> Tokens::Create(const crypto::Keyring& keys) {
  crypto::KeyedHash token = TRY(crypto::KeyedHash::Create(keys, "token", "tc/recovery/token/v1"));
  crypto::KeyedHash index = TRY(crypto::KeyedHash::Create(keys, "index", "tc/recovery/index/v1"));
  return Tokens(std::move(token), std::move(index));
}

std::string Tokens::Derive(const std::vector<absl::string_view>& fields) const {
  std::string joined;  // length-prefixed: no two lists join alike
  for (const absl::string_view field : fields) absl::StrAppend(&joined, field.size(), ":", field);
  // StableIndex and not Make: it keeps giving the same after a younger key has come.
  return token_.StableIndex(joined);
}

PublicId Tokens::IdOf(const rpc::Call& call) const {
  const std::string tag = Derive({"id", call.peer.name, call.request_id, call.fingerprint});
  return PublicId::FromTrusted(absl::WebSafeBase64Escape(tag.substr(0, 16)));
}

std::string Tokens::CapabilityOf(const PublicId& id, const std::string& nonce) const {
  return absl::WebSafeBase64Escape(Derive({"capability", id.text(), nonce}));
}

std::string Tokens::GrantOf(const Recovery& recovery) const {
  return absl::WebSafeBase64Escape(Derive({"grant", recovery.id.text(), recovery.nonce}));
}

std::string Tokens::NotMeOf(const PublicId& id, const std::string& nonce) const {
  return absl::WebSafeBase64Escape(Derive({"not-me", id.text(), nonce}).substr(0, 16));
}

std::string Tokens::HashOf(absl::string_view token) { return crypto::Sha256(token); }

std::string Tokens::StepId(const Recovery& recovery, const std::vector<std::string>& fields) const {
  std::vector<absl::string_view> all = {"step", recovery.id.text()};
  all.insert(all.end(), fields.begin(), fields.end());
  return crypto::DerivedUuid({Derive(all)});
}

std::string Tokens::IndexOf(absl::string_view text) const {
  return text.empty() ? std::string() : index_.StableIndex(text);
}

}  // namespace tc::recovery
