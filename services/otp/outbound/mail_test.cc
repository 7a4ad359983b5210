#include "services/otp/outbound/mail.h"

#include <gmock/gmock.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/testing/fakes.h"

namespace tc::otp {
namespace {

using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::SizeIs;

Message AnyMail() {
  Message message;
  message.delivery = DeliveryId::FromTrusted("d1");
  message.request_id = "r1";
  message.to = *Address::Email("ivan@example.ru", "email");
  message.channel = Channel::kEmail;
  message.text = {"Your code", "Code 123456\nTell nobody."};
  message.created = testing::Noon();
  return message;
}

std::string BodyIn(const std::string& mail) {
  std::string text;
  EXPECT_TRUE(absl::Base64Unescape(
      absl::StrReplaceAll(mail.substr(mail.find("\r\n\r\n") + 4), {{"\r\n", ""}}), &text));
  return text;
}

TEST(Mail, HasTheHeadersOfAnAutomaticMessage) {
  const std::string mail = ComposeMail(AnyMail(), "no-reply@gosuslugi.example");
  EXPECT_THAT(mail, HasSubstr("Date: Mon, 02 Mar 2026 12:00:00 +0000\r\n"));
  EXPECT_THAT(mail, HasSubstr("From: <no-reply@gosuslugi.example>\r\n"));
  EXPECT_THAT(mail, HasSubstr("To: <ivan@example.ru>\r\n"));
  EXPECT_THAT(mail, HasSubstr("Message-ID: <d1.r1@gosuslugi.example>\r\n"));
  EXPECT_THAT(mail, HasSubstr("Auto-Submitted: auto-generated\r\n"));
  EXPECT_THAT(mail, HasSubstr("Content-Type: text/plain; charset=UTF-8\r\n"));
  EXPECT_THAT(mail, HasSubstr("Content-Transfer-Encoding: base64\r\n"));
  EXPECT_EQ(BodyIn(mail), "Code 123456\nTell nobody.");
}

TEST(Mail, IsTheSameForEveryAttempt) {
  EXPECT_EQ(ComposeMail(AnyMail(), "a@b.example"), ComposeMail(AnyMail(), "a@b.example"));
}

TEST(Mail, CutsALongSubjectBetweenCharacters) {  // RFC 2047: 75 characters a word, none split
  Message message = AnyMail();
  for (int i = 0; i < 12; ++i) absl::StrAppend(&message.text.subject, "Восстановление € ");
  const std::string mail = ComposeMail(message, "a@b.example");
  const size_t begin = mail.find("Subject: ") + 9;
  std::string subject;
  for (const absl::string_view word :
       absl::StrSplit(mail.substr(begin, mail.find("\r\nMessage-ID") - begin), "\r\n ")) {
    EXPECT_THAT(word, SizeIs(Le(75u)));
    ASSERT_EQ(word.substr(0, 10), "=?UTF-8?B?");
    std::string piece;
    ASSERT_TRUE(absl::Base64Unescape(word.substr(10, word.size() - 12), &piece));
    EXPECT_NE(static_cast<unsigned char>(piece[0]) & 0xc0, 0x80) << "begins in the middle of a character";
    subject += piece;
  }
  EXPECT_EQ(subject, message.text.subject);
}

TEST(Mail, HasNoLineThatTheTextMade) {  // SND-19
  Message message = AnyMail();
  message.text = {"x\r\nBcc: eve@example.ru",
                  absl::StrCat(std::string(500, 'x'), "\r\n.\r\nRCPT TO:<eve@example.ru>")};
  const std::string mail = ComposeMail(message, "a@b.example");
  for (const absl::string_view line : absl::StrSplit(mail, "\r\n")) EXPECT_THAT(line, SizeIs(Le(76u)));
  EXPECT_EQ(mail.find("eve"), mail.npos);
  EXPECT_EQ(BodyIn(mail), message.text.body);
}

TEST(Mail, KnowsPlainMailboxes) {
  for (const char* good : {"a@b.ru", "a.b+c@d-e.example", "o'neil@example.ru"})
    EXPECT_TRUE(IsPlainMailbox(good)) << good;
  for (const char* bad :
       {"", "a", "@b", "a@", "a@b@c", "a b@c", "<a@b>", "a>@b", "\"a\"@b", "a@b\r\n", "a,b@c"})
    EXPECT_FALSE(IsPlainMailbox(bad)) << bad;
}

}  // namespace
}  // namespace tc::otp
