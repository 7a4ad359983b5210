#include "services/otp/rpc/codes.h"

#include "common/base/status.h"

namespace tc::otp {

absl::StatusOr<Codes> Codes::Create(const crypto::Keyring& keys) {
  crypto::KeyedHash code = TRY(crypto::KeyedHash::Create(keys, kCodeKey, "tc/otp/v1"));
  crypto::KeyedHash attempt = TRY(crypto::KeyedHash::Create(keys, kCodeKey, "tc/otp/attempt/v1"));
  crypto::KeyedHash index = TRY(crypto::KeyedHash::Create(keys, kIndexKey, "tc/otp/address/v1"));
  return Codes(std::move(code), std::move(attempt), std::move(index));
}

CodeMac Codes::Make(const VerificationId& id, const Binding& binding, absl::string_view address_index,
                    const DeliveryId& delivery, absl::string_view code) const {
  crypto::Mac mac = code_.Make({id.text(), binding.caller, PurposeName(binding.purpose), binding.subject,
                                binding.request, address_index, delivery.text(), code});
  return {std::move(mac.kid), std::move(mac.tag)};
}

bool Codes::Matches(const Verification& v, absl::string_view code) const {
  const bool equal =
      code_.Verify({v.id.text(), v.binding.caller, PurposeName(v.binding.purpose), v.binding.subject,
                    v.binding.request, v.address_index, v.delivery.text(), code},
                   {v.code.kid, v.code.tag});
  return equal & !v.decoy;
}

std::string Codes::Fingerprint(const VerificationId& id, absl::string_view code) const {
  return attempt_.StableIndex(absl::StrCat(id.text(), "/", code));
}

std::string Codes::IndexOf(const Address& address) const {
  return index_.StableIndex(absl::StrCat(static_cast<int>(address.kind()), "/", address.text()));
}

std::string Codes::IndexOf(absl::string_view kind, absl::string_view text) const {
  return text.empty() ? "" : index_.StableIndex(absl::StrCat(kind, "/", text));
}

}  // namespace tc::otp
