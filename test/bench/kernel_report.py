#===- kernel_report.py - docs/kernels.md from a run of kernels.py *- Python -*-=#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Writes the page: a table for kernels that are bound by multiply-adds, one for those
that are bound by memory."""
import os

INTRO = """\
# Kernels

Made by `test/bench/run.sh --kernels`, which sets up the other engines, makes a model of each
operator and shape (`test/bench/kernel_models.py`), measures and writes this page.

One thread; {processor}; ONNX Runtime {onnxruntime}, OpenVINO {openvino} (whose kernels are those of
oneDNN and its own). Shares are of what the same core does in the same run (`test/bench/peak.c`):
{zmm:.0f} GFLOP/s of multiply-adds with vectors of 64 bytes and {ymm:.0f} with those of 32 bytes, or a
plain loop that reads and writes as many bytes as the operator has to, from buffers of that size.
*AVX2* is dlc with `-march=x86-64-v3`, by the peak of 32-byte vectors, the others are for AVX-512.

The time of an engine is that of its operators as it tells it, without those that bring inputs
and outputs into its own layout at the edges of the model; padding counts.
"""

COLUMNS = (("dlc", "dlc"), ("onnxruntime", "ONNX Runtime"), ("openvino", "OpenVINO"), ("dlc_avx2", "AVX2"))


def percent(shares, name):
    share = shares.get(name)
    return f"{100 * share:.0f} %" if share else "-"


def table(rows, bounds=()):
    titles = [title for _, title in COLUMNS] + [f"{engine}, {bound}" for bound in bounds for engine in ("dlc", "AVX2")]
    yield "| operator | shape | " + " | ".join(["dlc, us", *titles]) + " | kernels |"
    yield "| --- | --- |" + " ---: |" * (1 + len(titles)) + " --- |"
    for row in rows:
        cells = [row["group"], row["name"].replace("*", "×"), f"{row['us']['dlc']:.1f}",
                 *(percent(row["share"], name) for name, _ in COLUMNS)]
        cells += [percent(row[bound], name) for bound in bounds for name in ("dlc", "dlc_avx2")]
        cells.append(" + ".join(row["kernels"]["dlc"]))
        yield "| " + " | ".join(cells) + " |"


def processor():
    with open("/proc/cpuinfo") as f:
        return next((line.split(":", 1)[1].strip() for line in f if line.startswith("model name")), "?")


def page(result):
    import onnxruntime
    import openvino
    rows = result["rows"]
    yield INTRO.format(processor=processor(), onnxruntime=onnxruntime.__version__,
                       openvino=openvino.__version__.split("-")[0], zmm=result["gflops"]["64"],
                       ymm=result["gflops"]["32"])
    yield "## Bound by multiply-adds\n"
    yield ("Share of the peak, by the multiplications of the direct form: Winograd's and Strassen's algorithms do fewer, so it\n"
           "may be above 100 %.\n")
    yield from table(row for row in rows if row["flops"])
    yield "\n## Bound by memory\n"
    yield ("Share of the bandwidth. What computes much for each element is bound by that before: *units* is how\n"
           "much of the time the units that multiply and add need for it, at their peak, with the steps that\n"
           "`test/bench/kernel_models.py` counts: one a tap of a window, 11 for exp, 17 for 1 + erf, 4 for a division.\n"
           "What has to move more than its input and result, or in another order, can't be as fast as a plain loop:\n"
           "*moves* is by a loop that moves the same and computes nothing. A normalisation reads scale and bias for each\n"
           "row; of a transposed matrix whose rows are 4 kB apart a column is in 1/64 of a cache's sets.\n")
    yield from table((row for row in rows if not row["flops"]), ("units", "moves"))


def write(result, folder):
    result["gflops"] = {str(width): rate for width, rate in result["gflops"].items()}
    with open(os.path.join(folder, "kernels.md"), "w") as f:
        f.write("\n".join(page(result)) + "\n")
