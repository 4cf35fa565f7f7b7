"""Lists and dicts of arrays: items asked for by any index, written where they are."""

from __future__ import annotations

import numpy as np

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


def vec(n: int = 5):
    return lambda r: (normal(r, n),)


def pvec(n: int = 5):
    return lambda r: (positive(r, n),)


def mat(n: int = 3, m: int = 4):
    return lambda r: (normal(r, n, m),)


def buffers_in_turn(u):
    bufs = [u.copy(), np.zeros_like(u)]
    for t in range(5):
        src, dst = (bufs[t % 2], bufs[(t + 1) % 2])
        dst[1:-1] = src[1:-1] + 0.1 * (src[2:] ** 2 - 2 * src[1:-1] + src[:-2])
        dst[0] = src[0]
        dst[-1] = src[-1]
    return np.sum(bufs[5 % 2] ** 2)


def buffers_in_one_array(u):
    buf = np.zeros((2, len(u)))
    buf[0] = u
    for t in range(5):
        s, d = (t % 2, (t + 1) % 2)
        buf[d, 1:-1] = 0.5 * (buf[s, 2:] * buf[s, :-2])
        buf[d, 0] = buf[s, 0]
    return np.sum(buf**2)


def layers_by_index(x, n):
    layers = [np.zeros(3) for _ in range(n)]
    layers[0][:] = x
    for k in range(1, n):
        layers[k][:] = np.tanh(layers[k - 1])
        layers[k] += 0.1
        layers[k][0] *= 2.0
    return np.sum(layers[-1] ** 2) + np.sum(layers[0])


def layers_of_a_display(x):
    layers = [x.copy(), np.zeros(3), np.zeros(3)]
    for k in range(1, 3):
        layers[k][:] = np.tanh(layers[k - 1])
        layers[k] += 0.1
    return np.sum(layers[-1] ** 2)


def state_in_a_dict(x, n):
    state = {"u": x.copy(), "v": np.zeros_like(x), "t": 0.0}
    for _ in range(n):
        state["v"] -= 0.1 * np.sin(state["u"])
        state["u"] += 0.1 * state["v"]
        state["t"] += 0.1
        state["u"][0] = 0.0
    return np.sum(state["u"] ** 2) * state["t"]


def state_that_is_given(state, n):
    u, v = (state["u"], state["v"])
    for _ in range(n):
        v -= 0.1 * np.sin(u)
        u += 0.1 * v
        state["u"][0] = v[0]
    return np.sum(state["u"] ** 2)


def parameters_in_a_list(params, x):
    for p in params:
        p -= 0.1 * p**2
    params[0][0] = x[0]
    for i in range(len(params)):
        params[i] += 1.0
        params[i][1] *= 2
    for p, q in zip(params, params[1:]):
        q += p
    return sum((np.sum(p**3) for p in params))


def momentum_of_lists(params, x):
    vel = [np.zeros_like(p) for p in params]
    for t in range(3):
        for p, v in zip(params, vel):
            v *= 0.9
            v -= 0.1 * np.cos(p) * x
            p += v
    return sum((np.sum(p**2) for p in params))


def moments_of_a_dict(params):
    m = {k: np.zeros_like(p) for k, p in params.items()}
    for t in range(3):
        for k in params:
            m[k] *= 0.9
            m[k] += 0.1 * params[k] ** 2
            params[k] -= m[k]
    return sum((np.sum(p**2) for p in params.values()))


def values_of_a_dict(params):
    for p in params.values():
        p *= 2.0
    for k, p in params.items():
        p += 1
        p[0] = 0.5
    return sum((np.sum(p**2) for p in params.values()))


def named_items(x):
    u = x.copy()
    w = np.zeros(5)
    bufs = [u, w]
    for t in range(4):
        bufs[t % 2][1:] += bufs[1 - t % 2][:-1] ** 2 + 0.1
        u[0] += 0.3
        w *= 0.9
    return np.sum(u**2) + np.sum(w**3) + bufs[0][1]


def items_replaced(x, k):
    us = [x.copy(), 2.0 * x, 3.0 * x]
    us[k] = x * x
    us[k][0] = 3.0 * x[1]
    us[1][2] = x[0] * x[3]
    v = us[k]
    v *= 2.0
    us[(k + 1) % 3] += v
    return np.sum(us[0] * us[1] * us[2])


def list_that_grows(x, k):
    us = [x.copy(), 2.0 * x]
    us.append(3.0 * x)
    us[k][0] = x[1]
    us.append(x.copy())
    us[-1][1] *= us[k][0]
    for u in us:
        u += 1.0
    for u, v in zip(us, us[1:]):
        v *= u
    for u, v in zip(us[:-1], us[1:]):
        v -= 0.5 * u
    return sum((np.sum(u**2) for u in us)) + np.concatenate(us)[3]


def table_of_rows(x, n):
    grid = []
    for i in range(n):
        grid.append(np.zeros(3))
    grid[0][:] = x
    for i in range(1, n):
        for j in range(3):
            grid[i][j] = np.sin(grid[i - 1][j]) * (j + 1) + grid[i][j - 1]
    return np.sum(np.array(grid) ** 2)


def keys_in_a_loop(x, c):
    d = {"a": x.copy(), "b": np.ones(5)}
    for key in ("a", "b", "a"):
        d[key] *= c
        d[key][1] += d["a"][0]
    if c > 0:
        d["b"][0] = d["a"][2]
    else:
        d["a"][0] = 7.0
    return np.sum(d["a"] ** 2) + np.sum(d["b"] ** 3)


def given_list_by_index(ps, k):
    ps[k][0] = 3.0 * ps[k - 1][1]
    ps[0] *= 2.0
    q = ps[k]
    q[1] += ps[0][0]
    ps[k] = ps[k] * 2.0
    ps[k][2] = 1.0
    return sum((np.sum(p**2) for p in ps))


def rows_of_a_given_list(ps, k):
    for i in range(3):
        row = ps[i]
        for j in range(2):
            row[j] += ps[i - 1][j + 1] ** 2
        while row[0] > 0.5:
            row[0] *= 0.5
    return sum((np.sum(p**2) for p in ps))


def two_names_of_a_list(x, k):
    us = [x.copy(), 2.0 * x]
    vs = us
    ws = list(us)
    vs[k][0] = 3.0 * x[2]
    us[k][1] = x[0] * x[1]
    return np.sum(us[0] * us[1]) + np.sum(vs[0])


def items_change_places(x, k):
    us = [x.copy(), 2.0 * x]
    us[0], us[1] = (us[1], us[0])
    us[k][0] = 5.0 * x[1]
    return np.sum(us[0] * us[1] ** 2)


def buffers_change_places_in_a_list(x, n):
    bufs = [x.copy(), np.zeros(5)]
    for t in range(n):
        bufs[1][1:] = bufs[0][:-1] ** 2
        bufs[1][0] = bufs[0][-1]
        bufs[0], bufs[1] = (bufs[1], bufs[0])
    return np.sum(bufs[0] * x)


def item_known_by_name(x, k):
    us = [x.copy(), 2.0 * x, 3.0 * x]
    w = x * x
    us[k] = w
    us[k][0] = 3.0 * x[1]
    return np.sum(us[0] * us[1] * us[2]) + np.sum(w)


def one_array_in_all_places(x, n):
    grid = [np.zeros(3)] * n
    grid[0][:] = x
    for i in range(1, n):
        grid[i][0] += grid[i - 1][1] * x[i % 3]
    return np.sum(np.array(grid) ** 2)


def one_array_collected(x, n):
    z = np.zeros(3)
    grid = [z for _ in range(n)]
    grid[0][:] = x
    for i in range(1, n):
        grid[i][0] += grid[i - 1][1] * x[i % 3]
    return np.sum(np.array(grid) ** 2)


def list_of_items_of_another(x, k):
    us = [x.copy(), 2.0 * x]
    vs = [us[0], us[1]]
    vs[k][0] = 3.0 * x[2]
    us[k][1] = x[0] * x[1]
    return np.sum(us[0] * us[1]) + np.sum(vs[0])


def item_put_twice(x, n):
    us = [x.copy(), 2.0 * x]
    us[0] = us[1]
    us[n % 2][0] = 3.0 * x[1]
    return np.sum(us[0] * us[1])


def item_named_before_a_swap(x, n):
    us = [x.copy(), 2.0 * x]
    a = us[0]
    us[0], us[1] = (us[1], us[0])
    us[n % 2][0] = 3.0 * x[1]
    return np.sum(us[0] * us[1]) + a[0]


def item_appended_again(x, n):
    us = [x.copy(), 2.0 * x]
    us.append(us[0])
    us[n % 3][0] = x[1] * x[2]
    return np.sum(us[0] * us[1] * us[2])


def item_of_another_list(x, n):
    us = [x.copy(), 2.0 * x]
    ws = [x * x, x + 1]
    us[0] = ws[n % 2]
    us[n % 2][0] = x[1] * x[2]
    ws[1][1] = 3.0
    return np.sum(us[0] * us[1] * ws[1])


def item_written_under_its_name(x, n):
    us = [x.copy(), 2.0 * x]
    for i in range(n):
        w = x * i
        us[i % 2] = w
        if i > 1:
            w[0] = 5.0 * x[1]
        us[0][1] += x[0]
    return np.sum(us[0] * us[1])


def item_replaced_and_read(x, k):
    us = [x.copy(), 2.0 * x, 3.0 * x]
    row = us[k]
    us[k] = np.ones(5)
    us[k][0] = x[1]
    us[1][2] = x[0]
    return np.sum(us[0] * us[1] * us[2]) + row.sum()


def list_turned_round(x, n):
    us = [x.copy(), 2.0 * x]
    for i in range(n):
        us[i % 2][0] = 5.0 * x[1]
        us.reverse()
    return np.sum(us[0] * us[1] ** 2)


def best_item_so_far(x, n):
    us = [x.copy(), 2.0 * x]
    best = us[0]
    for i in range(n):
        u = us[i % 2]
        if u[0] > best[0]:
            best = u
        u *= 0.9
        u[i] += 0.1
    return np.sum(us[0] * us[1] ** 2) + best[0]


def entries_replaced(params, x):
    params["w"] = params["w"] - 0.1 * x
    params["b"] -= 0.5
    params["w"] *= 2.0
    return np.sum(params["w"] ** 2) * params["b"]


def entries_replaced_by_keys(params, x):
    for k in params:
        params[k] = params[k] - 0.1 * params[k] ** 2
    return np.sum(params["w"] ** 2) * params["b"].sum()


def items_replaced_by_index(params, x):
    for i in range(len(params)):
        params[i] = params[i] - 0.1 * params[i] ** 2
    params[0] = x
    params[1][0] = 2.0
    return np.sum(params[0] ** 2) * np.sum(params[1])


def numbers_replaced(ps, x):
    ps[0] = x[1] * ps[1]
    ps[1] += 2.0
    return ps[0] ** 2 * ps[1]


def arrays_held_many_times(x):
    u = x.copy()
    t = (u, u[1:])
    l = [u[:2], t]
    d = {"a": u[2:], "b": l}
    t[1][0] = 2.0 * x[0]
    l[0][:] *= 3
    d["a"][1] = x[1] * x[2]
    d["b"][1][0][4] = 2 * x[4]
    u[0] += 1
    return np.sum(t[0] ** 2) + l[0].sum() * d["a"].prod()


case(buffers_in_turn, vec(6), "typed")
case(buffers_in_one_array, vec(6))
case(layers_by_index, lambda r: (normal(r, 3), 4))
case(layers_of_a_display, vec(3), "typed")
case(state_in_a_dict, lambda r: (normal(r, 5), 4), "typed")
case(state_that_is_given, lambda r: ({"u": normal(r, 5), "v": normal(r, 5)}, 4), "typed")
case(
    parameters_in_a_list,
    lambda r: ([normal(r, 3), normal(r, 3)], normal(r, 3)),
    "typed",
    wrt=(0, 1),
)
case(momentum_of_lists, lambda r: ([normal(r, 3), normal(r, 3)], normal(r, 3)), "typed", wrt=(0, 1))
case(moments_of_a_dict, lambda r: ({"a": normal(r, 3), "b": normal(r, 2, 2)},), "typed")
case(values_of_a_dict, lambda r: ({"a": normal(r, 3), "b": normal(r, 2, 2)},), "typed")
case(named_items, vec(), "typed")
case(items_replaced, lambda r: (normal(r, 5), 1), "typed")
case(list_that_grows, lambda r: (normal(r, 5), 1), "typed")
case(table_of_rows, lambda r: (normal(r, 3), 4))
case(keys_in_a_loop, lambda r: (normal(r, 5), normal(r)), "typed", wrt=(0, 1))
case(given_list_by_index, lambda r: ([normal(r, 3), normal(r, 3), normal(r, 3)], 1), "typed")
case(rows_of_a_given_list, lambda r: ([normal(r, 3), normal(r, 3), normal(r, 3)], 1), "typed")
case(two_names_of_a_list, lambda r: (normal(r, 5), 1), "typed")
case(items_change_places, lambda r: (normal(r, 5), 1), "typed")
case(buffers_change_places_in_a_list, lambda r: (normal(r, 5), 3), "typed")
case(item_known_by_name, lambda r: (normal(r, 5), 1), "may_refuse")
case(one_array_in_all_places, lambda r: (normal(r, 3), 4), "may_refuse")
case(one_array_collected, lambda r: (normal(r, 3), 4), "may_refuse")
case(list_of_items_of_another, lambda r: (normal(r, 5), 1), "may_refuse")
case(item_put_twice, lambda r: (normal(r, 5), 3), "may_refuse")
case(item_named_before_a_swap, lambda r: (normal(r, 5), 3), "may_refuse")
case(item_appended_again, lambda r: (normal(r, 5), 3), "may_refuse")
case(item_of_another_list, lambda r: (normal(r, 5), 3), "may_refuse")
case(item_of_another_list, lambda r: (normal(r, 5), 2), "may_refuse", name="item_of_another_list_2")
case(item_written_under_its_name, lambda r: (normal(r, 5), 3), "may_refuse")
case(item_replaced_and_read, lambda r: (normal(r, 5), 1), "may_refuse")
case(list_turned_round, lambda r: (normal(r, 5), 3), "may_refuse")
case(best_item_so_far, lambda r: (normal(r, 5), 3), "may_refuse")
case(entries_replaced, lambda r: ({"w": normal(r, 3), "b": normal(r)}, normal(r, 3)), wrt=(0, 1))
case(
    entries_replaced_by_keys,
    lambda r: ({"w": normal(r, 3), "b": normal(r, 2, 2)}, normal(r, 3)),
    "typed",
)
case(
    items_replaced_by_index,
    lambda r: ([normal(r, 3), normal(r, 3)], normal(r, 3)),
    "typed",
    wrt=(0, 1),
)
case(numbers_replaced, lambda r: ([normal(r), normal(r)], normal(r, 3)), wrt=(0, 1))
case(arrays_held_many_times, vec(6))
