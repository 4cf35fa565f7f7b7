"""How long compiling a gradient takes: ``python benchmarks/compile_time.py``.

Functions of 40 statements are to be differentiated and called for the first time in under 100 ms;
1000 statements work, and the time grows in proportion.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

STATEMENTS = (
    "v{k} = np.tanh(v{i}) * v{j}",
    "v{k} = v{i} + 0.5 * v{j} - x",
    "v{k} = np.sin(v{i}) / (2.0 + v{j} ** 2)",
    "v{k} = np.exp(-v{i} * v{i}) + v{j}",
)


def text(count: int, name: str) -> str:
    """A function of ``count`` statements in a straight line."""
    lines = [f"def {name}(x, y):", "    v0 = x * y", "    v1 = x + y"]
    for k in range(2, count - 1):
        statement = STATEMENTS[k % len(STATEMENTS)]
        lines.append("    " + statement.format(k=k, i=k - 1, j=k - 2))
    lines.append(f"    return np.sum(v{count - 2})")
    return "import numpy as np\n\n\n" + "\n".join(lines) + "\n"


def function(count: int, folder: Path, number: int) -> Callable[..., Any]:
    """Write such a function to a file and import it."""
    name = f"line_{count}_{number}"
    path = folder / f"{name}.py"
    path.write_text(text(count, name), encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made: Callable[..., Any] = getattr(module, name)
    return made


def seconds(count: int, folder: Path, repeats: int) -> float:
    """The median time from ``grad`` to the first gradient."""
    from srcgrad import grad

    x, y = np.linspace(0.1, 0.9, 5), np.linspace(0.2, 0.7, 5)
    times = []
    for number in range(repeats):
        loss = function(count, folder, number)
        start = time.perf_counter()
        grad(loss, wrt=(0, 1))(x, y)
        times.append(time.perf_counter() - start)
    return median(times)


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds(5, folder, 1)  # imports and tables
        found = {count: seconds(count, folder, 5) for count in (10, 20, 40)}
        found.update({count: seconds(count, folder, 2) for count in (250, 500, 1000)})
    for count, spent in found.items():
        print(f"{count:5d} statements: {spent * 1e3:8.1f} ms, {spent / count * 1e3:6.2f} ms each")
    growth = found[1000] / found[500]
    checks = [
        (f"40 statements in under 100 ms: {found[40] * 1e3:.0f} ms", found[40] < 0.1),
        (f"1000 statements take {growth:.2f} times as long as 500 (at most 2.5)", growth <= 2.5),
    ]
    for what, holds in checks:
        print(f"{'ok  ' if holds else 'MISS'} {what}")
    return 0 if all(holds for _, holds in checks) else 1


if __name__ == "__main__":
    raise SystemExit(main())
