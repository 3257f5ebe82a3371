#===- ops_strings.py - cases of strings -----------------------*- Python -*-===#
#
# Part of dlc, under the Apache License v2.0 with LLVM Exceptions.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
#===------------------------------------------------------------------------===#
"""Each output of a case is one variant, named after what it tries."""
import numpy as np
from onnx import TensorProto, helper, numpy_helper
from kit import WORDS, graph, run_evaluator
from ops_ml import BRANCHES, forest, grow, ml, places, reals


@graph(opset=20, runs=[{"n": 6}, {"n": 1}])
def strings_moved(g):
    x = g.input("x", ("n", 4), "str")
    g.output("identity", x)
    g.output("twice", x)
    g.output("reshaped", g.Reshape(x, g.const(np.array([2, -1], np.int64))))
    g.output("transposed", g.Transpose(x, perm=[1, 0]))
    g.output("gathered", g.Gather(x, g.const(np.array([3, -1, 0], np.int64)), axis=1))
    g.output("elements", g.GatherElements(x, g.const(np.array([[3, 0]], np.int64)), axis=1))
    g.output("joined", g.Concat(x, x, g.const([["x", "the", "", "日本"]]), axis=0))
    g.output("part", g.Slice(x, *(g.const(np.array([v], np.int64)) for v in (3, 0, 1, -2))))
    g.output("expanded", g.Expand(g.Unsqueeze(x, g.const(np.array([0], np.int64))), g.const(np.array([2, 1, 4], np.int64))))
    g.output("tiled", g.Tile(x, g.const(np.array([1, 2], np.int64))))
    g.output("flat", g.Flatten(x))
    g.output("where", g.Where(g.Equal(x, g.const("the")), g.const(["a", "b", "c", "Öl"]), x))
    g.output("halves", g.Split(x, g.const(np.array([1, 3], np.int64)), axis=1, outs=2)[1])
    g.output("shape", g.Shape(x))


@graph(opset=20, runs=[{"n": 6}, {"n": 1}])
def strings_updated(g):
    x = g.input("x", ("n", 4), "str")
    at = g.const(np.array([[0, 1]], np.int64))
    g.output("scattered", g.ScatterElements(x, at, g.const([["new", "the"]]), axis=1))
    g.output("scattered_nd", g.ScatterND(x, at, g.const(["only"])))
    g.output("compressed", g.Compress(x, g.const(np.array([True, False, True])), axis=1))
    g.output("equal", g.Equal(x, g.const([["the", "a", "", "日本"]])))
    g.output("constant", g.node("Constant", [], value_strings=["one", "", "ß"]))
    g.output("one_hot", g.OneHot(g.const(np.array([1, 0, 2], np.int64)), g.const(np.array(3, np.int64)),
                                 g.const(["off", "on"])))


@graph(opset=20, runs=[{"n": 30}, {"n": 1}])
def strings_unique(g):
    x = g.input("x", ("n",), "str")
    for name in ("sorted", "found"):
        for tag, value in zip(("", "_first", "_inverse", "_counts"), g.Unique(x, sorted=int(name == "sorted"), outs=4)):
            g.output(name + tag, value)


@graph(opset=20, runs=[{"n": 9}, {"n": 1}, {"n": 0}])
def strings_joined(g):
    x = g.input("x", ("n",), "str")
    y = g.input("y", (4, 1), "str")
    g.output("joined", g.StringConcat(x, y))
    g.output("joined_twice", g.StringConcat(g.StringConcat(x, g.const("-")), x))
    g.output("constant", g.StringConcat(g.const(["a", "ö"]), g.const("€")))


@graph(opset=20, runs=[{"n": 9}, {"n": 1}, {"n": 0}], by=run_evaluator)
def strings_split(g):
    x = g.input("x", ("n", 2), "str")
    texts = g.StringConcat(g.StringConcat(x, g.const(" \u00a0")), g.input("y", (2,), "str"))
    for name, rest in (("space", {}), ("comma", {"delimiter": ","}), ("once", {"delimiter": ",", "maxsplit": 1}),
                       ("words", {"maxsplit": 1}), ("long", {"delimiter": "the "}), ("letter", {"delimiter": "本"})):
        parts, counts = g.StringSplit(texts, outs=2, **rest)
        g.output(name, parts)
        g.output(name + "_counts", counts)


@graph(opset=20, runs=[{"n": 12}, {"n": 1}])
def strings_normalized(g):
    x = g.input("x", ("n",), "str")
    for case in ("NONE", "LOWER", "UPPER"):
        g.output(case.lower(), g.StringNormalizer(x, locale="C.UTF-8", case_change_action=case))
        for exact in (0, 1):
            g.output(f"{case.lower()}_{exact}", g.StringNormalizer(x, locale="C.UTF-8", case_change_action=case, is_case_sensitive=exact,
                                                                  stopwords=["The", "öl", "a"]))
    g.output("letters", g.StringNormalizer(g.const(["Ελληνικά", "РУССКИЙ", "ÀÉÎÕÜ", "ǅ ß ÿ", "abc123_Z"]),
                                           locale="C.UTF-8", case_change_action="UPPER"))
    g.output("small", g.StringNormalizer(g.const([["ΣΊΣΥΦΟΣ", "Ёлка", "ÀÉÎÕÜ", "ẞ", "Ⅷ"]]), locale="C.UTF-8",
                                         case_change_action="LOWER"))


@graph(opset=20)
def strings_matched(g):
    x = g.input("x", (40,), "str", make=lambda size: ["".join(g.rng.choice(list("ab1_ .@é\n-"), g.rng.integers(0, 6)))
                                                      for _ in range(40)])
    for name, pattern in (("any", ".*"), ("lines", "(?s).*"), ("words", r"\w*"), ("edges", r"\b.+\b"), ("class", "[^a1é]+"),
                          ("choice", "(a|b1)*|é.?"), ("counted", "[ab]{2,3}"), ("empty", ""), ("folded", "(?i)A+B*"),
                          ("literal", r"\Q.\E.*|\x{e9}+"), ("no_edge", r"a\B.*")):
        g.output(name, g.RegexFullMatch(x, pattern=pattern))


@graph(opset=20, by=run_evaluator)
def strings_to_numbers(g):
    text = ["0", "-1.5", "1e3", "2.5E-2", "  7 ", "+3", "1234567", "0.1", "16777217", "1e-45", "3.4e38"]
    x = g.input("x", (len(text),), "str", make=lambda size: text)
    words = g.input("words", (6,), "str", make=lambda size: ["inf", "-INF", "+Inf", "NaN", "nan", "infinity"])
    whole = g.input("whole", (4,), "str", make=lambda size: ["0", "-17", "+99", "127"])
    g.output("floats", g.Cast(x, to=TensorProto.FLOAT))
    g.output("doubles", g.Cast(x, to=TensorProto.DOUBLE))
    g.output("special", g.IsNaN(g.Cast(words, to=TensorProto.FLOAT)))
    g.output("infinite", g.IsInf(g.Cast(words, to=TensorProto.DOUBLE)))
    for kind in ("INT8", "INT32", "INT64"):
        g.output(kind.lower(), g.Cast(whole, to=getattr(TensorProto, kind)))
    large = g.input("large", (2,), "str", make=lambda size: ["18446744073709551615", "9223372036854775808"])
    g.output("unsigned", g.Cast(large, to=TensorProto.UINT64))


@graph(opset=20, by=run_evaluator, infinite=True)
def strings_of_numbers(g):
    reals_ = [0.0, -0.0, 1.0, -1.5, 0.1, 1e-5, 0.0001, 123456.789, 1e15, 1e16, 3.4e38, 1e-45, np.inf, -np.inf, np.nan,
              16777216.0, 0.30000001192092896, 2 / 3, 5e-324, 1.7976931348623157e308, 9007199254740993.0]
    x = g.input("x", (len(reals_) + 40,), "float64", make=lambda size: np.concatenate(
        [reals_, g.rng.normal(size=20), 10.0 ** g.rng.integers(-30, 30, 20) * g.rng.normal(size=20)]))
    g.output("doubles", g.Cast(x, to=TensorProto.STRING))
    # When numpy takes an exponent for a narrower type depends on its version.
    y = g.input("y", (40,), "float64", make=lambda size: g.rng.normal(size=size) * 100)
    g.output("floats", g.Cast(g.Cast(y, to=TensorProto.FLOAT), to=TensorProto.STRING))
    g.output("halves", g.Cast(g.Cast(y, to=TensorProto.FLOAT16), to=TensorProto.STRING))
    g.output("exact", g.Cast(g.Cast(g.Cast(x, to=TensorProto.FLOAT), to=TensorProto.STRING), to=TensorProto.FLOAT))
    i = g.input("i", (3,), "int64", make=lambda size: [0, -2 ** 63, 2 ** 63 - 1])
    u = g.input("u", (2,), "uint64", make=lambda size: np.array([2 ** 64 - 1, 7], np.uint64))
    g.output("ints", g.Cast(i, to=TensorProto.STRING))
    g.output("unsigned", g.Cast(u, to=TensorProto.STRING))
    g.output("bytes", g.Cast(g.Cast(u, to=TensorProto.INT8), to=TensorProto.STRING))
    g.output("bools", g.Cast(g.Equal(i, g.const(np.int64(0))), to=TensorProto.STRING))


@graph(opset=17, runs=[{"n": 7}, {"n": 1}])
def strings_labels(g):
    x = g.input("x", ("n", 2), "str")
    i = g.input("i", ("n", 2), "int64", make=lambda size: g.rng.integers(0, 5, size))
    g.output("to_ints", ml(g, "LabelEncoder", x, keys_strings=WORDS[:6], values_int64s=list(range(6, 12))))
    g.output("to_floats", ml(g, "LabelEncoder", x, keys_strings=WORDS[:6], values_floats=[0.5 * v for v in range(6)],
                             default_float=-3.0))
    g.output("to_strings", ml(g, "LabelEncoder", x, keys_strings=WORDS[:6], values_strings=WORDS[5::-1],
                              default_string="other"))
    g.output("of_ints", ml(g, "LabelEncoder", i, keys_int64s=[1, 2, 4], values_strings=["one", "two", "vier"]))
    g.output("of_floats", ml(g, "LabelEncoder", g.Cast(i, to=1), keys_floats=[1.0, 3.0], values_strings=["I", "III"],
                             default_string=""))
    categories = dict(cats_strings=["a", "the", "Öl"], cats_int64s=[1, 3, 4])
    g.output("mapped", ml(g, "CategoryMapper", x, **categories, default_int64=-7))
    g.output("unmapped", ml(g, "CategoryMapper", i, **categories, default_string="none"))
    g.output("one_hot", ml(g, "OneHotEncoder", x, cats_strings=["the", "", "日本"]))


@graph(opset=17, runs=[{"n": 9}, {"n": 1}])
def strings_classes(g):
    x = g.input("x", ("n", 6), make=lambda size: places(g, size))
    names = ["Öl", "", "cat"]
    y, z = ml(g, "LinearClassifier", x, outs=2, coefficients=reals(g, 3, 6), intercepts=[0.3, 0.5, 0.6],
              classlabels_strings=names, post_transform="SOFTMAX")
    g.output("linear", y)
    g.output("linear_scores", z)
    y, z = ml(g, "LinearClassifier", x, outs=2, coefficients=reals(g, 6), intercepts=[0.3],
              classlabels_strings=names[:2], post_transform="LOGISTIC")
    g.output("two", y)
    g.output("two_scores", z)
    trees = [grow(g, 5, BRANCHES[:1], 6) for _ in range(3)]
    y, z = ml(g, "TreeEnsembleClassifier", x, outs=2, **forest(g, trees, "class", 3), classlabels_strings=names)
    g.output("trees", y)
    g.output("trees_scores", z)
    y, z = ml(g, "SVMClassifier", x, outs=2, kernel_type="RBF", kernel_params=[0.5, 0.0, 0.0], support_vectors=reals(g, 6, 6),
              coefficients=reals(g, 6, 2), rho=reals(g, 3), vectors_per_class=[2, 3, 1], classlabels_strings=names)
    g.output("vectors", y)
    g.output("vectors_scores", z)


@graph(opset=17, runs=[{"n": 5}, {"n": 1}])
def strings_grams(g):
    x = g.input("x", ("n", 8), "str", make=lambda size: g.rng.choice(["the", "dog", "öl", "a"], size))
    common = dict(ngram_counts=[0, 3], ngram_indexes=[1, 0, 3, 2, 4], min_gram_length=1, max_gram_length=2,
                  pool_strings=["the", "öl", "cat", "the", "dog", "a", "the"])
    for mode in ("TF", "IDF", "TFIDF"):
        g.output(mode.lower(), g.TfIdfVectorizer(x, mode=mode, max_skip_count=1, weights=[0.5, 2.0, 3.0, 1.5, 0.25], **common))


@graph(opset=20, runs=[{"n": 4}, {"n": 0}])
def strings_in_loops(g):
    """Strings that a loop carries and stacks, and that a branch gives."""
    n = g.input("steps", (), "int64", make=lambda size: np.array(3))
    x = g.input("x", ("n",), "str")
    value = lambda name, kind, shape: helper.make_tensor_value_info(name, kind, shape)
    body = helper.make_graph(
        [helper.make_node("StringConcat", ["text", "more"], ["longer"]), helper.make_node("Identity", ["go"], ["on"]),
         helper.make_node("Identity", ["longer"], ["row"])], "body",
        [value("i", TensorProto.INT64, []), value("go", TensorProto.BOOL, []), value("text", TensorProto.STRING, [None])],
        [value("on", TensorProto.BOOL, []), value("longer", TensorProto.STRING, [None]), value("row", TensorProto.STRING, [None])],
        [numpy_helper.from_array(np.array(["-+"], object), "more")])
    last, rows = g.Loop(n, "", x, body=body, outs=2)
    g.output("last", last)
    g.output("rows", rows)
    branches = [helper.make_graph([helper.make_node("StringConcat", [x, "mark_" + name], [name])], name, [],
                                  [value(name, TensorProto.STRING, [None])],
                                  [numpy_helper.from_array(np.array([name], object), "mark_" + name)])
                for name in ("yes", "no")]
    g.output("chosen", g.If(g.Greater(n, g.const(np.int64(5))), then_branch=branches[0], else_branch=branches[1]))


@graph(opset=17, runs=[{"n": 4}, {"n": 1}], check=False)
def ms_tokens(g):
    """ONNX Runtime's Tokenizer, which skl2onnx writes for text vectorizers."""
    texts = ["", "The quick_brown fox, 42 mats!", "naïve 日本 \U0001f600 x", "ab--c-d\n--ef"]
    x = g.input("x", ("n",), "str", make=lambda size: np.array(texts[:size[0]] if size[0] > 1 else texts[1:2]))
    wide = g.input("wide", (2, 2), "str", make=lambda size: np.array(texts).reshape(size))
    g.domains["com.microsoft"] = 1

    def tokens(name, source=x, mark=0, mincharnum=1, **rest):
        g.output(name, g.node("Tokenizer", [source], domain="com.microsoft", mark=mark, mincharnum=mincharnum,
                              pad_value="#", **rest), str)
    tokens("words", tokenexp="[a-zA-Z0-9_]+")
    tokens("words_marked", mark=1, mincharnum=3, tokenexp="[a-zA-Z0-9_]+")
    tokens("longest", tokenexp="a|ab|[^ ]{2,3}")
    tokens("wide_words", source=wide, tokenexp="\\w+")
    tokens("any", tokenexp=".")
    tokens("lines", tokenexp="-.")
    tokens("split", separators=[" "])
    tokens("split_twice", mincharnum=2, separators=["-+", "[ ,]"])
    tokens("split_in_order", separators=["b-", "ab"])
    tokens("characters", mark=1, separators=[""])
    tokens("nothing", tokenexp="Q")
