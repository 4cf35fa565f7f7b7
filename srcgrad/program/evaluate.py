"""Run a program directly, statement by statement: the oracle for every pass."""

from __future__ import annotations

import copy
from types import BuiltinFunctionType
from typing import Any

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
    n_collected,
)
from srcgrad.program.ops import PLAIN

Env = dict[Var, Any]
EFFECTS = Var("effects")
"""Stands in an environment for whether statements write into values, as Python's do."""


def evaluate(program: Program, *args: Any) -> Any:
    """Return the result of a program, or a tuple of them where it has several."""
    results = evaluate_all(program, *args)
    return results[0] if len(results) == 1 else results


def evaluate_all(program: Program, *args: Any, effects: bool | None = None) -> tuple[Any, ...]:
    """Return the results of a program, always as a tuple; ``effects`` are those of its caller."""
    if len(args) != len(program.params):
        raise TypeError(f"{program.name} takes {len(program.params)} arguments, not {len(args)}")
    env: Env = dict(zip(program.params, args, strict=True))
    env[EFFECTS] = bool(program.notes.get("effects")) if effects is None else effects
    return _block(program.body, env)


def _value(atom: Atom, env: Env) -> Any:
    value = env[atom] if isinstance(atom, Var) else atom.value
    if value is UNDEFINED:
        name = atom.hint if isinstance(atom, Var) else "?"
        raise UnboundLocalError(f"cannot access local variable {name!r}")
    return value


def _raw(atom: Atom, env: Env) -> Any:
    return atom.value if isinstance(atom, Const) else env[atom]


def _block(block: Block, env: Env) -> tuple[Any, ...]:
    for stmt in block.stmts:
        _statement(stmt, env)
    return tuple(_raw(atom, env) for atom in block.results)


def _statement(stmt: Stmt, env: Env) -> None:
    match stmt:
        case Let() | Do():
            args = [_value(atom, env) for atom in stmt.args]
            kwargs = {name: _value(atom, env) for name, atom in stmt.kwargs}
            if isinstance(stmt, Do):
                stmt.fn(*args, **kwargs)
                return
            if isinstance(stmt.fn, Program):
                results = evaluate_all(stmt.fn, *args, effects=env[EFFECTS])
            else:
                value = _meaning(stmt.fn, env)(*args, **kwargs)
                whole = len(stmt.targets) == 1 and stmt.fn not in (ops.unpack, ops.unpack_star)
                results = (value,) if whole else tuple(value)
            env.update(zip(stmt.targets, results, strict=True))
        case If():
            arm = stmt.then if _value(stmt.test, env) else stmt.orelse
            env.update(zip(stmt.targets, _block(arm, env), strict=True))
        case For() | While():
            _loop(stmt, env)
        case Try():
            env.update(zip(stmt.targets, _attempt(stmt, env), strict=True))
        case With():
            with _value(stmt.manager, env) as env[stmt.entered]:
                results = _block(stmt.body, env)
            env.update(zip(stmt.targets, results, strict=True))


def _attempt(stmt: Try, env: Env) -> tuple[Any, ...]:
    try:
        return _block(stmt.body, env)
    except stmt.caught as error:
        env[stmt.error] = error
        return _block(stmt.handler, env)


def _meaning(fn: Any, env: Env) -> Any:
    """Let an augmented operator work on a copy, unless statements write into values."""
    if not isinstance(fn, BuiltinFunctionType) or fn not in PLAIN or env[EFFECTS]:
        return fn
    return lambda old, value: fn(copy.copy(old), value)


def _loop(loop: For | While, env: Env) -> None:
    state = tuple(_raw(atom, env) for atom in loop.init)
    lists: tuple[list[Any], ...] = tuple([] for _ in range(n_collected(loop)))
    items = iter(_value(loop.over, env)) if isinstance(loop, For) else None
    code: Any = 0
    while True:
        inside = dict(env)
        inside.update(zip(loop.carried, state, strict=True))
        if isinstance(loop, For):
            assert items is not None
            try:
                inside[loop.each] = next(items)
            except StopIteration:
                break
        elif not _block(loop.test, inside)[0]:
            break
        results = _block(loop.body, inside)
        if loop.exits:
            code, results = results[0], results[1:]
        state = results[: len(loop.carried)]
        for collected, value in zip(lists, results[len(loop.carried) :], strict=True):
            collected.append(value)
        if loop.exits and code:
            break
    head = (code,) if loop.exits else ()
    env.update(zip(loop.targets, (*head, *state, *lists), strict=True))
