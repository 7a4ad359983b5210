#pragma once

// Between the public messages and domain values. Parsing is validation: every mistake of a request is named
// at once. Pure functions.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/base/phone.h"
#include "common/base/secret.h"
#include "common/rpc/call.h"
#include "services/identity/domain/account.h"
#include "services/identity/domain/client.h"
#include "services/identity/domain/code.h"
#include "services/identity/domain/eligibility.h"
#include "services/identity/domain/phone_book.h"
#include "services/identity/domain/registration.h"
#include "services/identity/store/credentials.h"
#include "services/identity/store/journal.h"
#include "trustedcontact/identity/v1/identity.pb.h"

namespace tc::identity {

namespace pb = ::trustedcontact::identity::v1;

// ---- Requests ----

struct NewAccount {
  Account account;
  Phone verified_phone;  // empty: none
};
// `fresh`: the id when the caller chose none. Only the identity provider may assert addresses.
absl::StatusOr<NewAccount> Parse(const pb::CreateAccountRequest& in, const std::string& fresh,
                                 rpc::Role caller, absl::CivilDay today);

struct ConfirmationOrder {
  AccountId account;
  Confirmation method = Confirmation::kServiceCentre;
  Document document;
  std::string reference;
};
// A service centre, a bank and the post may name their own way only.
absl::StatusOr<ConfirmationOrder> Parse(const pb::ConfirmAccountRequest& in, rpc::Role caller,
                                        absl::CivilDay today);

struct CorrectionOrder {
  Account wanted;  // the named fields of it, and the id
  std::set<Field> named;
  std::string reason;
};
// Fields that the mask does not name are not looked at. MASK_EMPTY, MASK_PATH_UNKNOWN; an operator must give
// a reason.
absl::StatusOr<CorrectionOrder> Parse(const pb::UpdateAccountRequest& in, rpc::Role caller,
                                      absl::CivilDay today);

struct DeletionOrder {
  AccountId account;
  std::string reason;  // OWNER_REQUEST …
};
absl::StatusOr<DeletionOrder> Parse(const pb::DeleteAccountRequest& in);

struct ReasonedOrder {
  AccountId account;
  std::string reason;
};
absl::StatusOr<ReasonedOrder> Parse(const pb::BlockAccountRequest& in);
absl::StatusOr<ReasonedOrder> Parse(const pb::UnblockAccountRequest& in);

struct UnlockOrder {
  AccountId account;
  std::string lock_number;
  std::string reason;
};
absl::StatusOr<UnlockOrder> Parse(const pb::UnlockAccountRequest& in);

struct FreezeOrder {
  AccountId account;
  absl::Time until;  // InfiniteFuture: open
  ClientPlace client;
};
// A service must give an end, at most 168 hours ahead (domain/guarded.h).
absl::StatusOr<FreezeOrder> Parse(const pb::FreezeAccountRequest& in, rpc::Role caller, absl::Time now);

struct OwnOrder {
  AccountId account;
  ClientPlace client;
};

struct UnfreezeOrder {
  AccountId account;
  bool confirmed = false;  // by a recovery: every freeze ends
  ClientPlace client;
};
// A service gives it confirmed (else FIELD_INVALID / CONFIRMATION_MISSING), a portal never
// (CALLER_CANNOT_CONFIRM).
absl::StatusOr<UnfreezeOrder> Parse(const pb::UnfreezeAccountRequest& in, const rpc::Peer& caller);

struct EligibilityQuestion {
  AccountId account;
  EligibilityRole role = EligibilityRole::kPrincipal;
};
absl::StatusOr<EligibilityQuestion> Parse(const pb::CheckEligibilityRequest& in);

struct ContactQuestion {
  AccountId principal;
  std::string first_name;
  Phone phone;
};
absl::StatusOr<ContactQuestion> Parse(const pb::MatchContactRequest& in);

// Exactly one is set.
struct Identifier {
  AccountId account;
  Phone phone;
  Email email;
  std::string snils;
};
absl::StatusOr<Identifier> ParseIdentifier(const pb::LookupAccountRequest& in);

struct PhoneOrder {
  AccountId account;
  Phone number;
  PhoneKind kind = PhoneKind::kMain;
  std::string title;
  CodeChannel channel = CodeChannel::kSms;
  ClientPlace client;
  CodeClient code_client;
};
absl::StatusOr<PhoneOrder> Parse(const pb::BindPhoneRequest& in);

struct PhoneConfirmation {
  PhoneName name;
  Secret code;
  ClientPlace client;
  CodeClient code_client;
};
absl::StatusOr<PhoneConfirmation> Parse(const pb::ConfirmPhoneRequest& in);

struct PhoneRelease {
  PhoneName name;
  std::string reason;
  ClientPlace client;
};
// Everybody but the owner must give a reason.
absl::StatusOr<PhoneRelease> Parse(const pb::ReleasePhoneRequest& in, rpc::Role caller);

struct PhoneImport {
  AccountId account;
  Phone number;
  absl::Time proved_at;
  std::string reference;
};
absl::StatusOr<PhoneImport> Parse(const pb::ImportPhoneRequest& in, absl::Time now);

struct EmailOrder {
  AccountId account;
  Email email;
  ClientPlace client;
  CodeClient code_client;
};
absl::StatusOr<EmailOrder> Parse(const pb::BindEmailRequest& in);

struct EmailConfirmation {
  AccountId account;
  Secret code;
  ClientPlace client;
  CodeClient code_client;
};
absl::StatusOr<EmailConfirmation> Parse(const pb::ConfirmEmailRequest& in);

struct PasswordChange {
  AccountId account;
  Secret current;  // empty: the first one
  Secret fresh;    // NFC
  ClientPlace client;
};
absl::StatusOr<PasswordChange> Parse(const pb::SetPasswordRequest& in);

struct PasswordClaim {
  Identifier who;
  Secret password;  // NFC
  ClientPlace client;
};
absl::StatusOr<PasswordClaim> Parse(const pb::VerifyPasswordRequest& in);

struct PasswordReset {
  AccountId account;
  Secret fresh;  // NFC
  std::string proof;
  absl::Time restrict_until = absl::InfinitePast();  // past: no restriction
};
// TIME_TOO_FAR: a restriction of 168 hours at most.
absl::StatusOr<PasswordReset> Parse(const pb::ResetPasswordRequest& in, absl::Time now);

struct JournalQuestion {
  AccountId account;
  std::vector<std::string> types;
  absl::Time from = absl::InfinitePast();
  absl::Time before = absl::InfiniteFuture();
};
absl::StatusOr<JournalQuestion> Parse(const pb::ListSecurityEventsRequest& in);

// More bytes than that are refused before anything is done with them (PWD-03).
inline constexpr size_t kMaxPasswordBytes = 4096;

// ---- Answers ----

// kBasic leaves out who it is; kFull is for those who registered it.
enum class View { kBasic, kFull };
pb::Account ToProto(const Account& account, const std::vector<OwnedPhone>& phones, View view, absl::Time now);
pb::Phone ToProto(const OwnedPhone& phone);
// `confirmed_at` is unset while its possession is not proved.
pb::EmailAddress ToProto(const Email& email, const AccountId& account,
                         std::optional<absl::Time> confirmed_at);
pb::Credential ToProto(const StoredCredential& credential, const PasswordPolicy& policy);
pb::SecurityEvent ToProto(const JournalEntry& entry, const AccountId& account);
trustedcontact::type::v1::CodeProgress ToProto(const CodeProgress& progress);
void SetTime(google::protobuf::Timestamp* out, absl::Time time);

}  // namespace tc::identity
