#!/usr/bin/env python3
#===- share.py - each kernel's share of the peak --------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Runs a compiled model on one core and prints where its time goes: for each kind of
kernel, or each node, the share of the time, and of what the core can do at most
(test/bench/peak.c, measured in the same run). Operations are those that kernels do
(see dlc --print-kernels): Winograd's are fewer than the direct form's.

    share.py ./model [--inputs in.npz] [--runs N] [--width 64|32] [--nodes] [--realtime]
"""
import argparse
import collections
import json
import os
import subprocess
import tempfile

from kernels import Peak, take_core


def launches(program, args, place, folder):
    """Of each launch of a run: its trace event, with the least of all runs' times."""
    trace = os.path.join(folder, "trace.json")
    command = [program, "--threads", "1", "--benchmark", str(args.runs), "--trace", trace]
    if args.inputs:
        command += ["--inputs", args.inputs]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, preexec_fn=place)
    with open(trace) as f:
        events = [e for e in json.load(f)["traceEvents"] if e["ph"] == "X"]
    each = len(events) // args.runs
    for i in range(each):
        event = events[i]
        event["dur"] = min(e["dur"] for e in events[i::each])
        yield event


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("program")
    p.add_argument("--inputs", help="an npz file; default: random inputs")
    p.add_argument("--runs", type=int, default=20)
    p.add_argument("--width", type=int, choices=(64, 32), default=64, help="bytes of a vector of the code")
    p.add_argument("--nodes", action="store_true", help="a line for each launch")
    p.add_argument("--realtime", action="store_true", help="go before all other processes, as root may")
    args = p.parse_args()
    place = take_core(args.realtime)
    groups = collections.defaultdict(collections.Counter)
    with tempfile.TemporaryDirectory() as folder:
        peak = Peak(folder, place)
        peak.measure()
        for number, event in enumerate(launches(os.path.abspath(args.program), args, place, folder)):
            facts = event["args"]
            key = f"{number:4} {facts['kernel']}  {event['name']}" if args.nodes else facts["kernel"]
            groups[key].update(us=event["dur"], launches=1, flops=facts.get("flops", 0), bytes=facts.get("bytes", 0))
    whole = sum(group["us"] for group in groups.values()) or 1
    gflops = peak.gflops[args.width]
    print(f"{whole / 1000:.3f} ms in kernels; peak {gflops:.0f} GFLOP/s")
    print(f"{'% of time':>9} {'us':>10} {'launches':>8} {'GFLOP/s':>8} {'% of peak':>9} {'GB/s':>7}  kernel")
    order = groups.items() if args.nodes else sorted(groups.items(), key=lambda item: -item[1]["us"])
    for key, group in order:
        us = max(group["us"], 1e-3)
        rate = group["flops"] / us / 1000
        print(f"{100 * us / whole:9.1f} {us:10.1f} {group['launches']:8} {rate:8.1f} {100 * rate / gflops:9.1f} "
              f"{group['bytes'] / us / 1000:7.1f}  {key}")


if __name__ == "__main__":
    main()
