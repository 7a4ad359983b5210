#include "services/otp/domain/address.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"

namespace tc::otp {
namespace {

bool IsGraphic(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)); });
}

bool IsEmail(absl::string_view text) {
  if (text.empty() || text.size() > 254 || !IsGraphic(text)) return false;
  if (text.find_first_of("<>()[],;:\\\"") != absl::string_view::npos) return false;
  const size_t at = text.find('@');
  if (at == absl::string_view::npos || at == 0 || at > 64 ||
      text.find('@', at + 1) != absl::string_view::npos)
    return false;
  const absl::string_view domain = text.substr(at + 1);
  const size_t dot = domain.rfind('.');
  return dot != absl::string_view::npos && dot > 0 && dot + 1 < domain.size() && domain.front() != '.';
}

std::string MaskedEmail(absl::string_view text) {
  const size_t at = text.find('@');
  const size_t dot = text.rfind('.');
  return absl::StrCat(text.substr(0, 1), "***@", text.substr(at + 1, 1), "***", text.substr(dot));
}

}  // namespace

absl::string_view ChannelName(Channel channel) {
  switch (channel) {
    case Channel::kSms:
      return "SMS";
    case Channel::kVoice:
      return "VOICE";
    case Channel::kEmail:
      return "EMAIL";
    case Channel::kPush:
      return "PUSH";
  }
  return "";
}

absl::StatusOr<Address> Address::Email(absl::string_view text, absl::string_view field) {
  if (!IsEmail(text))
    return InvalidField(field, "EMAIL_INVALID", "an e-mail address has the form name@host.domain");
  return Address(Kind::kEmail, std::string(text));
}

absl::StatusOr<Address> Address::Device(absl::string_view text, absl::string_view field) {
  if (text.empty() || text.size() > 512 || !IsGraphic(text)) {
    return InvalidField(field, "DEVICE_INVALID", "a device token has 1 to 512 printable ASCII characters");
  }
  return Address(Kind::kDevice, std::string(text));
}

bool Address::Reaches(Channel channel) const {
  switch (kind_) {
    case Kind::kPhone:
      return channel == Channel::kSms || channel == Channel::kVoice;
    case Kind::kEmail:
      return channel == Channel::kEmail;
    case Kind::kDevice:
      return channel == Channel::kPush;
    case Kind::kDecoy:
      return channel != Channel::kPush;
  }
  return false;
}

Channel Address::DefaultChannel() const {
  switch (kind_) {
    case Kind::kEmail:
      return Channel::kEmail;
    case Kind::kDevice:
      return Channel::kPush;
    case Kind::kPhone:
    case Kind::kDecoy:
      return Channel::kSms;
  }
  return Channel::kSms;
}

std::string Address::Masked() const {
  switch (kind_) {
    case Kind::kPhone:
      return Phone::FromTrusted(text_).Masked();
    case Kind::kEmail:
      return MaskedEmail(text_);
    case Kind::kDevice:
      return "device";
    case Kind::kDecoy:
      return "";
  }
  return "";
}

}  // namespace tc::otp
