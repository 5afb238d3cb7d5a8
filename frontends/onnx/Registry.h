// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The tables of operators, one a file of ops/. Only Registry.cpp reads this: an
// operator more is no reason to compile the others again.

#ifndef NIELLO_FRONTENDS_ONNX_REGISTRY_H
#define NIELLO_FRONTENDS_ONNX_REGISTRY_H

#include "frontends/onnx/Node.h"

namespace niello::onnx_frontend {

llvm::ArrayRef<Registration> elementwiseOps();
llvm::ArrayRef<Registration> shapeOps();
llvm::ArrayRef<Registration> sliceOps();
llvm::ArrayRef<Registration> unaryOps();
llvm::ArrayRef<Registration> matmulOps();
llvm::ArrayRef<Registration> normOps();
llvm::ArrayRef<Registration> reduceOps();
llvm::ArrayRef<Registration> gatherOps();
llvm::ArrayRef<Registration> constantOps();
llvm::ArrayRef<Registration> castOps();
llvm::ArrayRef<Registration> activationOps();
llvm::ArrayRef<Registration> arithmeticOps();
llvm::ArrayRef<Registration> treeOps();
llvm::ArrayRef<Registration> linearOps();
llvm::ArrayRef<Registration> ngramOps();
llvm::ArrayRef<Registration> optimizerOps();
llvm::ArrayRef<Registration> roiPoolOps();
llvm::ArrayRef<Registration> quantizeOps();
llvm::ArrayRef<Registration> qlinearOps();
llvm::ArrayRef<Registration> qlinearBinaryOps();
llvm::ArrayRef<Registration> convOps();
llvm::ArrayRef<Registration> poolOps();
llvm::ArrayRef<Registration> recurrentOps();
llvm::ArrayRef<Registration> sequenceOps();
llvm::ArrayRef<Registration> resizeOps();
llvm::ArrayRef<Registration> deformConvOps();
llvm::ArrayRef<Registration> visionOps();
llvm::ArrayRef<Registration> channelNormOps();
llvm::ArrayRef<Registration> dropoutOps();
llvm::ArrayRef<Registration> ifOps();
llvm::ArrayRef<Registration> loopOps();
llvm::ArrayRef<Registration> scanOps();
llvm::ArrayRef<Registration> padOps();
llvm::ArrayRef<Registration> arrangeOps();
llvm::ArrayRef<Registration> fillOps();
llvm::ArrayRef<Registration> selectOps();
llvm::ArrayRef<Registration> einsumOps();
llvm::ArrayRef<Registration> fourierOps();
llvm::ArrayRef<Registration> matrixOps();
llvm::ArrayRef<Registration> orderOps();
llvm::ArrayRef<Registration> scatterOps();
llvm::ArrayRef<Registration> featureOps();
llvm::ArrayRef<Registration> skipNormOps();
llvm::ArrayRef<Registration> fusedMatmulOps();
llvm::ArrayRef<Registration> randomOps();
llvm::ArrayRef<Registration> melOps();
llvm::ArrayRef<Registration> groupQueryOps();
llvm::ArrayRef<Registration> multiHeadOps();
llvm::ArrayRef<Registration> rotaryOps();
llvm::ArrayRef<Registration> standardOps();
llvm::ArrayRef<Registration> svmOps();
llvm::ArrayRef<Registration> bnb4Ops();
llvm::ArrayRef<Registration> expertOps();
llvm::ArrayRef<Registration> eliminationOps();
llvm::ArrayRef<Registration> fusedOps();
llvm::ArrayRef<Registration> gatherQuantizedOps();
llvm::ArrayRef<Registration> quantizedLayerOps();

} // namespace niello::onnx_frontend

#endif
