"""A comparison on the screen: plans, what they break, differences, lines, who wins by what."""

from collections.abc import Iterator
from itertools import chain

from rich.console import RenderableType
from rich.text import Text as RichText

from allocopt.cli.line_table import KINDS
from allocopt.cli.output import listed, show
from allocopt.cli.session import Session
from allocopt.cli.tables import plain_table
from allocopt.report.comparison import Verdict, goal_kind, line_rows, verdicts
from allocopt.report.format import NumberStyle
from allocopt.simulation.comparison import Comparison
from allocopt.text import T

_SURE, _LIKELY = 0.95, 0.5


def show_comparison(session: Session, found: Comparison) -> None:
    """Write a comparison to standard output.

    Parameters
    ----------
    session : Session
    found : Comparison
    """
    problem = found.plans[0].plan.problem
    style = NumberStyle(session.language, problem.money_unit, problem.volume_unit)
    parts: Iterator[RenderableType] = chain(
        _header(session, found, style),
        _missing(session, found),
        [_plans(session, found, style), ""],
        _broken(session, found),
        _differences(session, found, style),
        _lines(session, found, style),
        [_verdicts(session, found, style), ""],
        _sentence(session, found),
        _left_out(session, found),
    )
    show(*parts)


def _header(session: Session, found: Comparison, style: NumberStyle) -> Iterator[RenderableType]:
    problem = found.plans[0].plan.problem
    yield RichText(problem.title.render(session.language), style="bold")
    drawn = T(
        "{plans} plans in the same {draws} futures in {replicates} replicates, seed {seed}, "
        "{seconds}",
        plans=len(found.plans),
        draws=f"{found.draws:,}",
        replicates=found.replicates,
        seed=found.seed,
        seconds=style.seconds(found.seconds),
    )
    reached = T("the wanted precision was reached")
    if not found.precision_reached:
        reached = T("THE WANTED PRECISION WAS NOT REACHED")
    yield listed(session, (drawn.render(session.language), reached.render(session.language)))
    worth = T(
        "worth: {goal}, less the price of missed lines",
        goal=problem.objective.goals[0].expression,
    )
    yield worth.render(session.language)
    yield ""


def _missing(session: Session, found: Comparison) -> Iterator[RenderableType]:
    for one in found.missing:
        text = T("{plan} has no plan: {reason}", plan=one.title, reason=one.reason)
        yield RichText(text.render(session.language), style="bold red")
    if found.missing:
        yield ""


def _name(session: Session, found: Comparison, number: int) -> str:
    return found.plans[number].title.render(session.language)


def _plans(session: Session, found: Comparison, style: NumberStyle) -> RenderableType:
    kind = goal_kind(found)
    heads = (
        T("plan"),
        T("mean worth"),
        T("±"),
        T("worst 5 %"),
        T("P(hard lines)"),
        T("P(best)"),
        T("mean regret"),
        T("largest"),
    )
    cells = [
        (
            f"{number} {one.title.render(session.language)}",
            style.value(kind, one.worth.value),
            style.value(kind, one.worth.half_width),
            style.value(kind, one.tail.value),
            style.share(one.p_hard.value, digits=1),
            style.share(one.p_best.value, digits=1),
            style.value(kind, one.mean_regret.value),
            style.value(kind, one.max_regret),
        )
        for number, one in enumerate(found.plans, start=1)
    ]
    return plain_table(session, heads, cells, numbers=range(1, len(heads)))


def _broken(session: Session, found: Comparison) -> Iterator[RenderableType]:
    """Yield the hard lines that plans break in the expected world already."""
    for one in found.plans:
        if not one.plan.broken:
            continue
        names = listed(session, (result.line.name for result in one.plan.broken))
        text = T(
            "{plan} breaks hard lines as planned: {lines}",
            plan=one.title.render(session.language),
            lines=names,
        )
        yield RichText(text.render(session.language), style="bold red")
    if any(one.plan.broken for one in found.plans):
        yield ""


def _differences(
    session: Session, found: Comparison, style: NumberStyle
) -> Iterator[RenderableType]:
    """Yield by how much the best plan is above each of the others."""
    if not found.differences:
        return
    kind, best = goal_kind(found), found.best.plan
    cells = []
    for one in found.differences:
        if best not in (one.first, one.second):
            continue
        sign = 1.0 if one.first == best else -1.0
        other = one.second if one.first == best else one.first
        low, high = sorted((sign * one.estimate.low, sign * one.estimate.high))
        clear = T("clear") if one.is_clear else T("may be none")
        cells.append(
            (
                _name(session, found, other),
                style.difference(kind, sign * one.estimate.value),
                style.difference(kind, low),
                style.difference(kind, high),
                clear.render(session.language),
            )
        )
    above = T("{plan} is worth more than", plan=_name(session, found, best))
    heads = (above, T("by"), T("from"), T("to"), T("difference"))
    yield plain_table(session, heads, cells, numbers=(1, 2, 3))
    yield ""


def _lines(session: Session, found: Comparison, style: NumberStyle) -> Iterator[RenderableType]:
    """Yield the probability that each line is met, by the plans' numbers.

    Lines that all plans keep in all futures are left out.
    """
    rows = line_rows(found)
    if not rows:
        return
    numbers = (T("{number}", number=k) for k in range(1, len(found.plans) + 1))
    heads = (T("P(met) by plan"), T("kind"), *numbers)
    cells: list[list[str | RichText]] = [
        [
            row.name.render(session.language),
            KINDS[row.kind].render(session.language),
            *(
                RichText(style.share(one.shown.p_met, digits=1), style=_color(one.shown.p_met))
                for one in row.of_plans
            ),
        ]
        for row in rows
    ]
    yield plain_table(session, heads, cells, numbers=range(2, len(heads)))
    yield ""


def _color(probability: float) -> str:
    if probability >= _SURE:
        return "green"
    return "yellow" if probability >= _LIKELY else "bold red"


def _verdicts(session: Session, found: Comparison, style: NumberStyle) -> RenderableType:
    heads = (T("judged by"), T("best"), T("value"), T("flips the choice"))
    cells = [
        (
            one.metric.render(session.language),
            listed(session, (winner.render(session.language) for winner in one.winners)),
            _value(one, style),
            T("yes").render(session.language) if one.flips else "",
        )
        for one in verdicts(found)
    ]
    return plain_table(session, heads, cells, numbers=(2,))


def _value(one: Verdict, style: NumberStyle) -> str:
    return f"{one.value:,.2f}" if one.kind is None else style.value(one.kind, one.value)


def _sentence(session: Session, found: Comparison) -> Iterator[RenderableType]:
    text = T(
        "best by mean worth: {plan}, right with probability of at least {chance:.1%}",
        plan=found.plans[found.best.plan].title,
        chance=found.best.chance,
    )
    yield RichText(text.render(session.language), style="bold")


def _left_out(session: Session, found: Comparison) -> Iterator[RenderableType]:
    for target, count in found.impossible.items():
        text = T(
            "{count} futures cannot be, because {target} is out of range in them; they count as "
            "misses of every line and have no worth",
            count=count,
            target=target,
        )
        yield RichText(text.render(session.language), style="yellow")
    if found.left_out:
        text = T(
            "the worth of {count} more futures is left out, to keep replicates of one size",
            count=found.left_out,
        )
        yield RichText(text.render(session.language), style="yellow")
