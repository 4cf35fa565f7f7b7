"""Decide what the types of the variables decide: branches, and the helpers of the runtime.

Before, with ``x`` of shape (n, k) and ``b`` of shape (k,)::

    g = numpy.multiply(d, x)
    d_b = srcgrad.runtime.unbroadcast(g, b)

After::

    g = numpy.multiply(d, x)
    d_b = method('sum')(g, axis=0)
"""

from __future__ import annotations

import dataclasses
import operator
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from srcgrad import runtime
from srcgrad.facts.joins import truth
from srcgrad.facts.kinds import UNKNOWN, Arr, Dim, Known, Map, Num, Py, Rec, Seq, Type
from srcgrad.facts.shapes import result_type
from srcgrad.facts.sizes import Sizes, never_one
from srcgrad.facts.typed import const_type
from srcgrad.origin import Origin
from srcgrad.program import ops
from srcgrad.program.nodes import (
    UNDEFINED,
    Atom,
    Block,
    Const,
    Do,
    For,
    If,
    Let,
    Program,
    Stmt,
    Try,
    Var,
    While,
    With,
)
from srcgrad.program.walk import substitute_in, swap
from srcgrad.tidy.helpers import HELPERS, TESTS
from srcgrad.tidy.rename import renamed
from srcgrad.tidy.sides import is_tangent

Types = Mapping[Var, Type]


def specialise(program: Program, types: Types) -> Program:
    """Return the program with what the types decide decided; variables may lack a type.

    >>> from srcgrad import runtime
    >>> from srcgrad.program.build import Builder
    >>> from srcgrad.program.show import show
    >>> from srcgrad.facts.typed import type_of
    >>> b, x, g = Builder(), Var("x"), Var("g")
    >>> p = Program("f", (x, g), b.block(b.let(runtime.unbroadcast, g, x, hint="d_x")))
    >>> print(show(specialise(p, {x: type_of(1.0), g: type_of(np.ones(3))})))
    f(x, g):
        d_x = method('sum')(g)
        -> d_x
    """
    walker = Specialiser(types)
    body = renamed(walker.body(program.body), walker.names)
    return replace(program, body=body)


class Specialiser:
    """One walk; ``mapping`` says what stands for variables whose statements are gone."""

    def __init__(self, types: Types) -> None:
        self.types: dict[Var, Type] = dict(types)
        self.mapping: dict[Var, Atom] = {}
        self.made: dict[Var, Let] = {}
        self.sizes = Sizes()
        self.sizes.serial = 1 << 48
        self.new: set[Var] = set()
        self.zeros: set[Var] = set()
        self.names: dict[Var, Var] = {}
        self.unnamed: set[Var] = set()
        self.stmts: list[Stmt] = []
        self.origin: Origin | None = None
        self.hint = ""
        self.derived = False
        self.raised = False
        self.depth = 0
        self.reads: dict[tuple[Any, ...], Var] = {}

    def type(self, atom: Atom) -> Type:
        """Return the type of an atom."""
        if isinstance(atom, Const):
            return const_type(atom.value)
        return self.types.get(atom, UNKNOWN)

    def let(self, fn: Any, *args: Any, **kwargs: Any) -> Var:
        """Add a call; its type is inferred."""
        atoms = tuple(a if isinstance(a, (Var, Const)) else Const(a) for a in args)
        given = tuple(
            (key, item if isinstance(item, (Var, Const)) else Const(item))
            for key, item in kwargs.items()
        )
        var = Var(self.hint)
        self.new.add(var)
        if var not in self.types:
            kinds = [self.type(atom) for atom in atoms]
            named = {name: self.type(atom) for name, atom in given}
            self.types[var] = result_type(self.sizes, fn, kinds, named)
            self.sizes.undo(0)
        self.add(Let((var,), fn, atoms, given, self.origin))
        return var

    def add(self, let: Let) -> None:
        """Add a statement and remember what containers are made of."""
        self.stmts.append(let)
        if self.depth == 1 and let.fn is operator.getitem and isinstance(let.args[1], Const):
            self.reads.setdefault((let.args[0], repr(let.args[1].value)), let.targets[0])
        if self.derived and not let.targets[0].user:
            self.unnamed.update(let.targets)
        if let.fn in (ops.make_tuple, ops.make_list, ops.make_dict) and not let.kwargs:
            self.made[let.targets[0]] = let
        if isinstance(let.fn, type) and dataclasses.is_dataclass(let.fn) and not let.args:
            self.made[let.targets[0]] = let
        if let.fn in (np.zeros_like, runtime.zeros_like):
            self.zeros.add(let.targets[0])

    def is_zero(self, atom: Atom) -> bool:
        """Tell whether a cotangent is nothing but zeros."""
        made = self.made.get(atom) if isinstance(atom, Var) else None
        if made is not None:
            return made.fn is not ops.make_dict and all(map(self.is_zero, made.args))
        return atom in self.zeros or (isinstance(atom, Const) and atom.value == 0.0)

    def body(self, block: Block) -> Block:
        """Walk a block that stays a block."""
        outer, self.stmts = self.stmts, []
        derived, raised, self.raised = self.derived, self.raised, False
        self.depth += 1
        results = self.splice(block)
        self.depth -= 1
        done, self.stmts = self.stmts, outer
        self.derived, self.raised = derived, raised
        return Block(tuple(done), results)

    def splice(self, block: Block) -> tuple[Atom, ...]:
        """Walk a block into the statements of the current one; return its results."""
        for stmt in block.stmts:
            self.statement(stmt)
            if self.raised:
                return tuple(Const(UNDEFINED) for _ in block.results)
        return tuple(swap(atom, self.mapping) for atom in block.results)

    def statement(self, stmt: Stmt) -> None:
        match stmt:
            case Let():
                before, self.derived = self.derived, self.derived or is_tangent(stmt)
                self.call(stmt)
                self.derived = before
            case Do():
                self.derived = self.derived or stmt.fn is ops.mark
                self.stmts.append(substitute_in(stmt, self.mapping))
            case If():
                self.branch(stmt)
            case For():
                over = swap(stmt.over, self.mapping)
                init = tuple(swap(atom, self.mapping) for atom in stmt.init)
                body = self.body(stmt.body)
                self.stmts.append(replace(stmt, over=over, init=init, body=body))
            case While():
                init = tuple(swap(atom, self.mapping) for atom in stmt.init)
                test, body = self.body(stmt.test), self.body(stmt.body)
                self.stmts.append(replace(stmt, init=init, test=test, body=body))
            case Try():
                body, handler = self.body(stmt.body), self.body(stmt.handler)
                self.stmts.append(replace(stmt, body=body, handler=handler))
            case With():
                manager, body = swap(stmt.manager, self.mapping), self.body(stmt.body)
                self.stmts.append(replace(stmt, manager=manager, body=body))

    def branch(self, stmt: If) -> None:
        test = swap(stmt.test, self.mapping)
        known = None if is_undefined(test) else truth(self.type(test))
        if known is not None:
            results = self.splice(stmt.then if known else stmt.orelse)
            for var, atom in zip(stmt.targets, results, strict=True):
                self.mapping[var] = Const(UNDEFINED, var.hint) if is_undefined(atom) else atom
            return
        then, orelse = self.body(stmt.then), self.body(stmt.orelse)
        self.stmts.append(replace(stmt, test=test, then=then, orelse=orelse))

    def call(self, let: Let) -> None:
        new = substitute_in(let, self.mapping)
        assert isinstance(new, Let)
        lost = [atom for atom in new.args if type(atom) is Const and atom.value is UNDEFINED]
        if lost:
            self.unbound(new, lost[0])
            return
        out = self.decided(new) if len(let.targets) == 1 else self.taken_apart(new)
        if out is None:
            self.add(new)

    def unbound(self, let: Let, name: Const) -> None:
        """Add what Python does where a name is read that no path has bound."""
        if name.spelled is None:
            self.stmts.append(let)
            return
        text = (
            f"cannot access local variable {name.spelled!r} where it is not associated with a value"
        )
        error = Var("")
        self.stmts += [
            Let((error,), UnboundLocalError, (Const(text),), (), let.origin),
            Do(ops.raise_, (error,), (), let.origin),
        ]
        self.raised = True

    def decided(self, let: Let) -> Atom | None:
        """Add what does the same as a call, if types tell; return what stands for its target."""
        target = let.targets[0]
        self.origin, self.hint = let.origin, target.hint
        kind = self.types.get(target)
        if isinstance(kind, Known) and not target.user and self.foldable(let, kind):
            return self.stands(target, Const(kind.value))
        if let.kwargs:
            return None
        helper = HELPERS.get(let.fn)
        if helper is not None:
            out = helper(self, *let.args)
            return None if out is None else self.stands(target, out)
        if let.fn is operator.getitem:
            found = self.entry(*let.args)
            if found is not None:
                return self.stands(target, found)
        return None

    def stands(self, target: Var, out: Atom) -> Atom:
        """Let something stand for a variable; keep its name where the user gave it."""
        if isinstance(out, Var) and out in self.new and self.stmts:
            last = self.stmts[-1]
            if isinstance(last, Let) and last.targets == (out,):
                self.stmts[-1] = replace(last, targets=(target,))
                if self.derived and not target.user:
                    self.unnamed.add(target)
                if out in self.made:
                    self.made[target] = self.made.pop(out)
                return target
        if out in self.unnamed and target.user and out not in self.names:
            self.names[out] = target  # type: ignore[index]
        self.mapping[target] = out
        return out

    def foldable(self, let: Let, kind: Known) -> bool:
        """Tests fold anywhere; ranks and lengths only in what is not the user's own text."""
        if type(kind.value) is str:
            return self.derived and let.fn in (operator.getitem, runtime.einsum_turned)
        if not isinstance(kind.value, (bool, int, float)):
            return False
        if type(kind.value) is bool and let.fn in TESTS:
            return True
        ranks = (
            np.ndim, len, ops.attribute("ndim"), operator.add, operator.sub, operator.neg, max, min,
        )  # fmt: skip
        return self.derived and type(kind.value) is int and let.fn in ranks

    def entry(self, container: Atom, index: Atom) -> Atom | None:
        """Return what a container made in this program holds at a constant index."""
        let = self.made.get(container) if isinstance(container, Var) else None
        if let is None or not isinstance(index, Const):
            return None
        if let.fn is ops.make_dict:
            for key, item in zip(let.args[::2], let.args[1::2], strict=True):
                if not isinstance(key, Const):
                    return None
                if type(key.value) is type(index.value) and key.value == index.value:
                    return item
            return None
        if type(index.value) is int and -len(let.args) <= index.value < len(let.args):
            return let.args[index.value]
        return None

    def taken_apart(self, let: Let) -> bool | None:
        """``a, b = (x, y)`` needs no tuple."""
        made = self.made.get(let.args[0]) if let.args and isinstance(let.args[0], Var) else None
        if let.fn is not ops.unpack or made is None or made.fn is ops.make_dict:
            return None
        if len(made.args) != len(let.targets) or any(var.user for var in let.targets):
            return None
        self.mapping.update(zip(let.targets, made.args, strict=True))
        return True

    def dims(self, atom: Atom) -> Any:
        """Return the shape of an atom, or None."""
        match self.type(atom):
            case Arr(dtype, dims) if dtype.kind in "biufc":
                return dims
            case Py() | Num():
                return ()
            case Known(value) if type(value) in (bool, int, float, complex):
                return ()
        return None

    def fits(self, a: Dim, b: Dim) -> bool:
        """Tell whether a cotangent's size is that of its variable; both not one have to be."""
        return self.sizes.same(a, b) or (never_one(a) and never_one(b))

    def parts(self, atom: Atom, keys: tuple[Any, ...] | None = None) -> list[Atom] | None:
        """Return the entries of a container of known structure, adding reads where needed."""
        kind = self.type(atom)
        if not isinstance(kind, (Map, Seq, Rec)):
            return None
        hint, out, own = self.hint, [], keys_of(kind)
        for key in keys or own:
            i = own.index(key)
            made = self.made.get(atom) if isinstance(atom, Var) else None
            if isinstance(kind, Rec):
                found = dict(made.kwargs).get(key) if made is not None else None
            else:
                found = self.entry(atom, Const(key))
            if found is None:
                found = self.reads.get((atom, repr(key)))
            self.hint = key if isinstance(key, str) else hint
            if found is None and isinstance(kind, Rec):
                found = self.let(ops.attribute(key), atom)
            elif found is None:
                found = self.let(operator.getitem, atom, Const(key))
            if isinstance(found, Var):
                self.types.setdefault(found, kind.items[i])
            out.append(found)
        self.hint = hint
        return out

    def rebuilt(self, kind: Type, items: list[Atom]) -> Atom | None:
        """Make a container of this structure with other entries."""
        match kind:
            case Map(keys=keys):
                pairs = [atom for k, item in zip(keys, items, strict=True) for atom in (k, item)]
                return self.let(ops.make_dict, *pairs)
            case Seq(cls) if cls in (list, tuple):
                return self.let(ops.make_list if cls is list else ops.make_tuple, *items)
            case Seq(cls):
                return self.let(cls, *items)
            case Rec(cls, fields):
                return self.let(cls, **dict(zip(fields, items, strict=True)))
        return None


def keys_of(kind: Map | Seq | Rec) -> tuple[Any, ...]:
    """Return the keys, positions or field names of a container."""
    if isinstance(kind, Map):
        return kind.keys
    return kind.fields if isinstance(kind, Rec) else tuple(range(len(kind.items)))


def is_undefined(atom: Atom) -> bool:
    """Tell whether an atom is the value of an unbound variable."""
    return isinstance(atom, Const) and atom.value is UNDEFINED
