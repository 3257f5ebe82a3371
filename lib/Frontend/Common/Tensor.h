//===- Tensor.h - the tensor expression builder -----------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// What every frontend writes its operators in: expressions over tensors that
// become operations of the dlc dialect. Operands are broadcast as numpy does,
// constants fold, sizes are tracked.
//
// A null Tensor is a failure that has been reported. Every function passes a
// null operand on, so an expression needs no checks on its way:
//
//   Tensor swish(TensorBuilder &b, Tensor x) { return x * b.sigmoid(x); }

#ifndef DLC_FRONTEND_COMMON_TENSOR_H
#define DLC_FRONTEND_COMMON_TENSOR_H

#include "dialects/dlc/Dlc.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include <optional>

namespace dlc {

class TensorBuilder;
using Dims = llvm::SmallVector<Dim>;
using Ints = llvm::SmallVector<int64_t>;

/// A value of ranked tensor type and the builder it belongs to, or null. Where
/// operators take them, a sequence, an optional or a map instead: of those
/// nothing but the value may be asked.
class Tensor {
public:
  Tensor() = default;
  Tensor(TensorBuilder &builder, mlir::Value value)
      : owner(&builder), ssa(value) {}

  explicit operator bool() const { return static_cast<bool>(ssa); }
  mlir::Value value() const { return ssa; }
  TensorBuilder &builder() const { return *owner; }
  bool isSequence() const {
    return isSequenceOrOptional(ssa.getType()) || isMap();
  }
  bool isMap() const { return llvm::isa<MapType>(ssa.getType()); }

  mlir::RankedTensorType type() const {
    return llvm::cast<mlir::RankedTensorType>(ssa.getType());
  }
  mlir::Type elementType() const { return type().getElementType(); }
  llvm::ArrayRef<int64_t> shape() const { return type().getShape(); }
  int64_t rank() const { return type().getRank(); }
  bool isFloat() const { return llvm::isa<mlir::FloatType>(elementType()); }
  bool isBool() const { return elementType().isInteger(1); }
  bool isString() const {
    return !isSequence() && dlc::isString(elementType());
  }
  bool isComplex() const { return llvm::isa<mlir::ComplexType>(elementType()); }
  bool isUnsigned() const { return elementType().isUnsignedInteger(); }

private:
  TensorBuilder *owner = nullptr;
  mlir::Value ssa;
};

/// What an operator gives: one tensor or several.
struct Tensors : llvm::SmallVector<Tensor, 2> {
  using SmallVector::SmallVector;
  Tensors(Tensor t) : SmallVector({t}) {}
};

/// What a step of a loop gives.
struct LoopStep {
  bool failed = true; ///< reported
  Tensor condition;   ///< of the next step; null: true
  Tensors state;
  Tensors rows; ///< one of each stack
};
struct LoopEnd {
  Tensors state;
  Tensors stacks;
};

class TensorBuilder {
public:
  TensorBuilder(mlir::OpBuilder &builder, mlir::Location loc)
      : ops(builder), loc(loc) {}

  mlir::OpBuilder &opBuilder() { return ops; }
  mlir::MLIRContext *context() { return ops.getContext(); }
  mlir::Location getLoc() const { return loc; }
  void setLoc(mlir::Location l) { loc = l; }
  Tensor wrap(mlir::Value v) { return Tensor(*this, v); }

  /// Reports at the current location; returns null.
  Tensor error(const llvm::Twine &message);

  mlir::Type f32() { return ops.getF32Type(); }
  mlir::Type i64() { return ops.getI64Type(); }
  mlir::Type boolean() { return ops.getI1Type(); }

  //===--- Constants ------------------------------------------------------===//

  Tensor constant(mlir::ElementsAttr value);
  /// A tensor of rank 0; the value is rounded to the type.
  Tensor scalar(double value, mlir::Type elementType);
  Tensor scalar(int64_t value, mlir::Type elementType);
  /// A scalar of the type of x's elements.
  Tensor like(double value, Tensor x) {
    return x ? scalar(value, x.elementType()) : Tensor();
  }
  /// All elements are `value`, a scalar tensor.
  Tensor full(llvm::ArrayRef<Dim> shape, Tensor value);
  /// A vector of i64.
  Tensor ints(llvm::ArrayRef<int64_t> values);
  /// A vector of the given sizes: a constant if all are.
  Tensor fromDims(llvm::ArrayRef<Dim> values, mlir::Type elementType = {});
  /// An i64 scalar.
  Tensor fromDim(Dim value, mlir::Type elementType = {});

  /// The value of a tensor known at compile time.
  std::optional<mlir::ElementsAttr> constantOf(Tensor x);
  /// The elements of a constant tensor of integers, row major.
  std::optional<Ints> constantInts(Tensor x);
  /// The elements of a constant tensor of floats or integers, row major.
  std::optional<llvm::SmallVector<double>> constantFloats(Tensor x);
  /// The elements of a tensor of integers as sizes: what can be is derived from
  /// the operations that made it, the rest is read at run time. Null (reported)
  /// where the number of elements is not known.
  std::optional<Dims> indices(Tensor x);
  /// The same for a scalar or a tensor of one element.
  Dim index(Tensor x);
  /// The only element of a tensor where sizes alone tell it; else null.
  Dim indexOfShapes(Tensor x);
  /// The same as `index`, read at run time unless it is a constant: for what a
  /// kernel counts.
  Dim counted(Tensor x);

  //===--- Sizes ----------------------------------------------------------===//

  /// Arithmetic on sizes; equal expressions are equal values.
  ShapeAlgebra sizes() { return ShapeAlgebra(loc, &ops, &cache); }
  Dim dim(Tensor x, int64_t i) { return sizes().dim(x.value(), i); }
  Dims dims(Tensor x) { return sizes().dims(x.value()); }
  Dim dim(int64_t value) { return sizes().constant(value); }
  Dims dims(llvm::ArrayRef<int64_t> values);
  /// The product of sizes.
  Dim product(llvm::ArrayRef<Dim> values);
  /// A quotient of products; common factors cancel. The division is exact.
  Dim quotient(llvm::ArrayRef<Dim> numerator, llvm::ArrayRef<Dim> denominator);
  /// Two sizes must be equal, at run time where neither is known; each `%` of
  /// the message stands for one of them.
  void require(Dim a, Dim b, llvm::StringRef message);
  /// Two sizes must differ, one of them known at run time alone.
  void forbid(Dim a, Dim b, llvm::StringRef message);
  /// x with a size that is open made a known one, which is required.
  Tensor pin(Tensor x, int64_t axis, int64_t size, llvm::StringRef message);
  /// A size as an index value.
  mlir::Value indexValue(Dim d);
  /// The sizes of a value are known to be these, e.g. shared with an argument.
  void setDims(mlir::Value x, llvm::ArrayRef<Dim> dims);

  //===--- Pointwise: one line for each op of Pointwise.td
  //------------------===//

  /// Operands of a binary op must have one element type.
  template <typename OpT> Tensor unary(Tensor x) {
    return pointwise(OpT::getOperationName(), {x}, false);
  }
  template <typename OpT> Tensor binary(Tensor x, Tensor y) {
    return pointwise(OpT::getOperationName(), {x, y}, false);
  }
  template <typename OpT> Tensor predicate(Tensor x) {
    return pointwise(OpT::getOperationName(), {x}, true);
  }
  template <typename OpT> Tensor compare(Tensor x, Tensor y) {
    return pointwise(OpT::getOperationName(), {x, y}, true);
  }

#define DLC_UNARY(NAME, OP)                                                    \
  Tensor NAME(Tensor x) { return unary<OP>(x); }
#define DLC_PREDICATE(NAME, OP)                                                \
  Tensor NAME(Tensor x) { return predicate<OP>(x); }
#define DLC_WITH_SCALARS(NAME, KIND, OP)                                       \
  Tensor NAME(Tensor x, Tensor y) { return KIND<OP>(x, y); }                   \
  Tensor NAME(Tensor x, double y) { return KIND<OP>(x, like(y, x)); }          \
  Tensor NAME(double x, Tensor y) { return KIND<OP>(like(x, y), y); }
#define DLC_BINARY(NAME, OP) DLC_WITH_SCALARS(NAME, binary, OP)
#define DLC_COMPARE(NAME, OP) DLC_WITH_SCALARS(NAME, compare, OP)
#include "Frontend/Common/Pointwise.def"
#undef DLC_WITH_SCALARS

  /// Where the condition (i1) holds x, elsewhere y.
  Tensor select(Tensor condition, Tensor x, Tensor y);
  Tensor cast(Tensor x, mlir::Type elementType);
  /// The same bits as another type of their width.
  Tensor bitcast(Tensor x, mlir::Type elementType);
  Tensor reciprocal(Tensor x) { return div(1.0, x); }
  /// Null bounds are open.
  Tensor clamp(Tensor x, Tensor low, Tensor high);
  Tensor square(Tensor x) { return mul(x, x); }
  Tensor relu(Tensor x) { return max(x, 0.0); }

  /// Complex numbers are only moved; what is computed is so with their parts.
  Tensor complex(Tensor real, Tensor imaginary);
  Tensor realPart(Tensor x) { return complexPart(x, 0); }
  Tensor imaginaryPart(Tensor x) { return complexPart(x, 1); }
  /// What `fn`, which is linear, makes of x, whose elements may be complex.
  Tensor eachPart(Tensor x, llvm::function_ref<Tensor(Tensor)> fn);

  //===--- Movement -------------------------------------------------------===//

  /// At most one size may be null: it is what the others leave over.
  Tensor reshape(Tensor x, llvm::ArrayRef<Dim> shape);
  /// As above; -1 is what the others leave over.
  Tensor reshape(Tensor x, llvm::ArrayRef<int64_t> shape);
  /// Joins dimensions [begin, end) to one; a new one of size 1 if there is
  /// none.
  Tensor flatten(Tensor x, int64_t begin, int64_t end);
  /// Adds dimensions of size 1 so that they are the given ones of the result.
  Tensor unsqueeze(Tensor x, llvm::ArrayRef<int64_t> axes);
  Tensor squeeze(Tensor x, llvm::ArrayRef<int64_t> axes);
  Tensor transpose(Tensor x, llvm::ArrayRef<int64_t> permutation);
  /// Swaps the last two dimensions.
  Tensor transposeLast(Tensor x);
  /// Moves a dimension to another place.
  Tensor moveAxis(Tensor x, int64_t from, int64_t to);
  /// Numpy's broadcast_to: x's sizes are 1 or the target's.
  Tensor broadcastTo(Tensor x, llvm::ArrayRef<Dim> shape);
  /// The common shape that numpy's broadcasting gives; nullopt is reported.
  std::optional<Dims> broadcastShape(llvm::ArrayRef<Tensor> xs);
  /// Element i along each dimension is offset + i * step; all must be in
  /// bounds.
  Tensor slice(Tensor x, llvm::ArrayRef<Dim> offsets, llvm::ArrayRef<Dim> sizes,
               llvm::ArrayRef<int64_t> steps = {});
  /// Elements [offset, offset + size) of one dimension.
  Tensor sliceAxis(Tensor x, int64_t axis, Dim offset, Dim size);
  /// Splits a dimension into parts of the given sizes.
  Tensors split(Tensor x, int64_t axis, llvm::ArrayRef<Dim> sizes);
  /// `value` is a scalar of x's type; null is 0.
  Tensor pad(Tensor x, llvm::ArrayRef<Dim> low, llvm::ArrayRef<Dim> high,
             Tensor value = {}, PadMode mode = PadMode::constant);
  Tensor concat(llvm::ArrayRef<Tensor> xs, int64_t axis);
  /// Indices must not be negative (see wrapIndices).
  Tensor gather(Tensor x, Tensor indices, int64_t axis);
  /// Adds `size` to negative indices.
  Tensor wrapIndices(Tensor indices, Dim size);
  /// `into` with the elements from `offset` on along a dimension replaced.
  Tensor insert(Tensor part, Tensor into, Dim offset, int64_t axis = 0);
  Tensor scatter(ScatterKind kind, Tensor data, Tensor indices, Tensor updates);
  Tensor iota(llvm::ArrayRef<Dim> shape, int64_t dimension,
              mlir::Type elementType = {});
  Tensor reverse(Tensor x, llvm::ArrayRef<int64_t> axes);

  //===--- Reduction, contraction -----------------------------------------===//

  Tensor reduce(ReduceKind kind, Tensor x, llvm::ArrayRef<int64_t> axes,
                bool keepDims = false);
  Tensor sum(Tensor x, llvm::ArrayRef<int64_t> axes, bool keepDims = false) {
    return reduce(ReduceKind::sum, x, axes, keepDims);
  }
  Tensor mean(Tensor x, llvm::ArrayRef<int64_t> axes, bool keepDims = false);
  Tensor argReduce(ReduceKind kind, Tensor x, int64_t axis, bool last = false,
                   bool keepDims = false);
  Tensor scan(ReduceKind kind, Tensor x, int64_t axis, bool exclusive = false,
              bool reverse = false);
  /// Numpy's matmul: vectors are promoted, batches broadcast.
  Tensor matmul(Tensor x, Tensor y);
  /// Channels last, as dlc.conv and dlc.pool; pads: low ends, then high ends.
  Tensor conv(Tensor x, Tensor kernel, llvm::ArrayRef<int64_t> strides,
              llvm::ArrayRef<int64_t> dilations, llvm::ArrayRef<int64_t> pads,
              int64_t groups);
  Tensor pool(ReduceKind kind, Tensor x, llvm::ArrayRef<int64_t> kernel,
              llvm::ArrayRef<int64_t> strides,
              llvm::ArrayRef<int64_t> dilations, llvm::ArrayRef<int64_t> pads);
  /// [n, c, spatial...] to [n, spatial..., c] and back.
  Tensor channelsLast(Tensor x);
  Tensor channelsFirst(Tensor x);

  //===--- Search ---------------------------------------------------------===//

  /// Indices of the k greatest (least) elements along a dimension, in order;
  /// k is at most its size.
  Tensor topk(Tensor x, Dim k, int64_t axis, bool least = false);
  /// Where the true elements of a vector are; as long as there are such.
  Tensor nonzero(Tensor mask);
  /// See dlc.nms.
  Tensor nms(Tensor boxes, Tensor scores, Tensor overlap, Tensor leastScore,
             Dim limit);
  /// For each element of `indices`, where in row-major data [dims] it is with
  /// its own position replaced along `axis`.
  Tensor elementOffsets(llvm::ArrayRef<Dim> dims, Tensor indices, int64_t axis);
  /// `at` where its index lies in [0, size), elsewhere -1: an error of the run.
  Tensor guard(Tensor at, Tensor index, Dim size);
  /// Picks elements of a dimension; x and the indices are of the same rank.
  Tensor gatherElements(Tensor x, Tensor indices, int64_t axis);

  //===--- The run time, strings
  //--------------------------------------------------------===//

  Tensor strings(llvm::ArrayRef<llvm::StringRef> values);
  Tensor string(llvm::StringRef value);
  mlir::Type stringType() { return dlc::stringType(context()); }
  /// What a function of the run time makes of whole tensors, see dlc.call.
  Tensor call(llvm::StringRef function, llvm::ArrayRef<Tensor> inputs,
              llvm::ArrayRef<Dim> shape, mlir::Type elementType);
  /// The same for each element of broadcast inputs.
  Tensor callEach(llvm::StringRef function, llvm::ArrayRef<Tensor> inputs,
                  mlir::Type elementType);
  /// All constants, by number; null if there are no others than "".
  mlir::ArrayAttr stringTable();
  //===--- Sequences and optionals ----------------------------------------===//

  /// A sequence of tensors whose elements are of this type.
  Tensor sequence(llvm::ArrayRef<Tensor> items, mlir::Type scalar);
  /// The tensors of a sequence, if that is known at compile time.
  std::optional<Tensors> itemsOf(Tensor sequence);
  Dim length(Tensor sequence);
  /// A position that may be counted from the end, as one from the start;
  /// checked, null is reported. `orBehind`: the end is one, too.
  Dim position(Tensor sequence, Dim at, bool orBehind = false);
  // These take a position as the above gives it.
  Tensor itemAt(Tensor sequence, Dim at);
  Tensor insertItem(Tensor sequence, Tensor x, Dim at);
  Tensor eraseItem(Tensor sequence, Dim at);
  /// An optional of this type that holds nothing.
  Tensor none(mlir::Type type);
  /// One that holds x, a tensor or a sequence.
  Tensor optional(Tensor x);
  mlir::Value isThere(Tensor optional);
  /// What an optional holds; what is none as it is.
  Tensor heldBy(Tensor optional);

  //===--- Maps -----------------------------------------------------------===//

  /// A vector of keys and one of values; a matrix is a map for each row.
  Tensor map(Tensor keys, Tensor values);
  Tensor keysOf(Tensor map);
  Tensor valuesOf(Tensor map);

  //===--- Structure ------------------------------------------------------===//

  using Body =
      llvm::function_ref<Tensors(TensorBuilder &, llvm::ArrayRef<Tensor>)>;
  /// Wraps what `body` builds over `inputs` in a dlc.composite with the given
  /// attributes. The body sees the tensors it is passed and no others.
  Tensors composite(llvm::StringRef name, llvm::ArrayRef<Tensor> inputs,
                    Body body,
                    llvm::ArrayRef<mlir::NamedAttribute> attributes = {});

  using LoopBody =
      llvm::function_ref<Tensors(Dim i, llvm::ArrayRef<Tensor> state)>;
  /// Runs `body` for i = low, ..., high - 1. It is built once: it gets what the
  /// step before gave, `inits` at first, and gives as many tensors of the same
  /// shapes. It may use any tensor; what it builds lives in the body alone.
  Tensors loop(Dim low, Dim high, llvm::ArrayRef<Tensor> inits, LoopBody body);

  using Branch = llvm::function_ref<Tensors()>;
  /// What `then` gives if the condition (a single i1) holds, else what
  /// `otherwise` does. Sizes in which they differ are known at run time. Where
  /// ranks differ, `ranksDiffer` (if it is not null) says so instead of an
  /// error. Where only one of them gives something, it is an error of the run,
  /// `misfit` (if it is not null), to take the other one.
  Tensors branch(Tensor condition, Branch then, Branch otherwise,
                 std::string *ranksDiffer = nullptr,
                 const std::string *misfit = nullptr);

  using StepBody =
      llvm::function_ref<LoopStep(Dim i, llvm::ArrayRef<Tensor> state)>;
  /// Runs `body` for i = 0, 1, ... while i < trips (null: no limit) and the
  /// condition (null: true) holds. The state may change its sizes; the rows of
  /// all steps are stacked. `body` may be asked for several times, and may use
  /// any tensor; what it builds lives in the body alone. Null: reported.
  std::optional<LoopEnd> iterate(Dim trips, Tensor condition,
                                 llvm::ArrayRef<Tensor> inits, StepBody body);
  /// Which step of each loop of `iterate` this is in, the outermost first.
  llvm::ArrayRef<Dim> steps() const { return stepNumbers; }

private:
  void check(bool equal, Dim a, Dim b, llvm::StringRef message);

  mlir::OpBuilder ops;
  mlir::Location loc;
  SizeCache cache;
  llvm::StringMap<int64_t> stringNumbers;
  llvm::SmallVector<mlir::Attribute> stringValues;
  Dims stepNumbers;
  unsigned loopDepth = 0;
  int64_t copies = 1; ///< of what is built: the product of unrolled counts

  int64_t numberOf(llvm::StringRef string);
  friend class IndexReader;
  friend class BranchMaker;
  friend class LoopMaker;
  Tensor complexPart(Tensor x, int64_t part);
  Tensor scatterComplex(ScatterKind kind, Tensor data, Tensor indices,
                        Tensor updates);
  Tensor pointwise(llvm::StringRef op, llvm::ArrayRef<Tensor> operands,
                   bool isPredicate);
  /// Builds an op that derives its own shape.
  template <typename OpT>
  Tensor shaped(mlir::ValueRange operands,
                const typename OpT::Properties &properties);
  /// Ends the building of an op whose result has these sizes: folds it if it
  /// can be, else records the sizes.
  Tensor finish(mlir::Operation *op, llvm::ArrayRef<Dim> dims);
  mlir::ElementsAttr evaluateNow(mlir::Operation *op);
  /// The type of a result; sizes that no tensor has are reported.
  mlir::RankedTensorType typeOf(llvm::ArrayRef<Dim> dims, mlir::Type element);
  /// The values of those sizes that a type leaves open.
  llvm::SmallVector<mlir::Value> openSizes(llvm::ArrayRef<Dim> dims);
  bool fitsElements(llvm::ArrayRef<Dim> from, llvm::ArrayRef<Dim> to);
};

#define DLC_OPERATOR(SIGN, NAME)                                               \
  inline Tensor operator SIGN(Tensor x, Tensor y) {                            \
    return x && y ? x.builder().NAME(x, y) : Tensor();                         \
  }                                                                            \
  inline Tensor operator SIGN(Tensor x, double y) {                            \
    return x ? x.builder().NAME(x, y) : Tensor();                              \
  }                                                                            \
  inline Tensor operator SIGN(double x, Tensor y) {                            \
    return y ? y.builder().NAME(x, y) : Tensor();                              \
  }
DLC_OPERATOR(+, add)
DLC_OPERATOR(-, sub)
DLC_OPERATOR(*, mul)
DLC_OPERATOR(/, div)
#undef DLC_OPERATOR
inline Tensor operator-(Tensor x) { return x ? x.builder().neg(x) : x; }

} // namespace dlc

#endif // DLC_FRONTEND_COMMON_TENSOR_H
