"""Objects of the user's classes: methods, properties, operators, attributes that are written."""

from __future__ import annotations

import copy
import dataclasses
import functools
import operator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from tests.zoo_case import Case, collector, normal, positive

CASES: list[Case] = []
case = collector(CASES)


class Linear:
    """A layer with a method for calls."""

    def __init__(self, W: Any, b: Any, act: Any = None) -> None:
        self.W = W
        self.b = b
        self.act = act

    def __call__(self, x: Any) -> Any:
        z = x @ self.W + self.b
        return z if self.act is None else self.act(z)


class Model:
    """A model of layers."""

    decay = 0.1

    def __init__(self, layers: list[Linear]) -> None:
        self.layers = layers
        self.calls = 0

    def predict(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x

    def loss(self, x: Any, y: Any) -> Any:
        self.calls += 1
        return np.mean((self.predict(x) - y) ** 2) + self.decay * self.norm

    @property
    def norm(self) -> Any:
        return np.sum(self.layers[0].W ** 2)


def model(r: Any) -> Model:
    return Model(
        [Linear(normal(r, 3, 4), normal(r, 4), np.tanh), Linear(normal(r, 4, 2), normal(r, 2))]
    )


def model_loss(x, y, net):
    return net.loss(x, y)


case(model_loss, lambda r: (normal(r, 5, 3), normal(r, 5, 2), model(r)), "objects", "golden")


def layers_alike(x, net):
    return np.sum(net.predict(x) ** 2)


case(
    layers_alike,
    lambda r: (
        normal(r, 2, 3),
        Model([Linear(normal(r, 3, 3), normal(r, 3), np.tanh) for _ in range(3)]),
    ),
    "objects",
    "golden",
)


@dataclass
class Dense:
    """A dataclass with methods."""

    W: Any
    b: Any

    def __call__(self, x: Any) -> Any:
        return np.tanh(x @ self.W + self.b)

    @property
    def size(self) -> Any:
        return np.sum(self.W * self.W) + np.sum(self.b * self.b)

    @staticmethod
    def halved(x: Any) -> Any:
        return 0.5 * x

    @classmethod
    def scaled(cls, W: Any, b: Any, c: float) -> Dense:
        return cls(c * W, c * b)


@dataclass
class Net:
    """A dataclass of dataclasses."""

    first: Dense
    second: Dense
    scale: float = 1.0

    def __call__(self, x: Any) -> Any:
        return self.scale * self.second(self.first(x))

    def loss(self, x: Any, y: Any) -> Any:
        return np.mean((self(x) - y) ** 2) + 0.1 * self.first.size


def net(r: Any) -> Net:
    return Net(Dense(normal(r, 3, 4), normal(r, 4)), Dense(normal(r, 4, 2), normal(r, 2)), 1.5)


def dataclass_methods(p, x, y):
    return p.loss(x, y)


case(
    dataclass_methods,
    lambda r: (net(r), normal(r, 5, 3), normal(r, 5, 2)),
    "objects",
    "golden",
)


def called_dataclass(p, x):
    return np.sum(p(x) ** 2) + Dense.halved(p.scale)


case(called_dataclass, lambda r: (net(r), normal(r, 3)), "objects", wrt=(0, 1))


def class_method(W, b, x):
    layer = Dense.scaled(W, b, 2.0)
    return np.sum(layer(x)) + layer.halved(layer.size)


case(class_method, lambda r: (normal(r, 3, 2), normal(r, 2), normal(r, 3)), wrt=(0, 1))


def dataclass_list(layers, x):
    for layer in layers:
        x = layer(x)
    return np.sum(x)


case(
    dataclass_list,
    lambda r: ([Dense(normal(r, 3, 3), normal(r, 3)) for _ in range(3)], normal(r, 3)),
    "objects",
)


class Vec:
    """A vector with operators."""

    def __init__(self, x: Any, y: Any) -> None:
        self.x = x
        self.y = y

    def __add__(self, other: Any) -> Vec:
        if isinstance(other, Vec):
            return Vec(self.x + other.x, self.y + other.y)
        return Vec(self.x + other, self.y + other)

    def __sub__(self, other: Vec) -> Vec:
        return self + -other

    def __neg__(self) -> Vec:
        return Vec(-self.x, -self.y)

    def __mul__(self, c: Any) -> Any:
        if isinstance(c, Vec):
            return self.x * c.x + self.y * c.y
        return Vec(self.x * c, self.y * c)

    __rmul__ = __mul__

    def __abs__(self) -> Any:
        return np.sqrt(self * self)

    def __len__(self) -> int:
        return 2

    def __getitem__(self, i: int) -> Any:
        return self.x if i == 0 else self.y


def vectors(x, y):
    p = Vec(x, y)
    q = Vec(y * y, 1.0)
    r = 2.0 * p + q * 3.0 - p
    return abs(r) + r * q + len(r) * r[0] + r[1]


case(vectors, lambda r: (positive(r), positive(r)), "golden", wrt=(0, 1))


def vector_in_loop(x, n):
    p = Vec(x, 1.0)
    for i in range(n):
        p = p * 0.5 + Vec(p.y, x)
    return p * p


case(vector_in_loop, lambda r: (positive(r), 4), "golden")


def vector_augmented(x):
    p = Vec(x, x * x)
    p += Vec(1.0, x)
    p *= 2.0
    return p.x * p.y


case(vector_augmented, lambda r: (positive(r),))


class Particle:
    """An object that changes."""

    def __init__(self, x: Any, v: Any) -> None:
        self.x = x
        self.v = v
        self.t = 0.0

    def step(self, dt: Any) -> None:
        self.v = self.v - dt * np.sin(self.x)
        self.x += dt * self.v
        self.t += dt

    def energy(self) -> Any:
        return 0.5 * self.v**2 - np.cos(self.x)


def pendulum_object(x, v, dt, n):
    p = Particle(x, v)
    for _ in range(n):
        p.step(dt)
    return p.energy() + p.t


case(pendulum_object, lambda r: (0.3, 0.2, 0.1, 5), "golden", wrt=(0, 1, 2))


def pendulum_while(x, v, dt):
    p = Particle(x, v)
    while p.t < 0.95:
        p.step(dt)
        if p.x > 10.0:
            break
    return p.energy()


case(pendulum_while, lambda r: (0.3, 0.2, 0.1), wrt=(0, 1, 2))


def two_names_of_one(x):
    p = Particle(x, 1.0)
    q = p
    q.x = q.x * 3.0
    p.x = p.x + q.x
    return p.x * q.x


case(two_names_of_one, lambda r: (0.7,), hand=lambda x: 72.0 * x)


def written_in_arm(x, c):
    p = Particle(x, 1.0)
    if c > 0:
        p.x = p.x * x
    else:
        p.v = p.x
    return p.x * p.v + p.x


case(written_in_arm, lambda r: (0.7, 1.0))


def made_in_arms(x, c):
    if c > 0:
        p = Particle(x, 1.0)
    else:
        p = Particle(1.0, x)
    q = p
    q.x = q.x * x
    return p.x + q.v


case(made_in_arms, lambda r: (0.7, -1.0))


def returned_in_arms(x, n):
    def find(p):
        for i in range(n):
            p.x = p.x * 1.5
            if p.x > 2.0:
                p.v = p.x
                return p.x
        return 0.0

    p = Particle(x, x)
    found = find(p)
    return found + p.x * p.v


case(returned_in_arms, lambda r: (0.7, 6))


def written_parameter(p, x):
    p.scale = p.scale * x
    p.scale += 1.0
    return p.scale**2 * np.sum(p.first.W)


case(written_parameter, lambda r: (net(r), 0.7), "objects", wrt=(0, 1))


def written_parameter_in_loop(x, net, n):
    for _ in range(n):
        if x > 0.5:
            net.calls = net.calls + x
    return net.calls * x


case(written_parameter_in_loop, lambda r: (0.7, model(r), 3), "objects")


class Base:
    """A class to inherit from."""

    def __init__(self, w: Any) -> None:
        self.w = w
        self.bias = 0.5

    def value(self, x: Any) -> Any:
        return self.w * x + self.bias

    def twice(self, x: Any) -> Any:
        return self.value(self.value(x))


class Derived(Base):
    """A class that inherits."""

    def __init__(self, w: Any, c: Any) -> None:
        super().__init__(w)
        self.__c = c

    def value(self, x: Any) -> Any:
        return np.sin(super().value(x)) * self.__c


def inherited(w, c, x):
    return Derived(w, c).twice(x) + Base(c).twice(w)


case(inherited, lambda r: (0.7, 1.2, 0.4), "golden", wrt=(0, 1, 2))


class Point(NamedTuple):
    """A namedtuple with methods."""

    x: Any
    y: Any = 1.0

    def norm2(self) -> Any:
        return self.x**2 + self.y**2

    def moved(self, dx: Any) -> Point:
        return self._replace(x=self.x + dx)


def namedtuple_methods(p, dx):
    q = p.moved(dx)
    x, y = q
    table = q._asdict()
    return q.norm2() + x * y + table["x"] * q[1] + Point(x).norm2() + len(q)


case(namedtuple_methods, lambda r: (Point(0.3, 0.4), 0.5), "objects", wrt=(0, 1))


def namedtuple_state(x, n):
    state = Point(x, 1.0)
    for _ in range(n):
        state = Point(np.sin(state.x) + state.y, state.y * x)
    return state.norm2()


case(namedtuple_state, lambda r: (0.3, 4), "golden")


@dataclass(frozen=True)
class Frozen:
    """A frozen dataclass that computes a field."""

    a: Any
    b: Any = 2.0
    total: Any = field(init=False)
    extras: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", self.a * self.b)

    def area(self) -> Any:
        return self.total * self.a + len(self.extras)


def frozen_post_init(x):
    f = Frozen(x)
    g = dataclasses.replace(f, b=x * x)
    return f.area() + g.area() * g.b


case(frozen_post_init, lambda r: (0.7,))


def dataclass_results(x):
    def split(v):
        return Dense(np.outer(v, v), 2.0 * v)

    d = split(x)
    e = copy.copy(d)
    e.b = e.b + 1.0
    values = dataclasses.asdict(d)
    a, b = dataclasses.astuple(d)
    return np.sum(d(x)) + e.size + np.sum(values["W"]) + np.sum(a) * np.sum(b) + np.sum(d.b)


case(dataclass_results, lambda r: (normal(r, 3),))


def objects_in_list(x, n):
    ps = [Dense(x * k, x) for k in range(n)]
    total = 0.0
    for p in ps:
        total += np.sum(p(x)) + p.size
    return total


case(objects_in_list, lambda r: (normal(r, 2, 2), 3))


@dataclass
class Tree:
    """A tree whose leaves have no children."""

    value: Any
    left: Tree | None = None
    right: Tree | None = None

    def total(self) -> Any:
        here = np.sum(self.value**2)
        if self.left is not None:
            here = here + self.left.total()
        if self.right is not None:
            here += np.sin(self.right.total())
        return here


def tree(r: Any) -> Tree:
    return Tree(0.3, Tree(0.5), Tree(0.7, None, Tree(0.2)))


def tree_method(t):
    return t.total()


case(tree_method, lambda r: (tree(r),), "objects")


def tree_function(t):
    if t is None:
        return 0.0
    return t.value**2 + np.sin(tree_function(t.left)) + tree_function(t.right)


case(tree_function, lambda r: (tree(r),), "objects")


class Node:
    """A tree of lists."""

    def __init__(self, w: Any, children: list[Node]) -> None:
        self.w = w
        self.children = children

    def value(self, x: Any) -> Any:
        total = self.w * x
        for child in self.children:
            total = total + np.sin(child.value(x))
        return total


def node_tree(x, node):
    return node.value(x)


case(
    node_tree,
    lambda r: (0.4, Node(1.5, [Node(0.5, []), Node(2.0, [Node(0.3, []), Node(0.7, [])])])),
    "objects",
)


def functions_in_dict_inactive(x, p):
    h = p["act"](p["w"] * x)
    for f in p["more"]:
        h = f(h)
    return h


case(
    functions_in_dict_inactive,
    lambda r: (0.4, {"act": np.tanh, "w": 0.7, "more": [np.sin, np.exp]}),
    "objects",
)


def getters(p, x):
    first = operator.itemgetter(0)
    scale = operator.attrgetter("scale")
    both = operator.attrgetter("first.W", "second.b")(p)
    return scale(p) * first(x) + np.sum(both[0]) + np.sum(both[1] ** 2)


case(getters, lambda r: (net(r), normal(r, 3)), "objects", wrt=(0, 1))


def bound_methods(p, x):
    f = p.first
    g = functools.partial(Dense.__call__, f)
    h = f.__call__
    return np.sum(g(x)) * np.sum(h(x))


case(bound_methods, lambda r: (net(r), normal(r, 3)), "objects", wrt=(0, 1))


def nonlocal_counter(x, n):
    total = 0.0
    count = 0

    def add(v):
        nonlocal total, count
        total = total + v * x
        count += 1

    for i in range(n):
        add(x**i)
    return total / count


case(nonlocal_counter, lambda r: (0.7, 4), "golden")


def late_binding(x):
    fs = []
    for k in range(3):
        pass

    def g(y):
        return y * k * x

    k = 5.0
    fs = (g, lambda y: y + k)
    return fs[0](x) + fs[1](x)


case(late_binding, lambda r: (0.7,), hand=lambda x: 10.0 * x + 1.0)


GLOBAL = Model([Linear(np.array([[0.5, -0.3], [0.2, 0.1]]), np.array([0.1, 0.2]), np.tanh)])


def global_object(x):
    return np.sum(GLOBAL.predict(x)) * GLOBAL.decay


case(global_object, lambda r: (normal(r, 2),))


def asks_objects(p, x):
    total = 0.0
    if isinstance(p, Net) and hasattr(p, "scale") and not hasattr(p, "missing"):
        total += getattr(p, "scale") * x  # noqa: B009
    if type(p) is Net and p is not None:
        total += getattr(p, "missing", x)
    return total * total


case(asks_objects, lambda r: (net(r), 0.7), "objects", wrt=(0, 1))


@dataclasses.dataclass
class TanhLayer:
    W: Any
    b: Any

    def __call__(self, x: Any) -> Any:
        return np.tanh(x @ self.W + self.b)


@dataclasses.dataclass
class Stack:
    layers: list[TanhLayer]
    decay: float = 0.1

    @property
    def penalty(self) -> Any:
        return sum(np.sum(layer.W ** 2) for layer in self.layers)

    def loss(self, x: Any, y: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return np.mean((x - y) ** 2) + self.decay * self.penalty


def stack_loss(stack, x, y):
    return stack.loss(x, y)


case(
    stack_loss,
    lambda r: (
        Stack([TanhLayer(normal(r, 3, 4), normal(r, 4)), TanhLayer(normal(r, 4, 2), normal(r, 2))]),
        normal(r, 5, 3),
        normal(r, 5, 2),
    ),
    "objects",
    "golden",
)
