#===- ops_ml.py - cases of domain ai.onnx.ml ------------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Each output of a case is one variant, named after what it tries."""
import numpy as np
from onnx import numpy_helper
from kit import graph, run_evaluator, with_maps

DOMAIN = "ai.onnx.ml"
TRANSFORMS = ("NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT")


def ml(g, op, *inputs, version=3, **rest):
    g.domains[DOMAIN] = version
    return g.node(op, inputs, domain=DOMAIN, **rest)


def reals(g, *shape):
    return [float(v) for v in np.ravel(g.rng.normal(size=shape).astype(np.float32))]


@graph(opset=17, runs=[{"n": 4}, {"n": 1}])
def ml_features(g):
    x = g.input("x", ("n", 5))
    i = g.input("i", ("n", 5), "int64")
    g.output("extracted", ml(g, "ArrayFeatureExtractor", x, g.const(np.array([4, 0, 0], np.int64))))
    g.output("extracted_row", ml(g, "ArrayFeatureExtractor", g.input("row", (6,)), g.const(np.array([[5, 2]], np.int64))))
    g.output("binary", ml(g, "Binarizer", x, threshold=0.25))
    g.output("scaled", ml(g, "Scaler", x, offset=reals(g, 5), scale=reals(g, 5)))
    g.output("scaled_ints", ml(g, "Scaler", i, offset=[1.5], scale=[0.5]))
    for norm in ("MAX", "L1", "L2"):
        g.output("norm_" + norm, ml(g, "Normalizer", x, norm=norm))
    holes = g.Where(g.Greater(x, g.const(0.5)), g.const(np.float32(np.nan)), x)
    g.output("imputed", ml(g, "Imputer", holes, imputed_value_floats=reals(g, 5), replaced_value_float=float("nan")))
    g.output("imputed_one", ml(g, "Imputer", x, imputed_value_floats=[100.0], replaced_value_float=0.0))
    g.output("joined", ml(g, "FeatureVectorizer", x, g.Cast(i, to=1), x, inputdimensions=[5, 5, 5]))
    g.output("one_hot", ml(g, "OneHotEncoder", i, cats_int64s=[3, -1, 5]))


@graph(opset=17, by=run_evaluator)
def ml_imputed(g):
    i = g.input("i", (6, 5), "int64", make=lambda size: g.rng.integers(2, 5, size))
    g.output("all", ml(g, "Imputer", i, imputed_value_int64s=[100], replaced_value_int64=3))
    g.output("each", ml(g, "Imputer", i, imputed_value_int64s=[6, 7, 8, 9, -(2 ** 60) + 1], replaced_value_int64=3))


@graph(opset=17, runs=[{"n": 4}, {"n": 1}])
def ml_labels(g):
    i = g.input("i", ("n", 5), "int64")
    x = g.Cast(i, to=1)
    g.output("ints_to_ints", ml(g, "LabelEncoder", i, keys_int64s=[1, 3, -5], values_int64s=[10, 30, 50]))
    g.output("ints_to_floats", ml(g, "LabelEncoder", i, keys_int64s=[1, 3], values_floats=[0.5, 2.5], default_float=-7.0))
    g.output("floats_to_ints", ml(g, "LabelEncoder", x, keys_floats=[2.0, 3.0], values_int64s=[10, 30], default_int64=4))
    g.output("floats_to_floats", ml(g, "LabelEncoder", x, keys_floats=[2.0, 3.0], values_floats=[10.0, 30.0]))


@graph(opset=17)
def ml_linear(g):
    x = g.input("x", (5, 4))
    g.output("regression", ml(g, "LinearRegressor", x, coefficients=reals(g, 4), intercepts=reals(g, 1)))
    g.output("targets", ml(g, "LinearRegressor", x, coefficients=reals(g, 3, 4), intercepts=reals(g, 3), targets=3))
    for transform in TRANSFORMS:
        # A probit is one of probabilities.
        scale = 0.02 if transform == "PROBIT" else 1
        weights = [v * scale for v in reals(g, 3, 4)]
        name = transform.lower()
        y, z = ml(g, "LinearClassifier", x, outs=2, coefficients=weights, intercepts=[0.3, 0.5, 0.6],
                  classlabels_ints=[4, 7, 9], post_transform=transform)
        g.output(name + "_labels", y)
        g.output(name + "_scores", z)
    for transform in ("NONE", "LOGISTIC", "SOFTMAX"):
        y, z = ml(g, "LinearClassifier", x, outs=2, coefficients=reals(g, 4), intercepts=[0.1],
                  classlabels_ints=[3, 5], post_transform=transform)
        g.output(transform.lower() + "_two_labels", y)
        g.output(transform.lower() + "_two_scores", z)


def grow(g, depth, modes, features):
    """A tree, as lists: feature, mode, split, yes, no of each node. None is a leaf."""
    nodes = []

    def node(left):
        at = len(nodes)
        nodes.append(None)
        if left and (left == depth or g.rng.random() < 0.8):
            entry = [int(g.rng.integers(features)), str(g.rng.choice(modes)), round(float(g.rng.normal()), 1)]
            nodes[at] = (*entry, node(left - 1), node(left - 1))
        return at

    node(depth)
    return nodes


def forest(g, trees, stem, targets, ids=None, positive=False, **rest):
    """The attributes of the classic operators."""
    a = {k: [] for k in ("treeids", "nodeids", "featureids", "modes", "values", "truenodeids", "falsenodeids")}
    w = {k: [] for k in ("treeids", "nodeids", "ids", "weights")}
    for t, nodes in enumerate(trees):
        for i, entry in enumerate(nodes):
            row = (t, i, *(entry or (0, "LEAF", 0.0, 0, 0)))
            for key, value in zip(a, row):
                a[key].append(value)
            if entry:
                continue
            for target in (range(targets) if ids is None else ids):
                value = float(np.float32(g.rng.normal() / 4))
                for key, v in zip(w, (t, i, target, abs(value) if positive else value)):
                    w[key].append(v)
    return {**{"nodes_" + k: v for k, v in a.items()}, **{f"{stem}_{k}": v for k, v in w.items()}, **rest}


BRANCHES = ["BRANCH_" + m for m in ("LEQ", "LT", "GTE", "GT", "EQ", "NEQ")]


def places(g, size):
    """Numbers that a split may be equal to."""
    return np.round(g.rng.normal(size=size), 1)


@graph(opset=17, runs=[{"n": 33}, {"n": 1}])
def ml_tree_regressor(g):
    x = g.input("x", ("n", 6), make=lambda size: places(g, size))
    trees = [grow(g, 5, BRANCHES[:1], 6) for _ in range(7)]
    for how in ("SUM", "AVERAGE", "MIN", "MAX"):
        g.output(how.lower(), ml(g, "TreeEnsembleRegressor", x, **forest(g, trees, "target", 2), n_targets=2,
                                 aggregate_function=how, base_values=[0.5, -0.25]))
    for mode in BRANCHES:
        g.output(mode.lower(), ml(g, "TreeEnsembleRegressor", x, **forest(g, [grow(g, 4, [mode], 6)], "target", 1),
                                  n_targets=1))
    mixed = [grow(g, 6, BRANCHES, 6) for _ in range(3)]
    g.output("mixed", ml(g, "TreeEnsembleRegressor", x, **forest(g, mixed, "target", 1), n_targets=1))
    g.output("logistic", ml(g, "TreeEnsembleRegressor", x, **forest(g, trees, "target", 2), n_targets=2,
                            post_transform="LOGISTIC"))
    holes = g.Where(g.Greater(x, g.const(0.5)), g.const(np.float32(np.nan)), x)
    missing = forest(g, trees, "target", 1)
    missing["nodes_missing_value_tracks_true"] = [int(v) for v in g.rng.integers(0, 2, len(missing["nodes_modes"]))]
    g.output("missing", ml(g, "TreeEnsembleRegressor", holes, **missing, n_targets=1))
    g.output("single_leaf", ml(g, "TreeEnsembleRegressor", x, **forest(g, [[None], *trees], "target", 1), n_targets=1))


@graph(opset=17)
def ml_tree_classifier(g):
    x = g.input("x", (20, 6), make=lambda size: places(g, size))
    trees = [grow(g, 5, BRANCHES[:1], 6) for _ in range(7)]
    for transform in TRANSFORMS[:4]:
        y, z = ml(g, "TreeEnsembleClassifier", x, outs=2, **forest(g, trees, "class", 3),
                  classlabels_int64s=[7, 3, -1], post_transform=transform, base_values=[0.1, 0.2, 0.3])
        g.output(transform.lower() + "_labels", y)
        g.output(transform.lower() + "_scores", z)
    for positive in (False, True):
        for transform in TRANSFORMS[:3]:
            y, z = ml(g, "TreeEnsembleClassifier", x, outs=2, **forest(g, trees, "class", 2, [0], positive),
                      classlabels_int64s=[5, 8], post_transform=transform)
            name = f"{transform.lower()}_two{'_positive' if positive else ''}"
            g.output(name + "_labels", y)
            g.output(name + "_scores", z)


@graph(opset=21)
def ml_tree_ensemble(g):
    """The fifth version, whose leaves are a list of their own."""
    x = g.input("x", (20, 3), make=lambda size: places(g, size))
    f = lambda *v: numpy_helper.from_array(np.array(v, np.float32))
    modes = lambda *v: numpy_helper.from_array(np.array(v, np.uint8))
    for name, how in (("sum", 1), ("average", 0), ("min", 2), ("max", 3)):
        g.output(name, ml(g, "TreeEnsemble", x, version=5, n_targets=2, aggregate_function=how, tree_roots=[0, 2],
                          nodes_featureids=[0, 1, 2, 0], nodes_splits=f(0.1, -0.2, 0.3, 0.7), nodes_modes=modes(0, 3, 1, 2),
                          nodes_truenodeids=[1, 0, 3, 3], nodes_trueleafs=[0, 1, 0, 1], nodes_falsenodeids=[1, 2, 4, 0],
                          nodes_falseleafs=[1, 1, 1, 1], leaf_targetids=[0, 1, 0, 1, 1], leaf_weights=f(1, 2.5, 3, -4, 0.5)))


KERNELS = (("LINEAR", [0.0, 0.0, 0.0]), ("RBF", [0.5, 0.0, 0.0]), ("POLY", [0.5, 1.0, 2.0]), ("SIGMOID", [0.5, 0.1, 0.0]))


@graph(opset=17, runs=[{"n": 9}, {"n": 1}])
def ml_vectors(g):
    """Support vector machines."""
    x = g.input("x", ("n", 3))
    for kernel, params in KERNELS:
        name = kernel.lower()
        g.output(name, ml(g, "SVMRegressor", x, kernel_type=kernel, kernel_params=params, support_vectors=reals(g, 6, 3),
                          coefficients=reals(g, 6), rho=[0.3], n_supports=6))
        for classes, sizes in (([4, 7], [4, 2]), ([4, 7, 9], [2, 3, 1]), ([3, 2, 1, 0], [2, 1, 1, 2])):
            pairs = len(classes) * (len(classes) - 1) // 2
            for probable in (False, True):
                # Two classes that are not probabilities are a case of their own.
                transform = "LOGISTIC" if kernel == "RBF" else "NONE"
                rest = dict(prob_a=[-abs(v) for v in reals(g, pairs)], prob_b=reals(g, pairs)) if probable else {}
                y, z = ml(g, "SVMClassifier", x, outs=2, kernel_type=kernel, kernel_params=params,
                          support_vectors=reals(g, 6, 3), coefficients=reals(g, 6, len(classes) - 1), rho=reals(g, pairs),
                          vectors_per_class=sizes, classlabels_ints=classes, post_transform=transform, **rest)
                tag = f"{name}_{len(classes)}{'_probable' if probable else ''}"
                g.output(tag + "_labels", y)
                g.output(tag + "_scores", z)
    g.output("one_class", ml(g, "SVMRegressor", x, kernel_type="RBF", kernel_params=[0.5, 0.0, 0.0], rho=[0.1],
                             support_vectors=reals(g, 6, 3), coefficients=reals(g, 6), n_supports=6, one_class=1))
    g.output("no_vectors", ml(g, "SVMRegressor", x, kernel_type="LINEAR", kernel_params=[0.0, 0.0, 0.0], rho=[0.1],
                              coefficients=reals(g, 3), n_supports=0))


@graph(opset=17, by=run_evaluator)
def ml_vectors_linear(g):
    """A score for each class. Of two with weights of both signs ONNX Runtime takes
    the second one whenever any score is positive; the reference the greater one."""
    x = g.input("x", (9, 3))
    for labels in ([4, 7], [4, 7, 9]):
        for positive in (False, True):
            weights = [abs(v) if positive else v for v in reals(g, len(labels), 3)]
            y, z = ml(g, "SVMClassifier", x, outs=2, kernel_type="LINEAR", kernel_params=[0.0, 0.0, 0.0],
                      rho=[0.1] * (len(labels) - 1), coefficients=weights, classlabels_ints=labels, post_transform="NONE")
            tag = f"of_{len(labels)}{'_positive' if positive else ''}"
            g.output(tag + "_labels", y)
            g.output(tag + "_scores", z)


@graph(opset=17, runs=[{"n": 4}, {"n": 1}])
def ml_zip_map(g):
    """What a classifier of scikit-learn gives for each row: a map from its classes."""
    x = g.input("x", ("n", 3))
    g.output("numbers", ml(g, "ZipMap", x, classlabels_int64s=[-7, 2, 2 ** 40]))
    g.output("names", ml(g, "ZipMap", g.Softmax(x), classlabels_strings=["", "setosa", "Öl"]))
    g.output("row", ml(g, "ZipMap", g.input("r", (2,)), classlabels_int64s=[0, 1]))
    g.output("open", ml(g, "ZipMap", g.Compress(x, g.const([True, False, True]), axis=1), classlabels_int64s=[1, 0]))
    g.output("repeated", ml(g, "ZipMap", x, classlabels_int64s=[5, 5, 6]))


@graph(opset=17, runs=[{"n": 5}, {"n": 1}], check=False)
def ml_maps(g):
    """Maps as inputs: a vector of keys and one of values each."""
    words = ["a", "Öl", "the", "naïve", "b"]

    def some(of, dtype):
        return lambda dims: np.array(of[:dims.get("n", 1)], dtype)
    scores = g.map_input("scores", some(words, object), some([1.5, -2, 3, 4, 5], "float32"))
    counts = g.map_input("counts", some([7, 0, 2, -1, 2 ** 40], "int64"), some([1.25, 2, 3, 4, 5], "float32"))
    places = g.map_input("places", some([4, 0, 3, 9, 1], "int64"), some([1.5, 2, -3, 4, 5], "float32"))
    g.output("by_word", ml(g, "DictVectorizer", scores, string_vocabulary=VOCABULARY))
    g.output("by_number", ml(g, "DictVectorizer", counts, int64_vocabulary=[2, 3, 7, 2 ** 40]))
    for form in ("DENSE", "SPARSE"):
        cast_map(g, places, form, "TO_FLOAT")
        cast_map(g, places, form, "TO_INT64")


CAST_TYPES = {"TO_FLOAT": np.float32, "TO_INT64": np.int64, "TO_STRING": str}
VOCABULARY = ["the", "absent", "a", "a"]


def cast_map(g, source, form, to):
    g.output(f"{form}_{to}", ml(g, "CastMap", source, map_form=form, max_map=6, cast_to=to), CAST_TYPES[to])


def what_maps_hold(_, feeds):
    """What the standard says: ONNX Runtime for Python takes no maps of these types."""
    runs = []
    for texts, totals in ((f["texts"], f["totals"]) for f in map(with_maps, feeds)):
        lists = {"DENSE": [texts[k] for k in sorted(texts)], "SPARSE": [texts.get(k, "0") for k in range(6)]}
        runs.append({f"{form}_{to}": np.array([values]).astype(dtype) for form, values in lists.items()
                     for to, dtype in CAST_TYPES.items()})
        runs[-1]["totals_of"] = np.array([[totals.get(word, 0) for word in VOCABULARY]])
    return runs


@graph(opset=17, runs=[{"n": 5}, {"n": 1}, {"n": 0}], check=False, by=what_maps_hold)
def ml_maps_of_others(g):
    def some(of, dtype):
        return lambda dims: np.array(of[:dims.get("n", 1)], dtype)
    texts = g.map_input("texts", some([4, 0, 3, 9, 1], "int64"), some(["1", "20", "-3", "4", "50"], object))
    totals = g.map_input("totals", some(["a", "Öl", "the", "", "b"], object), some([2 ** 60, 2, 3, 4, 5], "int64"))
    for form in ("DENSE", "SPARSE"):
        for to in CAST_TYPES:
            cast_map(g, texts, form, to)
    g.output("totals_of", ml(g, "DictVectorizer", totals, string_vocabulary=VOCABULARY), "int64")
