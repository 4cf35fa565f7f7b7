"""What is asked for, and what is known of the arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from srcgrad.facts.kinds import (
    Dim,
    Sym,
    Type,
)
from srcgrad.facts.objects import wanted
from srcgrad.facts.sizes import map_dims
from srcgrad.facts.typed import type_of
from srcgrad.facts.values import equal_sizes, small_sizes
from srcgrad.program.nodes import Program
from srcgrad.runtime.checkpoints import Snapshots


@dataclass(frozen=True)
class Options:
    """What to make of a function: positions of parameters, and what else to return."""

    wrt: tuple[int, ...] = (0,)
    several: bool = False
    value: bool = False
    aux: bool = False
    checkpoint: Snapshots | None = None


@dataclass(frozen=True)
class PairOptions:
    """What a vjp pays back to, and whether there is an auxiliary result."""

    wrt: tuple[int, ...]
    several: bool
    aux: bool
    checkpoint: Snapshots | None = None
    of: Options | None = None


@dataclass(frozen=True)
class PushOptions:
    """Which parameters move in a jvp, and what is returned besides the tangent.

    With ``of``, it is the gradient asked for there that moves, not the function itself.
    """

    wrt: tuple[int, ...]
    aux: bool = False
    value: bool = True
    of: Options | None = None


@dataclass(frozen=True)
class Signature:
    """What is known of the arguments: their types, and the functions and modules among them."""

    types: tuple[Type, ...] | None
    statics: Mapping[str, Any] = field(default_factory=dict)
    equal: Mapping[Any, Any] = field(default_factory=dict)
    small: Mapping[Any, int] = field(default_factory=dict)

    def types_for(self, program: Program) -> tuple[Type, ...]:
        """Return the types of the arguments; a program that writes is made for sizes that agree.

        Which parts of arrays are of one shape is hardly ever to be seen from slices alone.
        """
        types = asked_types(program, self)
        if program.notes.get("exact"):
            types = tuple(map_dims(kind, self._exact) for kind in types)
        if not program.notes.get("effects") or not self.equal:
            return types
        return tuple(map_dims(kind, self._shared) for kind in types)

    def _shared(self, dim: Dim) -> Dim:
        key = self.equal.get(dim.key) if isinstance(dim, Sym) else None
        return dim if key is None or isinstance(dim, int) else Sym(key, dim.not_one)

    def _exact(self, dim: Dim) -> Dim:
        return self.small.get(dim.key, dim) if isinstance(dim, Sym) else dim


def signature_of(args: Sequence[Any], statics: Mapping[str, Any]) -> Signature:
    """Return what is known of these arguments; ``statics`` are by name of the parameter."""
    types = tuple(type_of(arg, (i,)) for i, arg in enumerate(args))
    return Signature(types, statics, equal_sizes(args), small_sizes(args))


def asked_types(program: Program, signature: Signature) -> tuple[Type, ...]:
    """Return the types of the arguments, with those attributes of objects that are looked at."""
    assert signature.types is not None
    found = list(signature.types)
    for i, param in enumerate(program.params):
        paths = [s for root, s in program.notes.get("paths", ()) if _is_param(root, i)]
        if paths and param.hint in signature.statics:
            found[i] = type_of(signature.statics[param.hint], (i,), wanted(paths))
    return tuple(found)


def _is_param(root: Any, index: int) -> bool:
    return root.kind == "param" and root.name == str(index)
