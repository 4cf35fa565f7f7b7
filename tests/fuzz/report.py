"""What a run of random programs has come to: counts, reasons of refusals, programs that fail."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from tests.fuzz.verdicts import Verdict

NOT_COMPARED = ("raised", "huge", "kink")


@dataclass
class Report:
    """Counts of verdicts; ``failures`` are texts to print, ``seconds`` the time of processors."""

    kinds: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    examples: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def note(self, seed: int, verdict: Verdict) -> None:
        """Count one program."""
        self.kinds[verdict.kind] += 1
        if verdict.kind == "refused":
            self.refusals[verdict.reason] += 1
            self.examples.setdefault(verdict.reason, seed)

    def add(self, other: Report) -> None:
        """Count what another process counted."""
        self.kinds += other.kinds
        self.refusals += other.refusals
        self.failures += other.failures
        self.seconds += other.seconds
        for reason, seed in other.examples.items():
            self.examples.setdefault(reason, seed)

    def text(self, seconds: float) -> str:
        """Return the report."""
        total = sum(self.kinds.values()) or 1
        lines = [
            f"{sum(self.kinds.values())} programs in {seconds:.0f} s: "
            f"{total / max(self.seconds, 1e-9):.1f} per second of a core",
            f"{self.kinds['wrong']} wrong numbers, {self.kinds['crashed']} crashes",
            f"{self.kinds['refused']} refused, {100.0 * self.kinds['refused'] / total:.2f} %",
            *(
                f"    {count:6d}  {100.0 * count / total:5.2f} %  {reason}"
                f" (seed {self.examples[reason]})"
                for reason, count in self.refusals.most_common()
            ),
            f"{self.kinds['right']} compared and right; not compared: "
            + ", ".join(f"{self.kinds[kind]} {kind}" for kind in NOT_COMPARED),
        ]
        return "\n".join(lines)
