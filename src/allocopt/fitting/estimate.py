"""A fit in the space in which it is taken as normal, and draws from there."""

from dataclasses import dataclass, replace

import numpy as np

from allocopt.arrays import BoolArray, FloatArray
from allocopt.errors import FitError
from allocopt.fitting.forms import Form
from allocopt.fitting.precision import Precision, precision
from allocopt.fitting.projection import best_point
from allocopt.fitting.scale import Scale, scale_of
from allocopt.text import T

_ROUNDS = 200


@dataclass(frozen=True)
class Estimate:
    """A fit in the space in which it is taken as normal.

    Attributes
    ----------
    form : Form
    scale : Scale
    smallest : float
        Smallest positive effort, in the largest.
    controls : tuple of str
    center : FloatArray of shape (p,)
        Logarithm of the amplitude, transformed inner parameters, baseline, controls.
    precision : Precision
    residuals : FloatArray of shape (rows,)
        In the units of the data.
    """

    form: Form
    scale: Scale
    smallest: float
    controls: tuple[str, ...]
    center: FloatArray
    precision: Precision
    residuals: FloatArray

    @property
    def names(self) -> tuple[str, ...]:
        """Names of what is estimated, shape (p,)."""
        return (*self.form.names, *self.controls)

    @property
    def unidentified(self) -> tuple[str, ...]:
        """Names of what the data does not identify."""
        return self._chosen(self.precision.open)

    @property
    def held(self) -> tuple[str, ...]:
        """Names of what ended at an end of the family's own range."""
        return self._chosen(self.precision.held)

    def _chosen(self, which: BoolArray) -> tuple[str, ...]:
        return tuple(name for name, one in zip(self.names, which, strict=True) if one)

    def draws(self, count: int, seed: int) -> FloatArray:
        """Return plain amplitude, inner parameters and baseline, shape (count, 2 + inner).

        Raises
        ------
        FitError
            If the data does not identify the curve or the baseline, or hardly any draw lies in
            the range searched.
        """
        own = 2 + len(self.form.inner)
        covariance = self.precision.covariance[:own, :own]
        if self.precision.open[:own].any():
            raise FitError(
                T(
                    "nothing can be drawn: the data does not identify {names}",
                    names=", ".join(self.unidentified[: int(self.precision.open[:own].sum())]),
                )
            )
        values, vectors = np.linalg.eigh(covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        generator = np.random.default_rng(seed)
        kept: list[FloatArray] = []
        for _ in range(_ROUNDS):
            drawn = self.center[:own] + generator.standard_normal((max(count, 1), own)) @ root.T
            # to the last digit, so that an end of a range is not left by rounding
            drawn = np.where(self.precision.held[:own], self.center[:own], drawn)
            kept.append(drawn[self._inside(drawn)])
            if sum(map(len, kept)) >= count:
                return self.scale.plain(self.form, np.concatenate(kept)[:count])
        raise FitError(T("hardly any draw lies in the range that was searched; fit another family"))

    def _inside(self, drawn: FloatArray) -> BoolArray:
        """Return which draws lie in the ranges; what is held lies where it is."""
        ranges = np.array([one.range(self.smallest) for one in self.form.inner])
        held = self.precision.held[1 : 1 + len(ranges)]
        inner = drawn[:, 1 : 1 + len(ranges)]
        inside = held | ((inner >= ranges[:, 0]) & (inner <= ranges[:, 1]))
        floor = (drawn[:, -1] >= 0.0) | (not self.form.floor)
        return np.asarray(inside.all(axis=1) & floor)


@dataclass(frozen=True)
class Data:
    """Checked data.

    Attributes
    ----------
    effort, volume : FloatArray of shape (rows,)
    names : tuple of str
        Of the controls.
    controls : FloatArray of shape (rows, controls)
    is_noisy : bool
        Whether rows are observations and not judgments.
    """

    effort: FloatArray
    volume: FloatArray
    names: tuple[str, ...]
    controls: FloatArray
    is_noisy: bool = True


def estimated(form: Form, data: Data) -> Estimate:
    """Return the least-squares fit of a form.

    Parameters
    ----------
    form : Form
    data : Data
    """
    scale = scale_of(data.effort, data.volume, data.controls)
    scaled = scale.sample(data.effort, data.volume, data.controls)
    sample = replace(scaled, is_noisy=data.is_noisy)
    point = best_point(form, sample)
    with np.errstate(divide="ignore"):
        amplitude = np.log(point.amplitude)
    center = np.concatenate([[amplitude], point.inner, [point.baseline], point.controls])
    return Estimate(
        form,
        scale,
        sample.smallest,
        data.names,
        center,
        precision(form, sample, point),
        point.residuals * scale.volume,
    )
