// Records on the disk: the codecs of the four stores, the store's own records, and what is sealed. Bytes that
// no version of this program wrote are DATA_LOSS, never a crash and never another value than the one they
// name; a value that was read is written and read to itself (ARCHITECTURE.md, invariant 3).

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/status.h"
#include "common/crypto/keyring.h"
#include "common/crypto/sealer.h"
#include "common/testing/fakes.h"
#include "services/linking/store/codec.h"
#include "services/linking/store/outbox.h"
#include "services/otp/store/codec.h"
#include "services/otp/store/limit_store.h"
#include "services/otp/store/records.pb.h"
#include "services/otp/store/sealed.h"
#include "services/otp/store/tries_store.h"
#include "services/recovery/store/document_tries_store.h"
#include "services/recovery/store/records.pb.h"
#include "services/recovery/store/recovery_codec.h"
#include "tests/fuzz/fill.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/identity_records.h"
#include "tests/fuzz/own_records.h"
#include "tests/fuzz/record_values.h"

// After the headers of all stores: their own records.
#include "services/linking/store/records.pb.h"

namespace tc::fuzz {
namespace {

namespace li = ::trustedcontact::linking::store;
namespace ot = ::trustedcontact::otp::store;
namespace re = ::trustedcontact::recovery::store;

struct Format {
  std::function<void(absl::string_view bytes)> check;
  std::vector<std::string> seeds;
};

// Maps have no order: two records are compared by what they mean.
template <typename Record>
std::string Meaning(const std::string& bytes) {
  Record record;
  Require(record.ParseFromString(bytes), "what was written can be parsed");
  return BytesOf(record);
}

// `Record` is the message on the disk.
template <typename Record, typename Decode, typename Encode>
Format FormatOf(Decode decode, Encode encode) {
  const auto check = [decode, encode](absl::string_view bytes) {
    const auto value = decode(bytes);
    if (!value.ok()) return Require(absl::IsDataLoss(value.status()), "what cannot be read is DATA_LOSS");
    const std::string written = encode(*value);
    const auto again = decode(written);
    Require(again.ok(), "what was written can be read");
    CheckNumbers(*value);
    Require(Same(*again, *value), "a value is read as it was written");
    Require(Meaning<Record>(encode(*again)) == Meaning<Record>(written), "and written as it was read");
  };
  return {check, SeedsOf<Record>()};
}

// The same of a record in whose member `sealed` a `Sealed` lies.
template <typename Record, typename Sealed, typename Decode, typename Encode>
Format FormatOf(Decode decode, Encode encode, const char* sealed) {
  return {FormatOf<Record>(decode, encode).check, SeedsWith<Record, Sealed>(sealed)};
}

template <typename Record, typename T>
Format CodecOf() {
  return FormatOf<Record>(&kv::Codec<T>::Decode, &kv::Codec<T>::Encode);
}

const crypto::Keyring& Keys() {
  static testing::FakeRandom random;
  static const auto& keys = *new crypto::Keyring(crypto::Keyring::ForTest({"data"}, random));
  return keys;
}
const crypto::Sealer& Sealing() {
  static testing::FakeRandom random(2);
  static const auto& sealer = *new crypto::Sealer(crypto::Sealer::Create(Keys(), "data", random).value());
  return sealer;
}

// The input is a RecoveryRecord whose member `sealed` is still open: what is sealed must be read, too.
void CheckRecovery(absl::string_view bytes) {
  re::RecoveryRecord record;
  if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return Require(absl::IsDataLoss(recovery::DecodeRecovery(bytes, Sealing()).status()), "DATA_LOSS");
  }
  record.set_sealed(Sealing().Seal(record.sealed(), "recovery/" + record.id() + "/private"));
  const auto value = recovery::DecodeRecovery(record.SerializeAsString(), Sealing());
  if (!value.ok()) return Require(absl::IsDataLoss(value.status()), "what cannot be read is DATA_LOSS");
  const auto again = recovery::DecodeRecovery(recovery::EncodeRecovery(*value, Sealing()), Sealing());
  Require(again.ok() && *again == *value, "a recovery is read as it was written");
  using recovery::Channel;
  using recovery::HoldReason;
  Require(value->channel >= Channel::kSms && value->channel <= Channel::kEmail, "a channel is a known one");
  for (const HoldReason reason : {value->hold_reason, value->early_news}) {
    Require(reason >= HoldReason::kNone && reason <= HoldReason::kOperator, "a reason is a known one");
  }
  for (const auto* step : {&value->own_code, &value->contact_code}) {
    for (const Channel channel : step->status.channels)
      Require(channel >= Channel::kSms && channel <= Channel::kEmail, "a code's channels are known ones");
  }
  record.set_id(record.id() + "x");
  Require(!recovery::DecodeRecovery(record.SerializeAsString(), Sealing()).ok(),
          "sealed for its own recovery");
}

void CheckPayload(absl::string_view bytes) {
  const auto round = otp::RoundOf(bytes);
  const auto held = otp::Held(bytes, "request");
  Require(round.ok() == held.ok(), "both read the same record");
  if (!held.ok()) return Require(absl::IsDataLoss(held.status()), "what cannot be read is DATA_LOSS");
  const auto queued = otp::Requeued(*held, 7);
  Require(queued.ok() && otp::RoundOf(*queued).value() == 7, "a held message is queued again");
  Require(absl::IsDataLoss(otp::Open(Sealing(), bytes).status()), "nobody can make a sealed message");
}

// What nobody sealed does not open; what was sealed opens for its context only, and not when a bit of it
// changed.
void CheckSealed(absl::string_view bytes) {
  const auto kid = crypto::KidOf(bytes);
  if (!kid.ok()) Require(absl::IsDataLoss(kid.status()), "what is no blob is DATA_LOSS");
  Require(absl::IsDataLoss(Sealing().Open(bytes, "nowhere").status()), "what nobody sealed does not open");

  Input input(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  const size_t place = static_cast<size_t>(input.Number());
  const size_t bit = input.Choose(8);
  const std::string context(input.Text());
  const std::string plain(input.Rest());
  std::string blob = Sealing().Seal(plain, context);
  const auto opened = Sealing().Open(blob, context);
  Require(opened.ok() && *opened == plain, "what was sealed opens");
  Require(crypto::KidOf(blob).value() == Keys().Newest("data")->kid, "a blob bears the key's id");
  Require(!Sealing().Open(blob, context + "x").ok(), "for its context only");
  blob[place % blob.size()] = static_cast<char>(blob[place % blob.size()] ^ (1 << bit));
  Require(absl::IsDataLoss(Sealing().Open(blob, context).status()), "a changed blob does not open");
}

// What waits in linking's outbox; a notice is sealed behind its length.
void CheckLinkingRow(absl::string_view bytes) {
  const linking::Outbox outbox(Sealing());
  kv::OutboxRow row;
  row.payload = std::string(bytes);
  MustBeReadable(outbox.FreezeFrom(row));
  Require(absl::IsDataLoss(outbox.NoticeFrom(row).status()), "nobody can make a sealed notice");
  row.payload = Sealing().Seal(bytes, "notice");
  const auto notice = outbox.NoticeFrom(row);
  MustBeReadable(notice);
  if (!notice.ok()) return;
  using linking::NoticeKind;
  Require(Known(notice->kind, NoticeKind(), NoticeKind::kReminder), "a known notice");
}

std::vector<std::string> LinkingRows() {
  std::vector<std::string> seeds = SeedsOf<li::FreezeRecord>();
  for (const std::string& notice : SeedsOf<li::NoticeRecord>()) {
    seeds.push_back(Byte(0) + Text(notice));
    seeds.push_back(Byte(1) + Text(notice));  // longer than it is
  }
  return seeds;
}

// Records that are read where they lie.
void CheckInPlace(absl::string_view bytes) {
  OneEntry txn("", std::string(bytes));
  MustBeReadable(recovery::TriesOf(txn, "a subject"));
  MustBeReadable(otp::FindNotice(txn, "an index"));
}

std::vector<std::string> InPlace() {
  std::vector<std::string> seeds = SeedsOf<re::DocumentTriesRecord>();
  for (const std::string& notice : SeedsOf<ot::NoticeRecord>()) seeds.push_back(notice);
  return seeds;
}

absl::StatusOr<otp::Message> DecodeMessage(absl::string_view bytes) {
  return otp::DecodeMessage(bytes, DeliveryId::FromTrusted("d1"));
}

// The order is that of the kept inputs: new ones go to the end.
const std::vector<Format>& Formats() {
  static const auto& formats = *new std::vector<Format>{
      FormatOf<id::AccountRecord>(&DecodeAccount, &EncodeAccount),
      FormatOf<id::PhoneRecord>(&DecodePhone, &EncodePhone),
      FormatOf<id::HolderRecord>(&DecodeHolder, &EncodeHolder),
      FormatOf<id::CredentialRecord, id::PasswordRecord>(&DecodeCredential, &EncodeCredential,
                                                         "sealed_password"),
      CodecOf<id::ProofRecord, id::ProofRecord>(),
      CodecOf<id::PersonKeyRecord, id::PersonKeyRecord>(),
      FormatOf<id::PendingEmailRecord>(&DecodePendingEmail, &EncodePendingEmail),
      FormatOf<id::JournalRecord, id::CircumstancesRecord>(&DecodeJournal, &EncodeJournal,
                                                           "sealed_circumstances"),
      FormatOf<id::SecondFactorRecord>(&DecodeSecondFactors, &EncodeSecondFactors),
      FormatOf<id::DevicesRecord, id::DeviceBookRecord>(&DecodeDevices, &EncodeDevices, "sealed_book"),
      FormatOf<id::SettingsRecord>(&DecodeSettings, &EncodeSettings),
      CodecOf<li::InvitationRecord, linking::InvitationRow>(),
      CodecOf<li::LinkRecord, linking::LinkRow>(),
      CodecOf<li::ProtectionRecord, linking::Protection>(),
      CodecOf<li::DutyRecord, linking::Duty>(),
      CodecOf<li::PhoneWindowRecord, linking::PhoneTimes>(),
      CodecOf<li::BlockRecord, linking::BlockRow>(),
      FormatOf<li::InvitationDetailsRecord>(&linking::DecodeDetails, &linking::EncodeDetails),
      FormatOf<li::LinkPeopleRecord>(&linking::DecodePeople, &linking::EncodePeople),
      CodecOf<ot::VerificationRecord, otp::Verification>(),
      CodecOf<ot::DeliveryRecord, otp::Delivery>(),
      CodecOf<ot::SendsRecord, std::vector<otp::Send>>(),
      CodecOf<ot::WindowRecord, otp::Window>(),
      CodecOf<ot::NotificationRecord, otp::Notification>(),
      CodecOf<ot::TriesRecord, otp::KeptTries>(),
      CodecOf<ot::ConversionRecord, otp::Conversion>(),
      CodecOf<ot::BudgetRecord, otp::Budget>(),
      FormatOf<ot::PrivatePart>(&otp::DecodePrivatePart, &otp::EncodePrivatePart),
      FormatOf<ot::MessageRecord>(&DecodeMessage, &otp::EncodeMessage),
      FormatOf<re::LedgerRecord>(&recovery::DecodeLedger, &recovery::EncodeLedger),
      Format{CheckRecovery, SeedsOf<re::RecoveryRecord>()},
      Format{CheckPayload, SeedsOf<ot::OutgoingRecord>()},
      Format{CheckOwnRecords, OwnRecords()},
      Format{CheckSealed, {Number(40) + Byte(3) + Text("account/42/phone") + "+79031112233"}},
      FormatOf<id::PersonalRecord>(&DecodePerson, &EncodePerson),
      Format{CheckLinkingRow, LinkingRows()},
      Format{CheckInPlace, InPlace()},
      Format{FormatOf<id::SealedNotice>(&DecodeNotice, &EncodeNotice).check, Notices()},
      Format{CheckJournalKey, {Text(JournalKey("PasswordSet")) + "PasswordSet"}},
  };
  return formats;
}

}  // namespace

std::vector<std::string> Seeds() {
  std::vector<std::string> seeds;
  for (size_t i = 0; i < Formats().size(); ++i) {
    for (const std::string& seed : Formats()[i].seeds) seeds.push_back(Byte(i) + seed);
  }
  // With what is sealed in it, and entries in its maps.
  re::PrivateRecord open;
  Fill(open, Filling::kOne);
  re::RecoveryRecord recovery;
  Fill(recovery, Filling::kOne);
  recovery.set_sealed(open.SerializeAsString());
  (*recovery.mutable_answers())["CALLED_HIM"] = true;
  (*recovery.mutable_policy())["recovery.lifetime"] = 3600;
  seeds.push_back(Byte(30) + BytesOf(recovery));
  seeds.push_back(Byte(33) + Sealing().Seal("plain", "a place"));
  return seeds;
}

}  // namespace tc::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tc::fuzz;  // NOLINT: this is its entry
  Input input(data, size);
  const Format& format = input.Of(Formats());
  format.check(input.Rest());
  return 0;
}
