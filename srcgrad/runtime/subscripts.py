"""The subscripts of ``np.einsum``, turned round for its gradient."""

from __future__ import annotations

import string
from typing import Any

import numpy as np


def einsum_text(lists: Any, output: Any = None) -> str:
    """Return the subscripts of ``np.einsum`` as a text, from lists of numbers.

    Parameters
    ----------
    lists : sequence of lists
        The subscripts of each operand: whole numbers, and perhaps an ellipsis.
    output : list, optional
        Those of the result, where they are given.

    Examples
    --------
    >>> einsum_text([[0, 1], [1, 2]], [0, 2])
    'ab,bc->ac'
    """
    terms = [_spelled(one) for one in lists]
    return ",".join(terms) + ("" if output is None else "->" + _spelled(output))


def _spelled(one: Any) -> str:
    return "".join("..." if item is Ellipsis else _LETTERS[item] for item in one)


_LETTERS = string.ascii_lowercase + string.ascii_uppercase


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
