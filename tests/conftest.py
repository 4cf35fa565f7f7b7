"""Options and settings shared by all tests."""

from __future__ import annotations

import os

import pytest

# Several small problems at once gain nothing from threads, and a busy machine loses much.
os.environ.setdefault("OMP_NUM_THREADS", "2")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "2")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write generated sources to tests/golden and the README instead of comparing them",
    )


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def small() -> bool:
    """Whether slow tests run in their small form."""
    return os.environ.get("SRCGRAD_SMALL", "") not in ("", "0")
