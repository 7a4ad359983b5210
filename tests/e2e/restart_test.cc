// Each service is killed while each step of the journey is under way, started again, and the journey must end
// well: the portal only repeats its call, with the same request_id. Nothing that was acknowledged may be
// lost.

#include <future>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "common/testing/status.h"
#include "tests/e2e/journey.h"
#include "tests/e2e/world.h"

namespace tc::e2e {
namespace {

using testing::IsOk;

using Case = std::tuple<dev::Service, size_t>;

class RestartTest : public World, public ::testing::WithParamInterface<Case> {
 protected:
  // `after` the step has begun; the step goes on in another thread, since children belong to the thread that
  // starts them.
  absl::Status KillDuring(const Step& step, dev::Service service, absl::Duration after, Journey& journey) {
    dev::People people = People();
    std::future<absl::Status> done =
        std::async(std::launch::async, [&step, &people, &journey] { return step.run(people, journey); });
    absl::SleepFor(after);
    suite().Kill(service);
    const absl::Status restarted = suite().Start(service);
    const absl::Status status = done.get();
    return restarted.ok() ? status : restarted;
  }

  static int CodesSentTo(const dev::Citizen& who) {
    int codes = 0;
    for (const dev::Message& message : suite().spool().Inbox(who.phone))
      codes += message.code.empty() ? 0 : 1;
    return codes;
  }
};

TEST_P(RestartTest, EndsWell) {
  const auto [service, killed_during] = GetParam();
  Journey journey;
  journey.principal = Someone("Anna");
  journey.contact = Someone("Maria");
  dev::People people = People();
  for (size_t i = 0; i < Steps().size(); ++i) {
    const Step& step = Steps()[i];
    const absl::Duration after = absl::Milliseconds(killed_during * 7 % 20);
    const absl::Status status =
        i == killed_during ? KillDuring(step, service, after, journey) : step.run(people, journey);
    ASSERT_THAT(status, IsOk()) << step.name;
  }
  EXPECT_THAT(CheckOutcome(people, journey), IsOk());
  EXPECT_EQ(CodesSentTo(journey.principal), 2) << "one to bind the phone, one to claim the account";
  EXPECT_EQ(CodesSentTo(journey.contact), 1);
}

std::vector<size_t> Numbers() {
  std::vector<size_t> numbers(Steps().size());
  for (size_t i = 0; i < numbers.size(); ++i) numbers[i] = i;
  return numbers;
}

std::string NameOf(const ::testing::TestParamInfo<Case>& info) {
  return absl::StrCat(dev::NameOf(std::get<0>(info.param)), "KilledDuring",
                      Steps()[std::get<1>(info.param)].name);
}

INSTANTIATE_TEST_SUITE_P(, RestartTest,
                         ::testing::Combine(::testing::ValuesIn(dev::kServices),
                                            ::testing::ValuesIn(Numbers())),
                         NameOf);

}  // namespace
}  // namespace tc::e2e
