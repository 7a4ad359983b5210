#pragma once

// Which strings of which requests name something, what it is, and names of nothing.

#include <string>
#include <vector>

namespace tc::e2e {

// What a string names. kNew: an id that the caller gives to what the call makes.
enum class Held {
  kNew,
  kAccount,         // "accounts/{account}"
  kPhone,           // "accounts/{account}/phones/{phone}"
  kSettings,        // "accounts/{account}/securitySettings"
  kInvitation,      // "invitations/{invitation}"
  kLink,            // "links/{link}"
  kBlockedSender,   // "blockedSenders/{block}"
  kCapability,      // "recoveries/{capability}": whoever knows it may; nobody else's can be named
  kAssigned,        // "assignedRecoveries/{recovery}"
  kRecoveryId,      // a recovery's id, bare: the caller's own word for what it does
  kVerification,    // "verifications/{verification}"
  kDelivery,        // "deliveries/{delivery}"
  kDeliveryParent,  // what deliveries belong to: a verification's name or a notification's
  kOutboxEntry,     // "outbox/{entry}"
  kEcho,            // a word of the caller's that is only compared with what he said before
};

struct IdField {
  std::string method;  // "IdentityService/GetAccount"
  std::string path;    // "name", "account.name"
  Held holds;
};

// Every field of every request that holds the name or id of something.
const std::vector<IdField>& IdFields();
std::vector<IdField> IdFieldsOf(const std::string& method);
// Null: that field names nothing.
const IdField* FindIdField(const std::string& method, const std::string& path);

// The id in names that are right in form and name nothing: others of the same length may stand in its place,
// in the bytes of a request as well.
inline constexpr char kAbsentId[] = "tried-absent-0123456789";

// A name of this kind that is right in form and names nothing.
std::string AbsentName(Held kind);

}  // namespace tc::e2e
