"""``allocopt solve SCENARIO``: the best plan, its proof, and a run directory."""

import time
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import click

from allocopt.cli.conflicts import explained
from allocopt.cli.failure import Exit, Failure, failure_of, report
from allocopt.cli.interrupts import noting_interrupts
from allocopt.cli.output import say_json
from allocopt.cli.places import place_of
from allocopt.cli.plan_view import show_plan
from allocopt.cli.progress import watching
from allocopt.cli.scenario_options import gap_option, model_option, scenario_options
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand, option
from allocopt.errors import (
    AllocoptError,
    InfeasibleError,
    ModelError,
    NoPlanInTimeError,
    ScenarioError,
    UsageError,
)
from allocopt.plan.plan import Plan, PlanStatus
from allocopt.plan.rundir import save_plan
from allocopt.report.format import NumberStyle
from allocopt.report.goal import aim_of
from allocopt.scenario.scenario import Scenario
from allocopt.solving.options import SolveOptions
from allocopt.text import T
from allocopt.workflow.inputs import load

_DEFAULTS = SolveOptions()


def command(session: Session) -> click.Command:
    """Return the command in the session's language."""
    return SpokenCommand(
        session,
        "solve",
        T(
            "Find the best plan of SCENARIO (a folder, or the name of a bundled one), prove how "
            "good it is, and write it to a run directory. Exit code 3 if no plan is possible, 4 "
            "if a limit ended the search before the wanted gap, 6 if the plan breaks a hard line."
        ),
        callback=partial(_solve, session),
        params=[
            click.Argument(["scenario"]),
            *_what(session),
            *_how(session),
            _no_repairs(session),
        ],
    )


def _what(session: Session) -> list[click.Parameter]:
    return [
        model_option(session),
        *scenario_options(session),
        option(
            session,
            ["--out"],
            T("Run directory to write; a new one in runs/ by default."),
            metavar="RUN",
        ),
    ]


def _no_repairs(session: Session) -> click.Option:
    about = T("Where no plan is possible, say only what clashes: look for no ways out.")
    return click.Option(["--no-repairs"], is_flag=True, help=about.render(session.language))


def _how(session: Session) -> list[click.Parameter]:
    return [
        gap_option(session),
        option(
            session,
            ["--time-limit"],
            T("Seconds for the search. Default: {default:g}.", default=_DEFAULTS.time_limit),
            kind=float,
            default=_DEFAULTS.time_limit,
            metavar="S",
        ),
        option(
            session,
            ["--threads"],
            T("Threads of the solver. Default: {default}.", default=_DEFAULTS.threads),
            kind=int,
            default=_DEFAULTS.threads,
            metavar="N",
        ),
        option(
            session,
            ["--seed"],
            T(
                "Seed of the solver: same seed and threads, same plan. Default: {default}.",
                default=_DEFAULTS.seed,
            ),
            kind=int,
            default=_DEFAULTS.seed,
            metavar="N",
        ),
    ]


@dataclass(frozen=True)
class _Order:
    """What the user asked for."""

    scenario: str
    model: str
    variant: str | None
    overrides: tuple[str, ...]
    out: str | None
    options: SolveOptions
    repairs: bool


def _solve(
    session: Session,
    *,
    scenario: str,
    model: str,
    variant: str | None,
    overrides: tuple[str, ...],
    out: str | None,
    gap: float,
    time_limit: float,
    threads: int,
    seed: int,
    no_repairs: bool,
) -> int:
    options = SolveOptions(gap=gap, time_limit=time_limit, threads=threads, seed=seed)
    order = _Order(scenario, model, variant, overrides, out, options, not no_repairs)
    _require_free(out)
    started = time.monotonic()
    loaded = _loaded(order)
    if isinstance(loaded, Failure):
        return report(session, loaded)
    try:
        return _planned(session, order, loaded, {"load": time.monotonic() - started})
    except InfeasibleError as error:
        return report(session, explained(error, loaded))


def _require_free(out: str | None) -> None:
    """Refuse a run directory that is there already, before time is spent on solving.

    Raises
    ------
    UsageError
    """
    if out is not None and Path(out).exists():
        raise UsageError(T("{folder} is there already; a run is never overwritten", folder=out))


def _loaded(order: _Order) -> Scenario | Failure:
    place = place_of(order.scenario)
    try:
        return load(order.scenario, variant=order.variant, overrides=order.overrides)
    except ScenarioError as error:
        return replace(failure_of(error), folder=place.folder, shown_as=place.shown_as)


def _planned(
    session: Session, order: _Order, scenario: Scenario, seconds: Mapping[str, float]
) -> int:
    from allocopt.workflow.plans import prepare, run

    with _blaming(order.model):
        task = prepare(scenario, order.model)
        problem = task.problem
        style = NumberStyle(session.language, problem.money_unit, problem.volume_unit)
        aim = aim_of(problem, task.formulation.decides)
        with noting_interrupts() as keys, watching(session, style, aim) as watch:
            try:
                plan = run(task, options=order.options, watch=watch, repairs=order.repairs)
            except NoPlanInTimeError as error:
                raise (KeyboardInterrupt if keys.happened else error) from error
    plan = replace(plan, seconds={**seconds, **plan.seconds})
    started = time.monotonic()
    folder = save_plan(plan, order.out)
    plan = replace(plan, seconds={**plan.seconds, "write": time.monotonic() - started})
    if session.as_json:
        say_json(_record(session, plan, folder))
    else:
        show_plan(session, plan, style, folder)
    return _code(plan, interrupted=keys.happened)


def _code(plan: Plan, *, interrupted: bool) -> Exit:
    """Return the exit code; a broken hard line matters more than how good the plan is.

    A line that nothing the model decides can move is no fault of the plan: `verify` agrees.
    """
    if plan.broken:
        return Exit.BROKEN
    if plan.status is PlanStatus.PROVEN:
        return Exit.OK
    return Exit.INTERRUPTED if interrupted else Exit.LIMIT


@contextmanager
def _blaming(model: str) -> Iterator[None]:
    """Turn whatever a user's own model file raises into a message that names its line.

    Raises
    ------
    ModelError
    """
    try:
        yield
    except AllocoptError:
        raise
    except Exception as error:
        own = Path(model).resolve()
        frames = traceback.extract_tb(error.__traceback__)
        mine = [f for f in frames if own.suffix == ".py" and Path(f.filename).resolve() == own]
        if not mine:
            raise
        raise ModelError(
            T(
                "{file}:{line}: {kind}: {reason}",
                file=model,
                line=mine[-1].lineno,
                kind=type(error).__name__,
                reason=str(error),
            )
        ) from error


def _record(session: Session, plan: Plan, folder: Path) -> dict[str, object]:
    from allocopt.plan.wording import line_unit_sign, objective_unit

    unit = objective_unit(plan.problem, plan.provenance.decides)
    return {
        "status": str(plan.status),
        "stop": plan.stop,
        "objective": plan.objective,
        "bound": plan.bound,
        "counted_in": {"zh": unit.zh, "en": unit.en},
        "gap": plan.gap,
        "run": folder.as_posix(),
        "seconds": dict(plan.seconds),
        "lines": [
            {
                "name": result.line.name,
                "kind": str(result.line.kind),
                "lhs": result.lhs,
                "rhs": result.rhs,
                "slack": result.slack,
                "unit": line_unit_sign(plan.problem, result.line),
                "met": bool(result.met),
                "outside": result.line.name in plan.outside,
                "penalty": result.penalty,
            }
            for result in plan.lines
        ],
        "remarks": [remark.as_record(session.language) for remark in plan.remarks],
    }
