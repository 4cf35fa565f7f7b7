"""Containers of parameters: dicts, lists, tuples, namedtuples, dataclasses, comprehensions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


class Line(NamedTuple):
    slope: Any
    offset: Any


@dataclass
class Net:
    W: Any
    b: Any
    scale: float = 1.0


@dataclass(frozen=True)
class Pair:
    left: Any
    right: Any


def dict_params(p, x):
    return np.sum((p["a"] * x + p["b"]) ** 2)


case(dict_params, lambda r: ({"a": 0.3, "b": normal(r, 4)}, normal(r, 4)), "golden", wrt=(0, 1))


def dict_unused_entry(p):
    return p["a"] ** 2


case(
    dict_unused_entry,
    lambda r: ({"a": 3.0, "b": normal(r, 2), "c": [1.0, 2.0]},),
    "golden",
    hand=lambda p: {"a": 6.0, "b": np.zeros(2), "c": [0.0, 0.0]},
)


def nested_dict(p, x):
    h = x
    for name in ("first", "second"):
        layer = p[name]
        h = np.tanh(h @ layer["W"] + layer["b"])
    return np.sum(h * h)


case(
    nested_dict,
    lambda r: (
        {
            "first": {"W": normal(r, 3, 3), "b": normal(r, 3)},
            "second": {"W": normal(r, 3, 2), "b": normal(r, 2)},
        },
        normal(r, 4, 3),
    ),
)


def dict_items(p):
    s = 0.0
    for name, value in p.items():
        s += value ** 2 * len(name)
    return s


case(dict_items, lambda r: ({"a": 0.3, "bb": -0.4},))


def dict_keys_and_values(p):
    s = 1.0
    for key in p:
        s *= p[key]
    for key in p.keys():
        s += p[key]
    for value in p.values():
        s += value * value
    return s


case(dict_keys_and_values, lambda r: ({"a": 0.3, "b": -0.4},))


def dict_get(p, x):
    return p.get("a", 1.0) * x + p.get("missing", 2.0) * x + ("b" in p) * x


case(dict_get, lambda r: ({"a": 0.3, "b": -0.4}, 0.7), wrt=(0, 1))


def dict_values_sum(p):
    return sum(np.sum(v ** 2) for v in p.values())


case(dict_values_sum, lambda r: ({"a": normal(r, 2), "b": normal(r, 3), "c": 0.4},), "golden")


def list_params(ws, x):
    h = x
    for w in ws:
        h = np.tanh(h @ w)
    return np.sum(h)


case(
    list_params,
    lambda r: ([normal(r, 3, 4), normal(r, 4, 2)], normal(r, 5, 3)),
    "golden",
    wrt=(0, 1),
)


def list_by_index(ws, x):
    return np.sum(ws[0] * x) + ws[-1] ** 2 + len(ws) * ws[1]


case(list_by_index, lambda r: ([normal(r, 3), 0.3, 0.4], normal(r, 3)), wrt=(0, 1))


def list_of_pairs(layers, x):
    for W, b in layers:
        x = np.tanh(W @ x + b)
    return x.sum()


case(
    list_of_pairs,
    lambda r: ([(normal(r, 3, 3), normal(r, 3)), (normal(r, 2, 3), normal(r, 2))], normal(r, 3)),
    "golden",
    wrt=(0, 1),
)


def skip_chain(X, Ws, skip):
    chain = [X]
    for k, W in enumerate(Ws):
        out = np.tanh(chain[-1] @ W)
        if skip and k % 2 == 1:
            out = out + chain[k - 1]
        chain.append(out)
    return np.sum(chain[-1] ** 2)


case(skip_chain, lambda r: (normal(r, 5, 3), [normal(r, 3, 3) for _ in range(4)], True), wrt=(0, 1))
case(
    skip_chain,
    lambda r: (normal(r, 5, 3), [normal(r, 3, 3) for _ in range(4)], False),
    wrt="Ws",
    name="skip_chain_plain",
)


def tuple_params(p, x):
    a, (b, c) = p
    return np.sum(a * x + b) * c


case(tuple_params, lambda r: ((0.3, (normal(r, 3), 0.5)), normal(r, 3)), wrt=(0, 1))


def namedtuple_params(line, x):
    return np.mean((line.slope * x + line.offset) ** 2) + line[0]


case(namedtuple_params, lambda r: (Line(0.3, normal(r, 4)), normal(r, 4)), "golden", wrt=(0, 1))


def namedtuple_unpacked(line, x):
    slope, offset = line
    return np.sum(slope * x + offset ** 2)


case(namedtuple_unpacked, lambda r: (Line(normal(r, 4), 0.3), normal(r, 4)))


def dataclass_params(net, x):
    return np.sum(np.tanh(x @ net.W + net.b)) * net.scale


case(
    dataclass_params,
    lambda r: (Net(normal(r, 3, 2), normal(r, 2), 0.7), normal(r, 4, 3)),
    "golden",
    wrt=(0, 1),
)


def dataclass_in_list(nets, x):
    for net in nets:
        x = np.tanh(x @ net.W + net.b) * net.scale
    return x.sum()


case(
    dataclass_in_list,
    lambda r: (
        [Net(normal(r, 3, 3), normal(r, 3)), Net(normal(r, 3, 2), 0.1, 2.0)],
        normal(r, 4, 3),
    ),
)


def frozen_dataclass(pair):
    return pair.left * np.sum(pair.right)


case(frozen_dataclass, lambda r: (Pair(0.3, normal(r, 2)),))


def builds_containers(x, y):
    pair = (x * 2.0, y)
    table = {"x": x, "pair": pair}
    items = [table["x"], table["pair"][0], *pair]
    return items[0] * items[1] + items[2] * items[-1]


case(builds_containers, lambda r: (0.3, 0.4), "golden", wrt=(0, 1))


def builds_dict(x):
    p = dict(a=x, b=2.0 * x)
    q = {**p, "c": x * x}
    return q["a"] * q["b"] + q["c"]


case(builds_dict, lambda r: (0.3,))


def namedtuple_built(x):
    line = Line(x, offset=x * x)
    return line.slope * line.offset


case(namedtuple_built, lambda r: (0.3,), hand=lambda x: 3 * x * x)


def dataclass_built(x):
    net = Net(x, b=x * x, scale=2.0)
    return net.W * net.b * net.scale


case(dataclass_built, lambda r: (0.3,), hand=lambda x: 6 * x * x)


def appends(x, n):
    terms = []
    for k in range(n):
        terms.append(np.sin(x * k))
    terms += [x]
    return sum(terms)


case(appends, lambda r: (0.3, 4), "golden")


def appends_and_stacks(x, w):
    hs = []
    h = x
    for _ in range(3):
        h = np.tanh(h @ w)
        hs.append(h)
    return np.sum(np.stack(hs) ** 2)


case(appends_and_stacks, lambda r: (normal(r, 3), normal(r, 3, 3)), wrt=(0, 1))


def list_comprehension(x, ws):
    return sum([np.sum(x * w) ** 2 for w in ws if np.sum(w) > -5.0])


case(
    list_comprehension, lambda r: (normal(r, 3), [normal(r, 3), normal(r, 3)]), "golden", wrt=(0, 1)
)


def dict_comprehension(p, lr):
    new = {k: v - lr * v ** 2 for k, v in p.items()}
    return new["a"] * new["b"]


case(dict_comprehension, lambda r: ({"a": 0.3, "b": 0.4}, 0.1), wrt=(0, 1))


def generator_expression(x):
    return sum(x[i] * x[i + 1] for i in range(len(x) - 1)) + max(v * v for v in x)


case(generator_expression, lambda r: (normal(r, 5),))


def nested_comprehension(A):
    return sum(a * b for row in A for a, b in zip(row, row[1:]))


case(nested_comprehension, lambda r: (normal(r, 3, 4),))


def comprehension_of_rows(X):
    norms = [np.sqrt(np.sum(row ** 2)) for row in X]
    return np.sum(np.array(norms) * np.arange(len(norms)))


case(comprehension_of_rows, lambda r: (normal(r, 3, 4),))


def star_unpacking(x):
    first, *rest, last = x
    head, *_ = rest
    return first * last + sum(rest) * head


case(star_unpacking, lambda r: ([0.1, 0.2, 0.3, 0.4],))
case(star_unpacking, lambda r: (normal(r, 5),), name="star_unpacking_array")


def tuple_targets(x):
    (a, b), c = (x * 2.0, x * x), x
    [d, e] = a, b
    return a * b + c * d * e


case(tuple_targets, lambda r: (0.3,))


def list_slices(xs):
    return sum(xs[1:]) * xs[0] + sum(xs[::-1][:2]) + sum(xs[:-1] + [xs[0] * 2.0])


case(list_slices, lambda r: ([0.1, 0.2, 0.3, 0.4],))


def list_multiplied(x):
    items = [x] * 3 + [0.0, x * x]
    return sum(items)


case(list_multiplied, lambda r: (0.3,), hand=lambda x: 3 + 2 * x)


def item_assignment(p, x):
    q = {}
    q["a"] = p["a"] * x
    q["b"] = q["a"] * p["b"]
    xs = [x, x]
    xs[0] = x * x
    return q["b"] + xs[0] * xs[1]


case(item_assignment, lambda r: ({"a": 0.3, "b": 0.4}, 0.5), "may_refuse", wrt=(0, 1))


def same_object_twice(p):
    q = p
    return q["a"] * p["a"] + p["b"]


case(same_object_twice, lambda r: ({"a": 0.3, "b": 0.4},), hand=lambda p: {"a": 0.6, "b": 1.0})


def shared_leaf(p):
    return np.sum(p[0] * p[1])


shared = np.array([1.0, 2.0])
case(shared_leaf, lambda r: ([shared, shared],), hand=lambda p: [p[1].copy(), p[0].copy()])


def integer_entries(p, x):
    return np.sum(p["w"] ** p["power"]) * x


case(integer_entries, lambda r: ({"w": positive(r, 3), "power": 3}, 0.5))


def empty_containers(p, x):
    s = x * x
    for w in p:
        s = s + np.sum(w)
    return s


case(empty_containers, lambda r: ([], 0.5), wrt=(0, 1), hand=lambda p, x: ([], 1.0))


def sliced_list(Ws, x):
    for W in Ws[:-1]:
        x = np.tanh(x @ W)
    return np.sum((x @ Ws[-1]) ** 2)


case(
    sliced_list,
    lambda r: ([normal(r, 3, 3), normal(r, 3, 4), normal(r, 4, 2)], normal(r, 2, 3)),
    "golden",
)


def list_from_the_second(Ws, x):
    h = x @ Ws[0]
    for W in Ws[1:]:
        h = np.tanh(h @ W)
    return np.sum(h) + np.sum(Ws[1] ** 2)


case(
    list_from_the_second,
    lambda r: ([normal(r, 3, 3), normal(r, 3, 4), normal(r, 4, 2)], normal(r, 2, 3)),
    wrt=(0, 1),
)


def weight_decay(Ws, p, xs):
    s = 0.0
    for W in Ws:
        s += np.sum(W ** 2)
    for v in p.values():
        s += np.sum(np.tanh(v))
    for W, x in zip(Ws, reversed(xs)):
        s += np.sum(W ** 2 * x)
    return s


case(
    weight_decay,
    lambda r: (
        [normal(r, 3), normal(r, 2, 3)],
        {"a": normal(r, 4), "b": normal(r, 2, 2)},
        [normal(r, 2, 3), normal(r, 3)],
    ),
    wrt=(0, 1, 2),
)
