"""Write a program as the text of one function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from srcgrad.facts.owned import owned
from srcgrad.program import ops, walk
from srcgrad.program.nodes import Const, Let, Program, Var
from srcgrad.write.emit import Emitter
from srcgrad.write.expressions import Expressions
from srcgrad.write.fold import Folds, fold
from srcgrad.write.inject import Injected, likely
from srcgrad.write.lines import broken, laid_out
from srcgrad.write.spell import Spelling, clashing, identifier, spell
from srcgrad.write.standalone import standalone
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
    parts = [_prepared(one, types, avoid) for one in programs]
    locals_ = set().union(*(spelling.taken for _, _, spelling, _ in parts))
    injected = Injected(locals_ | wanted, namespace)
    injected.globals = {key for key in wanted - locals_ if identifier(key) == key}
    texts = []
    for one, folds, spelling, own in parts:
        title = identifier(name or one.name) if one is program else injected.name(one)
        texts.append(_text(one, title, types, folds, spelling, own, injected))
    for one in programs:
        injected.names.pop(injected.name(one), None) if one is not program else None
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


_Part = tuple[Program, Folds, Spelling, Any]


def _prepared(program: Program, types: Mapping[Var, Any], avoid: set[str]) -> _Part:
    own = owned(program, types)
    folds = fold(program, own)
    spelling = spell(program, folds, own, avoid)
    also = clashing(program, folds, spelling.names)
    if also:
        folds = fold(program, own, also)
        spelling = spell(program, folds, own, avoid)
    return program, folds, spelling, own


def _text(
    program: Program,
    title: str,
    types: Mapping[Var, Any],
    folds: Folds,
    spelling: Spelling,
    own: Any,
    injected: Injected,
) -> str:
    expressions = Expressions(folds, spelling.names, injected, own)
    emitter = Emitter(program, folds, spelling, expressions, own, types)
    items = emitter.program()
    params = ", ".join(spelling.names[var] for var in program.params)
    head = "\n".join(broken(f"def {title}({params}):"))
    return head + "\n" + laid_out(items, 1)
