"""What comes out of a loop over lists that another loop collected: the value collected there.

for ...: saved.append((x, y))        # one loop
for a, b in reversed(saved): ...     # another: a is x, b is y
"""

from __future__ import annotations

from srcgrad.program import ops, walk
from srcgrad.program.nodes import Atom, Const, For, Let, Program, Stmt, Var, While


def origins(program: Program) -> dict[Var, Atom]:
    """Map the variables of loops and unpackings to what was collected for them."""
    finder = _Finder()
    for stmt in walk.statements(program.body):
        finder.statement(stmt)
    return finder.found


class _Finder:
    def __init__(self) -> None:
        self.lets: dict[Var, Let] = {}
        self.lists: dict[Var, Atom] = {}
        self.pairs: dict[Var, list[Atom | None]] = {}
        self.found: dict[Var, Atom] = {}

    def statement(self, stmt: Stmt) -> None:
        match stmt:
            case Let(targets=(target,)) if stmt.fn is not ops.unpack:
                self.lets[target] = stmt
            case Let(fn=ops.unpack):
                self.unpacked(stmt)
            case For() | While():
                first = len(stmt.carried) + int(stmt.exits)
                for var, atom in zip(stmt.targets[first:], stmt.body.results[first:], strict=True):
                    self.lists[var] = atom
                if isinstance(stmt, For):
                    self.each(stmt)

    def each(self, loop: For) -> None:
        over = self.lets.get(loop.over) if isinstance(loop.over, Var) else None
        if over is not None and over.fn is zip:
            self.pairs[loop.each] = [self.item(atom) for atom in over.args]
            return
        item = self.item(loop.over)
        if item is not None:
            self.found[loop.each] = item

    def item(self, atom: Atom) -> Atom | None:
        """Return what a list, or the reverse of one, has collected."""
        while isinstance(atom, Var) and atom in self.lets:
            let = self.lets[atom]
            if let.fn is not reversed and not _is_reverse_slice(let):
                return None
            atom = let.args[0]
        return self.lists.get(atom) if isinstance(atom, Var) else None

    def unpacked(self, let: Let) -> None:
        source = let.args[0]
        if not isinstance(source, Var):
            return
        parts = self.pairs.get(source)
        item = self.found.get(source)
        made = self.lets.get(item) if isinstance(item, Var) else None
        if parts is None and made is not None and made.fn is ops.make_tuple:
            parts = list(made.args)
        if parts is not None and len(parts) == len(let.targets):
            for var, part in zip(let.targets, parts, strict=True):
                if part is not None:
                    self.found[var] = part


def _is_reverse_slice(let: Let) -> bool:
    """Tell whether a call is ``items[::-1]`` or takes a list as it is."""
    index = let.args[1] if len(let.args) == 2 else None
    return isinstance(index, Const) and index.value == slice(None, None, -1)
