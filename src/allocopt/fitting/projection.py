"""The best curve of a form: least squares with the linear parts solved for.

Variable projection (Golub and Pereyra, 1973): for given inner parameters the amplitude, the
baseline and the controls' coefficients are a linear least-squares problem, so that a search
runs over one or two inner parameters only: a grid, then Newton-like steps from its best points.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from allocopt.arrays import FloatArray, IntArray
from allocopt.fitting.forms import Form

_GRID = {1: (41,), 2: (21, 13)}
_STARTS = 6
_MOST_ROWS = 2000
_TOLERANCE = 1e-13
_FLAT = 1e-10
"""What is left of a shape beside the baseline and controls, as a share, that counts as nothing."""


@dataclass(frozen=True)
class Sample:
    """The data, scaled.

    Attributes
    ----------
    effort : FloatArray of shape (rows,)
        In the largest effort.
    volume : FloatArray of shape (rows,)
        In the largest volume.
    controls : FloatArray of shape (rows, controls)
        Centered and of scale 1.
    is_noisy : bool
        Whether rows are observations, which chance has a part in, and not judgments.
    """

    effort: FloatArray
    volume: FloatArray
    controls: FloatArray
    is_noisy: bool = True

    @property
    def smallest(self) -> float:
        """Smallest positive effort; 1 where there is none."""
        return float(self.effort[self.effort > 0.0].min(initial=1.0))


@dataclass(frozen=True)
class Point:
    """A curve in the scale of a `Sample`.

    Attributes
    ----------
    amplitude, baseline : float
    inner : FloatArray of shape (inner parameters,)
        Transformed.
    controls : FloatArray of shape (controls,)
    residuals : FloatArray of shape (rows,)
    """

    amplitude: float
    inner: FloatArray
    baseline: float
    controls: FloatArray
    residuals: FloatArray


def best_point(form: Form, sample: Sample) -> Point:
    """Return the curve with the least sum of squares.

    Parameters
    ----------
    form : Form
    sample : Sample
    """
    bounds = np.array([one.range(sample.smallest) for one in form.inner]).T

    def residuals(inner: FloatArray) -> FloatArray:
        return projected(form, sample, inner).residuals

    found = []
    for start in _starts(form, sample):
        result = least_squares(
            residuals,
            start,
            jac="3-point",
            bounds=(bounds[0], bounds[1]),
            x_scale="jac",
            ftol=_TOLERANCE,
            xtol=_TOLERANCE,
            gtol=_TOLERANCE,
            max_nfev=300,
        )
        found.append((float(result.cost), result.x))
    inner = np.asarray(min(found, key=lambda pair: pair[0])[1], dtype=np.float64)
    return projected(form, sample, _at_ends(inner, bounds))


def _at_ends(inner: FloatArray, bounds: FloatArray) -> FloatArray:
    """Return ``inner`` with what all but reached an end of its range put there."""
    near = 1e-6 * (bounds[1] - bounds[0])
    inner = np.where(inner - bounds[0] < near, bounds[0], inner)
    return np.where(bounds[1] - inner < near, bounds[1], inner)


def _starts(form: Form, sample: Sample) -> FloatArray:
    """Return the best points of a grid, shape (starts, inner parameters)."""
    counts = _GRID[len(form.inner)]
    lines = [
        one.starts(sample.smallest, count) for one, count in zip(form.inner, counts, strict=True)
    ]
    grid = np.stack([axis.ravel() for axis in np.meshgrid(*lines, indexing="ij")], axis=1)
    sample = _thinned(sample)
    basis = _orthonormal(_design(sample, with_baseline=True))
    shapes = form.shapes(grid, sample.effort)
    beside = shapes - (shapes @ basis) @ basis.T
    target = sample.volume - basis @ (basis.T @ sample.volume)
    size = np.maximum((beside**2).sum(axis=1), np.finfo(np.float64).tiny)
    gain = np.maximum(beside @ target, 0.0) ** 2 / size
    order = np.argsort(-gain, kind="stable")
    return grid[_spread(order, counts)]


def _thinned(sample: Sample) -> Sample:
    """Return at most `_MOST_ROWS` rows, evenly taken: enough to find where to start."""
    step = -(-sample.volume.size // _MOST_ROWS)
    return Sample(sample.effort[::step], sample.volume[::step], sample.controls[::step])


def _spread(order: IntArray, counts: tuple[int, ...]) -> list[int]:
    """Return the first of ``order`` that are no neighbors on the grid of each other."""
    kept: list[int] = []
    for number in order:
        place = np.array(np.unravel_index(number, counts))
        apart = all(np.abs(place - np.unravel_index(k, counts)).max() > 1 for k in kept)
        if apart:
            kept.append(int(number))
        if len(kept) == _STARTS:
            break
    return kept


def _design(sample: Sample, *, with_baseline: bool) -> FloatArray:
    """Return the linear parts beside the curve, shape (rows, baseline and controls)."""
    ones = np.ones((sample.volume.size, 1))
    return np.concatenate([ones, sample.controls], axis=1) if with_baseline else sample.controls


def _orthonormal(design: FloatArray) -> FloatArray:
    """Return an orthonormal basis of what a design reaches, whatever its rank."""
    if not design.size:
        return design
    left, values, _ = np.linalg.svd(design, full_matrices=False)
    return np.asarray(left[:, values > _FLAT * values[0]], dtype=np.float64)


def left_without_curve(sample: Sample) -> float:
    """Return the sum of squares that baseline and controls alone leave.

    Parameters
    ----------
    sample : Sample
    """
    basis = _orthonormal(_design(sample, with_baseline=True))
    residuals = sample.volume - basis @ (basis.T @ sample.volume)
    return float(residuals @ residuals)


def projected(form: Form, sample: Sample, inner: FloatArray) -> Point:
    """Return the best curve with these inner parameters: linear least squares.

    The amplitude is at least 0, and so is the floor of a family that has one.

    Parameters
    ----------
    form : Form
    sample : Sample
    inner : FloatArray of shape (inner parameters,)
        Transformed.
    """
    shape = form.shapes(inner[None, :], sample.effort)[0]
    point = _solved(sample, inner, shape, with_baseline=True)
    if form.floor and point.baseline < 0.0:
        return _solved(sample, inner, shape, with_baseline=False)
    return point


def _solved(sample: Sample, inner: FloatArray, shape: FloatArray, *, with_baseline: bool) -> Point:
    design = _design(sample, with_baseline=with_baseline)
    basis = _orthonormal(design)
    beside = shape - basis @ (basis.T @ shape)
    size = float(beside @ beside)
    gain = float(beside @ sample.volume)
    flat = size <= _FLAT**2 * float(shape @ shape)
    flat |= gain <= _FLAT * np.sqrt(size * float(sample.volume @ sample.volume))
    amplitude = 0.0 if flat else gain / size
    rest = sample.volume - amplitude * shape
    linear: FloatArray = np.zeros(design.shape[1])
    if design.size:
        linear = np.asarray(np.linalg.lstsq(design, rest, rcond=_FLAT)[0], dtype=np.float64) + 0.0
    residuals = rest - design @ linear
    if with_baseline:
        return Point(amplitude, inner, float(linear[0]), linear[1:], residuals)
    return Point(amplitude, inner, 0.0, linear, residuals)
