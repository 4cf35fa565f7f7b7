"""Functions and objects made in loops, variables of the module, and the rest of the language."""

from __future__ import annotations

import functools
import math
import operator
from functools import partial, reduce

import numpy as np

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


TOTAL = 0.0
BUF = None


def vec(n: int = 5):
    return lambda r: (normal(r, n),)


def pvec(n: int = 5):
    return lambda r: (positive(r, n),)


def mat(n: int = 3, m: int = 4):
    return lambda r: (normal(r, n, m),)


def functions_appended(x):
    fs = []
    for i in range(3):
        fs.append(lambda v: v * x[i])
    return sum((f(2.0) for f in fs)) + fs[0](x[1])


def late_bound_in_a_comprehension(x):
    fs = [lambda v: v * x[i] for i in range(3)]
    s = 0.0
    for f in fs:
        s += f(2.0) ** 2
    return s


def early_bound_by_a_default(x):
    fs = [lambda v, i=i: v * x[i] for i in range(3)]
    s = 0.0
    for k, f in enumerate(fs):
        s += f(2.0) ** (k + 1)
    return s


def inner_functions_appended(x):
    fs = []
    for i, c in enumerate([2.0, 3.0]):

        def f(v, c=c):
            return c * v * x[i]

        fs.append(f)
    i = 4
    return fs[0](1.0) * fs[1](2.0)


class Lay:
    def __init__(self, W):
        self.W = W
        self.n = 0
        self.log = []

    def __call__(self, v):
        self.n += 1
        self.log.append(v.sum())
        return np.tanh(self.W @ v)


def layers_appended(W):
    ls = []
    for k in range(3):
        ls.append(Lay(W * (k + 1)))
    v = np.ones(3)
    for l in ls:
        v = l(v)
    v = ls[0](v)
    return v.sum() + ls[0].n + sum((sum(l.log) for l in ls))


def functions_in_a_dict(x):
    acts = {"s": np.sin, "q": lambda v: v * v, "l": lambda v: v * x[0]}
    s = 0.0
    for k in ("s", "q", "l", "q"):
        s += acts[k](x[1])
    return s


def pipeline_of_functions(x):
    pipeline = [np.sin, lambda v: v + x, partial(np.multiply, 2.0)]
    v = x
    for f in pipeline:
        v = f(v)
    return np.sum(reduce(lambda a, f: f(a), pipeline, v))


def functions_of_a_function(x):

    def make(k):
        return lambda v: v * x[k]

    fs = [make(k) for k in range(3)]
    return sum((f(x[3]) for f in fs))


class Particle:
    def __init__(self, p, v):
        self.p = p
        self.v = v

    def step(self, dt):
        self.p = self.p + dt * self.v
        self.v = self.v - dt * self.p


def particles_in_a_list(x, n):
    ps = [Particle(x[0], x[1]), Particle(x[2], x[3])]
    for _ in range(n):
        for p in ps:
            p.step(0.1)
    return ps[0].p * ps[1].v


class Parr:
    def __init__(self, p):
        self.p = p.copy()
        self.v = np.zeros_like(p)

    def step(self, dt):
        self.v -= dt * self.p
        self.p += dt * self.v
        self.p[0] = 0.5


def particles_of_arrays(x, n):
    ps = [Parr(x), Parr(2.0 * x)]
    for _ in range(n):
        for p in ps:
            p.step(0.1)
    return ps[0].p @ ps[1].v


def late_and_early(x):
    fs = []
    for i in range(3):
        fs.append(lambda v: v * x[i])
    gs = [lambda v, k=k: v * x[k] for k in range(3)]
    s = 0.0
    for f in fs:
        s += f(2.0)
    for k, g in enumerate(gs):
        s += g(k + 1.0) ** 2
    hs = {n: lambda v: v**2 * len(n) for n in ("a", "bb")}
    return s + hs["a"](x[0]) + hs["bb"](x[1])


def functions_of_functions(x):

    def outer(a):

        def inner(b):

            def most(c):
                return a * b * c

            return most

        return inner

    comp = lambda *fs: lambda v: reduce(lambda acc, f: f(acc), fs, v)
    return (
        outer(x[0])(x[1])(x[2])
        + comp(np.sin, np.exp, lambda q: q * x[3])(x[4])
        + (lambda a: lambda b: a - b)(x[0])(x[1])
    )


def module_total(x):
    global TOTAL
    TOTAL = 0.0
    for v in x:
        TOTAL += v * v
    return TOTAL**2


def module_buffer(x):
    global BUF
    if x[0] > -100:
        BUF = x * 2
    BUF = BUF * x

    def f(v):
        return v @ BUF

    return f(x)


def module_total_in_an_arm(x, c):
    global TOTAL
    if c > 0:
        TOTAL = x.sum()
    return TOTAL * x[0]


def write_that_fails(x, k):
    u = x.copy()
    try:
        u[k] = 2.0 * x[1]
    except IndexError:
        u[0] = x[2] ** 2
    u *= x
    return np.sum(u**2)


def writes_until_the_end(x, n):
    u = np.zeros(5)
    bad = 0
    for k in range(n):
        try:
            v = x[k] * 2
            u[k] = v * v
        except IndexError:
            bad += 1
    return np.sum(u * x) + bad * x[0]


def augmented_until_the_end(x, n):
    u = x.copy()
    for k in range(n):
        try:
            u[k] *= u[k - 1]
        except IndexError:
            u += 1.0
    return np.sum(u * x)


def lists_of_all_sorts(x):
    xs = []
    xs.append(x[0])
    xs.extend([x[1], x[2]])
    xs.insert(1, x[3] * x[0])
    xs += [x[4]]
    a = xs.pop()
    b = xs.pop(0)
    del xs[0]
    xs[0] = a * b
    xs[1:] = [x[0], x[1] ** 2]
    xs.append(a)
    xs.reverse()
    ys = xs + [b]
    ys = ys * 2
    zs = ys[1:3] + ys[::-1]
    xs.remove(a) if a in xs else None
    xs.sort()
    ys.extend((v * 2 for v in xs))
    del ys[1:3]
    ys[::2] = [0.0] * len(ys[::2])
    ws = ys.copy()
    ws.clear()
    ws.append(x[0])
    return np.sum(np.array(ys) ** 2) + np.stack(zs).sum() + ws[-1]


def lists_of_rows(A):
    rows = [A[0], A[1] * 2]
    rows.append(A[2] ** 2)
    rows += [rows[0] * rows[1]]
    rows.insert(0, np.zeros(4))
    last = rows.pop()
    rows[1] = last
    del rows[0]
    return (
        np.sum(np.array(rows) ** 2)
        + np.concatenate(rows).sum()
        + np.stack(rows, axis=1)[0].sum()
        + np.vstack(rows).prod()
        + np.hstack(rows[:1]).sum()
    )


def dicts_of_all_sorts(x):
    d = {}
    d["a"] = x[0]
    d.update(b=x[1])
    d.update({"c": x[2] * x[0]})
    d |= {"e": x[3]}
    v = d.pop("a")
    w = d.get("zz", x[4])
    u = d.setdefault("q", x[4] ** 2)
    e = {**d, "b": v}
    f = dict(e, g=w)
    k = d | {"b": 3.0}
    del e["c"]
    s = sum(f.values()) + sum((v * v for k, v in e.items() if k != "b"))
    h = dict(zip("abc", x))
    c = {k: v**2 for k, v in h.items()}
    m = d.copy()
    m["b"] = 0.0
    for key in sorted(c):
        s += c[key] * len(key)
    return s + u + k["b"] + m["b"] + max(c.values()) + list(d.values())[0]


def walrus_everywhere(x):
    ys = [z * z for v in x if (z := np.sin(v)) > 0]
    last = None
    s = [(last := (v * 2)) for v in x]
    tot = 0.0
    cum = [(tot := (tot + v)) for v in x]
    if (n := len(ys)) > 1:
        tot += n
    while (tot := (tot * 0.5)) > 1.0:
        pass
    return sum(ys) + last + sum(s) + sum(cum) + tot + any(((w := v) > 0 for v in x)) * w


def slices_of_all_sorts(x, s):
    sl = slice(1, 4)
    t = (slice(None), 0)
    m = [slice(0, 2), slice(2, None)]
    y = x[sl] ** 2
    z = sum((np.sum(x[q]) * i for i, q in enumerate(m)))
    A = np.outer(x, x)
    w = (
        A[t].sum()
        + A[np.s_[1:3, ::2]].prod()
        + A[sl, sl].sum()
        + x[s].sum()
        + x[slice(*[0, 3])].sum()
        + sl.start * x[0]
        + x[sl.stop]
    )
    idx = {"a": slice(0, 2)}
    i0, i1, st = sl.indices(5)
    return y.sum() + z + w + x[idx["a"]].sum() + x[i0:i1:st].prod()


def comprehensions(A, x):
    B = np.array([[A[i, j] * x[j] for j in range(4)] for i in range(3)])
    C = np.array([a * b for a in x for b in x if a > b])
    d = {i: {j: A[i, j] for j in range(2)} for i in range(2)}
    g = sum((v for row in A for v in row))
    u = {**{"a": x[0]}, "b": x[1]}
    f, l = (x[0], x[-1])
    (p, q), r = ((x[0], x[1]), x[2])
    return np.sum(B**2) + C.sum() + d[1][0] + g**2 + u["a"] * u["b"] + f * l + p * q * r


def control_of_all_sorts(x):
    s = 0.0
    i = 0
    while i < len(x):
        if x[i] < -1:
            i += 1
            continue
        s += x[i] if x[i] > 0 else -(x[i] ** 2)
        for j in range(3):
            if j == 2:
                break
            s *= 1.0 + 0.1 * j
        else:
            s += 100
        i += 1
    else:
        s += x[0]
    ok = 0 < s < 10 or not (s > 3 and x[0] > 0)
    return s * (2.0 if ok else 3.0) + (x[0] and x[1]) + (x[2] or x[3])


def generators_consumed(x):

    def acc(v):
        t = 0.0
        for e in v:
            t += e
            yield t

    def both(v):
        yield from v
        yield from acc(v)

    s = 0.0
    for a, b in zip(acc(x), both(x)):
        s += a * b
    for i, a in enumerate(acc(x)):
        s += a * i
    return s + sum(acc(x)) + sum((v * v for v in both(x))) + np.array(list(acc(x))).sum()


def partials_and_reductions(x, w):
    f = partial(np.power, 2.0)
    g = partial(lambda a, b, c=1.0: a * b + c, x[0], c=w)
    r = reduce(lambda a, b: a * b + 1, x, 1.0)
    r2 = reduce(operator.mul, [x[0], x[1]])
    r3 = functools.reduce(np.add, [x, x**2])
    m = list(map(np.sin, x))
    m2 = sum(map(lambda a, b: a * b, x, x[::-1]))
    m3 = list(map(partial(math.pow, 2.0), x))
    fl = list(filter(lambda v: v > 0, x))
    return (
        f(x).sum() + g(x[1]) + r + r2 + r3.sum() + sum(m) + m2 + sum(m3) + sum((v**2 for v in fl))
    )


case(functions_appended, vec())
case(late_bound_in_a_comprehension, vec())
case(early_bound_by_a_default, vec())
case(inner_functions_appended, vec())
case(layers_appended, lambda r: (normal(r, 3, 3),))
case(functions_in_a_dict, vec())
case(pipeline_of_functions, vec())
case(functions_of_a_function, vec())
case(particles_in_a_list, lambda r: (normal(r, 5), 3))
case(particles_of_arrays, lambda r: (normal(r, 5), 3))
case(late_and_early, vec())
case(functions_of_functions, vec())
case(module_total, vec())
case(module_buffer, vec())
case(module_total_in_an_arm, lambda r: (normal(r, 3), 1))
case(module_total_in_an_arm, lambda r: (normal(r, 3), -1), name="module_total_in_an_arm_2")
case(write_that_fails, lambda r: (normal(r, 5), 2))
case(write_that_fails, lambda r: (normal(r, 5), 9), name="write_that_fails_2")
case(writes_until_the_end, lambda r: (normal(r, 5), 7))
case(augmented_until_the_end, lambda r: (normal(r, 5), 7))
case(lists_of_all_sorts, vec())
case(lists_of_rows, mat())
case(dicts_of_all_sorts, vec())
case(walrus_everywhere, vec())
case(slices_of_all_sorts, lambda r: (normal(r, 5), slice(0, 5, 2)))
case(comprehensions, lambda r: (normal(r, 3, 4), normal(r, 4)), wrt=(0, 1))
case(control_of_all_sorts, vec())
case(generators_consumed, vec(), "typed")
case(partials_and_reductions, lambda r: (normal(r, 4), normal(r)), wrt=(0, 1))
