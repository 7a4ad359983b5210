#include "services/recovery/outbound/courier.h"

#include <gtest/gtest.h>

#include "common/base/refusal.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"

namespace tc::recovery {
namespace {

using tc::testing::HasCode;
using tc::testing::IsOk;

class People final : public IdentityPeer {
 public:
  std::map<std::string, KnownAccount> accounts;
  bool reachable = true;
  absl::StatusOr<std::optional<KnownAccount>> Lookup(const Claimed& claimed, absl::Time) override {
    if (!reachable) return absl::UnavailableError("away");
    const auto found = accounts.find(std::get<AccountId>(claimed).text());
    if (found == accounts.end()) return std::optional<KnownAccount>();
    return std::optional<KnownAccount>(found->second);
  }
  absl::StatusOr<EligibilityNow> CheckPrincipal(const AccountId&, absl::Time) override {
    return EligibilityNow();
  }
  absl::StatusOr<EligibilityNow> CheckContact(const AccountId&, absl::Time) override {
    return EligibilityNow();
  }
  absl::Status ResetPassword(const AccountId&, const Secret&, const std::string&, const std::string&,
                             absl::Time) override {
    return absl::OkStatus();
  }
};

class Post final : public OtpPeer {
 public:
  std::vector<NoticeMessage> sent;
  std::vector<std::string> cancelled;
  std::string request_id;
  absl::StatusOr<SentCode> Create(const CodeBinding&, const CodeMessage&, const std::string&,
                                  absl::Time) override {
    return SentCode();
  }
  absl::StatusOr<SentCode> Resend(const CodeBinding&, const CodeMessage&, const std::string&,
                                  absl::Time) override {
    return SentCode();
  }
  absl::StatusOr<CheckedCode> Check(const CodeBinding&, const Secret&, const std::string&,
                                    absl::Time) override {
    return CheckedCode();
  }
  absl::Status Consume(const CodeBinding&, const std::string&, absl::Time) override {
    return absl::OkStatus();
  }
  absl::Status Cancel(const VerificationId& verification, const std::string& id, absl::Time) override {
    cancelled.push_back(verification.text());
    request_id = id;
    return absl::OkStatus();
  }
  absl::Status Notify(const NoticeMessage& message, const std::string& id, absl::Time) override {
    sent.push_back(message);
    request_id = id;
    return absl::OkStatus();
  }
};

class Courier : public ::testing::Test {
 protected:
  Courier() {
    KnownAccount alice;
    alice.account = AccountId::FromTrusted("alice");
    alice.masked_name = "Алиса И.";
    alice.phone = Phone::FromTrusted("+79160000001");
    alice.email = "alice@example.org";
    alice.locale = "en";
    people_.accounts["alice"] = alice;
    KnownAccount bob = alice;
    bob.account = AccountId::FromTrusted("bob");
    bob.masked_name = "Борис П.";
    people_.accounts["bob"] = bob;
  }
  absl::Status Perform(const char* kind, const std::string& payload) {
    kv::OutboxRow row;
    row.kind = kind;
    row.payload = payload;
    row.request_id = "row-1";
    return CourierHandlers(people_, post_, clock_).at(kind)(row);
  }
  static std::string ANotice(const char* receiver, const char* about) {
    Notice notice;
    notice.id = "n-1";
    notice.kind = NoticeKind::kAwaitingContact;
    notice.receiver = AccountId::FromTrusted(receiver);
    notice.about = AccountId::FromTrusted(about);
    return notice.Encode();
  }

  People people_;
  Post post_;
  tc::testing::FakeClock clock_;
};

TEST_F(Courier, TellsOnAllAddressesInTheReceiversLanguage) {
  ASSERT_THAT(Perform(kNoticeRow, ANotice("bob", "alice")), IsOk());
  ASSERT_EQ(post_.sent.size(), 1U);
  EXPECT_EQ(post_.sent[0].phone.e164(), "+79160000001");
  EXPECT_EQ(post_.sent[0].email, "alice@example.org");
  EXPECT_EQ(post_.sent[0].locale, "en");
  EXPECT_EQ(post_.sent[0].masked_person, "Алиса И.");
  EXPECT_EQ(post_.sent[0].notice.id, "n-1");
  EXPECT_EQ(post_.request_id, "row-1");
}

TEST_F(Courier, ComesAgainWhenIdentityIsAway) {
  people_.reachable = false;
  EXPECT_THAT(Perform(kNoticeRow, ANotice("bob", "alice")), HasCode(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(post_.sent.empty());
}

TEST_F(Courier, DropsWhatNobodyCanBeTold) {
  EXPECT_THAT(Perform(kNoticeRow, ANotice("nobody", "alice")), IsOk());
  people_.accounts["bob"].phone = Phone();
  people_.accounts["bob"].email.clear();
  EXPECT_THAT(Perform(kNoticeRow, ANotice("bob", "alice")), IsOk());
  EXPECT_TRUE(post_.sent.empty());
}

TEST_F(Courier, NamesNobodyWhereNobodyIsMeant) {
  ASSERT_THAT(Perform(kNoticeRow, ANotice("alice", "")), IsOk());
  EXPECT_EQ(post_.sent[0].masked_person, "");
}

TEST_F(Courier, RefusesARowItCannotRead) {
  EXPECT_THAT(Perform(kNoticeRow, "nonsense"), HasCode(absl::StatusCode::kDataLoss));
}

TEST_F(Courier, CancelsACode) {
  ASSERT_THAT(Perform(kCancelVerificationRow, "r-claim-1"), IsOk());
  EXPECT_EQ(post_.cancelled, (std::vector<std::string>{"r-claim-1"}));
}

}  // namespace
}  // namespace tc::recovery
