#!/usr/bin/env python3
#===- show.py - what the compiled digits network says ---------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Prints the predictions, their accuracy, the program's size and its speed.

    show.py PROGRAM SCORES.npz

Exit code 1 where the accuracy is below what the training reached.
"""
import json
import os
import subprocess
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
SHADES = " .:-=+*#%@"
EXPECTED = 0.98


def draw(images, captions):
    """Small pictures side by side."""
    for row in range(images.shape[2]):
        print("   ".join("".join(SHADES[int(v * 9)] * 2 for v in image[0, row]) for image in images))
    print("   ".join(f"{c:^16s}" for c in captions))


def latency(program, inputs):
    """Median of many runs, in microseconds, on one thread."""
    command = [program, "--benchmark", "300", "--warmup", "30", "--threads", "1", "--inputs", inputs]
    report = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    return json.loads(report.stdout)["latency_ns"]["median"] / 1e3


def main():
    program, scores = sys.argv[1:]
    images = np.load(os.path.join(HERE, "test.npz"))["image"]
    labels = np.load(os.path.join(HERE, "labels.npy"))
    guesses = np.load(scores)["scores"].argmax(1)
    right = guesses == labels
    draw(images[:5], [f"a {g}" for g in guesses[:5]])

    print("\npredictions (a wrong one with the right digit behind it):")
    words = [f"{g}" if ok else f"{g}({l})" for g, l, ok in zip(guesses, labels, right)]
    for i in range(0, len(words), 30):
        print("  " + " ".join(words[i:i + 30]))

    one = os.path.join(os.path.dirname(scores), "one.npz")
    np.savez(one, image=images[:1])
    batch = latency(program, os.path.join(HERE, "test.npz")) / len(images)
    print(f"\naccuracy:          {right.mean():.2%} ({right.sum()} of {len(labels)} images)")
    print(f"executable:        {program}, {os.path.getsize(program):,} bytes, needs nothing else")
    print(f"time per image:    {latency(program, one):.1f} us alone, {batch:.1f} us in a batch of {len(images)}, one thread")
    return 0 if right.mean() >= EXPECTED else 1


if __name__ == "__main__":
    sys.exit(main())
