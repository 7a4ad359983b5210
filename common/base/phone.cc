#include "common/base/phone.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"

namespace tc {
namespace {

constexpr size_t kLength = 12;  // '+', '7' and ten digits

bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsSeparator(char c) { return c == ' ' || c == '-' || c == '(' || c == ')' || c == '.' || c == '\t'; }

}  // namespace

absl::StatusOr<Phone> Phone::Parse(absl::string_view text, absl::string_view field) {
  const auto refuse = [&](absl::string_view reason, absl::string_view sentence) -> absl::Status {
    return InvalidField(field, reason, sentence);
  };
  if (std::any_of(text.begin(), text.end(), IsSeparator)) {
    return refuse("PHONE_SEPARATORS",
                  "write the number without spaces, brackets, dots and hyphens: +79161234567");
  }
  const bool plus = absl::StartsWith(text, "+");
  const absl::string_view digits = plus ? text.substr(1) : text;
  if (!std::all_of(digits.begin(), digits.end(), IsDigit)) {
    return refuse("PHONE_NOT_DIGITS", "after the plus sign write digits only: +79161234567");
  }
  if (!plus && absl::StartsWith(digits, "00")) {
    return refuse("PHONE_INTERNATIONAL_PREFIX_00", "write a plus sign in place of 00: +79161234567");
  }
  if (!plus && absl::StartsWith(digits, "8") && digits.size() >= 10) {
    return refuse("PHONE_TRUNK_PREFIX_8", "write +7 in place of the leading 8: +79161234567");
  }
  if (!plus || !absl::StartsWith(digits, "7")) {
    return refuse("PHONE_NO_COUNTRY_CODE", "begin the number with +7: +79161234567");
  }
  if (text.size() < kLength)
    return refuse("PHONE_TOO_SHORT", "after +7 there must be ten digits; some are missing");
  if (text.size() > kLength)
    return refuse("PHONE_TOO_LONG", "after +7 there must be ten digits; there are more");
  if (text[2] != '9') return refuse("PHONE_NOT_MOBILE", "a mobile number begins with +79");
  return FromTrusted(std::string(text));
}

Phone Phone::FromTrusted(std::string e164) {
  Phone phone;
  phone.e164_ = std::move(e164);
  return phone;
}

std::string Phone::Masked() const {
  if (e164_.size() < 2) return "";
  return absl::StrCat("+7 9** ***-**-", absl::string_view(e164_).substr(e164_.size() - 2));
}

}  // namespace tc
