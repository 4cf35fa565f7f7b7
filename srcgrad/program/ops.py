"""What a program can call besides NumPy and Python's own functions: syntax, as functions.

The writer spells each of these in Python's notation; the evaluator simply calls them.  The
operators of the language are the functions of the standard module ``operator``, indexing is
``operator.getitem``, ``x[a:b]`` makes its index with the builtin ``slice``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from functools import cache
from types import CellType
from typing import Any


class Method:
    """``Method("sum")(x, axis=0)`` is ``x.sum(axis=0)``.  One object per name."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, receiver: Any, *args: Any, **kwargs: Any) -> Any:
        return getattr(receiver, self.name)(*args, **kwargs)

    def __repr__(self) -> str:
        return f"method({self.name!r})"


class Attribute:
    """``Attribute("T")(x)`` is ``x.T``.  One object per name."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, receiver: Any) -> Any:
        return getattr(receiver, self.name)

    def __repr__(self) -> str:
        return f"attribute({self.name!r})"


@cache
def method(name: str) -> Method:
    """Return the one operation that calls the method ``name``."""
    return Method(name)


@cache
def attribute(name: str) -> Attribute:
    """Return the one operation that reads the attribute ``name``."""
    return Attribute(name)


def same(value: Any) -> Any:
    """``name = constant``: gives a user's name to a constant, so that the line stays."""
    return value


def mark(text: str) -> None:
    """A comment line in the generated source, as ``# backward``; does nothing."""


def make_tuple(*items: Any) -> tuple[Any, ...]:
    """``(a, b)``."""
    return items


def make_list(*items: Any) -> list[Any]:
    """``[a, b]``."""
    return list(items)


def make_set(*items: Any) -> set[Any]:
    """``{a, b}``."""
    return set(items)


def make_dict(*keys_and_values: Any) -> dict[Any, Any]:
    """``{k: v, ...}``; arguments alternate."""
    return dict(zip(keys_and_values[::2], keys_and_values[1::2], strict=True))


def dict_of(keys: Iterable[Any], values: Iterable[Any]) -> dict[Any, Any]:
    """``dict(zip(keys, values))``: what a dict comprehension collects."""
    return dict(zip(keys, values, strict=True))


def unpack(value: Iterable[Any], count: int) -> tuple[Any, ...]:
    """``a, b = value``; raises what Python raises where the lengths differ."""
    items = tuple(value)
    if len(items) < count:
        raise ValueError(f"not enough values to unpack (expected {count}, got {len(items)})")
    if len(items) > count:
        raise ValueError(f"too many values to unpack (expected {count})")
    return items


def unpack_star(value: Iterable[Any], before: int, after: int) -> tuple[Any, ...]:
    """``a, *b, c = value``: ``before`` values, a list, ``after`` values."""
    items = list(value)
    if len(items) < before + after:
        need = before + after
        raise ValueError(
            f"not enough values to unpack (expected at least {need}, got {len(items)})"
        )
    end = len(items) - after
    return (*items[:before], items[before:end], *items[end:])


def contained(item: Any, container: Any) -> bool:
    """``item in container``."""
    return item in container


def not_contained(item: Any, container: Any) -> bool:
    """``item not in container``."""
    return item not in container


def list_append(items: list[Any], item: Any) -> list[Any]:
    """The list with one more item: ``items.append(item)`` for the sole owner of the list."""
    return [*items, item]


_CONVERSIONS: dict[str, Callable[[Any], str]] = {"r": repr, "s": str, "a": ascii}


def formatted(value: Any, conversion: str, spec: str) -> str:
    """One replacement field of an f-string; ``conversion`` is ``""``, ``"r"``, ``"s"``, ``"a"``."""
    if conversion:
        value = _CONVERSIONS[conversion](value)
    return format(value, spec)


def fstring(*parts: str) -> str:
    """An f-string: literal parts and `formatted` ones, joined."""
    return "".join(parts)


def augment(fn: Callable[[Any, Any], Any], x: Any, index: Any, value: Any) -> None:
    """``x[index] op= value``: ``fn`` is the operator, ``operator.iadd`` and the like."""
    x[index] = fn(x[index], value)


def read_global(namespace: dict[str, Any], name: str) -> Any:
    """A global variable of the function, read now."""
    try:
        return namespace[name]
    except KeyError:
        raise NameError(f"name {name!r} is not defined") from None


def read_cell(cell: CellType, name: str) -> Any:
    """A variable of an enclosing function, read now."""
    try:
        return cell.cell_contents
    except ValueError:
        raise NameError(f"cannot access free variable {name!r}") from None


def call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """A call of something that is known only when the program runs."""
    return function(*args, **kwargs)


def apply(function: Callable[..., Any], args: Iterable[Any], kwargs: dict[str, Any]) -> Any:
    """``function(*args, **kwargs)`` with containers whose length is not known."""
    return function(*args, **kwargs)


def raise_(error: Any, cause: Any = None) -> None:
    """``raise error from cause``."""
    if cause is None:
        raise error
    raise error from cause


def assert_(test: Any, *message: Any) -> None:
    """``assert test, message``."""
    if not test:
        raise AssertionError(*message)


OPERATORS: dict[str, Callable[..., Any]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mult": operator.mul,
    "Div": operator.truediv,
    "FloorDiv": operator.floordiv,
    "Mod": operator.mod,
    "Pow": operator.pow,
    "MatMult": operator.matmul,
    "BitAnd": operator.and_,
    "BitOr": operator.or_,
    "BitXor": operator.xor,
    "LShift": operator.lshift,
    "RShift": operator.rshift,
    "USub": operator.neg,
    "UAdd": operator.pos,
    "Invert": operator.invert,
    "Not": operator.not_,
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
    "Eq": operator.eq,
    "NotEq": operator.ne,
    "Is": operator.is_,
    "IsNot": operator.is_not,
    "In": contained,
    "NotIn": not_contained,
}
"""The node classes of the syntax tree and the functions that they mean."""

INPLACE: dict[str, Callable[..., Any]] = {
    "Add": operator.iadd,
    "Sub": operator.isub,
    "Mult": operator.imul,
    "Div": operator.itruediv,
    "FloorDiv": operator.ifloordiv,
    "Mod": operator.imod,
    "Pow": operator.ipow,
    "MatMult": operator.imatmul,
    "BitAnd": operator.iand,
    "BitOr": operator.ior,
    "BitXor": operator.ixor,
    "LShift": operator.ilshift,
    "RShift": operator.irshift,
}
"""The augmented assignments; in a program their meaning is that of the plain operator."""

PLAIN = {INPLACE[name]: OPERATORS[name] for name in INPLACE}
"""From the in-place operator to the plain one."""
