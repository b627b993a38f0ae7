"""``allocopt replay RUN FUTURE``: one future of a stress test, told and in numbers."""

from functools import partial
from typing import TYPE_CHECKING

import click

from allocopt.cli.failure import Exit
from allocopt.cli.output import say, say_json
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand, option
from allocopt.errors import UsageError
from allocopt.text import T

if TYPE_CHECKING:
    from allocopt.plan.plan import Plan
    from allocopt.simulation.futures import Future
    from allocopt.simulation.report import Address


def command(session: Session) -> click.Command:
    """Return the command in the session's language."""
    return SpokenCommand(
        session,
        "replay",
        T(
            "Replay one future of the last stress test of the plan in the folder RUN, to the last "
            "digit: FUTURE is its address REPLICATE/INDEX, such as 3/217."
        ),
        callback=partial(_replay, session),
        params=[
            click.Argument(["run"]),
            click.Argument(["future"]),
            option(
                session,
                ["--scenario"],
                T("The scenario whose uncertainty was drawn from, if not the plan's own."),
                metavar="SCENARIO",
            ),
        ],
    )


def _replay(session: Session, *, run: str, future: str, scenario: str | None) -> int:
    from allocopt.plan.rundir import load_plan
    from allocopt.report.format import NumberStyle
    from allocopt.report.futures import story
    from allocopt.simulation.store import load_report
    from allocopt.workflow import inputs
    from allocopt.workflow.stressing import replayed

    address = _address(future)
    plan, report = load_plan(run), load_report(run)
    other = inputs.load(scenario) if scenario is not None else None
    found = replayed(plan, report, address, other)
    if session.as_json:
        say_json(_record(plan, found, report.seed))
        return Exit.OK
    style = NumberStyle(session.language, plan.problem.money_unit, plan.problem.volume_unit)
    say(session, story(plan, found, style))
    return Exit.OK


def _address(text: str) -> "Address":
    from allocopt.simulation.report import Address

    replicate, _, index = text.partition("/")
    if not (replicate.isdecimal() and index.isdecimal()):
        raise UsageError(
            T("{found} is no address of a future; REPLICATE/INDEX is expected", found=text)
        )
    return Address(int(replicate), int(index))


def _record(plan: "Plan", found: "Future", seed: int) -> dict[str, object]:
    from dataclasses import asdict

    from allocopt.plan.json_values import number_out
    from allocopt.simulation.store import numbers_out

    lines = zip(plan.lines, found.lhs, found.met, strict=True)
    return {
        "seed": seed,
        **asdict(found.address),
        "impossible": found.impossible,
        "lines": [
            {"name": one.line.name, "lhs": number_out(float(lhs)), "met": bool(met)}
            for one, lhs, met in lines
        ],
        "measures": [
            {"name": name, "value": number_out(value)} for name, value in found.totals.items()
        ],
        "drivers": [numbers_out(asdict(move)) for move in found.moves],
        "events": [asdict(strike) for strike in found.strikes],
    }
