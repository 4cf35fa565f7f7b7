"""Which variables may be unbound when they are handed on, as Python's names may be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from srcgrad.program.nodes import UNDEFINED, Atom, Block, Const, For, If, Var, While
from srcgrad.program.walk import arms, blocks, targets


def maybe_unbound(body: Block) -> set[Var]:
    """Return the variables that have no value on some path: on a turn or in an arm not taken."""
    found: set[Var] = set()
    before = -1
    while len(found) != before:
        before = len(found)
        _block(body, found)
    return found


def _block(block: Block, found: set[Var]) -> None:
    def missing(atom: Atom) -> bool:
        return atom in found if isinstance(atom, Var) else atom.value is UNDEFINED

    for stmt in block.stmts:
        for child in blocks(stmt):
            _block(child, found)
        for arm in arms(stmt):
            results = zip(arm.results, targets(stmt), strict=True)
            found.update(var for atom, var in results if missing(atom))
        if isinstance(stmt, (For, While)):
            skip = int(stmt.exits)
            for k, var in enumerate(stmt.carried):
                if missing(stmt.init[k]) or missing(stmt.body.results[skip + k]):
                    found.update((var, stmt.targets[skip + k]))


def surely_bound(body: Block, unbound: Collection[Var]) -> set[Var]:
    """Return those of the variables that may be unbound which are bound on every path after all.

    What a loop binds before it breaks is bound where its exit code says that it did::

        for i in range(n):
            if i > limit:
                y = i
                break
        else:
            y = 0
    """
    sure: set[Var] = set()
    loops: dict[Var, For | While] = {}

    def missing(atom: Atom) -> bool:
        if isinstance(atom, Var):
            return atom in unbound and atom not in sure
        return atom.value is UNDEFINED

    def visit(block: Block) -> None:
        for stmt in block.stmts:
            for child in blocks(stmt):
                visit(child)
            if isinstance(stmt, (For, While)) and stmt.exits:
                loops[stmt.targets[0]] = stmt
            elif isinstance(stmt, If):
                loop = loops.get(stmt.test)  # type: ignore[arg-type]
                for var, a, b in zip(
                    stmt.targets, stmt.then.results, stmt.orelse.results, strict=True
                ):
                    given = not missing(a) or (loop is not None and _left_bound(loop, a, missing))
                    if given and not missing(b):
                        sure.add(var)

    before = -1
    while len(sure) != before:
        before = len(sure)
        visit(body)
    return sure & set(unbound)


def _left_bound(loop: For | While, atom: Atom, missing: Callable[[Atom], bool]) -> bool:
    """Tell whether what a loop leaves is bound wherever its exit code is not 0."""
    if atom not in loop.targets[1 : 1 + len(loop.carried)]:
        return False
    place = loop.targets.index(atom)  # type: ignore[arg-type]
    return all(
        not missing(value)
        for code, value in _ends(loop.body, loop.body.results[0], loop.body.results[place])
        if not (isinstance(code, Const) and code.value == 0)
    )


def _ends(block: Block, code: Atom, value: Atom) -> Iterator[tuple[Atom, Atom]]:
    """Yield an exit code and a value for each end of the branches that give them."""
    made = next((s for s in block.stmts if isinstance(s, If) and code in s.targets), None)
    if made is None:
        yield code, value
        return
    place = made.targets.index(code)  # type: ignore[arg-type]
    for arm in (made.then, made.orelse):
        inner = arm.results[made.targets.index(value)] if value in made.targets else value  # type: ignore[arg-type]
        yield from _ends(arm, arm.results[place], inner)
