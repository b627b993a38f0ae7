"""A curve from what was spent and what came of it."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from allocopt.arrays import FloatArray
from allocopt.errors import FitError
from allocopt.fitting.estimate import Data
from allocopt.fitting.fit import Fit, fitted
from allocopt.fitting.forms import Form, form_named
from allocopt.text import T

_LARGEST = 1e100


def fit_history(
    spend: ArrayLike,
    volume: ArrayLike,
    family: str = "hill",
    controls: Mapping[str, ArrayLike] | None = None,
) -> Fit:
    """Return the curve of a family that comes nearest to a history, by least squares.

    ``volume = baseline + sum of coefficient * control + curve(spend) + noise``. The linear parts
    are solved for at every step (variable projection; Golub and Pereyra, 1973), from several
    starts. Rows without spend count like any other; they are what tells the baseline.

    Parameters
    ----------
    spend : array_like of shape (rows,)
        Effort, at least 0.
    volume : array_like of shape (rows,)
        What was sold.
    family : str
        One of `allocopt.fitting.FORMS`.
    controls : mapping from names to array_like of shape (rows,), optional
        What else moves volume, linearly: price, season, trend.

    Raises
    ------
    FitError
        If the family cannot be fitted, lengths differ, a value is not a finite number or spend is
        negative (the message names column and row, counted from 1), or there are not more rows
        than there is to estimate.
    """
    form = form_named(family)
    given = dict(controls or {})
    for name in given:
        if name in form.names or name in {one.name for one in form.kind.parameters}:
            raise FitError(T("the control {name} has the name of a parameter", name=name))
    effort = _column("spend", spend)
    others = {name: _column(name, values) for name, values in given.items()}
    columns = {"volume": _column("volume", volume), **others}
    for name, column in columns.items():
        if column.size != effort.size:
            raise FitError(
                T(
                    "{name} has {found} rows, spend has {expected}",
                    name=name,
                    found=column.size,
                    expected=effort.size,
                )
            )
    _check_rows(form, effort, tuple(others))
    table = np.column_stack(list(others.values())) if others else np.empty((effort.size, 0))
    return fitted(form, Data(effort, columns["volume"], tuple(others), table))


def _check_rows(form: Form, effort: FloatArray, controls: tuple[str, ...]) -> None:
    if (effort < 0.0).any():
        row = int(np.argmax(effort < 0.0))
        raise FitError(
            T("spend in row {row} is {value}; it is below 0", row=row + 1, value=effort[row])
        )
    needed = len(form.names) + len(controls) + 1
    if effort.size < needed:
        raise FitError(
            T(
                "{found} rows are too few for {names}; at least {needed} are needed",
                found=effort.size,
                names=", ".join((*form.names, *controls)),
                needed=needed,
            )
        )


def _column(name: str, values: ArrayLike) -> FloatArray:
    """Return a column of finite numbers."""
    try:
        column = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise FitError(T("{name}: numbers were expected", name=name)) from None
    if column.ndim != 1:
        raise FitError(
            T(
                "{name}: one number per row was expected, found shape {shape}",
                name=name,
                shape=column.shape,
            )
        )
    bad = ~(np.abs(column) <= _LARGEST)
    if bad.any():
        row = int(np.argmax(bad))
        raise FitError(
            T(
                "{name} in row {row} is {value}; a finite number is needed",
                name=name,
                row=row + 1,
                value=column[row],
            )
        )
    return column
