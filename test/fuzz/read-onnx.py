# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Damaged ONNX files give one error or a valid module, never a crash or a hang.
# The seeds are the models that the reader's own tests make.
#
# RUN: rm -rf %t && mkdir -p %t/seeds/sub
# RUN: %python %S/../Frontend/ONNX/nodes.py %t/seeds/nodes.onnx
# RUN: %python %S/../Frontend/ONNX/functions.py %t/seeds/functions.onnx
# RUN: %python %S/../Frontend/ONNX/tensors.py %t/seeds/tensors.onnx
# RUN: %python %S/../Frontend/ONNX/inputs.py %t/seeds/inputs.onnx
# RUN: %python %s read-onnx %t 400 1
#
# By hand, longer and on other files: read-onnx.py read-onnx FOLDER 100000 SEED, with
# models in FOLDER/seeds.
import glob
import os
import random
import subprocess
import sys

BATCH = 200


def mutate(data, rng):
    """One to four wounds, of the kinds that files and writers suffer."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(data)) if data else 0
        kind = rng.randrange(7)
        if kind == 0 and data:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 1 and data:
            data[at] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)])
        elif kind == 2:
            del data[at : at + rng.randint(1, 8)]
        elif kind == 3:
            data[at:at] = bytes(rng.randrange(256) for _ in range(rng.randint(1, 8)))
        elif kind == 4:
            del data[at:]
        elif kind == 5:
            data[at:at] = data[rng.randrange(len(data) + 1) :][: rng.randint(1, 64)]
        else:
            data[at : at + 9] = b"\xff" * 8 + b"\x7f"
    return bytes(data)


def main(tool, folder, count, seed):
    rng = random.Random(seed)
    seeds = []
    for path in sorted(glob.glob(folder + "/seeds/*.onnx")):
        with open(path, "rb") as f:
            seeds.append(f.read())
    for start in range(0, count, BATCH):
        paths = []
        for index in range(start, min(start + BATCH, count)):
            paths.append("%s/%d.onnx" % (folder, index))
            with open(paths[-1], "wb") as f:
                f.write(mutate(rng.choice(seeds), rng))
        run = subprocess.run([tool, "--quiet", "--round-trip"] + paths, capture_output=True, timeout=600)
        if run.returncode:
            last = run.stdout.decode().split("\n")[-2]
            sys.stderr.buffer.write(run.stderr[-4000:])
            sys.exit("exit code %d at %s" % (run.returncode, last))
        for path in paths:
            os.remove(path)


main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
