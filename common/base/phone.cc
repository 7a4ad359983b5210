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

// What people and web pages set between the digits: also no-break and narrow spaces, hyphens and dashes.
bool HasSeparator(absl::string_view text) {
  constexpr absl::string_view kWide[] = {"\u00A0", "\u2007", "\u2009", "\u202F", "\u2010", "\u2011",
                                         "\u2012", "\u2013", "\u2014", "\u2212", "\u2060"};
  return text.find_first_of(" \t-().,/") != absl::string_view::npos ||
         std::any_of(std::begin(kWide), std::end(kWide),
                     [&](absl::string_view wide) { return absl::StrContains(text, wide); });
}

// 8916…, +8916… and +7 8916…: the 8 of a call within Russia.
bool HasTrunkPrefix(bool plus, absl::string_view digits) {
  return absl::StartsWith(digits, "89") || (!plus && absl::StartsWith(digits, "8") && digits.size() >= 10) ||
         (absl::StartsWith(digits, "789") && digits.size() == kLength);
}

}  // namespace

absl::StatusOr<Phone> Phone::Parse(absl::string_view text, absl::string_view field) {
  const auto refuse = [&](absl::string_view reason, absl::string_view sentence) -> absl::Status {
    return InvalidField(field, reason, sentence);
  };
  if (HasSeparator(text)) {
    return refuse(
        "PHONE_SEPARATORS",
        "leave out spaces, brackets, dots and hyphens: write +7 and ten digits, such as +79161234567");
  }
  const bool plus = absl::StartsWith(text, "+");
  const absl::string_view digits = plus ? text.substr(1) : text;
  if (!std::all_of(digits.begin(), digits.end(), IsDigit)) {
    return refuse("PHONE_NOT_DIGITS",
                  "write +7 and ten of the digits 0 to 9, such as +79161234567, and no other characters");
  }
  if (absl::StartsWith(digits, "00")) {
    return refuse("PHONE_INTERNATIONAL_PREFIX_00",
                  "leave out the 00 at the beginning: write +7 and ten digits, such as +79161234567");
  }
  if (HasTrunkPrefix(plus, digits)) {
    return refuse("PHONE_TRUNK_PREFIX_8",
                  "write +7 in place of the 8 at the beginning, and ten digits, such as +79161234567");
  }
  if (!plus || !absl::StartsWith(digits, "7")) {
    return refuse("PHONE_NO_COUNTRY_CODE",
                  "begin the number with +7 and write ten digits after it, such as +79161234567");
  }
  if (text.size() < kLength) {
    return refuse("PHONE_TOO_SHORT",
                  "some digits are missing: write +7 and ten digits, such as +79161234567");
  }
  if (text.size() > kLength) {
    return refuse("PHONE_TOO_LONG",
                  "there are too many digits: write +7 and ten digits, such as +79161234567");
  }
  if (text[2] != '9') {
    return refuse("PHONE_NOT_MOBILE",
                  "give a Russian mobile number: +79 and nine more digits, such as +79161234567");
  }
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
