"""Give every variable that is left after folding its name.

    h.1 = tanh(a)                  h = np.tanh(a)
    h.2 = carried from h.1   ->    for ...:
    h.3 = h.2 * 2                      h = h * 2

Versions of one variable whose lives do not overlap share its name, so that no copy is printed;
where they do overlap, one of them gets another.
"""

from __future__ import annotations

import keyword
import unicodedata
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from srcgrad import runtime
from srcgrad.facts.live import Span, lives
from srcgrad.facts.owned import Owned
from srcgrad.program import walk
from srcgrad.program.nodes import Atom, For, If, Let, Program, Stmt, Try, Var, While, With
from srcgrad.write.forms import Folds
from srcgrad.write.shape import Plan
from srcgrad.write.words import Words

_NEVER = frozenset(keyword.kwlist) | {"__debug__"}


@dataclass(eq=False, slots=True)
class _Class:
    """Variables with one name, and where one of them is alive."""

    members: list[Var]
    spans: list[Span]
    param: bool = False
    rank: int = 0


@dataclass(slots=True)
class Spelling:
    """The name of every variable that has one."""

    names: dict[Var, str]
    taken: set[str] = field(default_factory=set)

    def fresh(self, wish: str) -> str:
        """Return a name that nothing in the function has."""
        name = next(name for name in numbered(wish) if name not in self.taken)
        self.taken.add(name)
        return name


def spell(
    program: Program,
    plan: Plan,
    folds: Folds,
    owned: Owned,
    reserved: Set[str],
    missing: Set[str] = frozenset(),
) -> Spelling:
    """Name the variables; temporaries keep away from the reserved names.

    The user's variables keep away from globals that are ``missing``: only as a plain name does
    one raise what it raises in the function.
    """
    table = lives(program, folds.reads, plan.finals)
    classes = _classes(program, plan, table.spans)
    for one, other in [*_written(program, owned), *_pairs(program, plan)]:
        if one in classes and other in classes:
            _unite(classes, one, other)
    return _named(program, folds, classes, reserved, missing)


def identifier(wish: str) -> str:
    """Return the nearest text that is an identifier, as Python itself would normalise it."""
    text = unicodedata.normalize("NFKC", wish)
    if not text.isidentifier():
        text = "".join(c if ("_" + c).isidentifier() else "_" for c in text) or "value"
        text = text if text.isidentifier() else "_" + text
    return text + "_" if text in _NEVER else text


def numbered(wish: str) -> Iterator[str]:
    """Yield a name, then the name with numbers.

    >>> names = numbered("h")
    >>> next(names), next(names)
    ('h', 'h_2')
    """
    yield wish
    count = 2
    while True:
        yield f"{wish}_{count}"
        count += 1


def _classes(program: Program, plan: Plan, spans: dict[Var, list[Span]]) -> dict[Var, _Class]:
    params = set(program.params)
    made = {}
    for rank, (var, found) in enumerate(spans.items()):
        if var in plan.virtual:
            continue
        made[var] = _Class([var], found, var in params, rank)
    return made


def _written(program: Program, owned: Owned) -> Iterator[tuple[Var, Var]]:
    """Yield what is written in place with its next version: one name, or no writing in place."""
    for stmt in walk.statements(program.body) if owned.inplace else ():
        if isinstance(stmt, Let) and stmt.targets and stmt.targets[0] in owned.inplace:
            old = stmt.args[0]
            if not isinstance(old, Var):
                continue
            put = stmt.fn in (runtime.put, runtime.put_add)
            put = put and _is_adjoint(old) == _is_adjoint(stmt.targets[0])
            if old.hint == stmt.targets[0].hint or not old.user or put:
                yield stmt.targets[0], old


def _is_adjoint(var: Var) -> bool:
    return var.hint.startswith("d_")


def _pairs(program: Program, plan: Plan) -> Iterator[tuple[Var, Var]]:
    """Yield variables and what is assigned to them, as far as one name suits both.

    A user's name stays with what the user gave it to: the result of an If is not ``h`` because
    one of its arms gives ``h``.
    """
    stmts = walk.statements(program.body)
    copies = [pair for stmt in stmts for pair in _copies(stmt, plan)]
    # Python forgets the name of an exception at the end of its handler.
    errors = {s.error for s in walk.statements(program.body) if isinstance(s, Try)}
    copies = [pair for pair in copies if errors.isdisjoint(pair)]
    yield from (pair for pair in copies if pair[0].hint == pair[1].hint)
    yield from (pair for pair in copies if pair[0].hint != pair[1].hint and not pair[1].user)


def _copies(stmt: Stmt, plan: Plan) -> Iterator[tuple[Var, Var]]:
    found: list[tuple[Atom, Atom]] = []
    match stmt:
        case If():
            if stmt.targets and stmt.targets[0] not in plan.virtual:
                for arm in (stmt.then, stmt.orelse):
                    for results in plan.leaves(arm):
                        found += zip(stmt.targets, results, strict=True)
        case Try() | With():
            for arm in walk.arms(stmt):
                for results in plan.leaves(arm):
                    found += zip(stmt.targets, results, strict=True)
        case For() | While():
            first = int(stmt.exits)
            last = first + len(stmt.carried)
            found += zip(stmt.carried, stmt.targets[first:last], strict=True)
            for results in plan.leaves(stmt.body):
                found += zip(stmt.carried, results[first:last], strict=True)
            found += zip(stmt.carried, stmt.init, strict=True)
            if first:  # a loop that is left when one inside it is
                found.append((stmt.targets[0], stmt.body.results[0]))
    for one, other in found:
        if isinstance(one, Var) and isinstance(other, Var):
            yield one, other


def clashing(program: Program, plan: Plan, folds: Folds, names: Mapping[Var, str]) -> set[Var]:
    """Return next values that did not get the name of the variable they are for.

    ``b = a + b`` cannot stand where it stood if ``a = b`` comes later: as part of the copies at
    the end of the block it can, ``a, b = b, a + b``.
    """
    found = set()
    for stmt in walk.statements(program.body):
        for block in walk.blocks(stmt):
            here = {var for inner in block.stmts for var in walk.targets(inner)}
            found |= {atom for atom in block.results if atom in here}
    pairs = [pair for stmt in walk.statements(program.body) for pair in _copies(stmt, plan)]
    return {
        source
        for target, source in pairs
        if source in found and folds.count.get(source) == 1 and source not in folds.exprs
        and target in names and names.get(source) != names[target]
    }  # fmt: skip


def _unite(classes: dict[Var, _Class], one: Var, other: Var) -> None:
    a, b = classes[one], classes[other]
    if a is b or (a.param and b.param) or overlap(a.spans, b.spans):
        return
    if (a.param or b.param) and len({var.hint for var in (*a.members, *b.members) if var.user}) > 1:
        return
    if len(a.spans) < len(b.spans):
        a, b = b, a
    for span in b.spans:
        insort(a.spans, span)
    a.members += b.members
    a.param, a.rank = a.param or b.param, min(a.rank, b.rank)
    for var in b.members:
        classes[var] = a


def overlap(a: list[Span], b: list[Span]) -> bool:
    """Tell whether two lists of sorted, disjoint spans have a position in common."""
    if len(a) < len(b):
        a, b = b, a
    for start, end in b:
        index = bisect_left(a, (start, -1))
        if index < len(a) and a[index][0] <= end:
            return True
        if index and a[index - 1][1] >= start:
            return True
    return False


def _named(
    program: Program,
    folds: Folds,
    classes: dict[Var, _Class],
    reserved: Set[str],
    missing: Set[str],
) -> Spelling:
    distinct = sorted({id(c): c for c in classes.values()}.values(), key=lambda c: c.rank)
    used: dict[str, list[Span]] = {}
    names: dict[Var, str] = {}
    words = Words(program, folds, names)

    def give(group: _Class, wish: str, avoid: Iterable[str]) -> None:
        for name in numbered(identifier(wish)):
            spans = used.get(name, [])
            if name not in avoid and not overlap(spans, group.spans):
                break
        spans = used.setdefault(name, [])
        for span in group.spans:
            insort(spans, span)
        for var in group.members:
            names[var] = name

    for group in distinct:
        if group.param:
            give(group, next(v for v in group.members if v in program.params).hint, ())
    for group in distinct:
        if not group.param and any(var.user for var in group.members):
            give(group, _most(var.hint for var in group.members if var.user), missing)
    for group in distinct:
        if group.members[0] not in names:
            wish = _most(var.hint for var in group.members if var.hint)
            give(group, wish or words.word(group.members), reserved)
    return Spelling(names, set(used))


def _most(hints: Iterable[str]) -> str:
    """Return the most frequent hint, the first one of several."""
    count: dict[str, int] = {}
    for hint in hints:
        count[hint] = count.get(hint, 0) + 1
    return max(count, key=lambda hint: count[hint]) if count else ""
