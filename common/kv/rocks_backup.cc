#include "common/kv/rocks_backup.h"

#include <rocksdb/utilities/checkpoint.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/kv/rocks_open.h"
#include "common/kv/rocks_txn.h"

namespace tc::kv {

absl::Status CopyFiles(rocksdb::DB& db, const std::string& dir) {
  // The engine wants to make the directory itself; rmdir removes an empty one only.
  if (::rmdir(dir.c_str()) != 0 && errno != ENOENT) {
    return absl::FailedPreconditionError(absl::StrCat(dir, " is not an empty directory"));
  }
  rocksdb::Checkpoint* made = nullptr;
  TRY(FromRocks(rocksdb::Checkpoint::Create(&db, &made)));
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  TRY(FromRocks(checkpoint->CreateCheckpoint(dir)));
  // Opening makes it private, begins its list of files anew, and shows that it can be opened.
  return OpenStore(dir, {.block_cache_bytes = 1 << 20, .write_buffer_bytes = 1 << 20}).status();
}

}  // namespace tc::kv
