"""Open the containers among the parameters: their entries become variables of their own.

f(p):                       f(p):
    h = p["W"] @ x              W = p["W"]
    s = h + p["b"]     ->       b = p["b"]
                                h = W @ x
                                s = h + b
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from srcgrad.facts.kinds import Map, Rec, Seq, Type
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Block, Const, Let, Program, Stmt, Var
from srcgrad.program.walk import atoms, blocks, statements, substitute, with_blocks

Path = tuple[object, ...]


@dataclass(eq=False)
class Tree:
    """A parameter, or an entry of one: a leaf has a variable, a container has entries."""

    kind: Type | None
    var: Var
    entries: dict[object, Tree] = field(default_factory=dict)


def open_containers(
    program: Program, wrt: Iterable[int], types: Mapping[Var, Type]
) -> tuple[Program, dict[Var, Tree]]:
    """Return the program with its containers opened, and a tree for each parameter in ``wrt``."""
    trees: dict[Var, Tree] = {}
    mapping: dict[Var, Atom] = {}
    lets: list[Stmt] = []
    dropped: set[int] = set()
    for i in wrt:
        param = program.params[i]
        kind = types.get(param)
        trees[param] = Tree(kind, param)
        if isinstance(kind, (Map, Seq, Rec)):
            reads = _reads(program.body, param, kind)
            if reads is not None:
                _open(trees[param], reads, mapping, lets, dropped)
    if not mapping and not lets:
        return program, trees
    body = _without(program.body, dropped)
    body = substitute(body, mapping)
    body = Block((*lets, *body.stmts), body.results)
    return Program(program.name, program.params, body, program.origin, program.notes), trees


def entry(kind: Type | None, let: Let) -> tuple[object, Type] | None:
    """Return the key and type of what a statement reads of a container of this type."""
    if let.fn is operator.getitem and isinstance(let.args[1], Const):
        key = let.args[1].value
        if isinstance(kind, Map) and key in kind.keys:
            return key, kind.items[kind.keys.index(key)]
        if isinstance(kind, Seq) and type(key) is int and -len(kind.items) <= key < len(kind.items):
            return key % len(kind.items), kind.items[key]
    if isinstance(let.fn, ops.Attribute):
        if isinstance(kind, Rec) and let.fn.name in kind.fields:
            return let.fn.name, kind.items[kind.fields.index(let.fn.name)]
        if isinstance(kind, Seq) and let.fn.name in getattr(kind.cls, "_fields", ()):
            index = kind.cls._fields.index(let.fn.name)  # type: ignore[attr-defined]
            return index, kind.items[index]
    return None


Read = tuple[Let, object, Type, "list[Read] | None"]


def _reads(body: Block, var: Var, kind: Type) -> list[Read] | None:
    """Return the reads of entries of a variable, or None if it is used in any other way."""
    found: list[Read] = []
    for stmt, where in _users(body):
        if var not in where:
            continue
        if not isinstance(stmt, Let):
            return None
        if stmt.fn is ops.unpack and isinstance(kind, Seq):
            if len(kind.items) != len(stmt.targets):
                return None
            for i, target in enumerate(stmt.targets):
                below = _nested(body, target, kind.items[i])
                found.append((Let((target,), stmt.fn, stmt.args), i, kind.items[i], below))
            found.append((stmt, None, kind, None))
            continue
        read = entry(kind, stmt)
        if read is None or sum(atom is var for atom in stmt.args) != 1:
            return None
        found.append((stmt, *read, _nested(body, stmt.targets[0], read[1])))
    return found


def _nested(body: Block, var: Var, kind: Type) -> list[Read] | None:
    return _reads(body, var, kind) if isinstance(kind, (Map, Seq, Rec)) else None


def _users(block: Block) -> Iterator[tuple[Stmt | None, list[Atom]]]:
    for stmt in statements(block):
        yield stmt, list(atoms(stmt))
        for child in blocks(stmt):
            yield None, list(child.results)
    yield None, list(block.results)


def _open(
    tree: Tree,
    reads: list[Read],
    mapping: dict[Var, Atom],
    lets: list[Stmt],
    dropped: set[int],
) -> None:
    whole = {key for _, key, _, below in reads if below is None}
    for let, key, kind, below in reads:
        dropped.add(id(let))
        if key is None:
            continue
        (target,) = let.targets
        if key not in tree.entries:
            fn = let.fn if isinstance(let.fn, ops.Attribute) else operator.getitem
            args = (tree.var,) if fn is let.fn and fn is not operator.getitem else None
            leaf = Var(_hint(tree.kind, key) or target.hint, True)
            tree.entries[key] = Tree(kind, leaf)
            lets.append(Let((leaf,), fn, args or (tree.var, Const(key)), (), let.origin))
        child = tree.entries[key]
        mapping[target] = child.var
        if below and key not in whole:  # an entry read as a whole anywhere stays whole
            _open(child, below, mapping, lets, dropped)


def _hint(kind: Type | None, key: object) -> str:
    fields = getattr(getattr(kind, "cls", None), "_fields", ())
    name = fields[key] if isinstance(key, int) and fields else key
    return name if isinstance(name, str) and name.isidentifier() else ""


def _without(block: Block, dropped: set[int]) -> Block:
    kept = [
        with_blocks(stmt, [_without(child, dropped) for child in blocks(stmt)])
        for stmt in block.stmts
        if id(stmt) not in dropped
    ]
    return Block(tuple(kept), block.results)
