//===- Pattern.cpp - regular expressions in RE2's syntax --------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support/Pattern.h"
#include "Support/Diagnostics.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include <optional>

using namespace dlc;
using llvm::StringRef;

using Part = std::unique_ptr<Pattern>;

static constexpr uint32_t kLastPoint = 0x10ffff;
static constexpr int kMostRepeats = 1000; // as RE2 has it
static constexpr int kDeepest = 200;

//===----------------------------------------------------------------------===//
// Sets of code points
//===----------------------------------------------------------------------===//

static CodePoints normalized(CodePoints points) {
  llvm::sort(points);
  CodePoints result;
  for (auto [first, last] : points)
    if (!result.empty() && first <= result.back().second + 1)
      result.back().second = std::max(result.back().second, last);
    else
      result.push_back({first, last});
  return result;
}

static CodePoints inverted(const CodePoints &points) {
  CodePoints result;
  uint32_t next = 0;
  for (auto [first, last] : normalized(points)) {
    if (first > next)
      result.push_back({next, first - 1});
    next = last + 1;
  }
  if (next <= kLastPoint)
    result.push_back({next, kLastPoint});
  return result;
}

/// The classes of Perl, by the letter of their escape.
static std::optional<CodePoints> perlClass(char letter) {
  switch (letter) {
  case 'd':
    return CodePoints{{'0', '9'}};
  case 's':
    return CodePoints{{'\t', '\n'}, {'\f', '\r'}, {' ', ' '}};
  case 'w':
    return CodePoints{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}};
  case 'D':
  case 'S':
  case 'W':
    return inverted(*perlClass(letter | 32));
  default:
    return std::nullopt;
  }
}

static std::optional<CodePoints> namedClass(StringRef name) {
  static const std::pair<StringRef, CodePoints> rows[] = {
      {"alnum", {{'0', '9'}, {'A', 'Z'}, {'a', 'z'}}},
      {"alpha", {{'A', 'Z'}, {'a', 'z'}}},
      {"ascii", {{0, 0x7f}}},
      {"blank", {{'\t', '\t'}, {' ', ' '}}},
      {"cntrl", {{0, 0x1f}, {0x7f, 0x7f}}},
      {"digit", {{'0', '9'}}},
      {"graph", {{'!', '~'}}},
      {"lower", {{'a', 'z'}}},
      {"print", {{' ', '~'}}},
      {"punct", {{'!', '/'}, {':', '@'}, {'[', '`'}, {'{', '~'}}},
      {"space", {{'\t', '\r'}, {' ', ' '}}},
      {"upper", {{'A', 'Z'}}},
      {"word", {{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}},
      {"xdigit", {{'0', '9'}, {'A', 'F'}, {'a', 'f'}}}};
  for (const auto &[known, points] : rows)
    if (name == known)
      return points;
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// The parser
//===----------------------------------------------------------------------===//

namespace {

class PatternParser {
public:
  explicit PatternParser(StringRef text) : text(text), rest(text) {}

  llvm::Expected<Part> parse() {
    Part whole = parseChoice();
    if (whole && !rest.empty())
      whole = fail("unexpected ')'");
    if (error.empty())
      return whole;
    return llvm::createStringError(quote(text) + " at " +
                                   llvm::Twine(text.size() - rest.size()) +
                                   ": " + error);
  }

private:
  struct Flags {
    bool anyCase = false, lines = false, dotAll = false;
  };

  StringRef text, rest;
  Flags flags;
  std::string error;
  int depth = 0;

  Part fail(const llvm::Twine &message) {
    if (error.empty())
      error = message.str();
    return nullptr;
  }
  static Part make(Pattern::Kind kind) {
    return std::make_unique<Pattern>(kind);
  }

  /// The next code point, which there must be.
  std::optional<uint32_t> takePoint() {
    const auto *at = reinterpret_cast<const llvm::UTF8 *>(rest.data());
    const llvm::UTF8 *start = at;
    llvm::UTF32 point = 0;
    if (rest.empty() || llvm::convertUTF8Sequence(&at, at + rest.size(), &point,
                                                  llvm::strictConversion) !=
                            llvm::conversionOK) {
      fail(rest.empty() ? "it ends too early" : "it is not UTF-8");
      return std::nullopt;
    }
    rest = rest.drop_front(at - start);
    return point;
  }

  Part parseChoice();
  Part parseSequence();
  Part parseRepeats(Part part);
  bool parseBounds(int &least, int &most);
  Part parseAtom();
  Part parseGroup();
  bool parseFlags();
  Part parseEscape();
  Part parseQuoted();
  Part parseClass();
  bool parseClassItem(CodePoints &points);
  std::optional<uint32_t> parseClassPoint();
  std::optional<uint32_t> escapedPoint();
  std::optional<uint32_t> hexPoint();
  Part pointsOf(CodePoints points, bool invert = false);
  Part assertion(Pattern::Place place) {
    Part part = make(Pattern::Assertion);
    part->place = place;
    return part;
  }
};

} // namespace

Part PatternParser::pointsOf(CodePoints points, bool invert) {
  if (flags.anyCase) {
    CodePoints both = points;
    for (auto [first, last] : points) {
      for (uint32_t c = first; c <= std::min<uint32_t>(last, 'z'); ++c)
        if (llvm::isAlpha(char(c)))
          both.push_back({c ^ 32, c ^ 32});
      // The long s and the sign of Kelvin.
      for (auto [letter, other] : {std::pair('s', 0x17fu), {'k', 0x212au}})
        for (uint32_t own : {uint32_t(letter), uint32_t(letter) ^ 32})
          if (first <= own && own <= last)
            both.push_back({other, other});
      // A whole alphabet is its own other case.
      if (last >= 0x80 && last < kLastPoint)
        return fail("letters beyond ASCII are not supported in any case (?i)");
    }
    points = both;
  }
  Part part = make(Pattern::Points);
  part->points = invert ? inverted(points) : normalized(points);
  return part;
}

Part PatternParser::parseChoice() {
  if (++depth > kDeepest)
    return fail("groups are nested too deep");
  Flags outer = flags;
  Part choice = make(Pattern::Choice);
  do {
    Part part = parseSequence();
    if (!part)
      return nullptr;
    choice->parts.push_back(std::move(part));
  } while (rest.consume_front("|"));
  flags = outer;
  --depth;
  return choice->parts.size() == 1 ? std::move(choice->parts[0])
                                   : std::move(choice);
}

Part PatternParser::parseSequence() {
  Part sequence = make(Pattern::Sequence);
  while (!rest.empty() && rest[0] != '|' && rest[0] != ')') {
    Part part = parseAtom();
    if (part)
      part = parseRepeats(std::move(part));
    if (!part)
      return nullptr;
    sequence->parts.push_back(std::move(part));
  }
  return sequence;
}

Part PatternParser::parseRepeats(Part part) {
  bool repeated = false;
  while (!rest.empty()) {
    int least = 0, most = Pattern::any;
    if (rest.consume_front("+"))
      least = 1;
    else if (rest.consume_front("?"))
      most = 1;
    else if (!rest.consume_front("*") && !parseBounds(least, most))
      break;
    if (repeated)
      return fail("a repetition is repeated");
    repeated = true;
    rest.consume_front("?"); // as few as possible: no other texts
    if (least > kMostRepeats || most > kMostRepeats ||
        (most != Pattern::any && most < least))
      return fail("a repetition has bounds that are out of range");
    Part repeat = make(Pattern::Repeat);
    repeat->least = least;
    repeat->most = most;
    repeat->parts.push_back(std::move(part));
    part = std::move(repeat);
  }
  return error.empty() ? std::move(part) : nullptr;
}

/// {n}, {n,} or {n,m}; any other brace is one.
bool PatternParser::parseBounds(int &least, int &most) {
  StringRef at = rest;
  auto number = [&](int &value) {
    StringRef digits = at.take_while(llvm::isDigit);
    at = at.drop_front(digits.size());
    // What does not fit is out of range.
    value = digits.size() > 4 ? kMostRepeats + 1 : 0;
    return !digits.empty() && (value != 0 || !digits.getAsInteger(10, value));
  };
  if (!at.consume_front("{") || !number(least))
    return false;
  most = least;
  if (at.consume_front(",") && !number(most))
    most = Pattern::any;
  if (!at.consume_front("}"))
    return false;
  rest = at;
  return true;
}

Part PatternParser::parseAtom() {
  switch (rest[0]) {
  case '(':
    rest = rest.drop_front();
    return parseGroup();
  case '[':
    rest = rest.drop_front();
    return parseClass();
  case '\\':
    rest = rest.drop_front();
    return parseEscape();
  case '*':
  case '+':
  case '?':
    return fail("nothing to repeat");
  case '^':
    rest = rest.drop_front();
    return assertion(flags.lines ? Pattern::BeginLine : Pattern::BeginText);
  case '$':
    rest = rest.drop_front();
    return assertion(flags.lines ? Pattern::EndLine : Pattern::EndText);
  case '.': {
    rest = rest.drop_front();
    Part dot = make(Pattern::Points);
    dot->points = flags.dotAll ? inverted({}) : inverted({{'\n', '\n'}});
    return dot;
  }
  default:
    std::optional<uint32_t> point = takePoint();
    return point ? pointsOf({{*point, *point}}) : nullptr;
  }
}

Part PatternParser::parseGroup() {
  Flags outer = flags;
  bool isNamed = rest.consume_front("?P<") || rest.consume_front("?<");
  if (isNamed) {
    StringRef name =
        rest.take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
    rest = rest.drop_front(name.size());
    if (name.empty() || !rest.consume_front(">"))
      return fail("a group has no valid name");
  } else if (rest.consume_front("?")) {
    if (!parseFlags())
      return nullptr;
    // For what follows in the group around.
    if (rest.consume_front(")"))
      return make(Pattern::Sequence);
    if (!rest.consume_front(":"))
      return fail("a group of this kind is not known");
  }
  Part inner = parseChoice();
  flags = outer;
  if (inner && !rest.consume_front(")"))
    return fail("')' is missing");
  return inner;
}

bool PatternParser::parseFlags() {
  bool value = true, any = false;
  for (; !rest.empty() && rest[0] != ':' && rest[0] != ')';
       rest = rest.drop_front()) {
    switch (rest[0]) {
    case 'i':
      flags.anyCase = value;
      break;
    case 'm':
      flags.lines = value;
      break;
    case 's':
      flags.dotAll = value;
      break;
    case 'U': // which repetitions are greedy
      break;
    case '-':
      if (!value)
        return fail("a group of this kind is not known"), false;
      value = false;
      any = false;
      continue;
    default:
      return fail("a group of this kind is not known"), false;
    }
    any = true;
  }
  if (!value && !any)
    return fail("a group of this kind is not known"), false;
  return true;
}

//===----------------------------------------------------------------------===//
// Escapes
//===----------------------------------------------------------------------===//

Part PatternParser::parseEscape() {
  if (rest.empty())
    return fail("it ends in a backslash");
  char c = rest[0];
  if (std::optional<CodePoints> points = perlClass(c)) {
    rest = rest.drop_front();
    return pointsOf(*points);
  }
  static constexpr std::pair<char, Pattern::Place> kPlaces[] = {
      {'A', Pattern::BeginText},
      {'z', Pattern::EndText},
      {'b', Pattern::WordEdge},
      {'B', Pattern::NoWordEdge}};
  for (auto [letter, place] : kPlaces)
    if (c == letter) {
      rest = rest.drop_front();
      return assertion(place);
    }
  if (c == 'Q') {
    rest = rest.drop_front();
    return parseQuoted();
  }
  std::optional<uint32_t> point = escapedPoint();
  return point ? pointsOf({{*point, *point}}) : nullptr;
}

/// \Q...\E
Part PatternParser::parseQuoted() {
  Part sequence = make(Pattern::Sequence);
  while (!rest.empty() && !rest.consume_front("\\E")) {
    std::optional<uint32_t> point = takePoint();
    Part part = point ? pointsOf({{*point, *point}}) : nullptr;
    if (!part)
      return nullptr;
    sequence->parts.push_back(std::move(part));
  }
  return sequence;
}

std::optional<uint32_t> PatternParser::escapedPoint() {
  if (rest.empty())
    return fail("it ends in a backslash"), std::nullopt;
  char c = rest[0];
  static constexpr StringRef kLetters = "aftnrv", kMeanings = "\a\f\t\n\r\v";
  if (size_t i = kLetters.find(c); i != StringRef::npos) {
    rest = rest.drop_front();
    return kMeanings[i];
  }
  if (c == 'x') {
    rest = rest.drop_front();
    return hexPoint();
  }
  // Octal: a leading 0, or three digits.
  auto isOctal = [](char d) { return d >= '0' && d <= '7'; };
  StringRef digits = rest.take_front(3).take_while(isOctal);
  if (c == '0' || digits.size() == 3) {
    rest = rest.drop_front(digits.size());
    uint32_t value = 0;
    (void)digits.getAsInteger(8, value);
    return value;
  }
  if (llvm::isAlnum(c)) {
    fail("'\\" + llvm::Twine(c) + "' is not supported");
    return std::nullopt;
  }
  return takePoint();
}

/// 7F or {10FFFF}
std::optional<uint32_t> PatternParser::hexPoint() {
  bool braced = rest.consume_front("{");
  StringRef digits = braced ? rest.take_while(llvm::isHexDigit)
                            : rest.take_front(2).take_while(llvm::isHexDigit);
  rest = rest.drop_front(digits.size());
  uint32_t value = 0;
  bool isWrong = digits.empty() || (!braced && digits.size() != 2) ||
                 digits.getAsInteger(16, value) || value > kLastPoint ||
                 (braced && !rest.consume_front("}"));
  if (isWrong)
    return fail("'\\x' is followed by no code point"), std::nullopt;
  return value;
}

//===----------------------------------------------------------------------===//
// Classes
//===----------------------------------------------------------------------===//

Part PatternParser::parseClass() {
  bool invert = rest.consume_front("^");
  CodePoints points;
  for (bool isFirst = true; isFirst || !rest.consume_front("]");
       isFirst = false) {
    if (rest.empty())
      return fail("']' is missing");
    if (!parseClassItem(points))
      return nullptr;
  }
  return pointsOf(points, invert);
}

bool PatternParser::parseClassItem(CodePoints &points) {
  if (rest.consume_front("[:")) {
    bool invert = rest.consume_front("^");
    size_t end = rest.find(":]");
    std::optional<CodePoints> named = end == StringRef::npos
                                          ? std::nullopt
                                          : namedClass(rest.take_front(end));
    if (!named)
      return fail("a class has no known name"), false;
    rest = rest.drop_front(end + 2);
    llvm::append_range(points, invert ? inverted(*named) : *named);
    return true;
  }
  if (rest.size() > 1 && rest[0] == '\\')
    if (std::optional<CodePoints> known = perlClass(rest[1])) {
      rest = rest.drop_front(2);
      llvm::append_range(points, *known);
      return true;
    }
  std::optional<uint32_t> first = parseClassPoint(), last = first;
  if (first && rest.size() > 1 && rest[0] == '-' && rest[1] != ']') {
    rest = rest.drop_front();
    last = parseClassPoint();
    if (last && *last < *first)
      return fail("a range of a class ends before it starts"), false;
  }
  if (!first || !last)
    return false;
  points.push_back({*first, *last});
  return true;
}

std::optional<uint32_t> PatternParser::parseClassPoint() {
  return rest.consume_front("\\") ? escapedPoint() : takePoint();
}

llvm::Expected<Part> dlc::parsePattern(StringRef text) {
  return PatternParser(text).parse();
}
