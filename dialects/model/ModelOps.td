// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef NIELLO_DIALECTS_MODEL_MODELOPS
#define NIELLO_DIALECTS_MODEL_MODELOPS

include "dialects/model/ActivationOps.td"
include "dialects/model/AttentionOps.td"
include "dialects/model/ConvOps.td"
include "dialects/model/CumulativeOps.td"
include "dialects/model/GatherOps.td"
include "dialects/model/MatmulOps.td"
include "dialects/model/NormOps.td"
include "dialects/model/PadOps.td"
include "dialects/model/PoolOps.td"
include "dialects/model/RandomOps.td"
include "dialects/model/RecurrenceOps.td"
include "dialects/model/RegionOps.td"
include "dialects/model/ResizeOps.td"
include "dialects/model/ScatterOps.td"
include "dialects/model/SelectOps.td"
include "dialects/model/ShapeOps.td"
include "dialects/model/TreeOps.td"
include "dialects/model/WeightsOps.td"

#endif // NIELLO_DIALECTS_MODEL_MODELOPS
