// Somebody else's object, in every field of every request that names one: the answer is, byte for byte, the
// one for an object that does not exist, and nothing of it is changed (TRN-06, C-W 59).

#include <map>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"
#include "common/testing/status.h"
#include "tests/e2e/door.h"
#include "tests/e2e/household.h"
#include "tests/e2e/methods.h"
#include "tests/e2e/otp_caller.h"
#include "tests/e2e/production_world.h"
#include "tests/e2e/requests.h"

namespace tc::e2e {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::Contains;
using ::testing::IsEmpty;
using testing::IsOk;

// Whose a named thing must be for a call to reach it.
enum class Whose {
  kPersons,   // the person's who is signed in, or one he has a part in
  kServices,  // the calling service's
  kAnybodys,  // whoever knows this name may: it is drawn from 256 bits and told to one person only
  kOfficers,  // everybody's: this peer serves all citizens by its office
};

struct Ownership {
  const char* methods;  // "Service/Method", separated by blanks
  Whose whose;
};

// The methods that are not for a person, and why they may name things of everybody's. A method of a person's
// needs no line: its rules name a party.
constexpr Ownership kOwnerships[] = {
    // The portal may ask these without anybody signed in; with a name, the person must be its owner.
    {"RecoveryService/CancelRecovery IdentityService/CheckPassword", Whose::kPersons},
    {"OtpService/ResendVerification OtpService/CancelVerification OtpService/GetVerification "
     "OtpService/CheckVerification OtpService/ConsumeVerification DeliveryService/GetDelivery "
     "DeliveryService/ListDeliveries",
     Whose::kServices},
    {"RecoveryService/VerifyClaimant RecoveryService/ResendClaimantCode RecoveryService/GetRecovery "
     "RecoveryService/WatchRecovery RecoveryService/CompleteRecovery",
     Whose::kAnybodys},
    // Whoever cannot sign in names himself; the answer is the same for everybody (neutral_start_test).
    {"RecoveryService/StartRecovery", Whose::kAnybodys},
    // The identity provider, officers, operators, gateways, and services that act for whoever asked them.
    {"AdminService/RetryOutboxEntry IdentityService/GetAccount IdentityService/UpdateAccount "
     "IdentityService/DeleteAccount IdentityService/ConfirmAccount IdentityService/BlockAccount "
     "IdentityService/UnblockAccount IdentityService/UnlockAccount IdentityService/MatchContact "
     "IdentityService/CompareAccounts IdentityService/CheckDocument IdentityService/NotifyPerson "
     "IdentityService/PermitPhoneChange IdentityService/LookupAccount IdentityService/ImportPhone "
     "IdentityService/VerifyPassword IdentityService/RequirePasswordChange IdentityService/ResetPassword "
     "IdentityService/VerifySecondFactor LinkingService/GetGuard LinkingService/HoldGuard "
     "LinkingService/RemoveGuard DeliveryService/ReportDelivery RecoveryService/ListRecoveries "
     "RecoveryService/HoldRecovery RecoveryService/ReleaseRecovery RecoveryService/StartInPersonRecovery "
     "RecoveryService/ConfirmInPersonRecovery",
     Whose::kOfficers},
};

// The row of a method's rules by which a portal calls for a person; null: there is none.
const options_pb::Caller* PersonsRow(const Served& served) {
  for (const options_pb::Caller& caller : served.rules().callers()) {
    if (caller.role() == options_pb::ROLE_PORTAL && caller.party() != options_pb::PARTY_UNSPECIFIED)
      return &caller;
  }
  return nullptr;
}

std::optional<Whose> WhoseIn(const Served& served) {
  if (PersonsRow(served) != nullptr) return Whose::kPersons;
  for (const Ownership& ownership : kOwnerships) {
    const std::vector<std::string> methods = absl::StrSplit(ownership.methods, ' ');
    if (std::count(methods.begin(), methods.end(), served.Label()) > 0) return ownership.whose;
  }
  return std::nullopt;
}

// AllThatIsTold by an answer without a byte.
constexpr char kNothing[] = "OK\n\n\n0\n";

// What an answer says of the moment at which it was given.
void ClearTimeOfAnswer(Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    if (field->name() == "server_time" || field->name() == "next_page_token") {
      message.GetReflection()->ClearField(&message, field);
    } else if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE || field->is_map()) {
      continue;
    } else if (!field->is_repeated()) {
      ClearTimeOfAnswer(*message.GetReflection()->MutableMessage(&message, field));
    } else {
      for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
        ClearTimeOfAnswer(*message.GetReflection()->MutableRepeatedMessage(&message, field, i));
      }
    }
  }
}

class ForeignObjects : public ProductionWorld {
 protected:
  ForeignObjects() : people_(suite().People()), door_(suite()) {
    const auto settled = Household::Settle(suite().clients(), people_, Someone("Boris"), Someone("Clara"),
                                           Someone("Dora"), Someone("Egor"));
    EXPECT_THAT(settled.status(), IsOk());
    home_ = settled.value_or(Household());
    const auto own = Household::Settle(suite().clients(), people_, Someone("Anna"), Someone("Alisa"),
                                       Someone("Asya"), Someone("Anton"));
    EXPECT_THAT(own.status(), IsOk());
    own_ = own.value_or(Household());
  }

  RawAnswer Call(const Served& served, const dev::Caller& caller, const Message& request) {
    std::unique_ptr<Message> fresh(request.New());
    fresh->CopyFrom(request);
    if (fresh->GetDescriptor()->FindFieldByName("request_id") != nullptr) {
      SetString(*fresh, "request_id", "");
      dev::FillRequestId(*fresh);
    }
    return door_.AskPatiently(served.where, caller, {served.Path(), fresh->SerializeAsString(), {}});
  }

  // The sample request with this name in this field, and the caller's own in the others.
  std::unique_ptr<Message> RequestWith(const Served& served, const IdField& field, const std::string& name) {
    std::unique_ptr<Message> request = SampleRequest(*served.method);
    for (const IdField& other : IdFieldsOf(served.Label())) {
      std::string own = own_.ThingOf(other.holds);
      // A code is found by all that was said when it was made; whoever guesses has guessed that.
      if (other.holds == Held::kEcho) own = other.path == "subject" ? home_.subject : home_.request;
      if (!own.empty() && PlaceOf(*request, other.path).field->containing_oneof() == nullptr) {
        SetString(*request, other.path, own);
      }
    }
    const FieldDescriptor* const purpose = request->GetDescriptor()->FindFieldByName("purpose");
    if (purpose != nullptr && WhoseIn(served) == Whose::kServices) {
      request->GetReflection()->SetEnumValue(request.get(), purpose, otp_pb::PURPOSE_RECOVERY_CLAIM);
    }
    SetString(*request, field.path, name);
    return request;
  }

  // What the caller is told, the name that he has sent taken out of it.
  std::string Told(const Served& served, const dev::Caller& caller, const IdField& field,
                   const std::string& name) {
    const RawAnswer answer = Call(served, caller, *RequestWith(served, field, name));
    return absl::StrReplaceAll(answer.AllThatIsTold(), {{name, "(the name)"}});
  }

  // Names that lead to nothing: one that nobody has, and for a phone also somebody else's under the caller's
  // own account.
  std::vector<std::string> NamesOfNothing(Held kind) const {
    std::vector<std::string> names = {AbsentName(kind)};
    if (kind == Held::kPhone) {
      const std::string id = home_.phone.substr(home_.phone.rfind('/') + 1);
      names.push_back(absl::StrCat(own_.principal.Name(), "/phones/", id, "0"));
    }
    return names;
  }

  void TryField(const Served& served, const dev::Caller& caller, const IdField& field) {
    const std::string theirs = home_.ThingOf(field.holds);
    if (theirs.empty()) return;
    ++tried_;
    const std::string told = Told(served, caller, field, theirs);
    // A list of what belongs to something is empty, since it was not asked whether that is there.
    const bool empty_list =
        absl::StrContains(served.method->name(), "List") && absl::StartsWith(told, kNothing);
    if (!absl::StartsWith(told, "NOT_FOUND") && !empty_list) {
      told_.push_back(absl::StrCat(served.Label(), " ", field.path, " as ", caller.peer, ": ", told));
    }
    for (const std::string& nothing : NamesOfNothing(field.holds)) {
      const std::string absent = Told(served, caller, field, nothing);
      if (absent != told) {
        told_.push_back(absl::StrCat(served.Label(), " ", field.path, " tells theirs: ", told,
                                     "\nfrom absent (", nothing, "): ", absent));
      }
    }
  }

  // The answer to its owner, which shows that the name does lead somewhere.
  void TryAsOwner(const Served& served, const IdField& field) {
    const std::string theirs = home_.ThingOf(field.holds);
    if (theirs.empty()) return;
    dev::Caller owner = dev::SignedIn(home_.principal.account);
    if (const options_pb::Caller* const row = PersonsRow(served)) {
      if (field.holds == Held::kInvitation) owner = dev::SignedIn(home_.inviter.account);
      if (row->party() == options_pb::PARTY_CONTACT) owner = dev::SignedIn(home_.contact.account);
    }
    if (WhoseIn(served) == Whose::kServices) owner = dev::From("service/recovery");
    const RawAnswer answer = Call(served, owner, *RequestWith(served, field, theirs));
    if (answer.code() == grpc::StatusCode::NOT_FOUND || answer.Reason() == "FIELD_INVALID" ||
        (absl::StrContains(served.method->name(), "List") && answer.body.empty())) {
      told_.push_back(absl::StrCat(served.Label(), " ", field.path, " to its owner: ", answer.Brief()));
    }
  }

  // Everything of that household that can be read, as its people and an operator read it.
  std::string Everything() {
    const dev::Caller principal = dev::SignedIn(home_.principal.account);
    const dev::Caller contact = dev::SignedIn(home_.contact.account);
    std::string all;
    const auto read = [&](const char* label, const dev::Caller& caller, const char* path,
                          const std::string& value) {
      const Served& served = MethodOf(label);
      std::unique_ptr<Message> request(SampleRequest(*served.method)->New());
      if (path[0] != 0) SetString(*request, path, value);
      if (const FieldDescriptor* view = request->GetDescriptor()->FindFieldByName("view")) {
        request->GetReflection()->SetEnumValue(request.get(), view, &caller == &contact ? 2 : 1);
      }
      const RawAnswer answer = Call(served, caller, *request);
      EXPECT_TRUE(answer.status.ok()) << label << ": " << answer.Brief();
      std::unique_ptr<Message> shown(google::protobuf::MessageFactory::generated_factory()
                                         ->GetPrototype(served.method->output_type())
                                         ->New());
      EXPECT_TRUE(shown->ParseFromString(answer.body)) << label;
      ClearTimeOfAnswer(*shown);
      absl::StrAppend(&all, label, " ", caller.account, "\n", shown->DebugString(), "\n");
    };
    for (const dev::Citizen* who : {&home_.principal, &home_.contact, &home_.inviter}) {
      const dev::Caller self = dev::SignedIn(who->account);
      read("IdentityService/GetAccount", dev::From("operator/test"), "name", who->Name());
      read("IdentityService/ListPhones", self, "account", who->Name());
      read("IdentityService/ListSecurityEvents", self, "account", who->Name());
      read("IdentityService/GetSecuritySettings", self, "name", who->Name() + "/securitySettings");
      read("LinkingService/ListInvitations", self, "", "");
    }
    read("LinkingService/GetTrustedContact", principal, "", "");
    read("LinkingService/ListPrincipals", contact, "", "");
    read("LinkingService/ListInvitations", contact, "", "");
    read("LinkingService/ListBlockedSenders", contact, "", "");
    read("RecoveryService/ListAssignedRecoveries", contact, "", "");
    read("RecoveryService/GetRecovery", dev::Portal(), "name", home_.capability);
    read("OtpService/GetVerification", dev::From("service/recovery"), "name", home_.verification);
    return all;
  }

  dev::People people_;
  ProductionDoor door_;
  Household home_;
  Household own_;
  int tried_ = 0;
  std::vector<std::string> told_;
};

TEST_F(ForeignObjects, AreNamedByFieldsThatAreAllDescribed) {
  EXPECT_THAT(UndescribedStrings(), IsEmpty()) << "say in requests.cc what these hold";
  std::vector<std::string> undecided;
  for (const Served& served : EveryMethod()) {
    if (!IdFieldsOf(served.Label()).empty() && !WhoseIn(served).has_value() &&
        IdFieldsOf(served.Label())[0].holds != Held::kNew) {
      undecided.push_back(served.Label());
    }
  }
  EXPECT_THAT(undecided, IsEmpty()) << "say in kOwnerships whose the things are that these name";
}

TEST_F(ForeignObjects, AreAsAbsentForAStrangerInEveryFieldAndNothingOfThemIsChanged) {
  const std::string before = Everything();
  dev::Caller stranger = dev::SignedIn(own_.principal.account);
  for (const Served& served : EveryMethod()) {
    if (WhoseIn(served) != Whose::kPersons) continue;
    for (const IdField& field : IdFieldsOf(served.Label())) {
      if (field.holds == Held::kCapability) continue;
      TryField(served, stranger, field);
    }
  }
  EXPECT_GE(tried_, 25);
  EXPECT_EQ(told_.size(), 0U) << absl::StrJoin(told_, "\n\n");
  EXPECT_EQ(Everything(), before);
}

TEST_F(ForeignObjects, OfAnotherServiceAreAsAbsentForAService) {
  const std::string before = Everything();
  for (const Served& served : EveryMethod()) {
    if (WhoseIn(served) != Whose::kServices) continue;
    for (const IdField& field : IdFieldsOf(served.Label()))
      TryField(served, dev::From("service/identity"), field);
  }
  EXPECT_GE(tried_, 7);
  EXPECT_EQ(told_.size(), 0U) << absl::StrJoin(told_, "\n\n");
  EXPECT_EQ(Everything(), before);
}

// Without it the tests above would pass with names that lead nowhere.
TEST_F(ForeignObjects, AreFoundByTheirOwners) {
  for (const Served& served : EveryMethod()) {
    const std::optional<Whose> whose = WhoseIn(served);
    if (whose != Whose::kPersons && whose != Whose::kServices) continue;
    for (const IdField& field : IdFieldsOf(served.Label())) {
      if (field.holds != Held::kCapability) TryAsOwner(served, field);
    }
  }
  EXPECT_EQ(told_.size(), 0U) << absl::StrJoin(told_, "\n\n");
}

}  // namespace
}  // namespace tc::e2e
