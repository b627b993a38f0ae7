"""What to do about a line that no decision of a model can move."""

from collections.abc import Iterable, Mapping

from allocopt.measures.influence import outside_lines
from allocopt.problem.problem import Problem
from allocopt.text import T, Text

_JOINT = "joint"
_MODELS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("targets", ("targets",)),
    ("headcount", ("people",)),
    (_JOINT, ("spend", "people", "targets")),
)
"""What the bundled models decide; the last one that moves a line is the one to name."""
_BEYOND_ALL = T(
    "it depends on numbers that no decision changes: change them in the scenario, or make the "
    "line report-only"
)


def reach_hints(problem: Problem, names: Iterable[str]) -> Mapping[str, Text]:
    """Return per line of ``names`` which model could plan for it, or that none can.

    Parameters
    ----------
    problem : Problem
    names : iterable of str
        Lines outside the reach of the model at hand.
    """
    wanted = tuple(names)
    if not wanted:
        return {}
    hints = dict.fromkeys(wanted, _BEYOND_ALL)
    for model, decides in _MODELS:
        if model == _JOINT and not problem.placements.levers:
            continue
        beyond = frozenset(outside_lines(problem, decides))
        hint = T("solve with the model {model} to plan for it", model=model)
        hints.update({name: hint for name in wanted if name not in beyond})
    return hints
