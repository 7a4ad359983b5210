#pragma once

// Phone: a Russian mobile number in the one accepted form, +79 and nine digits (I1, IDN-01, SND-06).
// Nothing is normalised: each typical mistake is refused with its own reason, so that a person is told what
// to mend.

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tc {

class Phone {
 public:
  Phone() = default;  // empty: no phone

  // INVALID_ARGUMENT with one violation of `field`, the first that applies of PHONE_SEPARATORS,
  // PHONE_NOT_DIGITS, PHONE_INTERNATIONAL_PREFIX_00, PHONE_TRUNK_PREFIX_8, PHONE_NO_COUNTRY_CODE,
  // PHONE_TOO_SHORT, PHONE_TOO_LONG, PHONE_NOT_MOBILE. Each sentence shows the form that is wanted.
  static absl::StatusOr<Phone> Parse(absl::string_view text, absl::string_view field);
  // For a number read back from the own store, or a literal in a test.
  static Phone FromTrusted(std::string e164);

  const std::string& e164() const { return e164_; }  // "+79161234567"
  bool has_value() const { return !e164_.empty(); }
  std::string Masked() const;  // "+7 9** ***-**-67" (SND-17)

  friend bool operator==(const Phone&, const Phone&) = default;
  friend auto operator<=>(const Phone&, const Phone&) = default;

 private:
  std::string e164_;
};

}  // namespace tc
