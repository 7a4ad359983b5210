#include "common/crypto/keyring.h"

#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/status.h"
#include "common/crypto/key_environment.h"
#include "common/crypto/key_files.h"

namespace tc::crypto {
namespace {

absl::StatusOr<std::shared_ptr<const KeySet>> Lock(const RawKeys& raw) {
  auto keys = std::make_shared<const KeySet>(raw);
  if (keys->locked()) return keys;
  return absl::FailedPreconditionError("memory for keys cannot be locked: raise RLIMIT_MEMLOCK (ulimit -l)");
}

// Whether all that the keys in force have made last can still be read.
absl::Status CheckSuccession(const KeySet& now, const KeySet& next) {
  for (const std::string& purpose : now.Purposes()) {
    const std::vector<LiveKey>& keys = *now.Of(purpose);
    if (next.Find(purpose, keys.back().kid) == nullptr) {
      return absl::FailedPreconditionError(
          absl::StrCat(purpose, ".", keys.back().kid, ": the newest key of its purpose is gone"));
    }
    for (const LiveKey& key : keys) {
      const LiveKey* const same = next.Find(purpose, key.kid);
      if (same != nullptr && !(Secret(same->bytes) == Secret(key.bytes))) {
        return absl::FailedPreconditionError(
            absl::StrCat(purpose, ".", key.kid, ": the key is another one; a new key needs a new kid"));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckOldest(const KeySet& now, const KeySet& next, const std::set<std::string>& kept) {
  for (const std::string& purpose : kept) {
    const std::vector<LiveKey>* const keys = now.Of(purpose);
    if (keys == nullptr || next.Of(purpose)->front().kid == keys->front().kid) continue;
    return absl::FailedPreconditionError(
        absl::StrCat(purpose, ".", keys->front().kid,
                     ": must stay the oldest key of its purpose, and never be taken away"));
  }
  return absl::OkStatus();
}

Key CopyOf(const LiveKey& key) { return {key.kid, Secret(key.bytes)}; }

}  // namespace

struct Keyring::Shared {
  std::string dir;             // empty: the keys cannot be read again
  std::mutex reloading;        // one at a time, so that what was read last stays
  std::set<std::string> kept;  // purposes; guarded by `reloading`
  mutable std::shared_mutex mutex;
  std::shared_ptr<const KeySet> live;

  void Replace(std::shared_ptr<const KeySet> keys) {
    const std::unique_lock lock(mutex);
    live.swap(keys);
  }
};

absl::StatusOr<Keyring> Keyring::Make(const RawKeys& raw, std::string dir) {
  auto shared = std::make_shared<Shared>();
  shared->dir = std::move(dir);
  shared->live = TRY(Lock(raw));
  return Keyring(std::move(shared));
}

absl::StatusOr<Keyring> Keyring::Open(const std::string& dir) { return Make(TRY(ReadKeyFiles(dir)), dir); }

absl::StatusOr<Keyring> Keyring::OpenEnvironment(const std::vector<std::string>& purposes) {
  return Make(TRY(TakeKeysFromEnvironment(purposes)), "");
}

Keyring Keyring::ForTest(const std::vector<std::string>& purposes, Random& random) {
  RawKeys raw;
  for (const std::string& purpose : purposes) {
    raw[purpose].emplace("k000001", Secret(random.Bytes(kKeyBytes)));
  }
  auto shared = std::make_shared<Shared>();
  shared->live = std::make_shared<const KeySet>(raw);
  return Keyring(std::move(shared));
}

absl::Status Keyring::Reload() {
  if (shared_->dir.empty()) {
    return absl::FailedPreconditionError(
        "the keys came from the environment, which has them no more: restart the service to change them");
  }
  const std::lock_guard lock(shared_->reloading);
  std::shared_ptr<const KeySet> next = TRY(Lock(TRY(ReadKeyFiles(shared_->dir))));
  TRY(CheckSuccession(*Live(), *next));
  TRY(CheckOldest(*Live(), *next, shared_->kept));
  shared_->Replace(std::move(next));
  return absl::OkStatus();
}

void Keyring::KeepOldest(absl::string_view purpose) {
  const std::lock_guard lock(shared_->reloading);
  shared_->kept.emplace(purpose);
}

absl::StatusOr<Key> Keyring::Newest(absl::string_view purpose) const {
  const std::shared_ptr<const KeySet> live = Live();
  const std::vector<LiveKey>* const keys = live->Of(purpose);
  if (keys == nullptr) return NoKeyFor(purpose);
  return CopyOf(keys->back());
}

absl::StatusOr<Key> Keyring::Find(absl::string_view purpose, absl::string_view kid) const {
  const std::shared_ptr<const KeySet> live = Live();
  if (live->Of(purpose) == nullptr) return NoKeyFor(purpose);
  const LiveKey* const key = live->Find(purpose, kid);
  if (key == nullptr) {
    return absl::NotFoundError(absl::StrCat("no key \"", kid, "\" for the purpose \"", purpose, "\""));
  }
  return CopyOf(*key);
}

absl::StatusOr<std::vector<Key>> Keyring::All(absl::string_view purpose) const {
  const std::shared_ptr<const KeySet> live = Live();
  const std::vector<LiveKey>* const keys = live->Of(purpose);
  if (keys == nullptr) return NoKeyFor(purpose);
  std::vector<Key> all;
  for (const LiveKey& key : *keys) all.push_back(CopyOf(key));
  return all;
}

std::shared_ptr<const KeySet> Keyring::Live() const {
  const std::shared_lock lock(shared_->mutex);
  return shared_->live;
}

std::string Keyring::AddForTest(absl::string_view purpose, Random& random) {
  RawKeys raw = Live()->Copy();
  std::map<std::string, Secret>& keys = raw[std::string(purpose)];
  const int last = keys.empty() ? 0 : std::stoi(keys.rbegin()->first.substr(1));
  const std::string kid = absl::StrFormat("k%06d", last + 1);
  keys.emplace(kid, Secret(random.Bytes(kKeyBytes)));
  shared_->Replace(std::make_shared<const KeySet>(raw));
  return kid;
}

void Keyring::RemoveForTest(absl::string_view purpose, absl::string_view kid) {
  RawKeys raw = Live()->Copy();
  raw[std::string(purpose)].erase(std::string(kid));
  shared_->Replace(std::make_shared<const KeySet>(raw));
}

absl::Status NoKeyFor(absl::string_view purpose) {
  return absl::NotFoundError(absl::StrCat("no key for the purpose \"", purpose, "\""));
}

}  // namespace tc::crypto
