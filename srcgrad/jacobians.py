"""Jacobians and Hessians: one compiled program, run once for each column or row.

jacfwd(f)(x)    ->      the tangents of f(x) along the unit vectors, side by side
jacrev(f)(x)    ->      what is owed to x by each number of f(x), one below the other

The function runs once for each column, and once in all for the rows; what it prints is printed
as often.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import numpy as np

from srcgrad import runtime
from srcgrad.options import Options, PairOptions, PushOptions
from srcgrad.pullback import pulled_back
from srcgrad.pushforward import Call, name_of
from srcgrad.wrt import Wrt, bound_positions

Mode = Literal["auto", "forward", "reverse"]


class Jacobian:
    """What `jacobian`, `jacfwd`, `jacrev` and `hessian` return: called like the function.

    Attributes
    ----------
    primal : function
        The function that it is the Jacobian of.
    """

    def __init__(
        self, primal: Callable[..., Any], wrt: Wrt = 0, mode: Mode = "auto", *, twice: bool = False
    ) -> None:
        if mode not in ("auto", "forward", "reverse"):
            raise ValueError(f"mode is 'auto', 'forward' or 'reverse', not {mode!r}")
        self.primal = primal
        self._mode = mode
        self._call = Call(primal)
        names, before = self._call.names, self._call.before
        self._wrt, self._several = bound_positions(
            wrt, names[len(before) :], names[: len(before)], name_of(primal)
        )
        self._of = Options(self._wrt, self._several) if twice else None
        self.__name__ = f"{name_of(primal)}_{'hessian' if twice else 'jacobian'}"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Return the Jacobian for these arguments."""
        full = self._call.full(args, kwargs)
        spots = [(k, spot) for k, i in enumerate(self._wrt) for spot in places(full[i])]
        self._refuse_complex(*(full[i] for i in self._wrt))
        if not spots:
            raise TypeError(
                f"no Jacobian of {name_of(self.primal)!r}: there are no numbers to move"
            )
        first = None
        if self._mode == "auto":
            first = self._column(full, *spots[0])
        size = sum(1 for _ in places(first)) if first is not None else 0
        if self._mode == "reverse" or (first is not None and size < len(spots)):
            return self._rows(full)
        columns = [first if first is not None else self._column(full, *spots[0])]
        columns += [self._column(full, *spot) for spot in spots[1:]]
        return self._from_columns(full, columns)

    def _options(self, place: int) -> PushOptions:
        return PushOptions((self._wrt[place],), value=False, of=self._of)

    def _column(self, full: tuple[Any, ...], place: int, spot: Path) -> Any:
        along = unit(full[self._wrt[place]], spot)
        return self._call.pushed(full, self._options(place), [along])

    def _from_columns(self, full: tuple[Any, ...], columns: list[Any]) -> Any:
        start, whole = 0, []
        for i in self._wrt:
            count = sum(1 for _ in places(full[i]))
            whole.append((full[i], columns[start : start + count]))
            start += count

        def joined(*leaves: Any) -> Any:
            rest, found = list(leaves), []
            for arg, own in whole:
                mine, rest = rest[: len(own)], rest[len(own) :]
                found.append(spread(arg, np.stack(mine, axis=-1), np.shape(leaves[0])))
            return tuple(found) if self._several else found[0]

        return mapped(joined, *columns)

    def _rows(self, full: tuple[Any, ...]) -> Any:
        options = PairOptions(self._wrt, self._several, False, of=self._of)
        value, back = pulled_back(self._call.function, full, options, self._call.names)
        self._refuse_complex(value)
        value = runtime.zeros_like(value)
        rows = [back(unit(value, spot)) for spot in places(value)]
        return rows_joined(value, rows, full, self._wrt, self._several)

    def _refuse_complex(self, *values: Any) -> None:
        """Refuse complex numbers: a Jacobian has one real number for each pair."""
        if any(np.iscomplexobj(leaf) for value in values for leaf in leaves_of(value)):
            raise TypeError(
                f"no Jacobian of {name_of(self.primal)!r} for complex numbers: "
                "take real and imaginary parts, as two real arrays"
            )

    def source_for(self, *args: Any, **kwargs: Any) -> str:
        """Return the source of one column: how the result moves with the first of ``wrt``."""
        full = self._call.full(args, kwargs)
        return self._call.written(full, self._options(0)).source

    def __repr__(self) -> str:
        names = ", ".join(self._call.names[i] for i in self._wrt)
        return f"<{self.__name__.rpartition('_')[2]} of {name_of(self.primal)} in {names}>"


Path = tuple[Any, ...]


def places(value: Any) -> Iterator[Path]:
    """Yield where the numbers of a value are: the keys of their array, then its index."""
    if isinstance(value, np.ndarray):
        for index in np.ndindex(value.shape):
            yield (index,)
    elif isinstance(value, (int, float, complex, np.generic)):
        yield ((),)
    else:
        for key, part in parts_of(value):
            for path in places(part):
                yield (key, *path)


def leaves_of(value: Any) -> Iterator[Any]:
    """Yield the numbers and arrays in a value."""
    if isinstance(value, (np.ndarray, np.generic, int, float, complex)):
        yield value
    for _, part in parts_of(value):
        yield from leaves_of(part)


def parts_of(value: Any) -> list[tuple[Any, Any]]:
    """Return the entries of a container, each with its key; nothing else has any."""
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, (list, tuple)):
        return list(enumerate(value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)]
    return []


def unit(value: Any, path: Path) -> Any:
    """Return zeros like a value with a 1 at one place."""
    zeros = runtime.zeros_like(value)
    if len(path) == 1:
        if isinstance(zeros, np.ndarray):
            zeros[path[0]] = 1.0
            return zeros
        return type(zeros)(1.0)
    return replaced(zeros, path[0], unit(dict(parts_of(value))[path[0]], path[1:]))


def replaced(value: Any, key: Any, part: Any) -> Any:
    """Return a container with another entry."""
    parts = [part if own == key else item for own, item in parts_of(value)]
    return rebuilt(value, parts)


def rebuilt(value: Any, parts: Sequence[Any]) -> Any:
    """Return a container like another with other entries."""
    if isinstance(value, dict):
        return dict(zip(value, parts, strict=True))
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*parts)
    if isinstance(value, (list, tuple)):
        return type(value)(parts)
    names = [field.name for field in dataclasses.fields(value)]
    return dataclasses.replace(value, **dict(zip(names, parts, strict=True)))


def mapped(function: Callable[..., Any], first: Any, *others: Any) -> Any:
    """Apply a function to the numbers and arrays at each place of structures that are alike."""
    if first is None:
        return None
    if isinstance(first, (np.ndarray, np.generic, int, float, complex)):
        return function(first, *others)
    rows = zip(*(parts_of(value) for value in (first, *others)), strict=True)
    return rebuilt(first, [mapped(function, *(part for _, part in row)) for row in rows])


def spread(arg: Any, numbers: Any, lead: tuple[int, ...]) -> Any:
    """Return a row of numbers as arrays like the argument: their last axis is cut and shaped."""
    start = 0

    def cut(leaf: Any) -> Any:
        nonlocal start
        end = start + np.size(leaf)
        piece = numbers[..., start:end]
        start = end
        return piece.reshape((*lead, *np.shape(leaf)))

    return mapped(cut, arg)


def rows_joined(
    value: Any, rows: list[Any], full: tuple[Any, ...], wrt: tuple[int, ...], several: bool
) -> Any:
    """Return a Jacobian from what each number of the result owes to the arguments."""
    start = 0

    def stacked(leaf: Any) -> Any:
        nonlocal start
        mine = rows[start : start + np.size(leaf)]
        start += np.size(leaf)
        shape = np.shape(leaf)
        like = tuple(full[i] for i in wrt) if several else full[wrt[0]]

        def joined(arg: Any, *owed: Any) -> Any:
            if not owed:
                return np.zeros((*shape, *np.shape(arg)))
            return np.stack(owed).reshape((*shape, *np.shape(arg)))

        return mapped(joined, like, *mine)

    return mapped(stacked, value)


def jacfwd(f: Callable[..., Any], wrt: Wrt = 0) -> Jacobian:
    """Return the Jacobian of a function by forward mode: a column for each number that moves.

    Parameters
    ----------
    f : function
        The function; its result may be a number, an array or a container of these.
    wrt : name, position or tuple of these
        What moves.

    Returns
    -------
    Jacobian
        A function of the same arguments.  It gives what ``f`` gives, with each array replaced by
        one whose shape is its own followed by that of the argument: ``J[i, j]`` is how ``f[i]``
        moves with ``x[j]``.  For an argument that is a container it is one of such arrays.
    """
    return Jacobian(f, wrt, "forward")


def jacrev(f: Callable[..., Any], wrt: Wrt = 0) -> Jacobian:
    """Return the Jacobian of a function by reverse mode: a row for each number of its result.

    The arguments and the result are those of `jacfwd`.
    """
    return Jacobian(f, wrt, "reverse")


def jacobian(f: Callable[..., Any], wrt: Wrt = 0, mode: Mode = "auto") -> Jacobian:
    """Return the Jacobian of a function, by columns or by rows, whichever are fewer.

    Parameters
    ----------
    f : function
        The function; its result may be a number, an array or a container of these.
    wrt : name, position or tuple of these
        What moves.
    mode : str
        ``"forward"`` for columns, ``"reverse"`` for rows; ``"auto"`` takes what there is less of.

    Returns
    -------
    Jacobian
        A function of the same arguments; its result is that of `jacfwd`.
    """
    return Jacobian(f, wrt, mode)


def hessian(f: Callable[..., Any], wrt: Wrt = 0) -> Jacobian:
    """Return the Hessian of a function with one real result: forward over reverse, by columns.

    Parameters
    ----------
    f : function
        A Python function that returns one real number.
    wrt : name, position or tuple of these
        What moves; for a tuple the Hessian is a tuple of tuples of blocks.

    Returns
    -------
    Jacobian
        A function of the same arguments.
    """
    return Jacobian(f, wrt, "forward", twice=True)
