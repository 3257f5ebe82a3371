//===- Evaluate.cpp - the reference evaluator of the dlc dialect -*- C++
//-*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluate/Evaluate.h"

#include "Evaluate/Call.h"
#include "Evaluate/Elements.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace dlc;

using Tensors = SmallVector<HostTensor>;

static LogicalResult evaluateAny(Operation *op, ArrayRef<HostTensor> operands,
                                 Tensors &results, std::string *reason);

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

Result Call::allocate() const {
  Result result = HostTensor::allocate(getType());
  if (failed(result))
    return fail("no memory for the result");
  return result;
}

SmallVector<int64_t> Call::mixed(ArrayRef<int64_t> known,
                                 OperandRange rest) const {
  SmallVector<int64_t> values(known);
  // An empty range has no place among the operands.
  unsigned next = rest.empty() ? 0 : rest.getBeginOperandIndex();
  unsigned end = next + rest.size();
  for (int64_t &value : values)
    if (ShapedType::isDynamic(value) && next < end)
      value = Reader(operands[next++]).get<int64_t>(0);
  return values;
}

/// The type of the tensor that stands for a value; null for what can't be one.
static RankedTensorType hostType(Type type) {
  if (auto ranked = dyn_cast<RankedTensorType>(type))
    return tensorBytes(ranked) ? ranked : RankedTensorType();
  if (type.isIndex() || type.isIntOrFloat())
    if (auto scalar = RankedTensorType::get({}, type); tensorBytes(scalar))
      return scalar;
  return {};
}

/// An encoding changes nothing of what a tensor holds.
static bool fits(const HostTensor &value, Type type) {
  RankedTensorType expected = hostType(type);
  return expected && expected.getShape() == value.getShape() &&
         expected.getElementType() == value.getElementType();
}

static bool isComplex(Value v) {
  return isa<ComplexType>(getElementTypeOrSelf(v));
}

static LogicalResult checkOperands(const Call &call) {
  if (isa<PointwiseOpInterface, ScatterOp>(call.op) &&
      (llvm::any_of(call.op->getOperands(), isComplex) ||
       llvm::any_of(call.op->getResults(), isComplex)))
    return call.fail("complex numbers are only moved");
  for (auto [i, type] : llvm::enumerate(call.op->getOperandTypes()))
    if (!fits(call.operands[i], type))
      return call.fail("the value of operand " + Twine(i) +
                       " is not of its type");
  for (auto [i, type] : llvm::enumerate(call.op->getResultTypes()))
    if (!hostType(type))
      return call.fail("the type of result " + Twine(i) +
                       " is dynamic or not supported");
  return success();
}

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

namespace {
/// The values that a block knows: its own and those around it.
struct Scope {
  const Scope *outer;
  llvm::DenseMap<Value, HostTensor> values;

  explicit Scope(const Scope *outer) : outer(outer) {}

  const HostTensor *find(Value v) const {
    auto found = values.find(v);
    if (found != values.end())
      return &found->second;
    return outer ? outer->find(v) : nullptr;
  }
};
} // namespace

/// An operation in its place: it may have regions that see what is around it.
static LogicalResult evaluateInScope(Operation *op, const Scope &scope,
                                     ArrayRef<HostTensor> operands,
                                     Tensors &results, std::string *reason);

/// Runs a block to its terminator, whose operands are the results.
static LogicalResult evaluateBlock(Block &block, ArrayRef<HostTensor> arguments,
                                   Tensors &results, std::string *reason,
                                   const Scope *outer = nullptr) {
  Scope scope(outer);
  for (auto [argument, value] :
       llvm::zip_equal(block.getArguments(), arguments))
    scope.values[argument] = value;
  for (Operation &op : block) {
    Tensors operands, produced;
    for (Value operand : op.getOperands()) {
      const HostTensor *found = scope.find(operand);
      if (!found)
        return Call{&op, {}, reason}.fail("a value comes from outside");
      operands.push_back(*found);
    }
    if (op.hasTrait<OpTrait::IsTerminator>()) {
      results = std::move(operands);
      return success();
    }
    if (failed(evaluateInScope(&op, scope, operands, produced, reason)))
      return failure();
    for (auto [value, result] : llvm::zip_equal(op.getResults(), produced))
      scope.values[value] = result;
    // What nothing reads any more is freed.
    for (Value operand : op.getOperands())
      if (operand.hasOneUse())
        scope.values.erase(operand);
  }
  return Call{block.getParentOp(), {}, reason}.fail("no terminator");
}

/// What a loop carries, with the number of a step in front: the arguments of
/// its body.
static LogicalResult stepArguments(const Call &call, Block &body, int64_t i,
                                   ArrayRef<HostTensor> carried,
                                   Tensors &arguments) {
  Result index = HostTensor::getIndex(call.op->getContext(), i);
  if (failed(index))
    return call.fail("no memory for an index");
  arguments.push_back(*index);
  for (auto [value, arg] :
       llvm::zip_equal(carried, body.getArguments().drop_front())) {
    if (!fits(value, arg.getType()))
      return call.fail("a loop carries a value that is not of its type");
    arguments.push_back(value);
  }
  return success();
}

static LogicalResult evaluateLoop(scf::ForOp loop, const Scope &outer,
                                  ArrayRef<HostTensor> operands,
                                  Tensors &results, std::string *reason) {
  Call call{loop, operands, reason};
  if (!loop.getInductionVar().getType().isIndex())
    return call.fail("a loop does not count by indices");
  int64_t bounds[3];
  for (auto [bound, operand] : llvm::zip(bounds, operands))
    bound = Reader(operand).get<int64_t>(0);
  auto [low, high, step] = bounds;
  if (step < 1)
    return call.fail("a loop's step is not positive");
  results.assign(operands.begin() + 3, operands.end());
  for (int64_t i = low; i < high;) {
    Tensors arguments, next;
    Block &body = *loop.getBody();
    if (failed(stepArguments(call, body, i, results, arguments)) ||
        failed(evaluateBlock(body, arguments, next, reason, &outer)))
      return failure();
    results = std::move(next);
    if (llvm::AddOverflow(i, step, i))
      break;
  }
  return success();
}

static LogicalResult evaluateLoop(LoopOp loop, const Scope &outer,
                                  ArrayRef<HostTensor> operands,
                                  Tensors &results, std::string *reason) {
  Call call{loop, operands, reason};
  Block &body = loop.getBody().front();
  int64_t trips = Reader(operands[0]).get<int64_t>(0);
  bool again = Reader(operands[1]).get<int64_t>(0) != 0;
  results.assign(operands.begin() + 2, operands.end());
  for (int64_t i = 0; i < trips && again; ++i) {
    Tensors arguments, next;
    if (failed(stepArguments(call, body, i, results, arguments)) ||
        failed(evaluateBlock(body, arguments, next, reason, &outer)))
      return failure();
    again = Reader(next.front()).get<int64_t>(0) != 0;
    results.assign(next.begin() + 1, next.end());
  }
  return success();
}

static LogicalResult evaluateBranch(scf::IfOp branch, const Scope &outer,
                                    ArrayRef<HostTensor> operands,
                                    Tensors &results, std::string *reason) {
  Region &taken = Reader(operands.front()).get<int64_t>(0)
                      ? branch.getThenRegion()
                      : branch.getElseRegion();
  return taken.empty()
             ? success()
             : evaluateBlock(taken.front(), {}, results, reason, &outer);
}

static LogicalResult evaluateCheck(CheckOp check, ArrayRef<HostTensor> operands,
                                   std::string *reason) {
  if (Reader(operands.front()).get<int64_t>(0))
    return success();
  std::string text;
  for (char c : check.getMessage()) {
    if (c == '%' && operands.size() > 1) {
      operands = operands.drop_front();
      text += std::to_string(Reader(operands.front()).get<int64_t>(0));
    } else {
      text += c;
    }
  }
  return Call{check, {}, reason}.fail(text);
}

static LogicalResult evaluateInScope(Operation *op, const Scope &scope,
                                     ArrayRef<HostTensor> operands,
                                     Tensors &results, std::string *reason) {
  auto within = [&](auto loop) {
    return evaluateLoop(loop, scope, operands, results, reason);
  };
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case<scf::ForOp, LoopOp>(within)
      .Case([&](scf::IfOp branch) {
        return evaluateBranch(branch, scope, operands, results, reason);
      })
      .Case(
          [&](CheckOp check) { return evaluateCheck(check, operands, reason); })
      .Default([&](Operation *) {
        return evaluateAny(op, operands, results, reason);
      });
}

static LogicalResult evaluateBody(Region &region,
                                  ArrayRef<HostTensor> arguments,
                                  Tensors &results, const Call &call) {
  if (!region.hasOneBlock() ||
      region.front().getNumArguments() != arguments.size())
    return call.fail(
        "the body is not one block with an argument for each input");
  return evaluateBlock(region.front(), arguments, results, call.reason);
}

//===----------------------------------------------------------------------===//
// Operations of other dialects
//===----------------------------------------------------------------------===//

/// A tensor of rank 0 as an attribute of its element.
static Attribute scalarAttr(const HostTensor &value) {
  Type type = value.getElementType();
  Scalar x;
  Reader(value).read(0, x);
  if (isFloatScalar(type))
    return FloatAttr::get(type, x.f);
  return IntegerAttr::get(
      type, APInt(type.isIndex() ? 64 : type.getIntOrFloatBitWidth(),
                  static_cast<uint64_t>(x.i),
                  /*isSigned=*/false,
                  /*implicitTrunc=*/true));
}

static Result fromScalarAttr(Attribute attr) {
  auto typed = dyn_cast_or_null<TypedAttr>(attr);
  RankedTensorType type =
      typed ? hostType(typed.getType()) : RankedTensorType();
  if (!type)
    return failure();
  if (auto elements = dyn_cast<ElementsAttr>(attr))
    return HostTensor::get(elements);
  Result result = HostTensor::allocate(type);
  if (failed(result))
    return failure();
  Writer writer(*result);
  if (auto floating = dyn_cast<FloatAttr>(attr))
    writer.set(0, floating.getValueAsDouble());
  else if (auto integer = dyn_cast<IntegerAttr>(attr))
    writer.set<uint64_t>(0, integer.getValue().getZExtValue());
  else
    return failure();
  return result;
}

/// Index arithmetic: what an op's own folder makes of constants.
static LogicalResult evaluateByFolding(const Call &call, Tensors &results) {
  SmallVector<Attribute> constants;
  for (const HostTensor &operand : call.operands) {
    if (operand.getRank() != 0)
      return call.fail("not an operation of the dlc dialect");
    constants.push_back(scalarAttr(operand));
  }
  if (call.op->getNumRegions() != 0)
    return call.fail("not an operation of the dlc dialect");
  // A folder may change the op.
  Operation *copy = call.op->cloneWithoutRegions();
  SmallVector<OpFoldResult> folded;
  LogicalResult done = copy->fold(constants, folded);
  copy->destroy();
  if (failed(done) || folded.size() != call.op->getNumResults())
    return call.fail("not an operation of the dlc dialect");
  for (OpFoldResult value : folded) {
    Result result = fromScalarAttr(dyn_cast<Attribute>(value));
    if (failed(result))
      return call.fail("not an operation of the dlc dialect");
    results.push_back(*result);
  }
  return success();
}

static Result evaluateOp(tensor::DimOp op, const Call &call) {
  int64_t index = Reader(call.operands[1]).get<int64_t>(0);
  if (index < 0 || index >= call.operands[0].getRank())
    return call.fail("no dimension " + Twine(index));
  return HostTensor::getIndex(op.getContext(),
                              call.operands[0].getShape()[index]);
}

static Result evaluateOp(tensor::FromElementsOp op, const Call &call) {
  Result result = call.allocate();
  if (failed(result))
    return failure();
  char *to = result->mutableData();
  int64_t bytes = elementBytes(result->getElementType());
  for (auto [i, element] : llvm::enumerate(call.operands))
    memcpy(to + i * bytes, element.data(), bytes);
  return result;
}

static Result evaluateOp(tensor::ExtractOp op, const Call &call) {
  const HostTensor &tensor = call.operands[0];
  int64_t place = 0;
  for (auto [size, operand] :
       llvm::zip_equal(tensor.getShape(), call.operands.drop_front())) {
    int64_t index = Reader(operand).get<int64_t>(0);
    if (index < 0 || index >= size)
      return call.fail("index " + Twine(index) + " is outside of 0 to " +
                       Twine(size - 1));
    place = place * size + index;
  }
  int64_t bytes = elementBytes(tensor.getElementType());
  Result result = HostTensor::allocate(hostType(op.getType()));
  if (succeeded(result))
    memcpy(result->mutableData(),
           tensor.data() + (tensor.isSplat() ? 0 : place * bytes), bytes);
  return result;
}

static Result evaluateOp(tensor::CastOp op, const Call &call) {
  return call.operands[0]; // both types are static, hence equal
}

//===----------------------------------------------------------------------===//
// Any operation
//===----------------------------------------------------------------------===//

static Result evaluateOp(ConstantOp op, const Call &call) {
  Result result = HostTensor::get(op.getValue());
  if (failed(result))
    return call.fail("a constant without data");
  return result;
}

static LogicalResult evaluateAny(Operation *op, ArrayRef<HostTensor> operands,
                                 Tensors &results, std::string *reason) {
  Call call{op, operands, reason};
  if (failed(checkOperands(call)))
    return failure();
  if (auto composite = dyn_cast<CompositeOp>(op))
    return evaluateBody(composite.getBody(), operands, results, call);
  if (auto cluster = dyn_cast<ClusterOp>(op))
    return evaluateBody(cluster.getBody(), operands, results, call);

  auto one = [&](auto typed) -> LogicalResult {
    Result result = evaluateOp(typed, call);
    if (failed(result))
      return failure();
    results.push_back(*result);
    return success();
  };
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case<PointwiseOpInterface>(one)
      .Case<ConstantOp, IotaOp, ReshapeOp, BroadcastOp, TransposeOp, SliceOp,
            PadOp, ConcatOp, InsertOp, GatherOp, ScatterOp>(one)
      .Case<ReduceOp, ArgReduceOp, ScanOp, MatmulOp, ConvOp, PoolOp, TopKOp,
            NonZeroOp, NmsOp>(one)
      .Case<tensor::CastOp, tensor::DimOp, tensor::FromElementsOp,
            tensor::ExtractOp>(one)
      .Default([&](Operation *) { return evaluateByFolding(call, results); });
}

//===----------------------------------------------------------------------===//
// Attributes in, attributes out
//===----------------------------------------------------------------------===//

/// The value of an operand: the attribute's, or for an index a constant's.
static Result operandValue(Value operand, ElementsAttr attr) {
  if (attr)
    return HostTensor::get(attr);
  Attribute constant;
  if (!matchPattern(operand, m_Constant(&constant)))
    return failure();
  return fromScalarAttr(constant);
}

static void toAttrs(ArrayRef<HostTensor> values,
                    SmallVectorImpl<ElementsAttr> &results) {
  for (const HostTensor &value : values)
    results.push_back(value.toAttr());
}

LogicalResult dlc::evaluate(Operation *op, ArrayRef<ElementsAttr> operands,
                            SmallVectorImpl<ElementsAttr> &results,
                            std::string *reason) {
  Call call{op, {}, reason};
  if (operands.size() != op->getNumOperands())
    return call.fail("needs a value for each operand");
  Tensors values, produced;
  for (auto [i, operand] : llvm::enumerate(op->getOperands())) {
    Result value = operandValue(operand, operands[i]);
    if (failed(value))
      return call.fail("operand " + Twine(i) + " has no known value");
    values.push_back(*value);
  }
  if (failed(evaluateAny(op, values, produced, reason)))
    return failure();
  toAttrs(produced, results);
  return success();
}

FailureOr<ElementsAttr> dlc::evaluate(Operation *op,
                                      ArrayRef<ElementsAttr> operands,
                                      std::string *reason) {
  SmallVector<ElementsAttr> results;
  if (op->getNumResults() != 1 ||
      failed(evaluate(op, operands, results, reason)))
    return failure();
  return results.front();
}

LogicalResult dlc::evaluateFunction(FunctionOpInterface function,
                                    ArrayRef<ElementsAttr> arguments,
                                    SmallVectorImpl<ElementsAttr> &results,
                                    std::string *reason) {
  Call call{function, {}, reason};
  Region &body = function.getFunctionBody();
  Tensors values, produced;
  for (auto [i, argument] : llvm::enumerate(arguments)) {
    Result value = argument ? HostTensor::get(argument) : Result(failure());
    if (failed(value) || i >= body.getNumArguments() ||
        !fits(*value, body.getArgument(i).getType()))
      return call.fail("argument " + Twine(i) + " is not of its type");
    values.push_back(*value);
  }
  if (failed(evaluateBody(body, values, produced, call)))
    return failure();
  toAttrs(produced, results);
  return success();
}
