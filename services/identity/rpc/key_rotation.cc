#include "services/identity/rpc/key_rotation.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "common/base/status.h"
#include "common/obs/log.h"

namespace tc::identity {
namespace {

constexpr size_t kAccountsACommit = 16;
constexpr size_t kKeysAStep = 256;

absl::Status Reindex(kv::Txn& txn, const Desk& desk, const AccountId& id) {
  TRY(desk.accounts.Reindex(txn, id));
  return desk.phones.Reindex(txn, id);
}

}  // namespace

absl::StatusOr<Reindexed> ReindexSome(const Desk& desk, size_t limit, std::string& cursor) {
  Reindexed reindexed;
  std::string last;
  std::vector<AccountId> ids;
  TRY(desk.database().View([&](kv::ReadTxn& txn) -> absl::Status {
    ids = TRY(desk.accounts.ListIds(txn, cursor, limit, last));
    return absl::OkStatus();
  }));
  reindexed.accounts = ids.size();
  const auto all = [&](kv::Txn& txn) -> absl::Status {
    for (const AccountId& id : ids) TRY(Reindex(txn, desk, id));
    return absl::OkStatus();
  };
  if (!desk.database().Update(all).ok()) {
    // One of them is unreadable: the others need not suffer.
    for (const AccountId& id : ids) {
      const auto one = [&](kv::Txn& txn) { return Reindex(txn, desk, id); };
      if (!desk.database().Update(one).ok()) ++reindexed.failed;
    }
  }
  cursor = last;
  return reindexed;
}

struct KeyRotation::State {
  State(const Desk& d, const Clock& c) : desk(d), clock(c) {}

  const Desk& desk;
  const Clock& clock;
  std::mutex mutex;
  std::condition_variable changed;
  bool wanted = false;
  bool stopping = false;
  rpc::ReencryptionProgress progress;
  std::thread thread;

  void Work();
  void Pass();
  bool WrapKeys();
  bool IndexAccounts();
  // False when it must stop.
  bool Note(size_t done, size_t failed) {
    const std::lock_guard lock(mutex);
    progress.done += done;
    progress.failed += failed;
    return !stopping;
  }
};

bool KeyRotation::State::WrapKeys() {
  std::string cursor;
  do {
    const absl::StatusOr<size_t> wrapped = desk.vault.people().Rewrap(kKeysAStep, cursor);
    if (!wrapped.ok()) {
      obs::Error("people's keys were not wrapped anew", {{"error", std::string(wrapped.status().message())}});
      Note(0, 1);
      return true;
    }
    if (!Note(*wrapped, 0)) return false;
  } while (!cursor.empty());
  return true;
}

bool KeyRotation::State::IndexAccounts() {
  // What was indexed under the keys of before is in the store before the pass looks.
  if (!desk.database().Update([](kv::Txn&) { return absl::OkStatus(); }).ok()) Note(0, 1);
  std::string cursor;
  do {
    const absl::StatusOr<Reindexed> some = ReindexSome(desk, kAccountsACommit, cursor);
    if (!some.ok()) {
      obs::Error("accounts were not indexed anew", {{"error", std::string(some.status().message())}});
      Note(0, 1);
      return true;
    }
    if (!Note(some->accounts, some->failed)) return false;
  } while (!cursor.empty());
  return true;
}

void KeyRotation::State::Pass() {
  const uint64_t people = desk.vault.people().Count().value_or(0);
  {
    const std::lock_guard lock(mutex);
    progress = {.running = true, .total = 2 * people, .started_at = clock.Now()};
  }
  const bool finished = WrapKeys() && IndexAccounts();
  const std::lock_guard lock(mutex);
  progress.running = wanted;
  progress.total = std::max(progress.total, progress.done);
  if (finished && !wanted) progress.ended_at = clock.Now();
}

void KeyRotation::State::Work() {
  std::unique_lock lock(mutex);
  while (!stopping) {
    changed.wait(lock, [this] { return stopping || wanted; });
    if (stopping) return;
    wanted = false;
    lock.unlock();
    Pass();
    lock.lock();
  }
}

KeyRotation::KeyRotation(const Desk& desk, const Clock& clock)
    : state_(std::make_unique<State>(desk, clock)) {
  state_->thread = std::thread([state = state_.get()] { state->Work(); });
}

KeyRotation::~KeyRotation() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->changed.notify_all();
  state_->thread.join();
}

void KeyRotation::Start() {
  const std::lock_guard lock(state_->mutex);
  state_->wanted = true;
  state_->progress.running = true;
  state_->progress.ended_at.reset();
  state_->changed.notify_all();
}

rpc::ReencryptionProgress KeyRotation::progress() const {
  const std::lock_guard lock(state_->mutex);
  return state_->progress;
}

std::vector<std::string> KeyRotation::purposes() const {
  return {Vault::kWrapping, "index-phone", "index-email", "index-snils", "index-passport"};
}

}  // namespace tc::identity
