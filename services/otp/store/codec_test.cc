#include "services/otp/store/codec.h"

#include <gtest/gtest.h>

#include <functional>

#include "common/kv/rocks_database.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"
#include "services/otp/store/delivery_store.h"
#include "services/otp/store/limit_store.h"
#include "services/otp/store/records.pb.h"
#include "services/otp/store/sealed.h"
#include "services/otp/store/tries_store.h"
#include "services/otp/store/verification_store.h"

namespace tc::otp {
namespace {

namespace records = ::trustedcontact::otp::store;
using absl::StatusCode::kDataLoss;
using testing::HasCode;
using testing::IsOk;
using testing::Noon;

template <typename T>
absl::StatusOr<T> RoundTrip(const T& value) {
  return kv::Codec<T>::Decode(kv::Codec<T>::Encode(value));
}

// Every field differs from its default.
Verification Full() {
  Verification v;
  v.id = VerificationId::FromTrusted("v");
  v.binding = {"recovery", Purpose::kRecoveryApproval, "subject", "request"};
  v.state = VerificationState::kApproved;
  v.decoy = true;
  v.locale = Locale::kEnglish;
  v.channels = {Channel::kVoice, Channel::kEmail};
  v.created = Noon();
  v.code_number = 2;
  v.calls = 1;
  v.replayed = true;
  v.code_digits = 8;
  v.code = {"k7", std::string("\0\x01tag", 5)};
  v.channel = Channel::kVoice;
  v.address_index = "index";
  v.prefix_index = "prefix";
  v.range_index = "range";
  v.settled = true;
  v.masked_address = "+7 9** ***-**-67";
  v.sealed = "sealed";
  v.delivery = DeliveryId::FromTrusted("d");
  v.sent = Noon() + absl::Seconds(60);
  v.expires = Noon() + absl::Seconds(360);
  v.inherited_attempts = 3;
  v.inherited_last_attempt = Noon() - absl::Seconds(1);
  v.attempts = {{"r1", "f1", Noon(), 1}, {"r2", "f2", Noon() + absl::Microseconds(1), 2}};
  v.approving_request_id = "r2";
  v.approved = Noon() + absl::Seconds(61);
  return v;
}

Delivery FullDelivery(const std::string& id, absl::Time created = Noon()) {
  Delivery d;
  d.id = DeliveryId::FromTrusted(id);
  d.caller = "recovery";
  d.parent = "verifications/v";
  d.state = DeliveryState::kDeferred;
  d.channel = Channel::kEmail;
  d.masked_address = "i***@e***.ru";
  d.template_name = "CODE";
  d.created = created;
  d.updated = created + absl::Seconds(1);
  d.expires = created + absl::Seconds(300);
  d.attempts_made = 12;
  d.attempts = {{11, created, Channel::kSms, "a", Fate::kNotTaken, "HTTP_503", "", std::nullopt,
                 absl::InfinitePast(), 0},
                {12, created, Channel::kEmail, "b", Fate::kAccepted, "ACCEPTED", "77",
                 DeliveryTrigger::kReceiptDeferred, created + absl::Seconds(2), 9}};
  d.forgotten_in_doubt = true;
  d.spent = {{Channel::kSms, "c", Fate::kUnknown}};
  d.ways = {Channel::kSms, Channel::kEmail};
  d.paid = {Channel::kEmail};
  d.round = 2;
  d.withdrawn = true;
  d.provider_message = "77";
  return d;
}

TEST(Codec, KeepsEveryFieldOfAVerification) {
  EXPECT_EQ(*RoundTrip(Full()), Full());
  Verification fresh = Full();
  fresh.approved = fresh.inherited_last_attempt = absl::InfinitePast();
  EXPECT_EQ(*RoundTrip(fresh), fresh);
}

TEST(Codec, KeepsEveryFieldOfADelivery) { EXPECT_EQ(*RoundTrip(FullDelivery("d")), FullDelivery("d")); }

TEST(Codec, ReadsADeliveryOfAnOlderProgram) {
  ::trustedcontact::otp::store::DeliveryRecord old;
  old.set_state(5);
  old.set_channel(1);
  old.add_attempts()->set_outcome("HTTP_503");
  old.add_attempts()->set_outcome("ACCEPTED");
  old.set_receipt_sequence(7);
  ASSERT_OK_AND_ASSIGN(const Delivery d, kv::Codec<Delivery>::Decode(old.SerializeAsString()));
  EXPECT_EQ(d.ways, std::vector<Channel>{Channel::kSms});
  EXPECT_EQ(d.attempts_made, 2);
  EXPECT_EQ(d.attempts[0].fate, Fate::kNotTaken);
  EXPECT_EQ(d.attempts[1].fate, Fate::kAccepted);
  EXPECT_EQ(d.attempts[1].number, 2);
  EXPECT_EQ(d.attempts[1].receipt_sequence, 7u);
}

TEST(Codec, KeepsSendsAndNotifications) {
  const std::vector<Send> sends = {{Noon(), true}, {Noon() + absl::Seconds(1), false}};
  EXPECT_EQ(*RoundTrip(sends), sends);
  const Notification notification{{DeliveryId::FromTrusted("a"), DeliveryId::FromTrusted("b")}, Noon()};
  EXPECT_EQ(RoundTrip(notification)->deliveries, notification.deliveries);
  EXPECT_EQ(RoundTrip(notification)->created, notification.created);
}

// Bytes of a value with one number below zero, which would be further tries or calls for somebody.
template <typename T, typename Record>
absl::Status DecodeWith(const T& value, const std::function<void(Record&)>& change) {
  Record record;
  record.ParseFromString(kv::Codec<T>::Encode(value));
  change(record);
  return kv::Codec<T>::Decode(record.SerializeAsString()).status();
}

TEST(Codec, RefusesCountsBelowZero) {
  using R = records::VerificationRecord;
  const std::vector<std::function<void(R&)>> strange = {
      [](R& r) { r.set_code_number(-1); }, [](R& r) { r.set_code_digits(-1); }, [](R& r) { r.set_calls(-1); },
      [](R& r) { r.set_inherited_attempts(-1); }, [](R& r) { r.mutable_attempts(0)->set_code_number(-1); }};
  for (size_t i = 0; i < strange.size(); ++i)
    EXPECT_THAT(DecodeWith(Full(), strange[i]), HasCode(kDataLoss)) << i;
  const Window window{{{Noon(), 3}}};
  EXPECT_THAT((DecodeWith<Window, records::WindowRecord>(
                  window, [](auto& r) { r.mutable_buckets(0)->set_count(-1); })),
              HasCode(kDataLoss));
  EXPECT_THAT((DecodeWith<Conversion, records::ConversionRecord>({}, [](auto& r) { r.set_blocks(-1); })),
              HasCode(kDataLoss));
  KeptTries kept;
  kept.tries.by_address.push_back({Purpose::kRecoveryClaim, "address", 2, Noon()});
  EXPECT_THAT((DecodeWith<KeptTries, records::TriesRecord>(
                  kept, [](auto& r) { r.mutable_by_address(0)->set_count(-1); })),
              HasCode(kDataLoss));
}

TEST(Codec, TellsUnreadableBytes) {
  EXPECT_THAT(kv::Codec<Verification>::Decode("\xff\xff"), HasCode(kDataLoss));
  EXPECT_THAT(kv::Codec<Verification>::Decode(""), HasCode(kDataLoss)) << "no state was ever written as 0";
  EXPECT_THAT(kv::Codec<Delivery>::Decode(""), HasCode(kDataLoss));
  EXPECT_THAT(kv::Codec<std::vector<Send>>::Decode("\xff"), HasCode(kDataLoss));
  EXPECT_THAT(kv::Codec<Notification>::Decode("\xff"), HasCode(kDataLoss));
  EXPECT_THAT(DecodePrivatePart(""), HasCode(kDataLoss));
  EXPECT_THAT(DecodeMessage("", DeliveryId()), HasCode(kDataLoss));
}

crypto::Sealer AnySealer() {
  static testing::FakeRandom& random = *new testing::FakeRandom;
  static const crypto::Keyring& keys = *new crypto::Keyring(crypto::Keyring::ForTest({"data"}, random));
  return *crypto::Sealer::Create(keys, "data", random);
}

TEST(Sealed, OpensInItsPlaceOnly) {
  const crypto::Sealer sealer = AnySealer();
  const PrivatePart part{Address::Of(Phone::FromTrusted("+79161234567")), "Иван П."};
  const std::string sealed = Seal(sealer, VerificationId::FromTrusted("a"), part);
  EXPECT_EQ(*Open(sealer, VerificationId::FromTrusted("a"), sealed), part);
  EXPECT_THAT(Open(sealer, VerificationId::FromTrusted("b"), sealed), HasCode(kDataLoss));
}

TEST(Sealed, KeepsEveryFieldOfAMessage) {
  const crypto::Sealer sealer = AnySealer();
  Message message;
  message.delivery = DeliveryId::FromTrusted("d");
  message.to = *Address::Email("ivan@example.ru", "email");
  message.channel = Channel::kEmail;
  message.locale = Locale::kEnglish;
  message.template_name = "CODE_SECOND_FACTOR";
  message.text = {"subject", "body #123456"};
  message.masked_address = "i***@e***.ru";
  message.code = "123456";
  message.alternatives = {{Channel::kVoice,
                           Address::Of(*Phone::Parse("+79161234567", "phone")),
                           "+7 9** ***-**-67",
                           {"", "1, 2, 3, 4, 5, 6"}}};
  message.created = Noon();
  message.expires = Noon() + absl::Seconds(300);
  const absl::StatusOr<Message> opened = Open(sealer, Seal(sealer, message));
  ASSERT_THAT(opened, IsOk());
  EXPECT_EQ(EncodeMessage(*opened), EncodeMessage(message));
  EXPECT_EQ(opened->delivery, message.delivery);
  EXPECT_EQ(opened->to, message.to);
  EXPECT_EQ(opened->masked_address, message.masked_address);
  EXPECT_EQ(opened->code, message.code);
  EXPECT_EQ(opened->alternatives, message.alternatives);
  EXPECT_THAT(Open(sealer, absl::string_view("\xff")), HasCode(kDataLoss));
}

TEST(Sealed, KeepsWhatALaterRowNeeds) {
  const crypto::Sealer sealer = AnySealer();
  Message message;
  message.delivery = DeliveryId::FromTrusted("d");
  message.code = "123456";
  const std::string first = Seal(sealer, message);
  EXPECT_EQ(Open(sealer, first)->request_id, "");
  EXPECT_EQ(*RoundOf(first), 0);
  ASSERT_OK_AND_ASSIGN(const std::string later, Requeued(*Held(first, "r"), 3));
  EXPECT_EQ(Open(sealer, later)->request_id, "r");
  EXPECT_EQ(Open(sealer, later)->code, "123456");
  EXPECT_EQ(*RoundOf(later), 3);
  EXPECT_THAT(Held("\xff", "r"), HasCode(kDataLoss));
}

TEST(VerificationStore, FindsTheLatestOfABinding) {
  const auto database = kv::InMemory();
  Verification first = Full(), second = Full();
  second.id = VerificationId::FromTrusted("w");
  ASSERT_THAT(database->Update([&](kv::Txn& txn) -> absl::Status {
    TRY(InsertVerification(txn, first));
    TRY(InsertVerification(txn, second));
    EXPECT_EQ(**FindLatest(txn, first.binding), second);
    Binding other = first.binding;
    other.request = "another";
    EXPECT_EQ(*FindLatest(txn, other), std::nullopt);
    EXPECT_THAT(InsertVerification(txn, first), HasCode(absl::StatusCode::kAlreadyExists));
    TRY(EraseVerification(txn, first));
    EXPECT_EQ(**FindLatest(txn, first.binding), second) << "erasing an older one leaves the latest";
    TRY(EraseVerification(txn, second));
    EXPECT_EQ(*FindLatest(txn, first.binding), std::nullopt);
    return absl::OkStatus();
  }),
              IsOk());
}

TEST(DeliveryStore, WalksInOrderOfCreation) {
  const auto database = kv::InMemory();
  std::vector<std::string> seen;
  ASSERT_THAT(database->Update([&](kv::Txn& txn) -> absl::Status {
    TRY(InsertDelivery(txn, FullDelivery("z", Noon()), Policy()));
    TRY(InsertDelivery(txn, FullDelivery("a", Noon() + absl::Seconds(1)), Policy()));
    Delivery other = FullDelivery("o", Noon());
    other.parent = "verifications/v2";
    TRY(InsertDelivery(txn, other, Policy()));
    std::string resume;
    TRY(VisitDeliveries(txn, "verifications/v", "", [&](absl::string_view key, Delivery d) {
      seen.push_back(d.id.text());
      resume = std::string(key);
      return false;
    }));
    return VisitDeliveries(txn, "verifications/v", resume, [&](absl::string_view, Delivery d) {
      seen.push_back(d.id.text());
      return true;
    });
  }),
              IsOk());
  EXPECT_THAT(seen, ::testing::ElementsAre("z", "a"));
}

}  // namespace
}  // namespace tc::otp
