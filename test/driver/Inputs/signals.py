#===- signals.py - a compile and the signals it gets ----------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""signals.py MODEL OUT: a signal that ends a compile leaves no file; one that it
was started to ignore (nohup, a shell's background jobs) does it no harm. One that
ends --tune ends the program that it measures."""
import os
import signal
import subprocess
import sys
import time

model, out = sys.argv[1:]
folder, name = os.path.split(out)


def is_half_done():
    return any(entry.endswith(".tmp") for entry in os.listdir(folder))


def compile(action, number):
    """Sends a signal while there are files that are not complete."""
    sent = False
    with subprocess.Popen(["dlc", model, "-o", out, "-MD"],
                          preexec_fn=lambda: signal.signal(number, action)) as dlc:
        while dlc.poll() is None and not sent:
            if is_half_done():
                dlc.send_signal(signal.SIGSTOP)
                time.sleep(0.05)
                sent = is_half_done()
                if sent:
                    dlc.send_signal(number)
                dlc.send_signal(signal.SIGCONT)
            time.sleep(0.001)
    return (dlc.returncode, sorted(os.listdir(folder))) if sent else None


def expect(action, number, wanted):
    # On a busy machine, it may be over before anyone looks.
    found = next(filter(None, (compile(action, number) for _ in range(20))), None)
    assert found == wanted, (found, wanted)


for ending in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
    expect(signal.SIG_DFL, ending, (-ending, []))
    expect(signal.SIG_IGN, ending, (0, [name, name + ".d"]))
    for entry in os.listdir(folder):
        os.remove(os.path.join(folder, entry))


def tune():
    """Ends dlc while a trial's program is there: what files are left; None: there was none."""
    with subprocess.Popen(["dlc", model, "-o", out, "--tune", "--tune-file=" + out + ".json"],
                          env={**os.environ, "TMPDIR": folder}) as dlc:
        trial = None
        while dlc.poll() is None and not trial:
            with open(f"/proc/{dlc.pid}/task/{dlc.pid}/children") as f:
                trial = f.read().split()
        if not trial:
            return None
        trial = int(trial[0])
        os.kill(trial, signal.SIGSTOP)
        dlc.send_signal(signal.SIGTERM)
        dlc.wait()
    try:
        os.kill(trial, signal.SIGCONT)
        for _ in range(300):
            os.kill(trial, 0)
            time.sleep(0.01)
    except ProcessLookupError:
        pass
    return sorted(os.listdir(folder))


if os.path.exists(f"/proc/self/task/{os.getpid()}/children"):
    left = next((found for found in (tune() for _ in range(20)) if found is not None), None)
    assert left == [], left
