"""Syntax outside the language is refused: all of it at once, with a caret, a reason, a way out."""

from __future__ import annotations

import linecache
import textwrap
from typing import Any

import pytest

from srcgrad.errors import Problem, Unreadable, refusal, text
from srcgrad.origin import Statement
from srcgrad.read.fence import fence
from srcgrad.read.origins import origin, statement
from srcgrad.read.source import Found, find

HEAD = "import numpy as np\n\n"


def found_in(source: str, name: str = "loss") -> Found:
    """Return the function of this name in a module of this text, called losses.py."""
    file = "/no/such/folder/losses.py"
    source = HEAD + textwrap.dedent(source)
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    namespace: dict[str, Any] = {}
    exec(compile(source, file, "exec", dont_inherit=True), namespace)
    function = namespace
    for part in name.split("."):
        function = function[part] if isinstance(function, dict) else getattr(function, part)
    return find(function)  # type: ignore[arg-type]


def problems(source: str, name: str = "loss") -> list[Problem]:
    return fence(found_in(source, name))


ACCEPTED = '''
def loss(x, /, w: "a type" = (lambda: (yield))(), *args, b=None, **kwargs) -> "another":
    """A docstring."""
    a, (c, *d) = e = x[0], (x[1:2, None, ...], x[::2], x[-1])
    a += 1
    x: np.zeros(3)[0] = x
    undefined: int
    if (n := len(d)) > 2 and not n or a <= n < 4 != n is not None in d:
        pass
    elif n == 3:
        raise ValueError(f"wrong {n!r:>{n}} {a + 1}") from None
    else:
        assert n, "message"
    for i, (k, v) in enumerate(kwargs.items()):
        if i:
            continue
        break
    else:
        return x if n else -x
    while True:
        def helper(y, *rest, z=lambda *p, q=1, **r: p, **more):
            return y @ y ** 2 // 3 % 4 << 1 >> 1 & 2 | 3 ^ ~4
        return helper(*d, **kwargs)
    with np.errstate(all="raise") as e, x:
        import math as m, os.path
        from a import b as c
    try:
        del x, (a, b)
    except (ValueError, m.E) as e:
        raise
    else:
        yield x
    finally:
        yield from x
    match x.y:
        case [1, *z] | {"a": z}: pass
        case {"a": z, **b}: pass
        case A(1, q=None) as b if b: pass
    print({"a": [1, 2], **kwargs}, {1, 2}, [*d], (i for i in d if i if i > 1 for j in d), sep="")
    return [i for i in {k: v for k, v in d}], 1j, b"", ..., x.T.sum(axis=0), x[*d]
'''


def test_the_language_is_accepted() -> None:
    assert problems(ACCEPTED) == []


def test_a_lambda_is_read() -> None:
    assert problems("loss = lambda x, *y: [x for z in y]") == []
    (problem,) = problems("loss = lambda x: (yield x)")
    assert text(problem).split("\n")[:3] == [
        "losses.py:3: cannot read a generator function",
        "    loss = lambda x: (yield x)",
        "                      ^~~~~~~",
    ]


GENERATOR = """\
Code after 'yield' runs when the caller asks for it, perhaps never.
Collect the values in a list and return that, or write a generator expression."""

ASYNC = """\
Other code may run in between, and change what it works on.
Await the data first and give it to a plain function."""

GROUPS = """\
It may run several handlers for one exception group.
Catch the exceptions one by one, with 'except'."""

DELETED = """\
Other names may look at the same object.
Build a new container without the entry."""

REFUSED = [
    ("z = yield x + 1", "cannot read a generator function", "yield x + 1", GENERATOR),
    ("y = yield from x", "cannot read a generator function", "yield from x", GENERATOR),
    ("f(lambda: (yield))", "cannot read a generator function", "yield", GENERATOR),
    (
        "try:\n    pass\nexcept* OSError:\n    pass",
        "cannot read an 'except*' clause",
        "try:",
        GROUPS,
    ),
    ("del x.y", "cannot delete 'x.y'", "x.y", DELETED),
    (
        "class A(x):\n    y = yield_ = 1",
        "cannot read a class definition inside a function",
        "class A(x):",
        "Making a class runs code that is not a function of the arguments.\n"
        "Define the class at the top of the module.",
    ),
    (
        "y = {a for a in x}",
        "cannot read a set comprehension",
        "{a for a in x}",
        "A set keeps neither order nor repetitions, so that no gradient flows through it.\n"
        "Write a list comprehension.",
    ),
    (
        "async def g(y):\n    await y",
        "cannot read asynchronous code",
        "async def g(y):",
        ASYNC,
    ),
]


@pytest.mark.parametrize(("code", "what", "span", "rest"), REFUSED)
def test_each_kind_is_refused(code: str, what: str, span: str, rest: str) -> None:
    (problem,) = problems("def loss(x):\n" + textwrap.indent(code, "    "))
    lines = code.split("\n")
    at = next(i for i, line in enumerate(lines) if span in line)
    assert text(problem) == "\n".join(
        [
            f"losses.py:{4 + at}: {what}",
            f"    {lines[at]}",
            "    " + " " * lines[at].index(span) + "^" + "~" * (len(span) - 1),
            rest,
        ]
    )
    assert problem.kind is Unreadable


def test_asynchronous_functions() -> None:
    source = """
    async def loss(x):
        await x
        async for y in x: pass
        async with x: pass
    """
    assert [text(problem) for problem in problems(source)] == [
        "losses.py:4: cannot read asynchronous code\n    async def loss(x):\n    "
        "^~~~~~~~~~~~~~~~~~\n" + ASYNC,
        "losses.py:5: cannot read asynchronous code\n    await x\n    ^~~~~~~\n" + ASYNC,
        "losses.py:6: cannot read asynchronous code\n    async for y in x: pass\n    "
        "^~~~~~~~~~~~~~~~~\n" + ASYNC,
        "losses.py:7: cannot read asynchronous code\n    async with x: pass\n    "
        "^~~~~~~~~~~~~\n" + ASYNC,
    ]


def test_private_names_and_super_inside_a_class() -> None:
    source = """
    class Model:
        def loss(self, __x, y_):
            return super().loss(__x) + super(x) + __y

    def loss(x):
        return __y + super(x)
    """
    private = (
        "Python renames it after the class that the function is defined in.\n"
        "Use a name with one underscore."
    )
    line = "    return super().loss(__x) + super(x) + __y\n"
    assert [text(problem) for problem in problems(source, "Model.loss")] == [
        f"losses.py:6: cannot read the private name '__x'\n{line}                        ^~~\n"
        + private,
        f"losses.py:6: cannot read 'super'\n{line}                               ^~~~~\n"
        "Which class it refers to is not to be seen in the function.\nName the class.",
        f"losses.py:6: cannot read the private name '__y'\n{line}"
        f"                                          ^~~\n" + private,
    ]
    assert problems(source) == []


def test_everything_at_once_in_source_order() -> None:
    source = """
    def loss(x, y):
        for i in range(3):
            with x: y[i] = (yield 1)
        def inner(z):
            global u
            try:
                del z[0]
            except* ValueError:
                z.a, z[0] = 1, 2
        return f"{[1 for x[0] in y]}"
    """
    error = refusal(problems(source))
    assert type(error) is Unreadable
    assert [(p.origin.line, p.what) for p in error.problems if p.origin] == [
        (6, "cannot read a generator function"),
        (9, "cannot read an 'except*' clause"),
    ]
    assert str(error).count("\n\n") == 1


def test_a_long_expression_is_no_recursion_error() -> None:
    assert problems("def loss(x):\n    return " + " + ".join(["x"] * 200)) == []


STATEMENTS = '''
def loss(x, *, steps=3):
    """A docstring."""
    y = x  +  1  # a comment
    z = 1; w = "größe", y
    u = np.where(
        x > 0,  # positive
        f"{x}",
        0)
    if x > 1.0 : y = 2
    elif (y and
          z):
        y += 3
    while (w): pass
    for t in (range(steps)):  # turns
        if (
            t
        ):
            pass
    def inner(a: int = 1, *b): return a
    def other(
        a):
        return [
            a]
'''


def statements(found: Found) -> list[Statement]:
    seen: list[Statement] = []

    def visit(body: list[Any]) -> None:
        for node in body:
            seen.append(statement(found, node))
            for part in ("body", "orelse"):
                visit(getattr(node, part, []))

    visit([found.node])
    return seen


def test_statements_are_in_the_users_words_on_one_line() -> None:
    assert [stmt.text for stmt in statements(found_in(STATEMENTS))] == [
        "def loss(x, *, steps=3):",
        '"""A docstring."""',
        "y = x  +  1",
        "z = 1",
        'w = "größe", y',
        "u = np.where(x > 0, f'{x}', 0)",
        "if x > 1.0 :",
        "y = 2",
        "elif y and z:",
        "y += 3",
        "while (w):",
        "pass",
        "for t in (range(steps)):",
        "if t:",
        "pass",
        "def inner(a: int=1, *b):",
        "return a",
        "def other(a):",
        "return [a]",
    ]


def test_a_statement_is_made_once() -> None:
    found = found_in(STATEMENTS)
    node = found.node.body[1]
    assert statement(found, node) is statement(found, node)
    assert origin(found, node, node.value).stmt is origin(found, node).stmt
    assert statement(found, node) == Statement(
        "/no/such/folder/losses.py", 6, "y = x  +  1", "loss"
    )
    assert statement(found, node).lines == ("    y = x  +  1  # a comment",)


def test_columns_count_characters() -> None:
    found = found_in(STATEMENTS)
    node = found.node.body[3]
    where = origin(found, node, node.value.elts[1])
    line = found.lines[where.line - 1]
    assert line[where.col : where.end_col] == "y"
    assert line[: where.col] == '    z = 1; w = "größe", '
