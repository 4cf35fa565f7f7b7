"""Write a program as the text of one function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from srcgrad.facts.owned import Owned, owned
from srcgrad.program import ops, walk
from srcgrad.program.nodes import Const, Let, Program, Var
from srcgrad.write.emit import Emitter
from srcgrad.write.expressions import Expressions
from srcgrad.write.fold import fold
from srcgrad.write.forms import Folds
from srcgrad.write.inject import Injected, likely
from srcgrad.write.inplace import Inplace
from srcgrad.write.lines import laid_out
from srcgrad.write.shape import Plan, planned
from srcgrad.write.spell import Spelling, clashing, identifier, spell
from srcgrad.write.standalone import standalone
from srcgrad.write.wrap import broken
from srcgrad.write.written import Written

__all__ = ["Written", "standalone", "write"]


def write(
    program: Program,
    types: Mapping[Var, Any] | None = None,
    *,
    name: str | None = None,
    namespace: dict[str, Any] | None = None,
) -> Written:
    """Write a program as readable Python.

    Parameters
    ----------
    program : Program
        A checked program.
    types : mapping, optional
        The types of its variables; more can be written in place where they are known.
    name : str, optional
        The name of the function; that of the program by default.
    namespace : dict, optional
        The globals of the user's function; those that the program reads first by default.
    """
    types = types or {}
    programs = [*reversed(list(called(program)))]
    reads = list(dict.fromkeys(read for one in programs for read in _globals(one)))
    names_read = _named_reads(reads)
    if namespace is None:
        namespace = names_read[0][0] if names_read else None
    wanted = {key for space, key in names_read if space is namespace}
    avoid = wanted | {word for one in programs for word in likely(one)}
    missing = frozenset() if namespace is None else wanted - namespace.keys()
    parts = [_prepared(one, types, avoid, missing) for one in programs]
    locals_ = set().union(*(part.spelling.taken for part in parts))
    injected = Injected(locals_ | wanted, namespace)
    injected.globals = {key for key in wanted - locals_ if identifier(key) == key}
    texts = []
    for part in parts:
        root = part.program is program
        title = identifier(name or program.name) if root else injected.name(part.program)
        texts.append(_text(part, title, types, injected))
    for one in programs:
        if one is not program:
            del injected.names[injected.name(one)]
    return Written(
        name=identifier(name or program.name),
        source="\n\n".join(texts),
        names=injected.names,
        cells=injected.cells,
        reads=tuple(sorted(injected.globals)),
        namespace=namespace,
        functions=tuple(injected.name(one) for one in programs if one is not program),
    )


def called(program: Program) -> Iterator[Program]:
    """Yield a program and the programs that it calls, each once."""
    seen: dict[int, Program] = {id(program): program}
    queue = [program]
    while queue:
        one = queue.pop()
        yield one
        for stmt in walk.statements(one.body):
            if isinstance(stmt, Let) and isinstance(stmt.fn, Program) and id(stmt.fn) not in seen:
                seen[id(stmt.fn)] = stmt.fn
                queue.append(stmt.fn)


def _globals(program: Program) -> Iterator[tuple[int, str]]:
    for stmt in walk.statements(program.body):
        if isinstance(stmt, Let) and stmt.fn is ops.read_global:
            yield stmt  # type: ignore[misc]


def _named_reads(stmts: list[Any]) -> list[tuple[dict[str, Any], str]]:
    found = []
    for stmt in stmts:
        space, key = stmt.args
        if isinstance(space, Const) and isinstance(key, Const):
            found.append((space.value, key.value))
    return found


@dataclass(frozen=True, slots=True)
class _Part:
    """One function on its way to text."""

    program: Program
    plan: Plan
    owned: Owned
    folds: Folds
    spelling: Spelling


def _prepared(
    program: Program, types: Mapping[Var, Any], avoid: set[str], missing: Set[str]
) -> _Part:
    plan, own = planned(program), owned(program, types)
    folds = fold(program, plan, own)
    spelling = spell(program, plan, folds, own, avoid, missing)
    also = clashing(program, plan, folds, spelling.names)
    if also:
        folds = fold(program, plan, own, also)
        spelling = spell(program, plan, folds, own, avoid, missing)
    return _Part(program, plan, own, folds, spelling)


def _text(part: _Part, title: str, types: Mapping[Var, Any], injected: Injected) -> str:
    expressions = Expressions(part.folds, part.spelling.names, injected)
    inplace = Inplace(part.program, part.owned, types, expressions)
    emitter = Emitter(part.program, part.plan, part.spelling, expressions, inplace)
    items = emitter.program()
    params = ", ".join(part.spelling.names[var] for var in part.program.params)
    head = "\n".join(broken(f"def {title}({params}):"))
    return head + "\n" + laid_out(items, 1)
