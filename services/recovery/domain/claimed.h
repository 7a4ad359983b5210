#pragma once

// What a claimant typed to say whose password it is, and where he sits.

#include <string>
#include <variant>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "common/base/id.h"
#include "common/base/phone.h"

namespace tc::recovery {

// An e-mail address of at most 254 ASCII characters, one "@", no spaces or controls; its case is folded.
class Email {
 public:
  static absl::StatusOr<Email> Parse(absl::string_view text, absl::string_view field);
  const std::string& text() const { return text_; }
  std::string Masked() const;  // "i***@example.org"
  friend bool operator==(const Email&, const Email&) = default;

 private:
  std::string text_;
};

// The insurance number: eleven digits with right check digits; hyphens and spaces are dropped (I9).
class Snils {
 public:
  static absl::StatusOr<Snils> Parse(absl::string_view text, absl::string_view field);
  const std::string& digits() const { return digits_; }
  friend bool operator==(const Snils&, const Snils&) = default;

 private:
  std::string digits_;
};

using Claimed = std::variant<Phone, Email, Snils, AccountId>;

// One text for each claimed identifier, for a keyed index: "phone:+79…".
std::string Canonical(const Claimed& claimed);

// Numbers are those of the public enum and of the stored record.
enum class DeviceKind { kUnknown = 0, kPhone = 1, kTablet = 2, kComputer = 3 };

// As far as the user agent tells; nothing of its text goes further (L12).
DeviceKind DeviceKindOf(absl::string_view user_agent);

// Where the claimant sits, as the portal told.
struct ClientContext {
  std::string address;
  std::string device;
  std::string user_agent;
  std::string place;
  friend bool operator==(const ClientContext&, const ClientContext&) = default;
};

// Of that what the limits on codes need, for one request; nothing of it is kept. Any of it may be empty.
struct CodeClient {
  std::string address;
  std::string device;
  bool challenge_passed = false;  // the portal has made sure that a human sits there
  friend bool operator==(const CodeClient&, const CodeClient&) = default;
};

}  // namespace tc::recovery
