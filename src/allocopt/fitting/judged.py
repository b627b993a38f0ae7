"""A curve from five judgments of those who know the market: decision calculus."""

import math

import numpy as np

from allocopt.errors import FitError
from allocopt.fitting.estimate import Data
from allocopt.fitting.fit import Fit, fitted
from allocopt.fitting.forms import FORMS
from allocopt.text import T

POINTS = ("none", "half", "current", "one_and_half", "saturation")
"""The judged points, by rising effort."""

EFFORTS = (0.0, 0.5, 1.0, 1.5, 10.0)
"""Where they lie, in current efforts; saturation is taken as ten times the current effort."""


def fit_judged(
    *,
    none: float,
    half: float,
    current: float,
    one_and_half: float,
    saturation: float,
    effort_now: float = 1.0,
    value_now: float = 1.0,
) -> Fit:
    """Return the ADBUDG curve that comes nearest to five judged responses.

    Least squares over ``floor + (top - floor) * e**slope / (ec50**slope + e**slope)``, with e the
    effort in current efforts (Little, 1970; five points by Lodish, 1971; saturation entered as
    ten times the current effort, as in published sales-force sizings). Standard errors say how
    far the five judgments are from one curve, with one degree of freedom; not how good they are.

    Parameters
    ----------
    none, half, current, one_and_half, saturation : float
        Response without effort, at half, once and one and a half times the current effort, and
        at any effort whatever; relative to `value_now`.
    effort_now : float
        The current effort, in the unit that the curve is wanted in.
    value_now : float
        The current response.

    Raises
    ------
    FitError
        If a number is not finite, negative, or below the one before it, or `effort_now` or
        `value_now` is not above 0.
    """
    points = (none, half, current, one_and_half, saturation)
    _check_points(points)
    for name, value in (("effort_now", effort_now), ("value_now", value_now)):
        if not (math.isfinite(value) and value > 0.0):
            raise FitError(
                T("{name} is {value}; a number above 0 is needed", name=name, value=value)
            )
    volume = value_now * np.array(points, dtype=np.float64)
    effort = effort_now * np.array(EFFORTS)
    data = Data(effort, volume, (), np.empty((volume.size, 0)), is_noisy=False)
    return fitted(FORMS["adbudg"], data)


def _check_points(points: tuple[float, ...]) -> None:
    for name, value in zip(POINTS, points, strict=True):
        if not (math.isfinite(value) and value >= 0.0):
            raise FitError(
                T("{name} is {value}; a number of at least 0 is needed", name=name, value=value)
            )
    for place in range(1, len(points)):
        if points[place] < points[place - 1]:
            raise FitError(
                T(
                    "{name} ({value}) is below {before} ({less}); more effort never brings less",
                    name=POINTS[place],
                    value=points[place],
                    before=POINTS[place - 1],
                    less=points[place - 1],
                )
            )
