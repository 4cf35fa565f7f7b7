"""What became of a program."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Verdict:
    """What became of a program.

    ``kind`` is right, wrong, crashed or refused, or says why nothing was compared: raised (the
    function raises as well), huge (its value), kink (a kink or a jump is near).
    """

    kind: str
    reason: str = ""

    @property
    def bad(self) -> bool:
        """Tell whether there is something to mend."""
        return self.kind in ("wrong", "crashed")


RIGHT = Verdict("right")
