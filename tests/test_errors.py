"""The errors: three sentences and a caret."""

from __future__ import annotations

import pickle

import pytest

from srcgrad import errors
from srcgrad.errors import Aliased, InternalError, NoRule, Problem, SrcgradError, Unreadable
from srcgrad.origin import Origin, Statement
from srcgrad.program.check import check
from srcgrad.program.nodes import Block, Program, Var

KINDS = [
    errors.Unreadable,
    errors.NoRule,
    errors.NotScalar,
    errors.Aliased,
    errors.NoSource,
    errors.InternalError,
]


def place(
    *lines: str, line: int = 14, at: int = 0, span: str = "", end: tuple[int, int] | None = None
) -> Origin:
    stmt = Statement("/home/someone/losses.py", 14, lines[0].strip() if lines else "", "f", lines)
    col = lines[at].index(span) if lines else 0
    end_line, end_col = end or (line + at, col + len(span))
    return Origin(stmt, line + at, col, end_line, end_col)


def problem(where: Origin | None, kind: type[SrcgradError] = NoRule) -> Problem:
    return Problem(
        kind,
        where,
        "cannot differentiate through 'np.unique'",
        "np.unique has no derivative rule and 'labels' depends on 'w'.",
        "If it is constant in 'w', write srcgrad.constant(np.unique(y)); or give it a rule with"
        " @srcgrad.pull(np.unique).",
    )


def caret(where: Origin) -> list[str]:
    return errors.text(problem(where)).split("\n")[:-2]


def test_the_form_of_the_design() -> None:
    where = place("    labels = np.unique(y)", span="np.unique(y)")
    assert errors.text(problem(where)) == (
        "losses.py:14: cannot differentiate through 'np.unique'\n"
        "    labels = np.unique(y)\n"
        "             ^~~~~~~~~~~~\n"
        "np.unique has no derivative rule and 'labels' depends on 'w'.\n"
        "If it is constant in 'w', write srcgrad.constant(np.unique(y)); or give it a rule with"
        " @srcgrad.pull(np.unique)."
    )


def test_without_an_origin_there_is_no_place() -> None:
    assert errors.text(Problem(NoRule, None, "what", "why")) == "what\nwhy"
    assert errors.text(Problem(NoRule, None, "what", "why", "instead")) == "what\nwhy\ninstead"


def test_without_the_lines_there_is_no_caret() -> None:
    assert caret(place()) == ["losses.py:14: cannot differentiate through 'np.unique'"]


def test_a_name_that_is_no_path_is_shown_whole() -> None:
    stmt = Statement("<srcgrad loss/1>", 2, "x = 1", "f", ("x = 1",))
    assert errors.text(Problem(NoRule, Origin(stmt, 2, 0, 2, 1), "what", "why")) == (
        "<srcgrad loss/1>:2: what\n    x = 1\n    ^\nwhy"
    )


def test_a_span_over_lines_is_marked_on_the_first() -> None:
    lines = ("\ty = np.where(x > 0,  ", "             x,", "             0)")
    where = place(*lines, span="np.where(x > 0,", end=(16, 15))
    assert caret(where)[1:] == ["    y = np.where(x > 0,", "        ^~~~~~~~~~~~~~~"]


def test_an_expression_on_a_later_line() -> None:
    lines = ("    y = np.where(x > 0,", "                 f(x),", "                 0)")
    where = place(*lines, at=1, span="f(x)")
    assert caret(where) == [
        "losses.py:15: cannot differentiate through 'np.unique'",
        "    f(x),",
        "    ^~~~",
    ]


def test_tabs_and_wide_characters_keep_the_caret_in_place() -> None:
    where = place("\tx =\tf(y)", span="f(y)")
    assert caret(where)[1:] == ["    x = f(y)", "        ^~~~"]
    where = place("  損失 = f(損)", span="f(損)")
    assert caret(where)[1:] == ["    損失 = f(損)", "           ^~~~~"]
    where = place("  e\u0301 = f(y)", span="f(y)")
    assert caret(where)[1:] == ["    e\u0301 = f(y)", "        ^~~~"]


def test_columns_beyond_the_line_do_no_harm() -> None:
    stmt = Statement("losses.py", 14, "", "f", ("x = 1",))
    assert caret(Origin(stmt, 14, 40, 14, 50))[1:] == ["    x = 1", "         ^"]
    assert caret(Origin(stmt, 14, 3, 14, 1))[1:] == ["    x = 1", "       ^"]


def test_all_problems_of_a_function_at_once() -> None:
    first = problem(place("    a = f(y)", span="f(y)"), Aliased)
    second = problem(None, Unreadable)
    error = errors.refusal([first, second, first])
    assert type(error) is Aliased
    assert error.problems == (first, second)
    assert str(error) == errors.text(first) + "\n\n" + errors.text(second)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_one_of_ours_and_pickles(kind: type[SrcgradError]) -> None:
    error = kind.at(place("    a = f(y)", span="f(y)"), "what", "why", "instead")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error) is kind
    assert isinstance(again, SrcgradError)
    assert (
        str(again) == str(error) == "losses.py:14: what\n    a = f(y)\n        ^~~~\nwhy\ninstead"
    )
    assert again.problems == error.problems


def test_wrong_calls_are_not_refusals() -> None:
    assert not issubclass(SrcgradError, (TypeError, ValueError))


def test_an_internal_error_names_the_stage() -> None:
    with pytest.raises(InternalError) as caught:
        check(Program("loss", (), Block((), (Var("x"),))), "share")
    assert str(caught.value) == "after share: program 'loss': 'x' is read out of scope"
