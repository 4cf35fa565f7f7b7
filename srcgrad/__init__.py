"""Gradients of plain Python and NumPy, as source that one can read."""

from srcgrad.api import (
    Gradient,
    Jacobian,
    Pullback,
    Pushforward,
    grad,
    hessian,
    hvp,
    jacfwd,
    jacobian,
    jacrev,
    jvp,
    value_and_grad,
    vhp,
    vjp,
)
from srcgrad.checks import check_grad, check_rule
from srcgrad.errors import (
    Aliased,
    InternalError,
    NoRule,
    NoSource,
    NotScalar,
    SrcgradError,
    Unreadable,
)
from srcgrad.rules.table import elementwise, linear, multilinear, pull, push, zero
from srcgrad.runtime import constant, stop_gradient
from srcgrad.runtime.checkpoints import checkpoint, checkpointed

__version__ = "0.1.0"

__all__ = [
    "Aliased",
    "Gradient",
    "InternalError",
    "Jacobian",
    "NoRule",
    "NoSource",
    "NotScalar",
    "Pullback",
    "Pushforward",
    "SrcgradError",
    "Unreadable",
    "check_grad",
    "check_rule",
    "checkpoint",
    "checkpointed",
    "constant",
    "elementwise",
    "grad",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "linear",
    "multilinear",
    "pull",
    "push",
    "stop_gradient",
    "value_and_grad",
    "vhp",
    "vjp",
    "zero",
]
