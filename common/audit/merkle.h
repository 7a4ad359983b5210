#pragma once

// The Merkle tree of RFC 6962 (LOG-04): SHA-256, leaves hashed with 0x00 before them, nodes with 0x01. Pure:
// whoever keeps nodes gives a way to read them. Node (level, index) is the root of the complete subtree of
// the leaves [index * 2^level, (index + 1) * 2^level); level 0 are the leaves.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace tc::audit {

using Hash = std::string;  // 32 bytes
inline constexpr size_t kHashBytes = 32;

Hash LeafHash(absl::string_view leaf);
Hash NodeHash(absl::string_view left, absl::string_view right);
// Of the tree without leaves.
Hash EmptyRoot();

struct NodeId {
  int level = 0;
  uint64_t index = 0;
};
struct Node {
  NodeId id;
  Hash hash;
};

// Asked for complete nodes only. Its errors are passed on.
using ReadNode = absl::FunctionRef<absl::StatusOr<Hash>(const NodeId& id)>;

// The nodes that become complete when `leaf` is appended to a tree of `size`, the leaf first.
absl::StatusOr<std::vector<Node>> Append(uint64_t size, Hash leaf, ReadNode read);
absl::StatusOr<Hash> Root(uint64_t size, ReadNode read);
// `leaf` < `size`; else OUT_OF_RANGE.
absl::StatusOr<std::vector<Hash>> InclusionProof(uint64_t leaf, uint64_t size, ReadNode read);
// `from` <= `to`; else OUT_OF_RANGE. Empty when they are equal or `from` is 0.
absl::StatusOr<std::vector<Hash>> ConsistencyProof(uint64_t from, uint64_t to, ReadNode read);

// Whether the proof shows that the leaf is the one at `index` of the tree.
bool VerifyInclusion(const Hash& leaf, uint64_t index, uint64_t size, const std::vector<Hash>& proof,
                     const Hash& root);
// Whether the proof shows that the tree of `to` leaves begins with the one of `from`.
bool VerifyConsistency(uint64_t from, uint64_t to, const Hash& from_root, const Hash& to_root,
                       const std::vector<Hash>& proof);

// What a verifier keeps of a tree while its leaves go by: the roots of its complete subtrees, log2(size) of
// them. Not thread-safe.
class Frontier {
 public:
  Frontier() = default;
  // That of a tree of which all nodes are at hand.
  static absl::StatusOr<Frontier> At(uint64_t size, ReadNode read);

  // The nodes that become complete, the leaf first.
  std::vector<Node> Add(Hash leaf);
  Hash Root() const;
  uint64_t size() const { return size_; }

 private:
  uint64_t size_ = 0;
  std::vector<Hash> roots_;  // of the complete subtrees, the largest first
};

}  // namespace tc::audit
