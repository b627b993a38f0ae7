"""Options that commands on a scenario share: what is taken, with which values, how exactly."""

import click

from allocopt.cli.session import Session
from allocopt.cli.spoken import option
from allocopt.solving.options import SolveOptions
from allocopt.text import T


def scenario_options(session: Session) -> list[click.Parameter]:
    """Return ``--variant`` and ``--set``, as ``variant`` and ``overrides``."""
    return [
        option(session, ["--variant"], T("Take this variant of the scenario."), metavar="V"),
        option(
            session,
            ["--set", "overrides"],
            T("Set a single value, such as lines.budget.at_most='2 %'; may be repeated."),
            multiple=True,
            metavar="PATH=VALUE",
        ),
    ]


def model_option(session: Session) -> click.Option:
    """Return ``--model``: a bundled model or the user's file."""
    return option(
        session,
        ["--model"],
        T(
            "Name of a model, see `allocopt models`, or path of a model file, which is a "
            "program and runs with your rights. Default: {default}.",
            default="joint",
        ),
        default="joint",
        metavar="NAME|PATH",
    )


def gap_option(session: Session) -> click.Option:
    """Return ``--gap``."""
    return option(
        session,
        ["--gap"],
        T(
            "Wanted distance from the best possible, a share. Default: {default}.",
            default=SolveOptions.gap,
        ),
        kind=float,
        default=SolveOptions.gap,
        metavar="G",
    )
