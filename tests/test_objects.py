"""Objects of the user's classes: read late, left alone, refused where they cannot be followed."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad import grad, value_and_grad, vjp


class Plain:
    """A plain class."""

    gain = 2.0

    def __init__(self, w: Any, act: Any = np.sin) -> None:
        self.w = w
        self.act = act
        self.calls = 0

    def loss(self, x: Any) -> Any:
        self.calls += 1
        return self.act(self.w * x) * self.gain

    def __call__(self, x: Any) -> Any:
        return self.loss(x) ** 2

    @grad(wrt="x")
    def slope(self, x: Any) -> Any:
        return self.loss(x)

    @functools.cached_property
    def cached(self) -> Any:
        return 2.0 * self.w


@dataclass
class Data:
    """A dataclass."""

    w: Any

    def loss(self, x: Any) -> Any:
        return np.sum(self.w * x)


def uses(x, p):
    return p.loss(x)


class TestReadLate:
    """What is changed after the first call counts."""

    def test_an_attribute_that_is_a_function(self) -> None:
        p = Plain(2.0)
        g = grad(uses)
        assert g(0.3, p) == pytest.approx(4.0 * np.cos(0.6))
        p.act = np.exp
        assert g(0.3, p) == pytest.approx(4.0 * np.exp(0.6))
        assert g(0.3, Plain(2.0)) == pytest.approx(4.0 * np.cos(0.6))

    def test_the_type_of_an_attribute(self) -> None:
        g = grad(lambda x, p: np.sum(p.w * x))
        assert g(0.3, Plain(2.0)) == 2.0
        assert g(0.3, Plain(np.array([1.0, 2.0]))) == 3.0
        assert "sum" in g.source_for(0.3, Plain(np.array([1.0, 2.0])))

    def test_an_attribute_of_the_class(self, monkeypatch: pytest.MonkeyPatch) -> None:
        g = grad(uses)
        first = g(0.3, Plain(2.0))
        monkeypatch.setattr(Plain, "gain", 6.0)
        assert g(0.3, Plain(2.0)) == pytest.approx(3.0 * first)

    def test_a_method(self, monkeypatch: pytest.MonkeyPatch) -> None:
        g = grad(uses)
        g(0.3, Plain(2.0))
        monkeypatch.setattr(Plain, "loss", lambda self, x: x * x)
        assert g(0.3, Plain(2.0)) == 0.6

    def test_a_method_that_the_object_hides(self) -> None:
        g, p = grad(uses), Plain(2.0)
        g(0.3, p)
        p.loss = lambda x: x**3  # type: ignore[method-assign]
        assert g(0.3, p) == pytest.approx(0.27)
        del p.loss
        assert g(0.3, p) == pytest.approx(4.0 * np.cos(0.6))

    def test_an_attribute_that_nobody_reads_does_not_matter(self) -> None:
        g, p = grad(lambda x, p: p.loss(x)), Plain(2.0)
        g(0.3, p)
        p.other = "a new attribute"  # type: ignore[attr-defined]
        g(0.3, p)
        (plan,) = g._cache.plans.values()
        assert len(plan.table) == 1

    def test_a_global_object(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(globals(), "SHARED", Plain(2.0))
        g = grad(lambda x: SHARED.loss(x))  # noqa: F821
        assert g(0.3) == pytest.approx(4.0 * np.cos(0.6))
        monkeypatch.setitem(globals(), "SHARED", Plain(3.0, np.exp))
        assert g(0.3) == pytest.approx(6.0 * np.exp(0.9))


class TestBound:
    """Methods of objects, and objects that are called."""

    def test_a_bound_method(self) -> None:
        p = Plain(2.0)
        assert grad(p.loss)(0.3) == pytest.approx(4.0 * np.cos(0.6))
        value, slope = value_and_grad(p.loss)(0.3)
        assert (value, slope) == pytest.approx((2.0 * np.sin(0.6), 4.0 * np.cos(0.6)))
        assert vjp(p.loss, 0.3)[1](1.0) == pytest.approx((slope,))
        assert grad(p.loss).source_for(0.3).startswith("def loss_grad(self, x):")

    def test_a_callable_object(self) -> None:
        p = Plain(2.0)
        wanted = 2.0 * p.loss(0.3) * 4.0 * np.cos(0.6)
        assert grad(p)(0.3) == pytest.approx(wanted)

    def test_a_decorated_method(self) -> None:
        assert Plain(2.0).slope(0.3) == pytest.approx(4.0 * np.cos(0.6))

    def test_the_object_itself(self) -> None:
        d = Data(np.array([1.0, 2.0]))
        found = grad(d.loss, wrt=("self", "x"))(3.0)
        assert isinstance(found[0], Data) and found[0].w.tolist() == [3.0, 3.0]
        assert found[1] == 3.0

    def test_compiled_once_for_all_objects(self) -> None:
        first, second = grad(Plain(2.0).loss), grad(Plain(3.0).loss)
        assert first._cache is second._cache

    def test_the_second_derivative(self) -> None:
        p = Plain(2.0)
        assert grad(grad(p.loss))(0.3) == pytest.approx(-8.0 * np.sin(0.6))
        inner = grad(uses)
        assert grad(lambda x: inner(x, p))(0.3) == pytest.approx(-8.0 * np.sin(0.6))

    def test_the_object_is_left_alone(self) -> None:
        p = Plain(2.0)
        grad(p.loss)(0.3)
        assert p.calls == 0

    def test_a_dataclass_with_a_call_is_no_constant(self) -> None:
        @dataclass
        class Scale:
            w: float

            def __call__(self, x: Any) -> Any:
                return self.w * x

        assert grad(lambda s, x: s(x))(Scale(2.0), 3.0) == Scale(3.0)


def alias(a, b, x):
    a.w = x
    return b.w * x


def handed_on(a, x):
    a.w = x
    return sorted([a], key=id)[0].w


def of_each(ps, x):
    for p in ps:
        p.w = x
    return ps[0].w


def rebound(x):
    p = Plain(x)
    for _ in range(3):
        p.w = p.w * x
        p = Plain(p.w)
    return p.w


def one_of_two(x, c):
    a, b = Plain(x), Plain(2.0 * x)
    p = a if c > 0 else b
    p.w = 3.0 * x
    return a.w


def as_value(x):
    return len([Plain(x), Plain(x)] + [Plain(x)]) * x


def cached(x, p):
    return p.cached * x


def in_comprehension(x, p):
    return sum([p.loss(x) for _ in "ab"])


def left_operand(x, p):
    return x + p


def recursive(x):
    total = 0.0

    def add(n):
        nonlocal total
        if n > 0:
            total = total + n * x
            add(n - 1)

    add(3)
    return total


OWN = Plain(1.0)


def reads_own(y):
    return OWN.w * y


def written_for_another(x):
    OWN.w = x
    return grad(reads_own)(x) * x


@dataclass
class Iterated:
    """A dataclass that is iterated over."""

    a: Any
    b: Any

    def __iter__(self) -> Any:
        return iter((self.b, self.a))


def as_a_whole(p):
    total = 0.0
    for part in p:
        total += part * part
    return total


REFUSED: list[tuple[Any, Any, tuple[Any, ...], str, str]] = [
    (
        alias,
        2,
        (Plain(1.0), Plain(2.0), 3.0),
        "cannot tell whether the attribute 'w' is written here",
        "    return b.w * x\n           ^~~\n"
        "The function writes it on one object and reads it on another of the same class, and the"
        " two may be one object.\n"
        "Read it before into a variable, or write to a copy made with dataclasses.replace.",
    ),
    (
        handed_on,
        1,
        (Plain(1.0), 3.0),
        "cannot hand on an object whose attribute 'w' was written",
        "    return sorted([a], key=id)[0].w\n                  ^~~\n"
        "Whoever gets it would see the old attribute: the caller's object is left alone.\n"
        "Hand on the attributes that are needed, or write to a copy.",
    ),
    (
        of_each,
        1,
        ([Plain(1.0), Plain(2.0)], 3.0),
        "cannot write to the attribute 'w' of 'p'",
        "    p.w = x\n    ^~~~~~~\n"
        "It may be any of several objects.\n"
        "Make a new object, or keep the value in a variable and return it.",
    ),
    (
        rebound,
        0,
        (3.0,),
        "cannot write to the attribute 'w' of 'p'",
        "    p.w = p.w * x\n    ^~~~~~~~~~~~~\n"
        "This object is bound to other objects in a loop: who else looks at it is not known.\n"
        "Make a new object, or keep the value in a variable and return it.",
    ),
    (
        one_of_two,
        0,
        (3.0, 1.0),
        "cannot write to the attribute 'w' of 'p'",
        "    p.w = 3.0 * x\n    ^~~~~~~~~~~~~\n"
        "This object is one of two objects, by the branch that was taken: who else looks at it is"
        " not known.\n"
        "Make a new object, or keep the value in a variable and return it.",
    ),
    (
        cached,
        0,
        (3.0, Plain(1.0)),
        "cannot read the attribute 'cached' of a Plain",
        "    return p.cached * x\n           ^~~~~~~~\n"
        "A cached property is computed once and kept, so what it gives may be out of date.\n"
        "Use a method or a plain property.",
    ),
    (
        in_comprehension,
        0,
        (3.0, Plain(1.0)),
        "cannot change 'calls' inside this expression",
        '    return sum([p.loss(x) for _ in "ab"])\n               ^~~~~~~~~~~~~~~~~~~~~~~~~\n'
        "It is gone through many times, and what a turn changes is handed to the next by loops"
        " alone.\n"
        "Write it as a 'for' loop.",
    ),
    (
        left_operand,
        0,
        (np.ones(2), Plain(1.0)),
        "cannot read this operator of a value and a Plain",
        "    return x + p\n           ^~~~~\n"
        "If the value on the left is an array, NumPy takes the object apart for every element.\n"
        "Put the Plain on the left, or set __array_ufunc__ = None in its class.",
    ),
    (
        recursive,
        0,
        (3.0,),
        "cannot change 'total' together with a recursive call",
        "    add(3)\n    ^~~~~~\n"
        "The function is called as a whole, and what it changes outside itself is not handed on.\n"
        "Hand the value in as an argument, and return the new one.",
    ),
    (
        written_for_another,
        0,
        (3.0,),
        "cannot change 'w' together with this call",
        "    return grad(reads_own)(x) * x\n           ^~~~~~~~~~~~~~~~~~\n"
        "The function is read for itself, and what was changed outside it is not seen there.\n"
        "Hand the value in as an argument, and return the new one.",
    ),
    (
        as_a_whole,
        0,
        (Iterated(1.0, 2.0),),
        "cannot differentiate through an object of the class 'Iterated' as a whole",
        "    for part in p:\n    ^~~~~~~~~~~~~~\n"
        "How a Iterated is taken apart here is not to be seen in the source.\n"
        "Hand on its attributes one by one.",
    ),
]


@pytest.mark.parametrize(("f", "wrt", "args", "what", "rest"), REFUSED)
def test_refused(f: Any, wrt: Any, args: tuple[Any, ...], what: str, rest: str) -> None:
    with pytest.raises(srcgrad.SrcgradError) as caught:
        grad(f, wrt=wrt)(*args)
    first = str(caught.value).split("\n\n")[0]
    place, _, tail = first.partition(": ")
    assert place.startswith("test_objects.py:")
    assert tail == f"{what}\n{rest}"


def test_a_plain_class_is_nothing_to_differentiate_in() -> None:
    with pytest.raises(TypeError) as caught:
        grad(uses, wrt="p")(0.3, Plain(2.0))
    assert str(caught.value) == (
        "no gradient of 'uses': p is a Plain, a plain class: make it a dataclass, or give its"
        " arrays in a dict"
    )


def test_an_argument_that_contains_itself() -> None:
    d = Data(1.0)
    d.w = d
    with pytest.raises(TypeError, match="nested too deeply, or contains itself"):
        grad(lambda x, d: x * d.w)(1.0, d)


def test_errors_of_python_pass_through() -> None:
    with pytest.raises(AttributeError, match="'Plain' object has no attribute 'missing'"):
        grad(lambda x, p: p.missing * x)(1.0, Plain(1.0))
    with pytest.raises(TypeError, match="unsupported operand"):
        grad(lambda x: Plain(x) + Plain(x))(1.0)


def test_a_list_owned_by_an_object() -> None:
    class Log:
        def __init__(self) -> None:
            self.xs: list[Any] = []

        def add(self, x: Any) -> None:
            self.xs.append(x)

    def f(x):
        log = Log()
        for i in range(3):
            log.add(i * x * x)
        return sum(log.xs)

    assert grad(f)(2.0) == 12.0


def test_arrays_of_an_object_that_are_written() -> None:
    def f(x, p):
        p.w[0] = x
        return p.w[0] * p.w[1] * x

    p = Plain(np.array([1.0, 2.0]))
    assert grad(f)(0.5, p) == 2.0
    assert p.w.tolist() == [1.0, 2.0]
    p.w.flags.writeable = False
    assert grad(f)(0.5, p) == 2.0

    def g(x, p, q):
        p.w[0] = x
        return q.w[0] * x

    with pytest.raises(srcgrad.Aliased, match="share memory"):
        grad(g)(0.5, p, p)
