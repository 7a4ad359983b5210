#include "services/recovery/domain/claimed.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"

namespace tc::recovery {
namespace {

template <typename... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <typename... F>
Overloaded(F...) -> Overloaded<F...>;

bool IsEmailText(absl::string_view text) {
  const size_t at = text.find('@');
  return text.size() <= 254 && at != absl::string_view::npos && at > 0 && at <= 64 && at + 1 < text.size() &&
         text.find('@', at + 1) == absl::string_view::npos &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isgraph(static_cast<unsigned char>(c)) && c != '<' && c != '>' && c != '"' &&
                  c != ',';
         });
}

// The last two digits are the weighted sum of the nine before them, folded modulo 101; 100 counts as 0.
// Numbers up to 001-001-998 were issued before there were check digits, and whoever registered with one (I9)
// may claim with it.
bool SnilsChecks(absl::string_view digits) {
  if (digits.substr(0, 9) == "000000000") return false;
  if (digits.substr(0, 9) <= "001001998") return true;
  int sum = 0;
  for (int i = 0; i < 9; ++i) sum += (digits[static_cast<size_t>(i)] - '0') * (9 - i);
  const int check = sum % 101;
  return (check == 100 ? 0 : check) == (digits[9] - '0') * 10 + (digits[10] - '0');
}

}  // namespace

absl::StatusOr<Email> Email::Parse(absl::string_view text, absl::string_view field) {
  if (!IsEmailText(text)) return InvalidField(field, "EMAIL_INVALID", "this is no e-mail address");
  Email email;
  email.text_ = absl::AsciiStrToLower(text);
  return email;
}

std::string Email::Masked() const {
  return absl::StrCat(text_.substr(0, 1), "***", text_.substr(text_.find('@')));
}

absl::StatusOr<Snils> Snils::Parse(absl::string_view text, absl::string_view field) {
  Snils snils;
  for (const char c : text) {
    if (c == ' ' || c == '-') continue;
    snils.digits_.push_back(c);
  }
  const bool digits = snils.digits_.size() == 11 && text.size() <= 32 &&
                      std::all_of(snils.digits_.begin(), snils.digits_.end(),
                                  [](char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); });
  if (!digits) return InvalidField(field, "SNILS_FORMAT", "a SNILS has eleven digits");
  if (!SnilsChecks(snils.digits_)) {
    return InvalidField(field, "SNILS_CHECK_DIGITS",
                        "the last two digits do not fit the others: one digit is mistyped");
  }
  return snils;
}

std::string Canonical(const Claimed& claimed) {
  return std::visit(
      Overloaded{[](const Phone& phone) { return absl::StrCat("phone:", phone.e164()); },
                 [](const Email& email) { return absl::StrCat("email:", email.text()); },
                 [](const Snils& snils) { return absl::StrCat("snils:", snils.digits()); },
                 [](const AccountId& account) { return absl::StrCat("account:", account.text()); }},
      claimed);
}

DeviceKind DeviceKindOf(absl::string_view user_agent) {
  const std::string text = absl::AsciiStrToLower(user_agent);
  const auto has = [&](absl::string_view word) { return absl::StrContains(text, word); };
  if (has("ipad") || has("tablet") || (has("android") && !has("mobile"))) return DeviceKind::kTablet;
  if (has("iphone") || has("mobile") || has("okhttp") || has("cfnetwork")) return DeviceKind::kPhone;
  if (has("windows") || has("macintosh") || has("x11") || has("cros")) return DeviceKind::kComputer;
  return DeviceKind::kUnknown;
}

}  // namespace tc::recovery
