#pragma once

// Id<Tag>: an opaque identifier that cannot be mixed up with another kind. Thread-compatible value.
// Text: 1–64 characters of [A-Za-z0-9_-]; safe in a resource name, a key, a log line.

#include <string>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "common/base/refusal.h"

namespace tc {

bool IsIdText(absl::string_view text);

template <typename Tag>
class Id {
 public:
  Id() = default;  // empty: no id. Use has_value() to ask.

  // INVALID_ARGUMENT when `text` is not an id; `field` names the request's field in the violation.
  static absl::StatusOr<Id> Parse(absl::string_view text, absl::string_view field = Tag::kField) {
    if (!IsIdText(text))
      return InvalidField(field, "ID_INVALID", "an id has 1 to 64 of the characters A-Z a-z 0-9 _ -");
    return Id(std::string(text));
  }
  // Parses a resource name: "accounts/42" → 42.
  static absl::StatusOr<Id> ParseName(absl::string_view name, absl::string_view field = "name") {
    absl::string_view rest = name;
    if (!absl::ConsumePrefix(&rest, absl::StrCat(Tag::kCollection, "/")) || !IsIdText(rest)) {
      return InvalidField(field, "NAME_INVALID",
                          absl::StrCat("a name has the form ", Tag::kCollection, "/{id}"));
    }
    return Id(std::string(rest));
  }
  // For ids that are known to be good: generated ones, ids read back from the own store, literals in tests.
  static Id FromTrusted(std::string text) { return Id(std::move(text)); }

  const std::string& text() const { return text_; }
  bool has_value() const { return !text_.empty(); }
  std::string Name() const { return absl::StrCat(Tag::kCollection, "/", text_); }

  friend bool operator==(const Id&, const Id&) = default;
  friend auto operator<=>(const Id&, const Id&) = default;
  template <typename H>
  friend H AbslHashValue(H h, const Id& id) {
    return H::combine(std::move(h), id.text_);
  }

 private:
  explicit Id(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

struct AccountTag {
  static constexpr char kCollection[] = "accounts";
  static constexpr char kField[] = "account";
};
struct InvitationTag {
  static constexpr char kCollection[] = "invitations";
  static constexpr char kField[] = "invitation";
};
struct LinkTag {
  static constexpr char kCollection[] = "links";
  static constexpr char kField[] = "link";
};
struct RecoveryTag {
  static constexpr char kCollection[] = "recoveries";
  static constexpr char kField[] = "recovery";
};
struct VerificationTag {
  static constexpr char kCollection[] = "verifications";
  static constexpr char kField[] = "verification";
};
struct DeliveryTag {
  static constexpr char kCollection[] = "deliveries";
  static constexpr char kField[] = "delivery";
};

using AccountId = Id<AccountTag>;
using InvitationId = Id<InvitationTag>;
using LinkId = Id<LinkTag>;
using RecoveryId = Id<RecoveryTag>;
using VerificationId = Id<VerificationTag>;
using DeliveryId = Id<DeliveryTag>;

}  // namespace tc
