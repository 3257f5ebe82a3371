#!/usr/bin/env python3
#===- report.py - docs/performance.md from a run of compare.py *- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Writes the page and its plot.

    report.py RUN.json... [--open RUN.json] --out docs
"""
import argparse
import json
import os
import sys

COLUMNS = ("onnxruntime", "openvino", "dlc")
TITLES = {"onnxruntime": "ONNX Runtime", "openvino": "OpenVINO", "dlc": "dlc"}
COLOURS = {"onnxruntime": "#8b95a1", "openvino": "#c9a227", "dlc": "#2f7ed8"}

INTRO = """\
# Performance

Made by `test/bench/run.sh`, which sets up the other engines, exports the networks (random
weights, full size, `test/bench/models.py`), measures and writes this page.

The engines run the same model on the same cores, each in a process of its own, and take turns
in one run; the best round of each counts. **The ratios are what to read**: the times are those
of the machine on its day. All engines compute in float32 (OpenVINO is asked to, by its precision
hint), and the outputs of all agree with ONNX Runtime's within a thousandth of the greatest value.
"""

LEGEND = """\

*ratio*: time of dlc divided by that of ONNX Runtime, and by that of OpenVINO; under 1 dlc is the
faster one.
"""

TRIED = """\
## What made the difference, and what did not

At one thread, on an AMD EPYC with AVX-512; each change against the commit before it, in turns.

| change | gain |
| --- | --- |
| caches that a model stacks are written where they belong; keys of one query are not transposed; heads that share keys are rows of one product | GPT-2 decode 20.0 to 14.3 ms, Llama decode 22.5 to 17.2 ms |
| results lie where an input lay (softmax over its scores, sums over the shortcut) | BERT 1.02, ViT 1.01, ResNet-50 1.01; arenas up to a quarter smaller |
| transposes turn 16 x 16 blocks in registers | 57 to 5 us for the keys of a layer of BERT |
| slices of packed queries, keys and values are read where they are, factors of keys and queries move to the product | BERT 1.02, GPT-2 prefill 1.03 with the one before |
| the factor of squeeze-and-excite is applied as the next convolution reads; exp by `vscalef` | EfficientNet-B0 1.06 |
| a unit of a product is a tile, not a chunk of rows times a panel | at 2 threads MobileNetV2 1.10, EfficientNet-B0 1.05 |
| tiles of depthwise convolutions are of two rows, and 32 channels take all rows before the next do | those of MobileNetV2 1.31 (all of it 1.03), of EfficientNet-B0 1.1 |
| 1 + erf x and 1 + tanh x are functions of their own; polynomials in pairs (Estrin), whose chains are shorter | GELU by erf 1.5, by tanh 1.2 (with AVX2 1.4 and 1.03); BERT 1.01 |
| sigmoid is 1 / (1 + e^-x), without a choice by sign | x × sigmoid(x) 1.13; EfficientNet-B0 1.04 with those two before it |
| products with constant weights by one level of Strassen's algorithm | ViT 1.14, Llama prefill 1.13, BERT 1.11, GPT-2 prefill 1.06; 105 % of the multiply-adds of the direct form that the core could do |
| only what is sliced out is computed: the last token's logits, and its share of the last layer | GPT-2 prefill 1.55, Llama prefill (four layers) 1.2 |
| scores that no cache would hold, block by block of rows | attention of 12 heads and 2048 tokens 1.2, and its memory from 210 to 4 MB |
| a padded tensor is copied row by row, its border filled, without a mask for each vector | 61 to 15 us for the image of MobileNetV2 (1.02), 500 to 250 us for that of the detector (1.01) |
| sums over all but the channels take 64 channels at a time, with eight sums | 8.6 to 3.6 us for 7x7x2048, with AVX2 32 to 17 us for 56x56x144 |
| no store under an empty mask at the edges of transposes: where the page behind is not mapped it took over 100 ns | 905 to 125 us for the last transpose of the detector (1.03) |
| planes become pixels of a few channels by shuffles of rows | 101 to 8.6 us for an image of 224x224 |
| open sizes (each by its own network of open sizes): products of open numbers of rows by Strassen's algorithm, too | BERT 1.10, ViT 1.1 |
| open sizes: sizes of inputs with one name are one, the batch of equal batches is that batch, a table cut to a length is as long: normalisations and softmaxes are one kernel, masks are read by vectors | the softmax of BERT's attention 386 to 71 us a layer |
| open sizes: what is sliced out alone is computed, packed queries, keys and values are views, caches are written where a model stacks them | GPT-2 prefill 126 to 83 ms, Llama prefill 182 to 133 ms, GPT-2 decode 16.5 to 14.5 ms, Llama decode 20.0 to 17.4 ms |
| open sizes: sizes' own readers keep no operation from its reader's kernel, borders are filled in place, and the arena is planned in units of the open product | EfficientNet-B0 7.2 to 5.1 ms, MobileNetV2 3.3 to 2.8 ms, ResNet-50 of 8 images 1.08 |
| a kernel's panel that the cache does not hold is read row by row of the window | the last of stride 2 of ResNet-50 1.07, at 2 threads 1.16 |
| what `--tune` found, in the cost model (docs/decisions/0001-tuning.md): few rows take panels of two vectors, Strassen's products of three, 80 columns five of one; weights from memory cost what they take longer than the products | ResNet-50 26.2 to 25.3 ms, EfficientNet-B0 5.05 to 4.8 ms, the detector 24.2 to 23.2 ms, products of BERT 1.05 |
| rows of softmax and of normalisations take each pass in blocks, so that combining one's lanes is not waited for; the lines that results go to and the next rows are fetched while there is much to compute | softmax of 1024x4096 1.7, of 1536x128 1.25; layer normalisation of 1024x768 1.2, of 512x4096 1.35 |
| what is a long chain of steps for each vector (exp, erf) is done for several step by step, in loops and behind products: a processor's window holds too few chains | EfficientNet-B0 4.9 to 4.4 ms, GELU 1.37, x × sigmoid(x) 1.2 |
| depthwise convolutions read their input as it lies, strip by strip downwards | 112x112x32 by 3x3 2.1, 56x56x144 /2 2.7, 14x14x672 by 5x5 1.6 |
| AVX2: tiles of one vector have seven rows; with eight LLVM puts one over the stack | those of MobileNetV2 with 24 channels 1.4 |

What the direct products leave of the peak is little: those of BERT run at 96 to 98 % of it.
One row times a matrix (decode) reads its weights at 88 to 100 % of the 43 GB/s that a plain loop
of loads reaches on the same memory.

| tried | found |
| --- | --- |
| x × sigmoid(x) as x / (1 + e^-x) | 1.08 in a loop, but 0.6 behind depthwise convolutions with AVX-512, where the same division takes twice the time; why is not known |
| the inverse of a softmax's sum in place of a division for each element | 1.06 on 197 columns, nothing on 128: rows so short wait for their two sums across lanes |
| 1x1 convolutions by Strassen's algorithm | ResNet-50 1.014, the detector 1.01, for 1.75 times their weights: not done |
| scale and bias of a layer normalisation loaded once for two rows | 1.02 on 768 columns, 0.93 on 4096, where two rows and their results leave the first-level cache |
| the next row of 4096 columns fetched, too, into either cache | 0.9: with scale, bias and the result it leaves no room for the row itself |
| polynomials by Horner's rule, whose steps are fewer | softmax 1.05, GELU 0.9: the chain is longer than vectors at hand fill |
| 1 / (1 + e^-x) by an approximate inverse and a step of Newton's | 0.8: the division is not what is waited for |
| fused attention for encoders of 128 to 197 tokens | not built: scores, softmax and transposes beside the two products were 3 % of BERT and are under 1.5 % since the softmax writes over its scores, which stay in the second-level cache |

"""

OPEN = """\
## Sizes that a run chooses

The same networks with an open batch of images, or open lengths of the text and of its cache
(`test/bench/models.py --open`), run at the sizes of the tables above;
{machine}
*to fixed*: time of dlc by its own for the model of fixed sizes.

"""

CONTEXTS = """\
## Two contexts at once

Milliseconds of a run on one thread: of one context alone, of two contexts of a process at once,
and of two processes at once, which is what the hardware allows.

| network | alone | two contexts | two processes |
| --- | ---: | ---: | ---: |
"""

COST = """\
## What a compile costs, and what it gives

With `-O3` for the machine's own processor.

- *besides weights*: the size of the executable without its weights: code, names and the run time.
- *arena*: the memory for everything between inputs and outputs, planned at compile time; beside it
  what the plan of ONNX Runtime takes (`test/bench/memory.py`: the heap's peak in a run).
- *first result*: from starting the executable to its end, with one inference, its inputs read from
  a file and its outputs written to one; *of it inference* is the time in the table above.
- *peak memory*: resident memory of `dlc`, the mapped files included.
"""


def milliseconds(ns):
    return f"{ns / 1e6:.1f}" if ns >= 1e7 else f"{ns / 1e6:.2f}"


def megabytes(size):
    return "varies" if size is None else f"{size / 1e6:.0f} MB" if size >= 1e7 else f"{size / 1e6:.1f} MB"


def ratio(result, engine):
    """Time of dlc by that of another engine; None where one of them failed."""
    ours, theirs = result.get("dlc", {}).get("ns"), result.get(engine, {}).get("ns")
    return ours / theirs if ours and theirs else None


def shown(value, form):
    return "failed" if value is None else form(value)


def speed_table(run):
    lines = ["| network | ONNX Runtime, ms | OpenVINO, ms | dlc, ms | ratio to ONNX Runtime | ratio to OpenVINO |",
             "| --- | ---: | ---: | ---: | ---: | ---: |"]
    for name, result in run["networks"].items():
        times = [shown(result.get(engine, {}).get("ns"), milliseconds) for engine in COLUMNS]
        ratios = [shown(ratio(result, engine), "{:.2f}".format) for engine in COLUMNS[:2]]
        lines.append(f"| {name} | {' | '.join(times + ratios)} |")
    return "\n".join(lines) + "\n"


def open_table(run, fixed):
    lines = ["| network | ONNX Runtime, ms | OpenVINO, ms | dlc, ms | ratio to ONNX Runtime | ratio to OpenVINO | to fixed |",
             "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for name, result in run["networks"].items():
        times = [shown(result.get(engine, {}).get("ns"), milliseconds) for engine in COLUMNS]
        ours, own = result.get("dlc", {}).get("ns"), fixed["networks"].get(name, {}).get("dlc", {}).get("ns")
        ratios = [ratio(result, engine) for engine in COLUMNS[:2]] + [ours / own if ours and own else None]
        lines.append(f"| {name} | {' | '.join(times + [shown(r, '{:.2f}'.format) for r in ratios])} |")
    return "\n".join(lines) + "\n"


def contexts_table(run):
    return "".join(f"| {name} | {row['alone_ms']:.2f} | {row['contexts_ms']:.2f} | {row['processes_ms']:.2f} |\n"
                   for name, row in run["contexts"].items())


def cost_table(run):
    lines = ["| network | model | compile, s | peak memory | weights | besides weights | arena | ONNX Runtime's | first result, ms | of it inference |",
             "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for name, result in run["networks"].items():
        row = result.get("dlc", {})
        if "ns" not in row:
            continue
        theirs = result.get("onnxruntime", {}).get("arena_bytes")
        cells = [megabytes(row["model_bytes"]), f"{row['compile_s']:.1f}", megabytes(row["compile_bytes"]),
                 megabytes(row["weights_bytes"]), f"{row['program_bytes'] / 1e3:.0f} kB", megabytes(row["arena_bytes"]),
                 megabytes(theirs) if theirs else "-", milliseconds(row["first_ns"]), milliseconds(row["ns"])]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def machine(run):
    threads = f"{run['threads']} thread" + ("s" if run["threads"] > 1 else "")
    versions = ", ".join(f"{TITLES[name]} {version}" for name, version in run["versions"].items())
    busy = "; measured on a busy machine, ahead of its other processes" if run.get("realtime") else ""
    return f"{threads}; {run['processor']}; {versions}; {run['rounds']} rounds of {run['seconds']:g} s{busy}\n"


# --- the plot ----------------------------------------------------------------

LEFT, WIDTH, BAR, GAP, TOP = 170, 560, 11, 12, 42


def bars(run):
    """Name, then each engine's time by ONNX Runtime's."""
    for name, result in run["networks"].items():
        base = result.get("onnxruntime", {}).get("ns")
        if base:
            yield name, {e: result[e]["ns"] / base for e in COLUMNS if "ns" in result.get(e, {})}


def plot(run):
    rows = list(bars(run))
    longest = max((v for _, values in rows for v in values.values()), default=1)
    scale = WIDTH / max(longest, 1.25)
    height = TOP + len(rows) * (len(COLUMNS) * BAR + GAP) + 24
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 70}" height="{height}" '
           'font-family="sans-serif" font-size="12">',
           "<style>text{fill:#24292f}line{stroke:#8b95a1}"
           "@media(prefers-color-scheme:dark){text{fill:#e6edf3}}</style>",
           f'<text x="{LEFT}" y="16">time by that of ONNX Runtime, {run["threads"]} thread'
           f'{"s" if run["threads"] > 1 else ""}: shorter is faster</text>']
    for i, engine in enumerate(COLUMNS):
        x = LEFT + i * 130
        out.append(f'<rect x="{x}" y="23" width="10" height="10" fill="{COLOURS[engine]}"/>'
                   f'<text x="{x + 15}" y="32">{TITLES[engine]}</text>')
    y = TOP
    for name, values in rows:
        out.append(f'<text x="{LEFT - 8}" y="{y + 1.5 * BAR + 4}" text-anchor="end">{name}</text>')
        for engine in COLUMNS:
            if engine in values:
                size = values[engine] * scale
                out.append(f'<rect x="{LEFT}" y="{y}" width="{size:.1f}" height="{BAR - 1}" fill="{COLOURS[engine]}"/>'
                           f'<text x="{LEFT + size + 4:.1f}" y="{y + BAR - 2}" font-size="10">{values[engine]:.2f}</text>')
            y += BAR
        y += GAP
    x = LEFT + scale
    out.append(f'<line x1="{x:.1f}" y1="{TOP - 4}" x2="{x:.1f}" y2="{y}" stroke-dasharray="3 3"/>')
    return "\n".join(out + ["</svg>"]) + "\n"


def page(runs, open_run=None):
    text = INTRO
    for run in runs:
        text += f"\n## {run['threads']} thread{'s' if run['threads'] > 1 else ''}\n\n{machine(run)}\n"
        text += f"![time by that of ONNX Runtime](performance-{run['threads']}.svg)\n\n{speed_table(run)}"
    text += LEGEND + "\n"
    if open_run:
        text += OPEN.format(machine=machine(open_run).strip() + ".") + open_table(open_run, runs[0]) + "\n"
    if "contexts" in runs[0]:
        text += CONTEXTS + contexts_table(runs[0]) + "\n"
    return text + TRIED + COST + "\n" + cost_table(runs[0])


def load(path):
    with open(path) as f:
        return json.load(f)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", nargs="+", metavar="RUN.json")
    parser.add_argument("--open", metavar="RUN.json", help="a run of the networks with open sizes")
    parser.add_argument("--out", required=True, metavar="FOLDER")
    options = parser.parse_args()
    runs, open_run = [load(path) for path in options.runs], options.open and load(options.open)
    for run in runs:
        with open(os.path.join(options.out, f"performance-{run['threads']}.svg"), "w") as f:
            f.write(plot(run))
    with open(os.path.join(options.out, "performance.md"), "w") as f:
        f.write(page(runs, open_run))
    return 0


if __name__ == "__main__":
    sys.exit(main())
