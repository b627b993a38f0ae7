"""What a fit says: the curve, how well it is known, and what the data leaves open."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import FloatArray, frozen
from allocopt.curves import Curve, make_curve
from allocopt.errors import FitError
from allocopt.fitting.estimate import Data, Estimate, estimated
from allocopt.fitting.forms import Form
from allocopt.text import T

_BAND_DRAWS = 2000


@dataclass(frozen=True, eq=False)
class Fit:
    """A response curve fitted to data.

    Volume is ``baseline + effects of the controls + curve(effort) - curve(0)``.

    Attributes
    ----------
    family : str
    curve : Curve of shape ()
        Of that family, with `parameters`.
    parameters : mapping of str to float
        In the units of the data.
    standard_errors : mapping of str to float
        By parameter; NaN where the data cannot tell and for what is `held`.
    covariance : FloatArray of shape (parameters, parameters)
        In the order of `parameters`; 0 for what is held, NaN where the data cannot tell.
    unidentified : tuple of str
        Parameters, controls or "baseline" that the data cannot tell: the fit is as good with
        quite another value. No value of these should be relied on.
    held : tuple of str
        Parameters that ended at an end of the family's range, such as an exponent of 1; taken as
        known.
    baseline, baseline_error : float
        Volume without effort at the mean of the controls, and its standard error. It is not in
        the curve but for ADBUDG, whose floor it is.
    controls, control_errors : mapping of str to float
        Volume per unit of each control, and its standard error.
    r_squared : float
        Share of the variance of volume that the fit explains; NaN where there is none.
    residual_sd : float
        Standard deviation of the residuals, in volume, for the rows that parameters leave.
    effort, volume : FloatArray of shape (rows,)
        The data; volume less the effects of the controls beside their means.
    """

    family: str
    curve: Curve
    parameters: Mapping[str, float]
    standard_errors: Mapping[str, float]
    covariance: FloatArray
    unidentified: tuple[str, ...]
    held: tuple[str, ...]
    baseline: float
    baseline_error: float
    controls: Mapping[str, float]
    control_errors: Mapping[str, float]
    r_squared: float
    residual_sd: float
    effort: FloatArray
    volume: FloatArray
    _estimate: Estimate

    def draws(self, n: int, seed: int = 0) -> Curve:
        """Return ``n`` curves that the data allows, for a simulation.

        Normal with the covariance of the fit in the transformed space: amplitude, efforts, rates
        and slopes in logarithms, floor and midpoint as they are. What falls outside the range
        that was searched is drawn again.

        Parameters
        ----------
        n : int
            At least 1.
        seed : int
            The same seed gives the same draws.

        Returns
        -------
        Curve of shape (n,)

        Raises
        ------
        FitError
            If the data does not identify the curve or the baseline (a normal distribution around
            the estimate would say nothing of what the data allows), ``n`` is below 1, or hardly
            any draw lies in the range searched.
        """
        return self._drawn(n, seed)[0]

    def _drawn(self, n: int, seed: int) -> tuple[Curve, FloatArray]:
        """Return curves and baselines of shape (n,)."""
        if n < 1:
            raise FitError(T("the number of draws is {found}; at least 1 is needed", found=n))
        drawn = self._estimate.draws(n, seed)
        amplitude, *inner, baseline = drawn.T
        return self._estimate.form.curve(baseline, amplitude, *inner), baseline

    def predict(self, effort: ArrayLike) -> FloatArray:
        """Return the expected volume at efforts, the controls at their means.

        Parameters
        ----------
        effort : array_like
            Finite and at least 0.

        Raises
        ------
        CurveError
            If an effort is negative or not finite.
        """
        return self.baseline + self.curve.value(effort) - self.curve.value(0.0)

    def band(
        self, effort: ArrayLike, share: float = 0.95, seed: int = 0
    ) -> tuple[FloatArray, FloatArray]:
        """Return where the expected volume lies, as quantiles of draws.

        Parameters
        ----------
        effort : array_like of shape (k,)
        share : float
            How much of the draws lies in the band at each effort, between 0 and 1.
        seed : int

        Returns
        -------
        lower, upper : FloatArray of shape (k,)

        Raises
        ------
        FitError
            As `draws`.
        """
        curves, baseline = self._drawn(_BAND_DRAWS, seed)
        points = np.atleast_1d(np.asarray(effort, dtype=np.float64))
        rise = curves[:, None].value(points) - curves[:, None].value(0.0)
        tail = 0.5 * (1.0 - share)
        low, high = np.quantile(baseline[:, None] + rise, [tail, 1.0 - tail], axis=0)
        return low, high


def fitted(form: Form, data: Data) -> Fit:
    """Return the fit of a form to checked data.

    Parameters
    ----------
    form : Form
    data : Data
    """
    found = estimated(form, data)
    plain = found.scale.plain(form, found.center[None, :])[0]
    slopes = found.scale.slopes(form, found.center)
    covariance = _carried(slopes, found.precision.covariance)
    errors = np.sqrt(np.diagonal(covariance))
    errors = np.where(found.precision.held, np.nan, errors)
    size = 1 + len(form.inner)
    rows = _parameter_rows(form, found.names)
    values = {name: float(row @ plain) for name, row in rows.items()}
    known = np.array(list(rows.values()))
    own = _carried(known, covariance)
    own_errors = np.sqrt(np.diagonal(own))
    held = [name in found.held for name in rows]
    effects = (data.controls - found.scale.means) @ plain[size + 1 :]
    spread = float(((data.volume - data.volume.mean()) ** 2).sum())
    left = float(found.residuals @ found.residuals)
    return Fit(
        family=form.kind.family,
        curve=make_curve(form.kind.family, values),
        parameters=MappingProxyType(values),
        standard_errors=_named(rows, np.where(held, np.nan, own_errors)),
        covariance=frozen(own),
        unidentified=found.unidentified,
        held=found.held,
        baseline=float(plain[size]),
        baseline_error=float(errors[size]),
        controls=_named(data.names, plain[size + 1 :]),
        control_errors=_named(data.names, errors[size + 1 :]),
        r_squared=1.0 - left / spread if spread > 0.0 else float("nan"),
        residual_sd=found.precision.residual_sd * found.scale.volume,
        effort=frozen(data.effort),
        volume=frozen(data.volume - effects),
        _estimate=found,
    )


def _named(
    names: Mapping[str, object] | tuple[str, ...], values: FloatArray
) -> Mapping[str, float]:
    return MappingProxyType(dict(zip(names, map(float, values), strict=True)))


def _parameter_rows(form: Form, names: tuple[str, ...]) -> dict[str, FloatArray]:
    """Return each parameter of the family as a sum of what is estimated."""
    unit = dict(zip(names, np.eye(len(names)), strict=True))
    if form.floor:
        unit[form.amplitude] = unit[form.amplitude] + unit[form.floor]
    return {one.name: unit[one.name] for one in form.kind.parameters}


def _carried(matrix: FloatArray, covariance: FloatArray) -> FloatArray:
    """Return ``matrix @ covariance @ matrix.T`` where NaN reaches only what depends on it."""
    unknown = np.isnan(np.diagonal(covariance))
    plain = np.where(np.isnan(covariance), 0.0, covariance)
    result: FloatArray = np.where(np.isnan(matrix), 0.0, matrix) @ plain @ matrix.T
    blind = (matrix[:, unknown] != 0.0).any(axis=1)
    result[blind, :] = np.nan
    result[:, blind] = np.nan
    return result
