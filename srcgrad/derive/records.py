"""Pay back what reads and makes records: dataclasses, namedtuples, and objects unknown."""

from __future__ import annotations

import dataclasses
import inspect
from typing import TYPE_CHECKING

from srcgrad import runtime
from srcgrad.derive.frames import Frame
from srcgrad.facts.kinds import Other, Rec, Unknown
from srcgrad.origin import Origin
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Atom, Let, Program, Var
from srcgrad.program.walk import among
from srcgrad.rules.table import rule_for

if TYPE_CHECKING:
    from srcgrad.derive.apply import Payer


def is_record(payer: Payer, let: Let) -> bool:
    """Tell whether an attribute is that of a record."""
    kind = payer.kind(let.args[0])
    if isinstance(kind, Rec) or hasattr(getattr(kind, "cls", None), "_fields"):
        return True
    of_numbers = isinstance(let.fn, ops.Attribute) and let.fn.name in ("imag", "flat")
    return not of_numbers and rule_for(let.fn) is None and isinstance(kind, (Unknown, Other))


def attribute(payer: Payer, let: Let, g: Atom | None, frame: Frame, b: Builder) -> None:
    """Pay back the reading of an attribute."""
    assert isinstance(let.fn, ops.Attribute) and g is not None
    record = let.args[0]
    if not isinstance(record, Var) or record not in payer.live:
        return
    before = frame.current(record)
    base = b.let(runtime.zeros_like, record) if before is None else before
    if before is not None and payer.lacks(record):
        base = b.let(runtime.given, base, record)
    frame.owed[record] = b.let(runtime.put_attr, base, let.fn.name, g)


def constructor(payer: Payer, let: Let, g: Atom | None, frame: Frame, b: Builder) -> None:
    """Pay back the making of a record."""
    assert isinstance(let.fn, type) and g is not None
    names = list(inspect.signature(let.fn).parameters)
    given = [*zip(names, let.args, strict=False), *let.kwargs]
    for name, atom in given:
        if isinstance(atom, Var) and atom in payer.live:
            payer.pay(frame, atom, b.let(ops.attribute(name), g), b, made=True)


_KEEPS = frozenset({ops.same, ops.make_tuple, ops.make_list, ops.make_dict, ops.list_append})


def taken_whole(payer: Payer, let: Let) -> bool:
    """Refuse a call that gets an object of the user's class as a whole; tell whether it is one."""
    if isinstance(let.fn, (ops.Attribute, Program)) or among(let.fn, _KEEPS):
        return False
    if isinstance(let.fn, type) and is_record_class(let.fn):
        return False
    if (getattr(let.fn, "__module__", None) or "").startswith("srcgrad.runtime"):
        return False
    given = (*let.args, *(atom for _, atom in let.kwargs))
    return any([refuse_whole(payer, atom, let.origin) for atom in given])


def refuse_whole(payer: Payer, atom: Atom, origin: Origin | None) -> bool:
    """Refuse to look into an object of the user's class other than at its attributes."""
    kind = payer.kind(atom)
    if not isinstance(kind, Rec) or atom not in payer.live:
        return False
    name = kind.cls.__name__
    payer.refuse(
        origin,
        f"cannot differentiate through an object of the class {name!r} as a whole",
        f"How a {name} is taken apart here is not to be seen in the source.",
        "Hand on its attributes one by one.",
    )
    return True


def is_record_class(cls: type) -> bool:
    """Tell whether a class is one of records."""
    return dataclasses.is_dataclass(cls) or hasattr(cls, "_fields")
