"""What a warm call of a gradient costs over running the generated function itself."""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.cases import rosenbrock2
from benchmarks.timing import interleaved


def generated_function(gradient: Any, *args: Any) -> Callable[..., Any]:
    """The generated function of a gradient, from the module that it is saved as."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "saved_gradient.py"
        gradient.save(path, *args)
        spec = importlib.util.spec_from_file_location("saved_gradient", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    made = [f for f in vars(module).values() if getattr(f, "__module__", "") == module.__name__]
    function: Callable[..., Any] = made[-1]
    return function


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


if __name__ == "__main__":
    print(call_overhead())
