"""Which variables are certainly older than the memory that a statement writes into.

    for t in range(n):
        d = u.copy()         # made in this turn, after all that is in the list
        d[0] = 0.0           # may be written: nothing that is alive was made of it
        saved.append(d)
        u = d

Groups do not see the order of things: to them what is in the list and d are one.
"""

from __future__ import annotations

from srcgrad.facts.apart import Apart
from srcgrad.facts.live import Lives
from srcgrad.program import ops
from srcgrad.program.nodes import Atom, Block, For, If, Program, Try, Var, While, With
from srcgrad.program.walk import arms, blocks, inner, statements, targets


class Earlier:
    """Tells of a variable whether it is older than what a version of a buffer was made of."""

    def __init__(self, program: Program, table: Lives, apart: Apart) -> None:
        self.table = table
        self.apart = apart
        self.born: dict[Var, int] = dict.fromkeys(program.params, 0)
        self.loops: dict[Var, tuple[For | While, ...]] = {}
        self.around: dict[For | While, tuple[For | While, ...]] = {}
        self.lists: dict[Var, tuple[For | While, Atom]] = {}
        self.body: Block | None = program.body

    def _look(self) -> None:
        """Go through the program when the first question is asked."""
        body, self.body = self.body, None
        if body is not None:
            self._block(body, ())

    def _block(self, block: Block, loops: tuple[For | While, ...]) -> None:
        for stmt in block.stmts:
            at = self.table.at[stmt]
            inside = (*loops, stmt) if isinstance(stmt, (For, While)) else loops
            self.born.update(dict.fromkeys(inner(stmt), at + 1))
            for child in blocks(stmt):
                self._block(child, inside)
            inside_ = (self.table.at[one] for child in blocks(stmt) for one in statements(child))
            last = 1 + max(inside_, default=at)
            for var in targets(stmt):
                self.born[var] = last
                self.loops[var] = loops
            if isinstance(stmt, (For, While)):
                self.around[stmt] = loops
                first = int(stmt.exits) + len(stmt.carried)
                kept = zip(stmt.targets[first:], stmt.body.results[first:], strict=True)
                self.lists.update((var, (stmt, atom)) for var, atom in kept)

    def source(self, atom: Atom, through: list[For | While] | None = None) -> Var | None:
        """Return the variable whose statement made the memory of a version of a buffer.

        The loops that the memory comes into are added to ``through``, inner ones first.
        """
        apart = self.apart
        seen: set[Atom] = set()
        while isinstance(atom, Var) and atom not in seen:
            seen.add(atom)
            let = apart.lets.get(atom)
            if atom in apart.carried or atom in apart.ends:
                start = self._entering(atom)
                if start is None:
                    return None
                if through is not None and atom in apart.carried:
                    through.append(apart.carried[atom][0])
                atom = start
            elif let is not None and (atom in apart.inplace or let.fn is ops.same):
                atom = let.args[0]
            else:
                return atom if apart.is_new(atom) else None
        return None

    def _entering(self, var: Var) -> Atom | None:
        """Return what a variable of a loop or branch is another version of."""
        apart = self.apart
        stmt, k = apart.carried.get(var) or apart.ends[var]
        if isinstance(stmt, (If, Try, With)):
            ends = {apart.origin(arm.results[k]) for arm in arms(stmt)}
            return ends.pop() if len(ends) == 1 else None
        assert isinstance(stmt, (For, While))
        if apart.origin(stmt.body.results[int(stmt.exits) + k]) is not stmt.carried[k]:
            return None
        return stmt.init[k]

    def of(self, var: Var, target: Var) -> bool:
        """Tell whether a variable has nothing of the memory of ``target``, which is written."""
        source = self.source(target)
        if source is None:
            return False
        self._look()
        own = self.source(self.apart.origin(var))
        if own is not None and own is not source:
            return True  # each has memory of its own
        return self.before(var, self.born[source], self.loops[source], self.born[target])

    def before_loop(self, var: Var, loop: For | While, target: Var) -> bool:
        """Tell whether a variable is older than a copy that is made ahead of a loop."""
        self._look()
        at = self.table.at[loop]
        return self.before(var, at, self.around[loop], self.born[target])

    def before(self, var: Var, made: int, loops: tuple[For | While, ...], point: int) -> bool:
        """Tell whether what was made inside these loops is not in a variable at a point."""
        if var in self.lists:
            loop, atom = self.lists[var]
            if loop in loops:  # then the list is of earlier turns
                born = self.born.get(atom, 0) if isinstance(atom, Var) else 0
                return born < made or born >= point
        return self.born.get(var, made) < made
