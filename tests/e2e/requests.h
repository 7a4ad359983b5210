#pragma once

// What the strings of every request hold, and requests that are right in form, made from the descriptors.

#include <google/protobuf/message.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/methods.h"

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

// Calls `visit` for every field of requests of this type that matches, with its path; messages in messages
// too.
void VisitFields(
    const google::protobuf::Descriptor& type,
    const std::function<void(const std::string& path, const google::protobuf::FieldDescriptor&)>& visit);

// Strings that are neither in IdFields nor known to be text: somebody must say what they are.
std::vector<std::string> UndescribedStrings();

// The id in names that are right in form and name nothing, and the request_id of every sample: others of the
// same length may stand in their place, in the bytes of a request as well.
inline constexpr char kAbsentId[] = "tried-absent-0123456789";
inline constexpr char kSampleRequestId[] = "01234567-89ab-4cde-8f01-23456789abcd";

// A name of this kind that is right in form and names nothing. `word` tells it from others.
std::string AbsentName(Held kind, const std::string& word = "absent");

// A request that no parser refuses, which names absent things.
std::unique_ptr<google::protobuf::Message> SampleRequest(const google::protobuf::MethodDescriptor& method);

// Sets the string at `path` ("account.name"), the first element where the path leads through a list.
void SetString(google::protobuf::Message& message, const std::string& path, const std::string& value);
// The message that holds the last field of `path`, made where it is missing, and that field.
struct Place {
  google::protobuf::Message* message;
  const google::protobuf::FieldDescriptor* field;
};
Place PlaceOf(google::protobuf::Message& message, const std::string& path);

}  // namespace tc::e2e
