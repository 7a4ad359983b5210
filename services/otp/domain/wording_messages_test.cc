// Every message in every language and way, beside what it was when somebody last read it.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "services/otp/domain/wording.h"

namespace tc::otp {
namespace {

constexpr Channel kChannels[] = {Channel::kSms, Channel::kVoice, Channel::kEmail, Channel::kPush};
using Texts = std::vector<std::pair<Channel, Text>>;

// One paragraph: the title, the subject, and each text with the ways that it goes.
std::string Printed(absl::string_view title, const Texts& texts) {
  std::string out = absl::StrCat(title, "\n");
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string& subject = texts[i].second.subject;
    const auto same = [&](const auto& other) { return other.second.subject == subject; };
    if (subject.empty() || std::any_of(texts.begin(), texts.begin() + static_cast<int>(i), same)) continue;
    absl::StrAppend(&out, "  subject: ", subject, "\n");
  }
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string& body = texts[i].second.body;
    const auto same = [&](const auto& other) { return other.second.body == body; };
    if (std::any_of(texts.begin(), texts.begin() + static_cast<int>(i), same)) continue;
    std::string ways;
    for (const auto& [channel, text] : texts) {
      if (text.body == body) absl::StrAppend(&ways, ways.empty() ? "" : " ", ChannelName(channel));
    }
    absl::StrAppend(&out, "  ", ways, ": ", absl::StrReplaceAll(body, {{"\n", "\n    "}}), "\n");
  }
  return out;
}

std::string AllMessages(const Wording& words, Locale locale) {
  std::string out;
  const std::string person = locale == Locale::kRussian ? "Иван П." : "Ivan P.";
  for (const Purpose purpose : AllPurposes()) {
    Texts texts;
    for (const Channel channel : kChannels) {
      if (!Allows(purpose, channel)) continue;
      texts.emplace_back(channel,
                         words.CodeText(purpose, locale, channel, person, "012345", "gosuslugi.example"));
    }
    out += Printed(absl::StrCat(LocaleName(locale), " ", CodeTemplateName(purpose)), texts);
  }
  for (const Template name : AllTemplates()) {
    for (const char* link : {"", "https://my.example/stop/c2Vj"}) {
      if (*link != 0 && !AllowsLink(name)) continue;
      Texts texts;
      for (const Channel channel : kChannels) {
        if (!Allows(name, channel)) continue;
        texts.emplace_back(channel,
                           words.NotificationText(name, locale, channel, {person, "+7 9** ***-**-67", link}));
      }
      out += Printed(absl::StrCat(LocaleName(locale), " ", TemplateName(name), *link ? ", with a link" : ""),
                     texts);
    }
  }
  return out;
}

TEST(EveryMessage, SaysWhatItSaidWhenItWasLastRead) {
  const std::string path = TC_OTP "/domain/wording_messages.txt";
  std::ifstream file(path);
  const std::string read{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::string now =
      AllMessages(Wording::BuiltIn(), Locale::kRussian) + AllMessages(Wording::BuiltIn(), Locale::kEnglish);
  if (read == now) return;
  const std::filesystem::path made = std::filesystem::temp_directory_path() / "wording_messages.txt";
  std::ofstream(made) << now;
  ADD_FAILURE() << "The words have changed. Read the difference, then take it over:\n  diff " << path << " "
                << made.string() << "\n  cp " << made.string() << " " << path;
}

}  // namespace
}  // namespace tc::otp
