#include "common/crypto/key_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "common/base/status.h"
#include "common/crypto/openssl.h"
#include "common/crypto/wipe.h"

namespace tc::crypto {
namespace {

constexpr size_t kNameLength = 64;

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

 private:
  int fd_;
};

absl::Status Refused(absl::string_view path, absl::string_view why) {
  return absl::FailedPreconditionError(absl::StrCat(path, ": ", why));
}

absl::Status SystemError(absl::string_view path) { return Refused(path, std::strerror(errno)); }

struct FileName {
  std::string purpose;
  std::string kid;
};

// The kid has no dot, so the last one before ".key" separates.
std::optional<FileName> ParseFileName(absl::string_view name) {
  if (!absl::ConsumeSuffix(&name, ".key")) return std::nullopt;
  const size_t dot = name.rfind('.');
  if (dot == absl::string_view::npos) return std::nullopt;
  const absl::string_view purpose = name.substr(0, dot);
  const absl::string_view kid = name.substr(dot + 1);
  if (!IsPurpose(purpose) || !IsKid(kid)) return std::nullopt;
  return FileName{std::string(purpose), std::string(kid)};
}

absl::StatusOr<std::vector<std::string>> List(const std::string& dir) {
  DIR* const open = ::opendir(dir.c_str());
  if (open == nullptr) return SystemError(dir);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(open)) {
    const std::string name = entry->d_name;
    if (name != "." && !absl::StartsWith(name, "..")) names.push_back(name);
  }
  ::closedir(open);
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<Secret> ReadKey(const std::string& path, const std::vector<gid_t>& own) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!file.ok()) return SystemError(path);
  struct stat info {};
  if (::fstat(file.fd(), &info) != 0) return SystemError(path);
  if (!S_ISREG(info.st_mode)) return Refused(path, "not a file");
  if (!IsPrivate(info.st_mode, info.st_gid, own)) {
    return Refused(path,
                   absl::StrFormat("mode %04o lets others read the key; use 0600", info.st_mode & 07777));
  }
  // One byte more than a key may have, so that a longer file is seen to be longer.
  char buffer[2 * kKeyBytes + 2];
  const ssize_t size = ::read(file.fd(), buffer, sizeof buffer);
  if (size < 0) return SystemError(path);
  absl::StatusOr<Secret> key = DecodeKey(path, absl::string_view(buffer, static_cast<size_t>(size)));
  Wipe(buffer, sizeof buffer);
  return key;
}

absl::Status SyncDirectory(const std::string& dir) {
  const File file(::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.ok() || ::fsync(file.fd()) != 0) return SystemError(dir);
  return absl::OkStatus();
}

absl::Status WriteAll(const std::string& path, absl::string_view text) {
  const File file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!file.ok()) return SystemError(path);
  // A write this small to a file is whole or an error; fchmod because the umask may have taken the owner's
  // bits.
  if (::fchmod(file.fd(), 0600) != 0 ||
      ::write(file.fd(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::fsync(file.fd()) != 0) {
    return SystemError(path);
  }
  return absl::OkStatus();
}

// Written beside and linked into place: a crash leaves no half key under the final name, a race no
// overwritten one.
absl::Status WriteKey(const std::string& dir, const std::string& name, Random& random) {
  const std::string path = absl::StrCat(dir, "/", name);
  const std::string draft = absl::StrCat(dir, "/..", name, ".", random.ShortId());
  std::string key = random.Bytes(kKeyBytes);
  std::string hex = absl::BytesToHexString(key);
  std::string text = absl::StrCat(hex, "\n");
  absl::Status written = WriteAll(draft, text);
  for (std::string* secret : {&key, &hex, &text}) Wipe(*secret);
  if (written.ok() && ::link(draft.c_str(), path.c_str()) != 0) {
    written = errno == EEXIST ? absl::AlreadyExistsError(path) : SystemError(path);
  }
  ::unlink(draft.c_str());
  TRY(written);
  return SyncDirectory(dir);
}

absl::StatusOr<std::string> NewestKid(const std::string& dir, absl::string_view purpose) {
  std::string newest;
  for (const std::string& name : TRY(List(dir))) {
    const std::optional<FileName> parsed = ParseFileName(name);
    if (parsed && parsed->purpose == purpose) newest = std::max(newest, parsed->kid);
  }
  return newest;
}

absl::StatusOr<std::string> NextKid(const std::string& dir, absl::string_view newest) {
  uint64_t number = 0;
  absl::string_view digits = newest;
  if (!newest.empty() && newest < "k") return std::string("k000001");
  if (!newest.empty() && (!absl::ConsumePrefix(&digits, "k") || digits.size() != 6 ||
                          !absl::SimpleAtoi(digits, &number) || number >= 999999)) {
    return Refused(dir, absl::StrCat("no kid can be made that sorts after \"", newest, "\""));
  }
  return absl::StrFormat("k%06d", number + 1);
}

absl::Status MakeDirectory(const std::string& dir) {
  if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) return SystemError(dir);
  return absl::OkStatus();
}

absl::Status CheckPurpose(absl::string_view purpose) {
  if (IsPurpose(purpose)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("\"", purpose, "\" is no purpose: use a-z 0-9 . _ -"));
}

}  // namespace

bool IsPurpose(absl::string_view text) {
  return !text.empty() && text.size() <= kNameLength && text[0] != '.' &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_islower(static_cast<unsigned char>(c)) ||
                  absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
         });
}

bool IsKid(absl::string_view text) {
  return !text.empty() && text.size() <= kNameLength && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  });
}

bool IsPrivate(mode_t mode, gid_t group, const std::vector<gid_t>& own) {
  const mode_t bits = mode & 07777;
  if (bits == 0400 || bits == 0600) return true;
  return (bits == 0440 || bits == 0640) && std::find(own.begin(), own.end(), group) != own.end();
}

std::vector<gid_t> OwnGroups() {
  std::vector<gid_t> groups(static_cast<size_t>(std::max(0, ::getgroups(0, nullptr))));
  const int read = ::getgroups(static_cast<int>(groups.size()), groups.data());
  groups.resize(static_cast<size_t>(std::max(0, read)));
  groups.push_back(::getegid());
  return groups;
}

absl::StatusOr<Secret> DecodeKey(const std::string& source, absl::string_view text) {
  absl::ConsumeSuffix(&text, "\n");
  const bool hex = text.size() == 2 * kKeyBytes && std::all_of(text.begin(), text.end(), [](char c) {
                     return absl::ascii_isxdigit(static_cast<unsigned char>(c));
                   });
  if (!hex) return Refused(source, "a key is 64 hexadecimal characters and nothing else");
  std::string bytes = absl::HexStringToBytes(text);
  const bool placeholder = bytes.find_first_not_of(bytes[0]) == std::string::npos;
  Secret key(bytes);
  Wipe(bytes);
  if (placeholder) return Refused(source, "this is a placeholder, not a key");
  return key;
}

absl::StatusOr<RawKeys> ReadKeyFiles(const std::string& dir) {
  RawKeys keys;
  const std::vector<gid_t> own = OwnGroups();
  for (const std::string& name : TRY(List(dir))) {
    const std::string path = absl::StrCat(dir, "/", name);
    const std::optional<FileName> parsed = ParseFileName(name);
    if (!parsed) return Refused(path, "not named <purpose>.<kid>.key");
    keys[parsed->purpose].emplace(parsed->kid, TRY(ReadKey(path, own)));
  }
  return keys;
}

absl::Status EnsureKey(const std::string& dir, absl::string_view purpose, Random& random) {
  TRY(CheckPurpose(purpose));
  TRY(MakeDirectory(dir));
  if (!TRY(NewestKid(dir, purpose)).empty()) return absl::OkStatus();
  const absl::Status written = WriteKey(dir, absl::StrCat(purpose, ".k000001.key"), random);
  // Another process was faster: there is a key now, which is all that was asked.
  return absl::IsAlreadyExists(written) ? absl::OkStatus() : written;
}

absl::StatusOr<std::string> AddKey(const std::string& dir, absl::string_view purpose, Random& random) {
  TRY(CheckPurpose(purpose));
  TRY(MakeDirectory(dir));
  const std::string kid = TRY(NextKid(dir, TRY(NewestKid(dir, purpose))));
  TRY(WriteKey(dir, absl::StrCat(purpose, ".", kid, ".key"), random));
  return kid;
}

absl::Status RemoveKey(const std::string& dir, absl::string_view purpose, absl::string_view kid) {
  TRY(CheckPurpose(purpose));
  const std::string path = absl::StrCat(dir, "/", purpose, ".", kid, ".key");
  if (!IsKid(kid)) return absl::InvalidArgumentError(absl::StrCat("\"", kid, "\" is no kid"));
  if (TRY(NewestKid(dir, purpose)) == kid) return Refused(path, "this is the newest key of its purpose");
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return SystemError(path);
  return SyncDirectory(dir);
}

}  // namespace tc::crypto
