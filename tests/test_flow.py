"""What is refused of exceptions, contexts, patterns, generators and draws, in exact words."""

from __future__ import annotations

import builtins
import contextlib
import random
from typing import Any

import numpy as np
import pytest

from srcgrad import grad
from srcgrad.errors import SrcgradError


class Carrier(Exception):
    def __init__(self, value):
        self.value = value


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *args):
        return True


CLASSES = ["ValueError"]


def pairs(x):
    yield x
    yield x * x


def noisy(x):
    for i in range(3):
        print(i)
        yield x * i


@contextlib.contextmanager
def twice():
    yield 1
    yield 2


def carried(x):
    try:
        raise Carrier(x * 2)
    except Carrier as error:
        y = error.value
    return y


def partly(x):
    s = x
    try:
        if x > 0.0:
            s = s * 2
            t = 1.0 / (x - x)
    except ZeroDivisionError:
        t = 1.0
    return s * t


def partly_in_a_loop(x):
    s = 0.0
    try:
        for k in (1.0, 0.0):
            s += x / k
    except ZeroDivisionError:
        pass
    return s


def unknown_class(x):
    try:
        y = x * x
    except getattr(builtins, CLASSES[0]):
        y = x
    return y


def manager(x):
    with Manager():
        y = x * x
    return y


def two_yields(x):
    with twice() as n:
        y = x * n
    return y


def left_early(x):
    for _ in range(3):
        try:
            x = x * 2
        finally:
            break  # noqa: B012
    return x


def broken(x):
    for v in pairs(x):
        if v > 1:
            break
    return v


def kept(x):
    g = pairs(x)
    return sum(g)


def seen(x):
    s = 0.0
    for v in noisy(x):
        s += v
    return s


def yields(x):
    yield x


def moved(mu, rng):
    return rng.normal(0.0, scale=mu)


def exponential(mu):
    return np.random.exponential(mu)


def gauss(mu):
    return random.gauss(mu, 1.0)


def module(x):
    import tests.fuzz.__main__ as m

    return m.f(x)


def modular(x):
    return pow(x, 2, 7)


def executed(x):
    exec("x = 2 * x")
    return x


def made(x):
    class Local(metaclass=type):  # noqa: UP050
        pass

    return x


def threaded(x):
    import threading

    t = threading.Thread(target=lambda: x * x)
    t.start()
    return x


async def waited(x):
    return x


def written(x):
    u = x.copy()
    try:
        for k in (0, 5):
            u[k] = 2.0
    except IndexError:
        u[0] = x[1] * 2
    return np.sum(u * x)


def augmented(x):
    u = x * 2
    try:
        u += x
        u[9] = 1.0
    except ValueError:
        u = x
    return np.sum(u)


REFUSED: list[tuple[Any, tuple[Any, ...], str]] = [
    (
        carried,
        (1.0,),
        """cannot differentiate through an exception
    try:
    ^~~~
What it carries depends on what is differentiated.
Compute it anew in the handler.""",
    ),
    (
        partly,
        (1.0,),
        """cannot tell what 's' is once the exception has been caught
    try:
    ^~~~
The body of this 'try' binds 's' before something else that may raise, and 's' is read afterwards.
Keep in the body only the statement that may raise, or bind the name in every handler first.""",
    ),
    (
        partly_in_a_loop,
        (1.0,),
        """cannot tell what 's' is once the exception has been caught
    try:
    ^~~~
The body of this 'try' binds 's' before something else that may raise, and 's' is read afterwards.
Keep in the body only the statement that may raise, or bind the name in every handler first.""",
    ),
    (
        unknown_class,
        (1.0,),
        """cannot read this 'except' clause
    except getattr(builtins, CLASSES[0]):
           ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~
Which exceptions it catches is not known before the function runs.
Name the exception classes.""",
    ),
    (
        written,
        (np.ones(3),),
        """cannot follow a write inside 'try'
    try:
    ^~~~
How much had been written when the exception was raised would be lost.
Compute the value inside the 'try' and write it after it.""",
    ),
    (
        augmented,
        (np.ones(3),),
        """cannot follow a write inside 'try'
    u += x
    ^~~~~~
How much had been written when the exception was raised would be lost.
Compute the value inside the 'try' and write it after it.""",
    ),
    (
        manager,
        (1.0,),
        """cannot read this 'with': a context manager that does more than it seems
    with Manager():
         ^~~~~~~~~
It may do anything on entry and exit, also swallow exceptions.
Enter it around the call of the gradient, outside the function.""",
    ),
    (
        two_yields,
        (1.0,),
        """cannot read this 'with': a context manager that does more than it seems
    with twice() as n:
         ^~~~~~~
It may do anything on entry and exit, also swallow exceptions.
Enter it around the call of the gradient, outside the function.""",
    ),
    (
        left_early,
        (1.0,),
        """cannot leave a 'finally' clause early
    try:
    ^~~~
It would swallow the exception, or change what is returned.
Leave after the 'try' statement.""",
    ),
    (
        broken,
        (1.0,),
        """cannot read the generator 'pairs' where not all of its items are taken at once
    for v in pairs(x):
             ^~~~~~~~
Code after 'yield' runs when the caller asks for it, perhaps never.
Loop over the call to the end, or give it to list(...), sum(...) or the like.""",
    ),
    (
        kept,
        (1.0,),
        """cannot read the generator 'pairs' where not all of its items are taken at once
    g = pairs(x)
        ^~~~~~~~
Code after 'yield' runs when the caller asks for it, perhaps never.
Loop over the call to the end, or give it to list(...), sum(...) or the like.""",
    ),
    (
        seen,
        (1.0,),
        """cannot read this generator: it has effects, and its items are taken one by one
    for v in noisy(x):
             ^~~~~~~~
Its effects come between those of the code that takes the items.
Take all items at once, with list(...), and loop over the list.""",
    ),
    (
        yields,
        (1.0,),
        """cannot read a generator function
    def yields(x):
    ^~~~~~~~~~~~~~
Code after 'yield' runs when the caller asks for it, perhaps never.
Collect the values in a list and return that, or write a generator expression.""",
    ),
    (
        moved,
        (1.0, np.random.default_rng(0)),
        """cannot differentiate through the random draw 'normal'
    return rng.normal(0.0, scale=mu)
           ^~~~~~~~~~~~~~~~~~~~~~~~~
How a draw moves with 'mu' is not to be seen in the call.
Draw standard numbers and move them, as mu + sigma * rng.standard_normal().""",
    ),
    (
        exponential,
        (1.0,),
        """cannot differentiate through the random draw 'exponential'
    return np.random.exponential(mu)
           ^~~~~~~~~~~~~~~~~~~~~~~~~
How a draw moves with 'mu' is not to be seen in the call.
Draw standard numbers and move them, as mu + sigma * rng.standard_normal().""",
    ),
    (
        gauss,
        (1.0,),
        """cannot differentiate through the random draw 'gauss'
    return random.gauss(mu, 1.0)
           ^~~~~~~~~~~~~~~~~~~~~
How a draw moves with 'mu' is not to be seen in the call.
Draw standard numbers and move them, as mu + sigma * rng.standard_normal().""",
    ),
    (
        module,
        (1.0,),
        """cannot read an import of 'tests.fuzz.__main__' inside the function
    import tests.fuzz.__main__ as m
    ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
The module has not been imported yet, and building a gradient runs no code of it.
Import it at the top of the module.""",
    ),
    (
        modular,
        (2.0,),
        """cannot differentiate through 'pow'
    return pow(x, 2, 7)
           ^~~~~~~~~~~~
pow has no derivative rule for argument number 3 and 'x' depends on what is differentiated.
If it is constant, write srcgrad.constant(pow(...)); or give it a rule with @srcgrad.pull(pow).""",
    ),
    (
        executed,
        (1.0,),
        """cannot read 'exec'
    exec("x = 2 * x")
    ^~~~
What it does is not to be seen in the source.
Do this outside the function and hand the result in as an argument.""",
    ),
    (
        made,
        (1.0,),
        """cannot read a class definition inside a function
    class Local(metaclass=type):  # noqa: UP050
    ^~~~~~~~~~~~~~~~~~~~~~~~~~~~
Making a class runs code that is not a function of the arguments.
Define the class at the top of the module.""",
    ),
    (
        waited,
        (1.0,),
        """cannot read asynchronous code
    async def waited(x):
    ^~~~~~~~~~~~~~~~~~~~
Other code may run in between, and change what it works on.
Await the data first and give it to a plain function.""",
    ),
]


@pytest.mark.parametrize(("function", "args", "wanted"), REFUSED)
def test_refused_in_exact_words(function: Any, args: tuple[Any, ...], wanted: str) -> None:
    with pytest.raises(SrcgradError) as found:
        grad(function)(*args)
    assert str(found.value).partition(": ")[2] == wanted


def test_threads_are_refused() -> None:
    with pytest.raises(SrcgradError):
        grad(threaded)(1.0)


def reraised(x):
    try:
        y = x / (x - x)
    except ZeroDivisionError as error:
        raise ValueError("no") from error
    return y


def test_exceptions_of_the_handler_pass_through() -> None:
    with pytest.raises(ValueError, match="no") as found:
        grad(reraised)(2.0)
    assert isinstance(found.value.__cause__, ZeroDivisionError)


def printed(x):
    try:
        print("try")
        y = x / (x - x)
    except ZeroDivisionError:
        print("except")
        y = x
    finally:
        print("finally")
    return y * y


def test_each_clause_runs_once_and_in_order(capsys: Any) -> None:
    assert grad(printed)(3.0) == 6.0
    assert capsys.readouterr().out == "try\nexcept\nfinally\n"
    assert "finally:" in grad(printed).source


def unread(x):
    if 1 % 2 == 0:
        y = x
    return x + y


def unread_in_a_comprehension(x):
    if x > 5:
        y = 1.0
    return sum([y * k for k in range(2)])


@pytest.mark.parametrize("function", [unread, unread_in_a_comprehension])
def test_an_unbound_name_raises_what_python_raises(function: Any) -> None:
    with pytest.raises(NameError) as wanted:
        function(1.0)
    with pytest.raises(NameError) as found:
        grad(function)(1.0)
    assert type(found.value) is type(wanted.value)
    assert str(found.value) == str(wanted.value)


def drawn(x, rng):
    s = 0.0
    for _ in range(3):
        s = s + x * rng.normal()
    while rng.random() < 0.7:
        s = s * x
    return s + sum([x * rng.uniform() for _ in range(3)])


def test_draws_are_made_once_and_in_order() -> None:
    one, other = np.random.default_rng(3), np.random.default_rng(3)
    drawn(1.1, one)
    grad(drawn)(1.1, other)
    assert one.bit_generator.state == other.bit_generator.state


def test_warnings_are_silenced_on_the_way_back_too() -> None:
    def loss(x):
        with np.errstate(divide="ignore"):
            y = np.log(x)
        return np.sum(np.where(x > 0, y, 0.0))

    with np.errstate(all="raise"):
        assert grad(loss)(np.array([0.0, 2.0])).tolist() == [0.0, 0.5]
