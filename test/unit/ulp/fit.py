#!/usr/bin/env python3
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Derives the polynomials of lib/Codegen/CPU/ExpandMath: prints a C++ array of
coefficients, lowest power first, for each, with the largest weighted error.

Each is the minimax fit of g(x) by a sum of c[i] x^i under the weight w(x), found
by Lawson's reweighted least squares on a dense grid. Coefficients are then rounded
one by one from the lowest, and the rest fitted anew to what that left.
"""
import math
import numpy as np

L = np.longdouble


def minimax(x, g, w, powers):
    """Coefficients of `powers` that minimise max |w (g - p)| over the grid x."""
    scale = np.max(np.abs(x))
    basis = np.stack([(x / scale) ** k for k in powers], 1) * w[:, None]
    target, u, best = g * w, np.ones(len(x)), (np.inf, None)
    for _ in range(300):
        root = np.sqrt(u)
        # One step of refinement in long double makes up for a solver in double.
        solve = lambda t: L(1) * np.linalg.lstsq((basis * root[:, None]).astype(float), (t * root).astype(float), rcond=None)[0]
        c = solve(target)
        c = c + solve(target - basis @ c)
        error = np.abs(target - basis @ c)
        best = min(best, (float(np.max(error)), c), key=lambda b: b[0])
        u = u * (error / np.max(error)).astype(float) + 1e-18
        u /= np.sum(u)
    return best[1] / L(scale) ** np.array(powers)


def fit(name, g, low, high, degree, weight=None, to=np.float32, points=801):
    k = np.arange(points)
    x = (L(low) + L(high)) / 2 - (L(high) - L(low)) / 2 * np.cos(np.pi * (k + L(0.5)) / points)
    values = g(x)
    w = np.abs(weight(x)) if weight else np.ones_like(x)
    rest, coefficients = values, []
    for i in range(degree + 1):
        c = to(minimax(x, rest, w, range(i, degree + 1))[0])
        coefficients.append(c)
        rest = rest - L(c) * x**i
    digits = 9 if to is np.float32 else 17
    text = ", ".join(f"{float(c):.{digits}g}" + ("f" if to is np.float32 else "") for c in coefficients)
    print(f"// {name}: 2^{math.log2(float(np.max(np.abs(rest * w)))):.1f}\n{{{text}}}")


def series(f, terms):
    """f near 0 by its Taylor series `terms`, elsewhere as given: no cancellation."""
    def g(x):
        x = np.where(x == 0, L(1e-30), x)
        return np.where(np.abs(x) < 2e-2, sum(L(t) * x**i for i, t in enumerate(terms)), f(x))
    return g


def factorials(first, n):
    return [L(1) / L(math.factorial(first + i)) for i in range(n)]


def erfs(x):
    return np.array([L(math.erf(float(v))) for v in x])


def main():
    half = np.log(L(2)) / 2 * L(1.0005)
    expQ = series(lambda r: (np.exp(r) - 1 - r) / r**2, factorials(2, 9))
    fit("exp: (e^r - 1 - r) / r^2", expQ, -half, half, 4, lambda r: r**2 / np.exp(r))
    fit("expm1: (e^r - 1 - r) / r^2", expQ, -half, half, 5, lambda r: r**2 / np.expm1(r))
    fit("exp2: (2^f - 1) / f", series(lambda f: np.expm1(f * np.log(L(2))) / f,
        [np.log(L(2)) ** (i + 1) / math.factorial(i + 1) for i in range(10)]), -0.5005, 0.5005, 5, lambda f: np.abs(f) + L(1e-3))
    logP = series(lambda f: (np.log1p(f) - f + f**2 / 2) / f**3, [L((-1) ** i) / (i + 3) for i in range(14)])
    fit("log: (log(1 + f) - f + f^2 / 2) / f^3", logP, L(-1) / 3, L(1) / 3, 7, lambda f: f**3 / np.log1p(f))
    quarter = (np.pi * L(0.25) * L(1.0001)) ** 2
    fit("sin: (sin r / r - 1) / t, t = r^2", series(lambda t: (np.sin(np.sqrt(t)) / np.sqrt(t) - 1) / t,
        [L((-1) ** (i + 1)) / math.factorial(2 * i + 3) for i in range(6)]), 0, quarter, 3, lambda t: t)
    fit("cos: (cos r - 1 + t / 2) / t^2", series(lambda t: (np.cos(np.sqrt(t)) - 1 + t / 2) / t**2,
        [L((-1) ** i) / math.factorial(2 * i + 4) for i in range(6)]), 0, quarter, 2, lambda t: t**2)
    asin = [1, L(1) / 6, L(3) / 40, L(15) / 336, L(105) / 3456, L(945) / 42240, L(10395) / 599040]
    fit("asin: (asin s / s - 1) / t", series(lambda t: (np.arcsin(np.sqrt(t)) / np.sqrt(t) - 1) / t, asin[1:]),
        0, 0.2501, 5, lambda t: t)
    fit("atan: (atan q / q - 1) / t", series(lambda t: (np.arctan(np.sqrt(t)) / np.sqrt(t) - 1) / t,
        [L((-1) ** (i + 1)) / (2 * i + 3) for i in range(10)]), 0, 0.1717, 4, lambda t: t)
    scale = 2 / np.sqrt(L(np.pi))
    fit("erf: erf x / x - 1, x below 1", series(lambda t: erfs(np.sqrt(t)) / np.sqrt(t) - 1,
        [scale - 1] + [scale * L((-1) ** i) / (math.factorial(i) * (2 * i + 1)) for i in range(1, 7)]), 0, 1, 6)
    erfcs = lambda a: np.array([L(math.erfc(float(v))) for v in a])
    fit("erfc: -log(erfc a), a from 1 to 4", lambda a: -np.log(erfcs(a)), 1, 4, 6, erfcs)
    fit("1 + erf: log2(erfc a)", lambda a: np.log2(erfcs(a)), 0, 5, 8,
        lambda a: np.maximum(erfcs(a), L(2) ** -20) * np.log(L(2)))
    fit("log2: log2((1 + s) / (1 - s)) / s, t = s^2", series(
        lambda t: 2 * np.arctanh(np.sqrt(t)) / np.sqrt(t) / np.log(L(2)),
        [2 / np.log(L(2)) / (2 * i + 1) for i in range(12)]), 0, 0.0401, 6, to=np.float64)


main()
