// The time in which a claimant without the code is answered (REC-01).

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "tests/e2e/neutral_time.h"
#include "trustedcontact/identity/v1/identity.grpc.pb.h"
#include "trustedcontact/recovery/v1/recovery.grpc.pb.h"

namespace tc::e2e {
namespace {

constexpr int kRounds = 10;  // of everybody: less than the starts that each one has in a day
constexpr int kCrowd = kSamples / kRounds;

// Of what a claimant without the code can do.
enum class Step { kStart, kWrongCode, kCancel };
constexpr std::pair<Step, const char*> kSteps[] = {
    {Step::kStart, "start"}, {Step::kWrongCode, "a wrong code"}, {Step::kCancel, "cancel"}};

class NeutralStart : public NeutralTime {
 protected:
  struct Turn {
    std::string kind;
    std::string phone;
    std::string recovery;
  };
  using Samples = std::map<std::string, Durations>;  // by kind

  absl::Status Start(Turn& turn) {
    turn.recovery = TRY(people_.StartRecovery(turn.phone)).name();
    return absl::OkStatus();
  }
  absl::Status TypeWrong(const Turn& turn) {
    const absl::Status typed = people_.VerifyClaimant(turn.recovery, "000000").status();
    // One guess in a million is right.
    const bool answered = typed.ok() || HasReason(typed, Reason::kCodeMismatch);
    return answered ? absl::OkStatus() : absl::InternalError(typed.ToString());
  }
  // So that the next one is a first again.
  absl::Status Cancel(const Turn& turn) {
    dev::recovery_pb::CancelRecoveryRequest request;
    request.set_name(turn.recovery);
    return suite()[dev::Service::kRecovery]
        .Call(&dev::recovery_pb::RecoveryService::Stub::CancelRecovery, dev::Portal(), request)
        .status();
  }
  absl::Status Take(Step step, Turn& turn) {
    switch (step) {
      case Step::kStart:
        return Start(turn);
      case Step::kWrongCode:
        return TypeWrong(turn);
      case Step::kCancel:
        return Cancel(turn);
    }
    return absl::InternalError("no such step");
  }

  // Everybody takes one step, then everybody the next: no message is still on its way by then.
  std::map<Step, Samples> Play(const std::map<std::string, std::vector<Citizen>>& crowds) {
    std::vector<Turn> turns;
    for (const auto& [kind, crowd] : crowds) {
      for (const Citizen& who : crowd) turns.push_back({kind, who.phone, ""});
    }
    std::map<Step, Samples> samples;
    std::mt19937 random(1);
    for (int round = 0; round < kRounds; ++round) {
      for (const auto& [step, name] : kSteps) {
        std::shuffle(turns.begin(), turns.end(), random);
        for (Turn& turn : turns) {
          samples[step][turn.kind].push_back(Took([&, step = step] { return Take(step, turn); }));
          if (HasFailure()) return samples;
        }
      }
    }
    return samples;
  }

  std::vector<Citizen> Nobodies() {
    std::vector<Citizen> nobody;
    for (int i = 0; i < kCrowd; ++i) nobody.push_back(Someone("Nobody"));
    return nobody;
  }
  std::vector<Citizen> Guarded() {
    std::vector<Citizen> guarded = Crowd("Guarded", kCrowd);
    const std::vector<Citizen> guards = Crowd("Guard", kCrowd / 5);
    for (size_t i = 0; i < guarded.size(); ++i)
      EXPECT_THAT(people_.Connect(guarded[i], guards[i / 5]), IsOk());
    return guarded;
  }
  std::vector<Citizen> Open() {
    std::vector<Citizen> open = Crowd("Open", kCrowd);
    for (const Citizen& who : open) EXPECT_THAT(people_.StartRecovery(who.phone), IsOk());
    return open;
  }
  std::vector<Citizen> Blocked() {
    std::vector<Citizen> blocked = Crowd("Blocked", kCrowd);
    for (const Citizen& who : blocked) {
      dev::identity_pb::BlockAccountRequest request;
      request.set_name(who.Name());
      request.set_reason("a report of theft");
      EXPECT_THAT(
          suite()[dev::Service::kIdentity].Call(&dev::identity_pb::IdentityService::Stub::BlockAccount,
                                                dev::From("operator/demo"), request),
          IsOk());
    }
    return blocked;
  }
};

TEST_F(NeutralStart, TellsNotWhetherTheAccountExistsIsGuardedBlockedOrAtItsLimit) {
  ExpectOnceNoneTelling([&](int attempt) {
    std::printf("  attempt %d\n", attempt + 1);
    const auto played = Play({{"nobody", Nobodies()},
                              {"guarded", Guarded()},
                              {"a recovery is open", Open()},
                              {"blocked", Blocked()}});
    std::vector<std::string> telling;
    for (const auto& [step, name] : kSteps) {
      std::printf("   %s\n", name);
      if (played.count(step) == 0) return std::vector<std::string>{"not all calls worked"};
      for (const std::string& line : Telling(played.at(step), "nobody"))
        telling.push_back(absl::StrCat(name, ": ", line));
    }
    return telling;
  });
}

TEST_F(NeutralStart, WouldBeSeenToTellIfOneWayTookATenthLonger) {
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
