"""Blocks as lines: statements, and the copies where the arms of an If and the turns of loops end.

A loop whose variable and its next value have one name needs no copy; what is left is assigned
in an order in which nothing is overwritten that is still to be read, or all at once.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping

from srcgrad.origin import Origin
from srcgrad.program import ops
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
from srcgrad.write.attempts import attempt, within
from srcgrad.write.copies import Copy, ordered
from srcgrad.write.expressions import Expressions, negated
from srcgrad.write.forms import comprehension
from srcgrad.write.inplace import Inplace
from srcgrad.write.lines import Item, Line, choice, flattened, leaves
from srcgrad.write.loops import else_clause, for_loop, left, while_loop
from srcgrad.write.print import argument_of, target_of, text_of
from srcgrad.write.shape import Plan, is_undefined, stops, through
from srcgrad.write.spell import Spelling
from srcgrad.write.unbound import none_where_unbound

End = Callable[[tuple[Atom, ...]], None]


class Emitter:
    """Turns a program into lines."""

    def __init__(
        self,
        program: Program,
        plan: Plan,
        spelling: Spelling,
        expressions: Expressions,
        inplace: Inplace,
    ) -> None:
        self.whole = program
        self.plan = plan
        self.folds = expressions.folds
        self.count = plan.count
        self.spelling = spelling
        self.names = spelling.names
        self.unbound = none_where_unbound(program, spelling.names)
        self.expressions = expressions
        self.inplace = inplace
        self.leaving: dict[For | While, End] = {}
        self.out: list[Item] = []
        self.backward = False
        self.entries: Atom | None = None
        self.caught: list[Atom] = []
        self.again: list[Atom] = []

    def program(self) -> list[Item]:
        """Return the lines of the function's body."""
        self.block(self.whole.body, self.returned)
        return self.out

    def returned(self, results: tuple[Atom, ...]) -> None:
        """End the function."""
        if leaves(self.out):
            return
        trees = [self.expressions.atom(atom) for atom in results if not is_undefined(atom)]
        if len(trees) < len(results) and not trees:
            return
        trees = [
            ast.Constant(value=None) if is_undefined(atom) else self.expressions.atom(atom)
            for atom in results
        ]
        tree = trees[0] if len(trees) == 1 else ast.Tuple(elts=trees, ctx=ast.Load())
        text = text_of(tree)
        self.put("return " + text, None, jumps=True)

    def put(self, text: str, origin: Origin | None, jumps: bool = False) -> None:
        """Add a line."""
        self.entries = None
        self.out.append(Line(text, origin, self.backward, jumps))

    def text(self, atom: Atom) -> str:
        """Return an atom's expression as text that can be an argument."""
        return argument_of(self.expressions.atom(atom))

    def captured(self, work: Callable[[], None]) -> list[Item]:
        """Return the lines that some work adds."""
        outside, self.out = self.out, []
        state = self.backward
        work()
        self.backward = state
        found, self.out = self.out, outside
        self.entries = None
        return found

    def block(
        self,
        block: Block,
        end: End,
        before: Callable[[int], None] | None = None,
        turning: bool = False,
        start: int = 0,
    ) -> None:
        """Add the lines of a block from a statement on, then whatever its end asks for."""
        final = self.plan.final(block)
        done: Stmt | None = None
        for index, stmt in enumerate(block.stmts[start:], start):
            if before is not None:
                before(index)
            if stmt is done:
                continue
            clause = self.plan.orelse.get(stmt) if isinstance(stmt, (For, While)) else None
            if clause is not None and else_clause(self, stmt, clause):  # type: ignore[arg-type]
                done = clause
            elif final is not None and stmt is final:
                self.branch(final, self.passed(block, final, end), turning)
                return
            elif final is not None and stmt in self.plan.returning:
                passed = self.passed(block, final, end)
                self.leaving[stmt] = left(stmt, final, passed)  # type: ignore[index, arg-type]
                self.statement(stmt)
                self.block(final.orelse, passed, turning=turning)
                return
            else:
                self.statement(stmt)
        if before is not None:
            before(len(block.stmts))
        end(block.results)

    def passed(self, block: Block, final: If, end: End) -> End:
        """Return the end of a block as the end of the arms of its last If."""

        def arm_end(results: tuple[Atom, ...]) -> None:
            outside = self.expressions.swapped
            inside: dict[Atom, Atom] = dict(zip(final.targets, results, strict=True))
            self.expressions.swapped = {**outside, **inside}
            end(through(block, final, results))
            self.expressions.swapped = outside

        return arm_end

    def statement(self, stmt: Stmt) -> None:
        """Add one statement, unless it is part of an expression."""
        if not isinstance(stmt, Do) and stmt.targets and stmt.targets[0] in self.folds.exprs:
            return
        match stmt:
            case Let():
                self.let(stmt)
            case Do():
                self.effect(stmt)
            case If():
                self.choose(stmt)
            case For():
                if comprehension(stmt, self.folds) is not None:
                    value = text_of(self.expressions.statement(stmt))
                    self.put(f"{self.names[stmt.targets[0]]} = {value}", stmt.origin)
                else:
                    for_loop(self, stmt)
            case While():
                while_loop(self, stmt)
            case Try():
                attempt(self, stmt)
            case With():
                within(self, stmt)

    def let(self, stmt: Let) -> None:
        text = self.inplace.text(stmt, self.backward)
        if text is None:
            text = self.assignment(stmt)
        entry = _is_entry(stmt)
        if entry and self.entries is stmt.args[0] and self.out and isinstance(self.out[-1], Line):
            joined = _joined(self.out[-1].text, text)
            if len(joined) <= 84:
                self.out[-1].text = joined
                return
        self.put(text, stmt.origin)
        self.entries = stmt.args[0] if entry else None

    def assignment(self, stmt: Let) -> str:
        value = text_of(self.expressions.call(stmt))
        shown = [var for var in stmt.targets if var.user or self.count.get(var)]
        if not shown and not _unpacks(stmt):
            return value
        return f"{self.targets(stmt)} = {value}"

    def targets(self, stmt: Let, inner: Mapping[Atom, Let] | None = None) -> str:
        """Return the left side of an assignment; ``inner`` are items that are unpacked too."""
        names = [
            f"({self.targets(inner[var], inner)})" if inner and var in inner else self.names[var]
            for var in stmt.targets
        ]
        if stmt.fn is ops.unpack_star and isinstance(stmt.args[1], Const):
            names[stmt.args[1].value] = "*" + names[stmt.args[1].value]
        text = target_of(names)
        return text + "," if len(names) == 1 and _unpacks(stmt) else text

    def effect(self, stmt: Do) -> None:
        args = [self.text(atom) for atom in stmt.args if stmt.fn is not ops.mark]
        if stmt.fn is ops.mark:
            word = stmt.args[0].value if isinstance(stmt.args[0], Const) else "backward"
            self.backward = word == "backward"
            if self.out:
                self.put(f"# {word}", None)
        elif stmt.fn is ops.raise_:
            cause = stmt.args[1] if len(stmt.args) > 1 else Const(None)
            bare = isinstance(cause, Const) and cause.value is None
            again = bare and self.caught[-1:] == [stmt.args[0]]
            self.again += [stmt.args[0]] * again
            error = "raise" if again else f"raise {args[0]}"
            self.put(error + ("" if bare else f" from {args[1]}"), stmt.origin, True)
        elif stmt.fn is ops.assert_:
            self.put("assert " + ", ".join(args), stmt.origin)
        else:
            self.put(text_of(self.expressions.call(stmt)), stmt.origin)

    def choose(self, stmt: If) -> None:
        if stmt.form != "if" and len(stmt.targets) == 1:
            if all(map(self.folds.block_is_expression, (stmt.then, stmt.orelse))):
                value = text_of(self.expressions.statement(stmt))
                self.put(f"{self.names[stmt.targets[0]]} = {value}", stmt.origin)
                return
        self.branch(stmt, lambda results: self.copy(stmt.targets, results))

    def branch(self, stmt: If, end: End, turning: bool = False) -> None:
        """Add an If; what its targets are for is done at the ends of its arms."""
        test = self.expressions.atom(stmt.test)
        arms = [self.arm(arm, end, turning) for arm in (stmt.then, stmt.orelse)]
        if turning and not self.backward:
            arms[0] = flattened(arms[0], arms[1])
        self.out += choice(text_of(test), text_of(negated(test)), *arms)

    def arm(self, arm: Block, end: End, turning: bool) -> list[Item]:
        """Return the lines of one arm of an If."""
        close = _nothing if stops(arm) else end
        return self.captured(lambda: self.block(arm, close, turning=turning))

    def copy(self, variables: tuple[Var, ...], atoms: tuple[Atom, ...], pack: bool = False) -> None:
        """Assign atoms to variables, all at the same time."""
        copies = []
        for var, atom in zip(variables, atoms, strict=True):
            if var not in self.names:
                continue
            name = self.names[var]
            if is_undefined(atom):
                if var in self.unbound:
                    copies.append(Copy(name, "None", frozenset(), None, True))
                continue
            if isinstance(atom, Var) and self.names.get(atom) == name:
                if atom not in self.folds.exprs:
                    continue
            copies.append(self.one_copy(name, atom))
        for group in ordered(copies, pack):
            left = ", ".join(one.name for one in group)
            right = ", ".join(one.text for one in group)
            self.put(f"{left} = {right}", group[0].origin)

    def one_copy(self, name: str, atom: Atom) -> Copy:
        if isinstance(atom, Const):
            return Copy(name, self.text(atom), frozenset(), None, True)
        stmt = self.folds.exprs.get(atom)
        reads = self.folds.reads[atom] if stmt is not None else (atom,)
        names = frozenset(self.names[var] for var in reads)
        origin = stmt.origin if stmt is not None else None
        return Copy(name, self.text(atom), names, origin, False)


def _nothing(results: tuple[Atom, ...]) -> None:
    """The end of a block that is never reached."""


def _unpacks(stmt: Let) -> bool:
    return stmt.fn in (ops.unpack, ops.unpack_star)


def _is_entry(stmt: Let) -> bool:
    """Tell whether a statement names an entry of a dict, which the user did not name."""
    if stmt.fn is not operator.getitem or not isinstance(stmt.args[1], Const):
        return False
    target = stmt.targets[0]
    written = stmt.origin is not None and stmt.origin.stmt.text.startswith(f"{target.hint} =")
    return target.user and not written and isinstance(stmt.args[1].value, str)


def _joined(one: str, other: str) -> str:
    """Return ``a, b = x, y`` for ``a = x`` and ``b = y``."""
    left, _, right = one.partition(" = ")
    target, _, value = other.partition(" = ")
    return f"{left}, {target} = {right}, {value}"
