"""What a random program writes into: entries, slices, masks, whole arrays, and by calls."""

from __future__ import annotations

import math

from tests.fuzz.scope import Scope, Shape, Thing


def target(s: Scope, t: Thing) -> tuple[str, Shape]:
    """Return a place in an array to write to, and its shape."""
    r, shape = s.r, t.shape
    k = r.random()
    if k < 0.62:
        text, left = s.basic(shape)
        return f"{t.name}[{text}]", left
    if k < 0.70:
        return f"{t.name}[{s.pick(':', '...')}]", shape
    if k < 0.76 and len(shape) == 2:
        i = s.index(shape[0])
        text, left = s.basic(shape[1:])
        return f"{t.name}[{i}][{text}]", left
    if k < 0.80 and len(shape) == 2:
        text, left = s.basic(shape[::-1])
        return f"{t.name}.T[{text}]", left
    if k < 0.88:
        places, size = s.many(shape[0])
        return f"{t.name}[{places}]", (size, *shape[1:])
    if k < 0.92 and len(shape) == 2:
        return _crossed(s, t)
    if k < 0.94:
        return f"{t.name}.flat[{s.index(math.prod(shape))}]", ()
    return f"{t.name}[{s.mask(shape)}]", (-1,)


def _crossed(s: Scope, t: Thing) -> tuple[str, Shape]:
    """Index both axes of a matrix with arrays."""
    rows, columns = t.shape
    if s.r.random() < 0.4:
        places, size = s.many(rows)
        return f"{t.name}[{places}, {s.index(columns)}]", (size,)
    if s.r.random() < 0.5:
        places, size = s.many(columns)
        return f"{t.name}[:, {places}]", (rows, size)
    ones, others = _places(s, rows), _places(s, columns)
    if s.r.random() < 0.5:
        return f"{t.name}[np.ix_({ones}, {others})]", (len(ones), len(others))
    size = min(len(ones), len(others))
    return f"{t.name}[{ones[:size]}, {others[:size]}]", (size,)


def _places(s: Scope, dim: int) -> list[int]:
    return s.r.sample(range(dim), s.r.randint(1, min(dim, 3)))


def value(s: Scope, shape: Shape) -> str:
    """Return what is written to a place of a shape."""
    if shape == (-1,) or not shape:
        return s.number(2)
    k = s.r.random()
    if k < 0.25:
        return s.number()
    if k < 0.35 and len(shape) == 2:
        return s.array(shape[1:], 1)
    return s.array(shape, 2)


def updated(s: Scope, place: str, shape: Shape) -> str:
    """Return an augmented assignment."""
    k = s.r.random()
    if k < 0.5:
        return f"{place} {s.pick('+=', '-=')} {value(s, shape)}"
    if k < 0.8:
        inside = value(s, shape)
        return f"{place} *= {s.pick('0.7', s.number(0), f'np.cos({inside})')}"
    if k < 0.95 or s.loops:  # squares of squares are soon too large
        return f"{place} /= 1.5 + {s.number(0)} ** 2"
    return f"{place} **= 2"


def called(s: Scope, t: Thing) -> str:
    """Return a call that writes into an array."""
    name, shape = t.name, t.shape
    places, size = s.many(shape[0])
    flat = len(shape) == 1
    forms = [
        f"np.add.at({name}, {places}, {value(s, (size, *shape[1:]))})",
        f"np.subtract.at({name}, {places}, {s.number()})",
        f"np.{s.pick('add', 'multiply', 'subtract', 'maximum')}"
        f"({s.leaf(shape)}, {s.leaf(shape)}, out={name})",
        f"np.{s.pick('tanh', 'sin', 'abs')}({s.leaf(shape)}, out={name})",
        f"np.multiply({name}, {s.number(0)}, out={name})",
        f"np.clip({s.leaf(shape)}, -0.5, 0.8, out={name})",
        f"{name}.fill({s.number()})",
        f"np.copyto({name}, {s.copied(name, s.array(shape, 1))})",
        f"np.copyto({name}, {s.copied(name, s.leaf(shape))}, where={s.mask(shape)})",
        f"np.putmask({name}, {s.mask(shape)}, {s.number(0)})",
        f"np.add({s.leaf(shape)}, {s.number(0)}, {name})",
    ]
    if flat:
        forms += [
            f"np.put({name}, {places}, {s.number(0)})",
            f"np.cumsum({s.leaf(shape)}, out={name})",
            f"{name}.sort()",
        ]
    elif shape[0] == shape[1]:
        forms.append(f"np.fill_diagonal({name}, {s.number(0)})")
        forms.append(f"{name} @= 0.3 * {s.leaf(shape)}")
    if len(shape) == 2:
        forms.append(f"np.add.at({name}, ({places}, {s.index(shape[1])}), {s.number()})")
        forms.append(f"{name}[{s.mask(shape[:1])}] = {value(s, shape[1:])}")
    matrices = [m for m in s.all("array") if len(m.shape) == 2 and m.shape[:1] == shape]
    if matrices:
        m = s.r.choice(matrices)
        apart = s.array(m.shape[1:], 1)
        forms.append(f"np.matmul({m.name}, {apart}, out={name})")
    if flat and shape[0] > 1:
        part = f"{name}[{s.cut(shape[0], shape[0] - 1)}]"
        forms.append(f"np.sin({s.leaf((shape[0] - 1,))}, out={part})")
    return s.r.choice(forms)


def looked(s: Scope, t: Thing) -> tuple[str, Shape, bool]:
    """Return a view of an array, its shape and whether it can be written to."""
    r, name, shape = s.r, t.name, t.shape
    k = r.random()
    if k < 0.55 or len(shape) > 2:
        while True:
            text, left = s.basic(shape)
            if left:
                return f"{name}[{text}]", left, True
    forms: list[tuple[str, Shape, bool]] = [
        (f"np.asarray({name})", shape, True),
        (f"{name}[:]", shape, True),
        (f"{name}.reshape({shape})", shape, True),
    ]
    if len(shape) == 1:
        (n,) = shape
        forms += [
            (f"{name}[::-1]", shape, True),
            (f"np.flip({name})", shape, True),
            (f"{name}[None, :]", (1, n), True),
            (f"{name}[:, None]", (n, 1), True),
            (f"np.atleast_2d({name})", (1, n), True),
            (f"{name}.reshape(-1, 1)", (n, 1), True),
        ]
        forms += [(f"{name}.reshape(2, {n // 2})", (2, n // 2), True)] * (n % 2 == 0)
    else:
        m, n = shape
        forms += [
            (f"{name}.T", (n, m), True),
            (f"np.transpose({name})", (n, m), True),
            (f"np.swapaxes({name}, 0, 1)", (n, m), True),
            (f"{name}.reshape({n}, {m})", (n, m), True),
            (f"{name}.reshape(-1)", (m * n,), True),
            (f"{name}.ravel()", (m * n,), True),
            (f"np.ravel({name})", (m * n,), True),
        ]
        forms += [(f"np.squeeze({name})", (n,), True)] * (m == 1 and n > 1)
        forms += [(f"{name}.diagonal()", (min(m, n),), False)]
    return r.choice(forms)
