"""The commands, each imported only when it is called."""

from importlib.metadata import version as installed_version

import click

from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenGroup
from allocopt.text import T


def _new(session: Session) -> click.Command:
    from allocopt.cli.new import command

    return command(session)


def _check(session: Session) -> click.Command:
    from allocopt.cli.check import command

    return command(session)


def _solve(session: Session) -> click.Command:
    from allocopt.cli.solve import command

    return command(session)


def _verify(session: Session) -> click.Command:
    from allocopt.cli.verify import command

    return command(session)


def _explain(session: Session) -> click.Command:
    from allocopt.cli.explain import command

    return command(session)


def _stress(session: Session) -> click.Command:
    from allocopt.cli.stress import command

    return command(session)


def _replay(session: Session) -> click.Command:
    from allocopt.cli.replay import command

    return command(session)


def _compare(session: Session) -> click.Command:
    from allocopt.cli.compare import command

    return command(session)


def _frontier(session: Session) -> click.Command:
    from allocopt.cli.frontier import command

    return command(session)


def _kpi(session: Session) -> click.Command:
    from allocopt.cli.kpi import command

    return command(session)


def _models(session: Session) -> click.Command:
    from allocopt.cli.models import command

    return command(session)


def _strategies(session: Session) -> click.Command:
    from allocopt.cli.strategies import command

    return command(session)


def _curves(session: Session) -> click.Command:
    from allocopt.cli.curves import command

    return command(session)


def _fit(session: Session) -> click.Command:
    from allocopt.cli.fit import command

    return command(session)


def _runs(session: Session) -> click.Command:
    from allocopt.cli.runs import command

    return command(session)


def _schema(session: Session) -> click.Command:
    from allocopt.cli.schema import command

    return command(session)


def _doctor(session: Session) -> click.Command:
    from allocopt.cli.doctor import command

    return command(session)


_MEMBERS = {
    "new": (T("start a scenario from a bundled one"), _new),
    "check": (T("say everything that is wrong with a scenario"), _check),
    "solve": (T("find the best plan of a scenario, with a proof"), _solve),
    "verify": (T("recompute a plan without the solver"), _verify),
    "explain": (T("say what lines are worth and why money went where it went"), _explain),
    "stress": (T("say how likely a plan keeps its lines when the world moves"), _stress),
    "replay": (T("tell one future of a stress test"), _replay),
    "compare": (T("say which of several strategies or plans is best, and how surely"), _compare),
    "frontier": (T("say what the best plan is worth as a number varies"), _frontier),
    "kpi": (T("say which lines follow from others and which clash"), _kpi),
    "models": (T("list the models"), _models),
    "strategies": (T("list the strategies"), _strategies),
    "curves": (T("list the families of response curves"), _curves),
    "fit": (T("fit response curves to history or to judged points"), _fit),
    "runs": (T("list plans that were made, or compare two"), _runs),
    "schema": (T("write the format of scenario files for editors"), _schema),
    "doctor": (T("check that this machine is ready"), _doctor),
}

_ABOUT = T(
    "Targets, subsidies and headcount, planned together and proven. Exit codes: 0 done; 1 wrong "
    "call; 2 invalid scenario; 3 infeasible; 4 gap or limit not reached; 5 "
    "precision not reached; 6 a hard line is broken."
)


def command_line(session: Session) -> click.Group:
    """Return the whole command line in the session's language."""
    version = click.Option(
        ["--version"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_print_version,
        help=T("Show the version and exit.").render(session.language),
    )
    return SpokenGroup(session, "allocopt", _ABOUT, members=_MEMBERS, params=[version])


def _print_version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        click.echo(f"allocopt {installed_version('allocopt')}")
        ctx.exit()
