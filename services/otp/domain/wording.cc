#include "services/otp/domain/wording.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "common/base/mistakes.h"
#include "common/base/status.h"
#include "services/otp/domain/placeholders.h"
#include "services/otp/domain/wording_rules.h"

namespace tc::otp {
namespace {

using Place = std::tuple<Locale, std::string, std::string>;

std::string NameOf(const Place& place) {
  const auto& [locale, name, field] = place;
  return absl::StrCat(LocaleName(locale), ".", name, ".", field);
}

void Check(const std::vector<WordingEntry>& entries, Mistakes& mistakes) {
  std::set<Place> seen;
  for (const WordingEntry& entry : entries) {
    const Place place = {entry.locale, entry.template_name, entry.field};
    if (!seen.insert(place).second) mistakes.Add(NameOf(place), "WORDS_TWICE", "given twice");
    for (const WordingMistake& mistake : CheckWords(entry.template_name, entry.field, entry.words)) {
      mistakes.Add(NameOf(place), mistake.reason, mistake.description);
    }
  }
}

absl::string_view FieldOf(Channel channel) {
  switch (channel) {
    case Channel::kSms:
      return "text";
    case Channel::kVoice:
      return "voice";
    case Channel::kEmail:
      return "email";
    case Channel::kPush:
      return "push";
  }
  return "text";
}

std::string Spelt(absl::string_view code) {
  std::string spelt;
  for (const char digit : code) absl::StrAppend(&spelt, spelt.empty() ? "" : ", ", std::string(1, digit));
  return spelt;
}

std::string Named(absl::string_view before, absl::string_view mask) {
  return mask.empty() ? "" : absl::StrCat(before, CutMask(mask));
}

}  // namespace

absl::string_view LocaleName(Locale locale) { return locale == Locale::kEnglish ? "en" : "ru"; }

absl::StatusOr<Wording> Wording::Make(const std::vector<WordingEntry>& built_in,
                                      const std::vector<WordingEntry>& overrides) {
  Mistakes mistakes;
  Wording made;
  for (const auto* entries : {&built_in, &overrides}) {
    Check(*entries, mistakes);
    for (const WordingEntry& entry : *entries) {
      made.words_[{entry.locale, entry.template_name, entry.field}] = entry.words;
    }
  }
  for (const Locale locale : {Locale::kRussian, Locale::kEnglish}) {
    for (const auto& [name, field] : RequiredWords()) {
      if (!made.Find(locale, name, field).empty()) continue;
      mistakes.Add(NameOf({locale, name, std::string(field)}), "WORDS_MISSING", "is missing");
    }
  }
  TRY(mistakes.status("the texts have mistakes"));
  return made;
}

const Wording& Wording::BuiltIn() {
  static const auto& built_in = *new Wording(Make(BuiltInWords(), {}).value());
  return built_in;
}

absl::string_view Wording::Find(Locale locale, absl::string_view template_name,
                                absl::string_view field) const {
  const auto found = words_.find(std::tuple(locale, template_name, field));
  return found == words_.end() ? absl::string_view() : found->second;
}

absl::string_view Wording::Body(Locale locale, absl::string_view template_name, Channel channel) const {
  const absl::string_view own = Find(locale, template_name, FieldOf(channel));
  return own.empty() ? Find(locale, template_name, "text") : own;
}

Text Wording::CodeText(Purpose purpose, Locale locale, Channel channel, absl::string_view masked_principal,
                       absl::string_view code, absl::string_view host) const {
  const std::string name = CodeTemplateName(purpose);
  Text text;
  text.body =
      Fill(Body(locale, name, channel),
           {{"code", std::string(code)}, {"spelt", Spelt(code)}, {"person", Named(", ", masked_principal)}});
  if (channel == Channel::kSms) absl::StrAppend(&text.body, "\n@", host, " #", code);
  if (channel == Channel::kEmail) text.subject = std::string(Find(locale, name, "subject"));
  return text;
}

Text Wording::NotificationText(Template name, Locale locale, Channel channel,
                               const NoticeFields& fields) const {
  const absl::string_view id = TemplateName(name);
  const bool linked = !fields.link.empty() && AllowsLink(name) && channel != Channel::kVoice;
  Text text;
  if (channel == Channel::kEmail || channel == Channel::kPush)
    text.subject = std::string(Find(locale, id, "subject"));
  text.body = linked ? Fill(Find(locale, id, "linked"), {{"link", fields.link}})
                     : Fill(Body(locale, id, channel), {{"person", Named(": ", fields.masked_person)},
                                                        {"address", Named(": ", fields.masked_address)}});
  return text;
}

}  // namespace tc::otp
