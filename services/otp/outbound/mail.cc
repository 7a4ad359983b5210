#include "services/otp/outbound/mail.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"

namespace tc::otp {
namespace {

// 45 bytes are 60 characters of base64: with the frame, less than the 75 of RFC 2047.
constexpr size_t kWordBytes = 45;
constexpr size_t kLineCharacters = 76;

// At most `most` bytes from the front, never in the middle of a character.
size_t WholeCharacters(absl::string_view text, size_t most) {
  if (text.size() <= most) return text.size();
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0) == 0x80) --most;
  return most;
}

std::string EncodedWords(absl::string_view text) {
  std::string words;
  while (!text.empty()) {
    const size_t n = std::max<size_t>(WholeCharacters(text, kWordBytes), 1);
    absl::StrAppend(&words, words.empty() ? "" : "\r\n ", "=?UTF-8?B?", absl::Base64Escape(text.substr(0, n)),
                    "?=");
    text.remove_prefix(n);
  }
  return words;
}

std::string Base64Lines(absl::string_view text) {
  const std::string encoded = absl::Base64Escape(text);
  std::string lines;
  for (size_t i = 0; i < encoded.size(); i += kLineCharacters)
    absl::StrAppend(&lines, encoded.substr(i, kLineCharacters), "\r\n");
  return lines;
}

bool IsAtoms(absl::string_view text) {
  constexpr absl::string_view kOthers = "!#$%&'*+-/=?^_`{|}~.";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains(kOthers, c);
  });
}

}  // namespace

bool IsPlainMailbox(absl::string_view address) {
  const std::vector<absl::string_view> parts = absl::StrSplit(address, '@');
  return parts.size() == 2 && IsAtoms(parts[0]) && IsAtoms(parts[1]);
}

std::string ComposeMail(const Message& message, absl::string_view from) {
  const absl::string_view domain = from.substr(from.find('@') + 1);
  return absl::StrCat(
      "Date: ", absl::FormatTime("%a, %d %b %Y %H:%M:%S +0000", message.created, absl::UTCTimeZone()), "\r\n",
      "From: <", from, ">\r\n",                                                                 //
      "To: <", message.to.text(), ">\r\n",                                                      //
      "Subject: ", EncodedWords(message.text.subject), "\r\n",                                  //
      "Message-ID: <", message.delivery.text(), ".", message.request_id, "@", domain, ">\r\n",  //
      "Auto-Submitted: auto-generated\r\n",                                                     //
      "MIME-Version: 1.0\r\n",                                                                  //
      "Content-Type: text/plain; charset=UTF-8\r\n",                                            //
      "Content-Transfer-Encoding: base64\r\n\r\n", Base64Lines(message.text.body));
}

}  // namespace tc::otp
