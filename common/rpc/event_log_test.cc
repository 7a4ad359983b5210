#include "common/rpc/event_log.h"

#include "absl/strings/str_cat.h"
#include "common/base/refusal.h"
#include "common/kv/key.h"
#include "common/kv/rocks_database.h"
#include "common/testing/fakes.h"
#include "common/testing/status.h"

namespace tc::rpc {
namespace {

namespace pb = trustedcontact::events::v1;

using ::testing::ElementsAre;
using testing::FakeRandom;
using ::testing::IsEmpty;
using testing::IsOk;
using testing::Noon;
using testing::Refused;
using ::testing::SizeIs;
using testing::Violates;

class EventLogTest : public ::testing::Test {
 protected:
  EventLogTest() : keys_(crypto::Keyring::ForTest({"page"}, random_)), log_(*database_, MakePager()) {}

  Pager MakePager() const { return Pager(*crypto::KeyedHash::Create(keys_, "page", "tc/page/v1")); }

  // One commit with an event of each type.
  void Commit(const std::vector<std::string>& types) {
    ASSERT_THAT(database_->Update([&](kv::Txn& txn) -> absl::Status {
      for (const std::string& type : types) {
        kv::Event event;
        event.type = type;
        event.resource = "links/1";
        event.attributes = {{"reason", "test"}};
        event.at = Noon();
        TRY(txn.Emit(event));
      }
      return txn.Put("k", "v");
    }),
                IsOk());
  }

  template <typename Message>
  static std::vector<std::string> Types(const Message& message) {
    std::vector<std::string> types;
    for (const pb::Event& event : message.events()) types.push_back(event.type());
    return types;
  }
  std::vector<std::string> TypesAfter(const std::string& cursor) {
    pb::ListEventsRequest request;
    request.set_cursor(cursor);
    const auto answer = log_.List(request);
    EXPECT_THAT(answer, IsOk());
    return Types(*answer);
  }
  Next<pb::WatchEventsResponse> Watch(const std::string& cursor = "", std::vector<std::string> types = {}) {
    pb::WatchEventsRequest request;
    request.set_cursor(cursor);
    for (const std::string& type : types) request.add_types(type);
    return *log_.Watch(request);
  }

  FakeRandom random_;
  crypto::Keyring keys_;
  std::unique_ptr<kv::Database> database_ = kv::InMemory();
  EventLog log_;
};

TEST_F(EventLogTest, ListsEventsInCommitOrderWithTheirParticulars) {
  Commit({"A", "B"});
  Commit({"C"});
  ASSERT_OK_AND_ASSIGN(const pb::ListEventsResponse answer, log_.List({}));
  EXPECT_THAT(Types(answer), ElementsAre("A", "B", "C"));
  EXPECT_EQ(answer.events(0).resource(), "links/1");
  EXPECT_EQ(answer.events(0).attributes().at("reason"), "test");
  EXPECT_EQ(answer.events(0).occur_time().seconds(), absl::ToUnixSeconds(Noon()));
  EXPECT_EQ(answer.events(0).revision(), answer.events(1).revision());
  EXPECT_LT(answer.events(1).revision(), answer.events(2).revision());
}

TEST_F(EventLogTest, GoesOnAfterAnyCursor) {
  Commit({"A", "B"});
  Commit({"C"});
  ASSERT_OK_AND_ASSIGN(const pb::ListEventsResponse answer, log_.List({}));
  EXPECT_THAT(TypesAfter(answer.events(0).cursor()), ElementsAre("B", "C"));
  EXPECT_THAT(TypesAfter(answer.events(1).cursor()), ElementsAre("C"));
  EXPECT_THAT(TypesAfter(answer.next_cursor()), IsEmpty());
}

TEST_F(EventLogTest, PagesAndFilters) {
  Commit({"A", "B", "A", "B"});
  pb::ListEventsRequest request;
  request.set_page_size(3);
  request.add_types("B");
  ASSERT_OK_AND_ASSIGN(const pb::ListEventsResponse first, log_.List(request));
  EXPECT_THAT(Types(first), ElementsAre("B"));
  request.set_cursor(first.next_cursor());
  ASSERT_OK_AND_ASSIGN(const pb::ListEventsResponse second, log_.List(request));
  EXPECT_THAT(Types(second), ElementsAre("B"));
  request.set_cursor(second.next_cursor());
  ASSERT_OK_AND_ASSIGN(const pb::ListEventsResponse third, log_.List(request));
  EXPECT_THAT(third.events(), IsEmpty());
  EXPECT_FALSE(third.next_cursor().empty());
}

TEST_F(EventLogTest, RefusesACursorThatItDidNotMake) {
  Commit({"A"});
  const std::string good = log_.List({})->next_cursor();
  std::string forged = good;
  forged[forged.size() / 2] = forged[forged.size() / 2] == 'A' ? 'B' : 'A';
  const std::unique_ptr<kv::Database> other = kv::InMemory();
  const EventLog other_log(*other, MakePager());
  for (const std::string& cursor :
       {std::string("x"), forged, other_log.CursorOf({1, 0}), MakePager().NextToken("k", "outbox")}) {
    pb::ListEventsRequest list;
    list.set_cursor(cursor);
    EXPECT_THAT(log_.List(list), Refused(absl::StatusCode::kInvalidArgument, Reason::kCursorInvalid));
    pb::WatchEventsRequest watch;
    watch.set_cursor(cursor);
    EXPECT_THAT(log_.Watch(watch), Refused(absl::StatusCode::kInvalidArgument, Reason::kCursorInvalid));
  }
}

// A place that no event can have must not be taken for another one.
TEST_F(EventLogTest, RefusesAPlaceBeyondEveryEvent) {
  const std::string list = absl::StrCat("events/", database_->uid());
  pb::ListEventsRequest in;
  in.set_cursor(MakePager().NextToken(kv::Key().U64(1).U64(uint64_t{1} << 32).bytes(), list));
  EXPECT_THAT(log_.List(in), Refused(absl::StatusCode::kInvalidArgument, Reason::kCursorInvalid));
  in.set_cursor(MakePager().NextToken(kv::Key().U64(1).U64((uint64_t{1} << 32) - 1).bytes(), list));
  EXPECT_THAT(log_.List(in), IsOk());
}

TEST_F(EventLogTest, RefusesBoundsThatAreBroken) {
  pb::ListEventsRequest request;
  request.set_page_size(-1);
  EXPECT_THAT(log_.List(request), Refused(absl::StatusCode::kInvalidArgument, Reason::kFieldInvalid));
  request.set_page_size(0);
  request.add_types("");
  EXPECT_THAT(log_.List(request).status(), Violates("TYPE_INVALID"));
  for (int i = 0; i < 33; ++i) request.add_types("T");
  EXPECT_THAT(log_.List(request).status(), Violates("TOO_MANY"));
}

TEST_F(EventLogTest, StreamsWholeRevisionsHoweverLong) {
  Commit(std::vector<std::string>(90, "A"));
  Commit(std::vector<std::string>(90, "B"));
  Commit(std::vector<std::string>(250, "C"));
  Commit({"D"});
  auto next = Watch();
  std::vector<size_t> sizes;
  for (int i = 0; i < 4; ++i) {
    ASSERT_OK_AND_ASSIGN(const auto message, next(false));
    if (!message.has_value()) break;
    EXPECT_THAT(std::set<uint64_t>({message->events(0).revision(), message->events().rbegin()->revision()}),
                SizeIs(::testing::Le(2u)));
    sizes.push_back(static_cast<size_t>(message->events_size()));
  }
  EXPECT_THAT(sizes, ElementsAre(90, 90, 251));
}

TEST_F(EventLogTest, StreamsWhatCommitsLaterAndNothingTwice) {
  auto next = Watch();
  EXPECT_EQ(*next(false), std::nullopt);
  Commit({"A"});
  EXPECT_THAT(Types(**next(false)), ElementsAre("A"));
  EXPECT_EQ(*next(false), std::nullopt);
  Commit({"B"});
  Commit({"C"});
  EXPECT_THAT(Types(**next(false)), ElementsAre("B", "C"));
}

TEST_F(EventLogTest, ChecksPointsInSilenceEvenBehindWhatTheFilterLeftOut) {
  Commit({"A"});
  auto next = Watch("", {"Z"});
  EXPECT_EQ(*next(false), std::nullopt);
  ASSERT_OK_AND_ASSIGN(const auto checkpoint, next(true));
  ASSERT_TRUE(checkpoint.has_value());
  EXPECT_THAT(checkpoint->events(), IsEmpty());
  EXPECT_THAT(TypesAfter(checkpoint->cursor()), IsEmpty());
  Commit({"Z"});
  EXPECT_THAT(Types(**Watch(checkpoint->cursor(), {"Z"})(false)), ElementsAre("Z"));
}

TEST_F(EventLogTest, ShowsItsProgressThroughALongLogThatTheFilterLeavesOut) {
  for (int i = 0; i < 25; ++i) Commit(std::vector<std::string>(100, "A"));
  Commit({"Z"});
  auto next = Watch("", {"Z"});
  int messages = 0;
  for (bool found = false; !found && messages < 10; ++messages) {
    ASSERT_OK_AND_ASSIGN(const auto message, next(false));
    ASSERT_TRUE(message.has_value());
    found = message->events_size() > 0;
    EXPECT_FALSE(message->cursor().empty());
  }
  EXPECT_EQ(messages, 3);
  EXPECT_EQ(*next(false), std::nullopt);
}

TEST_F(EventLogTest, ResumesAStreamBehindItsLastMessage) {
  Commit({"A", "B"});
  const std::string cursor = (*Watch()(false))->cursor();
  Commit({"C"});
  EXPECT_THAT(Types(**Watch(cursor)(false)), ElementsAre("C"));
}

}  // namespace
}  // namespace tc::rpc
