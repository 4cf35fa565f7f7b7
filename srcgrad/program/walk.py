"""Walking programs: what a statement reads, what it binds, and copies with other variables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import replace

from srcgrad.origin import Origin
from srcgrad.program.nodes import (
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


def atoms(stmt: Stmt) -> tuple[Atom, ...]:
    """Return what the statement itself reads, without looking into its blocks."""
    kind = type(stmt)
    if kind is Let or kind is Do:  # first, since nearly all statements are calls
        args, kwargs = stmt.args, stmt.kwargs  # type: ignore[union-attr]
        return (*args, *[atom for _, atom in kwargs]) if kwargs else args
    match stmt:
        case If():
            return (stmt.test,)
        case For():
            return (stmt.over, *stmt.init)
        case While():
            return stmt.init
        case With():
            return (stmt.manager,)
    return ()


def blocks(stmt: Stmt) -> tuple[Block, ...]:
    """Return the blocks inside a statement."""
    kind = type(stmt)
    if kind is Let or kind is Do:
        return ()
    match stmt:
        case If():
            return (stmt.then, stmt.orelse)
        case For():
            return (stmt.body,)
        case While():
            return (stmt.test, stmt.body)
        case Try():
            return (stmt.body, stmt.handler)
        case With():
            return (stmt.body,)
    return ()


def arms(stmt: Stmt) -> tuple[Block, ...]:
    """Return the blocks of which one gives the targets its results."""
    return () if isinstance(stmt, (For, While)) else blocks(stmt)


def targets(stmt: Stmt) -> tuple[Var, ...]:
    """Return the variables that the statement binds for those after it."""
    return () if type(stmt) is Do else stmt.targets  # type: ignore[union-attr]


def inner(stmt: Stmt) -> tuple[Var, ...]:
    """Return the variables that a statement binds for its own blocks."""
    match stmt:
        case For():
            return (stmt.each, *stmt.carried)
        case While():
            return stmt.carried
        case Try():
            return (stmt.error,)
        case With():
            return (stmt.entered,)
    return ()


def statements(block: Block) -> Iterator[Stmt]:
    """Yield every statement of a block, inner ones after their parents."""
    for stmt in block.stmts:
        yield stmt
        if type(stmt) is not Let:
            for child in blocks(stmt):
                yield from statements(child)


def has_loop(block: Block) -> bool:
    """Tell whether there is a loop anywhere inside a block."""
    return any(type(stmt) is For or type(stmt) is While for stmt in statements(block))


def calls(block: Block, table: Container[object]) -> bool:
    """Tell whether one of these callables is called anywhere inside a block."""
    return any(type(stmt) is Let and among(stmt.fn, table) for stmt in statements(block))


def bound(block: Block) -> set[Var]:
    """Return every variable bound anywhere inside a block."""
    found: set[Var] = set()
    for stmt in statements(block):
        found.update(targets(stmt))
        found.update(inner(stmt))
    return found


def free(block: Block) -> dict[Var, None]:
    """Return the variables a block reads and does not bind, in order of first reading."""
    inside = bound(block)
    found: dict[Var, None] = {}
    for atom in _reads(block):
        if isinstance(atom, Var) and atom not in inside:
            found[atom] = None
    return found


def free_in(stmt: Stmt) -> dict[Var, None]:
    """Return the variables a statement reads from outside itself, its blocks included."""
    found = {atom: None for atom in atoms(stmt) if isinstance(atom, Var)}
    own = set(inner(stmt))
    for child in blocks(stmt):
        found.update((var, None) for var in free(child) if var not in own)
    return found


def _reads(block: Block) -> list[Atom]:
    found: list[Atom] = []
    for stmt in statements(block):
        found += atoms(stmt)
        if type(stmt) is not Let:
            for child in blocks(stmt):
                found += child.results
    found += block.results
    return found


def uses(block: Block) -> dict[Var, int]:
    """Count the readings of every variable in a block, inner blocks included."""
    return Counter([atom for atom in _reads(block) if type(atom) is Var])


def with_blocks(stmt: Stmt, new: Iterable[Block]) -> Stmt:
    """Return the statement with other blocks, in the order of `blocks`."""
    if type(stmt) is Let:
        return stmt
    match stmt:
        case If():
            then, orelse = new
            return replace(stmt, then=then, orelse=orelse)
        case For():
            (body,) = new
            return replace(stmt, body=body)
        case While():
            test, body = new
            return replace(stmt, test=test, body=body)
        case Try():
            body, handler = new
            return replace(stmt, body=body, handler=handler)
        case With():
            (body,) = new
            return replace(stmt, body=body)
    return stmt


def alike(one: Block, other: Block) -> bool:
    """Tell whether two blocks are the same statements of the same variables."""
    if one is other:
        return True
    if one.results != other.results or len(one.stmts) != len(other.stmts):
        return False
    return all(a is b or _alike(a, b) for a, b in zip(one.stmts, other.stmts, strict=True))


def _alike(one: Stmt, other: Stmt) -> bool:
    if type(one) is not type(other) or targets(one) != targets(other):
        return False
    if isinstance(one, (Let, Do)) and isinstance(other, (Let, Do)):
        return one.fn is other.fn and (one.args, one.kwargs) == (other.args, other.kwargs)
    if inner(one) != inner(other) or tuple(atoms(one)) != tuple(atoms(other)):
        return False
    if any(getattr(one, key, "") != getattr(other, key, "") for key in _ALSO):
        return False
    return all(map(alike, blocks(one), blocks(other)))


_ALSO = ("form", "exits", "caught", "snapshots")


def swap(atom: Atom, mapping: Mapping[Var, Atom]) -> Atom:
    """Return what stands for an atom under a mapping."""
    return mapping.get(atom, atom) if isinstance(atom, Var) else atom


def substitute(block: Block, mapping: Mapping[Var, Atom]) -> Block:
    """Replace readings of variables; bindings stay as they are."""
    if not mapping:
        return block
    stmts = tuple([substitute_in(stmt, mapping) for stmt in block.stmts])
    results = tuple([swap(atom, mapping) for atom in block.results])
    return block if (stmts, results) == (block.stmts, block.results) else Block(stmts, results)


def substitute_in(stmt: Stmt, mapping: Mapping[Var, Atom]) -> Stmt:
    """Replace readings of variables in one statement, its blocks included.

    A statement that reads none of them is returned as it is.
    """
    match stmt:
        case Let() | Do():
            if mapping.keys().isdisjoint(stmt.args) and not stmt.kwargs:  # type: ignore[arg-type]
                return stmt
            args = tuple([swap(atom, mapping) for atom in stmt.args])
            kwargs = tuple([(name, swap(atom, mapping)) for name, atom in stmt.kwargs])
            if (args, kwargs) == (stmt.args, stmt.kwargs):
                return stmt
            if isinstance(stmt, Let):
                return Let(stmt.targets, stmt.fn, args, kwargs, stmt.origin)
            return Do(stmt.fn, args, kwargs, stmt.origin)
        case If():
            return replace(
                stmt,
                test=swap(stmt.test, mapping),
                then=substitute(stmt.then, mapping),
                orelse=substitute(stmt.orelse, mapping),
            )
        case For():
            return replace(
                stmt,
                over=swap(stmt.over, mapping),
                init=tuple(swap(atom, mapping) for atom in stmt.init),
                body=substitute(stmt.body, mapping),
            )
        case While():
            return replace(
                stmt,
                init=tuple(swap(atom, mapping) for atom in stmt.init),
                test=substitute(stmt.test, mapping),
                body=substitute(stmt.body, mapping),
            )
        case Try():
            return with_blocks(stmt, [substitute(child, mapping) for child in blocks(stmt)])
        case With():
            body = substitute(stmt.body, mapping)
            return replace(stmt, manager=swap(stmt.manager, mapping), body=body)


def copied(block: Block, mapping: dict[Var, Atom], origin: Origin | None = None) -> Block:
    """Copy a block with new variables for all that it binds.

    ``mapping`` says what stands for the free variables and is extended with the new ones.
    With ``origin``, the copies carry that origin: this is how rules are inlined.
    """
    stmts = tuple(_copied(stmt, mapping, origin) for stmt in block.stmts)
    return Block(stmts, tuple(swap(atom, mapping) for atom in block.results))


def _new(variables: tuple[Var, ...], mapping: dict[Var, Atom]) -> tuple[Var, ...]:
    made = tuple(Var(var.hint, var.user) for var in variables)
    mapping.update(zip(variables, made, strict=True))
    return made


def _copied(stmt: Stmt, mapping: dict[Var, Atom], origin: Origin | None) -> Stmt:
    where = origin or stmt.origin
    match stmt:
        case Let() | Do():
            args = tuple(swap(atom, mapping) for atom in stmt.args)
            kwargs = tuple((name, swap(atom, mapping)) for name, atom in stmt.kwargs)
            if isinstance(stmt, Do):
                return Do(stmt.fn, args, kwargs, where)
            return Let(_new(stmt.targets, mapping), stmt.fn, args, kwargs, where)
        case If():
            test = swap(stmt.test, mapping)
            then = copied(stmt.then, mapping, origin)
            orelse = copied(stmt.orelse, mapping, origin)
            return replace(
                stmt,
                targets=_new(stmt.targets, mapping),
                test=test,
                then=then,
                orelse=orelse,
                origin=where,
            )
        case For():
            over = swap(stmt.over, mapping)
            init = tuple(swap(atom, mapping) for atom in stmt.init)
            (each,) = _new((stmt.each,), mapping)
            carried = _new(stmt.carried, mapping)
            body = copied(stmt.body, mapping, origin)
            return replace(
                stmt,
                targets=_new(stmt.targets, mapping),
                each=each,
                over=over,
                carried=carried,
                init=init,
                body=body,
                origin=where,
            )
        case While():
            init = tuple(swap(atom, mapping) for atom in stmt.init)
            carried = _new(stmt.carried, mapping)
            turn = copied(stmt.test, mapping, origin)
            body = copied(stmt.body, mapping, origin)
            return replace(
                stmt,
                targets=_new(stmt.targets, mapping),
                carried=carried,
                init=init,
                test=turn,
                body=body,
                origin=where,
            )
        case Try():
            body = copied(stmt.body, mapping, origin)
            (error,) = _new((stmt.error,), mapping)
            handler = copied(stmt.handler, mapping, origin)
            made = _new(stmt.targets, mapping)
            return Try(made, stmt.caught, error, body, handler, where)
        case With():
            manager = swap(stmt.manager, mapping)
            (entered,) = _new((stmt.entered,), mapping)
            body = copied(stmt.body, mapping, origin)
            return With(_new(stmt.targets, mapping), manager, entered, body, where)


def inlined(
    program: Program, args: Iterable[Atom], origin: Origin | None = None
) -> tuple[tuple[Stmt, ...], tuple[Atom, ...]]:
    """Return the statements and results of a program applied to atoms."""
    block = copied(program.body, dict(zip(program.params, args, strict=True)), origin)
    return block.stmts, block.results


def is_const(atom: Atom, value: object) -> bool:
    """Tell whether an atom is a constant that is this very object or an equal plain number."""
    if not isinstance(atom, Const):
        return False
    if atom.value is value:
        return True
    return type(atom.value) is type(value) and type(value) in (int, float) and atom.value == value


def among(fn: object, table: Container[object]) -> bool:
    """Tell whether a callable is in a set or dict; callables without a hash are in none."""
    try:
        return fn in table
    except TypeError:
        return False
