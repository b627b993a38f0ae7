"""Curves given by points: efforts and the volumes they bring, any number of them per curve."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import FloatArray, IntArray, frozen
from allocopt.curves.base import Index, raise_first
from allocopt.curves.kinked import KinkedCurve
from allocopt.curves.numeric import position
from allocopt.curves.parameters import Problem, name_problems
from allocopt.text import T, Text

Rows = ArrayLike | Sequence[Sequence[float]] | Sequence[FloatArray]


@dataclass(frozen=True, init=False, eq=False)
class PointCurve(KinkedCurve):
    """A family whose parameters are points.

    Attributes
    ----------
    efforts : FloatArray of shape (*dims, points)
        Ascending; padded with ``inf`` where a curve has fewer points than the longest.
    values : FloatArray of shape (*dims, points)
        Volumes, never falling; padded with the last one.
    sizes : IntArray of shape ``dims``
        The number of points of each curve.
    """

    from_zero: ClassVar[bool] = False
    """Whether the first point must be at effort 0."""

    efforts: FloatArray
    values: FloatArray
    sizes: IntArray

    def __init__(self, efforts: Rows, values: Rows) -> None:
        """Take the points of one curve, of curves with equally many, or a list of lists.

        Raises
        ------
        CurveError
            If points are not finite, not in ascending order, or volumes fall; the message names
            the curve and the point.
        """
        raise_first(self.check({"efforts": efforts, "values": values}))
        self._settle(*_padded(_rows(efforts), _rows(values)), dims=_dims(efforts))

    def _settle(
        self, efforts: FloatArray, values: FloatArray, sizes: IntArray, *, dims: tuple[int, ...]
    ) -> None:
        width = efforts.shape[-1]
        object.__setattr__(self, "efforts", frozen(efforts.reshape(*dims, width)))
        object.__setattr__(self, "values", frozen(values.reshape(*dims, width)))
        counts = np.array(sizes.reshape(dims), dtype=np.int64)
        counts.setflags(write=False)
        object.__setattr__(self, "sizes", counts)

    @classmethod
    def padded(cls, efforts: FloatArray, values: FloatArray, sizes: IntArray) -> Self:
        """Return a curve from arrays in order, padded already; nothing is checked.

        Parameters
        ----------
        efforts, values : FloatArray of shape (*dims, points)
        sizes : IntArray of shape ``dims``
        """
        curve = cls.__new__(cls)
        curve._settle(efforts, values, sizes, dims=sizes.shape)
        return curve

    @classmethod
    def check(cls, given: Mapping[str, object]) -> list[Problem]:
        """Return everything that is wrong with the points, by name.

        Parameters
        ----------
        given : mapping
            ``efforts`` and ``values``: the points of one curve, or a row of points per curve.
        """
        problems = name_problems(cls.parameters, given)
        rows = {p.name: _try_rows(given[p.name]) for p in cls.parameters if p.name in given}
        problems += [
            (name, T("{parameter}: numbers were expected", parameter=name))
            for name, found in rows.items()
            if found is None
        ]
        if problems:
            return problems
        return cls._check_rows(rows["efforts"] or [], rows["values"] or [])

    @classmethod
    def _check_rows(cls, efforts: list[FloatArray], values: list[FloatArray]) -> list[Problem]:
        if [row.size for row in efforts] != [row.size for row in values]:
            return [("values", T("efforts and values must have equally many points"))]
        for number, (xs, ys) in enumerate(zip(efforts, values, strict=True)):
            fault = cls._check_row(xs, ys)
            if fault is not None and len(efforts) == 1:
                return [fault]
            if fault is not None:
                named = T("curve {number}: {fault}", number=number, fault=fault[1])
                return [(fault[0], named)]
        return []

    @classmethod
    def _check_row(cls, efforts: FloatArray, values: FloatArray) -> Problem | None:
        for parameter, row in zip(cls.parameters, (efforts, values), strict=True):
            fault = parameter.problem(row)
            if fault is not None:
                return parameter.name, fault
        if cls.from_zero and efforts[0] != 0.0:
            first = float(efforts[0])
            return "efforts", T("the first point must be at effort 0, found {first}", first=first)
        return _order_problem(efforts, values)

    @classmethod
    def stack(cls, curves: Sequence[Self]) -> Self:
        """Return one curve of shape (len(curves),) from scalar curves of this family.

        Parameters
        ----------
        curves : sequence of curves of shape () or (1,)
        """
        efforts = [curve.efforts.ravel()[: int(curve.sizes.sum())] for curve in curves]
        values = [
            curve.values.ravel()[: row.size] for curve, row in zip(curves, efforts, strict=True)
        ]
        return cls.padded(*_padded(efforts, values))

    def __getitem__(self, index: Index) -> Self:
        """Return the curve whose parameters are those of ``index``."""
        picked = np.arange(prod(self.dims)).reshape(self.dims)[index]
        width = self.efforts.shape[-1]
        return self.padded(
            self.efforts.reshape(-1, width)[picked],
            self.values.reshape(-1, width)[picked],
            np.asarray(self.sizes.ravel()[picked]),
        )

    @property
    def dims(self) -> tuple[int, ...]:
        """The shape of the family: one curve per element."""
        return self.sizes.shape

    def kinks(self) -> FloatArray:
        """Return the efforts of the points, shape (*dims, points), padded with inf."""
        return self.efforts

    def supremum(self) -> FloatArray:
        """Return the last volume."""
        return self.values[..., -1]

    def _best_response(self, p: FloatArray, low: FloatArray, high: FloatArray) -> FloatArray:
        # All points at once: one of them is best, or an end of the interval.
        base, start, end = self._value(low), low[..., None], high[..., None]
        inside = (self.efforts >= start) & (self.efforts <= end)
        # An infinite price of no effort is NaN, which counts as no gain.
        with np.errstate(invalid="ignore"):
            away = np.where(inside, self.efforts - start, 0.0)
            gains = np.where(inside, self.values, -np.inf) - base[..., None] - p[..., None] * away
            gain = self._value(high) - base - p * (high - low)
        gains = np.where(np.isnan(gains), -np.inf, gains)
        number = gains.argmax(axis=-1)
        most = np.take_along_axis(gains, number[..., None], axis=-1)[..., 0]
        efforts = np.broadcast_to(self.efforts, gains.shape)
        best = np.take_along_axis(efforts, number[..., None], axis=-1)[..., 0]
        best = np.where(most > 0.0, best, low)
        best = np.where(gain > np.maximum(most, 0.0), high, best)
        return np.where(p < 0.0, high, best)

    def _reached(self, table: FloatArray, points: FloatArray, *, strictly: bool) -> IntArray:
        """Return how many entries of each row are below (or at, unless ``strictly``) a point."""
        if not self.dims:
            count = np.searchsorted(table, points, side="left" if strictly else "right")
            return np.asarray(count, dtype=np.int64)
        total = np.zeros(np.broadcast_shapes(self.dims, points.shape), dtype=np.int64)
        for number in range(table.shape[-1]):
            entry = table[..., number]
            total += (entry < points) if strictly else (entry <= points)
        return total

    def _pick(self, table: FloatArray, number: IntArray) -> FloatArray:
        """Return entry ``number`` of each element's row of ``table``."""
        first = np.arange(prod(self.dims)).reshape(self.dims) * table.shape[-1]
        return np.asarray(table.ravel()[first + number])


def _order_problem(efforts: FloatArray, values: FloatArray) -> Problem | None:
    for name, row, wrong in (
        ("efforts", efforts, np.diff(efforts) <= 0.0),
        ("values", values, np.diff(values) < 0.0),
    ):
        if wrong.any():
            first = int(np.flatnonzero(wrong)[0])
            found = {"here": float(row[first + 1]), "previous": float(row[first])}
            place = position(row.shape, first + 1)
            return name, _order_text(name, place, found)
    return None


def _order_text(name: str, place: str, found: Mapping[str, float]) -> Text:
    if name == "efforts":
        return T(
            "efforts must rise from point to point; point {place} is {here} after {previous}",
            place=place,
            **found,
        )
    return T(
        "values must never fall as effort grows; point {place} is {here} after {previous}",
        place=place,
        **found,
    )


def _rows(given: object) -> list[FloatArray]:
    """Return one array of points per curve."""
    if isinstance(given, np.ndarray) or not _is_nested(given):
        table = np.asarray(given, dtype=np.float64)
        table = np.atleast_1d(table)
        return list(table.reshape(prod(table.shape[:-1]), table.shape[-1]))
    if not isinstance(given, Sequence):
        raise TypeError
    rows = [np.asarray(row, dtype=np.float64) for row in given]
    if len({row.ndim for row in rows}) == 1 and rows[0].ndim > 1:
        return [line for row in rows for line in _rows(row)]
    return [row.reshape(-1) for row in rows]


def _is_nested(given: object) -> bool:
    return isinstance(given, Sequence) and len(given) > 0 and np.ndim(given[0]) > 0


def _dims(given: object) -> tuple[int, ...]:
    if isinstance(given, np.ndarray) or not _is_nested(given):
        return np.shape(np.asarray(given, dtype=np.float64))[:-1]
    return (len(_rows(given)),)


def _try_rows(given: object) -> list[FloatArray] | None:
    try:
        return _rows(given)
    except (TypeError, ValueError):
        return None


def _padded(
    efforts: Sequence[FloatArray], values: Sequence[FloatArray]
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return the rows as two tables, and how many points each row has."""
    sizes = np.array([row.size for row in efforts], dtype=np.int64)
    width = int(sizes.max(initial=0))
    xs = np.full((len(efforts), width), np.inf)
    ys = np.empty((len(efforts), width))
    for number, (x, y) in enumerate(zip(efforts, values, strict=True)):
        xs[number, : x.size] = x
        ys[number, : x.size] = y
        ys[number, x.size :] = y[-1]
    return xs, ys, sizes
