"""Loops as lines: what is set before them, how a turn ends, what they leave.

s2 = for x in xs carrying [s=s0]:        s = s0
    s1 = s + x                     ->    for x in xs:
    -> s1                                    s = s + x
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from srcgrad.facts.live import slots
from srcgrad.program.nodes import Atom, Const, For, If, Let, Var, While
from srcgrad.write.expressions import negated
from srcgrad.write.lines import Group, Line
from srcgrad.write.print import text_of
from srcgrad.write.shape import unpacking

if TYPE_CHECKING:
    from srcgrad.write.emit import Emitter, End


def _wanted(at: Emitter, variables: tuple[Var, ...], targets: tuple[Var, ...]) -> list[int]:
    """Return which carried variables are read at all, in the loop or after it."""
    return [
        index
        for index, (var, target) in enumerate(zip(variables, targets, strict=True))
        if at.count.get(var) or at.count.get(target) or var.user
    ]


def for_loop(at: Emitter, loop: For) -> None:
    """Add a for loop."""
    over = at.text(loop.over)
    begin = _start(at, loop)
    over = _guarded(at, loop, over, begin)
    first = unpacking(loop.body, loop.each, at.count)
    target = _loop_target(at, loop.each, first)
    if len(target) + len(over) > 80 and len(first) > 1:
        first = first[:1]
        target = _loop_target(at, loop.each, first)
    body = at.captured(lambda: _turn(at, loop, len(first)))
    at.out.append(Group(f"for {target} in {over}:", body))
    _finish(at, loop)


def _loop_target(at: Emitter, each: Var, first: list[Let]) -> str:
    """Return what a loop assigns to, ``i, (a, b)`` where it unpacks items at once."""
    inner = {let.args[0]: let for let in first}
    if each not in inner:
        return at.names[each]
    return at.targets(inner[each], inner)


def _guarded(at: Emitter, loop: For, over: str, begin: int) -> str:
    """Give a name to what the loop runs over, if its variables' first values overwrite it."""
    reads = at.folds.reads.get(loop.over, (loop.over,)) if isinstance(loop.over, Var) else ()
    read = {at.names[var] for var in reads}
    written = (_written(item.text) for item in at.out[begin:] if isinstance(item, Line))
    if not any(names & read for names in written):
        return over
    name = at.spelling.fresh("items")
    at.out.insert(begin, Line(f"{name} = {over}", loop.origin, at.backward))
    return name


def _written(text: str) -> set[str]:
    """Return the names that an assignment sets."""
    return set(text.partition(" = ")[0].split(", "))


def _start(at: Emitter, loop: For | While) -> int:
    """Add the first values of what a loop carries, its flag and its lists; tell where."""
    begin = len(at.out)
    first = int(loop.exits)
    last = first + len(loop.carried)
    chosen = _wanted(at, loop.carried, loop.targets[first:last])
    at.copy(tuple(loop.carried[i] for i in chosen), tuple(loop.init[i] for i in chosen), pack=True)
    if loop.exits and at.count.get(loop.targets[0]):
        at.put(f"{at.names[loop.targets[0]]} = 0", None)
    for var in loop.targets[last:]:
        if at.count.get(var) or var.user:
            at.put(f"{at.names[var]} = []", None)
    return begin


def _finish(at: Emitter, loop: For | While) -> None:
    """Give what the loop leaves the names that it has after it, where they differ."""
    first = int(loop.exits)
    finals = loop.targets[first : first + len(loop.carried)]
    chosen = [i for i, var in enumerate(finals) if at.count.get(var)]
    at.copy(tuple(finals[i] for i in chosen), tuple(loop.carried[i] for i in chosen))


def while_loop(at: Emitter, loop: While) -> None:
    """Add a while loop."""
    _start(at, loop)
    if at.folds.block_is_expression(loop.test):
        head = f"while {at.text(loop.test.results[0])}:"
        body = at.captured(lambda: _turn(at, loop, 0))
    else:
        head = "while True:"
        body = at.captured(lambda: at.block(loop.test, partial(_leave_unless, at)))
        body += at.captured(lambda: _turn(at, loop, 0))
    at.out.append(Group(head, body))
    _finish(at, loop)


def _leave_unless(at: Emitter, results: tuple[Atom, ...]) -> None:
    """Leave a loop whose condition takes statements of its own."""
    opposite = text_of(negated(at.expressions.atom(results[0])))
    at.out.append(Group(f"if {opposite}:", [Line("break", jumps=True)]))


def _turn(at: Emitter, loop: For | While, skip: int) -> None:
    """Add the body of a loop."""
    first = int(loop.exits)
    last = first + len(loop.carried)
    places = slots(loop, at.folds.reads, at.plan.finals)
    chosen = _wanted(at, loop.carried, loop.targets[first:last])

    def collect(results: tuple[Atom, ...], index: int | None) -> None:
        for var, atom, place in zip(loop.targets[last:], results[last:], places, strict=True):
            if place == index and (at.count.get(var) or var.user):
                at.put(f"{at.names[var]}.append({at.text(atom)})", None)

    def end(results: tuple[Atom, ...]) -> None:
        collect(results, None)
        if loop in at.leaving and isinstance(results[0], Const) and results[0].value == 2:
            at.leaving[loop](results)
            return
        variables = tuple(loop.carried[i] for i in chosen)
        values = tuple(results[first + i] for i in chosen)
        read = at.count.get(loop.targets[0]) if loop.exits else 0
        if read and not isinstance(results[0], Const):
            variables, values = (loop.targets[0], *variables), (results[0], *values)
        at.copy(variables, values)
        if loop.exits:
            _exit(at, loop, results[0])

    at.block(
        loop.body,
        end,
        before=lambda index: collect(loop.body.results, index),
        turning=True,
        start=skip,
    )


def _exit(at: Emitter, loop: For | While, code: Atom) -> None:
    """Break, if this end of the body is one that leaves the loop."""
    flag = at.names[loop.targets[0]]
    if not isinstance(code, Const):
        flag = flag if at.count.get(loop.targets[0]) else at.text(code)
        at.out.append(Group(f"if {flag}:", [Line("break", jumps=True)]))
    elif code.value:
        if at.count.get(loop.targets[0]):
            at.put(f"{flag} = {code.value!r}", None)
        at.put("break", None, jumps=True)


def else_clause(at: Emitter, loop: For | While, stmt: If) -> bool:
    """Add a loop with its ``else`` clause, if nothing else asks whether it was broken."""
    first = int(loop.exits)
    finals = loop.targets[first : first + len(loop.carried)]
    if not _is_silent(at, finals, loop.carried):
        return False
    if not _is_silent(at, stmt.targets, stmt.then.results):
        return False
    at.count[loop.targets[0]] = 0
    at.statement(loop)
    group = at.out[-1]
    assert isinstance(group, Group)
    group.orelse = at.arm(stmt.orelse, partial(at.copy, stmt.targets), False)
    return True


def _is_silent(at: Emitter, targets: tuple[Var, ...], atoms: tuple[Atom, ...]) -> bool:
    """Tell whether assigning these atoms needs no line, since the names agree."""
    return all(
        not at.count.get(target)
        or (isinstance(atom, Var) and at.names.get(atom) == at.names[target])
        for target, atom in zip(targets, atoms, strict=True)
    )


def left(loop: For | While, final: If, end: End) -> End:
    """Return what a loop that returns from inside does there."""

    def leave(results: tuple[Atom, ...]) -> None:
        inside: dict[Atom, Atom] = dict(zip(loop.targets, results, strict=True))
        for target in loop.targets[int(loop.exits) + len(loop.carried) :]:
            inside[target] = target
        end(tuple(inside.get(atom, atom) for atom in final.then.results))

    return leave
