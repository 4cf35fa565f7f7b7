"""Checkpoints change what is kept, and not a bit of the gradient."""

from __future__ import annotations

import os
import pickle
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Any

import numpy as np
import pytest

import srcgrad
from srcgrad import checkpoint, checkpointed, grad, value_and_grad, vjp
from srcgrad.errors import SrcgradError
from srcgrad.pipeline import Options, stages_of
from srcgrad.program.nodes import For, While
from srcgrad.program.walk import statements
from srcgrad.read import calls, inline
from srcgrad.read import checkpoints as reading
from srcgrad.read.lift import lift
from tests import checkpoint_losses as losses
from tests import oracle
from tests.test_stages import check_stages, full_arguments
from tests.zoo import BY_NAME
from tests.zoo_case import Case
from tests.zoo_checkpoints import CASES, HELPERS, LOOPS, block


def same_bits(one: Any, other: Any) -> bool:
    """Tell whether two gradients are equal to the last bit."""
    pairs = zip(oracle.leaves(one), oracle.leaves(other), strict=True)
    return all(np.array_equal(a, b, equal_nan=True) for (_, a), (_, b) in pairs)


def has_loop(case: Case) -> bool:
    try:
        program = lift(case.function, {})
    except SrcgradError:
        return True
    return any(isinstance(stmt, (For, While)) for stmt in statements(program.body))


ZOO = [name for name, case in BY_NAME.items() if case not in CASES and has_loop(case)]


@cache
def everything(name: str) -> Any:
    """The gradient of a case of the zoo that keeps everything; None if it is refused."""
    case = BY_NAME[name]
    with np.errstate(all="ignore"):
        try:
            return grad(case.function, wrt=case.wrt)(*case.args())
        except SrcgradError:
            return None


SMALL = os.environ.get("SRCGRAD_SMALL", "") not in ("", "0")
KINDS: tuple[int | str, ...] = (1, 2, "sqrt")


@pytest.mark.parametrize("place", range(len(ZOO)), ids=ZOO)
def test_snapshots_do_not_change_a_bit(place: int) -> None:
    """Each loop of the zoo with one kind of snapshots; the slow test takes the others."""
    unchanged(ZOO[place], KINDS[place % 3])


@pytest.mark.slow
@pytest.mark.skipif(SMALL, reason="the short tests take a third of these")
@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.parametrize("place", range(len(ZOO)), ids=ZOO)
def test_no_snapshots_change_a_bit(place: int, turn: int) -> None:
    unchanged(ZOO[place], KINDS[(place + turn) % 3])


def unchanged(name: str, snapshots: int | str) -> None:
    case = BY_NAME[name]
    wanted = everything(name)
    sparing = grad(case.function, wrt=case.wrt, checkpoint=snapshots)
    if wanted is None or name == "draws":
        with pytest.raises(SrcgradError, match=r"\^"), np.errstate(all="ignore"):
            sparing(*case.args())
        return
    with np.errstate(all="ignore"):
        found = sparing(*case.args())
    assert same_bits(wanted, found)


@pytest.mark.slow
def test_most_loops_of_the_zoo_are_spared() -> None:
    words = ("sweep(", "snapshot(", "segments(")
    spared = 0
    for name in ZOO:
        case = BY_NAME[name]
        try:
            source = grad(case.function, wrt=case.wrt, checkpoint=2).source_for(*case.args())
        except SrcgradError:
            continue
        spared += any(word in source for word in words)
    assert spared > 200


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "generic"])
@pytest.mark.parametrize("name", ZOO[::3])
def test_every_pass_keeps_the_meaning(name: str, typed: bool) -> None:
    case = BY_NAME[name]
    if {"may_refuse", "typed", "objects", "lists"} & case.tags or name == "draws":
        return
    args = case.args()
    if any(map(callable, args)):
        return
    given = full_arguments(case, len(args)) if typed else None
    options = Options(case.positions(), isinstance(case.wrt, tuple), checkpoint=2)
    found = stages_of(case.function, options, given, {})
    check_stages(case, found, 3e-4 if "float32" in case.tags else 1e-8)


@contextmanager
def plainly(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Read functions as if nothing was marked."""
    with monkeypatch.context() as patch:
        for module in (calls, inline):
            patch.setattr(module, "is_checkpointed", lambda function: False)
        patch.setattr(reading, "asked_for", lambda count: None)
        yield


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_marks_do_not_change_a_bit(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    with plainly(monkeypatch):
        wanted = value_and_grad(case.function, wrt=case.wrt)(*case.args())[1]
    assert same_bits(wanted, grad(case.function, wrt=case.wrt)(*case.args()))


@pytest.mark.parametrize("case", HELPERS, ids=lambda case: case.name)
def test_helpers_are_computed_again(case: Case) -> None:
    source = grad(case.function, wrt=case.wrt).source_for(*case.args())
    linear = case.name in ("again_view_written", "again_not_active")
    assert ("_vjp(" in source) is not linear


@pytest.mark.parametrize("case", LOOPS, ids=lambda case: case.name)
def test_loops_take_snapshots(case: Case) -> None:
    assert "snapshots.pop()" in grad(case.function, wrt=case.wrt).source_for(*case.args())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_second_derivatives(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    if case.name in ("again_recursive", "again_gradients_inside", "again_lists"):
        return  # not differentiated twice without a checkpoint either, or slow

    def along() -> Any:
        args = case.args()
        return grad(losses.second(grad(case.function), len(args)))(*args)

    with plainly(monkeypatch):
        wanted = along()
    np.testing.assert_allclose(along(), wanted, rtol=1e-9, atol=1e-12)


def test_a_derivative_of_a_sparing_gradient() -> None:
    sparing = grad(losses.recurrence, checkpoint=2)

    slope, slope_of_full = losses.second(sparing, 3), losses.second(grad(losses.recurrence), 3)
    args = (np.linspace(0.1, 0.9, 4), 0.3, 6)
    wanted = grad(slope_of_full)(*args)
    assert same_bits(wanted, grad(slope)(*args))
    assert same_bits(wanted, grad(slope, checkpoint=2)(*args))


def test_other_ways_to_ask() -> None:
    args = (np.linspace(0.1, 0.9, 4), 0.3, 50)
    wanted = grad(losses.recurrence)(*args)
    value, found = value_and_grad(losses.recurrence, checkpoint="sqrt")(*args)
    assert value == losses.recurrence(*args) and same_bits(found, wanted)
    _, back = vjp(losses.recurrence, *args, wrt=0, checkpoint=3)
    assert same_bits(back(1.0), wanted)
    for size in ("200 B", "1 kB", "0.5 MiB", "1 GB", "1_000 bytes"):
        assert same_bits(grad(losses.recurrence, checkpoint=size)(*args), wanted)
    assert same_bits(grad(losses.recurrence, checkpoint=7).value_and_grad(*args)[1], wanted)
    assert same_bits(grad(losses.recurrence, checkpoint=2)(args[0], 0.3, 0), 2 * args[0])


def test_a_gradient_with_snapshots_is_pickled() -> None:
    sparing = grad(losses.recurrence, checkpoint=3)
    again = pickle.loads(pickle.dumps(sparing))
    assert "sweep(n, 3)" in again.source_for(np.ones(3), 0.1, 5)


def test_a_marked_function_is_itself() -> None:
    def plain(x: float) -> float:
        return x

    assert checkpoint(plain) is plain
    assert pickle.loads(pickle.dumps(block)) is block
    assert block(np.ones((1, 1)), np.ones((1, 1))).shape == (1, 1)
    assert list(checkpointed(range(3), 2)) == [0, 1, 2]


def peak(thunk: Callable[[], Any]) -> int:
    thunk()
    tracemalloc.start()
    try:
        thunk()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


CELLS = 2_000
ARRAY = 8 * CELLS


@pytest.mark.parametrize(
    ("loss", "kept"), [(losses.recurrence, 2), (losses.relaxation, 2), (losses.stencil, 2)]
)
def test_memory_is_bounded_by_the_snapshots(loss: Any, kept: int) -> None:
    start = np.linspace(0.1, 0.9, CELLS)
    for snapshots in (1, 4, 16):
        sparing = grad(loss, checkpoint=snapshots)
        used = peak(partial(sparing, start, 1e-3, 250))
        # The snapshots and the one in hand, a segment of as many turns, what is on the way.
        assert used < (snapshots * (1 + kept) + 12) * ARRAY
    assert peak(partial(grad(loss), start, 1e-3, 250)) > 240 * ARRAY
    root = peak(partial(grad(loss, checkpoint="sqrt"), start, 1e-3, 250))
    assert root < (23 * (1 + kept) + 12) * ARRAY
    budget = peak(partial(grad(loss, checkpoint="500 kB"), start, 1e-3, 250))
    assert budget < 2 * 500_000 + 12 * ARRAY


def test_memory_of_helpers_is_their_arguments() -> None:
    x, w = np.linspace(0.1, 0.9, CELLS), np.linspace(0.2, 0.8, CELLS)
    sparing = peak(lambda: grad(losses.deep)(x, w))
    full = peak(lambda: grad(losses.deep_plain)(x, w))
    assert full > 50 * ARRAY
    assert sparing < 32 * ARRAY


def text_of(thunk: Callable[[], Any]) -> str:
    with pytest.raises(SrcgradError) as info:
        thunk()
    return "\n".join(line for line in str(info.value).splitlines() if line)


def test_random_draws_are_refused() -> None:
    args = (np.ones(3), np.random.default_rng(1))
    assert text_of(lambda: grad(losses.draws_in_helper)(*args)) == (
        "checkpoint_losses.py:74: cannot compute 'normal' again\n"
        "    return x * rng.normal(size=3)\n"
        "               ^~~~~~~~~~~~~~~~~~\n"
        "'noisy' is computed once more on the way back, and there is no telling that this gives"
        " the same a second time.\n"
        "Do it outside, and hand the result in as an argument."
    )
    assert text_of(lambda: grad(losses.draws_in_loop, checkpoint=2)(*args)) == (
        "checkpoint_losses.py:83: cannot compute 'normal' again\n"
        "    x = np.sin(x) * rng.normal(size=3)\n"
        "                    ^~~~~~~~~~~~~~~~~~\n"
        "The loop is computed once more on the way back, and there is no telling that this gives"
        " the same a second time.\n"
        "Do it outside, and hand the result in as an argument."
    )


def test_loops_without_an_end_are_refused() -> None:
    assert text_of(lambda: grad(losses.counts)(np.ones(3))) == (
        "checkpoint_losses.py:88: cannot take snapshots of this loop\n"
        "    for i in checkpointed(itertools.count(), 3):\n"
        "    ^~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~\n"
        "Where it ends is not known before it begins: what it goes along has no parts.\n"
        "Make a list of it first, and go along that."
    )


def test_strange_numbers_are_refused() -> None:
    assert text_of(lambda: grad(losses.unknown_count)(np.ones(3), 2)) == (
        "checkpoint_losses.py:96: cannot tell how many snapshots this loop may keep\n"
        "    for _ in checkpointed(range(5), k):\n"
        "                                    ^\n"
        "It is known only when the function runs.\n"
        "Write the number itself, 'sqrt', or a size as '64 MB'."
    )
    assert text_of(lambda: grad(losses.wrong_count)(np.ones(3))) == (
        "checkpoint_losses.py:102: cannot tell how many snapshots this loop may keep\n"
        '    for _ in checkpointed(range(5), "many"):\n'
        "                                    ^~~~~~\n"
        "Checkpoint must be a number of snapshots, 'sqrt', or a size as '64 MB', not 'many'.\n"
        "Write the number itself, 'sqrt', or a size as '64 MB'."
    )
    assert text_of(lambda: grad(losses.elsewhere)(np.ones(3))) == (
        "checkpoint_losses.py:108: cannot read 'checkpointed' here\n"
        "    turns = list(checkpointed(range(5), 2))\n"
        "                 ^~~~~~~~~~~~~~~~~~~~~~~~~\n"
        "It says how a loop is differentiated, and there is none.\n"
        "Write it in the header of a loop: for t in checkpointed(range(n), 100)."
    )


def test_generators_are_refused() -> None:
    assert text_of(lambda: grad(losses.goes_along)(np.ones(3))) == (
        "checkpoint_losses.py:122: cannot checkpoint the generator 'halves'\n"
        "    return np.sum(sum(halves(x)))\n"
        "                      ^~~~~~~~~\n"
        "Its items are taken one by one, and between them the caller goes on.\n"
        "Return a list of the items instead."
    )


@pytest.mark.parametrize("wrong", [0, -1, "many", "12 XB", 1.5, True, b"sqrt"])
def test_wrong_numbers(wrong: Any) -> None:
    with pytest.raises((TypeError, ValueError), match=r"checkpoint|snapshot"):
        grad(losses.recurrence, checkpoint=wrong)
    with pytest.raises((TypeError, ValueError), match=r"checkpoint|snapshot"):
        checkpointed(range(3), wrong)


@pytest.mark.parametrize("wrong", [3, dict, np.sin, [].append])
def test_what_cannot_be_marked(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"expected a function|cannot mark"):
        srcgrad.checkpoint(wrong)
