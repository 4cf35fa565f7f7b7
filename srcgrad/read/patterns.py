"""Lift ``match`` statements: each pattern becomes a test, and names for what it takes apart.

match p:                               if isinstance(p, Point) and p.x == 0:
    case Point(x=0, y=y): ...     ->       y = p.y
    case (a, *rest): ...                   ...
                                       elif is_sequence(p) and len(p) >= 1:
                                           a, rest = p[0], list(p[1:])

What is known item by item is taken apart while the function is read, and needs no tests.
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import gast

from srcgrad import runtime
from srcgrad.errors import Unreadable
from srcgrad.program import ops
from srcgrad.program.nodes import Const
from srcgrad.read.assignments import assign_name
from srcgrad.read.blocks import Flow, branch, lifts_statement
from srcgrad.read.dispatch import expr
from srcgrad.read.dunders import compare, is_any_object
from srcgrad.read.expressions import fold, truth
from srcgrad.read.lifter import Lifter
from srcgrad.read.names import read_attribute
from srcgrad.read.object_calls import on_objects
from srcgrad.read.seen import class_of
from srcgrad.read.static_calls import static_call
from srcgrad.read.subscripts import getitem
from srcgrad.read.trees import Leaf
from srcgrad.read.values import Mapped, Pack, Thing, Value

_SELF = (bool, bytearray, bytes, dict, float, frozenset, int, list, set, str, tuple)
"""The classes of which ``case cls(name)`` takes the object itself."""

Parts = list[tuple[Any, Callable[[], Value]]]


@lifts_statement(gast.Match)
def _match(at: Lifter, stmt: Any, flow: Flow) -> None:
    subject = expr(at, stmt.subject)
    if not isinstance(subject, (Pack, Mapped, Thing)):
        subject = at.atom(subject, stmt.subject)
    _cases(at, flow, stmt, subject, 0)


def _cases(at: Lifter, flow: Flow, stmt: Any, subject: Value, k: int) -> None:
    """Lift the cases from number k on as a chain of branches."""
    at.frame.stmt = stmt
    if k == len(stmt.cases):
        return
    case = stmt.cases[k]
    rest = partial(_cases, stmt=stmt, subject=subject, k=k + 1)
    bind = partial(_bound, pattern=case.pattern, subject=subject)
    test = fits(at, case.pattern, subject)
    if case.guard is not None:

        def guarded() -> Value:
            _bind(at, case.pattern, subject)
            return expr(at, case.guard)

        # Names stay bound where the guard does not hold.
        test = _both(at, test, guarded, case.pattern, plain=False)
    known = truth(at, test)
    if known is None:
        value = at.atom(test, case.pattern)
        branch(at, value, [bind, *case.body], [rest], stmt, flow)
    else:
        flow.push([bind, *case.body] if known else [rest])


def _bound(at: Lifter, flow: Flow, pattern: Any, subject: Value) -> None:
    _bind(at, pattern, subject)


def captures(pattern: Any) -> Iterator[str]:
    """Yield the names that a pattern binds."""
    for node in gast.walk(pattern):
        name = getattr(node, "rest" if isinstance(node, gast.MatchMapping) else "name", None)
        if name and isinstance(node, (gast.MatchAs, gast.MatchStar, gast.MatchMapping)):
            yield name


def _both(
    at: Lifter, first: Value, second: Callable[[], Value], node: Any, plain: bool = True
) -> Value:
    """Return ``first and second``."""
    known = truth(at, first)
    if known is not None:
        return second() if known else Const(False)
    test = at.atom(first, node)
    rest = at.arm(second)
    end = rest.end
    if plain and not rest.stmts and isinstance(end, Leaf) and isinstance(end.value, Const):
        if end.value.value is True:
            return test
    return at.fork(test, rest, at.arm(lambda: test), node, "and")


def _all(at: Lifter, parts: Parts) -> Value:
    """Return whether each pattern fits its value, which is made when it is its turn."""
    parts = [(pattern, value) for pattern, value in parts if not _always(pattern)]
    if not parts:
        return Const(True)
    (pattern, value), *others = parts
    return _both(at, fits(at, pattern, value()), lambda: _all(at, others), pattern)


def _always(pattern: Any) -> bool:
    """Tell whether a pattern fits everything."""
    match pattern:
        case gast.MatchStar() | gast.MatchAs(pattern=None):
            return True
        case gast.MatchAs():
            return _always(pattern.pattern)
    return False


def fits(at: Lifter, pattern: Any, subject: Value) -> Value:
    """Return whether a pattern fits a value."""
    if _always(pattern):
        return Const(True)
    match pattern:
        case gast.MatchAs():
            return fits(at, pattern.pattern, subject)
        case gast.MatchValue():
            return _compared(at, operator.eq, subject, expr(at, pattern.value), pattern)
        case gast.MatchSingleton():
            return _compared(at, operator.is_, subject, Const(pattern.value), pattern)
        case gast.MatchSequence():
            return _fits_sequence(at, pattern, subject)
        case gast.MatchMapping():
            return _fits_mapping(at, pattern, subject)
        case gast.MatchClass():
            return _fits_class(at, pattern, subject)
        case gast.MatchOr():
            return _fits_any(at, pattern.patterns, subject)
    raise AssertionError(pattern)


def _compared(at: Lifter, fn: Any, one: Value, other: Value, node: Any) -> Value:
    if isinstance(one, Pack) and fn is operator.is_:
        return Const(False)
    if is_any_object(at, one, other):
        made = compare(at, "Eq" if fn is operator.eq else "Is", one, other, node)
        if made is not None:
            return made
    return fold(fn, [one, other]) or at.let(fn, one, other, node=node)


def _fits_any(at: Lifter, patterns: Sequence[Any], subject: Value) -> Value:
    first = fits(at, patterns[0], subject)
    known = truth(at, first)
    if len(patterns) == 1 or known:
        return first
    if known is False:
        return _fits_any(at, patterns[1:], subject)
    test = at.atom(first, patterns[0])
    rest = at.arm(lambda: _fits_any(at, patterns[1:], subject))
    return at.fork(test, at.arm(lambda: test), rest, patterns[0], "or")


def _fits_sequence(at: Lifter, pattern: Any, subject: Value) -> Value:
    parts = pattern.patterns
    starred = any(isinstance(part, gast.MatchStar) for part in parts)
    size = len(parts) - starred
    if isinstance(subject, (Const, Mapped)):
        return Const(False)
    if isinstance(subject, Thing):
        items = at.items(subject)
        if items is None and not issubclass(subject.cls, Sequence):
            return Const(False)
        subject = Pack(items) if items is not None else at.atom(subject, pattern)
    if isinstance(subject, Pack):
        count = len(subject.items)
        if count < size or (count > size and not starred):
            return Const(False)
        return _all(at, _items(at, pattern, subject))

    def sized() -> Value:
        length = at.let(len, subject, node=pattern)
        fn = operator.ge if starred else operator.eq
        test = at.let(fn, length, Const(size), node=pattern) if size or not starred else Const(True)
        return _both(at, test, lambda: _all(at, _items(at, pattern, subject)), pattern)

    return _both(at, at.let(runtime.is_sequence, subject, node=pattern), sized, pattern)


def _items(at: Lifter, pattern: Any, subject: Value) -> Parts:
    """Return the patterns of a sequence, each with how to make its value."""
    found: Parts = []
    star = None
    if isinstance(subject, Thing):
        items = at.items(subject)
        subject = Pack(items) if items is not None else at.atom(subject, pattern)
    count = len(pattern.patterns)
    for i, part in enumerate(pattern.patterns):
        place = i if star is None else i - count
        if isinstance(part, gast.MatchStar):
            star = i
            found.append((part, partial(_slice, at, subject, i, i + 1 - count, part)))
        elif isinstance(subject, Pack):
            found.append((part, partial(_known, subject, place)))
        else:
            found.append((part, partial(getitem, at, subject, Const(place), part)))
    return found


def _known(subject: Pack, place: int) -> Value:
    return subject.items[place]


def _slice(at: Lifter, subject: Value, start: int, end: int, node: Any) -> Value:
    if isinstance(subject, Pack):
        return Pack(subject.items[start : end or None], list)
    cut = at.let(slice, Const(start), Const(end or None), Const(None), node=node)
    return at.let(list, at.let(operator.getitem, subject, cut, node=node), node=node)


def _fits_mapping(at: Lifter, pattern: Any, subject: Value) -> Value:
    if isinstance(subject, (Const, Pack)):
        return Const(False)
    table = at.atom(subject, pattern)

    def entries(k: int) -> Value:
        if k == len(pattern.keys):
            return Const(True)
        key, part = expr(at, pattern.keys[k]), pattern.patterns[k]

        def entry() -> Value:
            if _always(part):
                return entries(k + 1)
            value = getitem(at, table, key, part)
            return _both(at, fits(at, part, value), lambda: entries(k + 1), part)

        return _both(at, at.let(ops.contained, key, table, node=part), entry, part)

    test = at.let(runtime.is_mapping, table, node=pattern)
    return _both(at, test, lambda: entries(0), pattern)


def _fits_class(at: Lifter, pattern: Any, subject: Value) -> Value:
    cls = expr(at, pattern.cls)
    known = cls.value if isinstance(cls, Const) else None
    names = _attributes(known, pattern) if isinstance(known, type) else None
    if names is None or not isinstance(known, type):
        return at.refuse(
            Unreadable,
            pattern,
            "cannot read this class pattern",
            "Which class it names, or what its positions mean, is not known beforehand.",
            "Name the class, and its attributes by keyword.",
        )
    test = on_objects(at, isinstance, [subject, Const(known)], {}, pattern)
    if test is None:
        test = static_call(at, Const(isinstance), [subject, Const(known)], {})
    if test is None:
        test = at.let(isinstance, subject, Const(known), node=pattern)

    def parts(k: int) -> Value:
        if k == len(names):
            return Const(True)
        part, name = [*pattern.patterns, *pattern.kwd_patterns][k], names[k]

        def read() -> Value:
            if _always(part):
                return parts(k + 1)
            value = _attribute(at, subject, name, part)
            return _both(at, fits(at, part, value), lambda: parts(k + 1), part)

        if name is None or _surely_has(known, name):
            return read()
        has = on_objects(at, hasattr, [subject, Const(name)], {}, part)
        has = has or at.let(hasattr, subject, Const(name), node=part)
        return _both(at, has, read, part)

    return _both(at, test, lambda: parts(0), pattern)


def _attribute(at: Lifter, subject: Value, name: str | None, node: Any) -> Value:
    if name is None:
        return subject
    if class_of(at, subject) is None:
        subject = at.atom(subject, node)
    return read_attribute(at, subject, name, node)


def _attributes(cls: type, pattern: Any) -> list[str | None] | None:
    """Return the attributes that a class pattern looks at; None stands for the object itself."""
    count = len(pattern.patterns)
    if count and issubclass(cls, _SELF) and not hasattr(cls, "__match_args__"):
        return None if count > 1 else [None, *pattern.kwd_attrs]
    order = getattr(cls, "__match_args__", ())
    if count > len(order):
        return None
    return [*order[:count], *pattern.kwd_attrs]


def _surely_has(cls: type, name: str) -> bool:
    """Tell whether every object of a class has an attribute."""
    if dataclasses.is_dataclass(cls) and name in cls.__dataclass_fields__:
        return True
    return name in getattr(cls, "_fields", ()) or (cls in _SELF and hasattr(cls, name))


def _bind(at: Lifter, pattern: Any, subject: Value) -> None:
    """Bind the names of a pattern that fits."""
    if not any(captures(pattern)):
        return
    match pattern:
        case gast.MatchAs() | gast.MatchStar():
            if getattr(pattern, "pattern", None) is not None:
                _bind(at, pattern.pattern, subject)
            if pattern.name:
                assign_name(at, pattern.name, subject, pattern)
        case gast.MatchSequence():
            for part, value in _items(at, pattern, subject):
                if any(captures(part)):
                    _bind(at, part, value())
        case gast.MatchMapping():
            _bind_entries(at, pattern, subject)
        case gast.MatchClass():
            cls = expr(at, pattern.cls)
            names = _attributes(cls.value, pattern) if isinstance(cls, Const) else None
            parts = [*pattern.patterns, *pattern.kwd_patterns]
            for part, name in zip(parts, names or (), strict=False):
                if any(captures(part)):
                    _bind(at, part, _attribute(at, subject, name, part))
        case gast.MatchOr():
            _bind_any(at, pattern.patterns, subject)


def _bind_entries(at: Lifter, pattern: Any, subject: Value) -> None:
    table, keys = at.atom(subject, pattern), [expr(at, key) for key in pattern.keys]
    for key, part in zip(keys, pattern.patterns, strict=True):
        if any(captures(part)):
            _bind(at, part, getitem(at, table, key, part))
    if pattern.rest:
        rest = at.let(runtime.without, table, *keys, node=pattern)
        assign_name(at, pattern.rest, rest, pattern)


def _bind_any(at: Lifter, patterns: Sequence[Any], subject: Value) -> None:
    """Bind the names of the first alternative that fits."""
    test = fits(at, patterns[0], subject) if len(patterns) > 1 else Const(True)
    known = truth(at, test)
    if known is not None:
        _bind(at, patterns[0], subject) if known else _bind_any(at, patterns[1:], subject)
        return

    def first() -> None:
        _bind(at, patterns[0], subject)

    def others() -> None:
        _bind_any(at, patterns[1:], subject)

    where = patterns[0]
    at.fork(at.atom(test, where), at.arm(first), at.arm(others), where, "if")
