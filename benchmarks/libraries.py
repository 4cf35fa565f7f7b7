"""The candidates: how each library makes a gradient of a case.

``candidates(library, bench)`` gives a function without arguments for every candidate of one
library; calling one computes the gradient.  A library that is not installed raises ImportError.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import FunctionType, SimpleNamespace
from typing import Any

import numpy as np

from benchmarks import cases
from benchmarks.cases import Bench

Thunk = Callable[[], Any]
LIBRARIES = ("numpy", "jax", "torch")


def with_module(function: Callable[..., Any], module: Any) -> Callable[..., Any]:
    """The same function, with another module in the place of ``np``."""
    space = {**function.__globals__, "np": module}
    return FunctionType(function.__code__, space, function.__name__, function.__defaults__)


def candidates(library: str, bench: Bench) -> dict[str, Thunk]:
    """The functions to time in the process of one library; ``hand`` is always among them."""
    args = bench.args()
    made: dict[str, Thunk] = {"hand": lambda: bench.hand(*args)}
    makers = {"numpy": (_srcgrad, _generated, _autograd), "jax": (_jax,), "torch": (_torch,)}
    for make in makers[library]:
        name = make.__name__[1:]
        if name == "generated" or find_spec(name) is not None:
            made[name] = make(bench, args)
    return made


def _srcgrad(bench: Bench, args: tuple[Any, ...]) -> Thunk:
    from srcgrad import grad

    gradient = grad(bench.loss, wrt=bench.wrt)
    return lambda: gradient(*args)


def _generated(bench: Bench, args: tuple[Any, ...]) -> Thunk:
    from srcgrad import grad

    function = generated_function(grad(bench.loss, wrt=bench.wrt), *args)
    return lambda: function(*args)


def generated_function(gradient: Any, *args: Any) -> Callable[..., Any]:
    """The generated function of a gradient, from the module that it is saved as."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "saved_gradient.py"
        gradient.save(path, *args)
        spec = spec_from_file_location("saved_gradient", path)
        assert spec is not None and spec.loader is not None
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
    made = [f for f in vars(module).values() if getattr(f, "__module__", "") == module.__name__]
    function: Callable[..., Any] = made[-1]
    return function


def _autograd(bench: Bench, args: tuple[Any, ...]) -> Thunk:
    import autograd
    import autograd.numpy

    gradient = autograd.grad(with_module(bench.loss, autograd.numpy), bench.wrt)
    return lambda: gradient(*args)


def _jax(bench: Bench, args: tuple[Any, ...]) -> Thunk:
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    loss = _jax_loss(bench)
    gradient = jax.jit(jax.grad(loss, bench.wrt))
    moved = [jnp.asarray(a) for a in args]
    return lambda: jax.block_until_ready(gradient(*moved))


def _jax_loss(bench: Bench) -> Callable[..., Any]:
    """The loss for JAX: loops as JAX wants them, so that it compiles in reasonable time."""
    import jax
    import jax.numpy as jnp

    def rnn(Wx, Wh, b, Wo, xs, h0, y):
        def step(h, x):
            return jnp.tanh(x @ Wx + h @ Wh + b), None

        h, _ = jax.lax.scan(step, h0, xs)
        return jnp.mean((h @ Wo - y) ** 2)

    def ode(r, k, c, y0, dt):
        def step(y, _):
            change = r * y * (1.0 - y / k) - c * y * y / (1.0 + y * y)
            return y + dt * change, None

        y, _ = jax.lax.scan(step, y0, None, length=cases.STEPS)
        return y * y

    own = {cases.rnn: rnn, cases.ode: ode}
    return own.get(bench.loss) or with_module(bench.loss, jnp)


def _torch(bench: Bench, args: tuple[Any, ...]) -> Thunk:
    import torch

    shim = SimpleNamespace(
        exp=torch.exp,
        log=torch.log,
        log1p=torch.log1p,
        tanh=torch.tanh,
        sum=torch.sum,
        mean=torch.mean,
        arange=torch.arange,
        max=lambda x, axis, keepdims: torch.amax(x, axis, keepdims),
        maximum=lambda x, low: torch.clamp(x, min=low),
    )
    loss = with_module(bench.loss, shim)
    tensors = [torch.as_tensor(np.asarray(a)) for a in args]
    active = [tensors[i].requires_grad_() for i in bench.wrt]

    def run() -> Any:
        return torch.autograd.grad(loss(*tensors), active)

    return run
