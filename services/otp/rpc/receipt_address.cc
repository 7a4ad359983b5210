#include "services/otp/rpc/receipt_address.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "services/otp/rpc/codes.h"

namespace tc::otp {
namespace {

constexpr size_t kTagBytes = 32;
constexpr size_t kAttemptBytes = 2;
constexpr size_t kMaxToken = 256;  // an id and a kid of 64 characters each need 218

std::string AttemptBytes(int attempt) {
  return {static_cast<char>((attempt >> 8) & 0xff), static_cast<char>(attempt & 0xff)};
}

int AttemptOf(absl::string_view bytes) {
  return static_cast<unsigned char>(bytes[0]) << 8 | static_cast<unsigned char>(bytes[1]);
}

std::string WithLength(absl::string_view text) {
  return absl::StrCat(std::string(1, static_cast<char>(text.size())), text);
}

// Takes the first `size` bytes off `bytes`.
std::optional<absl::string_view> Cut(absl::string_view& bytes, size_t size) {
  if (bytes.size() < size) return std::nullopt;
  const absl::string_view cut = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return cut;
}

std::optional<absl::string_view> CutText(absl::string_view& bytes) {
  const std::optional<absl::string_view> size = Cut(bytes, 1);
  if (!size.has_value()) return std::nullopt;
  return Cut(bytes, static_cast<unsigned char>(size->front()));
}

struct Parts {
  crypto::Mac mac;
  std::string attempt;
  std::string delivery;
};

std::string Bytes(const Parts& parts) {
  return absl::StrCat(WithLength(parts.mac.kid), parts.attempt, WithLength(parts.delivery), parts.mac.tag);
}

std::optional<Parts> Split(absl::string_view bytes) {
  const auto kid = CutText(bytes);
  const auto attempt = Cut(bytes, kAttemptBytes);
  const auto delivery = CutText(bytes);
  if (!kid.has_value() || !attempt.has_value() || !delivery.has_value() || bytes.size() != kTagBytes)
    return std::nullopt;
  return Parts{{std::string(*kid), std::string(bytes)}, std::string(*attempt), std::string(*delivery)};
}

// The alphabet has spare bits and the library takes blanks: one token only means each thing.
std::optional<std::string> Decode(absl::string_view token) {
  std::string bytes;
  if (token.size() > kMaxToken || !absl::WebSafeBase64Unescape(token, &bytes)) return std::nullopt;
  if (absl::WebSafeBase64Escape(bytes) != token) return std::nullopt;
  return bytes;
}

}  // namespace

absl::StatusOr<ReceiptAddress> ReceiptAddress::Create(const crypto::Keyring& keys) {
  return ReceiptAddress(TRY(crypto::KeyedHash::Create(keys, kCodeKey, "tc/otp/receipt/v1")));
}

std::string ReceiptAddress::Make(absl::string_view base, absl::string_view provider,
                                 const ReceiptTarget& target) const {
  const std::string attempt = AttemptBytes(target.attempt);
  const Parts parts{hash_.Make({provider, target.delivery.text(), attempt}), attempt, target.delivery.text()};
  return absl::StrCat(base, kReceiptsPath, provider, "/", absl::WebSafeBase64Escape(Bytes(parts)));
}

std::optional<ReceiptTarget> ReceiptAddress::Open(absl::string_view provider, absl::string_view token) const {
  const std::optional<std::string> bytes = Decode(token);
  const std::optional<Parts> parts = bytes.has_value() ? Split(*bytes) : std::nullopt;
  if (!parts.has_value()) return std::nullopt;
  if (!hash_.Verify({provider, parts->delivery, parts->attempt}, parts->mac)) return std::nullopt;
  return ReceiptTarget{DeliveryId::FromTrusted(parts->delivery), AttemptOf(parts->attempt)};
}

}  // namespace tc::otp
