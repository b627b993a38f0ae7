"""``allocopt explain RUN --alternatives N``: plans of nearly the same value, side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from allocopt.cli.output import listed, say, show
from allocopt.cli.session import Session
from allocopt.cli.spoken import option
from allocopt.cli.tables import plain_table
from allocopt.errors import UsageError
from allocopt.text import T

if TYPE_CHECKING:
    from rich.table import Table

    from allocopt.plan.plan import Plan
    from allocopt.report.alternatives import Alternative, Alternatives, Change
    from allocopt.report.format import NumberStyle

_WITHIN = "1 %"
_SECONDS = 600.0
_SHOWN = 4


def alternatives_options(session: Session) -> list[click.Parameter]:
    """Return the options of alternatives."""
    return [
        option(
            session,
            ["--alternatives"],
            T("How many plans of nearly the same value to find. Default: none."),
            kind=int,
            default=0,
            metavar="N",
        ),
        option(
            session,
            ["--within"],
            T("What of its value an alternative may give up. Default: {default}.", default=_WITHIN),
            default=_WITHIN,
            metavar="SHARE",
        ),
        option(
            session,
            ["--time-limit"],
            T("Seconds for all alternatives. Default: {default:g}.", default=_SECONDS),
            kind=float,
            default=_SECONDS,
            metavar="S",
        ),
        option(
            session,
            ["--out"],
            T("Folder for the run directories of the alternatives; without it they are not kept."),
            metavar="DIR",
        ),
    ]


@dataclass(frozen=True)
class Order:
    """What is asked for.

    Attributes
    ----------
    count : int
        0 for none.
    within : str
        A share, as written.
    time_limit : float
        Seconds.
    out : str or None
    """

    count: int
    within: str
    time_limit: float
    out: str | None

    def check(self) -> None:
        """Refuse what cannot be meant, before anything is solved.

        Raises
        ------
        UsageError
        """
        self._share()
        if self.count < 0:
            raise UsageError(
                T(
                    "{option} is {found}, allowed is 0 and more",
                    option="--alternatives",
                    found=self.count,
                )
            )
        if self.out is not None and Path(self.out).exists():
            raise UsageError(
                T("{folder} is there already; a run is never overwritten", folder=self.out)
            )

    def _share(self) -> float:
        from pydantic_core import PydanticCustomError

        from allocopt.scenario.quantities import parse_share

        try:
            return parse_share(self.within)
        except PydanticCustomError as error:
            raise UsageError(
                T(
                    "{option} is {found}; write a share, as in '1 %' or 0.01",
                    option="--within",
                    found=self.within,
                )
            ) from error

    def _found(self, session: Session, plan: "Plan", model: str | None) -> "Alternatives":
        from allocopt.cli.interrupts import noting_interrupts
        from allocopt.cli.progress import watching
        from allocopt.plan.rundir import save_plan
        from allocopt.report.goal import aim_of
        from allocopt.workflow.alternatives import alternatives

        aim = aim_of(plan.problem, plan.provenance.decides)
        with noting_interrupts(), watching(session, _style(session, plan), aim) as watch:
            found = alternatives(
                plan,
                self.count,
                within=self._share(),
                time_limit=self.time_limit,
                model=model,
                watch=watch,
            )
        if self.out is not None:
            for number, one in enumerate(found.found, start=1):
                save_plan(one.plan, Path(self.out) / f"alternative-{number}")
        return found

    def show(self, session: Session, plan: "Plan", model: str | None) -> None:
        """Find the alternatives and write them for people; nothing if none are asked for."""
        if not self.count:
            return
        found, style = self._found(session, plan, model), _style(session, plan)
        say(session)
        if len(found.found) < found.wanted:
            say(
                session,
                T(
                    "{count} of {wanted} alternatives were found: what else could be found in time "
                    "is worth less, or is the same",
                    count=len(found.found),
                    wanted=found.wanted,
                ),
            )
        if found.found:
            show(_table(session, found, style))
        for number, one in enumerate(found.found, start=1):
            say(session, _sentence(session, number, one, (found, style)))
        if self.out is not None and found.found:
            say(session, T("run directories: {folder}", folder=self.out))

    def record(self, session: Session, plan: "Plan", model: str | None) -> Mapping[str, object]:
        """Return the alternatives as plain values, in base units; empty if none are asked for."""
        if not self.count:
            return {}
        found = self._found(session, plan, model)
        rows = [
            {
                "objective": one.plan.objective,
                "loss": one.loss,
                "distance": one.distance,
                "nearest": one.nearest,
                "changes": [
                    {"id": row.id, "before": row.before, "after": row.after} for row in one.changes
                ],
            }
            for one in found.found
        ]
        return {
            "alternatives": {
                "wanted": found.wanted,
                "within": found.within,
                "distance_counts": str(found.kind),
                "found": rows,
            }
        }


def _style(session: Session, plan: "Plan") -> "NumberStyle":
    from allocopt.report.format import NumberStyle

    return NumberStyle(session.language, plan.problem.money_unit, plan.problem.volume_unit)


def _table(session: Session, found: "Alternatives", style: "NumberStyle") -> "Table":
    from allocopt.report.goal import goal_of

    heads = (
        T("alternative"),
        T("value"),
        T("less than the plan by"),
        T("differs from the plan by"),
        T("from the nearest other by"),
    )
    rows = []
    for number, one in enumerate(found.found, start=1):
        goal = goal_of(one.plan)
        rows.append(
            (
                str(number),
                style.value(goal.kind, goal.value),
                style.share(one.loss, digits=3),
                style.value(found.kind, one.distance),
                style.value(found.kind, one.nearest),
            )
        )
    return plain_table(session, heads, rows, numbers=(1, 2, 3, 4))


def _sentence(
    session: Session,
    number: int,
    one: "Alternative",
    about: tuple["Alternatives", "NumberStyle"],
) -> str:
    found, style = about

    def said(changes: tuple["Change", ...]) -> str:
        parts = [
            T(
                "{name} {difference}",
                name=row.name,
                difference=style.difference(found.kind, row.difference),
            ).render(session.language)
            for row in changes[:_SHOWN]
        ]
        return listed(session, parts) or "-"

    text = T(
        "alternative {number}: more for {more}; less for {less}",
        number=number,
        more=said(one.more),
        less=said(one.less),
    )
    return text.render(session.language)
