"""How well the data knows a fitted curve: covariance, and what cannot be told.

Estimates are taken as normal in a transformed space: amplitude, efforts, rates and slopes in
logarithms, baseline, floor and midpoint as they are. The covariance is ``s^2 (J'J)^-1`` with
the Jacobian J of the fitted volumes there and the residual variance s^2 (Seber and Wild, 1989,
section 2.1).
A response that an F test cannot tell from none leaves the whole curve open.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import fdtrc

from allocopt.arrays import BoolArray, FloatArray
from allocopt.fitting.forms import Form
from allocopt.fitting.projection import Point, Sample, left_without_curve

_STEP = 1e-5
_SINGULAR = 1e-6
"""Singular values of the Jacobian, its columns of length 1, below this share are taken as 0."""
_LOADING = 0.1
_CHANCE = 0.05
"""A response that noise alone exceeds with this probability is not taken for one."""
_WIDEST_LOG = 1.0
"""A standard error of a logarithm above this: 95 % span a factor of more than 50."""


@dataclass(frozen=True)
class Precision:
    """What is known of an estimate, in the scale of a `Sample`.

    Attributes
    ----------
    covariance : FloatArray of shape (p, p)
        Of amplitude, inner parameters, baseline and controls, transformed; 0 for what is held,
        NaN for what is not identified at all.
    held : BoolArray of shape (p,)
        At an end of the family's own range, and taken as known.
    open : BoolArray of shape (p,)
        Not identified.
    residual_sd : float
    """

    covariance: FloatArray
    held: BoolArray
    open: BoolArray
    residual_sd: float


def precision(form: Form, sample: Sample, point: Point) -> Precision:
    """Return how well the data knows ``point``.

    Parameters
    ----------
    form : Form
    sample : Sample
    point : Point
        The least-squares estimate.
    """
    jacobian = _jacobian(form, sample, point)
    held, outside = _ends(form, sample, point)
    free = np.flatnonzero(~held)
    degrees = max(sample.volume.size - free.size, 1)
    residual_sd = float(np.sqrt(point.residuals @ point.residuals / degrees))
    inverse, blind = _inverse(jacobian[:, free])
    if point.amplitude == 0.0:
        # no response: its shape may be any
        flat = free <= len(form.inner)
        blind |= flat
        inverse[flat, :] = np.nan
        inverse[:, flat] = np.nan
    covariance = np.zeros((held.size, held.size))
    covariance[np.ix_(free, free)] = residual_sd**2 * inverse
    unknown = outside.copy()
    unknown[free] |= blind
    unknown[: 1 + len(form.inner)] |= sample.is_noisy and _may_be_chance(form, sample, point)
    errors = np.sqrt(np.diagonal(covariance))
    unknown |= np.nan_to_num(errors, nan=np.inf) > _widest(form, sample)
    return Precision(covariance, held, unknown, residual_sd)


def _may_be_chance(form: Form, sample: Sample, point: Point) -> bool:
    """Return whether noise alone would often fit as well: the F test of no response at all."""
    without = left_without_curve(sample)
    left = float(point.residuals @ point.residuals)
    own = 1 + len(form.inner)
    degrees = sample.volume.size - own - 1 - sample.controls.shape[1]
    if left <= 0.0 or degrees < 1:
        return False
    ratio = max(without - left, 0.0) / own / (left / degrees)
    return float(fdtrc(own, degrees, ratio)) > _CHANCE


def _widest(form: Form, sample: Sample) -> FloatArray:
    """Return the standard errors above which nothing useful is known, shape (p,)."""
    spread = float(np.ptp(sample.volume))
    inner = [_WIDEST_LOG if one.in_logs else float(np.ptp(sample.effort)) for one in form.inner]
    return np.array([_WIDEST_LOG, *inner, spread, *[spread] * sample.controls.shape[1]])


def _ends(form: Form, sample: Sample, point: Point) -> tuple[BoolArray, BoolArray]:
    """Return what ended at the family's own range, and at that of the search."""
    ranges = [one.range(sample.smallest) for one in form.inner]
    low = np.array([value <= r[0] for value, r in zip(point.inner, ranges, strict=True)])
    high = np.array([value >= r[1] for value, r in zip(point.inner, ranges, strict=True)])
    may_low = np.array([one.may_end_low for one in form.inner])
    may_high = np.array([one.may_end_high for one in form.inner])
    own = (low & may_low) | (high & may_high)
    outside = (low | high) & ~own
    # How high the curve rises follows from an effort or a rate that may be any.
    endless = bool((outside & np.array([one.power != 0 for one in form.inner])).any())
    no_floor = bool(form.floor) and point.baseline <= 0.0
    others = np.zeros(sample.controls.shape[1], dtype=np.bool_)
    held = np.array([False, *own, no_floor, *others])
    return held, np.array([endless, *outside, False, *others])


def _jacobian(form: Form, sample: Sample, point: Point) -> FloatArray:
    """Return derivatives of the fitted volumes, shape (rows, p)."""
    steps = _STEP * np.eye(point.inner.size)
    shape = form.shapes(point.inner[None, :], sample.effort)
    ranges = np.array([one.range(sample.smallest) for one in form.inner]).T
    ahead = np.minimum(point.inner + steps, ranges[1])
    behind = np.maximum(point.inner - steps, ranges[0])
    width = np.diagonal(ahead - behind)[:, None]
    rise = form.shapes(ahead, sample.effort) - form.shapes(behind, sample.effort)
    # Without an amplitude the baseline is still not told from a constant effort.
    columns = (point.amplitude or 1.0) * np.concatenate([shape, rise / width])
    ones = np.ones((sample.volume.size, 1))
    return np.concatenate([columns.T, ones, sample.controls], axis=1)


def _inverse(jacobian: FloatArray) -> tuple[FloatArray, BoolArray]:
    """Return (J'J)^-1 and which parameters the data is blind to; NaN in their rows."""
    length = np.sqrt((jacobian**2).sum(axis=0))
    scale = np.where(length > 0.0, length, 1.0)
    _, values, rows = np.linalg.svd(jacobian / scale, full_matrices=False)
    seen = values > _SINGULAR * values[0]
    blind = (np.abs(rows[~seen]) > _LOADING).any(axis=0) | (length == 0.0)
    inverse = (rows[seen].T / values[seen] ** 2) @ rows[seen] / np.outer(scale, scale)
    inverse[blind, :] = np.nan
    inverse[:, blind] = np.nan
    return inverse, blind
