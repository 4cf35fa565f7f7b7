"""All that generated code may call besides NumPy: a handful of small functions on values.

Most of them disappear when the types of the arguments are known.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np

from srcgrad.errors import NoRule, NotScalar


def unbroadcast(g: Any, like: Any) -> Any:
    """Sum a cotangent over the axes along which its variable was broadcast.

    Parameters
    ----------
    g : array or scalar
        The cotangent of a broadcast result.
    like : array or scalar
        The operand; the result has its shape.
    """
    shape = np.shape(like)
    if np.shape(g) == shape:
        return g
    if isinstance(like, (list, tuple)) and isinstance(g, (list, tuple)):
        raise TypeError("lists were joined where numbers were expected to be added")
    extra = np.ndim(g) - len(shape)
    if extra < 0:
        return np.broadcast_to(g, shape)
    if extra > 0:
        g = np.sum(g, axis=tuple(range(extra)))
    pairs = zip(shape[len(shape) - np.ndim(g) :], np.shape(g), strict=True)
    axes = tuple(i for i, (n, m) in enumerate(pairs) if n == 1 and m != 1)
    if axes:
        g = np.sum(g, axis=axes, keepdims=True)
    return g if np.shape(g) == shape else np.broadcast_to(g, shape)


def zeros_like(x: Any) -> Any:
    """Return zeros of the structure, shape and float dtype of a value."""
    if isinstance(x, np.ndarray):
        inexact = np.issubdtype(x.dtype, np.inexact)
        return np.zeros(x.shape, x.dtype if inexact else np.float64)
    if isinstance(x, np.generic):
        return np.zeros((), x.dtype)[()] if np.issubdtype(x.dtype, np.inexact) else 0.0
    if isinstance(x, dict):
        return {key: zeros_like(item) for key, item in x.items()}
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        return type(x)(*(zeros_like(item) for item in x))
    if isinstance(x, (list, tuple)):
        return type(x)(zeros_like(item) for item in x)
    if dataclasses.is_dataclass(x) and not isinstance(x, type):
        names = [field.name for field in dataclasses.fields(x)]
        return dataclasses.replace(x, **{name: zeros_like(getattr(x, name)) for name in names})
    return 0.0 if isinstance(x, (bool, int, float)) else 0j if isinstance(x, complex) else None


def add(a: Any, b: Any) -> Any:
    """Add two cotangents of one structure, leaf by leaf."""
    if isinstance(a, dict):
        return {key: add(item, b[key]) for key, item in a.items()}
    if isinstance(a, tuple) and hasattr(a, "_fields"):
        return type(a)(*(add(x, y) for x, y in zip(a, b, strict=True)))
    if isinstance(a, (list, tuple)):
        return type(a)(add(x, y) for x, y in zip(a, b, strict=True))
    if a is None or b is None:
        return b if a is None else a
    if dataclasses.is_dataclass(a) and not isinstance(a, type):
        names = [field.name for field in dataclasses.fields(a)]
        return dataclasses.replace(
            a, **{name: add(getattr(a, name), getattr(b, name)) for name in names}
        )
    return a + b


def given(g: Any, like: Any) -> Any:
    """Return a cotangent, or zeros like its variable where it is ``None``, for nothing."""
    return zeros_like(like) if g is None else g


def put_add(x: Any, index: Any, g: Any) -> Any:
    """Return a copy of a cotangent with ``g`` added at ``index``; repeated indices add up.

    Parameters
    ----------
    x : array, list, tuple or dict
        The cotangent of a container or array.
    index : index or key
        Where the value was read.
    g : array, scalar or container
        The cotangent of what was read there.
    """
    if isinstance(x, (int, float, complex, np.generic)):
        return x + np.reshape(g, ())[()]
    if isinstance(x, np.ndarray):
        total = x.copy()
        np.add.at(total, index, g)
        return total
    if isinstance(x, (np.generic, float)):  # x[()] of a 0-d array
        return x + g
    if isinstance(x, tuple) and hasattr(x, "_fields"):
        items = put_add(list(x), index, g)
        return type(x)(*items)
    if isinstance(x, tuple):
        return tuple(put_add(list(x), index, g))
    out = x.copy()
    if isinstance(index, slice):
        out[index] = add(out[index], list(g))
    else:
        out[index] = add(out[index], g)
    return out


def put(x: Any, index: Any, value: Any) -> Any:
    """Return a copy of an array with other entries at ``index``: ``x[index] = value``.

    Parameters
    ----------
    x : array
        What is written to.
    index : index
        Where.
    value : array or scalar
        What is written there; of repeated indices the last one counts.
    """
    out = x.copy()
    out[index] = value
    return out


def put_part(g: Any, index: Any, value: Any) -> Any:
    """Return what is owed to the value that `put` wrote at an index of arrays.

    What was overwritten by a later repetition of the same index is owed nothing.
    """
    order = np.arange(np.size(g)).reshape(np.shape(g))
    places = order[index]
    last = np.full(np.size(g), -1)
    last[places.reshape(-1)] = np.arange(places.size)
    kept = last[places.reshape(-1)] == np.arange(places.size)
    part = np.where(kept.reshape(places.shape), g[index], 0.0)
    return unbroadcast(part.astype(g.dtype), value)


def along_axis(indices: Any, axis: int, shape: tuple[int, ...]) -> tuple[Any, ...]:
    """Return the index that ``np.put_along_axis(a, indices, v, axis)`` writes at."""
    grid = np.ix_(*(range(n) for n in indices.shape))
    axis = axis % len(shape)
    full = [np.broadcast_to(one, indices.shape) for one in grid]
    full[axis] = indices
    return tuple(full)


def put_attr(x: Any, name: str, g: Any) -> Any:
    """Return a copy of the cotangent of an object with ``g`` added to one attribute."""
    if isinstance(x, tuple):
        return x._replace(**{name: add(getattr(x, name), g)})  # type: ignore[attr-defined]
    return dataclasses.replace(x, **{name: add(getattr(x, name), g)})


def fresh(g: Any, like: Any) -> Any:
    """Return a gradient with the dtype, shape and structure of its argument, in new memory.

    Parameters
    ----------
    g : array, scalar or container
        A cotangent.
    like : array, scalar or container
        The argument it belongs to.
    """
    if g is None and like is not None:
        return zeros_like(like)
    if _is_complex(g) and not _is_complex(like):
        raise NoRule.at(
            None,
            "a derivative turned out complex",
            "A power of a negative number is complex, and derivatives are of real numbers.",
            "Keep the base positive, or compute with the real and the imaginary part.",
        )
    if isinstance(like, np.ndarray):
        dtype = like.dtype if np.issubdtype(like.dtype, np.inexact) else np.float64
        out = np.empty(like.shape, dtype)
        out[...] = g
        return out
    if isinstance(like, np.generic):
        dtype = like.dtype if np.issubdtype(like.dtype, np.inexact) else np.dtype(np.float64)
        return dtype.type(g)
    if isinstance(like, dict):
        return {key: fresh(g[key], item) for key, item in like.items()}
    if isinstance(like, tuple) and hasattr(like, "_fields"):
        return type(like)(*(fresh(a, b) for a, b in zip(g, like, strict=True)))
    if isinstance(like, (list, tuple)):
        return type(like)(fresh(a, b) for a, b in zip(g, like, strict=True))
    if dataclasses.is_dataclass(like) and not isinstance(like, type):
        names = [field.name for field in dataclasses.fields(like)]
        parts = {name: fresh(getattr(g, name), getattr(like, name)) for name in names}
        return dataclasses.replace(like, **parts)
    return g.item() if isinstance(g, (np.ndarray, np.generic)) else g


def _is_complex(x: Any) -> bool:
    return isinstance(x, complex) or (
        isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind == "c"
    )


def collect_like(items: Any, like: Any) -> Any:
    """Return the cotangent of something iterable from the cotangents of its items.

    Parameters
    ----------
    items : sequence
        One cotangent for each item that was looked at, in order; ``None`` for nothing.
    like : array, list, tuple or other iterable
        What the items were taken from; items that were not looked at get zeros.
    """
    if isinstance(like, np.ndarray):
        total = zeros_like(like)
        for i, item in enumerate(items):
            if item is not None:
                total[i] = item
        return total
    if not isinstance(like, (list, tuple)):
        return list(items)
    rest = [zeros_like(item) for item in like[len(items) :]]
    whole = [*items, *rest]
    if isinstance(like, tuple) and hasattr(like, "_fields"):
        return type(like)(*whole)
    return type(like)(whole)


def turned_like(items: Any, like: Any) -> Any:
    """Return the cotangent of a sequence from those of its items, which were taken backwards.

    Parameters
    ----------
    items : sequence
        One cotangent for each item that was looked at, the last item first.
    like : array, list or tuple
        The sequence; items that were not looked at get zeros.
    """
    if not isinstance(like, (np.ndarray, list, tuple)):
        like = list(like)
    return collect_like(items, like[::-1])[::-1]


def column(rows: Any, index: int, like: Any) -> Any:
    """Return the cotangent of one of the iterables that ``zip`` or ``enumerate`` walked along."""
    return collect_like([row[index] for row in rows], like)


def dict_like(items: Any, like: Any) -> Any:
    """Return the cotangent of a dict from those of its values, in order."""
    return {
        key: items[i] if i < len(items) else zeros_like(like[key]) for i, key in enumerate(like)
    }


def product_of_others(x: Any, axis: Any = None) -> Any:
    """Return, for each element, the product of all the others along an axis.

    Parameters
    ----------
    x : array
        The factors; zeros among them are exact.
    axis : int or tuple of int, optional
        The axes along which to multiply; all of them if not given.
    """
    x = np.asarray(x)
    axes = tuple(range(x.ndim)) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    moved = np.moveaxis(x, axes, range(len(axes)))
    rest = moved.shape[len(axes) :]
    rows = moved.reshape(math.prod(moved.shape[: len(axes)]), *rest)
    before, after = np.ones_like(rows), np.ones_like(rows)
    np.cumprod(rows[:-1], axis=0, out=before[1:])
    np.cumprod(rows[:0:-1], axis=0, out=after[1:])
    others = (before * after[::-1]).reshape(moved.shape)
    return np.moveaxis(others, range(len(axes)), axes)


def share_ties(g: Any, y: Any, axis: Any = -1) -> Any:
    """Return ``g`` averaged over runs of equal elements of ``y``, which is sorted.

    Parameters
    ----------
    g : array
        The cotangent of a sorted array.
    y : array
        The sorted array.
    axis : int, optional
        The axis along which it is sorted; None for a flat one.
    """
    along = 0 if axis is None else axis
    rows = np.moveaxis(y, along, -1)
    if rows.shape[-1] < 2 or not np.any(rows[..., 1:] == rows[..., :-1]):
        return g
    starts = np.ones(rows.shape, bool)
    starts[..., 1:] = rows[..., 1:] != rows[..., :-1]
    runs = np.cumsum(starts).reshape(rows.shape) - 1
    values = np.moveaxis(g, along, -1)
    means = np.bincount(runs.ravel(), values.ravel()) / np.bincount(runs.ravel())
    return np.moveaxis(means[runs].astype(values.dtype), -1, along)


def einsum_turned(subscripts: str, place: int) -> str:
    """Return the subscripts of ``np.einsum`` that pull a cotangent back to one operand.

    The operands are then the cotangent and the other operands, in order.

    Parameters
    ----------
    subscripts : str
        As given to ``np.einsum``.
    place : int
        Which operand.

    Examples
    --------
    >>> einsum_turned("ij,jk->ik", 0), einsum_turned("ij,jk->ik", 1)
    ('ik,jk->ij', 'ik,ij->jk')
    """
    terms, output = _einsum_terms(subscripts)
    others = [output, *terms[:place], *terms[place + 1 :]]
    own = terms[place].replace("...", ".")
    known = "".join(others).replace("...", ".")
    target = "".join(c for c in dict.fromkeys(own) if c in known)
    if "." in known and "." not in target:
        target = "." + target  # NumPy does not sum over an ellipsis
    return ",".join(others) + "->" + target.replace(".", "...")


def einsum_lost(subscripts: str, place: int) -> tuple[int, ...]:
    """Return the axes of an operand that its turned subscripts do not give.

    Parameters
    ----------
    subscripts : str
        As given to ``np.einsum``.
    place : int
        Which operand.

    Examples
    --------
    >>> einsum_lost("ij->i", 0), einsum_lost("ii->i", 0)
    ((-1,), (-1,))
    """
    terms, output = _einsum_terms(subscripts)
    known = set("".join([output, *terms[:place], *terms[place + 1 :]]))
    own = terms[place].replace("...", ".")
    dots = own.find(".") if "." in own else -1
    return tuple(
        i if i < dots else i - len(own)
        for i, c in enumerate(own)
        if c != "." and (c in own[:i] or c not in known)
    )


def einsum_repeats(subscripts: str, place: int) -> bool:
    """Tell whether a subscript occurs twice in one operand of ``np.einsum``, as in ``"ii->i"``.

    Parameters
    ----------
    subscripts : str
        As given to ``np.einsum``.
    place : int
        Which operand.
    """
    own = _einsum_terms(subscripts)[0][place].replace("...", "")
    return len(set(own)) < len(own)


def einsum_diagonal(subscripts: str, place: int, x: Any) -> Any:
    """Return 1 where the indices with the same subscript agree in one operand, elsewhere 0.

    Parameters
    ----------
    subscripts : str
        As given to ``np.einsum``.
    place : int
        Which operand.
    x : array
        The operand.
    """
    own = _einsum_terms(subscripts)[0][place].replace("...", "." * (np.ndim(x) + 1))
    own = own if "." not in own else own.replace(".", "", own.count(".") - _dots(own, x))
    grid = np.indices(np.shape(x), sparse=True)
    mask = np.ones(np.shape(x), np.asarray(x).dtype)
    for i, c in enumerate(own):
        if c != "." and c in own[:i]:
            mask = mask * (grid[i] == grid[own.index(c)])
    return mask


def _dots(own: str, x: Any) -> int:
    return int(np.ndim(x)) - len(own.replace(".", ""))


def _einsum_terms(subscripts: str) -> tuple[list[str], str]:
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    if not arrow:
        letters = inputs.replace(",", "").replace(".", "")
        once = sorted(c for c in set(letters) if letters.count(c) == 1)
        output = ("..." if "..." in inputs else "") + "".join(once)
    return inputs.split(","), output


def entries(g: Any, like: Any, hidden: Any) -> Any:
    """Return the part of the cotangent of a merged dict that belongs to one of its parts.

    Parameters
    ----------
    g : dict
        The cotangent of the whole.
    like : dict
        The part.
    hidden : container
        Keys that another part gave another value: nothing is owed to those.
    """
    if not isinstance(like, dict):
        return _pairs(g, like, hidden)
    return {key: zeros_like(item) if key in hidden else g[key] for key, item in like.items()}


def _pairs(g: Any, like: Any, hidden: Any) -> list[tuple[Any, Any]]:
    out: list[tuple[Any, Any]] = []
    for i, (key, item) in enumerate(like):
        gone = key in hidden or any(key == later for later, _ in like[i + 1 :])
        out.append((zeros_like(key), zeros_like(item) if gone else g[key]))
    return out


def unless_in(g: Any, key: Any, later: Any) -> Any:
    """Return a cotangent, or zeros if a later entry of the dict has the same key."""
    return zeros_like(g) if key in later else g


def unjoined(g: Any, first: Any, second: Any) -> tuple[Any, Any]:
    """Return the cotangents of ``first`` and ``second`` from that of ``first + second``.

    Parameters
    ----------
    g : array or sequence
        The cotangent of the sum.
    first, second : array or sequence
        The operands: two sequences are joined, anything else is added.
    """
    if isinstance(first, (list, tuple)) and isinstance(second, (list, tuple)):
        n = len(first)
        return collect_like(g[:n], first), collect_like(g[n:], second)
    return unbroadcast(g, first), unbroadcast(g, second)


def fold_repeats(g: Any, like: Any) -> Any:
    """Return the cotangent of a list from that of ``like * n``: the sum over the repeats."""
    total = zeros_like(like)
    for start in range(0, len(g), len(like) or 1):
        total = add(total, type(total)(g[start : start + len(like)]))
    return total


def stop_gradient(x: Any) -> Any:
    """Return ``x``; nothing flows back through it."""
    return x


def constant(x: Any) -> Any:
    """Return ``x``, which is declared not to depend on what is differentiated."""
    return x


def times(g: Any, partial: Any) -> Any:
    """Return ``g * partial``, and 0 wherever ``g`` is 0, even if the partial is not finite.

    Parameters
    ----------
    g : array or scalar
        A cotangent that is 0 where a branch of ``np.where`` was not taken.
    partial : array or scalar
        A partial derivative of what was computed there.
    """
    with np.errstate(invalid="ignore"):
        return np.where(g == 0, 0.0 * g, g * partial)[()]


def refused() -> NoRule:
    """Return the error for a form of a call that its rule does not know."""
    return NoRule.at(
        None,
        "a function was called in a way that has no derivative",
        "Its rule knows other forms of the call, but not this one.",
        "Give it a rule with @srcgrad.pull, or write srcgrad.constant(...) around it.",
    )


def one_number(value: Any) -> None:
    """Raise NotScalar unless a value is one real number."""
    if isinstance(value, (int, float, np.floating, np.integer)) and not isinstance(value, bool):
        return
    if isinstance(value, np.ndarray) and value.ndim == 0 and value.dtype.kind in "fiu":
        return
    what = f"an array of {np.ndim(value)} dimensions"
    if not isinstance(value, np.ndarray):
        what = f"a {type(value).__name__}"
    raise NotScalar.at(
        None,
        "the result is not one real number",
        f"It is {what}, and a gradient is that of one real number.",
        "Reduce it to one number, as np.sum or np.mean do; for any other result use vjp.",
    )
