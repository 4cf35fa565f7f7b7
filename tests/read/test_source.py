"""The code that runs is the code we differentiate."""

from __future__ import annotations

import ast
import doctest
import functools
import gc
import importlib.util
import itertools
import linecache
import os
import subprocess
import sys
import textwrap
import threading
import time
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gast
import numpy as np
import pytest

from srcgrad.errors import NoSource
from srcgrad.read import modules, source
from srcgrad.read.source import Found, find

_numbers = itertools.count()


@pytest.fixture
def load(tmp_path: Path) -> Callable[[str], Any]:
    """Return a function that writes a module and imports it."""

    def load(text: str, encoding: str = "utf-8", newline: str = "\n") -> Any:
        name = f"written_{next(_numbers)}"
        path = tmp_path / "losses.py"
        if path.exists():
            path = tmp_path / f"{name}.py"
        path.write_text(textwrap.dedent(text), encoding=encoding, newline=newline)
        return imported(path, name)

    return load


def imported(path: Path, name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def spelled(found: Found) -> str:
    return ast.unparse(gast.gast_to_ast(found.node))


def refused(function: Any) -> str:
    with pytest.raises(NoSource) as caught:
        find(function)
    return str(caught.value)


def test_a_function_in_a_file(load: Any) -> None:
    module = load("import numpy as np\n\n\ndef loss(w):\n    return np.sum(w)  # a comment\n")
    found = find(module.loss)
    assert spelled(found) == "def loss(w):\n    return np.sum(w)"
    assert isinstance(found.node, gast.FunctionDef)
    assert found.function is module.loss
    assert found.file == module.__file__
    assert found.line == 4
    assert found.lines[3:5] == ("def loss(w):", "    return np.sum(w)  # a comment")


def test_found_again_it_is_the_same_node(load: Any) -> None:
    module = load("def loss(w):\n    return w\n")
    assert find(module.loss).node is find(module.loss).node


def test_functions_everywhere(load: Any) -> None:
    module = load(
        """
        import functools

        def outer(a):
            def inner(x):
                return a * x
            return inner

        class Model:
            scale = [lambda self: 1]

            @staticmethod
            def static(x):
                return x

            def method(self, x):
                def inner(y):
                    return self.scale * y
                return inner

        if True:
            def branch(x):
                return x + 1
        else:
            def branch(x):
                return x + 2

        try:
            import numpy as np
        except ImportError:
            np = None
        else:
            def tried(x):
                return np.sum(x)

        def keep(f):
            return f

        @keep
        @functools.partial(keep)
        def decorated(x, *args, y=lambda z: z + 1, **kwargs):
            return x
        """
    )
    inner = module.outer(1)
    assert spelled(find(inner)) == "def inner(x):\n    return a * x"
    assert find(module.outer(2)).node is find(inner).node
    assert find(module.outer(2)).function is not inner
    assert spelled(find(module.Model.static)) == "@staticmethod\ndef static(x):\n    return x"
    assert find(module.Model.method).node.name == "method"
    assert spelled(find(module.Model().method(1))) == "def inner(y):\n    return self.scale * y"
    assert spelled(find(module.Model.scale[0])) == "lambda self: 1"
    assert spelled(find(module.branch)).endswith("x + 1")
    assert spelled(find(module.tried)).endswith("np.sum(x)")
    assert find(module.decorated).line == 41
    assert spelled(find(module.decorated.__kwdefaults__["y"])) == "lambda z: z + 1"


def test_lambdas_on_one_line(load: Any) -> None:
    module = load(
        """
        a, b, c = lambda x: x + 1, lambda x: x + 2, lambda y: y + 1
        d, e = lambda x: x, lambda x: x; f = lambda x: x
        g = lambda x: lambda x: lambda x: x
        h = [lambda x, i=i: x + i for i in range(3)]
        k = lambda: (yield); l = lambda x=lambda: 1: x; l2 = lambda: 1 if k else 2
        m = (lambda x:
             x * (lambda y: y)(
                 x)); n = lambda x: x
        """
    )
    assert [spelled(find(f)) for f in (module.a, module.b, module.c)] == [
        "lambda x: x + 1",
        "lambda x: x + 2",
        "lambda y: y + 1",
    ]
    columns = [find(f).node.col_offset for f in (module.d, module.e, module.f)]
    assert columns == [7, 20, 37]
    nested = [module.g, module.g(1), module.g(1)(1)]
    assert [find(f).node.col_offset for f in nested] == [4, 14, 24]
    assert [spelled(find(f)) for f in module.h] == ["lambda x, i=i: x + i"] * 3
    assert spelled(find(module.k)) == "lambda: (yield)"
    assert spelled(find(module.l)) == "lambda x=lambda: 1: x"
    assert spelled(find(module.l.__defaults__[0])) == "lambda: 1"
    assert spelled(find(module.l2)) == "lambda: 1 if k else 2"
    assert spelled(find(module.m)) == "lambda x: x * (lambda y: y)(x)"
    assert spelled(find(module.n)) == "lambda x: x"


def test_constants_that_are_equal_are_not_the_same(load: Any) -> None:
    module = load("a, b, c, d = lambda: 1, lambda: 1.0, lambda: -0.0, lambda: True\n")
    functions = (module.a, module.b, module.c, module.d)
    assert [spelled(find(f)) for f in functions] == [
        "lambda: 1",
        "lambda: 1.0",
        "lambda: -0.0",
        "lambda: True",
    ]


CHANGED = (
    "losses.py:1: cannot use the source of 'loss'\n"
    "The source changed after it was imported: compiled again, it is not the code that runs.\n"
    "Import the module again, or restart Python."
)


@pytest.mark.parametrize(
    "text",
    [
        "def loss(w):\n    return w + 2\n",
        "def loss(v):\n    return v + 1\n",
        "def loss(w):\n    return u + 1\n",
        "def loss(w):\n    return w + 1.0\n",
        "def loss(w, v=0):\n    return w + 1\n",
        "def loss(*, w):\n    return w + 1\n",
        "def loss(w, /):\n    return w + 1\n",
        "import os\n",
        "def loss(w:\n",
        "x = 1\n\n",
    ],
)
def test_source_edited_after_import(load: Any, text: str) -> None:
    module = load("def loss(w):\n    return w + 1\n")
    Path(module.__file__).write_text(text)
    os.utime(module.__file__, (1, 1))
    assert refused(module.loss) == CHANGED


def test_an_edit_elsewhere_in_the_file_does_not_matter(load: Any) -> None:
    text = "def loss(w):\n    return w + 1\n"
    module = load(text)
    Path(module.__file__).write_text("import os\nx = 1\n\n" + text)
    os.utime(module.__file__, (1, 1))
    found = find(module.loss)
    assert spelled(found) == text.strip()
    assert found.line == 4


def test_an_edit_after_it_was_read_does_not_matter(load: Any) -> None:
    module = load("def loss(w):\n    return w + 1\n")
    node = find(module.loss).node
    Path(module.__file__).write_text("def loss(w):\n    return w + 2\n")
    os.utime(module.__file__, (1, 1))
    assert find(module.loss).node is node


def test_of_two_functions_that_changed_places_each_is_found(load: Any) -> None:
    first, second = "def a(x):\n    return x\n", "def b(x):\n    return x\n"
    module = load(first + second)
    Path(module.__file__).write_text(second + first)
    os.utime(module.__file__, (1, 1))
    assert find(module.a).node.name == "a"
    assert find(module.b).node.name == "b"


def test_changed_code_is_noticed(load: Any) -> None:
    module = load("def loss(w):\n    return w + 1\n\ndef other(w):\n    return w * 2\n")
    code = module.loss.__code__
    module.loss.__code__ = code.replace(co_consts=(None, 7))
    assert refused(module.loss) == CHANGED
    module.loss.__code__ = module.other.__code__
    assert spelled(find(module.loss)) == "def other(w):\n    return w * 2"


def test_a_wrapper_is_refused_not_unwrapped(load: Any) -> None:
    module = load(
        """
        import functools

        def twice(f):
            @functools.wraps(f)
            def wrapper(*args):
                return 2 * f(*args)
            return wrapper

        def rude(f):
            def wrapper(*args):
                return 2 * f(*args)
            return wrapper

        @twice
        def loss(w):
            return w

        @rude
        def other(w):
            return w
        """
    )
    assert refused(module.loss) == (
        "cannot read the source of 'loss'\n"
        "A decorator replaced it: it is a wrapper around another function.\n"
        "Put srcgrad's decorator below the other one, or use loss.__wrapped__."
    )
    assert find(module.loss.__wrapped__).node.name == "loss"
    # A wrapper that does not say so is a function like any other: what it does is what is read.
    assert spelled(find(module.other)) == "def wrapper(*args):\n    return 2 * f(*args)"


class Loss:
    def __call__(self, w: Any) -> Any:
        return w

    def method(self, w: Any) -> Any:
        return w


@pytest.mark.parametrize(
    ("thing", "message"),
    [
        (
            Loss().method,
            "cannot read the source of 'method'\nIt is a method bound to an object.\n"
            "Write a function of the arrays in question that calls it.",
        ),
        (
            functools.partial(max, 1),
            "cannot read the source of a functools.partial\n"
            "It is a function with some of its arguments filled in, which has no source.\n"
            "Write a lambda that calls the function with these arguments.",
        ),
        (
            Loss,
            "cannot read the source of 'Loss'\nIt is a class.\n"
            "Write a function that makes the object and returns a number.",
        ),
        (
            len,
            "cannot read the source of 'len'\nIt is built in: it has no Python source.\n"
            "Write a Python function that calls it.",
        ),
        (
            str.join,
            "cannot read the source of 'join'\nIt is built in: it has no Python source.\n"
            "Write a Python function that calls it.",
        ),
        (
            np.tanh,
            "cannot read the source of 'tanh'\n"
            "It is an object of the class 'ufunc', not a Python function.\n"
            "Write a Python function that calls it.",
        ),
        (
            Loss(),
            "cannot read the source of 'Loss'\n"
            "It is an object of the class 'Loss', not a Python function.\n"
            "Write a Python function that calls it.",
        ),
        (
            3,
            "cannot read the source of 'int'\n"
            "It is an object of the class 'int', which cannot be called.\nGive a function.",
        ),
    ],
)
def test_what_is_not_a_plain_function(thing: Any, message: str) -> None:
    assert refused(thing) == message


def made(text: str, file: str, flags: int = 0) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    exec(compile(text, file, "exec", flags=flags, dont_inherit=True), namespace)
    return namespace


def test_code_without_a_text() -> None:
    assert refused(made("def loss(w): return w", "<string of nobody>")["loss"]) == (
        "cannot find the source of 'loss'\n"
        "It was compiled from '<string of nobody>', of which there is no text to read.\n"
        "Define it in a file or in a notebook cell; for generated code, add its text to"
        " linecache.cache under the name it is compiled with."
    )
    assert refused(made("f = lambda w: w", "/no/such/file.py")["f"]).startswith(
        "cannot find the source of the lambda\n"
    )


@pytest.mark.parametrize("stamp", [None, 12.5])
def test_generated_code_and_notebook_cells(stamp: float | None) -> None:
    file = "<srcgrad loss 1>" if stamp is None else "/tmp/ipykernel_1/123.py"
    text = "import numpy as np\nx = 1\ndef loss(w):\n    return np.sum(w)"
    linecache.cache[file] = (len(text), stamp, text.splitlines(True), file)
    try:
        found = find(made(text, file)["loss"])
    finally:
        del linecache.cache[file]
    assert spelled(found) == "def loss(w):\n    return np.sum(w)"
    assert found.line == 3


def test_a_cell_that_awaits() -> None:
    file, text = "<a cell>", "import asyncio\nawait asyncio.sleep(0); f = lambda x: x\n"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code = compile(text, file, "exec", flags=flags, dont_inherit=True)
    inner = next(c for c in code.co_consts if isinstance(c, types.CodeType))
    try:
        assert spelled(find(types.FunctionType(inner, {}))) == "lambda x: x"
    finally:
        del linecache.cache[file]


def test_a_doctest() -> None:
    seen: list[Found] = []
    text = ">>> import numpy as np\n>>> def loss(w):\n...     return np.sum(w)\n>>> see(loss)\n"
    test = doctest.DocTestParser().get_doctest(
        text, {"see": lambda f: seen.append(find(f))}, "example", "example.txt", 0
    )
    result = doctest.DocTestRunner().run(test)
    assert result.failed == 0
    assert spelled(seen[0]) == "def loss(w):\n    return np.sum(w)"


def test_a_module_with_future_annotations(load: Any) -> None:
    module = load(
        """
        from __future__ import annotations
        def loss(w: np.ndarray):
            def inner(x: undefined) -> also: return x
            return inner(w)
        """
    )
    assert find(module.loss).node.name == "loss"


@pytest.mark.parametrize(
    ("encoding", "newline", "head"),
    [("utf-8-sig", "\n", ""), ("latin-1", "\n", "# coding: latin-1\n"), ("utf-8", "\r\n", "")],
)
def test_encodings_and_line_ends(load: Any, encoding: str, newline: str, head: str) -> None:
    text = head + "größe = 2\n\x0c\ndef loss(w):\n    return größe * w\n"
    found = find(load(text, encoding, newline).loss)
    assert spelled(found) == "def loss(w):\n    return größe * w"
    assert found.lines[found.line - 1] == "def loss(w):"


def test_rewritten_asserts_are_noticed() -> None:
    def loss(w: Any) -> Any:
        assert w > 0
        return w

    assert refused(loss).split("\n")[1:] == [
        "pytest rewrote its assert statements when it imported the module, so the text is"
        " not what runs.",
        "Move the function to a module that is not a test module.",
    ]


def test_too_deep_is_refused_without_a_recursion_error(load: Any) -> None:
    module = load("def loss(w):\n    return " + "-" * 60 + " + ".join(["w"] * 900) + "\n")
    assert refused(module.loss) == (
        "losses.py:1: cannot read 'loss'\nIts source is nested too deeply.\n"
        "Give names to parts of the long expression, or split the function."
    )


def test_long_code_is_read(load: Any) -> None:
    module = load("def loss(w):\n" + "    w = w + 1\n" * 3000 + "    return w\n")
    assert len(find(module.loss).node.body) == 3001


def test_reading_leaves_no_trace(load: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = load("def loss(w):\n    '\\d'\n    return w is 1\n")
    names = dict(vars(module))
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        filters = list(warnings.filters)
        find(module.loss)
        assert warnings.filters == filters
    assert seen == []
    assert vars(module) == names


def test_functions_and_their_sources_are_collectable() -> None:
    gc.collect()
    before = len(source._entries)
    for number in range(100):
        file = f"<srcgrad collectable {number}>"
        text = "def loss(w):\n    return w\n"
        linecache.cache[file] = (len(text), None, text.splitlines(True), file)
        find(made(text, file)["loss"])
        del linecache.cache[file]
    gc.collect()
    assert len(source._entries) <= before + 1
    assert len(modules._modules) <= modules._KEPT_MODULES


def test_threads(load: Any) -> None:
    text = "".join(f"def f{i}(x):\n    return x + {i}\n" for i in range(50))
    module = load(text)
    filters = list(warnings.filters)
    wrong: list[Any] = []

    def work() -> None:
        for i in range(50):
            found = find(getattr(module, f"f{i}"))
            if spelled(found) != f"def f{i}(x):\n    return x + {i}":
                wrong.append(found)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert warnings.filters == filters


SCRIPT = """
from srcgrad.read.source import find

def loss(w):
    '''A docstring.'''
    assert w > 0
    if __debug__:
        w = w + 1
    return w

print(find(loss).node.name, find(loss).line)
f = lambda x: x
print(find(f).node.col_offset)
a, b = lambda x: x, lambda y: y
print(find(b).node.col_offset)
"""


@pytest.mark.parametrize("options", [[], ["-O"], ["-OO"], ["-Xno_debug_ranges"], ["-Werror"]])
def test_ways_to_run_python(tmp_path: Path, options: list[str]) -> None:
    path = tmp_path / "script.py"
    path.write_text(SCRIPT)
    root = Path(source.__file__).parents[2]
    run = subprocess.run(
        [sys.executable, *options, str(path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert run.stderr == ""
    assert run.stdout.splitlines() == ["loss 4", "4", "20"]


@pytest.mark.timing
def test_finding_is_quick(load: Any) -> None:
    body = "".join(
        f"def f{i}(x, y):\n    '''Doc.'''\n    z = np.tanh(x @ y) + {i}\n"
        "    for k in range(3):\n        z = z * (x[0] + y.T)\n    return np.sum(z ** 2)\n\n"
        for i in range(72)
    )
    first, again = [], []
    for number in range(3):  # each time another text, since one is parsed once
        module = load(f"import numpy as np\n\nnumber = {number}\n\n" + body)
        start = time.perf_counter()
        find(module.f40)
        first.append(time.perf_counter() - start)
    for _ in range(100):
        start = time.perf_counter()
        find(module.f40)
        again.append(time.perf_counter() - start)
    # Measured: 5 ms and 1.5 us; the bounds leave room for a busy machine.
    assert min(first) < 0.2
    assert min(again) < 50e-6
