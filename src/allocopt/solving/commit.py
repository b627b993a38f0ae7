"""From a relaxed plan to firm choices: on or off, which level, which placements change."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.curves import CurveShape
from allocopt.declare.pieces import Pieces
from allocopt.measures.lines import LineResult, Sense
from allocopt.problem.axes import AxisName, Dimension, Selection
from allocopt.problem.problem import Placements, Problem
from allocopt.scenario.quantities import Quantity
from allocopt.scenario.schema.limits import LineKind, LineSpec

_OVER = 1e-4


def firm_choices(problem: Problem, spend: FloatArray) -> Problem:
    """Return ``problem`` with the whole choices about spend made, near ``spend``.

    A placement with a minimum efficient spend is on or off, a menu stands on one level,
    and only the placements that moved most from the current plan may leave it. What is
    left to decide about spend is continuous.

    Parameters
    ----------
    problem : Problem
    spend : FloatArray (placements, periods), 元
    """
    lower, upper = problem.placements.lower.copy(), problem.placements.upper.copy()
    _stay(problem, spend, (lower, upper))
    _choose_levels(problem.placements, spend, (lower, upper))
    _switch(problem.placements, spend, (lower, upper))
    placements = replace(problem.placements, lower=lower, upper=upper, minimum=np.zeros_like(lower))
    return replace(problem, placements=placements, change_limits=())


def _switch(
    placements: Placements, spend: FloatArray, bounds: tuple[FloatArray, FloatArray]
) -> None:
    lower, upper = bounds
    least = placements.minimum
    optional = (least > placements.lower) & (lower < upper)
    running = spend >= least / 2
    lower[optional & running] = np.minimum(least, upper)[optional & running]
    upper[optional & ~running] = lower[optional & ~running]


def _choose_levels(
    placements: Placements, spend: FloatArray, bounds: tuple[FloatArray, FloatArray]
) -> None:
    lower, upper = bounds
    levels = placements.curves.kinks()
    for a in np.flatnonzero(stepped_placements(placements)):
        own = np.unique(np.concatenate([[0.0], levels[a][np.isfinite(levels[a])]]))
        for t in range(spend.shape[1]):
            allowed = own[(own >= lower[a, t] - 1e-9) & (own <= upper[a, t] + 1e-9)]
            if allowed.size:
                chosen = allowed[np.argmin(np.abs(allowed - spend[a, t]))]
                lower[a, t] = upper[a, t] = chosen


def stepped_placements(placements: Placements) -> BoolArray:
    """Return which placements choose among levels, (placements,)."""
    return np.asarray(placements.curves.shape() == CurveShape.STEPPED, dtype=np.bool_)


def _stay(problem: Problem, spend: FloatArray, bounds: tuple[FloatArray, FloatArray]) -> None:
    """Hold at the current plan all but the placements that moved most, per change limit."""
    lower, upper = bounds
    current, axis = problem.placements.current, problem.axes[AxisName.PLACEMENTS]
    moved = np.abs(spend - current).sum(axis=1)
    for limit in problem.change_limits:
        chosen = Selection.of({Dimension.LEVERS: limit.levers, Dimension.UNITS: limit.units})
        counted = np.flatnonzero(axis.rows(chosen))
        held = counted[np.argsort(-moved[counted], kind="stable")][limit.at_most :]
        lower[held] = np.clip(current[held], lower[held], upper[held])
        upper[held] = lower[held]


def off_the_stretch(placements: Placements, pieces: Pieces, effort: FloatArray) -> FloatArray:
    """Return effort with placements on a too-good stretch of the stand-in moved to its nearer end.

    Parameters
    ----------
    placements : Placements
    pieces : Pieces
        Never below the curves; where they lie above, a mixture of two efforts was meant.
    effort : FloatArray (placements, periods), 元
    """
    mixed, left, right = _chords(placements, pieces, effort)
    nearer = np.where(effort - left < right - effort, left, right)
    return np.where(mixed, nearer, effort)


def tightened(problem: Problem, results: tuple[LineResult, ...]) -> Problem:
    """Return ``problem`` with the missed hard bounds moved by twice what was missed.

    What a settled plan misses is the rounding to cents and the last curvature of the
    pieces; asking for a little more leaves room for it. Equalities are left as they are.
    """
    missed: dict[tuple[str, Sense], float] = {}
    for result in results:
        if result.line.kind is LineKind.HARD and not result.met:
            key = (result.line.spec, result.line.sense)
            missed[key] = max(missed.get(key, 0.0), -2.0 * result.slack)
    lines = tuple(_tightened(line, missed) for line in problem.lines)
    return replace(problem, lines=lines)


def _tightened(line: LineSpec, missed: Mapping[tuple[str, Sense], float]) -> LineSpec:
    moved: dict[str, Quantity] = {}
    least, most = line.at_least, line.at_most
    if least is not None and (line.id, Sense.AT_LEAST) in missed:
        value = least.value + missed[line.id, Sense.AT_LEAST]
        moved["at_least"] = Quantity(value, least.kind)
    if most is not None and (line.id, Sense.AT_MOST) in missed:
        value = most.value - missed[line.id, Sense.AT_MOST]
        moved["at_most"] = Quantity(value, most.kind)
    return line.model_copy(update=moved) if moved else line


def too_good(placements: Placements, pieces: Pieces, effort: FloatArray) -> BoolArray:
    """Return where a stand-in promises clearly more than the curve gives and order would help."""
    return _chords(placements, pieces, effort)[0]


def _chords(
    placements: Placements, pieces: Pieces, effort: FloatArray
) -> tuple[BoolArray, FloatArray, FloatArray]:
    """Return where effort lies on a stretch that is not concave, and the ends of the stretch.

    The ends are the nearest points where the stand-in touches the curve; between them the
    curve runs below their chord.
    """
    bank, points = placements.curves, pieces.x.shape[2]
    flat = pieces.x.reshape(len(bank), -1)
    scale = np.abs(pieces.y).max(axis=(1, 2), initial=0.0)[:, None]
    touching = np.abs(bank.value(flat).reshape(pieces.x.shape) - pieces.y) <= (
        1e-9 * scale[..., None]
    )
    at = effort[..., None]
    left, right = (
        np.where(touching & side, pieces.x, fill)
        for side, fill in ((pieces.x <= at, -np.inf), (pieces.x > at, np.inf))
    )
    low, high = left.max(axis=2, initial=-np.inf), right.min(axis=2, initial=np.inf)
    known = np.isfinite(low) & np.isfinite(high) & (points > 1)
    low, high = np.where(known, low, effort), np.where(known, high, effort)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(known, (effort - low) / (high - low), 0.0)
    chord = (1 - share) * bank.value(low) + share * bank.value(high)
    over = chord - bank.value(effort) > _OVER * scale
    return np.asarray(known & over & ~pieces.stepped[:, None], dtype=np.bool_), low, high
