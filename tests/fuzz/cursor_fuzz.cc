// Cursors and keys: page tokens, cursors of the event log, keys of the store and the ids of outbox rows. A
// token that is taken is one that this program wrote, letter for letter; a key has one reading and one
// spelling.

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "common/crypto/keyring.h"
#include "common/kv/database.h"
#include "common/kv/key.h"
#include "common/kv/layout.h"
#include "common/rpc/event_log.h"
#include "common/rpc/page.h"
#include "common/testing/fakes.h"
#include "tests/fuzz/fuzz.h"

namespace tc::fuzz {
namespace {

enum class Form { kToken, kMutatedToken, kCursor, kKey, kOrder, kRowId, kPlaces };
constexpr size_t kForms = 7;

const crypto::Keyring& Keys() {
  static testing::FakeRandom random;
  static const auto& keys = *new crypto::Keyring(crypto::Keyring::ForTest({"page"}, random));
  return keys;
}

rpc::Pager PagerOf(absl::string_view label) {
  return rpc::Pager(crypto::KeyedHash::Create(Keys(), "page", label).value());
}
const rpc::Pager& Pages() {
  static const auto& pager = *new rpc::Pager(PagerOf("tc/fuzz/page"));
  return pager;
}

// A store without anything in it: cursors ask it for its uid only.
class NoEvents final : public kv::Database {
 public:
  absl::StatusOr<uint64_t> Update(kv::UpdateFn) override { return Refused(); }
  void Submit(absl::AnyInvocable<absl::Status(kv::Txn& txn)>, kv::Done done) override {
    std::move(done)(Refused());
  }
  absl::Status View(kv::ViewFn) override { return Refused(); }
  const std::string& uid() const override { return uid_; }
  uint64_t revision() const override { return 0; }
  absl::StatusOr<std::vector<kv::Event>> Changes(uint64_t revision, uint32_t index, size_t) override {
    asked_ = {revision, index};
    return std::vector<kv::Event>();
  }
  void WaitForChange(uint64_t, absl::Duration) override {}
  void WakeWaiters() override {}
  absl::StatusOr<std::vector<kv::OutboxRow>> DueOutbox(absl::Time, size_t) override { return Refused(); }
  absl::StatusOr<std::vector<kv::Timer>> DueTimers(absl::Time, size_t) override { return Refused(); }
  absl::StatusOr<std::vector<kv::OutboxRow>> ListOutbox(absl::string_view, size_t) override {
    return Refused();
  }
  absl::Status Backup(const std::string&) override { return Refused(); }
  absl::Status Purge() override { return Refused(); }
  Counters counters() const override { return {}; }

  const rpc::EventPlace& asked() const { return asked_; }

 private:
  static absl::Status Refused() { return absl::UnimplementedError("no store"); }
  const std::string uid_ = "0123456789abcdef";
  rpc::EventPlace asked_;
};

NoEvents& Store() {
  static auto& store = *new NoEvents;
  return store;
}
const rpc::EventLog& Log() {
  static const auto& log = *new rpc::EventLog(Store(), Pages());
  return log;
}

void CheckToken(Input input) {
  const auto size = static_cast<int32_t>(input.Number());
  const std::string list(input.Text());
  const std::string token(input.Rest());
  const absl::StatusOr<rpc::Page> page = Pages().Parse(size, token, list);
  if (!page.ok()) return Require(IsRefusal(page.status()), "a page token is taken or refused");
  Require(size >= 0 && page->size >= 1 && page->size <= 500, "a page has 1 to 500 rows");
  if (token.empty()) return Require(page->after.empty(), "without a token a list starts at its start");
  Require(Pages().NextToken(page->after, list) == token, "a token has one spelling");
}

// A token of ours in which one bit was changed is nobody's.
void CheckMutatedToken(Input input) {
  const std::string list(input.Text());
  const size_t place = static_cast<size_t>(input.Number());
  const size_t bit = input.Choose(8);
  const std::string key(input.Rest());
  std::string token = Pages().NextToken(key, list);
  const absl::StatusOr<rpc::Page> page = Pages().Parse(0, token, list);
  Require(page.ok() && page->after == key, "a token leads back to its row");
  Require(!Pages().Parse(0, token, list + "/").ok(), "a token is of one list");
  Require(!PagerOf("tc/fuzz/other").Parse(0, token, list).ok(), "a token is of one service");
  token[place % token.size()] = static_cast<char>(token[place % token.size()] ^ (1 << bit));
  Require(!Pages().Parse(0, token, list).ok(), "a changed token is refused");
}

void CheckCursor(Input input) {
  const rpc::EventPlace place{input.Number(), static_cast<uint32_t>(input.Number())};
  trustedcontact::events::v1::ListEventsRequest in;
  in.set_cursor(Log().CursorOf(place));
  Require(Log().List(in).ok() && Store().asked() == place, "a cursor leads back to its place");
  // What Pager let pass, but no cursor: a page token that another list of the same uid could give.
  in.set_cursor(Pages().NextToken(input.Rest(), "events/0123456789abcdef"));
  const auto listed = Log().List(in);
  if (!listed.ok()) return Require(IsRefusal(listed.status()), "a cursor is taken or refused");
  Require(in.cursor() == Log().CursorOf(Store().asked()) || Store().asked() == rpc::EventPlace(),
          "a cursor has one spelling");
}

void CheckKey(absl::string_view bytes) {
  kv::KeyReader reader(bytes);
  kv::Key key;
  while (!reader.done()) {
    std::string text;
    uint64_t number = 0;
    absl::Time time;
    if (reader.Str(text)) {
      key.Str(text);
    } else if (reader.U64(number)) {
      key.U64(number);
    } else if (reader.Time(time)) {
      key.Time(time);
    } else {
      break;
    }
    Require(bytes.substr(0, key.bytes().size()) == key.bytes(), "a key has one spelling");
  }
  Require(!reader.done() || key.bytes() == bytes, "a key is read to its end");
}

using Tuple = std::tuple<std::string, uint64_t, absl::Time, std::string>;

Tuple TakeTuple(Input& input) {
  std::string first(input.Text());
  const uint64_t number = input.Number();
  const absl::Time time = kv::FromMicros(static_cast<int64_t>(input.Number()));
  return {std::move(first), number, time, std::string(input.Text())};
}

std::string BytesOf(const Tuple& tuple) {
  const auto& [first, number, time, last] = tuple;
  return kv::Key().Str(first).U64(number).Time(time).Str(last).bytes();
}

void CheckOrder(Input input) {
  const Tuple a = TakeTuple(input);
  const Tuple b = TakeTuple(input);
  Require((a < b) == (BytesOf(a) < BytesOf(b)), "keys sort as their tuples do");
  Require((a == b) == (BytesOf(a) == BytesOf(b)), "different tuples have different keys");
  const std::string prefix = kv::Key().Str(std::get<0>(a)).bytes();
  const std::string end = kv::Key().Str(std::get<0>(a)).End();
  Require((prefix <= BytesOf(b) && BytesOf(b) < end) == (std::get<0>(a) == std::get<0>(b)),
          "a prefix holds exactly its own extensions");
}

void CheckRowId(absl::string_view id) {
  kv::Place place;
  if (!kv::ParseRowId(id, place)) return;
  Require(kv::RowId(place) == id, "the id of a row has one spelling");
}

void CheckPlaces(absl::string_view bytes) {
  kv::Place place;
  if (kv::ReadPlace(bytes, place)) {
    const std::string key = kv::EventKey(place);
    Require(bytes.size() >= 18 && bytes.substr(bytes.size() - 18) == key.substr(key.size() - 18),
            "a place has one spelling");
  }
  kv::Timer timer;
  if (!kv::ReadTimerKey(bytes, timer)) return;
  Require(kv::TimerKey(timer) == bytes, "the key of a timer has one spelling");
}

}  // namespace

std::vector<std::string> Seeds() {
  const auto form = [](Form f, const std::string& rest) { return Byte(static_cast<size_t>(f)) + rest; };
  const std::string list = "invitations/alice/SENT";
  const std::string key = kv::Key("link").Str("alice").U64(7).Time(testing::Noon()).bytes();
  const std::string tuple =
      Text("alice") + Number(7) + Number(1'700'000'000'000'000) + Text(std::string("a\0b", 3));
  const std::string later = Text("alicf") + Number(7) + Number(1) + Text("");
  kv::Timer timer{testing::Noon(), "expire_invitation", "42"};
  return {
      form(Form::kToken, Number(0) + Text(list) + Pages().NextToken(key, list)),
      form(Form::kToken, Number(10) + Text(list) + Pages().NextToken("", list)),
      // Other spellings of a token, which a decoder could pass over.
      form(Form::kToken, Number(500) + Text("accounts") + Pages().NextToken(key, "accounts") + "="),
      form(Form::kToken, Number(500) + Text("accounts") + Pages().NextToken(key, "accounts") + "=="),
      form(Form::kToken, Number(500) + Text("accounts") + " " + Pages().NextToken(key, "accounts")),
      form(Form::kToken, Number(0x80000000) + Text("") + ""),
      form(Form::kMutatedToken, Text(list) + Number(3) + Byte(2) + key),
      form(Form::kCursor, Number(12) + Number(3) + kv::Key().U64(12).U64(3).bytes()),
      form(Form::kCursor, Number(12) + Number(3) + kv::Key().U64(12).U64(uint64_t{1} << 40).bytes()),
      form(Form::kKey, key),
      form(Form::kKey, kv::Key().Str(std::string("a\0\xff\x01z", 5)).Time(absl::InfinitePast()).bytes()),
      form(Form::kOrder, tuple + later),
      form(Form::kOrder, tuple + tuple),
      form(Form::kRowId, kv::RowId({77, 3})),
      form(Form::kRowId, "0000000000000001-+000000f"),
      form(Form::kPlaces, kv::EventKey({77, 3})),
      form(Form::kPlaces, kv::OutboxOrderKey("alice", {77, 3})),
      form(Form::kPlaces, kv::Key().U64(77).U64(uint64_t{1} << 32).bytes()),
      form(Form::kPlaces, kv::TimerKey(timer)),
      form(Form::kPlaces, '\x01' + kv::Key("tamer").Time(testing::Noon()).Str("a").Str("b").bytes()),
  };
}

}  // namespace tc::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tc::fuzz;  // NOLINT: this is its entry
  Input input(data, size);
  switch (static_cast<Form>(input.Choose(kForms))) {
    case Form::kToken:
      CheckToken(input);
      break;
    case Form::kMutatedToken:
      CheckMutatedToken(input);
      break;
    case Form::kCursor:
      CheckCursor(input);
      break;
    case Form::kKey:
      CheckKey(input.Rest());
      break;
    case Form::kOrder:
      CheckOrder(input);
      break;
    case Form::kRowId:
      CheckRowId(input.Rest());
      break;
    case Form::kPlaces:
      CheckPlaces(input.Rest());
      break;
  }
  return 0;
}
