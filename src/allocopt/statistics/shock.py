"""Reverse stress: the smallest joint shock, in standard deviations, that breaks a line.

The nearest point to the origin of standard normal space where a margin is gone, the design point
of reliability (Hasofer and Lind 1974). Found by rays in many directions, then from the nearest
ones by the steps of Rackwitz and Fiessler (1978) with a line search, and checked by points that
are nearer still.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from allocopt.arrays import FloatArray
from allocopt.sampling.pseudorandom import PseudoRandomStream
from allocopt.sampling.stream import Columns
from allocopt.statistics.design import checked_finite

Margin = Callable[[FloatArray], FloatArray]
"""From shocks (m, inputs) to margins (m,); a line is broken where its margin is 0 or less."""

_RAY = 32
_SLOPE_STEP = 1e-4
_ROUNDS = 60
_ATTEMPTS = 4


@dataclass(frozen=True)
class ShockSearch:
    """How hard to search.

    Attributes
    ----------
    reach : float
        Shocks farther out, in standard deviations, are not looked for.
    directions : int
        Random rays, besides the steepest one and both ways along each input.
    starts : int
        Rays to go on from.
    checks : int
        Points inside the sphere of the answer that are tried in the end.
    seed : int
    """

    reach: float = 8.0
    directions: int = 256
    starts: int = 4
    checks: int = 4096
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Shock:
    """The smallest shock that was found.

    Attributes
    ----------
    z : FloatArray (inputs,)
        In standard deviations; all 0 if the line is broken without a shock.
    checked : int
        Points nearer to the origin that were tried in the last check.
    nearer : int
        How many of them broke the line; above 0 only if the search gave up after going on from
        such points several times.
    """

    z: FloatArray
    checked: int
    nearer: int

    @property
    def distance(self) -> float:
        """The size of the shock, in standard deviations."""
        return float(np.linalg.norm(self.z))

    @property
    def composition(self) -> FloatArray:
        """The share of each input in the squared size, (inputs,)."""
        size = self.distance**2
        return self.z**2 / size if size else np.zeros_like(self.z)

    @property
    def probability(self) -> float:
        """The chance of a break if its border were flat: the first-order estimate (FORM)."""
        return float(ndtr(-self.distance))


def smallest_shock(margin: Margin, inputs: int, search: ShockSearch | None = None) -> Shock | None:
    """Return the smallest shock that takes the margin away, None if none within reach does.

    Parameters
    ----------
    margin : Margin
        Independent standard normal inputs; any correlation is within it.
    inputs : int
    search : ShockSearch, optional

    Raises
    ------
    StatisticsError
        If a margin is not finite.
    """
    settings = search or ShockSearch()

    def safe(z: FloatArray) -> FloatArray:
        return checked_finite(np.asarray(margin(z), dtype=np.float64))

    if safe(np.zeros((1, inputs)))[0] <= 0.0:
        return Shock(np.zeros(inputs), 0, 0)
    found = _along_rays(safe, _directions(safe, inputs, settings), settings.reach)
    if not found.shape[0]:
        return None
    best = _nearest([_refined(safe, start) for start in found[: settings.starts]])
    for attempt in range(_ATTEMPTS):
        inside = _ball(inputs, settings, attempt) * float(np.linalg.norm(best)) * (1.0 - 1e-6)
        broken = inside[safe(inside) <= 0.0]
        if not broken.shape[0]:
            break
        nearer = _along_rays(safe, broken, float(np.linalg.norm(best)))
        best = _nearest([best, *(_refined(safe, start) for start in nearer[: settings.starts])])
    return Shock(best, settings.checks, broken.shape[0])


def _nearest(points: list[FloatArray]) -> FloatArray:
    return min(points, key=lambda point: float(np.linalg.norm(point)))


def _normals(inputs: int, rows: int, settings: ShockSearch, replicate: int) -> FloatArray:
    columns = Columns(np.arange(inputs), np.arange(inputs, dtype=np.uint64))
    return np.asarray(
        ndtri(PseudoRandomStream(settings.seed).uniforms(columns, replicate, range(rows)))
    )


def _directions(margin: Margin, inputs: int, settings: ShockSearch) -> FloatArray:
    """Return the steepest way down, both ways along each input, and random ways."""
    axes = np.eye(inputs)
    steepest = -_slope(margin, np.zeros(inputs))
    rays = [axes, -axes, _normals(inputs, settings.directions, settings, 0)]
    if np.linalg.norm(steepest) > 0.0:
        rays.insert(0, steepest[None])
    return np.concatenate(rays)


def _ball(inputs: int, settings: ShockSearch, attempt: int) -> FloatArray:
    """Return points in the unit ball: half of them even in it, half even in distance."""
    normal = _normals(inputs + 1, settings.checks, settings, 1 + attempt)
    direction = normal[:, :-1] / np.linalg.norm(normal[:, :-1], axis=1, keepdims=True)
    radius = ndtr(normal[:, -1:])
    radius[::2] **= 1.0 / inputs
    return np.asarray(direction * radius)


def _along_rays(margin: Margin, rays: FloatArray, reach: float) -> FloatArray:
    """Return the first point without margin on each ray that has one, nearest first."""
    unit = rays / np.linalg.norm(rays, axis=1, keepdims=True)
    radii = reach * np.arange(1, _RAY + 1) / _RAY
    grid = margin((unit[:, None, :] * radii[:, None]).reshape(-1, unit.shape[1]))
    broken = grid.reshape(unit.shape[0], _RAY) <= 0.0
    hit = broken.any(axis=1)
    unit, first = unit[hit], broken[hit].argmax(axis=1)
    high = radii[first]
    low = high - reach / _RAY
    for _ in range(40 if unit.size else 0):
        middle = (low + high) / 2.0
        gone = margin(unit * middle[:, None]) <= 0.0
        high, low = np.where(gone, middle, high), np.where(gone, low, middle)
    order = np.argsort(high, kind="stable")
    return np.asarray(unit[order] * high[order, None])


def _slope(margin: Margin, z: FloatArray) -> FloatArray:
    """Return the gradient by central differences."""
    steps = _SLOPE_STEP * np.eye(z.size)
    both = margin(np.concatenate([z + steps, z - steps]))
    return np.asarray((both[: z.size] - both[z.size :]) / (2.0 * _SLOPE_STEP))


def _refined(margin: Margin, start: FloatArray) -> FloatArray:
    """Return a point without margin that is no farther out than ``start``, by descent from it."""
    z, best = start, start
    for _ in range(_ROUNDS):
        slope = _slope(margin, z)
        steepness = float(slope @ slope)
        if steepness == 0.0:
            break
        level = float(margin(z[None])[0])
        goal = (float(slope @ z) - level) / steepness * slope
        moved = _line_search(margin, z, goal, float(np.sqrt(steepness)))
        if not moved.any() or np.linalg.norm(moved - z) < 1e-9:
            break
        back = _along_rays(margin, moved[None], float(np.linalg.norm(best)))
        best = _nearest([best, *back])
        z = moved
    return best


def _line_search(margin: Margin, z: FloatArray, goal: FloatArray, steepness: float) -> FloatArray:
    """Return the best point on the way: near the origin, and with no margin left or missing."""
    weight = 2.0 * max(float(np.linalg.norm(z)), float(np.linalg.norm(goal))) / steepness
    shares = 0.5 ** np.arange(12)
    ways = np.concatenate([z + shares[:, None] * (goal - z), z[None]])
    merit = 0.5 * (ways**2).sum(axis=1) + weight * np.abs(margin(ways))
    return np.asarray(ways[int(np.argmin(merit))])
