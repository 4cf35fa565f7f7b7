"""Groups of things that may be one, and what each of them holds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


class Regions:
    """Joins things into groups; a group may hold the things of other groups.

    What is put into a container stays apart until something is taken out of it: then it is not
    known which of the items that was, and they become one group.

    >>> regions = Regions()
    >>> regions.put("pair", "x")
    >>> regions.put("pair", "y")
    >>> regions.of("x") is regions.of("y")
    False
    >>> taken = regions.content("pair")
    >>> regions.of("x") is regions.of("y") is taken
    True
    """

    def __init__(self) -> None:
        self.parent: dict[Any, Any] = {}
        self.held: dict[Any, Any] = {}
        self.parts: dict[Any, list[Any]] = {}
        self.containers: set[Any] = set()

    def of(self, thing: Any) -> Any:
        """Return the one that stands for a group."""
        parent = self.parent
        root = parent.setdefault(thing, thing)
        while parent[root] is not root:
            root = parent[root]
        while parent[thing] is not root:
            parent[thing], thing = root, parent[thing]
        return root

    def content(self, thing: Any) -> Any:
        """Return the group of what a container holds, whichever item it is."""
        root = self.of(thing)
        self.containers.add(root)
        if root not in self.held:
            self.held[root] = self.of(object())
        for part in self.parts.pop(root, ()):
            self.unite(self.held[self.of(root)], part)
        return self.of(self.held[self.of(root)])

    def put(self, container: Any, item: Any) -> None:
        """Let a container hold an item."""
        root = self.of(container)
        self.containers.add(root)
        if root in self.held:
            self.unite(self.held[root], item)
        else:
            self.parts.setdefault(root, []).append(item)

    def unite(self, one: Any, other: Any) -> None:
        """Join two groups, and what they hold."""
        todo = [(one, other)]
        while todo:
            a, b = (self.of(thing) for thing in todo.pop())
            if a is b:
                continue
            self.parent[a] = b
            if a in self.containers:
                self.containers.add(b)
            if a in self.parts:
                self.parts.setdefault(b, []).extend(self.parts.pop(a))
            if a in self.held and b in self.held:
                todo.append((self.held.pop(a), self.held[b]))
            elif a in self.held:
                self.held[b] = self.held.pop(a)
            if b in self.held:
                todo += ((part, self.held[b]) for part in self.parts.pop(b, ()))

    def reached(self, things: Iterable[Any]) -> set[Any]:
        """Return the groups of some things and of all that they hold."""
        found: set[Any] = set()
        queue = list(things)
        while queue:
            root = self.of(queue.pop())
            if root not in found:
                found.add(root)
                queue += self.parts.get(root, ())
                if root in self.held:
                    queue.append(self.held[root])
        return found

    def holding(self) -> dict[Any, set[Any]]:
        """Map every group to the groups that hold it."""
        found: dict[Any, set[Any]] = {}
        for root, content in list(self.held.items()):
            found.setdefault(self.of(content), set()).add(self.of(root))
        for root, parts in list(self.parts.items()):
            for part in parts:
                found.setdefault(self.of(part), set()).add(self.of(root))
        return found
