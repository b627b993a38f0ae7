"""What ``allocopt fit`` says of its curves, on a screen and as a table for a scenario."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from math import isfinite
from pathlib import Path

from allocopt.cli.output import listed, say, show
from allocopt.cli.session import Session
from allocopt.cli.tables import plain_table
from allocopt.errors import UsageError
from allocopt.fitting import Fit
from allocopt.plan.csv_files import table_bytes
from allocopt.text import T, Text

Fits = Mapping[str, Fit]
"""Fits by placement."""


def say_fits(session: Session, fits: Fits) -> None:
    """Write a table of all parameters, then how good each fit is and what it leaves open."""
    heads = (
        T("placement"),
        T("parameter"),
        T("value"),
        T("standard error"),
        T("remark"),
    )
    rows = [
        (name, *(part.render(session.language) if isinstance(part, Text) else part for part in row))
        for name, fit in fits.items()
        for row in _rows(fit)
    ]
    show(plain_table(session, heads, rows, numbers=(2, 3)))
    say(session)
    for name, fit in fits.items():
        say(session, _quality(name, fit))
        if fit.unidentified:
            names = listed(session, fit.unidentified)
            say(
                session,
                T(
                    "{placement}: the data does not tell {names}: values far from these fit as "
                    "well. It needs efforts further apart, nearer to saturation, or more rows.",
                    placement=name,
                    names=names,
                ),
            )


def _quality(name: str, fit: Fit) -> Text:
    return T(
        "{placement}: {family}, {rows} rows, {share} of the variance explained, residuals of {sd}",
        placement=name,
        family=fit.family,
        rows=fit.effort.size,
        share=f"{fit.r_squared:.1%}" if isfinite(fit.r_squared) else "-",
        sd=_number(fit.residual_sd),
    )


def _rows(fit: Fit) -> Iterator[tuple[str, str, str, Text | str]]:
    """Yield name, value, standard error and standing of everything estimated."""
    for name, value in fit.parameters.items():
        yield name, _number(value), _number(fit.standard_errors[name]), _standing(fit, name)
    if "floor" not in fit.parameters:
        standing = _standing(fit, "baseline")
        yield "baseline", _number(fit.baseline), _number(fit.baseline_error), standing
    for name, value in fit.controls.items():
        yield name, _number(value), _number(fit.control_errors[name]), _standing(fit, name)


def _standing(fit: Fit, name: str) -> Text | str:
    if name in fit.unidentified:
        return T("not identified")
    if name in fit.held:
        return T("at the end of its range")
    return ""


def _number(value: float) -> str:
    return f"{value:.5g}" if isfinite(value) else "-"


def record(name: str, fit: Fit) -> dict[str, object]:
    """Return a fit as plain values, the form that ``--json`` prints."""
    return {
        "placement": name,
        "family": fit.family,
        "parameters": dict(fit.parameters),
        "standard_errors": dict(fit.standard_errors),
        "covariance": fit.covariance.tolist(),
        "unidentified": list(fit.unidentified),
        "held": list(fit.held),
        "baseline": fit.baseline,
        "baseline_error": fit.baseline_error,
        "controls": dict(fit.controls),
        "control_errors": dict(fit.control_errors),
        "r_squared": fit.r_squared,
        "residual_sd": fit.residual_sd,
        "rows": int(fit.effort.size),
    }


def curves_table(fits: Fits) -> bytes:
    """Return the curves as the columns that ``placements.csv`` of a scenario takes."""
    first = next(iter(fits.values()))
    header = ["placement", "curve.family", *(f"curve.{name}" for name in first.parameters)]
    rows = [[name, fit.family, *fit.parameters.values()] for name, fit in fits.items()]
    return table_bytes(header, rows)


def require_free(out: str | None) -> None:
    """Refuse to write over a file, before time is spent on fitting.

    Raises
    ------
    UsageError
    """
    if out is None:
        return
    path = Path(out)
    if path.exists() or path.is_symlink():
        raise UsageError(T("{file} is there already; nothing is overwritten", file=out))
    if not path.absolute().parent.is_dir():
        raise UsageError(T("there is no folder for {file}", file=out))


def write_new(out: str, content: bytes) -> None:
    """Write a file whole or not at all; one that is there is left alone.

    Raises
    ------
    UsageError
        If there is one.
    """
    target = Path(out)
    with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=".allocopt-") as spare:
        draft = Path(spare) / target.name
        draft.write_bytes(content)
        try:
            # unlike renaming, linking fails where a file has come in the meantime
            os.link(draft, target)
        except FileExistsError:
            require_free(out)
            raise
