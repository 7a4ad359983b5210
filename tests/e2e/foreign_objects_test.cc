// Somebody else's object, in every field of every request that names one: the answer is, byte for byte, the
// one for an object that does not exist, and nothing of it is changed (TRN-06, C-W 59).

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "common/base/status.h"
#include "common/testing/status.h"
#include "tests/e2e/answers.h"
#include "tests/e2e/door.h"
#include "tests/e2e/household.h"
#include "tests/e2e/methods.h"
#include "tests/e2e/otp_caller.h"
#include "tests/e2e/ownership.h"
#include "tests/e2e/production_world.h"
#include "tests/e2e/requests.h"

namespace tc::e2e {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::IsSupersetOf;
using ::testing::Not;

// AllThatIsTold by an answer without a byte.
constexpr char kNothing[] = "OK\n\n\n0\n";

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

  // The request for the first row of his list; `view` counts where the method has views.
  static std::unique_ptr<Message> FirstPage(const Served& served, const dev::Citizen& owner, int view) {
    std::unique_ptr<Message> request = SampleRequest(*served.method);  // a page of one row
    for (const IdField& field : IdFieldsOf(served.Label())) {
      if (field.holds == Held::kAccount) SetString(*request, field.path, owner.Name());
    }
    if (const FieldDescriptor* field = request->GetDescriptor()->FindFieldByName("view"))
      request->GetReflection()->SetEnumValue(request.get(), field, view);
    return request;
  }

  // Empty where his list has one row at most, or the method no list.
  std::string PageToken(const Served& served, const dev::Citizen& owner, int view) {
    const FieldDescriptor* const token = served.method->output_type()->FindFieldByName("next_page_token");
    if (token == nullptr) return "";
    const RawAnswer answer = Call(served, dev::SignedIn(owner.account), *FirstPage(served, owner, view));
    EXPECT_TRUE(answer.status.ok()) << served.Label() << ": " << answer.Brief();
    const std::unique_ptr<Message> page = ParsedAnswer(served, answer);
    return page->GetReflection()->GetString(*page, token);
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
      const std::unique_ptr<Message> shown = ParsedAnswer(served, answer);
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
    const std::vector<IdField> fields = IdFieldsOf(served.Label());
    const bool names = std::any_of(fields.begin(), fields.end(), [](const IdField& field) {
      return field.holds != Held::kNew && field.holds != Held::kEcho;
    });
    if (names && !WhoseIn(served).has_value()) undecided.push_back(served.Label());
  }
  EXPECT_THAT(undecided, IsEmpty()) << "say in ownership.cc whose the things are that these name";
}

TEST_F(ForeignObjects, AreDescribedInFieldsAndMethodsThatThereAre) {
  for (const IdField& field : IdFields())  // either aborts where there is none
    PlaceOf(*SampleRequest(*MethodOf(field.method).method), field.path);
  for (const std::string& method : OwnedMethods()) {
    EXPECT_EQ(PersonsRow(MethodOf(method)), nullptr) << method << " is a person's";
    EXPECT_THAT(IdFieldsOf(method), Not(IsEmpty())) << method << " names nothing";
  }
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

// A place in somebody's list is his, as the list is.
TEST_F(ForeignObjects, AreNotReachedByThePageTokensOfTheirLists) {
  std::set<std::string> methods;
  for (const Served& served : EveryMethod()) {
    if (PersonsRow(served) == nullptr) continue;
    for (const dev::Citizen* owner : {&home_.principal, &home_.contact}) {
      for (const int view : {1, 2}) {
        const std::string token = PageToken(served, *owner, view);
        if (token.empty()) continue;
        methods.insert(served.Label());
        const std::unique_ptr<Message> request = FirstPage(served, own_.principal, view);
        SetString(*request, "page_token", token);
        const RawAnswer answer = Call(served, dev::SignedIn(own_.principal.account), *request);
        EXPECT_EQ(answer.Reason(), "PAGE_TOKEN_INVALID") << served.Label() << ": " << answer.Brief();
      }
    }
  }
  EXPECT_THAT(methods,
              IsSupersetOf({"IdentityService/ListSecurityEvents", "LinkingService/ListInvitations"}));
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
