"""Keep cotangents of real variables real, and those of complex ones complex.

Said here once, as broadcasting is undone once: where a real value was made complex, as in
``x * z``, what it is owed is the real part.

d_x = d_y * z    ->    d_x = np.real(d_y * z)

Programs that have no complex numbers see nothing of it.
"""

from __future__ import annotations

import cmath
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from srcgrad import runtime
from srcgrad.facts.kinds import UNKNOWN, Arr, DictOf, ListOf, Map, Py, Rec, Seq, Type
from srcgrad.facts.shapes_complex import is_complex, leaves
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Atom, Const, Fn, Let, Program, Var
from srcgrad.program.show import fn_name
from srcgrad.program.walk import among, statements
from srcgrad.rules.complexes import makes_complex, of_complex, why_not
from srcgrad.rules.table import Rule, rule_for

if TYPE_CHECKING:
    from srcgrad.derive.apply import Payer

_CONTAINERS = (Seq, ListOf, Map, DictOf, Rec)
MAKES = frozenset(
    {
        *(fn for fn in vars(np.fft).values() if callable(fn)),
        *(fn for fn in vars(cmath).values() if callable(fn)),
        complex, np.complex64, np.complex128, np.clongdouble, np.linalg.eig, np.linalg.eigvals,
        np.roots, np.sort_complex,
    }
)  # fmt: skip
"""What may make complex numbers of real ones."""
_OURS = frozenset(("", *"numpy builtins operator _operator math srcgrad random time copy".split()))
_MENTIONS = MAKES | {
    np.real, np.imag, np.conj, np.angle, np.vdot, np.iscomplexobj, np.isrealobj, np.isreal,
    np.iscomplex, np.load, np.fromfile, np.frombuffer, np.genfromtxt, np.loadtxt,
    *map(ops.attribute, ("real", "imag")), *map(ops.method, ("conj", "conjugate")),
}  # fmt: skip


def has_complex(types: Mapping[Var, Type], lets: Iterable[Let]) -> bool:
    """Tell whether there are complex numbers in a program; where types are unknown, by its words.

    A power of Python's numbers, which is complex where the base is negative, is none.
    """
    if any(
        (type(kind) is Arr and kind.dtype.kind == "c") or (type(kind) is Py and kind.cls is complex)
        for kind in types.values()
    ):
        return True
    unknown = [let for let in lets if types.get(let.targets[0], UNKNOWN) is UNKNOWN]
    if any(_speaks_of(let) or _is_foreign(let.fn) for let in unknown):
        return True
    return _inside(unknown, set())


def speaks_of_complex(program: Program) -> bool:
    """Tell whether complex numbers are written in a program, or may come from elsewhere."""
    lets = [stmt for stmt in statements(program.body) if isinstance(stmt, Let)]
    return has_complex({}, lets)


def _inside(lets: Iterable[Let], seen: set[Program]) -> bool:
    """Tell whether there are complex numbers in the helpers that are called."""
    for helper in [let.fn for let in lets if isinstance(let.fn, Program)]:
        if helper in seen:
            continue
        seen.add(helper)
        own = [stmt for stmt in statements(helper.body) if isinstance(stmt, Let)]
        if any(map(_speaks_of, own)) or _inside(own, seen):
            return True
    return False


def _is_foreign(fn: Fn) -> bool:
    """Tell whether a function may give complex numbers of which nothing is known."""
    if isinstance(fn, (Program, ops.Method, ops.Attribute, type)):
        return False
    root = (getattr(fn, "__module__", None) or "").partition(".")[0]
    if root == "scipy":
        return rule_for(fn) is None
    return root not in _OURS


def _speaks_of(let: Let) -> bool:
    given = [*let.args, *(atom for _, atom in let.kwargs)]
    return (
        among(let.fn, _MENTIONS)
        or makes_complex(let.fn)
        or any(isinstance(atom, Const) and _means_complex(atom.value) for atom in given)
    )


def _means_complex(value: object) -> bool:
    if isinstance(value, type):
        return issubclass(value, (complex, np.complexfloating))
    if isinstance(value, np.dtype):
        return value.kind == "c"
    return isinstance(value, (complex, np.complexfloating)) or (
        isinstance(value, str) and value in ("complex", "complex64", "complex128", "c8", "c16")
    )


def kinds_of(payer: Payer, let: Let) -> set[bool | None]:
    """Tell of what kinds the numbers in a call are: real, complex, and unknown ones."""
    atoms = [*let.targets, *let.args, *(atom for _, atom in let.kwargs)]
    kinds = [leaf for atom in atoms for leaf in leaves(payer.kind(atom))]
    found = {is_complex(kind) for kind in kinds}
    constants = [atom.value for atom in atoms if isinstance(atom, Const)]
    if any(map(_means_complex, constants)) or among(let.fn, MAKES) or makes_complex(let.fn):
        found.add(True)
    return found


def rule_in(payer: Payer, let: Let) -> Rule | None:
    """Return the rule of a call: where its numbers are or may be complex, that of those."""
    real = rule_for(let.fn)
    if not payer.complex or payer.kinds <= {False}:
        return real
    return of_complex(let.fn) or (real if True not in payer.kinds else None)


def check_real(payer: Payer, let: Let, b: Builder) -> None:
    """Look, when it runs, whether a call of numbers of unknown kind was one of real ones."""
    if payer.complex and None in payer.kinds and True not in payer.kinds:
        if of_complex(let.fn) is None:
            unsure = [
                a for a in let.args if isinstance(a, Var) and is_complex(payer.kind(a)) is None
            ]
            b.do(runtime.only_real, fn_name(let.fn), *unsure)


def refuse_complex(payer: Payer, let: Let) -> bool:
    """Refuse a call of complex numbers that has only a rule for real ones."""
    if not payer.complex or True not in payer.kinds or rule_for(let.fn) is None:
        return False
    if of_complex(let.fn) is not None:
        return False
    name = fn_name(let.fn).replace("numpy.", "np.")
    payer.refuse(
        let.origin,
        f"cannot differentiate through {name!r} of complex numbers",
        why_not(let.fn),
        "Compute with the real and the imaginary part, as two real arrays.",
    )
    return True


def brought(payer: Payer, atom: Var, g: Atom, b: Builder) -> Atom:
    """Return what is paid to a variable: real where that is, complex where that is.

    The items of containers were brought there one by one.
    """
    kind = payer.kind(atom)
    if not isinstance(g, Var) or isinstance(kind, _CONTAINERS) or atom in payer.lists:
        return g
    known = is_complex(kind)
    if known is None:
        return b.let(runtime.as_kind, g, atom)
    return b.let(runtime.as_complex if known else runtime.as_real, g)


def brought_items(payer: Payer, atom: Atom, g: Atom, b: Builder) -> Atom:
    """Return what the rule of a call owes to a container, each item as it is to be."""
    if not isinstance(payer.kind(atom), _CONTAINERS) or not isinstance(g, Var):
        return g
    return b.let(runtime.as_kind, g, atom)


def agree(*kinds: Type) -> bool:
    """Tell whether all numbers in values of these types are real, or all complex."""
    found = {is_complex(leaf) for kind in kinds for leaf in leaves(kind)}
    return len(found) < 2 and None not in found
