"""What a derivative costs, rule by rule: ``python benchmarks/rules.py``.

For each function the ratio of value and gradient to the value alone, where the value takes over
100 microseconds; in processor time, and as medians of interleaved runs.  The median of all is to
be at most 3, and none above 8 but for those listed with their theory.
"""

from __future__ import annotations

import argparse
import linecache
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")  # processor time counts waiting threads, too
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.timing import interleaved

ELEMENTWISE = """
    negative square exp expm1 exp2 log log1p log2 log10 sqrt cbrt sin cos tan arcsin arccos arctan
    sinh cosh tanh arcsinh arctanh deg2rad absolute sinc i0 nan_to_num reciprocal
""".split()
TWO = """
    add subtract multiply divide power maximum minimum fmax hypot arctan2 logaddexp logaddexp2
    copysign remainder fmod
""".split()
REDUCED = "sum mean prod var std max min ptp nansum nanprod nanmean nanmax nanvar nanstd".split()

OTHERS = {
    "arccosh": "np.arccosh(v + 2.0)",
    "clip": "np.clip(v, 0.4, 0.8)",
    "where": "np.where(v > 0.5, v, w)",
    "cumsum": "np.cumsum(v)",
    "cumprod": "np.cumprod(v + 0.5)",
    "maximum.accumulate": "np.maximum.accumulate(v)",
    "diff": "np.diff(v)",
    "ediff1d": "np.ediff1d(v)",
    "gradient": "np.gradient(v)",
    "gradient 2-d": "np.gradient(m, axis=0)",
    "trapezoid": "np.trapezoid(m)",
    "interp": "np.interp(v, nodes, values)",
    "sort": "np.sort(v)",
    "sort axis": "np.sort(m, axis=1)",
    "median": "np.median(v)",
    "median axis": "np.median(m, axis=1)",
    "quantile": "np.quantile(v, 0.3)",
    "percentile several": "np.percentile(v, [10.0, 50.0, 90.0])",
    "nanmedian": "np.nanmedian(v)",
    "partition": "np.partition(v, 1000)",
    "average": "np.average(m, axis=0, weights=row)",
    "cov": "np.cov(m[:100])",
    "corrcoef": "np.corrcoef(m[:100])",
    "take": "np.take(v, index)",
    "take_along_axis": "np.take_along_axis(m, order, 1)",
    "getitem": "v[index]",
    "compress": "np.compress(mask, v)",
    "repeat": "np.repeat(v, 3)",
    "tile": "np.tile(v, 3)",
    "roll": "np.roll(v, 5)",
    "flip": "np.flip(v)",
    "rot90": "np.rot90(m)",
    "transpose": "np.ascontiguousarray(m.T)",
    "reshape": "np.reshape(v, (-1, 100)) * 2.0",
    "concatenate": "np.concatenate([v, w])",
    "stack": "np.stack([v, w])",
    "split": "np.split(v, 2)[0] * 2.0",
    "pad": "np.pad(m, 3)",
    "pad edge": "np.pad(m, 3, 'edge')",
    "pad reflect": "np.pad(m, 3, 'reflect')",
    "insert": "np.insert(v, 5, 1.0)",
    "delete": "np.delete(v, 5)",
    "tril": "np.tril(m)",
    "convolve": "np.convolve(v, w[:20])",
    "correlate": "np.correlate(v, w[:20])",
    "polyval": "np.polyval(w[:8], v)",
    "vander": "np.vander(v[:20000], 8)",
    "polyfit": "np.polyfit(v, w, 3)",
    "histogram": "np.histogram(v, 20, (0.0, 1.0), weights=w)[0]",
    "bincount": "np.bincount(index, w)",
    "matmul": "a @ b",
    "matmul stack": "stack @ stack",
    "dot": "np.dot(a, b)",
    "outer": "np.outer(v[:500], w[:500])",
    "kron": "np.kron(a[:20, :20], b[:20, :20])",
    "tensordot": "np.tensordot(a, b, 1)",
    "einsum": "np.einsum('ij,jk->ik', a[:60, :60], b[:60, :60])",
    "einsum sum": "np.einsum('ij,ij->i', m, m)",
    "vecdot": "np.vecdot(big, big)",
    "trace": "np.trace(a @ b)",
    "cross": "np.cross(triples, triples[::-1])",
    "norm": "np.linalg.norm(m, axis=1)",
    "norm 3": "np.linalg.norm(m, 3, axis=1)",
    "inv": "np.linalg.inv(a)",
    "solve": "np.linalg.solve(a, b)",
    "solve vector": "np.linalg.solve(a, b[0])",
    "det": "np.linalg.det(a)",
    "slogdet": "np.linalg.slogdet(a)[1]",
    "cholesky": "np.linalg.cholesky(spd)",
    "eigh": "np.linalg.eigh(spd)[1]",
    "eigvalsh": "np.linalg.eigvalsh(spd)",
    "svd": "np.linalg.svd(a, full_matrices=False)[0]",
    "svdvals": "np.linalg.svd(a, compute_uv=False)",
    "qr": "np.linalg.qr(a)[1]",
    "pinv": "np.linalg.pinv(a)",
    "lstsq": "np.linalg.lstsq(tall, tall[:, 0])[0]",
    "matrix_power": "np.linalg.matrix_power(a, 7)",
    "multi_dot": "np.linalg.multi_dot([a, b, a])",
    "logaddexp.reduce": "np.logaddexp.reduce(m, axis=1)",
    "multiply.outer": "np.multiply.outer(v[:500], w[:500])",
    "add.reduceat": "np.add.reduceat(v, np.arange(0, len(v), 10))",
    "meshgrid": "np.meshgrid(v[:500], w[:500])[0]",
    "linspace": "np.linspace(v[0], v[1], 200000)",
    "unwrap": "np.unwrap(v)",
    "select": "np.select([v > 0.8, v > 0.5], [v, w], 0.0)",
}
MASKS = "it is read off at the speed of memory; a mask, its counts and a gradient are written"
EXCEPTIONS = {
    **dict.fromkeys(("max axis", "min axis", "nanmax axis", "ptp", "ptp axis"), MASKS),
    "arctan2": "the squares could overflow, and np.hypot is far slower than np.arctan2",
    "partition": "finding what went where takes two sorts, n log n, partitioning takes n",
    "sort": "NumPy sorts numbers several times as fast as it finds the order of numbers",
    "sort axis": "NumPy sorts numbers several times as fast as it finds the order of numbers",
    "eigvalsh": "the vectors are needed, too: about nine times the work of the values alone",
    "svdvals": "the vectors are needed, too: about nine times the work of the values alone",
    "cholesky": "four products and an inverse of n^3 each against n^3 / 3: no triangular solver",
    "det": "an inverse, 2 n^3, against a factorisation, 2 n^3 / 3, and BLAS is slower at it",
    "slogdet": "an inverse, 2 n^3, against a factorisation, 2 n^3 / 3, and BLAS is slower at it",
    "solve vector": "a second factorisation: NumPy does not hand on its first",
    "qr": "q is formed as well, and one system of n right-hand sides is solved",
}
"""What is above 8, or may be, and why."""


def cases() -> dict[str, str]:
    """Name and expression of each case."""
    found = {name: f"np.{name}(v)" for name in ELEMENTWISE}
    found.update({name: f"np.{name}(v, w)" for name in TWO})
    found.update({name: f"np.{name}(big)" for name in REDUCED})
    found.update({f"{name} axis": f"np.{name}(big, axis=1)" for name in REDUCED})
    for name in ("prod", "nanprod"):
        found.update({name: f"np.{name}(near)", f"{name} axis": f"np.{name}(near, axis=1)"})
    return {**found, **OTHERS}


def data(scale: int = 1) -> dict[str, Any]:
    """The arrays that the expressions name; ``scale`` divides their sizes."""
    rng = np.random.default_rng(0)
    n, k = 200_000 // scale, 200 // max(1, scale // 10)
    m = rng.uniform(0.1, 0.9, (400 // max(1, scale // 10), 500))
    a = rng.normal(size=(k, k)) / np.sqrt(k) + 2.0 * np.eye(k)
    return {
        "np": np,
        "v": rng.uniform(0.1, 0.9, n),
        "w": rng.uniform(0.1, 0.9, n),
        "m": m,
        "big": rng.uniform(0.1, 0.9, (1500 // scale, 500)),
        "near": np.exp(1e-3 * rng.normal(size=(1500 // scale, 500))),
        "row": rng.uniform(0.1, 0.9, len(m)),
        "a": a,
        "b": rng.normal(size=(k, k)),
        "spd": a @ a.T + np.eye(k),
        "stack": rng.normal(size=(100, 30, 30)),
        "tall": rng.normal(size=(4 * k, k)),
        "triples": rng.normal(size=(n // 10, 3)),
        "nodes": np.linspace(0.0, 1.0, 50),
        "values": rng.normal(size=50),
        "index": rng.integers(0, n, n),
        "order": rng.integers(0, 500, m.shape),
        "mask": rng.random(n) > 0.5,
    }


def loss(text: str, space: dict[str, Any]) -> tuple[Callable[..., Any], tuple[Any, ...]]:
    """A scalar function of the arrays that an expression names, and those arrays."""
    float_arrays = [
        name
        for name in (
            "v",
            "w",
            "m",
            "big",
            "near",
            "a",
            "b",
            "spd",
            "stack",
            "tall",
            "triples",
            "row",
            "values",
        )
        if name in compile(text, "", "eval").co_names
    ]
    names = dict(space)
    y = eval(text, names)
    names["weight"] = np.random.default_rng(1).normal(size=np.shape(y))
    file = f"<rule {text}>"
    result = "weight * y" if np.ndim(y) == 0 else "np.sum(weight * y)"
    body = f"def loss({', '.join(float_arrays)}):\n    y = {text}\n    return {result}\n"
    linecache.cache[file] = (len(body), None, body.splitlines(keepends=True), file)
    exec(compile(body, file, "exec"), names)
    return names["loss"], tuple(space[name] for name in float_arrays)


def measure(text: str, space: dict[str, Any], rounds: int) -> tuple[float, float]:
    """Seconds of a value, and of a value and gradient."""
    from srcgrad import value_and_grad

    function, args = loss(text, space)
    both = value_and_grad(function, wrt=tuple(range(len(args))))
    both(*args)
    thunks = {"value": lambda: function(*args), "both": lambda: both(*args)}
    times = interleaved(thunks, rounds, target=0.002, clock=time.process_time)
    return times["value"], times["both"]


def main() -> int:
    """Print a row for each case and whether the bars hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only cases whose names contain one of these")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--scale", type=int, default=1, help="divide the sizes by this")
    given = parser.parse_args()
    space, ratios = data(given.scale), {}
    for name, text in cases().items():
        if given.names and not any(part in name for part in given.names):
            continue
        value, both = measure(text, space, given.rounds)
        ratios[name] = both / value
        print(f"{name:24} {value * 1e6:10.0f} us {both / value:7.2f}  {text}", flush=True)
    middle = median(ratios.values())
    high = {name: ratio for name, ratio in ratios.items() if ratio > 8.0}
    for name, ratio in sorted(high.items(), key=lambda pair: -pair[1]):
        print(f"above 8: {name} {ratio:.1f}: {EXCEPTIONS.get(name, 'NO THEORY')}")
    holds = [middle <= 3.0, high.keys() <= EXCEPTIONS.keys()]
    print(
        f"{'ok  ' if holds[0] else 'MISS'} the median of {len(ratios)} is {middle:.2f} (at most 3)"
    )
    print(f"{'ok  ' if holds[1] else 'MISS'} none is above 8 without its theory")
    return 0 if all(holds) else 1


if __name__ == "__main__":
    raise SystemExit(main())
