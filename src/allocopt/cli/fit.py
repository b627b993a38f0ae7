"""``allocopt fit DATA``: response curves from history or from judged points."""

import io
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from allocopt.arrays import FloatArray
from allocopt.cli.failure import Exit, failure_of, report
from allocopt.cli.fit_data import HISTORY, FitData, read_data
from allocopt.cli.fit_view import Fits, curves_table, record, require_free, say_fits, write_new
from allocopt.cli.output import say, say_json
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand, option
from allocopt.errors import FitError, ScenarioError, UsageError
from allocopt.fitting import FORMS, Fit, fit_history, fit_judged
from allocopt.fitting.forms import form_named
from allocopt.text import T

_PICTURES = (".pdf", ".png", ".svg")


def command(session: Session) -> click.Command:
    """Return the command in the session's language."""
    families = T(
        "Family of the curves: {names}. Without it hill; judged points make adbudg.",
        names=", ".join(FORMS),
    )
    return SpokenCommand(
        session,
        "fit",
        T(
            "Fit response curves to DATA, a CSV table: history (spend, volume; other columns are "
            "controls) or judged points (none, half, current, one_and_half, saturation, "
            "effort_now, value_now), with a column placement for a curve each."
        ),
        callback=partial(_fit, session),
        params=[
            click.Argument(["data"]),
            option(session, ["--family"], families, metavar="NAME"),
            option(session, ["--out"], T("Table of curves to write."), metavar="FILE"),
            option(
                session,
                ["--plot"],
                T("Picture of data, curves and 95 % bands to write: .png, .svg or .pdf."),
                metavar="FILE",
            ),
        ],
    )


def _fit(
    session: Session, *, data: str, family: str | None, out: str | None, plot: str | None
) -> int:
    require_free(out)
    require_free(plot)
    if plot is not None and Path(plot).suffix.lower() not in _PICTURES:
        raise UsageError(T("{file} is no .png, .svg or .pdf", file=plot))
    path = Path(data)
    try:
        table = read_data(path)
    except ScenarioError as error:
        folder = path.parent
        shown_as = "" if folder == Path() else folder.as_posix()
        return report(session, replace(failure_of(error), folder=folder, shown_as=shown_as))
    fits = _fits(table, family)
    if out is not None:
        write_new(out, curves_table(fits))
    drawn = 0 if plot is None else _draw(session, fits, plot)
    if session.as_json:
        written = {"out": out, "plot": plot}
        say_json({"fits": [record(name, fit) for name, fit in fits.items()], **written})
        return Exit.OK
    say_fits(session, fits)
    for file in filter(None, (out, plot)):
        say(session, T("written: {file}", file=file))
    if plot is not None and drawn < len(fits):
        say(session, T("the picture shows the first {count} placements", count=drawn))
    return Exit.OK


def _fits(table: FitData, family: str | None) -> Fits:
    if table.is_judged and family not in (None, "adbudg"):
        raise UsageError(T("judged points make curves of the family adbudg only"))
    try:
        form_named(family or "hill")
    except FitError as error:
        raise UsageError(error.text) from error
    fits = {}
    for name, columns in table.tables.items():
        try:
            if table.is_judged:
                fits[name] = fit_judged(**{key: float(one[0]) for key, one in columns.items()})
            else:
                fits[name] = _history(columns, family or "hill")
        except FitError as error:
            raise FitError(T("{placement}: {reason}", placement=name, reason=error.text)) from error
    return fits


def _history(columns: Mapping[str, FloatArray], family: str) -> Fit:
    controls = {name: values for name, values in columns.items() if name not in HISTORY}
    return fit_history(columns["spend"], columns["volume"], family, controls)


def _draw(session: Session, fits: Fits, plot: str) -> int:
    """Write the picture and return how many curves are in it."""
    # matplotlib takes a while to load
    from allocopt.report.fit_figure import MOST_DRAWN, fit_figure
    from allocopt.report.lettering import lettering

    chosen = dict(list(fits.items())[:MOST_DRAWN])
    buffer = io.BytesIO()
    figure = fit_figure(chosen, lettering(session.language))
    figure.savefig(buffer, format=Path(plot).suffix[1:].lower(), dpi=120)
    write_new(plot, buffer.getvalue())
    return len(chosen)
