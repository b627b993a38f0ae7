"""Small random allocation problems, and their best plans on a lattice by dynamic programming."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from allocopt import curves as c
from allocopt.arrays import BoolArray, FloatArray


def _points(
    rng: np.random.Generator, effort: float, volume: float
) -> tuple[FloatArray, FloatArray]:
    count = int(rng.integers(2, 6))
    steps = np.cumsum(rng.uniform(0.05, 1.0, count))
    rises = np.cumsum(rng.uniform(0.0, 1.0, count))
    return (
        np.concatenate([[0.0], steps / steps[-1] * 2.0 * effort]),
        np.concatenate([[0.0], rises / max(rises[-1], 1e-9) * volume]),
    )


def _curve(rng: np.random.Generator, effort: float, *, smooth: bool) -> c.Curve:
    """Return a curve of any shape whose interesting efforts are around ``effort``."""
    volume = 10.0 ** rng.uniform(-2.0, 2.0)
    steep, shallow = rng.uniform(1.2, 6.0), rng.uniform(0.4, 1.0)
    makers: tuple[Callable[[], c.Curve], ...] = (
        lambda: c.Linear(volume / effort),
        lambda: c.Power(volume / effort**0.5, 0.5),
        lambda: c.Hill(volume, effort, shallow),
        lambda: c.Hill(volume, effort, steep),
        lambda: c.Hill(volume, effort, 40.0),
        lambda: c.ModifiedExponential(volume, 1.0 / effort),
        lambda: c.Logistic(volume, 1.5 * steep / effort, effort),
        lambda: c.Gompertz(volume, 2.0 * steep / effort, effort),
        lambda: c.Table(*_points(rng, effort, volume)),
        lambda: c.Menu(*_points(rng, effort, volume)),
    )
    usable = makers[:-1] if smooth else makers
    return usable[int(rng.integers(len(usable)))]()


@dataclass(frozen=True, eq=False)
class Instance:
    """A random problem whose lattice points are multiples of ``step``."""

    curves: tuple[c.Curve, ...]
    lower: FloatArray
    upper: FloatArray
    minimum: FloatArray
    current: FloatArray
    budget: float
    step: float

    @property
    def menus(self) -> BoolArray:
        """Which placements stand on levels."""
        return np.array([isinstance(curve, c.Menu) for curve in self.curves])


LATTICE = 24


def random_instance(
    seed: int, *, most: int = 5, unit: float = 1.0, smooth: bool = False
) -> Instance:
    """Return a problem of a few placements on a common lattice of effort.

    Parameters
    ----------
    seed : int
    most : int
        Placements at most.
    unit : float
        Money is counted in units of this size: the same problem in other numbers.
    smooth : bool
        Whether to leave out menus, whose levels rounding may push past a bound.
    """
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, most + 1))
    step = float(10.0 ** rng.uniform(-4.0, 6.0)) * unit
    upper: FloatArray = rng.integers(1, LATTICE + 1, n).astype(np.float64) * step
    half = np.floor(rng.random(n) * upper / step / 2) * step
    lower = np.where(rng.random(n) < 0.3, half, 0.0)
    curves = [
        _curve(
            rng,
            step * LATTICE * rng.uniform(0.05, 1.0),
            smooth=smooth,
        )
        for _ in range(n)
    ]
    menus = np.array([isinstance(curve, c.Menu) for curve in curves])
    lower = np.where(menus, 0.0, lower)
    some = (rng.random(n) < 0.4) & (lower == 0.0) & ~menus
    minimum = np.where(some, np.ceil(rng.random(n) * upper / step) * step, 0.0)
    current = np.where(minimum > 0.0, 0.0, lower)
    room = float((upper - lower).sum() / step)
    budget = float(lower.sum() + np.floor(rng.random() * 1.1 * room) * step)
    return Instance(tuple(curves), lower, upper, minimum, current, budget, step)


def lattice_best(instance: Instance, max_moves: int | None = None) -> float:
    """Return the largest response of a plan on the lattice, by dynamic programming.

    Menus may stand on any of their levels, counted with the lattice points they take up.
    """
    units = round(instance.budget / instance.step)
    most = len(instance.curves) if max_moves is None else max_moves
    best = np.full((units + 1, most + 1), -np.inf)
    best[0, 0] = 0.0
    for options in _options(instance):
        after = np.full_like(best, -np.inf)
        for used, moved, value in options:
            moved = 0 if max_moves is None else moved
            if used > units or moved > most:
                continue
            here = best[: units + 1 - used, : most + 1 - moved] + value
            target = after[used:, moved:]
            np.maximum(target, here, out=target)
        best = after
    return float(best.max())


def choices(instance: Instance) -> list[FloatArray]:
    """Return the spends of every placement that are on the lattice, or its levels."""
    return [_choices(instance, k) for k in range(len(instance.curves))]


def _choices(instance: Instance, k: int) -> FloatArray:
    if instance.menus[k]:
        levels = np.unique(np.ravel(instance.curves[k].kinks()))
        return np.asarray(levels[levels <= instance.upper[k]])
    points = np.arange(LATTICE + 1, dtype=np.float64) * instance.step
    inside = (points >= instance.lower[k] * (1 - 1e-12)) & (
        points <= instance.upper[k] * (1 + 1e-12)
    )
    inside &= (points == 0.0) | (points >= instance.minimum[k] * (1 - 1e-12))
    return np.asarray(points[inside], dtype=np.float64)


def _options(instance: Instance) -> list[list[tuple[int, int, float]]]:
    """Return (lattice units, moved, response) of every choice of every placement."""
    found = []
    for k, points in enumerate(choices(instance)):
        used = np.ceil(points / instance.step - 1e-9).astype(int)
        moved = (np.abs(points - instance.current[k]) > 1e-9 * instance.step).astype(int)
        values = instance.curves[k].value(points)
        found.append(list(zip(used.tolist(), moved.tolist(), values.tolist(), strict=True)))
    return found
