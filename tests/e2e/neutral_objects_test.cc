// The time in which somebody else's object is refused: as long as an absent one (TRN-06).

#include "tests/e2e/door.h"
#include "tests/e2e/household.h"
#include "tests/e2e/neutral_time.h"
#include "tests/e2e/production_world.h"

namespace tc::e2e {
namespace {

class NeutralObjects : public ProductionWorld, public ::testing::WithParamInterface<std::string> {
 protected:
  NeutralObjects() : people_(suite().People()), door_(suite()) {
    const auto settled = Household::Settle(suite().clients(), people_, Someone("Boris"), Someone("Clara"),
                                           Someone("Dora"), Someone("Egor"));
    EXPECT_THAT(settled.status(), IsOk());
    home_ = settled.value_or(Household());
  }

  // Calls of `label` by strangers, always another one, for what `name` names.
  Kind CallsFor(const std::string& what, const std::string& label, const IdField& field,
                const std::string& name) {
    const Served& served = MethodOf(label);
    const std::shared_ptr<google::protobuf::Message> request = SampleRequest(*served.method);
    SetString(*request, field.path, name);
    return {what, [this, &served, request](int) -> absl::Status {
              if (request->GetDescriptor()->FindFieldByName("request_id") != nullptr) {
                SetString(*request, "request_id", "");
                dev::FillRequestId(*request);
              }
              const dev::Caller stranger = dev::SignedIn(absl::StrCat("stranger-", ++strangers_));
              const RawAnswer answer =
                  door_.Ask(served.where, stranger, {served.Path(), request->SerializeAsString(), {}});
              return answer.code() == grpc::StatusCode::NOT_FOUND ? absl::OkStatus()
                                                                  : absl::InternalError(answer.Brief());
            }};
  }

  // A name like this one that names nothing: another last character.
  static std::string Beside(std::string name) {
    name.back() = name.back() == 'x' ? 'y' : 'x';
    return name;
  }

  void ExpectAsAbsent(const std::string& label) {
    const IdField field = IdFieldsOf(label).front();
    const std::string theirs = home_.ThingOf(field.holds);
    std::printf("  %s\n", label.c_str());
    ExpectNothingTold([&](int) -> std::vector<Kind> {
      return {CallsFor("absent", label, field, Beside(theirs)),
              CallsFor("somebody else's", label, field, theirs)};
    });
  }

  dev::People people_;
  ProductionDoor door_;
  Household home_;
  int strangers_ = 0;
};

TEST_P(NeutralObjects, OfOthersAreRefusedInTheTimeOfAbsentOnes) { ExpectAsAbsent(GetParam()); }

INSTANTIATE_TEST_SUITE_P(Of, NeutralObjects,
                         ::testing::Values("LinkingService/GetInvitation", "LinkingService/Resign",
                                           "RecoveryService/GetAssignedRecovery",
                                           "RecoveryService/ApproveRecovery", "IdentityService/ListPhones",
                                           "IdentityService/ReleasePhone"),
                         [](const auto& test) { return test.param.substr(test.param.find('/') + 1); });

}  // namespace
}  // namespace tc::e2e
