"""Attempts whose bodies have done something before an exception leaves them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from tests.zoo_case import Case, collector, normal

CASES: list[Case] = []
case = collector(CASES)


@dataclass
class Tank:
    level: np.ndarray
    flow: float = 0.5


def written_before_it_raises(x, a):
    u = x.copy()
    try:
        u[0] *= 3.0
        y = math.sqrt(a)
        u[1] = y * u[0]
    except ValueError:
        u[2] = u[0] * x[1]
    return np.sum(u**2)


def bound_before_it_raises(x, a):
    s = x[0] * 2.0
    try:
        s = s * x[1]
        t = math.log(a)
        s += t
    except ValueError as error:
        s = s * len(str(error)) * 0.1
    else:
        s = s * x[2]
    return s * s + np.sum(x)


def returned_from_the_middle(x, a):
    u = x.copy()
    try:
        u[0] = x[1] * a
        if a > 1.0:
            return np.sum(u**2) * a
        u[1] *= math.sqrt(a)
        u[2] = u[0]
    except ValueError:
        return np.sum(u)
    return np.sum(u**3)


def left_from_the_middle(x, a):
    u, total = x.copy(), 0.0
    for k in range(3):
        try:
            u[k] *= 2.0
            if k == 2:
                break
            total += math.sqrt(a - k)
            total += u[k]
        except ValueError:
            u[0] += total
            continue
        finally:
            print("tried")
        total *= u[1]
    return total + np.sum(u**2)


def attributes_before_it_raises(x, a):
    tank = Tank(x.copy(), a)
    try:
        tank.flow *= x[0]
        tank.level[1] = tank.flow
        tank.level = tank.level * math.sqrt(a)
    except ValueError:
        tank.flow += tank.level[1]
    finally:
        print("done")
    return np.sum(tank.level**2) * tank.flow


def attempts_within_an_attempt(x, a):
    u = x.copy()
    try:
        u[0] = u[1] * a
        try:
            y = math.log(a)
        except ValueError:
            y = x[:1][int(a < -1.0)]
        u[1] = y
    except IndexError:
        u[1] = u[0] * u[2]
    return np.sum(u**2)


def written_in_an_arm_before_it_raises(x, a):
    u = x.copy()
    try:
        if a < 1.0:
            u += np.roll(x, 1)
        else:
            u[0] = x[1] * a
        u[1] = math.sqrt(a) * u[0]
    except ValueError:
        u[2] *= u[0]
    return np.sum(u**2)


for function, *tags in (
    (written_before_it_raises,), (bound_before_it_raises,), (returned_from_the_middle,),
    (left_from_the_middle,), (attributes_before_it_raises, "typed"),
    (attempts_within_an_attempt,), (written_in_an_arm_before_it_raises,),
):  # fmt: skip
    for number in (2.5, 0.5, -0.5, -1.5):
        name = f"{function.__name__}_{number}".replace(".", "_").replace("-", "minus_")
        case(function, lambda r, a=number: (normal(r, 3), a), *tags, name=name)
