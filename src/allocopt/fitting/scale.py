"""The data in units of its own, and estimates back in the user's."""

from dataclasses import dataclass

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.fitting.forms import Form
from allocopt.fitting.projection import Sample

_STEP = 1e-6


@dataclass(frozen=True)
class Scale:
    """Units of a sample.

    Attributes
    ----------
    effort, volume : float
        The largest effort, the largest volume.
    means, spreads : FloatArray of shape (controls,)
        Of the controls.
    """

    effort: float
    volume: float
    means: FloatArray
    spreads: FloatArray

    def sample(self, effort: FloatArray, volume: FloatArray, controls: FloatArray) -> Sample:
        """Return the data in these units; controls have shape (rows, controls)."""
        centered = (controls - self.means) / self.spreads
        return Sample(effort / self.effort, volume / self.volume, centered)

    def plain(self, form: Form, estimates: FloatArray) -> FloatArray:
        """Return estimates in the user's units.

        Parameters
        ----------
        form : Form
        estimates : FloatArray of shape (m, p)
            Logarithm of the amplitude, transformed inner parameters, baseline, and controls
            or none.

        Returns
        -------
        FloatArray of shape (m, p)
            Amplitude, inner parameters, baseline, controls.
        """
        amplitude = np.exp(estimates[:, 0]) * self.volume
        inner = []
        for one, column in zip(form.inner, estimates.T[1:], strict=False):
            inner.append(one.plain(column) * self.effort**one.power)
            if one.name == form.elasticity:
                amplitude = amplitude * self.effort ** -one.plain(column)
        first = 1 + len(form.inner)
        baseline = estimates[:, first] * self.volume
        others = estimates[:, first + 1 :]
        controls = others * (self.volume / self.spreads[: others.shape[1]])
        return np.column_stack([amplitude, *inner, baseline, controls])

    def slopes(self, form: Form, estimate: FloatArray) -> FloatArray:
        """Return derivatives of `plain` by central differences, shape (p plain, p estimated).

        An amplitude of 0, whose logarithm is infinite, gets 1, so that it depends on it at all.
        """
        steps = _STEP * np.eye(estimate.size)
        with np.errstate(invalid="ignore"):
            rise = self.plain(form, estimate + steps) - self.plain(form, estimate - steps)
        slopes: FloatArray = rise.T / (2.0 * _STEP)
        if np.isneginf(estimate[0]):
            slopes[0] = np.eye(estimate.size)[0]
        return slopes


def scale_of(effort: FloatArray, volume: FloatArray, controls: FloatArray) -> Scale:
    """Return the units in which the data is of size 1; 1 for what is 0 or constant.

    Parameters
    ----------
    effort, volume : FloatArray of shape (rows,)
    controls : FloatArray of shape (rows, controls)
    """
    constant = np.ptp(controls, axis=0) == 0.0
    return Scale(
        float(effort.max(initial=0.0)) or 1.0,
        float(np.abs(volume).max(initial=0.0)) or 1.0,
        # the mean of a constant is not it to the last digit
        np.where(constant, controls[0], controls.mean(axis=0)),
        np.where(constant, 1.0, controls.std(axis=0)),
    )
