// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From the parallel lists of ONNX's tree operators to a Forest.

#include "frontends/onnx/ops/ml/Forest.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/Endian.h"
#include <cmath>

using namespace mlir;

namespace niello::onnx_frontend {

static double decodeNumber(DType dtype, const char *bytes) {
  using namespace llvm::support;
  switch (dtype) {
  case DType::Float:
    return llvm::bit_cast<float>(endian::read32le(bytes));
  case DType::Double:
    return llvm::bit_cast<double>(endian::read64le(bytes));
  case DType::Float16:
    return APFloat(APFloat::IEEEhalf(), APInt(16, endian::read16le(bytes)))
        .convertToDouble();
  default: // uint8: the modes of nodes
    return static_cast<uint8_t>(*bytes);
  }
}

FailureOr<std::optional<SmallVector<double>>> numbersAttr(Node &node,
                                                          StringRef name) {
  using Numbers = std::optional<SmallVector<double>>;
  const onnx::AttributeProto *attr = node.attribute(name);
  if (attr && attr->type() == onnx::AttributeProto::FLOATS)
    return Numbers(
        SmallVector<double>(attr->floats().begin(), attr->floats().end()));
  if (!attr)
    attr = node.attribute((name + "_as_tensor").str());
  if (!attr)
    return Numbers();
  auto dtype = static_cast<DType>(attr->t().data_type());
  if (dtype != DType::Float && dtype != DType::Double &&
      dtype != DType::Float16 && dtype != DType::UInt8)
    return node.bad("attribute " + name + " is of " + dtypeName(dtype));
  llvm::Expected<std::string> bytes = decodeTensor(attr->t());
  if (!bytes)
    return node.bad(llvm::toString(bytes.takeError()));
  size_t width = storageBits(dtype) / 8;
  SmallVector<double> out;
  for (size_t at = 0; at + width <= bytes->size(); at += width)
    out.push_back(decodeNumber(dtype, bytes->data() + at));
  return Numbers(std::move(out));
}

namespace {

/// Lists that describe the same nodes must be equally long.
LogicalResult sameLength(Node &node, StringRef name, size_t found,
                         size_t needed) {
  if (found == needed)
    return success();
  return node.bad("needs " + Twine(needed) + " entries in " + name +
                  ", but got " + Twine(found));
}

/// A list of integers as long as there are nodes; zeros where optional.
FailureOr<SmallVector<int64_t>> list(Node &node, StringRef name, size_t length,
                                     bool optional = false) {
  auto given = node.intsAttr(name);
  if (!given && optional)
    return SmallVector<int64_t>(length, 0);
  if (!given || failed(sameLength(node, name, given->size(), length)))
    return node.bad("lacks a list " + name + " of " + Twine(length) +
                    " entries");
  return *given;
}

/// The outcomes that go to the true branch, by ONNX's number of the mode;
/// a missing value is NaN.
uint8_t outcomes(int64_t mode, bool missingIsTrue) {
  static const uint8_t byMode[] = {Less | Same,    Less,
                                   Same | Greater, Greater,
                                   Same,           Less | Greater | Unordered,
                                   /*MEMBER*/ Same};
  return byMode[mode] | (missingIsTrue ? Unordered : 0);
}

constexpr int64_t member = 6;

std::optional<int64_t> modeNumber(StringRef name) {
  static const char *const names[] = {"BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE",
                                      "BRANCH_GT",  "BRANCH_EQ", "BRANCH_NEQ"};
  for (auto [i, known] : llvm::enumerate(names))
    if (name == known)
      return i;
  return std::nullopt;
}

/// A membership test becomes a chain of equalities: v in {a, b} is
/// v == a ? yes : v == b ? yes : no. The first stands where the node stood.
void addMembers(Forest &forest, size_t at, ArrayRef<double> members) {
  if (members.empty()) {
    forest.tests[at] &= Unordered;
    return;
  }
  forest.splits[at] = members.front();
  for (double value : members.drop_front()) {
    size_t next = forest.features.size();
    forest.addNode(forest.features[at], Same, value, forest.yes[at],
                   forest.no[at]);
    forest.no[at] = next;
    at = next;
  }
}

} // namespace

LogicalResult readForest(Node &node, Forest &forest) {
  auto modes = numbersAttr(node, "nodes_modes");
  auto splits = numbersAttr(node, "nodes_splits");
  auto weights = numbersAttr(node, "leaf_weights");
  auto members = numbersAttr(node, "membership_values");
  if (failed(modes) || failed(splits) || failed(weights) || failed(members))
    return failure();
  if (!*modes || !*splits || !*weights)
    return node.bad("lacks nodes_modes, nodes_splits or leaf_weights");
  size_t count = (*modes)->size(), leaves = (*weights)->size();
  auto features = list(node, "nodes_featureids", count);
  auto yes = list(node, "nodes_truenodeids", count);
  auto no = list(node, "nodes_falsenodeids", count);
  auto yesLeaf = list(node, "nodes_trueleafs", count);
  auto noLeaf = list(node, "nodes_falseleafs", count);
  auto missing = list(node, "nodes_missing_value_tracks_true", count, true);
  auto targets = list(node, "leaf_targetids", leaves);
  auto roots = node.intsAttr("tree_roots");
  if (failed(features) || failed(yes) || failed(no) || failed(yesLeaf) ||
      failed(noLeaf) || failed(missing) || failed(targets) ||
      failed(sameLength(node, "nodes_splits", (*splits)->size(), count)))
    return failure();
  if (!roots)
    return node.bad("lacks tree_roots");
  for (size_t i = 0; i < count; ++i) {
    int64_t mode = (**modes)[i];
    if (mode > member)
      return node.bad("has mode " + Twine(mode) + ", which is none of 0 to 6");
    forest.addNode((*features)[i], outcomes(mode, (*missing)[i]), (**splits)[i],
                   (*yesLeaf)[i] ? ~(*yes)[i] : (*yes)[i],
                   (*noLeaf)[i] ? ~(*no)[i] : (*no)[i]);
  }
  forest.roots.assign(roots->begin(), roots->end());
  forest.weights = **weights;
  forest.targets = *targets;
  for (size_t i = 0; i < leaves; ++i) // one vote a leaf
    forest.votes.push_back(i + 1);

  size_t next = 0; // sets of members, each ended by a NaN
  ArrayRef<double> sets;
  if (*members)
    sets = **members;
  for (size_t i = 0; i < count; ++i) {
    if ((**modes)[i] != member)
      continue;
    size_t end = next;
    while (end < sets.size() && !std::isnan(sets[end]))
      ++end;
    if (next >= sets.size())
      return node.bad("has fewer membership sets than BRANCH_MEMBER nodes");
    addMembers(forest, i, sets.slice(next, end - next));
    next = end + 1;
  }
  return success();
}

LogicalResult readOldForest(Node &node, StringRef prefix, Forest &forest) {
  auto ids = node.intsAttr("nodes_nodeids");
  auto *modes = node.attribute("nodes_modes");
  auto splits = numbersAttr(node, "nodes_values");
  auto weights = numbersAttr(node, (prefix + "_weights").str());
  if (failed(splits) || failed(weights))
    return failure();
  if (!ids || !modes || !*splits || !*weights)
    return node.bad("lacks nodes_nodeids, nodes_modes, nodes_values or " +
                    prefix + "_weights");
  size_t count = ids->size(), votes = (*weights)->size();
  auto trees = list(node, "nodes_treeids", count);
  auto features = list(node, "nodes_featureids", count);
  auto yes = list(node, "nodes_truenodeids", count);
  auto no = list(node, "nodes_falsenodeids", count);
  auto missing = list(node, "nodes_missing_value_tracks_true", count, true);
  auto voteTrees = list(node, (prefix + "_treeids").str(), votes);
  auto voteNodes = list(node, (prefix + "_nodeids").str(), votes);
  auto voteTargets = list(node, (prefix + "_ids").str(), votes);
  if (failed(trees) || failed(features) || failed(yes) || failed(no) ||
      failed(missing) || failed(voteTrees) || failed(voteNodes) ||
      failed(voteTargets) ||
      failed(sameLength(node, "nodes_modes", modes->strings_size(), count)) ||
      failed(sameLength(node, "nodes_values", (*splits)->size(), count)))
    return failure();

  using Key = std::pair<int64_t, int64_t>; // tree, node
  std::map<Key, SmallVector<size_t>> votesOf;
  for (size_t i = 0; i < votes; ++i)
    votesOf[{(*voteTrees)[i], (*voteNodes)[i]}].push_back(i);
  std::map<Key, int64_t> branchOf;
  int64_t interior = 0;
  for (size_t i = 0; i < count; ++i) {
    Key key{(*trees)[i], (*ids)[i]};
    bool isLeaf = modes->strings(i) == "LEAF";
    int64_t branch = interior;
    if (isLeaf) {
      branch = ~int64_t(forest.votes.size() - 1);
      for (size_t vote : votesOf[key]) {
        forest.targets.push_back((*voteTargets)[vote]);
        forest.weights.push_back((**weights)[vote]);
      }
      forest.votes.push_back(forest.targets.size());
    } else {
      ++interior;
    }
    if (!branchOf.insert({key, branch}).second)
      return node.bad("has node " + Twine(key.second) + " of tree " +
                      Twine(key.first) + " twice");
    if (i == 0 || (*trees)[i] != (*trees)[i - 1])
      forest.roots.push_back(branch); // a tree's first node is its root
  }
  for (size_t i = 0; i < count; ++i) {
    if (modes->strings(i) == "LEAF")
      continue;
    auto mode = modeNumber(modes->strings(i));
    if (!mode)
      return node.bad("has mode '" + modes->strings(i) + "'");
    auto onYes = branchOf.find({(*trees)[i], (*yes)[i]});
    auto onNo = branchOf.find({(*trees)[i], (*no)[i]});
    if (onYes == branchOf.end() || onNo == branchOf.end())
      return node.bad("has a branch to a node that tree " + Twine((*trees)[i]) +
                      " lacks");
    forest.addNode((*features)[i], outcomes(*mode, (*missing)[i]),
                   (**splits)[i], onYes->second, onNo->second);
  }
  return success();
}

LogicalResult checkForest(Node &node, Forest &forest, int64_t targets) {
  int64_t count = forest.features.size(), leaves = forest.votes.size() - 1;
  for (int64_t target : forest.targets)
    if (target < 0 || target >= targets)
      return node.bad("votes for target " + Twine(target) + " of " +
                      Twine(targets));
  for (int64_t feature : forest.features)
    if (feature < 0 || feature > INT32_MAX)
      return node.bad("needs features of 0 or more below 2^31, but got " +
                      Twine(feature));
  auto exists = [&](int64_t branch) {
    return branch >= 0 ? branch < count : ~branch < leaves;
  };
  // Depth first: a node entered again while its branches are open is a cycle.
  enum : char { Unseen, Open, Done };
  SmallVector<char> state(count, Unseen);
  for (int64_t root : forest.roots) {
    SmallVector<int64_t> stack{root};
    while (!stack.empty()) {
      int64_t at = stack.back();
      if (!exists(at))
        return node.bad("has a branch to a node or leaf that is not there");
      if (at < 0 || state[at] != Unseen) {
        if (at >= 0)
          state[at] = Done;
        stack.pop_back();
        continue;
      }
      state[at] = Open;
      for (int64_t next : {forest.yes[at], forest.no[at]}) {
        if (next >= 0 && next < count && state[next] == Open)
          return node.bad("has a tree whose branches come back to a node");
        stack.push_back(next);
      }
    }
  }
  return success();
}

} // namespace niello::onnx_frontend
