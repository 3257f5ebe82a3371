//===- Options.cpp - what the user asked for --------------------*- C++ -*-===//
//
// Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver/Options.h"
#include "Target/ModelInfo.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;
using namespace llvm::opt;

namespace dlc {
namespace {

enum ID {
  OPT_INVALID = 0,
#define OPTION(...) LLVM_MAKE_OPT_ID(__VA_ARGS__),
#include "Options.inc"
#undef OPTION
};

#define OPTTABLE_STR_TABLE_CODE
#include "Options.inc"
#undef OPTTABLE_STR_TABLE_CODE

#define OPTTABLE_PREFIXES_TABLE_CODE
#include "Options.inc"
#undef OPTTABLE_PREFIXES_TABLE_CODE

constexpr OptTable::Info infoTable[] = {
#define OPTION(...) LLVM_CONSTRUCT_OPT_INFO(__VA_ARGS__),
#include "Options.inc"
#undef OPTION
};

class Table : public GenericOptTable {
public:
  Table() : GenericOptTable(OptionStrTable, OptionPrefixesTable, infoTable) {}
};

// One parse: reads the arguments into the options and remembers whether it
// complained.
class Parser {
public:
  Parser(const InputArgList &args, const Table &table,
         ArrayRef<StringRef> stages, Options &options, raw_ostream &err)
      : args(args), table(table), stages(stages), options(options), err(err) {}

  bool parse();

private:
  void error(const Twine &message) {
    err << "dlc: error: " << message << "\n";
    failed = true;
  }
  std::string text(ID id) { return args.getLastArgValue(id).str(); }

  void reportUnknown();
  void parseInput();
  void parseEmit();
  void parseTarget();
  void parseTune();
  void parseModel();
  void parseShape(StringRef value);
  std::string parseRegex(ID id);
  void parseInspection();
  void parseJobs();
  void parseColor();
  void passOn();
  void setDefaults();

  const InputArgList &args;
  const Table &table;
  ArrayRef<StringRef> stages;
  Options &options;
  raw_ostream &err;
  bool failed = false;
};

void Parser::reportUnknown() {
  for (const Arg *arg : args.filtered(OPT_UNKNOWN)) {
    std::string spelling = arg->getAsString(args), near;
    bool known = table.findNearest(spelling, near, Visibility(), 4, 3) <= 3;
    error("unknown option '" + spelling + "'" +
          (known ? "; did you mean '" + near + "'?" : ""));
  }
}

void Parser::parseInput() {
  std::vector<std::string> inputs = args.getAllArgValues(OPT_INPUT);
  if (inputs.empty())
    error("no model given; see dlc --help");
  else if (inputs.size() > 1)
    error("more than one model given: '" + inputs[0] + "' and '" + inputs[1] +
          "'");
  else
    options.input = inputs[0];
  const Arg *format = args.getLastArg(OPT_x);
  if (!format)
    return;
  StringRef name = format->getValue();
  auto known = StringSwitch<std::optional<Format>>(name)
                   .Case("onnx", Format::ONNX)
                   .Case("mlir", Format::MLIR)
                   .Case("llvm", Format::LLVM) // for the linker's own tests
                   .Default(std::nullopt);
  if (known)
    options.format = *known;
  else
    error("unknown format '" + name + "' in '-x'; expected onnx or mlir");
}

void Parser::parseEmit() {
  for (const Arg *arg : args.filtered(OPT_c, OPT_S, OPT_shared, OPT_emit)) {
    StringRef kind = arg->getOption().matches(OPT_c)        ? "obj"
                     : arg->getOption().matches(OPT_S)      ? "asm"
                     : arg->getOption().matches(OPT_shared) ? "shared"
                                                            : arg->getValue();
    auto known = StringSwitch<std::optional<Emit>>(kind)
                     .Case("exe", Emit::Executable)
                     .Case("obj", Emit::Object)
                     .Case("asm", Emit::Assembly)
                     .Case("lib", Emit::Archive)
                     .Case("shared", Emit::Shared)
                     .Case("llvm", Emit::LLVM)
                     .Case("mlir", Emit::MLIR)
                     .Default(std::nullopt);
    if (known)
      options.emit = *known;
    else if (kind == "ptx" || kind == "cubin")
      error("'--emit=" + kind +
            "' needs '--device=cuda', which is not "
            "supported yet");
    else
      error("unknown kind '" + kind +
            "' in '--emit='; expected exe, obj, asm, "
            "lib, shared, llvm or mlir");
  }
  options.isStatic = args.hasArg(OPT_static_);
  if (options.isStatic && options.emit == Emit::Shared)
    error("'-static' and '-shared' exclude each other");
  options.stage = text(OPT_stage);
  if (!options.stage.empty()) {
    if (options.emit != Emit::MLIR)
      error("'--stage=' needs '--emit=mlir'");
    if (!is_contained(stages, options.stage))
      error("unknown stage '" + options.stage + "'; expected one of " +
            join(stages, ", "));
  }
  options.weightsFile = text(OPT_weights);
  if (options.weightsFile == "-")
    error("'--weights=-': weights do not go to standard output");
}

void Parser::parseTarget() {
  if (const Arg *arg = args.getLastArg(OPT_O)) {
    StringRef level = arg->getValue();
    if (level.size() == 1 && level[0] >= '0' && level[0] <= '3')
      options.optLevel = level[0] - '0';
    else
      error("unknown optimisation level '" + arg->getAsString(args) +
            "'; expected -O0 to -O3");
  }
  if (const Arg *arg = args.getLastArg(OPT_march, OPT_mcpu)) {
    for (StringRef name : split(arg->getValue(), ','))
      if (name.empty())
        error("empty name in '" + arg->getAsString(args) + "'");
      else if (!is_contained(options.march, name))
        options.march.push_back(name.str());
  }
  options.attributes = join(args.getAllArgValues(OPT_mattr), ",");
  options.triple = text(OPT_target);
  options.sysroot = text(OPT_sysroot);
  options.debugInfo = args.hasArg(OPT_g);
  options.winograd =
      args.hasFlag(OPT_fwinograd, OPT_fno_winograd, /*Default=*/true);
  options.strassen =
      args.hasFlag(OPT_fstrassen, OPT_fno_strassen, /*Default=*/true);
  std::string device = args.getLastArgValue(OPT_device, "cpu").str();
  if (device == "cuda")
    error("device 'cuda' is not supported yet; expected cpu");
  else if (device != "cpu")
    error("unknown device '" + device + "'; expected cpu");
}

void Parser::parseTune() {
  options.tuneFile = text(OPT_tune_file);
  options.tuneInputs = text(OPT_tune_inputs);
  const Arg *arg = args.getLastArg(OPT_tune, OPT_tune_EQ);
  if (!arg) {
    if (!options.tuneInputs.empty())
      error("'--tune-inputs=' needs '--tune'");
    return;
  }
  options.tune = 120;
  if (arg->getOption().matches(OPT_tune_EQ) &&
      StringRef(arg->getValue()).getAsInteger(10, *options.tune))
    error("'" + arg->getAsString(args) + "' should be a number of seconds");
  if (options.input == "-")
    error("'--tune' reads the model again and again: it can't come from "
          "standard input");
  if (options.format == Format::LLVM)
    error("'--tune' needs a model, not LLVM IR");
  if (!options.tuneFile.empty())
    return;
  SmallString<128> path;
  if (sys::path::cache_directory(path)) {
    sys::path::append(path, "dlc", "tuned.json");
    options.tuneFile = path.str().str();
  } else
    error("'--tune' finds no folder for what it measures; name a file with "
          "'--tune-file='");
}

// "x=1x3x224x224", "x=batch,3,?,?": names that hold an x need the commas.
void Parser::parseShape(StringRef value) {
  auto [name, dims] = value.rsplit('=');
  if (name.empty() || name == value) {
    error("'--shape " + value + "' should be like NAME=1x3x224x224");
    return;
  }
  ShapeOption shape;
  shape.input = name.str();
  if (dims.empty()) { // a scalar
    options.shapes.push_back(std::move(shape));
    return;
  }
  for (StringRef part : split(dims, dims.contains(',') ? ',' : 'x')) {
    DimOption dim;
    bool isNumber = !part.empty() && (isDigit(part[0]) || part[0] == '-');
    if (part.empty() ||
        (isNumber && (part.getAsInteger(10, dim.size) || dim.size < 0))) {
      error("'" + part + "' in '--shape " + value + "' is no dimension");
      return;
    }
    if (!isNumber && part != "?")
      dim.name = part.str();
    shape.dims.push_back(std::move(dim));
  }
  options.shapes.push_back(std::move(shape));
}

void Parser::parseModel() {
  for (const std::string &value : args.getAllArgValues(OPT_shape))
    parseShape(value);
  for (StringRef value : args.getAllArgValues(OPT_dim)) {
    auto [name, size] = value.rsplit('=');
    FixedDim dim{name.str(), 0};
    if (name.empty() || size.getAsInteger(10, dim.size) || dim.size < 0)
      error("'--dim " + value + "' should be like NAME=8");
    else
      options.dims.push_back(std::move(dim));
  }
  options.signature = text(OPT_signature);
  options.ident = text(OPT_name);
  if (args.hasArg(OPT_name) &&
      target::makeIdentifier(options.ident) != options.ident)
    error("'" + options.ident + "' in '--name=' is no C identifier");
}

std::string Parser::parseRegex(ID id) {
  const Arg *arg = args.getLastArg(id);
  std::string why;
  if (!arg || Regex(arg->getValue()).isValid(why))
    return arg ? arg->getValue() : "";
  error("'" + arg->getAsString(args) + "' is no regular expression: " + why);
  return "";
}

void Parser::parseInspection() {
  options.verbose = args.hasArg(OPT_v);
  options.dryRun = args.hasArg(OPT_dry_run);
  options.timeReport = args.hasArg(OPT_ftime_report);
  options.printKernels = args.hasArg(OPT_print_kernels);
  options.passRemarks = parseRegex(OPT_Rpass);
  options.missedRemarks = parseRegex(OPT_Rpass_missed);
}

void Parser::parseJobs() {
  const Arg *arg = args.getLastArg(OPT_j);
  if (!arg)
    return;
  if (StringRef(arg->getValue()).getAsInteger(10, options.jobs) ||
      options.jobs > 4096)
    error("'" + arg->getAsString(args) + "' should be a number of threads");
}

void Parser::parseColor() {
  const Arg *arg = args.getLastArg(OPT_color, OPT_color_EQ);
  if (!arg)
    return;
  StringRef when = arg->getOption().matches(OPT_color) ? StringRef("always")
                                                       : arg->getValue();
  auto known = StringSwitch<std::optional<When>>(when)
                   .Case("always", When::Always)
                   .Case("never", When::Never)
                   .Case("auto", When::Auto)
                   .Default(std::nullopt);
  if (known)
    options.color = *known;
  else
    error("unknown value '" + when +
          "' in '--color='; expected always, never "
          "or auto");
}

// LLVM and MLIR have options of their own, which only they read.
void Parser::passOn() {
  std::vector<std::string> theirs{"dlc"};
  for (const Arg *arg : args.filtered(OPT_mllvm, OPT_mlir_))
    theirs.push_back(arg->getOption().matches(OPT_mllvm)
                         ? arg->getValue()
                         : std::string("--mlir-") + arg->getValue());
  if (theirs.size() == 1)
    return;
  mlir::registerAsmPrinterCLOptions();
  mlir::registerMLIRContextCLOptions();
  mlir::registerPassManagerCLOptions();
  mlir::registerDefaultTimingManagerCLOptions();
  std::vector<const char *> argv;
  for (const std::string &arg : theirs)
    argv.push_back(arg.c_str());
  std::string message;
  raw_string_ostream os(message);
  if (cl::ParseCommandLineOptions(argv.size(), argv.data(), "", &os))
    return;
  StringRef line = StringRef(message).trim().split('\n').first;
  line.consume_front("dlc: ");
  line = line.take_front(line.find(".  Try"));
  error(line.take_front(1).lower() + line.drop_front(1));
}

void Parser::setDefaults() {
  StringRef path = options.input;
  while (path.size() > 1 && sys::path::is_separator(path.back()))
    path = path.drop_back(); // a SavedModel's folder
  std::string stem = path == "-" ? "model" : sys::path::stem(path).str();
  options.output = text(OPT_o);
  bool given = !options.output.empty();
  if (!given) {
    constexpr const char *suffixes[] = {"", ".o", ".s", ".a", ".so"};
    bool toScreen = options.emit == Emit::LLVM || options.emit == Emit::MLIR;
    options.output =
        toScreen ? "-" : stem + suffixes[static_cast<size_t>(options.emit)];
  }
  if (options.output == "-" && !isText(options.emit))
    error("'-o -' needs -S, --emit=llvm or --emit=mlir: only text goes to "
          "standard output");
  else if (options.output != "-" && sys::fs::equivalent(options.output, path))
    error("the output '" + options.output + "' would overwrite the model; " +
          (given ? "give another -o" : "give one with -o"));
  if (options.ident.empty())
    options.ident = target::makeIdentifier(
        path == "-" && given ? sys::path::stem(options.output).str() : stem);

  if (args.hasArg(OPT_MD, OPT_MF)) {
    SmallString<128> file(options.output == "-" ? StringRef(stem)
                                                : options.output);
    sys::path::replace_extension(file, "d");
    options.dependencyFile = args.getLastArgValue(OPT_MF, file).str();
  }
  for (StringRef result :
       {StringRef(options.weightsFile), StringRef(options.dependencyFile)})
    if (sys::fs::equivalent(result, path))
      error("'" + result + "' would overwrite the model; give another name");
  if (const Arg *arg = args.getLastArg(OPT_save_temps, OPT_save_temps_EQ)) {
    std::string folder = sys::path::parent_path(options.output).str();
    options.saveTemps = arg->getOption().matches(OPT_save_temps_EQ)
                            ? arg->getValue()
                        : folder.empty() ? "."
                                         : folder;
  }
  options.runtimeDir = text(OPT_runtime_dir);
  if (options.runtimeDir.empty()) {
    static int anchor;
    SmallString<128> root(sys::fs::getMainExecutable("dlc", &anchor));
    sys::path::remove_filename(root); // bin/dlc
    sys::path::append(root, "..", "lib", "dlc");
    sys::path::remove_dots(root, true);
    options.runtimeDir = root.str().str();
  }
}

bool Parser::parse() {
  reportUnknown();
  parseInput();
  parseEmit();
  parseTarget();
  parseTune();
  parseModel();
  parseInspection();
  parseJobs();
  parseColor();
  if (!failed) // what follows builds on it
    setDefaults();
  if (!failed)
    passOn();
  return !failed;
}

void printVersion(raw_ostream &out) {
  out << "dlc version " DLC_VERSION "\nLLVM version " << LLVM_VERSION_STRING
      << "\nhost: " << sys::getProcessTriple() << ", " << sys::getHostCPUName()
      << "\n";
}

} // namespace

std::string compilerName() { return "dlc " DLC_VERSION; }

std::optional<int> parseOptions(ArrayRef<const char *> argv,
                                ArrayRef<StringRef> stages, Options &options,
                                raw_ostream &out, raw_ostream &err) {
  BumpPtrAllocator allocator;
  SmallVector<const char *> expanded(argv.drop_front());
  cl::ExpansionContext expansion(allocator, cl::TokenizeGNUCommandLine);
  if (Error error = expansion.expandResponseFiles(expanded)) {
    err << "dlc: error: " << toString(std::move(error)) << "\n";
    return 2;
  }
  static const Table table;
  unsigned missingIndex, missingCount;
  InputArgList args = table.ParseArgs(expanded, missingIndex, missingCount);
  if (args.hasArg(OPT_help, OPT_help_hidden)) {
    table.printHelp(out, "dlc MODEL [-o OUT] [options] [@FILE]",
                    "compiles a trained model into native code",
                    args.hasArg(OPT_help_hidden));
    return 0;
  }
  if (args.hasArg(OPT_version)) {
    printVersion(out);
    return 0;
  }
  if (missingCount) {
    err << "dlc: error: a value is missing after '"
        << args.getArgString(missingIndex) << "'\n";
    return 2;
  }
  if (!Parser(args, table, stages, options, err).parse())
    return 2;
  return std::nullopt;
}

} // namespace dlc
