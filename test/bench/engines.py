#===- engines.py - what is timed, each in a process of its own -*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""The engines of compare.py. One is opened, does a round of runs when asked, and
tells the times. The peers live in child processes that this file is the program
of: `engines.py NAME MODEL INPUTS OUTPUTS THREADS`, then a number of seconds a
line on standard input, a JSON object a line on standard output."""
import json
import os
import subprocess
import sys
import time

FEWEST_RUNS = 3
FIRST_RESULTS = 7       # programs started for the time to the first result


class EngineError(Exception):
    """Why an engine can't run a model."""


# --- peers, in the child ------------------------------------------------------


def onnxruntime_runner(model, feed, threads):
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return lambda: dict(zip(names, session.run(names, feed)))


def openvino_runner(model, feed, threads):
    import openvino
    network = openvino.Core().read_model(model)
    network.reshape({name: list(array.shape) for name, array in feed.items()})
    compiled = openvino.Core().compile_model(network, "CPU", {
        "PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32",
        "INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": 1})
    request = compiled.create_infer_request()
    request.infer(feed)     # the inputs stay set
    outputs = [(output.get_any_name(), output) for output in compiled.outputs]

    def run():
        request.infer()
        return {name: request.get_tensor(output).data for name, output in outputs}
    return run


RUNNERS = {"onnxruntime": onnxruntime_runner, "openvino": openvino_runner}


def timed_runs(run, seconds):
    times, end = [], time.perf_counter() + seconds
    while len(times) < FEWEST_RUNS or time.perf_counter() < end:
        start = time.perf_counter_ns()
        run()
        times.append(time.perf_counter_ns() - start)
    return min(times)


def serve(name, model, inputs, outputs, threads):
    import numpy as np
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)           # what libraries print is no answer

    def answer(**fields):
        print(json.dumps(fields), file=answers, flush=True)
    try:
        start = time.perf_counter()
        run = RUNNERS[name](model, dict(np.load(inputs)), int(threads))
        np.savez(outputs, **run())
        answer(load_s=time.perf_counter() - start)
    except Exception as e:
        answer(error=f"{type(e).__name__}: {e}".splitlines()[0])
        return
    for line in sys.stdin:
        answer(ns=timed_runs(run, float(line)))


# --- both kinds, as compare.py sees them --------------------------------------


class Place:
    """Where engines run: threads, the cores for them, and whether ahead of all other processes."""

    def __init__(self, threads, realtime):
        self.threads, self.realtime = threads, realtime
        self.cores = set(sorted(os.sched_getaffinity(0))[-threads:])

    def take(self):
        os.sched_setaffinity(0, self.cores)
        if self.realtime:
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))


class Peer:
    def __init__(self, name, case, folder, place):
        self.name, self.best = name, None
        self.outputs = os.path.join(folder, name + ".npz")
        self.process = subprocess.Popen(
            [sys.executable, __file__, name, case.model, case.inputs, self.outputs, str(place.threads)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            preexec_fn=place.take, env={**os.environ, "OMP_NUM_THREADS": str(place.threads)})
        self.facts = {"load_s": self.ask()["load_s"]}

    def ask(self):
        answer = json.loads(self.process.stdout.readline() or '{"error": "died"}')
        if "error" in answer:
            raise EngineError(answer["error"])
        return answer

    def round(self, seconds):
        print(seconds, file=self.process.stdin, flush=True)
        ns = self.ask()["ns"]
        self.best = min(ns, self.best or ns)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def run_measured(command, **options):
    """Seconds and the peak of memory of a program that must succeed."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **options)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode:
        lines = errors.strip().splitlines() or [f"exit code {process.returncode}"]
        raise EngineError(lines[0])
    return seconds, usage.ru_maxrss * 1024


class Dlc:
    name = "dlc"

    def __init__(self, dlc, flags, case, folder, place):
        self.best, self.case, self.place = None, case, place
        self.program, self.outputs = os.path.join(folder, "model"), os.path.join(folder, "dlc.npz")
        seconds, peak = run_measured([dlc, case.model, "-o", self.program, *flags])
        info = json.loads(subprocess.run([self.program, "--info"], check=True, capture_output=True).stdout)
        weights = info["memory"]["weights"]
        self.facts = {
            "compile_s": seconds, "compile_bytes": peak, "model_bytes": case.size(),
            "weights_bytes": weights, "program_bytes": os.path.getsize(self.program) - weights,
            "arena_bytes": info["memory"]["arena"],
            "first_ns": int(1e9 * min(self.first_result() for _ in range(FIRST_RESULTS)))}

    def first_result(self):
        command = [self.program, "--inputs", self.case.inputs, "--outputs", self.outputs,
                   "--threads", str(self.place.threads)]
        return run_measured(command, preexec_fn=self.place.take)[0]

    def round(self, seconds):
        runs = max(FEWEST_RUNS, int(seconds * 1e9 / self.best)) if self.best else FEWEST_RUNS
        command = [self.program, "--inputs", self.case.inputs, "--threads", str(self.place.threads),
                   "--benchmark", str(runs)]
        result = subprocess.run(command, check=True, capture_output=True, preexec_fn=self.place.take)
        ns = json.loads(result.stdout)["latency_ns"]["min"]
        self.best = min(ns, self.best or ns)

    def close(self):
        os.remove(self.program)


if __name__ == "__main__":
    serve(*sys.argv[1:])
