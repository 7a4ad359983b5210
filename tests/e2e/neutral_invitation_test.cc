// The time in which CreateInvitation answers (LNK-07).

#include "tests/e2e/neutral_time.h"
#include "trustedcontact/linking/v1/linking.grpc.pb.h"

namespace tc::e2e {
namespace {

class NeutralInvitation : public NeutralTime {
 protected:
  // Twenty invitations a day for each principal and each phone; five of a full contact's have filled him.
  static constexpr int kPairs = kSamples / 15 + 1;

  absl::Status TakeBack(const Citizen& principal, const std::string& invitation) {
    dev::linking_pb::CancelInvitationRequest request;
    request.set_name(invitation);
    return suite()[dev::Service::kLinking]
        .Call(&dev::linking_pb::LinkingService::Stub::CancelInvitation, dev::SignedIn(principal.account),
              request)
        .status();
  }

  // The nth principal invites the nth of `contacts`, and takes it back.
  Kind InvitationsTo(const std::string& name, std::vector<Citizen> contacts) {
    const std::vector<Citizen> principals = Crowd("Principal", kPairs);
    return InvitationsOf(name, principals, std::move(contacts));
  }
  Kind InvitationsOf(const std::string& name, const std::vector<Citizen>& principals,
                     std::vector<Citizen> contacts) {
    auto sent = std::make_shared<std::string>();
    return {name,
            [this, principals, contacts = std::move(contacts), sent](int nth) -> absl::Status {
              const size_t i = static_cast<size_t>(nth) % kPairs;
              *sent = TRY(people_.Invite(principals[i], contacts[i])).name();
              return absl::OkStatus();
            },
            [this, principals, sent](int nth) {
              return TakeBack(principals[static_cast<size_t>(nth) % kPairs], *sent);
            }};
  }

  std::vector<Citizen> Nobodies() {
    std::vector<Citizen> nobody;
    for (int i = 0; i < kPairs; ++i) nobody.push_back(Someone("Nobody"));
    return nobody;
  }
  std::vector<Citizen> OtherNames(std::vector<Citizen> crowd) {
    for (Citizen& who : crowd) who.first_name = "Quentina";
    return crowd;
  }
  std::vector<Citizen> Full() {
    std::vector<Citizen> full = Crowd("Full", kPairs);
    for (const Citizen& contact : full) {
      for (const Citizen& principal : Crowd("Filler", 5))
        EXPECT_THAT(people_.Connect(principal, contact), IsOk());
    }
    return full;
  }
  Kind ToThoseWhoHaveBlockedThem() {
    const std::vector<Citizen> principals = Crowd("Blocked", kPairs);
    std::vector<Citizen> contacts = Crowd("Blocker", kPairs);
    for (size_t i = 0; i < kPairs; ++i) {
      dev::linking_pb::DeclineInvitationRequest request;
      request.set_name(
          people_.Invite(principals[i], contacts[i]).value_or(dev::linking_pb::Invitation()).name());
      request.set_block_sender(true);
      EXPECT_THAT(
          suite()[dev::Service::kLinking].Call(&dev::linking_pb::LinkingService::Stub::DeclineInvitation,
                                               dev::SignedIn(contacts[i].account), request),
          IsOk());
    }
    return InvitationsOf("has blocked the sender", principals, std::move(contacts));
  }
};

TEST_F(NeutralInvitation, TellsNotWhetherThePhoneExistsTheNameFitsOrThePersonIsFullOrHasBlockedTheSender) {
  ExpectNothingTold([&](int attempt) -> std::vector<Kind> {
    std::vector<Kind> kinds = {InvitationsTo("nobody has the phone", Nobodies()),
                               InvitationsTo("fits", Crowd("Contact", kPairs)),
                               InvitationsTo("the name does not fit", OtherNames(Crowd("Contact", kPairs))),
                               InvitationsTo("guards five already", Full()), ToThoseWhoHaveBlockedThem()};
    std::printf("  attempt %d\n", attempt + 1);
    return kinds;
  });
}

}  // namespace
}  // namespace tc::e2e
