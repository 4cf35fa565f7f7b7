"""The zoo: small loss functions in the plain style of scientists, one file for each topic."""

from __future__ import annotations

from tests import (
    zoo_aliases,
    zoo_arrays,
    zoo_boxes,
    zoo_calls,
    zoo_checkpoints,
    zoo_control,
    zoo_data,
    zoo_entries,
    zoo_exits,
    zoo_flow,
    zoo_gallery,
    zoo_hard,
    zoo_indexing,
    zoo_language,
    zoo_later,
    zoo_lists,
    zoo_made,
    zoo_models,
    zoo_mutators,
    zoo_numpy,
    zoo_objects,
    zoo_recursion,
    zoo_scalars,
    zoo_sweeps,
    zoo_views,
    zoo_writes,
)
from tests.zoo_case import Case

CASES: tuple[Case, ...] = (
    *zoo_gallery.CASES,
    *zoo_aliases.CASES,
    *zoo_scalars.CASES,
    *zoo_control.CASES,
    *zoo_exits.CASES,
    *zoo_data.CASES,
    *zoo_entries.CASES,
    *zoo_calls.CASES,
    *zoo_arrays.CASES,
    *zoo_indexing.CASES,
    *zoo_hard.CASES,
    *zoo_language.CASES,
    *zoo_flow.CASES,
    *zoo_lists.CASES,
    *zoo_models.CASES,
    *zoo_writes.CASES,
    *zoo_sweeps.CASES,
    *zoo_views.CASES,
    *zoo_objects.CASES,
    *zoo_checkpoints.CASES,
    *zoo_recursion.CASES,
    *zoo_mutators.CASES,
    *zoo_made.CASES,
    *zoo_later.CASES,
    *zoo_boxes.CASES,
    *zoo_numpy.CASES,
)
BY_NAME = {case.name: case for case in CASES}
GOLDEN = tuple(case for case in CASES if "golden" in case.tags)
