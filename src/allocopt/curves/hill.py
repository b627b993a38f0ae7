"""The Hill curve: concave for a slope of at most 1, S-shaped above."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import FloatArray, IntArray, frozen
from allocopt.curves.base import CurveShape
from allocopt.curves.closed_form import ClosedFormCurve
from allocopt.curves.numeric import known
from allocopt.curves.parameters import Parameter
from allocopt.text import Bilingual

_EPS = float(np.finfo(np.float64).eps)


@dataclass(frozen=True, init=False, eq=False)
class Hill(ClosedFormCurve):
    """f(x) = beta * x**slope / (ec50**slope + x**slope).

    From Hill (1910). Computed as a logistic function of log(x): one logarithm and one exponential.

    Attributes
    ----------
    beta : FloatArray of shape ``dims``
        Volume at saturation.
    ec50 : FloatArray of shape ``dims``
        Effort that brings half of ``beta``.
    slope : FloatArray of shape ``dims``
        Steepness; an S above 1.
    """

    family: ClassVar[str] = "hill"
    title: ClassVar[Bilingual] = Bilingual("希尔曲线", "Hill")
    parameters: ClassVar[tuple[Parameter, ...]] = (
        Parameter("beta", "volume", Bilingual("饱和时的量", "Volume at saturation")),
        Parameter(
            "ec50",
            "effort",
            Bilingual("达到饱和量一半所需的投入", "Effort that brings half of the saturation"),
            lower_open=True,
        ),
        Parameter(
            "slope",
            "1",
            Bilingual("陡度，大于 1 为 S 形", "Steepness; S-shaped above 1"),
            lower_open=True,
            upper=100.0,
        ),
    )

    beta: FloatArray
    ec50: FloatArray
    slope: FloatArray

    def __init__(self, beta: ArrayLike, ec50: ArrayLike, slope: ArrayLike) -> None:
        super().__init__(beta, ec50, slope)
        object.__setattr__(self, "_log_ec50", frozen(np.log(self.ec50)))

    def value_of_log(self, log_x: ArrayLike) -> FloatArray:
        """Return f(exp(log_x)); saves the logarithm where the same efforts come again.

        Parameters
        ----------
        log_x : array_like
            Logarithms of efforts; ``-inf`` for no effort.

        Raises
        ------
        CurveError
            If any is NaN.
        """
        log_ec50: FloatArray = vars(self)["_log_ec50"]
        return self._of_exponent(np.asarray(log_ec50 - known("log of effort", log_x)))

    def _of_exponent(self, work: FloatArray) -> FloatArray:
        """Return beta / (1 + exp(slope * work)); overwrites ``work``."""
        with np.errstate(over="ignore"):
            np.multiply(work, self.slope, out=work)
            np.exp(work, out=work)
        np.add(work, 1.0, out=work)
        return np.divide(self.beta, work, out=work)

    def value_and_marginal(self, x: ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return f and f' = slope / x * f * (1 - f / beta), see `Curve.value_and_marginal`."""
        points = self._efforts(x)
        value = self._value(points)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            marginal = self.slope * (1.0 - value / self.beta) * (value / points)
        if not points.all():
            marginal = np.where(points > 0.0, marginal, self._marginal_at_zero())
        # Quotients of tiny numbers, and no volume at all.
        odd = ~np.isfinite(marginal) & (points > 0.0)
        if odd.any():
            marginal = np.where(odd, self._marginal(points), marginal)
        return value, np.maximum(marginal, 0.0)

    def shape(self) -> IntArray:
        """Return S_SHAPED where the slope is above 1, else CONCAVE."""
        return np.where(self.slope > 1.0, CurveShape.S_SHAPED, CurveShape.CONCAVE).astype(np.int64)

    def inflection(self) -> FloatArray:
        """Return ec50 * ((slope - 1) / (slope + 1)) ** (1 / slope), or 0."""
        steep = np.maximum(self.slope, 1.0)
        return np.asarray(self.ec50 * ((steep - 1.0) / (steep + 1.0)) ** (1.0 / steep))

    def supremum(self) -> FloatArray:
        """Return ``beta``."""
        return self.beta

    def _value(self, x: FloatArray) -> FloatArray:
        work = np.empty(np.broadcast_shapes(self.dims, x.shape))
        with np.errstate(divide="ignore", over="ignore"):
            # ec50 / x and not x / ec50: the sign of the exponent comes for free.
            np.divide(self.ec50, x, out=work)
            np.log(work, out=work)
        return self._of_exponent(work)

    def _marginal(self, x: FloatArray) -> FloatArray:
        share = x / self.ec50
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            log = np.log(share)
            away = np.abs(self.slope * log)
            tail = 1.0 + np.exp(-away)
            # x / ec50 stays inside the exponent: the quotient of two tiny numbers has no digits.
            rate = np.exp(np.minimum(-away - log, 709.0)) / (tail * tail)
            result = self.beta * self.slope / self.ec50 * rate
        return np.where(share > 0.0, result, self._marginal_at_zero())

    def _marginal_at_zero(self) -> FloatArray:
        concave = np.where(self.slope < 1.0, np.inf, self.beta / self.ec50)
        return np.where((self.slope > 1.0) | (self.beta == 0.0), 0.0, concave)

    def _inverse(self, y: FloatArray) -> FloatArray:
        return self.ec50 * (y / (self.beta - y)) ** (1.0 / self.slope)

    def _stationary(self, price: FloatArray) -> FloatArray:
        """Newton's method on log f' as a function of log x.

        With z = slope * log(x / ec50) and s(z) the logistic function,

            log f' = log(beta slope / ec50) + z - z / slope + 2 log(1 - s(z))

        is concave in z, and falls right of the inflection; so from a point where f' is below
        the price, Newton's steps go left, never pass the root, and converge quadratically.
        """
        goal = np.log(price * self.ec50 / (self.beta * self.slope))
        # f' lies below both of its asymptotes, x**(-slope - 1) and x**(slope - 1).
        z = -goal * self.slope / (1.0 + self.slope)
        rising = goal * self.slope / (self.slope - 1.0)
        z = np.where(self.slope < 1.0, np.minimum(z, rising), z)
        edge = 1.0 / self.slope
        for _ in range(60):
            away = np.abs(z)
            small = np.exp(-away)
            fall = np.copysign((1.0 - small) / (1.0 + small), z) + edge
            step = np.minimum((-away - 2.0 * np.log1p(small) - z * edge - goal) / fall, 0.0)
            z += step
            # |s'| <= 1/4, so that what is left after a step is about its square over (4 fall) or
            # less; a NaN (no volume at all) compares false, and counts as settled.
            if not np.any(step * step > 4.0 * _EPS * (1.0 + np.abs(z)) * np.abs(fall)):
                break
        x = self.ec50 * np.exp(z * edge)
        return np.where(np.isnan(x), 0.0, x)
