#!/usr/bin/env python3
#===- kernels.py - kernels beside the peak and other engines --*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Measures the models of kernel_models.py, and what the core can do at most, in one
run on one core; writes docs/kernels.md.

    kernels.py --dlc build/bin/dlc --work build/bench/kernels [--only REGEX] [--out docs]

What counts of an engine is the time that it says its operators took, without what it
does at the edges of a model to bring tensors into its own layout.
"""
import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import onnx

import kernel_models

HERE = os.path.dirname(os.path.abspath(__file__))
EDGE_TYPES = {"Parameter", "Result", "Constant", "Reorder", "ReorderInput", "ReorderOutput"}
# Engines by column: what they are told. The widths are those of peak.c.
DLC = {"dlc": ("x86-64-v4", 64), "dlc_avx2": ("x86-64-v3", 32)}
PEERS = {"onnxruntime": ({}, 64), "openvino": ({}, 64)}


# --- peers, in a process of their own -----------------------------------------


def is_edge(name, kind):
    return kind in EDGE_TYPES or (kind == "Transpose" and name != "Transpose")


def onnxruntime_times(model, feed, runs, folder):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_profiling, options.profile_file_prefix = True, os.path.join(folder, "ort")
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    for _ in range(runs):
        session.run(None, feed)
    path = session.end_profiling()
    with open(path) as f:
        events = json.load(f)
    os.remove(path)
    spans = sorted((e["ts"], e["ts"] + e["dur"]) for e in events if e["name"] == "model_run")
    nodes = [(e["ts"], e["dur"]) for e in events if e["name"].endswith("_kernel_time")
             and not is_edge(e["name"].removesuffix("_kernel_time"), e["args"]["op_name"])]
    return [sum(dur for ts, dur in nodes if begin <= ts < end) for begin, end in spans]


def openvino_times(model, feed, runs, folder):
    import openvino
    compiled = openvino.Core().compile_model(openvino.Core().read_model(model), "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1,
        "NUM_STREAMS": 1, "PERF_COUNT": True})
    request = compiled.create_infer_request()
    request.infer(feed)

    def once():
        request.infer()
        # Counters are means over all runs where there were several.
        return sum(node.real_time.total_seconds() * 1e6 for node in request.profiling_info
                   if not is_edge(node.node_name, node.node_type))
    return [once() for _ in range(runs)]


def serve(name, model, inputs, runs, folder):
    times = {"onnxruntime": onnxruntime_times, "openvino": openvino_times}[name.split("_")[0]]
    times = times(model, dict(np.load(inputs)), int(runs), folder)
    print(json.dumps(min(times[len(times) // 4:])))


def peer_us(name, case, runs, place):
    command = [sys.executable, os.path.abspath(__file__), "--serve", name, case.path, case.inputs, str(runs),
               os.path.dirname(case.path)]
    result = subprocess.run(command, capture_output=True, text=True, preexec_fn=place,
                            env={**os.environ, "OMP_NUM_THREADS": "1", **PEERS[name][0]})
    if result.returncode:
        print(f"{case.name}: {name}: {result.stderr.strip().splitlines()[-1]}", file=sys.stderr)
        return None
    return json.loads(result.stdout.splitlines()[-1])


# --- dlc and the core ----------------------------------------------------------


def dlc_us(program, case, runs, place):
    """The least time of a run's kernels, and what they are."""
    trace = program + ".json"
    subprocess.run([program, "--inputs", case.inputs, "--threads", "1", "--benchmark", str(runs), "--trace", trace],
                   check=True, capture_output=True, preexec_fn=place)
    with open(trace) as f:
        events = [e for e in json.load(f)["traceEvents"] if e["ph"] == "X"]
    each = len(events) // runs
    times = [sum(e["dur"] for e in events[i * each:(i + 1) * each]) for i in range(runs)]
    return min(times), list(dict.fromkeys(e["args"]["kernel"] for e in events[:each]))


class Peak:
    """The best that peak.c has measured, by width of vectors."""

    def __init__(self, work, place):
        self.place, self.gflops, self.programs = place, collections.Counter(), {}
        compiler = next(c for c in ("clang-22", "clang", "gcc") if shutil.which(c))
        for width in (64, 32):
            self.programs[width] = os.path.join(work, f"peak{width}")
            subprocess.run([compiler, "-O3", "-march=native", f"-DWIDTH={width}", os.path.join(HERE, "peak.c"), "-o",
                            self.programs[width]], check=True)

    def run(self, width, *arguments):
        result = subprocess.run([self.programs[width], *arguments], check=True, capture_output=True, text=True,
                                preexec_fn=self.place)
        return float(result.stdout)

    def measure(self):
        for width in self.programs:
            self.gflops[width] = max(self.gflops[width], self.run(width))

    def floor_us(self, width, case):
        return self.run(width, f"{case.read}:{case.written}") / 1000

    def moves_us(self, width, case):
        return self.run(width, case.moves) / 1000


# --- all of them ----------------------------------------------------------------


def take_core(realtime):
    def place():
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        if realtime:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
    return place


def prepare(case, number, args):
    folder = os.path.join(args.work, str(number))
    os.makedirs(folder, exist_ok=True)
    case.path, case.inputs = os.path.join(folder, "model.onnx"), os.path.join(folder, "inputs.npz")
    onnx.save(case.model, case.path)
    rng = np.random.default_rng(number)
    np.savez(case.inputs, **{value.name: rng.standard_normal(
        [d.dim_value for d in value.type.tensor_type.shape.dim]).astype(np.float32) for value in case.model.graph.input})
    case.programs = {}
    for name, (march, _) in DLC.items():
        case.programs[name] = os.path.join(folder, name)
        subprocess.run([args.dlc, case.path, "-o", case.programs[name], f"-march={march}", *case.flags], check=True)
    del case.model


def measure(case, peak, args, place):
    row = {"group": case.group, "name": case.name, "flops": case.flops, "bytes": case.read + case.written, "us": {},
           "share": {}, "units": {}, "moves": {}, "kernels": {}}
    best, floors, moves = {}, {}, {}

    def note(where, key, value):
        if value is not None:
            where[key] = min(value, where.get(key, value))
    runs = 5
    for turn in range(args.rounds + 1):
        for name, program in case.programs.items():
            us, row["kernels"][name] = dlc_us(program, case, runs, place)
            note(best, name, us)
        if turn == 0:   # to know how many runs are enough
            runs = max(10, min(3000, int(args.seconds * 1e6 / max(1, best["dlc"]))))
            continue
        for name in PEERS:
            note(best, name, peer_us(name, case, runs, place))
        if not case.flops:
            for width in (64, 32):
                note(floors, width, peak.floor_us(width, case))
                if case.moves:
                    note(moves, width, peak.moves_us(width, case))
    peak.measure()
    widths = {**{n: w for n, (_, w) in DLC.items()}, **{n: w for n, (_, w) in PEERS.items()}}
    for name, us in best.items():
        row["us"][name] = us
        least = case.flops / peak.gflops[widths[name]] / 1000 if case.flops else floors[widths[name]]
        row["share"][name] = least / us if us else None
        if case.steps and name in DLC:
            row["units"][name] = 2 * case.steps / peak.gflops[widths[name]] / 1000 / us
        if case.moves and name in DLC:
            row["moves"][name] = moves[widths[name]] / us
    return row


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--dlc", required=True)
    p.add_argument("--work", required=True)
    p.add_argument("--only", default="", help="cases whose group or name matches this")
    p.add_argument("--out", help="the folder of kernels.md")
    p.add_argument("--rounds", type=int, default=2)
    p.add_argument("--seconds", type=float, default=0.2, help="of an engine's runs in a round")
    p.add_argument("--realtime", action="store_true", help="go before all other processes, as root may")
    args = p.parse_args()
    os.makedirs(args.work, exist_ok=True)
    place = take_core(args.realtime)
    peak = Peak(args.work, place)
    peak.measure()
    rows = []
    cases = [c for c in kernel_models.cases() if re.search(args.only, f"{c.group}: {c.name}")]
    for number, case in enumerate(cases):
        prepare(case, number, args)
        row = measure(case, peak, args, place)
        rows.append(row)
        shares = "  ".join(f"{name} {100 * (share or 0):.0f}%" for name, share in row["share"].items())
        for what in "units", "moves":
            shares += "".join(f"  {name}'s {what} {100 * share:.0f}%" for name, share in row[what].items())
        print(f"{case.group}: {case.name}: {row['us']['dlc']:.1f} us  {shares}  {' + '.join(row['kernels']['dlc'])}",
              flush=True)
    result = {"gflops": peak.gflops, "rows": rows}
    with open(os.path.join(args.work, "kernels.json"), "w") as f:
        json.dump(result, f, indent=1)
    if args.out:
        import kernel_report
        kernel_report.write(result, args.out)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(*sys.argv[2:])
    else:
        main()
