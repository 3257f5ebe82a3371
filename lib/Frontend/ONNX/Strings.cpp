//===- Strings.cpp - operators on strings -----------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Frontend/ONNX/Strings.h"

#include "Frontend/Common/TensorDetail.h"
#include "Frontend/ONNX/Ops.h"
#include "Support/Automaton.h"
#include "Support/Pattern.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace dlc;

//===----------------------------------------------------------------------===//
// Which operators take strings, and complex numbers
//===----------------------------------------------------------------------===//

constexpr unsigned kAllInputs = ~0u;

/// The inputs, a bit each, whose elements an operator only moves and chooses,
/// or compares with nothing.
static unsigned movedInputs(StringRef op, int64_t version) {
  return llvm::StringSwitch<unsigned>(op)
      .Cases({"Identity", "Reshape", "Flatten", "Squeeze", "Unsqueeze"}, 1)
      .Cases({"Transpose", "Slice", "Split", "Expand", "Tile", "Shape"}, 1)
      .Cases({"Size", "Gather", "GatherElements", "GatherND", "Compress"}, 1)
      .Cases({"ReverseSequence", "DepthToSpace", "SpaceToDepth"}, 1)
      .Cases({"CenterCropPad", "Unique", "SplitToSequence"}, 1)
      .Cases({"Trilu", "NonZero", "Resize", "Upsample"}, 1)
      .Case("SequenceInsert", 0b10)
      .Case("TensorScatter", 0b11)
      .Case("OneHot", 0b100)
      .Cases({"Scatter", "ScatterElements", "ScatterND", "Pad"}, 0b101)
      .Case("Where", 0b110)
      .Cases({"Concat", "SequenceMap"}, kAllInputs)
      .Cases({"SequenceConstruct", "Optional", "OptionalGetElement"},
             kAllInputs)
      .Case("OptionalHasElement", kAllInputs)
      .Case("Loop", ~0b11u)
      .Case("Scan", version < 9 ? ~1u : kAllInputs) // lengths come first
      .Default(0);
}

/// Those that it looks into if they are strings.
static unsigned stringInputs(StringRef op) {
  return llvm::StringSwitch<unsigned>(op)
      .Cases({"Cast", "StringSplit", "StringNormalizer"}, 1)
      .Cases({"RegexFullMatch", "TfIdfVectorizer"}, 1)
      .Case("CastLike", 0b11)
      .Cases({"Equal", "StringConcat"}, kAllInputs)
      .Default(0);
}

/// Those that it computes with if they are complex numbers, or asks nothing but
/// their shape.
static unsigned complexInputs(StringRef op) {
  return llvm::StringSwitch<unsigned>(op)
      .Cases({"BitCast", "Col2Im", "GridSample"}, 1)
      .Cases({"RandomNormalLike", "RandomUniformLike"}, 1)
      .Default(0);
}

/// The last bit is that of all further inputs.
static bool hasBit(unsigned inputs, unsigned input) {
  return inputs >> std::min(input, 31u) & 1;
}

bool onnx::takesStrings(graph::NodeOp node, unsigned input) {
  StringRef op = node.getOpType();
  if (node.getDomain() == "ai.onnx.ml")
    return input == 0 &&
           llvm::is_contained({"LabelEncoder", "CategoryMapper",
                               "OneHotEncoder", "ArrayFeatureExtractor"},
                              op);
  if (node.getDomain() == "com.microsoft")
    return op == "Tokenizer";
  if (node.getDomain() != "onnx")
    return false;
  // Strings have neither a sum nor an order.
  if (auto reduction =
          dyn_cast_or_null<StringAttr>(node.getNodeAttr("reduction"));
      reduction && reduction != "none")
    return false;
  return hasBit(
      movedInputs(op, node.getVersion().value_or(0)) | stringInputs(op), input);
}

bool onnx::takesComplex(graph::NodeOp node, unsigned input) {
  StringRef op = node.getOpType();
  return node.getDomain() == "onnx" &&
         hasBit(movedInputs(op, node.getVersion().value_or(0)) |
                    complexInputs(op),
                input);
}

static bool checkStrings(NodeArgs &n, ArrayRef<Tensor> inputs) {
  for (auto [i, x] : llvm::enumerate(inputs))
    if (!x || !x.isString()) {
      n.error("input " + Twine(i) + " of type " +
              (x ? describe(x.elementType()) : "none") +
              " is no string tensor");
      return false;
    }
  return true;
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

static Tensors stringConcat(TensorBuilder &b, NodeArgs &n) {
  SmallVector<Tensor> xs = n.allInputs();
  if (!checkStrings(n, xs))
    return Tensor();
  return b.callEach("string_concat", xs, b.stringType());
}

/// A row of parts for each string, the first argument, of which there are so
/// many.
static Tensor partsOf(TensorBuilder &b, StringRef function,
                      ArrayRef<Tensor> arguments, Tensor counts) {
  if (!counts)
    return {};
  Dims shape = b.dims(counts);
  // Where there is no string, there is no part.
  Tensor width =
      b.reduce(ReduceKind::max, b.flatten(counts, 0, counts.rank()), {0});
  shape.push_back(b.counted(b.max(width, b.scalar(int64_t(0), b.i64()))));
  return shape.back() ? b.call(function, arguments, shape, b.stringType())
                      : Tensor();
}

static Tensors stringSplit(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  StringRef delimiter = n.string("delimiter", "");
  int64_t most = n.integer("maxsplit", -1);
  if (!checkStrings(n, {x}))
    return Tensor();
  SmallVector<Tensor> arguments{x, b.string(delimiter),
                                b.scalar(most, b.i64())};
  Tensor counts = b.call("string_split_count", arguments, b.dims(x), b.i64());
  return Tensors{partsOf(b, "string_split", arguments, counts), counts};
}

static Tensors stringNormalizer(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  StringRef change = n.string("case_change_action", "NONE");
  bool exact = n.flag("is_case_sensitive", false);
  auto stopwords = n.strings("stopwords");
  n.ignore("locale"); // letters have one case in most of them
  if (!checkStrings(n, {x}) || n.failed())
    return Tensor();
  if (!llvm::is_contained({"NONE", "LOWER", "UPPER"}, change))
    return n.error("attribute 'case_change_action' is '" + change +
                   "', expected NONE, LOWER or UPPER");
  if (x.rank() != 1 && (x.rank() != 2 || x.shape()[0] != 1))
    return n.error("input 'X' of type " + describe(x.type()) +
                   " is no row of strings");
  auto map = [&](Tensor t, StringRef function) {
    return b.callEach(function, {t}, b.stringType());
  };
  Tensor row = b.flatten(x, 0, x.rank()), y = row;
  if (change != "NONE")
    y = map(row, change == "LOWER" ? "string_lower" : "string_upper");
  if (!stopwords || stopwords->empty())
    return b.reshape(y, b.dims(x));
  Tensor words = b.strings(*stopwords);
  Tensor seen = exact ? row : map(row, "string_lower");
  Tensor isStop =
      b.eq(b.unsqueeze(seen, {1}), exact ? words : map(words, "string_lower"));
  Tensor kept =
      b.gather(y, b.nonzero(b.not_(b.reduce(ReduceKind::any, isStop, {1}))), 0);
  if (!kept)
    return kept;
  // Where nothing is left there is one empty string.
  ShapeAlgebra s = b.sizes();
  Dim count = b.dim(kept, 0), missing = s.max(s.sub(b.dim(1), count), b.dim(0));
  y = b.pad(kept, {b.dim(0)}, {missing}, b.string(""));
  return x.rank() == 1 ? y : b.unsqueeze(y, {0});
}

/// A vector of integers of 32 bits.
static Tensor table(TensorBuilder &b, ArrayRef<int32_t> entries) {
  auto type = RankedTensorType::get({int64_t(entries.size())},
                                    b.opBuilder().getI32Type());
  return b.constant(DenseElementsAttr::get(type, entries));
}

static Tensors regexFullMatch(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  StringRef pattern = n.string("pattern", "");
  if (!checkStrings(n, {x}) || n.failed())
    return Tensor();
  llvm::Expected<std::vector<int32_t>> automaton = makeAutomaton(pattern);
  if (!automaton)
    return n.error("attribute 'pattern': " +
                   llvm::toString(automaton.takeError()));
  return b.call("string_match", {x, table(b, *automaton)}, b.dims(x),
                b.boolean());
}

//===----------------------------------------------------------------------===//
// Tokens
//===----------------------------------------------------------------------===//

/// Whether a pattern asks what stands around the text that matches.
static bool looksAround(const dlc::Pattern &pattern) {
  return pattern.kind == dlc::Pattern::Assertion ||
         llvm::any_of(pattern.parts,
                      [](auto &part) { return looksAround(*part); });
}

/// The automata of patterns as runtime/strings_tokens.c takes them; nothing:
/// reported.
static std::optional<std::vector<int32_t>> automataOf(NodeArgs &n,
                                                      ArrayRef<StringRef> all) {
  std::vector<int32_t> result{int32_t(all.size())};
  for (StringRef text : all) {
    auto pattern = parsePattern(text);
    auto automaton =
        pattern ? makeAutomaton(text)
                : llvm::Expected<std::vector<int32_t>>(pattern.takeError());
    if (!automaton)
      return n.error("pattern '" + text +
                     "': " + llvm::toString(automaton.takeError())),
             std::nullopt;
    if (looksAround(**pattern))
      return n.error("pattern '" + text +
                     "' looks at what is around a token, which is not "
                     "supported"),
             std::nullopt;
    result.push_back(automaton->size());
    llvm::append_range(result, *automaton);
  }
  return result;
}

static Tensors tokenizer(TensorBuilder &b, NodeArgs &n) {
  Tensor x = n.input(0, "X");
  auto patterns = n.strings("separators");
  StringRef token = n.string("tokenexp", ""), pad = n.string("pad_value", "");
  int64_t least = n.integer("mincharnum", 1);
  bool marks = n.flag("mark", false);
  if (!checkStrings(n, {x}) || n.failed())
    return Tensor();
  if (x.rank() != 1 && x.rank() != 2)
    return n.error("input 'X' has rank " + Twine(x.rank()) +
                   ", expected 1 or 2");
  bool separates = token.empty();
  if (!separates == (patterns && !patterns->empty()) || least < 1)
    return n.error("needs either 'separators' or 'tokenexp', and a positive "
                   "'mincharnum'");
  if (!separates)
    patterns = {token};
  // An empty separator stands between all characters; ONNX Runtime takes a
  // point as the same, though to it no point is a line's end elsewhere.
  if ((separates && patterns->size() == 1 && patterns->front().empty()) ||
      token == ".") {
    patterns = {StringRef("(?s:.)")};
    separates = false;
  }
  auto automata = automataOf(n, *patterns);
  if (!automata)
    return Tensor();
  SmallVector<Tensor> arguments{x, table(b, *automata),
                                b.ints({separates, least, marks})};
  Tensor counts = b.call("string_token_count", arguments, b.dims(x), b.i64());
  arguments.push_back(b.string(pad));
  return partsOf(b, "string_tokens", arguments, counts);
}

ArrayRef<OpRow> onnx::microsoftStringOps() {
  static const OpRow rows[] = {{"Tokenizer", 1, tokenizer}};
  return rows;
}

//===----------------------------------------------------------------------===//
// Conversion
//===----------------------------------------------------------------------===//

/// The type of 64 bits that holds numbers of a type as text is made of them.
static Type widest(TensorBuilder &b, Type type) {
  if (isa<FloatType>(type))
    return b.opBuilder().getF64Type();
  return type.isUnsignedInteger()
             ? IntegerType::get(b.context(), 64, IntegerType::Unsigned)
             : b.i64();
}

/// What the run time has to know of the type: how many significant bits a float
/// has, whether an integer is unsigned.
static Tensor parameterOf(TensorBuilder &b, Type type) {
  auto real = dyn_cast<FloatType>(type);
  return b.scalar(real ? int64_t(real.getFPMantissaWidth())
                       : int64_t(type.isUnsignedInteger()),
                  b.i64());
}

Tensor onnx::toString(TensorBuilder &b, Tensor x) {
  if (!x || x.isString())
    return x;
  if (!x.elementType().isIntOrFloat())
    return b.error("elements of type " + describe(x.elementType()) +
                   " are not written as strings");
  if (x.isBool())
    return b.select(x, b.string("True"), b.string("False"));
  Type wide = widest(b, x.elementType());
  return b.call(x.isFloat() ? "string_format_real" : "string_format_integer",
                {b.cast(x, wide), parameterOf(b, x.elementType())}, b.dims(x),
                b.stringType());
}

Tensor onnx::fromString(TensorBuilder &b, Tensor x, Type type) {
  if (!x || type == x.elementType())
    return x;
  if (type.isInteger(1)) {
    Tensor lower = b.callEach("string_lower", {x}, b.stringType());
    Tensor isTrue = b.eq(lower, b.string("true")),
           isWord = b.or_(isTrue, b.eq(lower, b.string("false")));
    Tensor number = b.select(isWord, b.string("0"), x);
    number = fromString(b, number, b.opBuilder().getF64Type());
    return b.or_(isTrue, b.ne(number, 0.0));
  }
  return b.call(isa<FloatType>(type) ? "string_parse_real"
                                     : "string_parse_integer",
                {x, parameterOf(b, type)}, b.dims(x), widest(b, type));
}

ArrayRef<OpRow> onnx::stringOps() {
  static const OpRow rows[] = {
      {"StringConcat", 20, stringConcat, {2, 2}},
      {"StringSplit", 20, stringSplit, {1, 1}, {1, 2}},
      {"StringNormalizer", 10, stringNormalizer},
      {"RegexFullMatch", 20, regexFullMatch},
  };
  return rows;
}
