#===- compare.py - are two arrays the same --------------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Compares what a compiled model gave with what was expected.

Integers, booleans and strings must be equal; floats must be within rtol and
atol, or, where a bound `rms` is given, within that root mean square error
relative to the deviation of the expected values (networks of low precision).
"""
from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Tolerance:
    rtol: float = 1e-3
    atol: float = 1e-5
    rms: float | None = None

    @staticmethod
    def of(entry, default=None):
        """From the keys that an object of case.json has."""
        base = default or Tolerance()
        return Tolerance(*(entry.get(k, getattr(base, k)) for k in ("rtol", "atol", "rms")))


def is_extended(dtype):
    """A type that numpy itself lacks, of ml_dtypes."""
    return dtype.kind == "V" or dtype.type.__module__ == "ml_dtypes"


def as_type(array, name):
    """Raw bytes of a file as the extended type `name`; any other array as it is."""
    if array.dtype.kind != "V" or not name:
        return array
    import ml_dtypes
    return array.view(np.dtype(getattr(ml_dtypes, name)))


def difference(got, want, tolerance):
    """What is wrong with `got`, in words; None where it is right."""
    if got.dtype.kind == "V" and got.dtype.itemsize == want.dtype.itemsize and is_extended(want.dtype):
        got = got.view(want.dtype)
    if want.dtype.kind in "UO":
        if got.dtype.kind not in "UO":
            return f"has type {got.dtype}, expected strings"
        return _exact(got.astype("U"), want.astype("U")) if got.shape == want.shape else _shapes(got, want)
    if got.dtype != want.dtype:
        return f"has type {got.dtype}, expected {want.dtype}"
    if got.shape != want.shape:
        return _shapes(got, want)
    if want.size == 0:
        return None
    if want.dtype.kind in "biu":
        return _exact(got, want)
    if want.dtype.name == "bfloat16":
        # The suite's bounds are below half a unit of its eight digits, and what is expected
        # was rounded after each step.
        tolerance = replace(tolerance, rtol=max(tolerance.rtol, 2.0 ** -6))
    wide = np.complex128 if want.dtype.kind == "c" else np.float64
    return _floats(got.astype(wide), want.astype(wide), tolerance)


def _shapes(got, want):
    return f"has shape {list(got.shape)}, expected {list(want.shape)}"


def _exact(got, want):
    wrong = np.argwhere(np.atleast_1d(got != want))
    if not len(wrong):
        return None
    at = tuple(int(i) for i in wrong[0])
    return (f"{len(wrong)} of {want.size} elements differ, the first at {list(at)}: "
            f"{np.atleast_1d(got)[at]} instead of {np.atleast_1d(want)[at]}")


def _floats(got, want, tolerance):
    if tolerance.rms is not None:
        error = float(np.sqrt(np.mean(np.abs(got - want) ** 2)) / (want.std() or 1.0))
        return None if error <= tolerance.rms else f"relative RMS error {error:.3g}, at most {tolerance.rms:g} expected"
    good = np.isclose(got, want, rtol=tolerance.rtol, atol=tolerance.atol, equal_nan=True)
    if good.all():
        return None
    with np.errstate(invalid="ignore"):
        distance = np.where(good, 0, np.nan_to_num(np.abs(got - want), nan=np.inf))
    at = np.unravel_index(int(np.argmax(distance)), want.shape)
    return (f"{int((~good).sum())} of {want.size} elements are outside rtol {tolerance.rtol:g}, "
            f"atol {tolerance.atol:g}, the worst at {[int(i) for i in at]}: {got[at]:.6g} instead of {want[at]:.6g}")
