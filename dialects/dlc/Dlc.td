//===----------------------------------------------------------------------===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_TD
#define DLC_TD
include "dialects/dlc/Pointwise.td"
include "dialects/dlc/Movement.td"
include "dialects/dlc/Reduction.td"
include "dialects/dlc/Contraction.td"
include "dialects/dlc/Search.td"
include "dialects/dlc/Call.td"
include "dialects/dlc/Structure.td"
include "dialects/dlc/Sequence.td"
#endif // DLC_TD
