"""``allocopt explain RUN``: what lines are worth, and why each placement got its money."""

import math
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from allocopt.audit import verify_run
from allocopt.cli.alternatives import Order, alternatives_options
from allocopt.cli.failure import Exit
from allocopt.cli.findings_view import finding_lines, tally
from allocopt.cli.output import say, say_json, show
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand, option
from allocopt.cli.tables import plain_table
from allocopt.errors import UsageError
from allocopt.findings import has_errors
from allocopt.text import T, Text

if TYPE_CHECKING:
    from rich.table import Table

    from allocopt.audit.report import AuditReport
    from allocopt.plan.plan import Plan
    from allocopt.report.displaced import Use
    from allocopt.report.explain import Explanation
    from allocopt.report.explain_text import Teller

_TOP = 15


def command(session: Session) -> click.Command:
    """Return the command in the session's language."""
    return SpokenCommand(
        session,
        "explain",
        T(
            "Say of the plan in the folder RUN what one more unit of each line is worth, and why "
            "each placement got the money it got; with --alternatives, find plans of nearly the "
            "same value that are as different as possible. The plan is verified first; exit code "
            "6 if that finds an error. The model is solved once more around the plan."
        ),
        callback=partial(_explain, session),
        params=[click.Argument(["run"]), *_options(session)],
    )


def _options(session: Session) -> list[click.Parameter]:
    return [
        option(
            session,
            ["--top"],
            T(
                "Lines and placements to show, the weightiest first. Default: {default}.",
                default=_TOP,
            ),
            kind=int,
            default=_TOP,
            metavar="N",
        ),
        option(
            session,
            ["--model"],
            T("The model file, if the plan is of your own; it runs with your rights."),
            metavar="FILE",
        ),
        option(
            session,
            ["--plot"],
            T("Draw marginal returns beside prices into this file, such as returns.png."),
            metavar="FILE",
        ),
        *alternatives_options(session),
    ]


def _explain(
    session: Session,
    *,
    run: str,
    top: int,
    model: str | None,
    plot: str | None,
    alternatives: int,
    within: str,
    time_limit: float,
    out: str | None,
) -> int:
    order = Order(alternatives, within, time_limit, out)
    order.check()
    if top < 1:
        raise UsageError(T("{option} is {found}, allowed is 1 and more", option="--top", found=top))
    folder = Path(run)
    audit = verify_run(folder)
    if has_errors(audit.findings):
        return _refused(session, audit, folder)
    from allocopt.plan.rundir import load_plan
    from allocopt.report.explain_text import Teller
    from allocopt.report.format import NumberStyle
    from allocopt.workflow.explaining import explain

    plan = load_plan(folder)
    explanation = explain(plan, model)
    style = NumberStyle(session.language, plan.problem.money_unit, plan.problem.volume_unit)
    teller = Teller(explanation, style)
    if plot is not None:
        _plot(session, plan, explanation, Path(plot))
    if session.as_json:
        from allocopt.cli.explain_record import record

        others = order.record(session, plan, model)
        say_json({**record(session, plan, teller, audit), **others})
    else:
        # how lines stand is what `verify` is for; files that were changed matter here
        changed = [finding for finding in audit.findings if finding.file]
        for line in finding_lines(session, changed, folder=folder, shown_as=run):
            say(session, line)
        _show(session, teller, top)
        order.show(session, plan, model)
    return Exit.OK


def _refused(session: Session, audit: "AuditReport", folder: Path) -> int:
    """Say what the audit found: numbers that do not agree explain nothing."""
    if session.as_json:
        findings = [finding.as_record(session.language) for finding in audit.findings]
        say_json({"explained": False, "findings": findings})
        return Exit.BROKEN
    for line in finding_lines(session, audit.findings, folder=folder, shown_as=folder.as_posix()):
        say(session, line)
    say(session, tally(audit.findings))
    say(session, T("not explained: the run does not pass its audit"))
    return Exit.BROKEN


def _plot(session: Session, plan: "Plan", explanation: "Explanation", file: Path) -> None:
    """Draw the figure; the directory must be there.

    Raises
    ------
    UsageError
        If the format is not known or there is nothing to draw.
    """
    from allocopt.report.figures import returns_figure
    from allocopt.report.lettering import lettering

    try:
        figure = returns_figure(plan, explanation, lettering(session.language))
        figure.savefig(file)
    except ValueError as error:
        raise UsageError(T("{file}: {reason}", file=file.as_posix(), reason=str(error))) from error


def _show(session: Session, teller: "Teller", top: int) -> None:
    explanation = teller.explanation
    if not explanation.lines:
        say(session, T("no line holds the plan back: none has a price"))
    else:
        show(_line_table(session, teller, top))
    _more(session, len(explanation.lines) - top, T("lines"))
    say(session)
    if not explanation.placements:
        say(session, T("the model does not decide spend"))
        return
    show(_placement_table(session, teller, top))
    _more(session, len(explanation.placements) - top, T("placements"))
    say(session)
    if any(row.elsewhere or row.source for row in explanation.placements[:top]):
        show(_exchange_table(session, teller, top))
        say(session)
    for sentence, names in _sentences(session, teller, top).items():
        whose = T("; ").render(session.language).join(names)
        say(session, T("{name}: {sentence}", name=whose, sentence=sentence))
    say(session)
    say(session, _balance(teller))
    say(session, T("prices hold for small changes and with the whole choices of this plan"))


def _sentences(session: Session, teller: "Teller", top: int) -> dict[str, list[str]]:
    """Return what is said of placements, and the names of those it is said of."""
    found: dict[str, list[str]] = {}
    for row in teller.explanation.placements[:top]:
        parts = [teller.reason(row)]
        unspent = teller.displaced(row)
        # what other placements would do with the money stands in the table
        if unspent is not None and row.line is None and str(row.reason) != "cost":
            parts.append(unspent)
        said = T("; ").render(session.language).join(p.render(session.language) for p in parts)
        found.setdefault(said, []).append(row.name.render(session.language))
    return found


def _more(session: Session, count: int, what: Text) -> None:
    if count > 0:
        say(session, T("and {count} more {what}; see --top and --json", count=count, what=what))


def _line_table(session: Session, teller: "Teller", top: int) -> "Table":
    heads = (T("line"), T("plan"), T("bound"), T("bound moved by"), T("goal gains"))
    style = teller.style
    cells = [
        (
            row.name.render(session.language),
            style.value(row.counts, row.result.lhs),
            style.value(row.counts, row.result.rhs),
            teller.step(row),
            teller.worth(row),
        )
        for row in teller.explanation.lines[:top]
    ]
    return plain_table(session, heads, cells, numbers=(1, 2, 3, 4))


def _placement_table(session: Session, teller: "Teller", top: int) -> "Table":
    unit, style = teller.unit, teller.style
    heads = (
        T("placement"),
        T("spend"),
        T("brings"),
        T("one more {unit} brings", unit=unit),
        T("and costs"),
    )
    cells = [
        (
            row.name.render(session.language),
            style.money(row.spend),
            style.volume(round(row.response)),
            teller.rate(row.marginal),
            teller.rate(row.price),
        )
        for row in teller.explanation.placements[:top]
    ]
    return plain_table(session, heads, cells, numbers=(1, 2, 3, 4))


def _exchange_table(session: Session, teller: "Teller", top: int) -> "Table":
    """Return what the money displaced: who would use it best, and who would give more."""
    unit = teller.unit
    heads = (
        T("placement"),
        T("its last {unit} elsewhere", unit=unit),
        T("would bring"),
        T("one more {unit} from", unit=unit),
        T("would lose"),
    )

    def cells(use: "Use | None") -> tuple[str, str]:
        return ("-", "-") if use is None else (_named(session, use), teller.rate(use.brings))

    rows = [
        (row.name.render(session.language), *cells(row.elsewhere), *cells(row.source))
        for row in teller.explanation.placements[:top]
    ]
    return plain_table(session, heads, rows, numbers=(2, 4))


def _named(session: Session, use: "Use") -> str:
    return use.name.render(session.language)


def _balance(teller: "Teller") -> Text:
    """Return how nearly marginal returns equal prices where spend is free."""
    balance, style = teller.explanation.balance, teller.style
    if not balance.compared or math.isnan(balance.largest):
        return T("no spend lies strictly between its bounds: there are no returns to balance")
    return T(
        "check: in {count} payments strictly between their bounds, return and price differ by "
        "{mean} on average and by {largest} at most",
        count=balance.compared,
        mean=style.share(balance.mean),
        largest=style.share(balance.largest),
    )
