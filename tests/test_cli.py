"""The command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from srcgrad import grad
from srcgrad.cli import main
from tests import losses

ROOT = Path(__file__).parent.parent
SHOW = ["show", "tests.losses:mse"]


def shown(capsys, *argv):
    assert main(argv) == 0
    return capsys.readouterr().out


def test_show_prints_the_source(capsys):
    assert shown(capsys, *SHOW) == grad(losses.mse).source.rstrip("\n") + "\n"


@pytest.mark.parametrize("wrt", ["w,b", "0,1", "w, 1"])
def test_wrt(capsys, wrt):
    found = shown(capsys, *SHOW, "--wrt", wrt)
    assert found == grad(losses.mse, ("w", "b")).source.rstrip("\n") + "\n"


def test_negative_position(capsys):
    found = shown(capsys, *SHOW, "--wrt=-3")
    assert found == grad(losses.mse, "b").source.rstrip("\n") + "\n"


def test_value(capsys):
    found = shown(capsys, *SHOW, "--value")
    assert found == grad(losses.mse)._with_value().source.rstrip("\n") + "\n"


def test_stages(capsys):
    found = shown(capsys, *SHOW, "--stages")
    for name in ("# lift", "# reverse", "# prune"):
        assert f"{name}\n" in found
    assert "mse(w, b, X, y):" in found


def test_decorated(capsys):
    assert shown(capsys, "show", "tests.losses:decorated_pair").startswith("def decorated_pair_")
    assert "d_y" in shown(capsys, "show", "tests.losses:decorated_pair")
    assert "d_x" not in shown(capsys, "show", "tests.losses:decorated_pair", "--wrt", "y")


def test_method_of_a_class(capsys):
    assert "def loss_grad(self, w)" in shown(capsys, "show", "tests.losses:Model.loss")


def test_file(capsys, tmp_path):
    (tmp_path / "other.py").write_text("def cube(x):\n    return x * x * x\n")
    assert "def cube_grad(x)" in shown(capsys, "show", f"{tmp_path / 'other.py'}:cube")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("tests.losses", "expected MODULE:FUNCTION or FILE.py:FUNCTION, not 'tests.losses'"),
        ("tests.losses:no", "tests.losses has no 'no'"),
        ("tests.no:no", "there is no module 'tests.no'"),
        ("no.py:no", "there is no file 'no.py'"),
        ("tests.losses:rate", "expected a function, not float"),
    ],
)
def test_mistakes(capsys, name, message):
    assert main(["show", name]) == 1
    assert capsys.readouterr().err == message + "\n"


def test_wrong_wrt(capsys):
    assert main([*SHOW, "--wrt", "v"]) == 1
    assert "wrt='v' is not a parameter" in capsys.readouterr().err


def test_refusals_are_printed_without_a_traceback(capsys):
    assert main(["show", "builtins:abs"]) == 1
    assert capsys.readouterr().err.startswith("cannot read the source of 'abs'")


def test_module_can_be_run():
    done = subprocess.run(
        [sys.executable, "-m", "srcgrad", *SHOW], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stderr == ""
    assert done.stdout.startswith("def mse_grad(w, b, X, y):\n")
    assert "\x1b" not in done.stdout
