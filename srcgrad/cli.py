"""The command line: ``srcgrad show MODULE:FUNCTION`` prints the source of a gradient."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from srcgrad.building import stages_of
from srcgrad.errors import SrcgradError
from srcgrad.gradient import Gradient
from srcgrad.options import Options
from srcgrad.program.show import show as show_program
from srcgrad.show import for_terminal
from srcgrad.wrt import Wrt


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    arguments = _parser().parse_args(argv)
    try:
        print(_shown(arguments))
    except (SrcgradError, _Mistake) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


class _Mistake(Exception):
    """A wrong command, with the message to print."""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="srcgrad", description="Gradients of plain Python and NumPy, as source."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    show = commands.add_parser("show", help="print the source of the gradient of a function")
    show.add_argument("function", help="MODULE:FUNCTION or FILE.py:FUNCTION")
    show.add_argument(
        "--wrt",
        metavar="NAMES",
        help="names or positions of parameters, separated by commas (default: the first)",
    )
    show.add_argument("--value", action="store_true", help="return the value as well")
    show.add_argument(
        "--checkpoint",
        metavar="N",
        help="how many snapshots of loops to keep, 'sqrt', or a size as '64 MB'",
    )
    show.add_argument(
        "--stages", action="store_true", help="print the program after each pass instead"
    )
    return parser


def _shown(arguments: argparse.Namespace) -> str:
    gradient = _gradient(arguments)
    if arguments.stages:
        found = stages_of(gradient.primal, gradient._options)
        return "\n\n".join(f"# {name}\n{show_program(program)}" for name, program in found)
    source = gradient.source.rstrip("\n")
    return for_terminal(source).rstrip("\n") if sys.stdout.isatty() else source


def _gradient(arguments: argparse.Namespace) -> Gradient:
    function = _find(arguments.function)
    options = Options()
    if isinstance(function, Gradient):
        options = function._options
        function = function.primal
    wrt: Wrt = options.wrt if options.several else options.wrt[0]
    if arguments.wrt is not None:
        wrt = _wrt(arguments.wrt)
    value = options.value or arguments.value
    try:
        made = Gradient(
            function, wrt, value=value, has_aux=options.aux, checkpoint=_count(arguments)
        )
        return made if arguments.checkpoint else made._spare(options.checkpoint)
    except (TypeError, ValueError) as error:
        raise _Mistake(str(error)) from None


def _count(arguments: argparse.Namespace) -> int | str | None:
    text: str | None = arguments.checkpoint
    return int(text) if text is not None and text.isdigit() else text


def _wrt(text: str) -> Wrt:
    parts = [part.strip() for part in text.split(",") if part.strip()]
    found = tuple(int(part) if part.lstrip("-").isdigit() else part for part in parts)
    return found[0] if len(found) == 1 and "," not in text else found


def _find(name: str) -> Callable[..., Any]:
    place, colon, path = name.rpartition(":")
    if not colon or not place or not path:
        raise _Mistake(f"expected MODULE:FUNCTION or FILE.py:FUNCTION, not {name!r}")
    found: Any = _module(place)
    for part in path.split("."):
        if not hasattr(found, part):
            raise _Mistake(f"{place} has no {path!r}")
        found = getattr(found, part)
    return found  # type: ignore[no-any-return]


def _module(place: str) -> Any:
    if place.endswith(".py"):
        file = Path(place)
        if not file.is_file():
            raise _Mistake(f"there is no file {place!r}")
        spec = importlib.util.spec_from_file_location(file.stem, file)
        assert spec is not None and spec.loader is not None
        sys.path.insert(0, str(file.resolve().parent))
        module = importlib.util.module_from_spec(spec)
        sys.modules.setdefault(file.stem, module)
        spec.loader.exec_module(module)
        return module
    sys.path.insert(0, "")
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name and (place == error.name or place.startswith(error.name + ".")):
            raise _Mistake(f"there is no module {place!r}") from None
        raise
