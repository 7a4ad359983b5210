#include "common/rpc/backups.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
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

}  // namespace

absl::StatusOr<Backups::Entry> Backups::Make(absl::Time now) {
  const std::lock_guard lock(mutex_);
  Entry entry = *ParseId(IdOf(now, database_->revision()));
  const fs::path done = fs::path(dir_) / entry.id;
  const fs::path partial = fs::path(dir_) / absl::StrCat(kPartial, entry.id);
  std::error_code error;
  fs::create_directories(dir_, error);
  if (error) return CannotWrite(error);
  fs::permissions(dir_, fs::perms::owner_all, error);
  // The same second and revision: the copy that is there is this one.
  if (!fs::exists(done, error)) {
    fs::remove_all(partial, error);
    TRY(database_->Backup(partial.string()));
    fs::rename(partial, done, error);
    if (error) return CannotWrite(error);
  }
  entry.size_bytes = SizeOf(done);
  return entry;
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
