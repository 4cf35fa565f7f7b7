"""SciPy is optional: its rules are read when a program can name its functions."""

from __future__ import annotations

import subprocess
import sys
import threading

import numpy as np
import pytest

from srcgrad import chapters, grad
from srcgrad.chapters import Chapters

special = pytest.importorskip("scipy.special")


def run(text: str) -> str:
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_nothing_imports_scipy() -> None:
    text = (
        "import sys, numpy as np, srcgrad\n"
        "from srcgrad.rules.table import rule_for, all_rules\n"
        "from srcgrad.rules.classes import reason\n"
        "from srcgrad.facts.purity import is_pure, returns\n"
        "all_rules(), rule_for(np.unique), reason(np.unique), reason(print)\n"
        "is_pure(print), returns(print)\n"
        "assert srcgrad.check_rule(np.sin, 0.5) is None\n"
        "print(sorted(name for name in sys.modules if name.startswith('scipy')))\n"
    )
    assert run(text) == "[]"


def test_rules_are_there_when_scipy_comes_later() -> None:
    text = (
        "import sys, srcgrad\n"
        "from srcgrad.rules.table import rule_for\n"
        "from srcgrad.facts.purity import is_pure\n"
        "rule_for(print)\n"
        "from scipy.special import expit\n"
        "print(rule_for(expit).kind, is_pure(expit))\n"
        "print(any(name.startswith('srcgrad.rules.scipy.stats') for name in sys.modules))\n"
    )
    assert run(text) == "elementwise True\nFalse"


def test_every_module_has_its_files() -> None:
    for room in ("srcgrad.rules.scipy", "srcgrad.facts.scipy"):
        text = (
            "import importlib\n"
            f"from srcgrad.chapters import MODULES, Chapters\n"
            "for name in MODULES: importlib.import_module(name)\n"
            f"made = Chapters({room!r})\n"
            "print(made.read(), made.read())\n"
        )
        assert run(text) == "True False"


def test_many_threads_read_a_chapter_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    gate = threading.Barrier(8)

    def slowly(name: str) -> None:
        read.append(name)
        threading.Event().wait(0.01)

    monkeypatch.setattr(chapters.importlib, "import_module", slowly)
    made = Chapters("somewhere")
    seen: list[bool] = []

    def ask() -> None:
        gate.wait()
        made.read()
        seen.append(made.read())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read) == len(set(read)) and "somewhere.special" in read
    assert seen == [False] * 8


def test_a_saved_module_imports_what_it_needs(tmp_path) -> None:
    def loss(x):
        return np.sum(special.expit(x) ** 2)

    made = grad(loss)
    x = np.array([0.5, -1.0])
    path = tmp_path / "loss_grad.py"
    made.save(path)
    text = path.read_text()
    assert "from scipy import special\n" in text
    names: dict = {}
    exec(compile(text, str(path), "exec"), names)
    assert np.allclose(names["loss_grad"](x), made(x))
