// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names for what a transformer's blocks are made of, beside the file's own:
//
//   blocks.N.attention.heads          one result a head, before the projection
//   blocks.N.attention.probabilities  what the softmax gives, where it is a node
//   blocks.N.attention.out            after the output projection and its bias
//   blocks.N.mlp.hidden               what the activation gives
//   blocks.N.mlp.out                  after the second projection and its bias
//
// Block N is that of the N-th attention of the graph, from 0 and in the file's
// order; the first MLP after it, before the next attention's result, is its
// own. Attention is a node that is one, or a softmax between two products. An
// MLP is two products by weights with elementwise operations between them, one
// of which is not linear.

#ifndef NIELLO_FRONTENDS_ONNX_BLOCKNAMES_H
#define NIELLO_FRONTENDS_ONNX_BLOCKNAMES_H

#include "frontends/onnx/Onnx.h"
#include "onnx/onnx_pb.h"
#include "llvm/ADT/StringMap.h"

#include <string>

namespace niello::onnx_frontend {

/// Names of values of the graph's own nodes -> names by block.
llvm::StringMap<std::string> blockNames(const onnx::GraphProto &graph);

/// The options with a name of the file for each name by block.
ImportOptions withFileNames(const ImportOptions &options,
                            const onnx::GraphProto &graph);

} // namespace niello::onnx_frontend

#endif
