//===- Tune.cpp - measuring which forms are the fastest ---------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Kernels are timed within the network, not alone: alone, weights come from
// caches that they are not in when all others have been read in between. One
// trial takes the first form of each operation, which is the cost model's
// choice, one the second, and so on; what a trial says of an operation does not
// depend on the others' forms by much. The last trial is of what was chosen: it
// must not be slower than the first.
//
//===----------------------------------------------------------------------===//

#include "Driver/Tune.h"

#include "Driver/Compile.h"
#include "Driver/HostPeak.h"
#include "Driver/Phases.h"
#include "Target/OutputFile.h"
#include "Target/TargetSpec.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

using namespace llvm;

namespace dlc {
namespace {

constexpr unsigned runs = 10;
/// A form takes the place of the cost model's if it takes less than this share
/// of its time.
constexpr double worthwhile = 0.98;
/// After so long a trial is given up.
constexpr unsigned longestRun = 600; // seconds

int fail(const Twine &message) {
  errs() << "dlc: error: " << message << "\n";
  return 1;
}

/// Runs a program, and gives its exit code. A signal that ends dlc ends it,
/// too: it would go on, and write files that have been removed.
int runProgram(const std::vector<std::string> &args, const std::string &out,
               const std::string &err, std::string &why) {
  std::vector<char *> argv;
  for (const std::string &arg : args)
    argv.push_back(const_cast<char *>(arg.c_str()));
  argv.push_back(nullptr);
  pid_t self = ::getpid(), pid = ::fork();
  if (pid < 0) {
    why = sys::StrError();
    return -1;
  }
  if (pid == 0) {
#ifdef __linux__
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || ::getppid() != self)
      ::_exit(1);
#endif
    auto redirect = [](const char *path, int flags, int to) {
      int fd = ::open(path, flags);
      if (fd < 0 || ::dup2(fd, to) < 0)
        ::_exit(1);
      ::close(fd);
    };
    redirect("/dev/null", O_RDONLY, STDIN_FILENO);
    redirect(out.c_str(), O_WRONLY, STDOUT_FILENO);
    redirect(err.c_str(), O_WRONLY, STDERR_FILENO);
    ::execv(argv.front(), argv.data());
    ::_exit(127);
  }
  sys::ProcessInfo process;
  process.Pid = process.Process = pid;
  return sys::Wait(process, longestRun, &why).ReturnCode;
}

/// The microseconds of a run, all of it and of a launch of each operation.
struct Times {
  double all = 0;
  std::map<std::string, double> launches; // by key
};

/// The trials for one processor.
class Tuner {
public:
  Tuner(const Options &options, const std::string &march,
        const target::TargetSpec &spec, TunedForms &tuned)
      : options(options), march(march), tuned(tuned), spec(spec),
        known(tuned.processors[processorName(spec.label, options.attributes,
                                             spec.optLevel)]) {}

  int run();

private:
  Options trialOptions(StringRef output) const;
  int findChoices();
  int measure(Times &times);
  int readTimes(StringRef trace, ArrayRef<cpu::KernelRow> kernels,
                Times &times) const;
  void choose();
  void say(const Twine &what, double us) const {
    if (options.verbose)
      errs() << "tune: " << what << format(": %.3f ms\n", us / 1000);
  }

  const Options &options;
  const std::string &march;
  TunedForms &tuned;
  const target::TargetSpec &spec;
  TunedForms::Processor &known;
  /// Of the operations to choose for, the model's choice.
  std::map<std::string, cpu::Form> measured;
  size_t trials = 0;
};

Options Tuner::trialOptions(StringRef output) const {
  Options trial = options;
  if (!march.empty())
    trial.march = {march};
  // A plain program, of which nobody is to see anything.
  trial.emit = Emit::Executable;
  trial.output = output.str();
  trial.stage.clear();
  trial.weightsFile.clear();
  trial.dependencyFile.clear();
  trial.isStatic = trial.debugInfo = false;
  trial.verbose = trial.timeReport = trial.printKernels = false;
  trial.saveTemps.reset();
  trial.passRemarks.clear();
  trial.missedRemarks.clear();
  return trial;
}

/// Finds the operations that there is something to choose for.
int Tuner::findChoices() {
  target::TempFiles temps;
  auto text = temps.make("dlc-tune", "mlir");
  if (!text)
    return fail(toString(text.takeError()));
  Options scan = trialOptions(*text);
  scan.emit = Emit::MLIR;
  scan.stage = "cluster";
  std::vector<cpu::KernelRow> kernels; // none in that stage
  tuned.trial = 0;
  tuned.choices.clear();
  if (int code = compileTrial(scan, tuned, kernels))
    return code;
  for (const auto &[key, choice] : tuned.choices) {
    auto entry = known.entries.find(key);
    if (entry != known.entries.end() &&
        all_of(choice.forms, [&](const cpu::Form &form) {
          return entry->second.us.count(form.name());
        }))
      continue;
    known.entries.erase(key);
    measured[key] = choice.forms.front();
    trials = std::max(trials, choice.forms.size());
  }
  return 0;
}

int Tuner::readTimes(StringRef path, ArrayRef<cpu::KernelRow> kernels,
                     Times &times) const {
  auto file = MemoryBuffer::getFile(path);
  if (!file)
    return fail(path + ": " + file.getError().message());
  auto trace = json::parse((*file)->getBuffer());
  if (!trace)
    return fail(path + ": " + toString(trace.takeError()));
  auto nameOf = [](StringRef nodes, StringRef kernel) {
    return (nodes + "\n" + kernel).str();
  };
  std::map<std::string, std::vector<double>> durations;
  const json::Object *root = trace->getAsObject();
  const json::Array *events = root ? root->getArray("traceEvents") : nullptr;
  for (const json::Value &value : events ? *events : json::Array()) {
    const json::Object *event = value.getAsObject();
    if (!event || event->getString("ph") != "X")
      continue;
    durations[nameOf(event->getString("name").value_or(""),
                     event->getString("cat").value_or(""))]
        .push_back(event->getNumber("dur").value_or(0));
  }
  std::map<std::string, std::string> keys;
  for (const cpu::KernelRow &row : kernels)
    keys[nameOf(row.site.empty() ? "launch" : row.site, row.name())] = row.form;
  std::map<std::string, std::pair<double, double>>
      sums; // and launches, of keys
  for (auto &[name, list] : durations) {
    // Near the least: what other programs take of the core is added to most.
    auto low = list.begin() + list.size() / 10;
    std::nth_element(list.begin(), low, list.end());
    double launches = static_cast<double>(list.size()) / runs;
    times.all += *low * launches;
    if (auto key = keys.find(name); key != keys.end()) {
      auto &[sum, count] = sums[key->second];
      sum += *low * launches;
      count += launches;
    }
  }
  for (const auto &[key, sum] : sums)
    times.launches[key] = sum.first / sum.second;
  return 0;
}

/// Compiles and runs the model with the forms that `tuned` takes now.
int Tuner::measure(Times &times) {
  target::TempFiles temps; // a program holds all weights: one at a time
  SmallVector<std::string> paths;
  for (StringRef suffix : {"exe", "json", "out", "err"}) {
    auto path = temps.make("dlc-tune", suffix);
    if (!path)
      return fail(toString(path.takeError()));
    paths.push_back(*path);
  }
  const std::string &program = paths[0];
  std::vector<cpu::KernelRow> kernels;
  tuned.choices.clear();
  std::string weights = program + ".weights"; // of large models
  sys::RemoveFileOnSignal(weights);
  llvm::scope_exit removeWeights([&] {
    sys::fs::remove(weights);
    sys::DontRemoveFileOnSignal(weights);
  });
  if (int code = compileTrial(trialOptions(program), tuned, kernels))
    return code;
  std::string count = std::to_string(runs);
  std::vector<std::string> args{program, "--threads", "1",     "--benchmark",
                                count,   "--trace",   paths[1]};
  if (!options.tuneInputs.empty())
    args.insert(args.end(), {"--inputs", options.tuneInputs});
  std::string why;
  int code = runProgram(args, paths[2], paths[3], why);
  if (code != 0) {
    if (why.empty())
      if (auto text = MemoryBuffer::getFile(paths[3]))
        why = (*text)->getBuffer().split('\n').first.str();
    if (why.empty())
      why = "it exits with " + std::to_string(code);
    return fail("'--tune' can't run code for '" + spec.label +
                "' here: " + why +
                (options.tuneInputs.empty()
                     ? "; '--tune-inputs=' gives it other inputs than random "
                       "ones"
                     : ""));
  }
  return readTimes(paths[1], kernels, times);
}

void Tuner::choose() {
  for (const auto &[key, model] : measured) {
    TunedForms::Entry &entry = known.entries[key];
    entry.best = model.name();
    auto own = entry.us.find(entry.best);
    if (own == entry.us.end())
      continue; // it never ran
    double least = own->second * worthwhile;
    for (const auto &[form, us] : entry.us)
      if (us < least) {
        least = us;
        entry.best = form;
      }
  }
}

int Tuner::run() {
  auto start = std::chrono::steady_clock::now();
  if (int code = findChoices())
    return code;
  if (measured.empty())
    return 0;
  std::map<std::string, TunedForms::Entry> entries;
  double first = 0;
  for (tuned.trial = 0; tuned.trial < trials; ++tuned.trial) {
    std::chrono::duration<double> taken =
        std::chrono::steady_clock::now() - start;
    if (tuned.trial > 0 && taken.count() > *options.tune)
      break;
    Times times;
    if (int code = measure(times))
      return code;
    for (const auto &[key, us] : times.launches) {
      auto choice = tuned.choices.find(key);
      if (measured.count(key) && choice != tuned.choices.end() &&
          tuned.trial < choice->second.forms.size())
        entries[key].us[choice->second.taken.name()] = us;
    }
    if (tuned.trial == 0)
      first = times.all;
    say("trial " + Twine(tuned.trial + 1) + " of " + Twine(trials), times.all);
  }
  tuned.trial = 0;
  known.entries.insert(entries.begin(), entries.end());
  choose();
  known.gflops = hostPeak(isaOf(spec).vectorBytes);
  if (all_of(measured, [&](const auto &model) {
        return known.entries[model.first].best == model.second.name();
      }))
    return 0;
  Times times;
  if (int code = measure(times))
    return code;
  say("what was chosen", times.all);
  if (times.all > first)
    for (const auto &[key, model] : measured)
      known.entries[key].best = model.name();
  return 0;
}

} // namespace

int tune(const Options &options, TunedForms &tuned) {
  std::vector<std::string> names = options.march;
  if (names.empty())
    names.push_back("");
  for (const std::string &march : names) {
    auto spec = target::resolveTarget(options.triple, march, options.attributes,
                                      options.optLevel);
    if (!spec)
      return fail(toString(spec.takeError())), 2;
    if (int code = Tuner(options, march, *spec, tuned).run())
      return code;
  }
  // Others may have written meanwhile.
  TunedForms all;
  if (Error error = all.read(options.tuneFile))
    return fail(toString(std::move(error)));
  all.add(tuned.processors);
  if (Error error = all.write(options.tuneFile))
    return fail(toString(std::move(error)));
  return 0;
}

} // namespace dlc
