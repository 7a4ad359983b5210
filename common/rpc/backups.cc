#include "common/rpc/backups.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/base/refusal.h"
#include "common/base/status.h"

namespace tc::rpc {
namespace {

namespace fs = std::filesystem;

constexpr char kTimeFormat[] = "%E4Y%m%dT%H%M%SZ";
constexpr size_t kTimeLength = 16;
constexpr char kRevisionMark[] = "-r";
constexpr char kPartial[] = "partial-";

std::string IdOf(absl::Time at, uint64_t revision) {
  return absl::StrCat(absl::FormatTime(kTimeFormat, at, absl::UTCTimeZone()), kRevisionMark, revision);
}

std::optional<Backups::Entry> ParseId(const std::string& id) {
  Backups::Entry entry;
  entry.id = id;
  std::string error;
  const absl::string_view text = id;
  if (text.size() <= kTimeLength + 2 || text.substr(kTimeLength, 2) != kRevisionMark ||
      !absl::ParseTime(kTimeFormat, text.substr(0, kTimeLength), &entry.made_at, &error) ||
      !absl::SimpleAtoi(text.substr(kTimeLength + 2), &entry.revision)) {
    return std::nullopt;
  }
  return entry;
}

bool Older(const Backups::Entry& a, const Backups::Entry& b) {
  return std::pair(a.made_at, a.revision) < std::pair(b.made_at, b.revision);
}

int64_t SizeOf(const fs::path& dir) {
  std::error_code error;
  int64_t size = 0;
  for (const fs::directory_entry& file : fs::recursive_directory_iterator(dir, error)) {
    if (file.is_regular_file(error)) size += static_cast<int64_t>(file.file_size(error));
  }
  return size;
}

absl::Status CannotWrite(const std::error_code& error) {
  return Refuse(absl::StatusCode::kUnavailable, Reason::kStoreUnavailable,
                absl::StrCat("the backup cannot be written: ", error.message()));
}

fs::path PartialOf(const std::string& dir, const std::string& id) {
  return fs::path(dir) / absl::StrCat(kPartial, id);
}

// Into the directory's partial copy of this id.
absl::Status Copy(kv::Database& database, const std::string& dir, const std::string& id) {
  std::error_code error;
  fs::create_directories(dir, error);
  if (error) return CannotWrite(error);
  fs::permissions(dir, fs::perms::owner_all, error);
  fs::remove_all(PartialOf(dir, id), error);
  return database.Backup(PartialOf(dir, id).string());
}

absl::Status Complete(const std::string& dir, const std::string& id) {
  std::error_code error;
  fs::remove_all(fs::path(dir) / id, error);  // of a set that was not completed
  fs::rename(PartialOf(dir, id), fs::path(dir) / id, error);
  return error ? CannotWrite(error) : absl::OkStatus();
}

absl::Status RemoveCopies(const std::string& dir, absl::Time before) {
  std::error_code error;
  std::vector<std::string> ids;
  for (const fs::directory_entry& copy : fs::directory_iterator(dir, error)) {
    const std::string name = copy.path().filename().string();
    const std::optional<Backups::Entry> entry = ParseId(std::string(absl::StripPrefix(name, kPartial)));
    if (entry.has_value() && entry->made_at < before) ids.push_back(entry->id);
  }
  bool removed = !error || error == std::errc::no_such_file_or_directory;
  for (const std::string& id : ids) {
    // First out of the list, so that a crash leaves no half copy in it.
    fs::rename(fs::path(dir) / id, PartialOf(dir, id), error);
    fs::remove_all(PartialOf(dir, id), error);
    removed = removed && !error && !fs::exists(fs::path(dir) / id, error);
  }
  if (removed) return absl::OkStatus();
  return Refuse(absl::StatusCode::kUnavailable, Reason::kStoreUnavailable, "an old backup cannot be removed");
}

}  // namespace

absl::StatusOr<Backups::Entry> Backups::Make(absl::Time now) {
  const std::lock_guard lock(mutex_);
  Entry entry = *ParseId(IdOf(now, database_->revision()));
  const fs::path done = fs::path(dir_) / entry.id;
  std::error_code error;
  // The same second and revision: the copy that is there is this one.
  if (!fs::exists(done, error)) {
    TRY(Copy(*database_, dir_, entry.id));
    for (const Source& source : further_) {
      TRY(Copy(*source.database, source.dir, entry.id));
      TRY(Complete(source.dir, entry.id));
    }
    TRY(Complete(dir_, entry.id));
  }
  if (kept_ != absl::InfiniteDuration()) TRY(RemoveAll(now - kept_));
  entry.size_bytes = SizeOf(done);
  return entry;
}

absl::Status Backups::RemoveBefore(absl::Time time) {
  const std::lock_guard lock(mutex_);
  return RemoveAll(time);
}

absl::Status Backups::RemoveAll(absl::Time time) {
  absl::Status status = RemoveCopies(dir_, time);
  for (const Source& source : further_) status.Update(RemoveCopies(source.dir, time));
  return status;
}

absl::StatusOr<std::vector<Backups::Entry>> Backups::List(absl::string_view after, size_t limit) const {
  std::vector<Entry> entries;
  std::error_code error;
  for (const fs::directory_entry& dir : fs::directory_iterator(dir_, error)) {
    std::optional<Entry> entry = ParseId(dir.path().filename().string());
    if (entry.has_value()) entries.push_back(*std::move(entry));
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return Refuse(absl::StatusCode::kUnavailable, Reason::kStoreUnavailable, "the backups cannot be listed");
  }
  std::sort(entries.begin(), entries.end(), Older);
  if (const std::optional<Entry> last = ParseId(std::string(after))) {
    entries.erase(entries.begin(), std::upper_bound(entries.begin(), entries.end(), *last, Older));
  }
  if (entries.size() > limit) entries.resize(limit);
  for (Entry& entry : entries) entry.size_bytes = SizeOf(fs::path(dir_) / entry.id);
  return entries;
}

}  // namespace tc::rpc
