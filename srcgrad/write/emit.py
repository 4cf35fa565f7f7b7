"""Blocks as lines: statements, and the copies where the arms of an If and the turns of loops end.

A loop whose variable and its next value have one name needs no copy; what is left is assigned
in an order in which nothing is overwritten that is still to be read, or all at once.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping

from srcgrad.facts.live import slots
from srcgrad.origin import Origin
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Block, Const, Do, For, If, Let, Program, Stmt, Var, While
from srcgrad.write.copies import Copy, ordered
from srcgrad.write.expressions import Expressions, negated
from srcgrad.write.fold import comprehension
from srcgrad.write.inplace import Inplace
from srcgrad.write.lines import Group, Item, Line, choice, flattened, leaves
from srcgrad.write.print import argument_of, target_of, text_of
from srcgrad.write.shape import Plan, is_undefined, stops, through, unpacking
from srcgrad.write.spell import Spelling

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
        self.expressions = expressions
        self.inplace = inplace
        self.leaving: dict[For | While, End] = {}
        self.out: list[Item] = []
        self.backward = False

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
        text = text_of(tree) if len(trees) > 1 else argument_of(tree)
        self.put("return " + text, None, jumps=True)

    def put(self, text: str, origin: Origin | None, jumps: bool = False) -> None:
        """Add a line."""
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
            if isinstance(stmt, (For, While)) and stmt in self.plan.orelse:
                clause = self.plan.orelse[stmt]
                if self.else_clause(stmt, clause):
                    done = clause
                    continue
            if final is None or stmt not in self.plan.returning:
                if final is not None and stmt is final:
                    self.branch(final, self.passed(block, final, end), turning)
                    return
                self.statement(stmt)
            else:
                self.leaving[stmt] = self.left(stmt, final, self.passed(block, final, end))
                self.statement(stmt)
                rest = self.passed(block, final, end)
                self.block(final.orelse, rest, turning=turning)
                return
        if before is not None:
            before(len(block.stmts))
        end(block.results)

    def else_clause(self, loop: For | While, stmt: If) -> bool:
        """Add a loop with its ``else`` clause, if nothing else asks whether it was broken."""
        first = int(loop.exits)
        finals = loop.targets[first : first + len(loop.carried)]
        if not self.is_silent(finals, loop.carried):
            return False
        if not self.is_silent(stmt.targets, stmt.then.results):
            return False
        self.count[loop.targets[0]] = 0
        self.statement(loop)
        group = self.out[-1]
        assert isinstance(group, Group)
        end = lambda results: self.copy(stmt.targets, results)  # noqa: E731
        group.orelse = self.arm(stmt.orelse, end, False)
        return True

    def is_silent(self, targets: tuple[Var, ...], atoms: tuple[Atom, ...]) -> bool:
        """Tell whether assigning these atoms needs no line, since the names agree."""
        return all(
            not self.count.get(target)
            or (isinstance(atom, Var) and self.names.get(atom) == self.names[target])
            for target, atom in zip(targets, atoms, strict=True)
        )

    def passed(self, block: Block, final: If, end: End) -> End:
        """Return the end of a block as the end of the arms of its last If."""

        def arm_end(results: tuple[Atom, ...]) -> None:
            outside = self.expressions.swapped
            inside: dict[Atom, Atom] = dict(zip(final.targets, results, strict=True))
            self.expressions.swapped = {**outside, **inside}
            end(through(block, final, results))
            self.expressions.swapped = outside

        return arm_end

    def left(self, loop: For | While, final: If, end: End) -> End:
        """Return what a loop that returns from inside does there."""

        def leave(results: tuple[Atom, ...]) -> None:
            inside: dict[Atom, Atom] = dict(zip(loop.targets, results, strict=True))
            for target in loop.targets[int(loop.exits) + len(loop.carried) :]:
                inside[target] = target
            end(tuple(inside.get(atom, atom) for atom in final.then.results))

        return leave

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
                    self.for_loop(stmt)
            case While():
                self.while_loop(stmt)

    def let(self, stmt: Let) -> None:
        text = self.inplace.text(stmt, self.backward)
        if text is None:
            text = self.assignment(stmt)
        self.put(text, stmt.origin)

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
            self.backward = True
            word = stmt.args[0].value if isinstance(stmt.args[0], Const) else "backward"
            if self.out:
                self.put(f"# {word}", None)
        elif stmt.fn is ops.raise_:
            cause = stmt.args[1] if len(stmt.args) > 1 else Const(None)
            bare = isinstance(cause, Const) and cause.value is None
            self.put(f"raise {args[0]}" + ("" if bare else f" from {args[1]}"), stmt.origin, True)
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
        opposite = test.operand if _is_not(test) else negated(test)  # type: ignore[attr-defined]
        arms = [self.arm(arm, end, turning) for arm in (stmt.then, stmt.orelse)]
        if turning and not self.backward:
            arms[0] = flattened(arms[0], arms[1])
        self.out += choice(text_of(test), text_of(opposite), *arms)

    def arm(self, arm: Block, end: End, turning: bool) -> list[Item]:
        """Return the lines of one arm of an If."""
        close = _nothing if stops(arm) else end
        return self.captured(lambda: self.block(arm, close, turning=turning))

    def copy(self, variables: tuple[Var, ...], atoms: tuple[Atom, ...], pack: bool = False) -> None:
        """Assign atoms to variables, all at the same time."""
        copies = []
        for var, atom in zip(variables, atoms, strict=True):
            if var not in self.names or is_undefined(atom):
                continue
            name = self.names[var]
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

    def wanted(self, variables: tuple[Var, ...], targets: tuple[Var, ...]) -> list[int]:
        """Return which carried variables are read at all, in the loop or after it."""
        return [
            index
            for index, (var, target) in enumerate(zip(variables, targets, strict=True))
            if self.count.get(var) or self.count.get(target) or var.user
        ]

    def for_loop(self, loop: For) -> None:
        over = self.text(loop.over)
        self.start(loop)
        over = self.guarded(loop, over)
        first = unpacking(loop.body, loop.each, self.count)
        target = self.loop_target(loop.each, first)
        if len(target) + len(over) > 80 and len(first) > 1:
            first = first[:1]
            target = self.loop_target(loop.each, first)
        body = self.captured(lambda: self.turn(loop, len(first)))
        self.out.append(Group(f"for {target} in {over}:", body))
        self.finish(loop)

    def loop_target(self, each: Var, first: list[Let]) -> str:
        """Return what a loop assigns to, ``i, (a, b)`` where it unpacks items at once."""
        inner = {let.args[0]: let for let in first}
        if each not in inner:
            return self.names[each]
        return self.targets(inner[each], inner)

    def guarded(self, loop: For, over: str) -> str:
        """Give a name to what the loop runs over, if its variables' first values overwrite it."""
        reads = self.folds.reads.get(loop.over, (loop.over,)) if isinstance(loop.over, Var) else ()
        read = {self.names[var] for var in reads}
        begin = self.begin
        if not any(isinstance(item, Line) and _written(item.text) & read for item in
                   self.out[begin:]):  # fmt: skip
            return over
        name = self.spelling.fresh("items")
        self.out.insert(begin, Line(f"{name} = {over}", loop.origin, self.backward))
        return name

    begin = 0

    def start(self, loop: For | While) -> None:
        """Add the first values of what a loop carries, its flag and its lists."""
        self.begin = len(self.out)
        first = int(loop.exits)
        last = first + len(loop.carried)
        chosen = self.wanted(loop.carried, loop.targets[first:last])
        self.copy(
            tuple(loop.carried[i] for i in chosen), tuple(loop.init[i] for i in chosen), pack=True
        )
        if loop.exits and self.count.get(loop.targets[0]):
            self.put(f"{self.names[loop.targets[0]]} = 0", None)
        for var in loop.targets[last:]:
            if self.count.get(var) or var.user:
                self.put(f"{self.names[var]} = []", None)

    def finish(self, loop: For | While) -> None:
        first = int(loop.exits)
        finals = loop.targets[first : first + len(loop.carried)]
        chosen = [i for i, var in enumerate(finals) if self.count.get(var)]
        self.copy(tuple(finals[i] for i in chosen), tuple(loop.carried[i] for i in chosen))

    def while_loop(self, loop: While) -> None:
        self.start(loop)
        if self.folds.block_is_expression(loop.test):
            head = f"while {self.text(loop.test.results[0])}:"
            body = self.captured(lambda: self.turn(loop, 0))
        else:
            head = "while True:"
            body = self.captured(lambda: self.block(loop.test, self.leave_unless))
            body += self.captured(lambda: self.turn(loop, 0))
        self.out.append(Group(head, body))
        self.finish(loop)

    def leave_unless(self, results: tuple[Atom, ...]) -> None:
        test = self.expressions.atom(results[0])
        opposite = test.operand if _is_not(test) else negated(test)  # type: ignore[attr-defined]
        self.out.append(Group(f"if {text_of(opposite)}:", [Line("break", jumps=True)]))

    def turn(self, loop: For | While, skip: int) -> None:
        """Add the body of a loop."""
        first = int(loop.exits)
        last = first + len(loop.carried)
        places = slots(loop, self.folds.reads, self.plan.finals)
        chosen = self.wanted(loop.carried, loop.targets[first:last])

        def collect(results: tuple[Atom, ...], index: int | None) -> None:
            for var, atom, place in zip(loop.targets[last:], results[last:], places, strict=True):
                if place == index and (self.count.get(var) or var.user):
                    self.put(f"{self.names[var]}.append({self.text(atom)})", None)

        def end(results: tuple[Atom, ...]) -> None:
            collect(results, None)
            if loop in self.leaving and isinstance(results[0], Const) and results[0].value == 2:
                self.leaving[loop](results)
                return
            variables = tuple(loop.carried[i] for i in chosen)
            values = tuple(results[first + i] for i in chosen)
            if loop.exits and not isinstance(results[0], Const):
                variables, values = (loop.targets[0], *variables), (results[0], *values)
            self.copy(variables, values)
            if loop.exits:
                self.exit(loop, results[0])

        self.block(
            loop.body,
            end,
            before=lambda index: collect(loop.body.results, index),
            turning=True,
            start=skip,
        )

    def exit(self, loop: For | While, code: Atom) -> None:
        flag = self.names[loop.targets[0]]
        if not isinstance(code, Const):
            self.out.append(Group(f"if {flag}:", [Line("break", jumps=True)]))
        elif code.value:
            if self.count.get(loop.targets[0]):
                self.put(f"{flag} = {code.value!r}", None)
            self.put("break", None, jumps=True)


def _nothing(results: tuple[Atom, ...]) -> None:
    """The end of a block that is never reached."""


def _is_not(tree: ast.expr) -> bool:
    return isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not)


def _unpacks(stmt: Let) -> bool:
    return stmt.fn in (ops.unpack, ops.unpack_star)


def _written(text: str) -> set[str]:
    return set(text.partition(" = ")[0].split(", "))
