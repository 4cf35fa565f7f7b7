"""Saved gradients run by themselves."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import srcgrad
from tests import oracle
from tests.zoo import BY_NAME, GOLDEN

GALLERY = ["gallery_1_mse", "gallery_2_mlp", "gallery_4_f", "gallery_5_loss"]


def loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def last_function(module: ModuleType) -> Any:
    own = [f for f in vars(module).values() if getattr(f, "__module__", "") == module.__name__]
    return own[-1]


@pytest.mark.parametrize("generic", [False, True], ids=["typed", "generic"])
@pytest.mark.parametrize("name", [case.name for case in GOLDEN])
def test_saved_module_computes_the_gradient(name: str, generic: bool, tmp_path: Path) -> None:
    case = BY_NAME[name]
    if generic and "objects" in case.tags:
        return
    gradient = srcgrad.grad(case.function, wrt=case.wrt)
    path = tmp_path / "saved_gradient.py"
    if generic and "typed" in case.tags:  # what it writes into is not to be told without types
        with pytest.raises(srcgrad.SrcgradError, match="Give example arguments"):
            gradient.save(path)
        return
    gradient.save(path, *(() if generic else case.args()))
    if generic and "untold" in case.tags:
        with pytest.raises(srcgrad.SrcgradError, match="made for real numbers"):
            last_function(loaded(path))(*case.args())
        return
    with np.errstate(all="ignore"):
        found = last_function(loaded(path))(*case.args())
        wanted = gradient(*case.args())
    if generic:
        oracle.assert_close(found, wanted, rtol=1e-9, atol=1e-12)
    else:
        assert oracle.same(found, wanted)


@pytest.mark.parametrize("name", GALLERY)
def test_saved_gallery_needs_numpy_alone(name: str, tmp_path: Path) -> None:
    case = BY_NAME[name]
    path = tmp_path / "saved_gradient.py"
    srcgrad.grad(case.function, wrt=case.wrt).save(path, *case.args())
    text = path.read_text(encoding="utf-8")
    imports = [line for line in text.splitlines() if line.startswith(("import ", "from "))]
    assert imports in ([], ["import numpy as np"])
