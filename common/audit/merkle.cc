#include "common/audit/merkle.h"

#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/crypto/hmac.h"

namespace tc::audit {
namespace {

constexpr absl::string_view kLeaf("\x00", 1);
constexpr absl::string_view kNode("\x01", 1);

// The greatest power of two below `n`; n > 1.
uint64_t Split(uint64_t n) { return std::bit_floor(n - 1); }

// The root of the leaves [begin, begin + size), where `begin` is a multiple of the power of two at or above
// `size`, as it is wherever RFC 6962 divides a tree.
absl::StatusOr<Hash> RangeRoot(uint64_t begin, uint64_t size, ReadNode read) {
  if (std::has_single_bit(size)) {
    const int level = std::countr_zero(size);
    return read({level, begin >> level});
  }
  const uint64_t left = Split(size);
  const Hash first = TRY(RangeRoot(begin, left, read));
  return NodeHash(first, TRY(RangeRoot(begin + left, size - left, read)));
}

// PATH of RFC 6962 2.1.1 for the leaf at `begin + leaf`.
absl::Status Path(uint64_t leaf, uint64_t begin, uint64_t size, ReadNode read, std::vector<Hash>& proof) {
  if (size == 1) return absl::OkStatus();
  const uint64_t left = Split(size);
  if (leaf < left) {
    TRY(Path(leaf, begin, left, read, proof));
    proof.push_back(TRY(RangeRoot(begin + left, size - left, read)));
  } else {
    TRY(Path(leaf - left, begin + left, size - left, read, proof));
    proof.push_back(TRY(RangeRoot(begin, left, read)));
  }
  return absl::OkStatus();
}

// SUBPROOF of RFC 6962 2.1.2. `whole`: the earlier tree is all of this range, and its root known.
absl::Status Subproof(uint64_t from, uint64_t begin, uint64_t size, bool whole, ReadNode read,
                      std::vector<Hash>& proof) {
  if (from == size) {
    if (!whole) proof.push_back(TRY(RangeRoot(begin, size, read)));
    return absl::OkStatus();
  }
  const uint64_t left = Split(size);
  if (from <= left) {
    TRY(Subproof(from, begin, left, whole, read, proof));
    proof.push_back(TRY(RangeRoot(begin + left, size - left, read)));
  } else {
    TRY(Subproof(from - left, begin + left, size - left, /*whole=*/false, read, proof));
    proof.push_back(TRY(RangeRoot(begin, left, read)));
  }
  return absl::OkStatus();
}

}  // namespace

Hash LeafHash(absl::string_view leaf) { return crypto::Sha256(absl::StrCat(kLeaf, leaf)); }
Hash NodeHash(absl::string_view left, absl::string_view right) {
  return crypto::Sha256(absl::StrCat(kNode, left, right));
}
Hash EmptyRoot() { return crypto::Sha256(""); }

absl::StatusOr<std::vector<Node>> Append(uint64_t size, Hash leaf, ReadNode read) {
  std::vector<Node> made = {{{0, size}, std::move(leaf)}};
  while (made.back().id.index % 2 == 1) {
    const NodeId right = made.back().id;
    const Hash left = TRY(read({right.level, right.index - 1}));
    made.push_back({{right.level + 1, right.index / 2}, NodeHash(left, made.back().hash)});
  }
  return made;
}

absl::StatusOr<Hash> Root(uint64_t size, ReadNode read) {
  if (size == 0) return EmptyRoot();
  return RangeRoot(0, size, read);
}

absl::StatusOr<std::vector<Hash>> InclusionProof(uint64_t leaf, uint64_t size, ReadNode read) {
  if (leaf >= size) return absl::OutOfRangeError("the tree has no such leaf");
  std::vector<Hash> proof;
  TRY(Path(leaf, 0, size, read, proof));
  return proof;
}

absl::StatusOr<std::vector<Hash>> ConsistencyProof(uint64_t from, uint64_t to, ReadNode read) {
  if (from > to) return absl::OutOfRangeError("the earlier tree is the larger one");
  std::vector<Hash> proof;
  if (from == 0 || from == to) return proof;
  TRY(Subproof(from, 0, to, /*whole=*/true, read, proof));
  return proof;
}

// RFC 9162 2.1.3.2.
bool VerifyInclusion(const Hash& leaf, uint64_t index, uint64_t size, const std::vector<Hash>& proof,
                     const Hash& root) {
  if (index >= size || leaf.size() != kHashBytes) return false;
  uint64_t fn = index;
  uint64_t sn = size - 1;
  Hash hash = leaf;
  for (const Hash& sibling : proof) {
    if (sn == 0 || sibling.size() != kHashBytes) return false;
    if (fn % 2 == 1 || fn == sn) {
      hash = NodeHash(sibling, hash);
      while (fn % 2 == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      hash = NodeHash(hash, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && hash == root;
}

// RFC 9162 2.1.4.2.
bool VerifyConsistency(uint64_t from, uint64_t to, const Hash& from_root, const Hash& to_root,
                       const std::vector<Hash>& proof) {
  if (from > to) return false;
  if (from == to) return proof.empty() && from_root == to_root;
  if (from == 0) return proof.empty() && from_root == EmptyRoot();
  std::vector<Hash> path;
  if (std::has_single_bit(from)) path.push_back(from_root);
  path.insert(path.end(), proof.begin(), proof.end());
  if (path.empty()) return false;
  for (const Hash& hash : path) {
    if (hash.size() != kHashBytes) return false;
  }
  uint64_t fn = from - 1;
  uint64_t sn = to - 1;
  while (fn % 2 == 1) {
    fn >>= 1;
    sn >>= 1;
  }
  Hash first = path.front();
  Hash second = path.front();
  for (size_t i = 1; i < path.size(); ++i) {
    if (sn == 0) return false;
    if (fn % 2 == 1 || fn == sn) {
      first = NodeHash(path[i], first);
      second = NodeHash(path[i], second);
      while (fn % 2 == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      second = NodeHash(second, path[i]);
    }
    fn >>= 1;
    sn >>= 1;
  }
  return sn == 0 && first == from_root && second == to_root;
}

absl::StatusOr<Frontier> Frontier::At(uint64_t size, ReadNode read) {
  Frontier frontier;
  uint64_t begin = 0;
  while (begin < size) {
    const uint64_t whole = std::bit_floor(size - begin);
    const int level = std::countr_zero(whole);
    frontier.roots_.push_back(TRY(read({level, begin >> level})));
    begin += whole;
  }
  frontier.size_ = size;
  return frontier;
}

std::vector<Node> Frontier::Add(Hash leaf) {
  std::vector<Node> made = {{{0, size_}, std::move(leaf)}};
  while (made.back().id.index % 2 == 1) {
    const NodeId right = made.back().id;
    made.push_back({{right.level + 1, right.index / 2}, NodeHash(roots_.back(), made.back().hash)});
    roots_.pop_back();
  }
  roots_.push_back(made.back().hash);
  ++size_;
  return made;
}

Hash Frontier::Root() const {
  if (roots_.empty()) return EmptyRoot();
  Hash root = roots_.back();
  for (auto left = roots_.rbegin() + 1; left != roots_.rend(); ++left) root = NodeHash(*left, root);
  return root;
}

}  // namespace tc::audit
