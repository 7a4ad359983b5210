// What people and machines type: numbers, addresses, names, passwords, dates, names of peers, overrides of
// the policy. A parser's value is in its one form, and parsing that gives it again; what it does not take is
// refused with a reason. Masks hide what they mask. Whoever names himself in a certificate is exactly one
// known peer or nobody.

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/id.h"
#include "common/base/link.h"
#include "common/base/phone.h"
#include "common/base/refusal.h"
#include "common/rpc/syntax.h"
#include "services/identity/domain/blocklist.h"
#include "services/identity/domain/common_passwords.h"
#include "services/identity/domain/email.h"
#include "services/identity/domain/name_matching.h"
#include "services/identity/domain/password_policy.h"
#include "services/identity/domain/person.h"
#include "services/identity/domain/text.h"
#include "services/linking/domain/first_name.h"
#include "services/otp/domain/address.h"
#include "services/otp/domain/message_text.h"
#include "services/recovery/domain/claimed.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/text_formats.h"

namespace tc::fuzz {
namespace {

constexpr char kField[] = "field";

void MustBeRefused(const absl::Status& status) {
  Require(status.code() == absl::StatusCode::kInvalidArgument && !ViolationsOf(status).empty(),
          "what is not taken is INVALID_ARGUMENT with its field");
  for (const FieldViolation& violation : ViolationsOf(status)) {
    Require(absl::StartsWith(violation.field, kField) && !violation.reason.empty(), "and its reason");
  }
}

// `parse` of its own result gives the same.
void CheckStable(absl::string_view text,
                 const std::function<absl::StatusOr<std::string>(absl::string_view)>& parse) {
  const absl::StatusOr<std::string> value = parse(text);
  if (!value.ok()) return MustBeRefused(value.status());
  const absl::StatusOr<std::string> again = parse(*value);
  Require(again.ok() && *again == *value, "a value is in its one form");
  Require(rpc::IsPlainText(*value), "no value holds a control or an invisible character");
}

constexpr char kDigits[] = "0123456789";

void CheckPhone(absl::string_view text) {
  CheckStable(text, [](absl::string_view typed) -> absl::StatusOr<std::string> {
    const auto phone = Phone::Parse(typed, kField);
    if (!phone.ok()) return phone.status();
    Require(phone->e164() == typed, "nothing is normalised");
    Require(phone->e164().size() == 12 && absl::StartsWith(phone->e164(), "+79") &&
                OnlyOf(phone->e164().substr(1), kDigits),
            "a number is +79 and nine digits");
    Require(!absl::StrContains(phone->Masked(), phone->e164().substr(3, 6)), "a mask hides the number");
    return phone->e164();
  });
}

void CheckEmail(absl::string_view text) {
  CheckStable(text, [](absl::string_view typed) -> absl::StatusOr<std::string> {
    const auto email = identity::Email::Parse(typed, kField);
    if (!email.ok()) return email.status();
    Require(email->Canonical() == absl::AsciiStrToLower(email->address()), "one mailbox, one form");
    Require(email->Local().size() < 2 || !absl::StartsWith(email->Masked(), email->Local()),
            "a mask hides it");
    Require(absl::StrContains(email->MaskedWhole(), "***@"), "and its domain");
    const auto address = otp::Address::Email(email->address(), kField);
    Require(address.ok(), "an account's address can be written to");
    return email->address();
  });
  CheckStable(text, [](absl::string_view typed) -> absl::StatusOr<std::string> {
    const auto address = otp::Address::Email(typed, kField);
    if (!address.ok()) return address.status();
    Require(absl::StrContains(address->Masked(), "***@"), "a mask hides an address");
    return address->text();
  });
}

void CheckNames(Input input) {
  const absl::string_view one = input.Text();
  const absl::string_view other = input.Rest();
  Require(identity::SameFirstName(one, other) == identity::SameFirstName(other, one), "likeness is mutual");
  for (const absl::string_view text : {one, other}) {
    CheckStable(text, [](absl::string_view typed) { return identity::ParsePersonName(typed, kField); });
    const auto name = identity::ParsePersonName(text, kField);
    if (name.ok()) {
      Require(identity::SameFirstName(*name, text), "a name is like itself");
      Require(otp::ParseMask(identity::MaskedName(*name, *name), kField).ok(), "a masked name can be told");
    }
    const auto first = linking::FirstName::Parse(text, kField);
    if (!first.ok()) MustBeRefused(first.status());
    if (first.ok())
      Require(linking::FirstName::Parse(first->text(), kField)->text() == first->text(), "one form");
    // A ё that bears its dots twice becomes a ё again when it is folded: no name has such a letter.
    const std::string folded = identity::Folded(text);
    Require(identity::Folded(folded) == folded || absl::StrContains(folded, "\u0308"),
            "folding is done once");
    Require(identity::Nfc(identity::Nfc(text)) == identity::Nfc(text), "composing is done once");
  }
}

void CheckPassword(absl::string_view text) {
  static const identity::PasswordPolicy policy;
  static const identity::Blocklist own = identity::LoadBlocklist("Winter-Is-Coming-7\nтыква");
  const Secret normal = identity::NormalisedPassword(Secret(text));
  Require(identity::NormalisedPassword(normal) == normal, "a password has one form");
  const auto broken = identity::CheckPassword(normal, policy, {{"petrov"}, {"9031112233"}}, &own);
  for (size_t i = 0; i < broken.size(); ++i) {
    Require(i == 0 || broken[i - 1].rule < broken[i].rule, "each broken rule is told once, in order");
    Require(broken[i].rule != identity::PasswordRule::kReused, "what was used is judged elsewhere");
    Require(!broken[i].sentence.empty(), "each with a sentence");
  }
  const std::string form = identity::ListForm(text);
  if (own.Has(identity::ListHash(form)))
    Require(identity::IsCommonPassword(form, &own), "what is listed is common");
}

void CheckNumbers(absl::string_view text) {
  CheckStable(text, [](absl::string_view typed) { return identity::ParseSnils(typed, kField); });
  CheckStable(text, [](absl::string_view typed) { return identity::ParseInn(typed, kField); });
  CheckStable(text, [](absl::string_view typed) { return identity::ParseCountry(typed, kField); });
  CheckStable(text, [](absl::string_view typed) { return ParseLink(typed, kField); });
  CheckStable(text, [](absl::string_view typed) { return otp::ParseMaskedAddress(typed, kField); });
  const auto snils = identity::ParseSnils(text, kField);
  const auto claimed = recovery::Snils::Parse(text, kField);
  Require(!snils.ok() || (claimed.ok() && *snils == claimed->digits()),
          "who registered with a number may claim");
  Require(!claimed.ok() || identity::ParseSnils(claimed->digits(), kField).ok(), "and nobody else can");
  const auto mask = otp::ParseMask(text, kField);
  if (mask.ok())
    Require(otp::CutMask(otp::CutMask(*mask)).size() <= 4 * otp::kLongestMask + 3, "a mask is cut");
  for (const auto type : {identity::DocumentType::kRfPassport, identity::DocumentType::kForeignPassport,
                          identity::DocumentType::kResidencePermit}) {
    const absl::Status status = identity::CheckDocumentNumber(
        type, text.substr(0, 4), text.substr(std::min<size_t>(4, text.size())), kField);
    if (!status.ok()) MustBeRefused(status);
  }
  const auto id = AccountId::Parse(text, kField);
  Require(id.ok() == (!text.empty() && text.size() <= 64 &&
                      OnlyOf(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")),
          "an id has 1 to 64 of its characters");
  const auto named = AccountId::ParseName(text, kField);
  if (named.ok()) Require(named->Name() == text, "a name has one spelling");
  if (rpc::IsUuid(text)) Require(text.size() == 36 && OnlyOf(text, "0123456789abcdefABCDEF-"), "a UUID");
}

void CheckDate(Input input) {
  const int year = static_cast<int>(input.Number());
  const int month = static_cast<int>(input.Number());
  const int day = static_cast<int>(input.Number());
  const auto date = identity::ParseDate(year, month, day, kField);
  if (!date.ok()) return MustBeRefused(date.status());
  Require(
      date->year() == year && date->month() == month && date->day() == day && year >= 1900 && year <= 9999,
      "a date is the day that was named");
}

// The reference: code points that are refused, from Unicode's own tables of what they are.
bool IsInvisible(char32_t c) {
  return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0xad || c == 0x61c || c == 0x180e ||
         (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
         c == 0xfeff || (c >= 0xe0000 && c <= 0xe0fff);
}

void CheckPlainText(absl::string_view text) {
  if (identity::FromCodePoints(identity::CodePoints(text)) != text) return;  // protobuf lets no other text in
  const std::vector<char32_t> points = identity::CodePoints(text);
  Require(rpc::IsPlainText(text) == std::none_of(points.begin(), points.end(), IsInvisible),
          "what cannot be seen is refused, and nothing else");
}

using Check = std::function<void(Input)>;
template <void check(absl::string_view)>
void OfRest(Input input) {
  check(input.Rest());
}

// The order is that of the kept inputs: new ones go to the end.
const std::vector<Check>& Checks() {
  static const auto& checks = *new std::vector<Check>{OfRest<CheckPhone>,
                                                      OfRest<CheckEmail>,
                                                      CheckNames,
                                                      OfRest<CheckPassword>,
                                                      OfRest<CheckNumbers>,
                                                      CheckDate,
                                                      OfRest<CheckPlainText>,
                                                      CheckPeer,
                                                      OfRest<CheckLocal>,
                                                      CheckPolicy,
                                                      CheckCsv};
  return checks;
}

}  // namespace

std::vector<std::string> Seeds() {
  std::vector<std::string> seeds;
  const auto add = [&](size_t check, std::initializer_list<std::string> inputs) {
    for (const std::string& input : inputs) seeds.push_back(Byte(check) + input);
  };
  add(0, {"+79161234567", "8 (916) 123-45-67", "+789161234567", "0079161234567", "+74951234567"});
  add(1, {"ivan.petrov@example.ru", "Ivan+a@почта.рф", "a@[127.0.0.1]", "\"a b\"@example.org",
          "x@xn--80a1acny.xn--p1ai"});
  add(2, {Text("Алёна") + "алена", Text("Анна-Мария") + "ANNA", Text("O'Neil") + "o’neil",
          Text("é") + "e\u0301"});
  add(3, {"Зелёный-Чайник-42", "P@ssw0rd1234", "qwerty123456", "Petrov-9031112233", "ty\u0301kva тыква"});
  add(4, {"123-456-789 64", "500100732259", "7707083893", "RU", "https://gosuslugi.example/r",
          "accounts/alice", "4509123456", "i***@e***.ru", "Иван П.", "0b9f1d3e-6c0a-4f7e-9b1d-2f3a4b5c6d7e"});
  add(5, {Number(1987) + Number(2) + Number(28), Number(1987) + Number(2) + Number(29),
          Number(10000) + Number(1) + Number(1)});
  add(6, {"Иван Петров", "a\u200bb", "a\u202eb", "\u00ad", "\xf3\xa0\x80\x81", "e\u0301"});
  for (const char* uri : {"spiffe://trust.example/service/recovery",
                          "spiffe://trust.example/portal/gosuslugi-web", "spiffe://trust.example/portal/a/b",
                          "spiffe://TRUST.example/portal/a", "https://trust.example/portal/a"})
    add(7, {Byte(0) + uri});
  add(7, {Byte(2) + Text("spiffe://trust.example/portal/a") + Text("spiffe://trust.example/portal/b")});
  add(8, {"127.0.0.1:7102", "[::1]:7102", "unix:/run/tc.sock", "ipv6:%5B::1%5D:4242", "ipv4:127.0.0.1:1",
          "127.evil.example:1", "ipv6:[::ffff:127.0.0.1]:5", "0.0.0.0:1", "127.1:80", "ipv4:127.0.0.1.5:1",
          "127.0.0.256:1"});
  add(9, {Byte(0) + Text("otp.code_digits") + Text("8"),
          Byte(1) + Text("gosuslugi") + Text("password.min_length") + Text("-1"),
          Byte(1) + Text("lax") + Text("link.x") + Text("1") + Text("other.y") + Text("z")});
  add(10, {Byte(1) + Text("=1+1") + Text("a,\"b\"\r\nc"), Byte(0) + Text("'x"),
           Byte(2) + Text("") + Text("-5") + Text("plain")});
  return seeds;
}

}  // namespace tc::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tc::fuzz;  // NOLINT: this is its entry
  Input input(data, size);
  const Check& check = input.Of(Checks());
  check(input);
  return 0;
}
