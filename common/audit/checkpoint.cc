#include "common/audit/checkpoint.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "common/base/status.h"
#include "common/crypto/hmac.h"

namespace tc::audit {
namespace {

constexpr char kEd25519 = 0x01;
constexpr size_t kKeyHashBytes = 4;
constexpr char kSignatureLine[] = "\xe2\x80\x94 ";  // an em dash and a blank
constexpr char kPrevious[] = "previous ";

absl::Status NoNote(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("this is no signed checkpoint: ", what));
}
absl::Status NoKey() {
  return absl::InvalidArgumentError("this is no Ed25519 verifier key of a signed note");
}

// Of a log, and so of its keys. Nothing in it is of use to a terminal that shows it, and nothing ends it
// early in a note or in a key's text.
bool IsName(absl::string_view text) {
  const auto fits = [](char c) { return absl::ascii_isgraph(static_cast<unsigned char>(c)) && c != '+'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), fits);
}

// Only as it would be written: base64 has letters that mean nothing, and several ways to end.
absl::StatusOr<std::string> FromBase64(absl::string_view text) {
  std::string bytes;
  if (!absl::Base64Unescape(text, &bytes) || absl::Base64Escape(bytes) != text) return NoNote("base64");
  return bytes;
}

absl::StatusOr<Hash> HashFromBase64(absl::string_view text) {
  const Hash hash = TRY(FromBase64(text));
  if (hash.size() != kHashBytes) return NoNote("a hash has 32 bytes");
  return hash;
}

struct Note {
  std::string text;
  std::vector<std::pair<std::string, std::string>> signatures;  // name, key hash and signature
};

absl::StatusOr<Note> Split(absl::string_view note) {
  const size_t end = note.find("\n\n");
  if (end == absl::string_view::npos || !absl::EndsWith(note, "\n")) return NoNote("no signatures");
  Note split{std::string(note.substr(0, end + 1)), {}};
  absl::string_view lines = note.substr(end + 2);
  absl::ConsumeSuffix(&lines, "\n");
  for (absl::string_view line : absl::StrSplit(lines, '\n')) {
    if (!absl::ConsumePrefix(&line, kSignatureLine)) return NoNote("a line among the signatures is none");
    const std::vector<absl::string_view> parts = absl::StrSplit(line, ' ');
    if (parts.size() != 2) return NoNote("a line among the signatures is none");
    split.signatures.emplace_back(parts[0], TRY(FromBase64(parts[1])));
  }
  return split;
}

absl::StatusOr<Checkpoint> ParseText(absl::string_view text) {
  absl::string_view body = text;
  absl::ConsumeSuffix(&body, "\n");
  const std::vector<absl::string_view> lines = absl::StrSplit(body, '\n');
  if (lines.size() != 3 && lines.size() != 4) return NoNote("it has other lines");
  Checkpoint checkpoint;
  checkpoint.origin = std::string(lines[0]);
  if (!IsName(checkpoint.origin)) return NoNote("the origin is no name of a key");
  if (!absl::SimpleAtoi(lines[1], &checkpoint.size)) return NoNote("the size is no number");
  checkpoint.root = TRY(HashFromBase64(lines[2]));
  if (lines.size() == 4) {
    absl::string_view previous = lines[3];
    if (!absl::ConsumePrefix(&previous, kPrevious)) return NoNote("it has other lines");
    checkpoint.previous = TRY(HashFromBase64(previous));
  }
  if (TextOf(checkpoint) != text) return NoNote("it is written in another way");
  return checkpoint;
}

std::string KeyHash(absl::string_view name, absl::string_view bytes) {
  return crypto::Sha256(absl::StrCat(name, "\n", absl::string_view(&kEd25519, 1), bytes))
      .substr(0, kKeyHashBytes);
}

bool IsSignedBy(const Note& note, const VerifierKey& key) {
  for (const auto& [name, blob] : note.signatures) {
    const absl::string_view bytes = blob;
    if (name != key.name() || bytes.substr(0, kKeyHashBytes) != key.hash()) continue;
    if (key.Verify(note.text, bytes.substr(kKeyHashBytes))) return true;
  }
  return false;
}

}  // namespace

std::string OriginOf(absl::string_view service, absl::string_view store_uid) {
  return absl::StrCat("trusted-contact/", service, "/", store_uid);
}

std::string TextOf(const Checkpoint& checkpoint) {
  std::string text =
      absl::StrCat(checkpoint.origin, "\n", checkpoint.size, "\n", absl::Base64Escape(checkpoint.root), "\n");
  if (!checkpoint.previous.empty()) {
    absl::StrAppend(&text, kPrevious, absl::Base64Escape(checkpoint.previous), "\n");
  }
  return text;
}

Hash HashOf(const Checkpoint& checkpoint) { return crypto::Sha256(TextOf(checkpoint)); }

VerifierKey::VerifierKey(absl::string_view name, std::string bytes, crypto::PublicKey key)
    : name_(name), bytes_(std::move(bytes)), hash_(KeyHash(name, bytes_)), key_(std::move(key)) {}

VerifierKey VerifierKey::Of(absl::string_view name, const crypto::PrivateKey& key) {
  std::string bytes = key.PublicBytes();
  crypto::PublicKey verifier = crypto::PublicKey::Ed25519(bytes).value();
  return VerifierKey(name, std::move(bytes), std::move(verifier));
}

absl::StatusOr<VerifierKey> VerifierKey::Parse(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('+', 2));
  std::string bytes;
  if (parts.size() != 3 || !IsName(parts[0]) || !absl::Base64Unescape(parts[2], &bytes)) return NoKey();
  if (bytes.empty() || bytes[0] != kEd25519) return NoKey();
  absl::StatusOr<crypto::PublicKey> key = crypto::PublicKey::Ed25519(bytes.substr(1));
  if (!key.ok()) return NoKey();
  VerifierKey parsed(parts[0], bytes.substr(1), *std::move(key));
  if (parsed.Text() != text) return NoKey();
  return parsed;
}

std::string VerifierKey::Text() const {
  return absl::StrCat(name_, "+", absl::BytesToHexString(hash_), "+",
                      absl::Base64Escape(absl::StrCat(absl::string_view(&kEd25519, 1), bytes_)));
}

bool VerifierKey::Verify(absl::string_view message, absl::string_view signature) const {
  return key_.Verify(message, signature);
}

std::string Sign(const Checkpoint& checkpoint, const crypto::PrivateKey& key) {
  const std::string text = TextOf(checkpoint);
  const std::string blob = absl::StrCat(VerifierKey::Of(checkpoint.origin, key).hash(), key.Sign(text));
  return absl::StrCat(text, "\n", kSignatureLine, checkpoint.origin, " ", absl::Base64Escape(blob), "\n");
}

absl::StatusOr<Checkpoint> ReadUnverified(absl::string_view note) { return ParseText(TRY(Split(note)).text); }

absl::StatusOr<Checkpoint> Verify(absl::string_view note, const std::vector<VerifierKey>& keys) {
  const Note split = TRY(Split(note));
  Checkpoint checkpoint = TRY(ParseText(split.text));
  for (const VerifierKey& key : keys) {
    if (key.name() == checkpoint.origin && IsSignedBy(split, key)) return checkpoint;
  }
  return absl::PermissionDeniedError("no key that is trusted has signed this checkpoint");
}

}  // namespace tc::audit
