//===- Elements.cpp - elements as numbers -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluate/Elements.h"

#include "llvm/ADT/APFloat.h"

using namespace mlir;
using namespace dlc;

static Layout floatLayout(Type type) {
  if (type.isF64())
    return Layout::f64;
  if (type.isF32())
    return Layout::f32;
  if (type.isF16())
    return Layout::f16;
  return type.isBF16() ? Layout::bf16 : Layout::smallFloat;
}

static Layout integerLayout(Type type) {
  bool isUnsigned = isUnsignedScalar(type);
  switch (type.isIndex() ? 64 : type.getIntOrFloatBitWidth()) {
  case 64:
    return Layout::i64;
  case 32:
    return isUnsigned ? Layout::u32 : Layout::i32;
  case 16:
    return isUnsigned ? Layout::u16 : Layout::i16;
  case 8:
    return isUnsigned ? Layout::u8 : Layout::i8;
  default:
    return Layout::small;
  }
}

/// The values of all 2^width bit patterns.
static std::shared_ptr<double[]> decodeAll(FloatType type) {
  std::shared_ptr<double[]> values(new double[256]());
  for (unsigned bits = 0; bits < 1u << type.getWidth(); ++bits)
    values[bits] = floatNumber(type, bits);
  return values;
}

ElementFormat::ElementFormat(Type type)
    : type(type),
      layout(isFloatScalar(type) ? floatLayout(type) : integerLayout(type)),
      bytes(elementBytes(type)) {
  if (layout == Layout::smallFloat)
    decoded = decodeAll(cast<FloatType>(type));
}

template <typename T> static T load(const char *from) {
  T value;
  memcpy(&value, from, sizeof(T));
  return value;
}

template <typename T> static void store(char *to, T value) {
  memcpy(to, &value, sizeof(T));
}

//===----------------------------------------------------------------------===//
// Half precision
//===----------------------------------------------------------------------===//

static double decodeHalf(uint16_t bits) {
  int exponent = (bits >> 10) & 31, mantissa = bits & 1023;
  double magnitude;
  if (exponent == 31)
    magnitude = mantissa ? std::nan("") : HUGE_VAL;
  else if (exponent == 0)
    magnitude = mantissa * 0x1p-24;
  else
    magnitude = std::ldexp(mantissa + 1024, exponent - 25);
  return bits & 0x8000 ? -magnitude : magnitude;
}

/// Of a number that the type has.
static uint16_t encodeHalf(double value) {
  uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  double magnitude = std::fabs(value);
  if (std::isnan(value))
    return sign | 0x7e00;
  if (std::isinf(value))
    return sign | 0x7c00;
  if (magnitude < 0x1p-14)
    return sign | static_cast<uint16_t>(magnitude * 0x1p24);
  int exponent = std::ilogb(magnitude);
  auto mantissa = static_cast<uint16_t>(std::ldexp(magnitude, 10 - exponent));
  return sign |
         static_cast<uint16_t>((exponent + 15) << 10 | (mantissa & 1023));
}

static double decodeBFloat(uint16_t bits) {
  return llvm::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

static uint16_t encodeBFloat(double value) {
  uint16_t bits = llvm::bit_cast<uint32_t>(static_cast<float>(value)) >> 16;
  return std::isnan(value) ? bits | 0x40 : bits; // stays a NaN when cut
}

//===----------------------------------------------------------------------===//
// Reading and writing
//===----------------------------------------------------------------------===//

double ElementFormat::readFloat(const char *from) const {
  switch (layout) {
  case Layout::f64:
    return load<double>(from);
  case Layout::f32:
    return load<float>(from);
  case Layout::f16:
    return decodeHalf(load<uint16_t>(from));
  case Layout::bf16:
    return decodeBFloat(load<uint16_t>(from));
  default: {
    // Bits above the width don't count.
    unsigned mask = (1u << type.getIntOrFloatBitWidth()) - 1;
    return decoded[load<uint8_t>(from) & mask];
  }
  }
}

void ElementFormat::writeFloat(char *to, double value) const {
  switch (layout) {
  case Layout::f64:
    return store(to, value);
  case Layout::f32:
    return store(to, static_cast<float>(value));
  case Layout::f16:
    return store(to, encodeHalf(value));
  case Layout::bf16:
    return store(to, encodeBFloat(value));
  default:
    return store(
        to, static_cast<uint8_t>(floatCode(cast<FloatType>(type), value)));
  }
}

int64_t ElementFormat::readInteger(const char *from) const {
  switch (layout) {
  case Layout::i8:
    return load<int8_t>(from);
  case Layout::i16:
    return load<int16_t>(from);
  case Layout::i32:
    return load<int32_t>(from);
  case Layout::u8:
    return load<uint8_t>(from);
  case Layout::u16:
    return load<uint16_t>(from);
  case Layout::u32:
    return load<uint32_t>(from);
  case Layout::small:
    return type.isInteger(1) ? load<uint8_t>(from) != 0
                             : wrapToType(type, load<uint8_t>(from));
  default:
    return load<int64_t>(from);
  }
}

void ElementFormat::writeInteger(char *to, int64_t value) const {
  // Attributes want the bits above the width clear.
  if (layout == Layout::small)
    return store(to, static_cast<uint8_t>(
                         value & ((1 << type.getIntOrFloatBitWidth()) - 1)));
  switch (bytes) {
  case 1:
    return store(to, static_cast<uint8_t>(value));
  case 2:
    return store(to, static_cast<uint16_t>(value));
  case 4:
    return store(to, static_cast<uint32_t>(value));
  default:
    return store(to, value);
  }
}
