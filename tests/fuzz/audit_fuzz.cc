// What an auditor's machine is handed by a service that it does not believe: signed checkpoints, verifier
// keys, entries, proofs; and the file in which a service keeps its checkpoints. A checkpoint is one that the
// key signed, an entry is spelt as it was hashed, and a proof is the one that the tree gives: nobody can show
// what is not there (LOG-04, LOG-05).

#include <bit>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "common/audit/checkpoint.h"
#include "common/audit/checkpoint_file.h"
#include "common/audit/entry.h"
#include "common/audit/merkle.h"
#include "common/crypto/signature.h"
#include "tests/fuzz/fill.h"
#include "tests/fuzz/fuzz.h"

namespace tc::fuzz {
namespace {

using audit::Checkpoint;
using audit::Hash;

enum class Form { kNote, kMutatedNote, kKey, kEntry, kInclusion, kConsistency, kFile };
constexpr size_t kForms = 7;
constexpr uint64_t kLeaves = 37;
constexpr char kOrigin[] = "trusted-contact/linking/5f0c";

const crypto::PrivateKey& Key() {
  static const auto& key =
      *new crypto::PrivateKey(crypto::PrivateKey::FromSeed(std::string(32, 'f')).value());
  return key;
}
const std::vector<audit::VerifierKey>& Keys() {
  static const auto& keys = *new std::vector{audit::VerifierKey::Of(kOrigin, Key())};
  return keys;
}

Hash Leaf(uint64_t index) { return audit::LeafHash("entry " + std::to_string(index)); }

// RFC 6962 2.1 as it is written down, for the leaves [begin, begin + size).
Hash NaiveRoot(uint64_t begin, uint64_t size) {
  if (size == 0) return audit::EmptyRoot();
  if (size == 1) return Leaf(begin);
  const uint64_t left = std::bit_floor(size - 1);
  return audit::NodeHash(NaiveRoot(begin, left), NaiveRoot(begin + left, size - left));
}

absl::StatusOr<Hash> ReadNode(const audit::NodeId& id) {
  return NaiveRoot(id.index << id.level, uint64_t{1} << id.level);
}

Checkpoint CheckpointOf(uint64_t size) {
  return {kOrigin, size, NaiveRoot(0, size), size > 1 ? NaiveRoot(0, size - 1) : Hash()};
}

// The text of every checkpoint that the key has signed.
const std::set<std::string>& Signed() {
  static const auto& texts = *[] {
    auto* all = new std::set<std::string>;
    for (uint64_t size = 1; size <= kLeaves; ++size) all->insert(TextOf(CheckpointOf(size)));
    return all;
  }();
  return texts;
}

void CheckNote(absl::string_view note) {
  const auto read = audit::ReadUnverified(note);
  const auto verified = audit::Verify(note, Keys());
  if (!read.ok()) Require(IsRefusal(read.status()) && !verified.ok(), "a note is taken or refused");
  if (read.ok()) {
    const std::string text = TextOf(*read);
    Require(note.substr(0, text.size()) == text && note.substr(text.size(), 1) == "\n",
            "a note has one spelling");
    const auto again =
        audit::Verify(audit::Sign(*read, Key()), {audit::VerifierKey::Of(read->origin, Key())});
    Require(again.ok() && *again == *read, "what can be read can be signed");
  }
  if (verified.ok()) Require(Signed().count(TextOf(*verified)) > 0, "what verifies was signed");
}

void CheckMutatedNote(Input input) {
  const Checkpoint checkpoint = CheckpointOf(1 + input.Choose(kLeaves));
  const size_t place = static_cast<size_t>(input.Number());
  const size_t bit = input.Choose(8);
  std::string note = audit::Sign(checkpoint, Key());
  const auto verified = audit::Verify(note, Keys());
  Require(verified.ok() && *verified == checkpoint, "what was signed verifies");
  note[place % note.size()] = static_cast<char>(note[place % note.size()] ^ (1 << bit));
  Require(!audit::Verify(note, Keys()).ok(), "a note that was changed by one bit is refused");
}

void CheckKey(absl::string_view text) {
  const auto key = audit::VerifierKey::Parse(text);
  if (!key.ok()) return Require(IsRefusal(key.status()), "a key is taken or refused");
  Require(key->Text() == text && !key->name().empty() && key->hash().size() == 4, "a key has one spelling");
}

void CheckEntry(absl::string_view leaf) {
  const auto entry = audit::Decode(leaf);
  if (!entry.ok()) return Require(IsRefusal(entry.status()), "an entry is taken or refused");
  Require(audit::Encode(*entry) == leaf, "an entry has one spelling");
}

std::vector<Hash> TakeHashes(Input& input) {
  std::vector<Hash> hashes;
  while (!input.done() && hashes.size() < 70) {
    const size_t size = input.Byte();
    Hash hash;
    // Small numbers name the tree's own nodes, which is what a forger would build with.
    if (size < 128) {
      const int level = static_cast<int>(size % 6);
      hash = ReadNode({level, input.Choose((kLeaves >> level) + 1)}).value();
    } else {
      for (size_t i = 0; i < size - 128; ++i) hash.push_back(static_cast<char>(input.Byte()));
    }
    hashes.push_back(std::move(hash));
  }
  return hashes;
}

// A proof for a leaf that may not be there, in a tree of any size that the key might have signed.
void CheckInclusion(Input input) {
  const uint64_t size = input.Choose(kLeaves + 1);
  const uint64_t claimed = input.Flag() ? input.Number() : input.Choose(kLeaves);
  const uint64_t index = input.Flag() ? input.Number() : claimed;
  const Hash leaf = Leaf(claimed % (2 * kLeaves));
  const auto genuine = audit::InclusionProof(index, size, ReadNode);
  Require(genuine.ok() == (index < size), "a leaf is there or not");
  const Hash root = NaiveRoot(0, size);
  if (genuine.ok())
    Require(audit::VerifyInclusion(Leaf(index), index, size, *genuine, root), "what is there can be proved");
  const std::vector<Hash> proof = input.Flag() && genuine.ok() ? *genuine : TakeHashes(input);
  if (!audit::VerifyInclusion(leaf, index, size, proof, root)) return;
  Require(genuine.ok() && proof == *genuine && leaf == Leaf(index), "and nothing else, in no other way");
}

void CheckConsistency(Input input) {
  const uint64_t to = input.Choose(kLeaves + 1);
  const uint64_t from = input.Flag() ? input.Number() : input.Choose(kLeaves + 1);
  const uint64_t claimed = input.Choose(kLeaves + 1);
  const auto genuine = audit::ConsistencyProof(from, to, ReadNode);
  Require(genuine.ok() == (from <= to), "a tree grows");
  const Hash root = NaiveRoot(0, to);
  if (genuine.ok())
    Require(audit::VerifyConsistency(from, to, NaiveRoot(0, from), root, *genuine), "which can be proved");
  const std::vector<Hash> proof = input.Flag() && genuine.ok() ? *genuine : TakeHashes(input);
  if (!audit::VerifyConsistency(from, to, NaiveRoot(0, claimed), root, proof)) return;
  Require(genuine.ok() && proof == *genuine && claimed == from, "and nothing else, in no other way");
}

// Behind whatever is in the file, a note that was appended is found, and still when the next one was torn.
void CheckFile(Input input) {
  const std::string note = audit::Sign(CheckpointOf(1 + input.Choose(kLeaves)), Key());
  const std::string next = audit::Sign(CheckpointOf(1 + input.Choose(kLeaves)), Key());
  const std::string torn = next.substr(0, input.Choose(next.size()));
  const std::string before(input.Rest());
  const audit::LastNote any = audit::FindLastNote(before);
  Require(absl::StrContains(before, any.note), "a note of the file");
  Require(!any.torn || !any.note.empty(), "what was torn is behind a whole one");
  const std::string whole = before + "\n" + note;
  const audit::LastNote last = audit::FindLastNote(whole);
  Require(last.note == note && !last.torn, "the one that was appended");
  const std::string behind = whole + torn;
  const audit::LastNote still = audit::FindLastNote(behind);
  Require(still.note == note && still.torn == !torn.empty(), "also before one that was torn");
}

}  // namespace

std::vector<std::string> Seeds() {
  const auto form = [](Form f, const std::string& rest) { return Byte(static_cast<size_t>(f)) + rest; };
  const std::string note = audit::Sign(CheckpointOf(7), Key());
  std::string small_size = note;
  small_size.replace(small_size.find("\n7\n"), 3, "\n07\n");
  audit::pb::AuditEntry entry;
  Fill(entry, Filling::kOne);
  std::vector<std::string> seeds = {
      form(Form::kNote, note),
      form(Form::kNote, audit::Sign(CheckpointOf(1), Key())),
      form(Form::kNote, note + note.substr(note.find("\n\n") + 2)),
      form(Form::kNote, small_size),
      form(Form::kNote, audit::Sign({kOrigin, 9, Leaf(9), {}},
                                    crypto::PrivateKey::FromSeed(std::string(32, 'g')).value())),
      form(Form::kMutatedNote, Byte(6) + Number(40) + Byte(1)),
      form(Form::kKey, Keys().front().Text()),
      form(Form::kKey, Keys().front().Text() + "="),
      form(Form::kEntry, audit::Encode(entry)),
      form(Form::kEntry, audit::Encode(entry) + std::string("\x08\x00", 2)),
  };
  for (const size_t size : {1U, 5U, 8U, 37U}) {
    seeds.push_back(form(Form::kInclusion, Byte(size) + Byte(0) + Byte(size - 1) + Byte(0) + Byte(1)));
    seeds.push_back(form(Form::kInclusion, Byte(size) + Byte(0) + Byte(3) + Byte(1) + Number(4) + Byte(1)));
    seeds.push_back(
        form(Form::kConsistency, Byte(size) + Byte(0) + Byte(size / 2) + Byte(size / 2) + Byte(1)));
    seeds.push_back(form(Form::kConsistency, Byte(size) + Byte(0) + Byte(size / 2) + Byte(1) + Byte(1)));
  }
  for (const std::string& before : {std::string(), note, note.substr(0, 60), std::string(50, '\0')}) {
    seeds.push_back(form(Form::kFile, Byte(4) + Byte(5) + Byte(100) + before));
  }
  // Another tree of the same size.
  seeds.push_back(form(Form::kConsistency, Byte(8) + Byte(0) + Byte(8) + Byte(3) + Byte(1)));
  // The node above two leaves, shown as if it were a leaf of a smaller tree; a hash of another length.
  seeds.push_back(
      form(Form::kInclusion, Byte(4) + Byte(0) + Byte(0) + Byte(0) + Byte(0) + Byte(1) + Byte(1)));
  seeds.push_back(form(Form::kInclusion, Byte(2) + Byte(0) + Byte(0) + Byte(0) + Byte(0) + Byte(128 + 31) +
                                             std::string(31, 'x')));
  return seeds;
}

}  // namespace tc::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tc::fuzz;  // NOLINT: this is its entry
  Input input(data, size);
  switch (static_cast<Form>(input.Choose(kForms))) {
    case Form::kNote:
      CheckNote(input.Rest());
      break;
    case Form::kMutatedNote:
      CheckMutatedNote(input);
      break;
    case Form::kKey:
      CheckKey(input.Rest());
      break;
    case Form::kEntry:
      CheckEntry(input.Rest());
      break;
    case Form::kInclusion:
      CheckInclusion(input);
      break;
    case Form::kConsistency:
      CheckConsistency(input);
      break;
    case Form::kFile:
      CheckFile(input);
      break;
  }
  return 0;
}
