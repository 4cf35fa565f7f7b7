"""What a compiled gradient depends on of its arguments: classes, dtypes, which sizes are 1.

    key_of(1.5)                  ->  float
    key_of(np.zeros((3, 1)))     ->  (ndarray, dtype('float64'), (False, True))
    key_of({"w": 1.5})           ->  (dict, ('w',), (float,))

Two values with equal keys have equal types, up to the names of sizes (`facts.types.type_of`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Hashable
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import numpy as np

from srcgrad.facts.objects import class_attribute, is_object_class
from srcgrad.facts.sparse import is_sparse
from srcgrad.facts.typed import LONG

NUMPY_NUMBERS = frozenset(
    cls
    for cls in np.sctypeDict.values()
    if issubclass(cls, (np.number, np.bool)) and not issubclass(cls, np.timedelta64)
)
BY_CLASS: frozenset[type] = frozenset({bool, int, float, complex}) | NUMPY_NUMBERS
"""Classes whose values have all one type."""

BY_VALUE = frozenset({str, bytes, type(None), FunctionType, BuiltinFunctionType, np.ufunc})


class ByIdentity:
    """The key of an object that counts as itself, whatever its own idea of equality."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ByIdentity) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


def key_of(value: Any) -> Any:
    """Return the key of one value."""
    cls = type(value)
    if cls in BY_CLASS:
        return cls
    detail = detail_of(cls)
    return cls if detail is None else (cls, detail(value))


def detail_of(cls: type) -> Callable[[Any], Hashable] | None:
    """Return what makes the rest of the key of values of a class; None where there is no rest."""
    if cls in BY_CLASS:
        return None
    if cls is np.ndarray:
        return _array
    if cls in BY_VALUE:
        return _itself
    if cls is list or cls is tuple:
        return _sequence
    if cls is dict:
        return _mapping
    if issubclass(cls, np.generic):
        return _dtype
    if issubclass(cls, np.dtype):
        return _itself
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return _items
    if hasattr(cls, "__dataclass_fields__"):
        return _record
    if is_sparse(cls):
        return _array
    if is_object_class(cls):  # what is looked at inside is found by paths
        return None
    if issubclass(cls, (type, ModuleType)) or "__call__" in dir(cls):
        return ByIdentity
    return None


def _array(value: Any) -> Hashable:
    shape = value.shape
    if 1 in shape or 0 in shape:
        return value.dtype, tuple([n if n < 2 else 2 for n in shape])
    return value.dtype, len(shape)


def _itself(value: Any) -> Hashable:
    return value  # type: ignore[no-any-return]


def _dtype(value: Any) -> Hashable:
    return value.dtype  # type: ignore[no-any-return]


def _items(value: Any) -> Hashable:
    return tuple([key_of(item) for item in value])


def _sequence(value: Any) -> Hashable:
    if len(value) > LONG:
        return None, frozenset([key_of(item) for item in value])
    return tuple([key_of(item) for item in value])


def _mapping(value: Any) -> Hashable:
    return tuple(value), tuple([key_of(item) for item in value.values()])


def _record(value: Any) -> Hashable:
    names = type(value).__dataclass_fields__
    return tuple([key_of(getattr(value, name, None)) for name in names])


def is_static(value: Any) -> bool:
    """Tell whether a value is one that the reader wants to know: a function, class or module."""
    if isinstance(value, ModuleType):
        return True
    return callable(value) and not is_object_class(type(value))


def is_sample(value: Any) -> bool:
    """Tell whether the reader wants to look at a value as an example."""
    return value is not None


def unbound(function: Any) -> tuple[Any, tuple[Any, ...]]:
    """Return the function that a bound method or an object calls, and the object it hands it."""
    if isinstance(function, MethodType) and isinstance(function.__func__, FunctionType):
        if is_object_class(type(function.__self__)):
            return function.__func__, (function.__self__,)
    cls = type(function)
    if is_object_class(cls):
        call = class_attribute(cls, "__call__")
        if isinstance(call, FunctionType):
            return call, (function,)
    return function, ()


class Binder:
    """Turns the arguments of any call into one value for each parameter, in order.

    Defaults are looked up at the call, where Python would look them up.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        try:
            self.signature = inspect.signature(function)
        except (ValueError, TypeError, IndexError):
            name = getattr(function, "__name__", type(function).__name__)
            raise TypeError(f"the parameters of {name!r} cannot be found") from None
        self.parameters = tuple(self.signature.parameters.values())
        self.names = tuple(p.name for p in self.parameters)
        plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        self.positional = sum(p.kind in plain for p in self.parameters)
        self.simple = self.positional == len(self.parameters)

    @property
    def count(self) -> int:
        """How many positional arguments need no binding at all; -1 where there is no such call."""
        return self.positional if self.simple else -1

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """Return one value for each parameter.

        Raises
        ------
        TypeError
            If the function cannot be called like this.
        """
        if self.simple and not kwargs:
            defaults = getattr(self.function, "__defaults__", None) or ()
            missing = self.positional - len(args)
            if 0 <= missing <= len(defaults):
                return (*args, *defaults[len(defaults) - missing :])
        signature = self.signature
        if isinstance(self.function, FunctionType):  # its defaults may have changed
            signature = inspect.signature(self.function)
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            name = getattr(self.function, "__name__", "function")
            raise TypeError(f"{name}() {error}") from None
        bound.apply_defaults()
        return tuple(bound.arguments.values())
