// The time of an answer tells nothing of anybody's account (REC-01, LNK-07): samples of 2,000 each, against
// the real programs, in an order that chance decides.

#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <random>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/status.h"
#include "common/testing/status.h"
#include "common/testing/two_sample.h"
#include "tests/e2e/world.h"
#include "trustedcontact/identity/v1/identity.grpc.pb.h"
#include "trustedcontact/linking/v1/linking.grpc.pb.h"
#include "trustedcontact/recovery/v1/recovery.grpc.pb.h"

namespace tc::e2e {
namespace {

using dev::Citizen;
using testing::AreaUnderCurve;
using testing::Durations;
using testing::IsOk;
using testing::Median;

constexpr int kSamples = 2000;
constexpr double kTelling = 0.05;  // further than this from one half would tell
constexpr absl::Duration kMedianApart = absl::Milliseconds(1);
constexpr int kTries = 3;  // a disturbance passes, a difference stays

// A kind of call: `prepare` makes the nth of its kind, and gives the call whose time is taken and what cleans
// up after it.
struct Kind {
  std::string name;
  std::function<absl::Status(int nth)> call;
  std::function<absl::Status(int nth)> after = [](int) { return absl::OkStatus(); };
};

absl::Duration Took(const std::function<absl::Status()>& call) {
  const auto start = std::chrono::steady_clock::now();
  const absl::Status status = call();
  const auto end = std::chrono::steady_clock::now();
  EXPECT_THAT(status, IsOk());
  return absl::FromChrono(end - start);
}

std::map<std::string, Durations> Measure(const std::vector<Kind>& kinds) {
  std::vector<size_t> order;
  for (size_t kind = 0; kind < kinds.size(); ++kind) order.insert(order.end(), kSamples, kind);
  std::shuffle(order.begin(), order.end(), std::mt19937(1));
  std::map<std::string, Durations> samples;
  std::vector<int> count(kinds.size());
  for (const size_t kind : order) {
    const int nth = count[kind]++;
    samples[kinds[kind].name].push_back(Took([&] { return kinds[kind].call(nth); }));
    EXPECT_THAT(kinds[kind].after(nth), IsOk());
    if (::testing::Test::HasFailure()) break;
  }
  return samples;
}

// Which kinds can be told from the first one by their time; each with its numbers.
std::vector<std::string> Telling(const std::vector<Kind>& kinds) {
  std::map<std::string, Durations> samples = Measure(kinds);
  std::vector<std::string> telling;
  const Durations& first = samples[kinds.front().name];
  for (const Kind& kind : kinds) {
    const Durations& sample = samples[kind.name];
    if (sample.size() != kSamples) return {"not all calls worked"};
    const double area = AreaUnderCurve(first, sample);
    const absl::Duration apart = Median(sample) - Median(first);
    const std::string line =
        absl::StrFormat("%-28s median %s, area %.3f", kind.name, absl::FormatDuration(Median(sample)), area);
    std::printf("    %s\n", line.c_str());
    if (std::abs(area - 0.5) >= kTelling || absl::AbsDuration(apart) >= kMedianApart) telling.push_back(line);
  }
  return telling;
}

void ExpectNothingTold(const std::function<std::vector<Kind>(int attempt)>& kinds) {
  std::vector<std::string> telling;
  for (int attempt = 0; attempt < kTries; ++attempt) {
    telling = Telling(kinds(attempt));
    if (telling.empty() || ::testing::Test::HasFailure()) break;
  }
  EXPECT_THAT(telling, ::testing::IsEmpty());
}

class NeutralTime : public World {
 protected:
  static void SetUpTestSuite() {
    Overrides() = dev::GenerousLimits();
    Overrides().insert(Overrides().end(),
                       {"recovery.starts_per_day=10", "link.invitations_per_principal=20"});
    World::SetUpTestSuite();
  }

  NeutralTime() : people_(People()) {}

  std::vector<Citizen> Crowd(const std::string& name, int size) {
    std::vector<Citizen> crowd;
    for (int i = 0; i < size; ++i) {
      crowd.push_back(Someone(name));
      EXPECT_THAT(people_.Admit(crowd.back()), IsOk());
    }
    return crowd;
  }

  absl::Status Cancel(const std::string& recovery) {
    dev::recovery_pb::CancelRecoveryRequest request;
    request.set_name(recovery);
    return suite()[dev::Service::kRecovery]
        .Call(&dev::recovery_pb::RecoveryService::Stub::CancelRecovery, dev::Portal(), request)
        .status();
  }

  // Starts for a crowd, one after the other; each is cancelled, so that the next one is a first again.
  Kind StartsFor(const std::string& name, std::vector<Citizen> crowd) {
    auto started = std::make_shared<std::string>();
    return {name,
            [this, crowd = std::move(crowd), started](int nth) -> absl::Status {
              *started =
                  TRY(people_.StartRecovery(crowd[static_cast<size_t>(nth) % crowd.size()].phone)).name();
              return absl::OkStatus();
            },
            [this, started](int) { return Cancel(*started); }};
  }

  dev::People people_;
};

TEST_F(NeutralTime, OfAStartTellsNotWhetherTheAccountExistsIsGuardedIsBlockedOrIsAtItsLimit) {
  const auto kinds = [&](int attempt) -> std::vector<Kind> {
    constexpr int kCrowd = kSamples / 10;
    std::vector<Citizen> nobody;
    for (int i = 0; i < kCrowd; ++i) nobody.push_back(Someone("Nobody"));
    const std::vector<Citizen> unguarded = Crowd("Unguarded", kCrowd);
    const std::vector<Citizen> guarded = Crowd("Guarded", kCrowd);
    const std::vector<Citizen> guards = Crowd("Guard", kCrowd / 5);
    for (size_t i = 0; i < guarded.size(); ++i)
      EXPECT_THAT(people_.Connect(guarded[i], guards[i / 5]), IsOk());
    const std::vector<Citizen> blocked = Crowd("Blocked", kCrowd);
    for (const Citizen& who : blocked) {
      dev::identity_pb::BlockAccountRequest request;
      request.set_name(who.Name());
      request.set_reason("a report of theft");
      EXPECT_THAT(
          suite()[dev::Service::kIdentity].Call(&dev::identity_pb::IdentityService::Stub::BlockAccount,
                                                dev::From("operator/demo"), request),
          IsOk());
    }
    const std::vector<Citizen> open = Crowd("Open", kCrowd);
    for (const Citizen& who : open) EXPECT_THAT(people_.StartRecovery(who.phone), IsOk());
    std::printf("  attempt %d\n", attempt + 1);
    return {StartsFor("nobody", nobody),         StartsFor("nobody again", nobody),
            StartsFor("not guarded", unguarded), StartsFor("guarded", guarded),
            StartsFor("blocked", blocked),       StartsFor("a recovery is open", open)};
  };
  ExpectNothingTold(kinds);
}

class NeutralInvitation : public NeutralTime {
 protected:
  static constexpr int kPairs = kSamples / 19 + 1;  // 20 a day for each, one of them spent on the blocking

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

TEST_F(NeutralTime, WouldBeSeenToTellIfOneWayTookATenthLonger) {
  const std::vector<Citizen> nobody = {Someone("Nobody")};
  const auto look = [&](int) { return people_.GetRecovery("recoveries/" + std::string(43, 'A')); };
  const auto busy = [&](absl::Duration how_long) {
    const auto end = std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(how_long);
    while (std::chrono::steady_clock::now() < end) {
    }
  };
  const auto absent = [&](int nth) {
    return absl::IsNotFound(look(nth).status()) ? absl::OkStatus() : absl::InternalError("found");
  };
  Durations plain;
  for (int i = 0; i < 100; ++i) plain.push_back(Took([&] { return absent(i); }));
  const absl::Duration tenth = Median(plain) / 10;
  EXPECT_THAT(Telling({{"as it is", absent},
                       {"a tenth longer",
                        [&](int nth) {
                          busy(tenth);
                          return absent(nth);
                        }}}),
              ::testing::Not(::testing::IsEmpty()));
}

}  // namespace
}  // namespace tc::e2e
