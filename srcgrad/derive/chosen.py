"""Pay back ``np.where``: the mask cuts the cotangent, whatever stands in the branch not taken.

where(c, g, 0.0) * p    ->    where(c, g * p, 0.0)
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from srcgrad import runtime
from srcgrad.derive.fit import same_shape
from srcgrad.derive.frames import Frame
from srcgrad.program.build import Builder
from srcgrad.program.nodes import Atom, Const, Let, Var

if TYPE_CHECKING:
    from srcgrad.derive.apply import Payer


@dataclass(frozen=True)
class Mask:
    """What a cotangent that comes out of ``np.where`` is: ``kept`` where the branch was taken.

    The ``outer`` one is of a choice that the branch was itself part of.
    """

    condition: Atom
    taken: bool
    kept: Atom
    outer: Mask | None = None


def is_choice(let: Let) -> bool:
    """Tell whether a call takes each element from one of two branches."""
    return let.fn is np.where and len(let.args) == 3 and not let.kwargs


def choose(payer: Payer, let: Let, g: Atom, frame: Frame, b: Builder) -> None:
    """Pay back a choice."""
    condition, *branches = let.args
    for taken, atom in zip((True, False), branches, strict=True):
        if atom in payer.live:
            outer = payer.masks.get(g) if isinstance(g, Var) else None
            mask = Mask(condition, taken, outer.kept if outer else g, outer)
            cot: Atom = _cut(payer, mask, g, b)
            if not same_shape(payer.kind(let.targets[0]), payer.kind(atom)):
                cot = b.let(runtime.unbroadcast, cot, atom)
            payer.pay(frame, atom, cot, b, made=True, numeric=True)


def times(payer: Payer, let: Let, g: Atom, partial: Atom, b: Builder) -> Var:
    """Multiply a cotangent by a partial, which may be anything where a branch was not taken."""
    if isinstance(g, Var) and g in payer.masks:
        mask = payer.masks[g]
        return _masked(payer, _with(mask, b.let(operator.mul, mask.kept, partial)), b)
    strong = let.targets[0] in payer.guarded and isinstance(partial, Var)
    return b.let(runtime.times if strong else operator.mul, g, partial)


def _masked(payer: Payer, mask: Mask, b: Builder) -> Var:
    kept = mask.kept if mask.outer is None else _masked(payer, mask.outer, b)
    return _cut(payer, mask, kept, b)


def _cut(payer: Payer, mask: Mask, kept: Atom, b: Builder) -> Var:
    branches = (kept, Const(0.0)) if mask.taken else (Const(0.0), kept)
    cot = b.let(np.where, mask.condition, *branches)
    payer.masks[cot] = mask
    return cot


def _with(mask: Mask, kept: Atom) -> Mask:
    outer = None if mask.outer is None else _with(mask.outer, kept)
    return replace(mask, kept=kept, outer=outer)
