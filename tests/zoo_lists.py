"""Lists, dicts and sets that are changed in place: stacks, tables, histories, caches."""

from __future__ import annotations

from collections import defaultdict, deque
from itertools import accumulate, chain, islice, pairwise, product

import numpy as np

from tests.zoo_case import Case, collector, normal

CASES: list[Case] = []
case = collector(CASES)


def rpn(x, y):
    stack = []
    for token in ("x", "y", "+", "x", "*", "y", "-", "x", "y", "*", "*"):
        if token == "x":
            stack.append(x)
        elif token == "y":
            stack.append(y)
        else:
            b = stack.pop()
            a = stack.pop()
            if token == "+":
                stack.append(a + b)
            elif token == "-":
                stack.append(a - b)
            else:
                stack.append(a * b)
    return stack.pop()


case(rpn, lambda r: (0.7, -1.3), "golden", wrt=(0, 1))


def rpn_short(x, y, tokens):
    stack = []
    for token in tokens:
        if token == 0:
            stack.append(x)
        elif token == 1:
            stack.append(y)
        elif token == 2:
            stack.append(stack.pop() + stack.pop())
        else:
            stack.append(stack.pop() * stack.pop())
    assert len(stack) == 1
    return stack[0]


case(rpn_short, lambda r: (0.7, -1.3, [0, 1, 2, 0, 3, 1, 1, 3, 3]), wrt=(0, 1))


def stack_of_arrays(x, w, n):
    stack = [x]
    for i in range(n):
        top = stack.pop()
        stack.append(np.tanh(w @ top))
        stack.append(top * 0.5)
    return np.sum(np.stack(stack) ** 2)


case(stack_of_arrays, lambda r: (normal(r, 3), normal(r, 3, 3), 4), "golden", wrt=(0, 1))


def history(x, w, n):
    hs = [x]
    for t in range(n):
        hs.append(np.tanh(w @ hs[-1]) + 0.1 * hs[0])
    return np.sum(np.stack(hs) ** 2)


case(history, lambda r: (normal(r, 3), normal(r, 3, 3), 4), "golden", wrt=(0, 1))


def history_with_pop(x, n):
    hs = [x, x * x]
    for t in range(n):
        hs.append(np.sin(hs[-1]) * hs[-2])
        if len(hs) > 3:
            hs.pop(0)
    return hs[-1] + hs[0]


case(history_with_pop, lambda r: (0.8, 5))


def filled_list(x, n):
    h = [0.0] * (n + 1)
    h[0] = x
    for i in range(n):
        h[i + 1] = np.sin(h[i]) * x + h[i]
    return h[n] * h[1]


case(filled_list, lambda r: (0.6, 5), "golden")


def filled_with_arrays(x, w, n):
    h = [None] * (n + 1)
    h[0] = x
    for i in range(n):
        h[i + 1] = np.tanh(w @ h[i])
    return np.sum(h[n] * h[1])


case(filled_with_arrays, lambda r: (normal(r, 3), normal(r, 3, 3), 4), wrt=(0, 1))


def zeros_then_arrays(x, n):
    h = [np.zeros(3) for _ in range(n + 1)]
    h[0] = x
    for i in range(n):
        h[i + 1] = np.sin(h[i]) + h[0]
    return np.sum(np.array(h) ** 2)


case(zeros_then_arrays, lambda r: (normal(r, 3), 4))


def table(x, y):
    n, m = len(x), len(y)
    T = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(n):
        for j in range(m):
            T[i + 1][j + 1] = x[i] * y[j] + 0.5 * T[i][j + 1] + 0.3 * T[i + 1][j] * T[i][j]
    return T[n][m]


case(table, lambda r: (normal(r, 3), normal(r, 4)), "golden", wrt=(0, 1))


def table_by_rows(x, n):
    T = []
    for i in range(n):
        row = []
        for j in range(n):
            if i == 0 or j == 0:
                row.append(x[j])
            else:
                row.append(0.5 * (T[i - 1][j] + row[j - 1]) * x[i])
        T.append(row)
    return np.sum(np.array(T) ** 2)


case(table_by_rows, lambda r: (normal(r, 4), 4))


def table_added_to(x):
    T = [[0.0, 0.0], [0.0, 0.0]]
    for i in range(2):
        for j in range(2):
            T[i][j] += x[i] * x[j]
            T[j][i] *= x[i] + 2.0
    return T[0][1] * T[1][1] + T[0][0]


case(table_added_to, lambda r: (normal(r, 2),), "typed")


def swapped(x):
    xs = [x, x * x, np.sin(x)]
    xs[0], xs[2] = xs[2], xs[0]
    return xs[0] * 2.0 + xs[1] * 3.0 + xs[2] * 5.0


case(swapped, lambda r: (0.4,), "golden")


def bubble_sort(x):
    xs = list(x)
    for i in range(len(xs)):
        for j in range(len(xs) - 1 - i):
            if xs[j] > xs[j + 1]:
                xs[j], xs[j + 1] = xs[j + 1], xs[j]
    s = 0.0
    for k, v in enumerate(xs):
        s += (k + 1) * v * v
    return s


case(bubble_sort, lambda r: (normal(r, 5),))


def overwritten(x, n):
    xs = [x, 2.0 * x]
    for i in range(n):
        xs[i % 2] = xs[0] * xs[1] + xs[i % 2]
    return xs[0] + xs[1] ** 2


case(overwritten, lambda r: (0.5, 3))


def inserts(x):
    xs = [x]
    xs.insert(0, x * x)
    xs.insert(1, np.sin(x))
    xs.insert(-1, np.exp(x))
    xs.insert(99, 3.0 * x)
    return sum([(k + 1) * v for k, v in enumerate(xs)])


case(inserts, lambda r: (0.3,))


def extends(x, ys):
    xs = [x]
    xs.extend(ys)
    xs.extend([x * y for y in ys])
    xs += [x, x]
    xs += (x * 2.0, 1.0)
    return sum([(k + 1) * v for k, v in enumerate(xs)])


case(extends, lambda r: (0.3, [0.5, 0.7]), wrt=(0, 1))


def deletes(x, n):
    xs = [x * k for k in range(n)]
    del xs[1]
    del xs[-1]
    xs.remove(xs[0])
    return sum([(k + 1) * v * v for k, v in enumerate(xs)])


case(deletes, lambda r: (0.3, 6))


def sliced_assignment(x):
    xs = [x, x * 2.0, x * 3.0, x * 4.0]
    xs[1:3] = [x * x, np.sin(x), np.cos(x)]
    del xs[:1]
    xs[::2] = [x, x**3]
    return sum([(k + 1) * v for k, v in enumerate(xs)])


case(sliced_assignment, lambda r: (0.3,))


def turned_and_cleared(x):
    xs = [x, x * x]
    ys = [3.0 * x]
    xs.reverse()
    ys.clear()
    ys.append(x)
    return 2.0 * xs[0] + 5.0 * xs[1] + len(ys) * ys[0]


case(turned_and_cleared, lambda r: (0.3,))


def two_names(x):
    xs = [x]
    ys = xs
    ys.append(x * x)
    xs += [x**3]
    ys[0] = 2.0 * x
    return sum([(k + 1) * v for k, v in enumerate(xs)]) * len(ys)


case(two_names, lambda r: (0.3,))


def two_names_in_a_loop(x, n):
    xs = [x]
    ys = xs
    for i in range(n):
        if i % 2:
            xs.append(x * i)
        else:
            ys.append(xs[-1] * x)
    return sum(xs) + sum(ys)


case(two_names_in_a_loop, lambda r: (0.3, 4))


def push(stack, v):
    stack.append(v)
    return len(stack)


def pop_two(stack):
    return stack.pop(), stack.pop()


def helpers_change(x, n):
    stack = [x]
    for i in range(n):
        push(stack, x * i + stack[0])
        push(stack, np.sin(x))
        a, b = pop_two(stack)
        push(stack, a * b)
    return sum(stack)


case(helpers_change, lambda r: (0.3, 3))


def closure_changes(x, n):
    log = []

    def note(v):
        log.append(v * x)

    for i in range(n):
        note(x + i)
        if log[-1] > 1.0:
            note(log[-1])
    return sum(log)


case(closure_changes, lambda r: (0.7, 4))


def built(x, n):
    out = []
    for i in range(n):
        out.append(x * i)
    return out


def helper_returns_list(x, n):
    xs = built(x, n)
    ys = built(x * x, n)
    xs.append(x)
    ys.pop()
    return sum(xs) * sum(ys)


case(helper_returns_list, lambda r: (0.7, 4))


def in_branches(x, flag):
    xs = [x]
    if flag:
        xs.append(x * x)
    else:
        xs[0] = np.sin(x)
    if x > 0.0:
        ys = [1.0]
    else:
        ys = [x, x]
    ys.append(x)
    return sum(xs) * sum(ys)


case(in_branches, lambda r: (0.7, True), name="in_branches")
case(in_branches, lambda r: (-0.7, False), name="in_branches_else")


def while_stack(x, n):
    stack, total = [(x, 0)], 0.0
    while stack:
        v, depth = stack.pop()
        total += v * v
        if depth < n:
            stack.append((v * 0.5, depth + 1))
            stack.append((np.sin(v), depth + 1))
    return total


case(while_stack, lambda r: (0.7, 3))


def dict_entries(x, y):
    d = {"a": x}
    d["b"] = y * x
    d["a"] = d["a"] * d["b"]
    d["c"] = 1.0
    d["b"] += x
    return d["a"] + d["b"] ** 2 + d["c"]


case(dict_entries, lambda r: (0.7, -0.2), "golden", wrt=(0, 1))


def gradient_steps(p, x, n):
    q = dict(p)
    for i in range(n):
        err = q["w"] * x + q["b"] - 1.0
        q["w"] = q["w"] - 0.1 * np.sum(err * x)
        q["b"] = q["b"] - 0.1 * np.sum(err)
    return q["w"] ** 2 + q["b"]


case(gradient_steps, lambda r: ({"w": 0.3, "b": 0.1}, normal(r, 3), 3), wrt=(0, 1))


def gradient_steps_over_keys(p, x, n):
    q = {k: v * 1.0 for k, v in p.items()}
    for i in range(n):
        g = {"w": np.sum(x) * q["b"], "b": q["w"] * 0.5}
        for k in q:
            q[k] = q[k] - 0.1 * g[k]
        for k, v in q.items():
            q[k] = v * 0.9
    return np.sum(q["w"] ** 2) + q["b"]


case(gradient_steps_over_keys, lambda r: ({"w": 0.3, "b": 0.1}, normal(r, 3), 3), wrt=(0, 1))


def array_dict_steps(p, x, n):
    q = {"W": p["W"], "b": p["b"]}
    for i in range(n):
        h = np.tanh(x @ q["W"] + q["b"])
        q["W"] = q["W"] - 0.1 * (x.T @ h)
        q["b"] = q["b"] - 0.1 * h.sum(axis=0)
    return np.sum(q["W"] ** 2) + np.sum(q["b"])


case(
    array_dict_steps,
    lambda r: ({"W": normal(r, 3, 2), "b": normal(r, 2)}, normal(r, 4, 3), 3),
    "golden",
    wrt=(0, 1),
)


def memo(x, n):
    known = {0: x, 1: x * x}
    for i in range(2, n):
        known[i] = known[i - 1] * 0.5 + known[i - 2] * x
    return known[n - 1]


case(memo, lambda r: (0.7, 6), "golden")


def memo_of_pairs(x, n):
    cells = {}
    for i in range(n):
        cells[(i, 0)] = x * i
        for j in range(1, n):
            cells[(i, j)] = cells[(i, j - 1)] * x + (cells[(i - 1, j)] if i else 1.0)
    return cells[(n - 1, n - 1)]


case(memo_of_pairs, lambda r: (0.7, 3))


def cached_lists(x, w, n):
    cache = {"h": [], "z": []}
    h = x
    for t in range(n):
        z = w * h
        h = np.tanh(z)
        cache["h"].append(h)
        cache["z"].append(z)
    return sum(cache["h"]) + cache["z"][-1] * cache["z"][0]


case(cached_lists, lambda r: (0.7, 1.2, 3), "golden", wrt=(0, 1))


def updates(x, y):
    d = {"a": x, "b": y}
    d.update({"b": x * y, "c": y * y})
    d.update(e=x, a=2.0 * x)
    d |= {"c": d["c"] * x}
    return d["a"] + 2.0 * d["b"] + 3.0 * d["c"] + d["e"]


case(updates, lambda r: (0.7, -0.4), wrt=(0, 1))


def defaults(x, names):
    d = {}
    for i, name in enumerate(names):
        d.setdefault(name, x * i)
        d[name] = d[name] + x
        d["n"] = d.get("n", 0.0) + x * i
    z = d.pop("n")
    w = d.pop("nothing", x * x)
    return sum([v * v for v in d.values()]) + z * w


case(defaults, lambda r: (0.7, ["a", "b", "a"]))


def grouped(x, keys):
    groups = {}
    for v, k in zip(x, keys):
        groups.setdefault(k, []).append(v * v)
    s = 0.0
    for k, vs in groups.items():
        s += sum(vs) * (k + 1)
    return s


case(grouped, lambda r: (normal(r, 5), [0, 1, 0, 2, 1]))


def with_deque(x, n):
    queue, total = deque([x, x * x]), 0.0
    for i in range(n):
        v = queue.popleft()
        total += v * (i + 1)
        queue.append(np.sin(v) * queue[0])
        queue.appendleft(queue.pop() * 0.5)
    return total + len(queue) * queue[-1]


case(with_deque, lambda r: (0.7, 4))


def moving_window(x, n):
    window, total = deque(maxlen=3), 0.0
    for i in range(n):
        window.append(x * i)
        total += sum(window) ** 2
    return total


case(moving_window, lambda r: (0.7, 6))


def visited(x, order):
    seen, total = set(), 0.0
    for i in order:
        if i in seen:
            continue
        seen.add(i)
        total += x[i] ** 2 * len(seen)
    return total


case(visited, lambda r: (normal(r, 4), [0, 2, 2, 1, 0]))


def joined_lists(x):
    xs = [x, x * x] + [np.sin(x)]
    ys = [x] * 3 + xs
    zs = sum([[x], ys, [x**3]], [])
    return sum([(k + 1) * v for k, v in enumerate(zs)])


case(joined_lists, lambda r: (0.3,))


def walked_with_itertools(x):
    xs = [x, x * x, np.sin(x), np.cos(x)]
    total = 0.0
    for a, b in pairwise(xs):
        total += a * b
    for a, b in product(xs, [1.0, x]):
        total += a * b
    for v in chain(xs, [x]):
        total += v * v
    for v in islice(xs, 2):
        total += v
    for v in accumulate(xs):
        total += v
    return total


case(walked_with_itertools, lambda r: (0.3,))


def sorted_by_key(x):
    xs = [x[0], x[1] * x[1], -x[2], x[3]]
    ys = sorted(xs, key=lambda v: -abs(v))
    best = max(xs, key=lambda v: v * v)
    least = min(xs, key=abs)
    return sum([(k + 1) * v for k, v in enumerate(ys)]) + best * least


case(sorted_by_key, lambda r: (np.array([0.3, -0.7, 1.9, 0.5]),))


def generators_again(x, ys):
    total = sum(v * x for v in ys)
    for a, b in zip((v * v for v in ys), (v + x for v in ys), strict=True):
        total += a * b
    for i, v in enumerate(v * x for v in ys):
        total += i * v
    if any(v > 10.0 for v in ys) or not all(v > -10.0 for v in ys):
        total += 1.0
    return total + max(v * x for v in ys)


case(generators_again, lambda r: (0.7, [0.5, -0.3, 0.9]), wrt=(0, 1))


def changed_while_walking(x):
    xs = [x, x * x, 3.0 * x]
    for i, v in enumerate(xs):
        xs[i] = v * v
    return sum(xs)


case(changed_while_walking, lambda r: (0.7,))


def deleted_name(x):
    t = x * x
    y = t * 2.0
    del t
    return y


case(deleted_name, lambda r: (0.7,))


def polynomial_product(a, b):
    out = [0.0] * (len(a) + len(b) - 1)
    for i, u in enumerate(a):
        for j, v in enumerate(b):
            out[i + j] += u * v
    return sum([(k + 1) * c * c for k, c in enumerate(out)])


case(polynomial_product, lambda r: ([0.3, 0.5], [0.2, 0.7, -1.0]), "golden", "typed", wrt=(0, 1))


def tree_sum_again(x, children):
    value = [0.0] * len(children)
    for i in reversed(range(len(children))):
        value[i] = x[i] * x[i]
        for j in children[i]:
            value[i] = value[i] + np.sin(value[j])
    return value[0]


case(tree_sum_again, lambda r: (normal(r, 4), [[1, 2], [3], [], []]))


def adjacency(x, edges):
    into = [[] for _ in range(len(x))]
    for i, j in edges:
        into[j].append(i)
    level = [x[k] * 1.0 for k in range(len(x))]
    for j in range(len(x)):
        for i in into[j]:
            level[j] += level[i] * x[j]
    return sum(level)


case(adjacency, lambda r: (normal(r, 4), [(0, 1), (0, 2), (1, 3), (2, 3)]), "typed")


def gates(p, x):
    cache = {}
    h = np.zeros(2)
    for t in range(len(x)):
        z = p["W"] @ h + p["U"] * x[t]
        cache[t] = np.tanh(z)
        h = cache[t] * 0.9 + h * 0.1
    return np.sum(cache[0] * cache[len(x) - 1]) + np.sum(h)


case(gates, lambda r: ({"W": normal(r, 2, 2), "U": normal(r, 2)}, normal(r, 3)), wrt=(0, 1))


def residual_blocks(ws, x):
    acts = [x]
    skips = []
    for w in ws:
        skips.append(acts[-1])
        acts.append(np.tanh(w @ acts[-1]))
    out = acts.pop()
    while skips:
        out = out + 0.5 * skips.pop()
    return np.sum(out**2)


case(residual_blocks, lambda r: ([normal(r, 2, 2), normal(r, 2, 2)], normal(r, 2)), wrt=(0, 1))


def last_of_many(x, n):
    xs = []
    for i in range(n):
        xs.append(positive_part(x - i))
        if len(xs) >= 2 and xs[-1] == 0.0:
            break
    return sum(xs) + len(xs) * xs[0]


def positive_part(v):
    return v if v > 0.0 else 0.0


case(last_of_many, lambda r: (2.4, 6))


def turned_then_written(x):
    xs = [x, x * x, 3.0 * x]
    xs.reverse()
    xs[-1] = xs[0] * x
    ys = xs[1:]
    ys[0] = np.sin(x)
    del ys[1]
    return xs[-1] * xs[1] + ys[0]


case(turned_then_written, lambda r: (0.7,))


def grouped_by_default(x, keys):
    groups, totals = defaultdict(list), defaultdict(float)
    for v, k in zip(x, keys):
        groups[k].append(v * v)
        totals[k] += v
    return sum([sum(vs) ** 2 for vs in groups.values()]) + totals[0] * totals[1]


case(grouped_by_default, lambda r: (normal(r, 5), [0, 1, 0, 2, 1]), "typed")


def sorted_lists(x):
    xs = [x[0], x[1] * x[1], -x[2], x[3]]
    xs.sort()
    ys = sorted(xs, reverse=True)
    pairs = sorted(zip(ys, [1.0, 2.0, 3.0, 4.0]), key=lambda p: p[1] * p[0])
    return sum([(k + 1) * v for k, v in enumerate(xs)]) + pairs[0][0] * pairs[-1][1]


case(sorted_lists, lambda r: (np.array([0.3, -0.7, 1.9, 0.5]),))


def monotonic_stack(x):
    stack = [x[0]]
    out = []
    for v in x[1:]:
        while stack and stack[-1] < v:
            out.append(stack.pop() * v)
        stack.append(v)
    return sum(out) + sum(stack) ** 2


case(monotonic_stack, lambda r: (np.array([0.5, 0.3, 0.9, 0.4, 0.7]),), "golden")


def asked_by_name_or_length(x):
    items = [x]
    total = 0.0
    if not items or len(items) > 5 and items:
        total = 1.0
    while len(items) < 3 or not items:
        items.append(items[-1] * x)
    return total + sum(items)


case(asked_by_name_or_length, lambda r: (0.7,))


def inner_lists_extended(x, xs):
    g = [[x, 1.2], [xs[0]]]
    d = {"a": [x]}
    for i in range(3):
        if x > i - 2.0:
            g[1] += [x * i, xs[1]]
        d["a"] += [xs[i]]
        g[-1][0] *= 0.5
    return sum(g[1]) * d["a"][-1] + len(g[0]) * sum(d["a"])


case(
    inner_lists_extended,
    lambda r: (normal(r), [normal(r), normal(r), normal(r)]),
    "typed",
    wrt=(0, 1),
)


def slices_then_augmented(x):
    zs = [0.5]
    w = 0.1
    zs[1:] = [w, x]
    v = x
    for e in zs[:3]:
        v = e * 0.5 + v * 0.1
        zs[0] += 0.7
        zs[-1] *= v
    return v + zs[0] * x + zs[2]


case(slices_then_augmented, lambda r: (0.6,), "typed")
