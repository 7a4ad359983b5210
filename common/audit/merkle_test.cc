#include "common/audit/merkle.h"

#include <gtest/gtest.h>

#include <bit>
#include <map>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/testing/status.h"

namespace tc::audit {
namespace {

// The leaves of the reference implementation's tests of RFC 6962, and the roots of the trees of their first
// 1 … 8.
const char* const kLeaves[] = {
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
const char* const kRoots[] = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                              "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                              "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                              "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                              "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                              "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                              "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                              "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

std::string Hex(absl::string_view bytes) { return absl::BytesToHexString(bytes); }

// Keeps all nodes, and the leaves' hashes beside them.
struct Tree {
  std::map<std::pair<int, uint64_t>, Hash> nodes;
  std::vector<Hash> leaves;

  absl::StatusOr<Hash> Read(const NodeId& id) const {
    const auto found = nodes.find({id.level, id.index});
    if (found == nodes.end()) return absl::NotFoundError("not complete");
    return found->second;
  }
  auto reader() const {
    return [this](const NodeId& id) { return Read(id); };
  }
  void Add(absl::string_view leaf) {
    const auto made = Append(leaves.size(), LeafHash(leaf), reader());
    ASSERT_TRUE(made.ok());
    for (const Node& node : *made) nodes[{node.id.level, node.id.index}] = node.hash;
    leaves.push_back(LeafHash(leaf));
  }
};

// The definition, word for word (RFC 6962 2.1).
Hash NaiveRoot(const std::vector<Hash>& leaves, size_t begin, size_t end) {
  if (begin == end) return EmptyRoot();
  if (end - begin == 1) return leaves[begin];
  const size_t left = std::bit_floor(end - begin - 1);
  return NodeHash(NaiveRoot(leaves, begin, begin + left), NaiveRoot(leaves, begin + left, end));
}

Tree TreeOf(size_t size) {
  Tree tree;
  for (size_t i = 0; i < size; ++i) tree.Add(absl::StrCat("leaf ", i));
  return tree;
}

TEST(Merkle, HasTheKnownRoots) {  // LOG-04
  EXPECT_EQ(Hex(EmptyRoot()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Tree tree;
  Frontier frontier;
  for (size_t i = 0; i < std::size(kLeaves); ++i) {
    const std::string leaf = absl::HexStringToBytes(kLeaves[i]);
    tree.Add(leaf);
    frontier.Add(LeafHash(leaf));
    EXPECT_EQ(Hex(*Root(i + 1, tree.reader())), kRoots[i]);
    EXPECT_EQ(Hex(frontier.Root()), kRoots[i]);
  }
}

TEST(Merkle, HasTheKnownProofs) {
  Tree tree;
  for (const char* leaf : kLeaves) tree.Add(absl::HexStringToBytes(leaf));
  const auto path = *InclusionProof(0, 8, tree.reader());
  ASSERT_EQ(path.size(), 3U);
  EXPECT_EQ(Hex(path[0]), "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7");
  EXPECT_EQ(Hex(path[1]), "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e");
  EXPECT_EQ(Hex(path[2]), "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4");
  const auto grown = *ConsistencyProof(6, 8, tree.reader());
  ASSERT_EQ(grown.size(), 3U);
  EXPECT_EQ(Hex(grown[0]), "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a");
  EXPECT_EQ(Hex(grown[1]), "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0");
  EXPECT_EQ(Hex(grown[2]), "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7");
}

TEST(Merkle, IsTheNaiveTreeAtEverySize) {
  const Tree tree = TreeOf(200);
  Frontier frontier;
  for (size_t size = 0; size <= 200; ++size) {
    const Hash root = NaiveRoot(tree.leaves, 0, size);
    EXPECT_EQ(*Root(size, tree.reader()), root) << size;
    EXPECT_EQ(frontier.Root(), root) << size;
    EXPECT_EQ(Frontier::At(size, tree.reader())->Root(), root) << size;
    if (size < 200) frontier.Add(tree.leaves[size]);
  }
}

TEST(Merkle, ProvesEveryLeafOfEveryTreeAndNoOther) {
  const Tree tree = TreeOf(70);
  for (uint64_t size = 1; size <= 70; ++size) {
    const Hash root = *Root(size, tree.reader());
    for (uint64_t leaf = 0; leaf < size; ++leaf) {
      std::vector<Hash> proof = *InclusionProof(leaf, size, tree.reader());
      ASSERT_TRUE(VerifyInclusion(tree.leaves[leaf], leaf, size, proof, root)) << leaf << " of " << size;
      EXPECT_FALSE(VerifyInclusion(tree.leaves[leaf], leaf + 1, size, proof, root) && size > 1);
      EXPECT_FALSE(VerifyInclusion(LeafHash("other"), leaf, size, proof, root));
      if (proof.empty()) continue;
      std::vector<Hash> longer = proof;
      longer.push_back(proof.back());
      EXPECT_FALSE(VerifyInclusion(tree.leaves[leaf], leaf, size, longer, root));
      proof.pop_back();
      EXPECT_FALSE(VerifyInclusion(tree.leaves[leaf], leaf, size, proof, root));
    }
  }
}

TEST(Merkle, ProvesThatEveryTreeGrewOutOfEveryEarlierOne) {
  const Tree tree = TreeOf(70);
  for (uint64_t to = 0; to <= 70; ++to) {
    const Hash to_root = *Root(to, tree.reader());
    for (uint64_t from = 0; from <= to; ++from) {
      const Hash from_root = *Root(from, tree.reader());
      std::vector<Hash> proof = *ConsistencyProof(from, to, tree.reader());
      ASSERT_TRUE(VerifyConsistency(from, to, from_root, to_root, proof)) << from << " to " << to;
      EXPECT_FALSE(VerifyConsistency(from, to, LeafHash("other"), to_root, proof)) << from << " to " << to;
      // The empty tree is the beginning of any: nothing to prove.
      if (from > 0) {
        EXPECT_FALSE(VerifyConsistency(from, to, from_root, LeafHash("other"), proof));
      }
      for (Hash& hash : proof) {
        hash[7] ^= 1;
        EXPECT_FALSE(VerifyConsistency(from, to, from_root, to_root, proof)) << from << " to " << to;
        hash[7] ^= 1;
      }
      proof.push_back(to_root);
      EXPECT_FALSE(VerifyConsistency(from, to, from_root, to_root, proof));
    }
  }
}

TEST(Merkle, ALeafIsNoNode) {  // a second preimage: 64 bytes that are two hashes
  const Hash left = LeafHash("l");
  const Hash right = LeafHash("r");
  EXPECT_NE(LeafHash(left + right), NodeHash(left, right));
}

TEST(Merkle, RefusesWhatTheTreeDoesNotHave) {
  const Tree tree = TreeOf(3);
  EXPECT_EQ(InclusionProof(3, 3, tree.reader()).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ConsistencyProof(4, 3, tree.reader()).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_FALSE(VerifyInclusion(tree.leaves[0], 0, 0, {}, EmptyRoot()));
  EXPECT_FALSE(VerifyConsistency(2, 1, EmptyRoot(), EmptyRoot(), {}));
  EXPECT_FALSE(Root(4, tree.reader()).ok()) << "a node that cannot be read is no empty one";
}

}  // namespace
}  // namespace tc::audit
