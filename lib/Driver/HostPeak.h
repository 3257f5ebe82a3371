//===- HostPeak.h - what this core can do at most ---------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef DLC_DRIVER_HOSTPEAK_H
#define DLC_DRIVER_HOSTPEAK_H

#include <cstdint>

namespace dlc {

/// The float32 multiply-adds of one core with vectors of so many bytes, in
/// GFLOP/s, measured. The host must have such vectors.
double hostPeak(int64_t vectorBytes);

} // namespace dlc

#endif // DLC_DRIVER_HOSTPEAK_H
