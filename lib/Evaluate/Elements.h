//===- Elements.h - elements as numbers -*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// How an element of each type lies in memory is known here only.

#ifndef LIB_EVALUATE_ELEMENTS_H
#define LIB_EVALUATE_ELEMENTS_H

#include "Evaluate/HostTensor.h"
#include "dialects/dlc/ScalarEvaluator.h"
#include <vector>

namespace dlc {

/// The layouts that an element may have.
enum class Layout : uint8_t {
  f64,
  f32,
  f16,
  bf16,
  smallFloat,
  i8,
  i16,
  i32,
  i64,
  u8,
  u16,
  u32,
  small
};

/// Reads and writes elements of one type.
class ElementFormat {
public:
  explicit ElementFormat(mlir::Type type);

  mlir::Type getType() const { return type; }
  bool isFloat() const { return layout <= Layout::smallFloat; }
  int64_t getBytes() const { return bytes; }

  double readFloat(const char *from) const;
  int64_t readInteger(const char *from) const;
  /// The value must be rounded (wrapped) to the type.
  void writeFloat(char *to, double value) const;
  void writeInteger(char *to, int64_t value) const;

  void read(const char *from, Scalar &x) const {
    if (isFloat())
      x.f = readFloat(from);
    else
      x.i = readInteger(from);
  }
  void write(char *to, const Scalar &x) const {
    if (isFloat())
      writeFloat(to, x.f);
    else
      writeInteger(to, x.i);
  }

private:
  mlir::Type type;
  Layout layout;
  int64_t bytes;
  std::shared_ptr<double[]> decoded; ///< of a float of at most 8 bits

};

/// Reads elements of a tensor, splat or not, by their place in row-major order.
class Reader {
public:
  explicit Reader(const HostTensor &tensor)
      : format(tensor.getElementType()), data(tensor.data()),
        step(tensor.isSplat() ? 0 : format.getBytes()) {}
  bool isFloat() const { return format.isFloat(); }
  mlir::Type getType() const { return format.getType(); }
  void read(int64_t i, Scalar &x) const { format.read(data + i * step, x); }
  template <typename T> T get(int64_t i) const {
    if constexpr (std::is_same_v<T, double>)
      return format.readFloat(data + i * step);
    else
      return static_cast<T>(format.readInteger(data + i * step));
  }

private:
  ElementFormat format;
  const char *data;
  int64_t step;
};

/// Writes elements of a new tensor; rounds or wraps what it is given.
class Writer {
public:
  explicit Writer(HostTensor &tensor)
      : format(tensor.getElementType()), data(tensor.mutableData()) {}
  void write(int64_t i, const Scalar &x) const {
    format.write(data + i * format.getBytes(), x);
  }
  template <typename T> void set(int64_t i, T value) const {
    char *to = data + i * format.getBytes();
    if constexpr (std::is_same_v<T, double>)
      format.writeFloat(to, roundToType(format.getType(), value));
    else
      format.writeInteger(to, wrapToType(format.getType(), value));
  }

private:
  ElementFormat format;
  char *data;
};

/// Calls `f` with a value of the type to compute in: double, int64_t, or
/// uint64_t where the order of unsigned integers matters.
template <typename F> auto withNumberType(mlir::Type type, F &&f) {
  if (isFloatScalar(type))
    return f(double());
  return isUnsignedScalar(type) ? f(uint64_t()) : f(int64_t());
}

/// All elements, splat or not.
template <typename T> std::vector<T> widen(const HostTensor &tensor) {
  Reader reader(tensor);
  std::vector<T> values(tensor.getNumElements());
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = reader.get<T>(i);
  return values;
}

/// Integer arithmetic wraps.
template <typename T> T addNumbers(T a, T b) {
  if constexpr (std::is_same_v<T, double>)
    return a + b;
  else
    return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
template <typename T> T multiplyNumbers(T a, T b) {
  if constexpr (std::is_same_v<T, double>)
    return a * b;
  else
    return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

} // namespace dlc

#endif // LIB_EVALUATE_ELEMENTS_H
