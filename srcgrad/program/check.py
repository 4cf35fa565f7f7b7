"""Check a program: every variable is bound once, read in scope, and every count agrees."""

from __future__ import annotations

from srcgrad.errors import InternalError
from srcgrad.program.nodes import (
    Atom,
    Block,
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


def check(program: Program, stage: str = "?") -> Program:
    """Return the program if it is well formed.

    Raises
    ------
    InternalError
        If it is not; the message names the stage that built it.
    """
    checker = _Checker(program.name, stage)
    scope = dict.fromkeys(program.params)
    if len(scope) != len(program.params):
        checker.fail("a parameter occurs twice")
    checker.bound.update(scope)
    checker.block(program.body, set(scope), None)
    return program


class _Checker:
    def __init__(self, name: str, stage: str) -> None:
        self.name = name
        self.stage = stage
        self.bound: set[Var] = set()

    def fail(self, why: str) -> None:
        raise InternalError(f"after {self.stage}: program {self.name!r}: {why}")

    def bind(self, variables: tuple[Var, ...], scope: set[Var]) -> None:
        for var in variables:
            if var in self.bound:
                self.fail(f"{var.hint!r} is bound twice")
            self.bound.add(var)
            scope.add(var)

    def read(self, atom: Atom, scope: set[Var]) -> None:
        if isinstance(atom, Var) and atom not in scope:
            self.fail(f"{atom.hint!r} is read out of scope")

    def block(self, block: Block, scope: set[Var], count: int | None) -> None:
        for stmt in block.stmts:
            self.statement(stmt, scope)
        for atom in block.results:
            self.read(atom, scope)
        if count is not None and len(block.results) != count:
            self.fail(f"a block has {len(block.results)} results where {count} are wanted")

    def statement(self, stmt: Stmt, scope: set[Var]) -> None:
        match stmt:
            case Let() | Do():
                for atom in (*stmt.args, *(value for _, value in stmt.kwargs)):
                    self.read(atom, scope)
                if isinstance(stmt, Let):
                    if isinstance(stmt.fn, Program) and len(stmt.fn.params) != len(stmt.args):
                        self.fail(f"{stmt.fn.name!r} is called with {len(stmt.args)} arguments")
                    self.bind(stmt.targets, scope)
            case If():
                self.read(stmt.test, scope)
                self.block(stmt.then, set(scope), len(stmt.targets))
                self.block(stmt.orelse, set(scope), len(stmt.targets))
                self.bind(stmt.targets, scope)
            case For() | While():
                self.loop(stmt, scope)
            case Try():
                self.block(stmt.body, set(scope), len(stmt.targets))
                self.inside(stmt.error, stmt.handler, len(stmt.targets), scope)
                self.bind(stmt.targets, scope)
            case With():
                self.read(stmt.manager, scope)
                self.inside(stmt.entered, stmt.body, len(stmt.targets), scope)
                self.bind(stmt.targets, scope)

    def inside(self, var: Var, block: Block, count: int, scope: set[Var]) -> None:
        """Check a block with a variable of its own."""
        own = set(scope)
        self.bind((var,), own)
        self.block(block, own, count)

    def loop(self, loop: For | While, scope: set[Var]) -> None:
        if len(loop.carried) != len(loop.init):
            self.fail("a loop carries more or fewer variables than it is given")
        if len(loop.targets) < len(loop.carried) + int(loop.exits):
            self.fail("a loop has too few targets")
        for atom in loop.init:
            self.read(atom, scope)
        inside = set(scope)
        if isinstance(loop, For):
            self.read(loop.over, scope)
            self.bind((loop.each, *loop.carried), inside)
        else:
            self.bind(loop.carried, inside)
            self.block(loop.test, set(inside), 1)
        self.block(loop.body, inside, len(loop.targets))
        self.bind(loop.targets, scope)
