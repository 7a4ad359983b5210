#pragma once

// Email: an address of a mailbox on the Internet. Pure value; never printed whole but to its owner.

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tc::identity {

class Email {
 public:
  Email() = default;  // empty: no address

  // INVALID_ARGUMENT with one violation of `field`: EMAIL_INVALID. The domain must have a dot and be no IP
  // literal; an international domain is kept in its ASCII form, in small letters.
  static absl::StatusOr<Email> Parse(absl::string_view text, absl::string_view field);
  static Email FromTrusted(std::string address);

  const std::string& address() const { return address_; }
  bool has_value() const { return !address_.empty(); }
  // What two spellings of one mailbox have in common: all small letters.
  std::string Canonical() const;
  std::string Local() const;
  std::string Masked() const;  // "i***@example.org", for its owner
  // "i***@e***.org", for events, which outlive an erasure: a domain of one's own tells who somebody is.
  std::string MaskedWhole() const;

  friend bool operator==(const Email&, const Email&) = default;

 private:
  std::string address_;
};

}  // namespace tc::identity
