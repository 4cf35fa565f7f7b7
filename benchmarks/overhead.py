"""What a warm call of a gradient costs over running the generated function itself."""

from __future__ import annotations

from typing import Any

from benchmarks.cases import rosenbrock2
from benchmarks.libraries import generated_function
from benchmarks.timing import interleaved


def call_overhead(rounds: int = 41) -> dict[str, Any]:
    """Seconds that a call of the gradient of two scalars takes over the generated function."""
    try:
        from srcgrad import grad

        gradient = grad(rosenbrock2, wrt=(0, 1))
        args = (-1.2, 1.0)
        bare = generated_function(gradient, *args)
        assert bare(*args) == gradient(*args)
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}".splitlines()[0]}
    times = interleaved({"bare": lambda: bare(*args), "call": lambda: gradient(*args)}, rounds)
    return {"overhead": times["call"] - times["bare"], **times}
