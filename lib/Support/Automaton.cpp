//===- Automaton.cpp - patterns as tables -----------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// A pattern becomes steps that each take a byte, then sets of steps become
// states. Where a text begins, ends, or has the edge of a word depends on the
// bytes around: a state knows what the byte before was, and asks for such
// places when the byte behind is known.

#include "Support/Automaton.h"
#include "Support/Diagnostics.h"
#include "Support/Pattern.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <map>

using namespace dlc;

static constexpr size_t kMostSteps = 100000;
static constexpr size_t kMostStates = 10000;
/// Steps that are looked at, some tenths of a second.
static constexpr size_t kMostWork = 30000000;

namespace {

struct Step {
  enum Kind { Byte, Fork, Place, Match } kind;
  int next = -1, other = -1; ///< `other` of Fork alone
  uint8_t low = 0, high = 0;
  Pattern::Place place = Pattern::BeginText;
};

/// What is beside a place in a text.
enum class Beside { Edge, Newline, Word, Other };

Beside besideOf(uint8_t byte) {
  return byte == '\n'                               ? Beside::Newline
         : llvm::isAlnum(char(byte)) || byte == '_' ? Beside::Word
                                                    : Beside::Other;
}

bool holds(Pattern::Place place, Beside before, Beside behind) {
  bool isEdge = (before == Beside::Word) != (behind == Beside::Word);
  switch (place) {
  case Pattern::BeginText:
    return before == Beside::Edge;
  case Pattern::EndText:
    return behind == Beside::Edge;
  case Pattern::BeginLine:
    return before == Beside::Edge || before == Beside::Newline;
  case Pattern::EndLine:
    return behind == Beside::Edge || behind == Beside::Newline;
  case Pattern::WordEdge:
    return isEdge;
  case Pattern::NoWordEdge:
    return !isEdge;
  }
  return false;
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

/// Builds from the end: what a part goes on to is known before it.
class StepBuilder {
public:
  std::vector<Step> steps;

  int add(const Step &step) {
    steps.push_back(step);
    return int(steps.size()) - 1;
  }
  /// Parts of no steps count, too: they can be repeated as often.
  bool isTooLarge() const {
    return steps.size() > kMostSteps || visits > kMostSteps;
  }

  int build(const Pattern &part, int next) {
    ++visits;
    if (isTooLarge())
      return next;
    switch (part.kind) {
    case Pattern::Points:
      return buildPoints(part.points, next);
    case Pattern::Sequence:
      for (const auto &inner : llvm::reverse(part.parts))
        next = build(*inner, next);
      return next;
    case Pattern::Choice: {
      int start = build(*part.parts.back(), next);
      for (const auto &inner : llvm::drop_begin(llvm::reverse(part.parts)))
        start = fork(build(*inner, next), start);
      return start;
    }
    case Pattern::Repeat:
      return buildRepeat(part, next);
    case Pattern::Assertion:
      return add({Step::Place, next, -1, 0, 0, part.place});
    }
    return next;
  }

private:
  size_t visits = 0;

  int fork(int next, int other) { return add({Step::Fork, next, other}); }

  int buildRepeat(const Pattern &part, int next) {
    const Pattern &inner = *part.parts.front();
    int start = next;
    if (part.most == Pattern::any) {
      start = fork(-1, next);
      // Not in one expression: the steps may move.
      int body = build(inner, start);
      steps[start].next = body;
    }
    for (int i = part.least; i < part.most && !isTooLarge(); ++i)
      start = fork(build(inner, start), next);
    for (int i = 0; i < part.least && !isTooLarge(); ++i)
      start = build(inner, start);
    return start;
  }

  int buildPoints(const CodePoints &points, int next) {
    int start = add({Step::Byte, next, -1, 1, 0}); // takes no byte
    for (auto [first, last] : points)
      start = buildRange(first, last, next, start);
    return start;
  }

  /// The byte sequences of a range of code points, or `other`.
  int buildRange(uint32_t first, uint32_t last, int next, int other) {
    // One length after the other, and within it ranges whose last bytes are
    // all that there can be.
    for (uint32_t limit : {0x7fu, 0x7ffu, 0xffffu})
      if (first <= limit && last > limit) {
        other = buildRange(first, limit, next, other);
        return buildRange(limit + 1, last, next, other);
      }
    for (int bits = 6; last > 0x7f && bits <= 18; bits += 6) {
      uint32_t low = (1u << bits) - 1;
      if ((first & ~low) == (last & ~low))
        break;
      if (first & low) {
        other = buildRange(first, first | low, next, other);
        return buildRange((first | low) + 1, last, next, other);
      }
      if ((last & low) != low) {
        other = buildRange(first, (last & ~low) - 1, next, other);
        return buildRange(last & ~low, last, next, other);
      }
    }
    int more = last <= 0x7f ? 0 : last <= 0x7ff ? 1 : last <= 0xffff ? 2 : 3;
    static constexpr uint8_t kLead[] = {0, 0xc0, 0xe0, 0xf0};
    int at = next;
    for (int i = 0; i < more; ++i, first >>= 6, last >>= 6)
      at = add({Step::Byte, at, -1, uint8_t(0x80 | (first & 0x3f)),
                uint8_t(0x80 | (last & 0x3f))});
    at = add({Step::Byte, at, -1, uint8_t(kLead[more] | first),
              uint8_t(kLead[more] | last)});
    return fork(at, other);
  }
};

//===----------------------------------------------------------------------===//
// States
//===----------------------------------------------------------------------===//

class StateBuilder {
public:
  explicit StateBuilder(const std::vector<Step> &steps)
      : steps(steps), seenIn(steps.size()) {
    hasPlaces = llvm::any_of(
        steps, [](const Step &s) { return s.kind == Step::Place; });
    findClasses();
  }

  /// Empty: too many states, or too much work.
  std::vector<int32_t> build(int start) {
    stateOf({start}, Beside::Edge);
    std::vector<int32_t> table{int32_t(samples.size())};
    table.insert(table.end(), classOf, classOf + 256);
    for (size_t i = 0; i < states.size(); ++i) {
      if (states.size() > kMostStates || work > kMostWork)
        return {};
      // By value: the list grows.
      auto [set, before] = states[i];
      for (uint8_t byte : samples)
        table.push_back(follow(set, before, byte));
      std::vector<int> ended = closure(set, before, Beside::Edge);
      table.push_back(llvm::any_of(
          ended, [&](int s) { return steps[s].kind == Step::Match; }));
    }
    return table;
  }

private:
  const std::vector<Step> &steps;
  bool hasPlaces;
  std::vector<uint32_t> seenIn; ///< by step, the last walk that saw it
  uint32_t walk = 0;
  size_t work = 0;
  int32_t classOf[256];
  std::vector<uint8_t> samples; ///< a byte of each class
  std::vector<std::pair<std::vector<int>, Beside>> states;
  std::map<std::pair<std::vector<int>, Beside>, int32_t> numbers;

  /// Bytes that no step tells apart.
  void findClasses() {
    bool starts[257] = {true};
    for (const Step &s : steps)
      if (s.kind == Step::Byte && s.low <= s.high)
        starts[s.low] = starts[s.high + 1] = true;
    for (int byte = 1; byte < 256 && hasPlaces; ++byte)
      starts[byte] |= besideOf(byte) != besideOf(byte - 1);
    for (int byte = 0; byte < 256; ++byte) {
      if (starts[byte])
        samples.push_back(byte);
      classOf[byte] = int32_t(samples.size()) - 1;
    }
  }

  /// What is reached without a byte. With `behind` unknown the places remain.
  std::vector<int> closure(const std::vector<int> &from, Beside before,
                           std::optional<Beside> behind) {
    std::vector<int> left = from, result;
    for (++walk; !left.empty();) {
      int at = left.back();
      left.pop_back();
      if (seenIn[at] == walk)
        continue;
      seenIn[at] = walk;
      ++work;
      const Step &s = steps[at];
      if (s.kind == Step::Fork) {
        left.push_back(s.other);
        left.push_back(s.next);
      } else if (s.kind == Step::Place && behind) {
        if (holds(s.place, before, *behind))
          left.push_back(s.next);
      } else {
        result.push_back(at);
      }
    }
    llvm::sort(result);
    return result;
  }

  int32_t stateOf(const std::vector<int> &from, Beside before) {
    std::vector<int> set = closure(from, before, std::nullopt);
    if (set.empty())
      return -1;
    auto [it, isNew] = numbers.try_emplace(
        {set, hasPlaces ? before : Beside::Other}, int32_t(states.size()));
    if (isNew)
      states.push_back(it->first);
    return it->second;
  }

  int32_t follow(const std::vector<int> &set, Beside before, uint8_t byte) {
    std::vector<int> next;
    for (int at : closure(set, before, besideOf(byte))) {
      const Step &s = steps[at];
      if (s.kind == Step::Byte && s.low <= byte && byte <= s.high)
        next.push_back(s.next);
    }
    return next.empty() ? -1 : stateOf(next, besideOf(byte));
  }
};

} // namespace

llvm::Expected<std::vector<int32_t>>
dlc::makeAutomaton(llvm::StringRef pattern) {
  auto parsed = parsePattern(pattern);
  if (!parsed)
    return parsed.takeError();
  StepBuilder builder;
  int start = builder.build(**parsed, builder.add({Step::Match}));
  if (builder.isTooLarge())
    return llvm::createStringError(quote(pattern) + " is too large");
  std::vector<int32_t> table = StateBuilder(builder.steps).build(start);
  if (table.empty())
    return llvm::createStringError(quote(pattern) + " takes too many states");
  return table;
}
