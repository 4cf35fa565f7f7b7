"""Show Python source: in colours on a terminal, in a notebook and under rich."""

from __future__ import annotations

import html
from typing import Any


def as_html(source: str) -> str:
    """Return source as HTML, highlighted if pygments is there."""
    try:
        from pygments import highlight  # type: ignore[import-untyped]
        from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped]
        from pygments.lexers import PythonLexer  # type: ignore[import-untyped]
    except ImportError:
        return f"<pre>{html.escape(source)}</pre>"
    return str(highlight(source, PythonLexer(), HtmlFormatter(noclasses=True, nobackground=True)))


def for_terminal(source: str) -> str:
    """Return source with the colours of a terminal, or as it is without pygments."""
    try:
        from pygments import highlight  # type: ignore[import-untyped]
        from pygments.formatters import TerminalFormatter  # type: ignore[import-untyped]
        from pygments.lexers import PythonLexer  # type: ignore[import-untyped]
    except ImportError:
        return source
    return str(highlight(source, PythonLexer(), TerminalFormatter()))


def for_rich(source: str) -> Any:
    """Return what rich renders as highlighted source."""
    from rich.syntax import Syntax

    return Syntax(source, "python")
