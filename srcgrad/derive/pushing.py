"""Apply a derivative rule to one call, forwards: the tangent of its result.

z = x * y       ->      t_z = y * t_x + x * t_y
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np

from srcgrad import runtime
from srcgrad.derive.apply import LEAD, at
from srcgrad.derive.complexes import (
    check_real,
    kinds_of,
    refuse_complex,
    rule_in,
)
from srcgrad.derive.fit import same_shape
from srcgrad.derive.forms import by_position, kind_asked, parameters, unknown
from srcgrad.derive.sparse import dense_or_product
from srcgrad.derive.transposed import transposed
from srcgrad.facts.activity import INERT
from srcgrad.facts.kinds import Arr, ListOf, Seq
from srcgrad.facts.shapes_complex import is_complex
from srcgrad.program import ops
from srcgrad.program.build import Builder
from srcgrad.program.nodes import UNDEFINED, Atom, Const, Let, Program, Var
from srcgrad.program.walk import among, is_const
from srcgrad.rules.table import Rule

if TYPE_CHECKING:
    from srcgrad.derive.forward import Walker

Place = int | str
_GROWING = frozenset({operator.iadd, operator.isub})
"""What changes a variable by a term: its tangent is changed likewise."""


def pushed(walker: Walker, let: Let, b: Builder) -> Atom | None:
    """Return the tangent of the result of a call by its rule; None where nothing flows."""
    payer = walker.payer
    if payer.complex:
        payer.kinds = kinds_of(payer, let)
    out = _by_rule(walker, let, b)
    if out is not None and payer.complex:
        out = _agreed(walker, let, out, b)
    payer.kinds = {False}
    return out


def _agreed(walker: Walker, let: Let, out: Atom, b: Builder) -> Atom:
    """Keep the tangent of a real result real: that of ``abs(z)`` is the real part of a product."""
    payer, target = walker.payer, let.targets[0]
    known = is_complex(payer.kind(target))
    moving = [payer.kind(atom) for _, atom in _moving(walker, let)]
    if payer.kinds <= {False} or payer.kinds == {True} or not isinstance(out, Var):
        return out
    if known is False and any(is_complex(kind) is not False for kind in moving):
        return b.let(runtime.as_real, out)
    return b.let(runtime.as_kind, out, target) if known is None else out


def _by_rule(walker: Walker, let: Let, b: Builder) -> Atom | None:
    payer = walker.payer
    other = dense_or_product(let, [payer.kind(atom) for atom in let.args])
    if other is None:
        payer.refuse_call(let, list(let.args), "sparse matrices")
        return None
    let = other
    if refuse_complex(payer, let):
        return None
    rule = None if isinstance(let.fn, Program) else rule_in(payer, let)
    if rule is not None and rule.kind == "zero":
        return None
    check_real(payer, let, b)
    if rule is not None and rule.function is not None:
        let = by_position(let, rule.function)
    if rule is None or (rule.function is None and not rule.pushes and not rule.together):
        payer.refuse_call(let, [atom for _, atom in _moving(walker, let)])
        return None
    if rule.function is not None:
        lead = LEAD.get(rule.kind, 2)
        strange = unknown(let, rule.function, lead)
        asked = kind_asked(let, rule.function, lead)
        if asked and asked not in ("biufc" if payer.complex else "biuf"):
            strange = "this dtype"
        if strange is not None:
            payer.refuse_call(let, [atom for _, atom in _moving(walker, let)], strange)
            return None
        if asked and asked in "biu":  # whole numbers carry nothing
            return None
    return _ways(walker, rule, let, b)


def _ways(walker: Walker, rule: Rule, let: Let, b: Builder) -> Atom | None:
    """Take the shortest way that a rule offers."""
    moving = [place for place, _ in _moving(walker, let)]
    joint = _joint(rule, let)
    if rule.only:
        moving = [place for place in moving if place in joint]
        if not moving:
            return None
    if joint.issuperset(moving) and not rule.multiplies:
        return _together(walker, let, joint, b)
    pushes = dict(rule.pushes)
    if all(place in pushes for place in moving):
        terms = [_push(walker, rule, let, place, b) for place in moving]
        return _spread(walker, let, _sum([(t, False) for t in terms if t is not None], b), b, True)
    if rule.function is None:
        walker.payer.refuse_call(let, [atom for _, atom in _moving(walker, let)])
        return None
    if rule.kind == "elementwise":
        return _elementwise(walker, rule, let, b)
    if rule.kind == "linear" and moving == [0] and not _by_memory(let):
        return _called(walker, let, {0: walker.tangent(let.args[0])}, b)
    by_place = all(isinstance(place, int) for place in moving)
    if by_place and (rule.multiplies or _is_multilinear(walker, rule, let, moving)):
        parts = [_called(walker, let, {p: walker.tangent(let.args[p])}, b) for p in moving]  # type: ignore[index]
        return _spread(walker, let, _sum([(t, False) for t in parts], b), b, True)
    return transposed(walker, rule, let, b)


def _is_multilinear(walker: Walker, rule: Rule, let: Let, moving: list[Place]) -> bool:
    """Tell whether a rule is that of a function that is linear in each argument that moves."""
    if rule.kind != "multilinear" or rule.function is None:
        return False
    seen = walker.payer.seen(let, rule, Builder())
    owed = walker.payer.inline(rule.function, [Var("g"), let.targets[0]], seen, Builder())
    given = [at(owed, place) if isinstance(place, int) else None for place in moving]
    return not any(cot is None or is_const(cot, None) for cot in given)


def _by_memory(let: Let) -> bool:
    """Tell whether elements are read in the order of memory, which tangents need not share."""
    given = (*let.args[1:], *(atom for _, atom in let.kwargs))
    words = [atom.value for atom in given if isinstance(atom, Const)]
    return any(isinstance(word, str) and word in ("A", "K") for word in words)


def _moving(walker: Walker, let: Let) -> list[tuple[Place, Atom]]:
    """Return the arguments of a call that have a tangent, by place or name."""
    named: list[tuple[Place, Atom]] = [*enumerate(let.args), *let.kwargs]
    return [(place, atom) for place, atom in named if walker.tangent(atom) is not None]


def _joint(rule: Rule, let: Let) -> set[Place]:
    """Return the arguments of a call in which its function is linear when all of them move."""
    if "*" in rule.together:
        return set(range(len(let.args)))
    found: set[Place] = set(rule.together)
    if rule.function is not None:
        params = parameters(rule.function)[LEAD.get(rule.kind, 2) :]
        found |= {i for i, param in enumerate(params) if param.name in rule.together}
        found |= {param.name for i, param in enumerate(params) if i in rule.together}
    return found


def _together(walker: Walker, let: Let, joint: set[Place], b: Builder) -> Atom:
    """Apply a function to the tangents of some arguments, and zeros for those that have none."""
    known: dict[Place, Atom | None] = {}
    for place, atom in [*enumerate(let.args), *let.kwargs]:
        if place in joint and not is_const(atom, None):
            known[place] = walker.tangent(atom) or walker.zeros(atom, b)
    return _called(walker, let, known, b)


def _called(walker: Walker, let: Let, new: dict[Place, Atom | None], b: Builder) -> Var:
    """Make a call again with other arguments."""
    args = [new.get(i) or atom for i, atom in enumerate(let.args)]
    kwargs: dict[str, Any] = {name: new.get(name) or atom for name, atom in let.kwargs}
    fn = ops.PLAIN.get(let.fn, let.fn) if among(let.fn, ops.PLAIN) else let.fn  # type: ignore[arg-type]
    kind = walker.payer.kind(let.args[0])
    if isinstance(fn, (ops.Method, ops.Attribute)) and isinstance(kind, Arr) and kind.scalar:
        args[0] = b.let(np.asarray, args[0])  # zeros may be Python's
    return b.let(fn, *args, **kwargs)


def _push(walker: Walker, rule: Rule, let: Let, place: Place, b: Builder) -> Atom | None:
    """Apply the push part of a rule."""
    tangent = walker.tangent(let.args[place] if isinstance(place, int) else dict(let.kwargs)[place])
    assert tangent is not None
    push = dict(rule.pushes)[place]  # type: ignore[index]
    seen = walker.payer.seen(let, rule, b)
    if isinstance(place, int) and seen.args[place] is not let.args[place]:
        tangent = b.let(np.asarray, tangent)
    strange = unknown(let, push, 2)
    out = walker.payer.inline(push, [tangent, let.targets[0]], seen, b)[0] if not strange else None
    if out is None or is_const(out, UNDEFINED):
        walker.payer.refuse_call(let, [atom for _, atom in _moving(walker, let)], strange)
        return None
    return out


def _elementwise(walker: Walker, rule: Rule, let: Let, b: Builder) -> Atom | None:
    """Add up partial derivatives times tangents."""
    payer = walker.payer
    assert rule.function is not None
    seen = payer.seen(let, rule, b)
    before = len(b.stmts)
    partials = payer.inline(rule.function, [let.targets[0]], seen, b)
    made = [stmt for stmt in b.stmts[before:] if isinstance(stmt, Let)]
    terms: list[tuple[Atom, bool]] = []
    covered: set[Atom] = set()
    for place, atom in _moving(walker, let):
        partial = at(partials, place) if isinstance(place, int) else None
        if partial is None or is_const(partial, None) or is_const(partial, UNDEFINED):
            payer.refuse_call(let, [atom])
            continue
        tangent = walker.tangent(atom)
        assert tangent is not None and isinstance(place, int)
        if seen.args[place] is not let.args[place]:
            tangent = b.let(np.asarray, tangent)
        covered |= {atom, *_reads(partial, made)}
        if is_const(partial, 0.0):
            continue
        if not is_const(partial, 1.0) and not is_const(partial, -1.0):
            tangent = b.let(operator.mul, partial, tangent)
        terms.append((tangent, is_const(partial, -1.0)))
    if among(let.fn, _GROWING) and len(terms) == 2 and terms[0][0] is not terms[1][0]:
        return b.let(let.fn, terms[0][0], terms[1][0])  # type: ignore[arg-type]
    whole = let.targets[0] in covered or {a for a in let.args if isinstance(a, Var)} <= covered
    return _spread(walker, let, _sum(terms, b), b, whole)


def _reads(atom: Atom, made: list[Let]) -> set[Atom]:
    """Return what the elements of a partial derivative are computed from: it has their shape."""
    found: set[Atom] = set()
    waiting = [atom]
    sources = {var: let for let in made for var in let.targets}
    while waiting:
        one = waiting.pop()
        let = sources.get(one) if isinstance(one, Var) else None
        if let is None:
            found.add(one)
        elif not among(let.fn, INERT):
            waiting += [*let.args]
    return found


def _sum(terms: list[tuple[Atom, bool]], b: Builder) -> Atom | None:
    """Add terms up; some are to be subtracted."""
    total: Atom | None = None
    for term, less in sorted(terms, key=lambda pair: pair[1]):
        if total is None:
            total = b.let(operator.neg, term) if less else term
        else:
            total = b.let(operator.sub if less else operator.add, total, term)
    return total


def _spread(
    walker: Walker, let: Let, total: Atom | None, b: Builder, whole: bool = False
) -> Atom | None:
    """Give a tangent the shape and the precision of the result, where it may lack them."""
    payer, target = walker.payer, let.targets[0]
    if total is None:
        return None
    kind = payer.kind(target)
    if isinstance(kind, (Seq, ListOf)):
        return total
    moving = [payer.kind(atom) for _, atom in _moving(walker, let)]
    if not whole and not any(same_shape(one, kind) for one in moving):
        total = b.let(runtime.unbroadcast, total, target)
    if isinstance(kind, Arr) and not kind.scalar and kind.dtype.kind in "fc":
        if not any(isinstance(one, Arr) and one.dtype == kind.dtype for one in moving):
            kinds = {one.dtype.kind for one in moving if isinstance(one, Arr)}
            # Of what came from complex numbers the real part is still to be taken.
            if kinds & {"f", "c"} and (kind.dtype.kind == "c" or "c" not in kinds):
                total = b.let(np.asarray, total, kind.dtype)
    return total
