"""Futures told as paragraphs."""

from collections.abc import Iterator, Mapping

from allocopt.measures.lines import Sense
from allocopt.plan.plan import Plan
from allocopt.plan.wording import expression_kind
from allocopt.report.format import NumberStyle
from allocopt.report.goal import aim_of
from allocopt.report.names import line_title
from allocopt.report.stress import driver_titles
from allocopt.scenario.schema.limits import LineKind
from allocopt.simulation.futures import Future, Strike
from allocopt.text import Bilingual, Language, T, Text

_TOLD = 3
"""Drivers that a story names."""

_NOTABLE = 0.5
"""Standard deviations from which on a driver is worth a word."""


def story(plan: Plan, future: Future, style: NumberStyle) -> str:
    """Return one future as a paragraph in the style's language.

    Parameters
    ----------
    plan : Plan
    future : Future
    style : NumberStyle
    """
    between = "" if style.language is Language.CHINESE else " "
    return between.join(text.render(style.language) for text in _sentences(plan, future, style))


def _sentences(plan: Plan, future: Future, style: NumberStyle) -> Iterator[Text]:
    yield _where(future)
    if future.impossible:
        yield T("It cannot be: {target} is out of range.", target=future.impossible)
        return
    titles = driver_titles(plan)
    yield from _moves(future, titles, style)
    yield from _strikes(plan, future, titles)
    yield _worth(plan, future, style)
    yield from _missed(plan, future, style)


def _where(future: Future) -> Text:
    return T(
        "Future {replicate}/{index}.",
        replicate=future.address.replicate,
        index=future.address.index,
    )


def _moves(future: Future, titles: Mapping[str, Bilingual], style: NumberStyle) -> Iterator[Text]:
    strongest = sorted(future.moves, key=lambda move: -abs(move.deviations))[:_TOLD]
    for move in strongest:
        if abs(move.deviations) < _NOTABLE or not move.expected:
            continue
        change = style.share(abs(move.drawn / move.expected - 1.0), digits=1)
        higher = T("{name} comes out {change} higher than expected.")
        lower = T("{name} comes out {change} lower than expected.")
        said = higher if move.drawn > move.expected else lower
        yield Text(said.template, (("name", titles[move.driver]), ("change", change)))


def _strikes(plan: Plan, future: Future, titles: Mapping[str, Bilingual]) -> Iterator[Text]:
    """Yield each event once, with where and when if it struck one unit, else how many."""
    units = {node.id: node.title() for node in plan.scenario.data.units}
    events: dict[str, list[Strike]] = {}
    for strike in future.strikes:
        events.setdefault(strike.event, []).append(strike)
    for name, strikes in events.items():
        first = strikes[0]
        if len(strikes) > 1:
            yield T("{event} strikes {count} units.", event=titles[name], count=len(strikes))
        elif first.unit:
            yield T(
                "{event} strikes {unit} from {first} to {last}.",
                event=titles[name],
                unit=units[first.unit],
                first=first.first,
                last=first.last,
            )
        else:
            yield T(
                "{event} strikes from {first} to {last}.",
                event=titles[name],
                first=first.first,
                last=first.last,
            )


def _worth(plan: Plan, future: Future, style: NumberStyle) -> Text:
    aim = aim_of(plan.problem, ("spend",))
    goal = plan.problem.objective.goals[0].expression
    return T("{goal} is {value}.", goal=goal, value=style.value(aim.kind, future.totals[goal]))


def _missed(plan: Plan, future: Future, style: NumberStyle) -> Iterator[Text]:
    """Yield what each hard line comes to that is missed, and how many others are."""
    others = 0
    for number, result in enumerate(plan.lines):
        line = result.line
        if future.met[number]:
            continue
        if line.kind is not LineKind.HARD:
            others += 1
            continue
        kind = expression_kind(line.expression)
        signs = {Sense.AT_LEAST: "≥", Sense.AT_MOST: "≤", Sense.EQUAL: "="}
        yield T(
            "{name} is missed: {value}, where {sign} {bound} is required.",
            name=line_title(plan, line),
            value=style.value(kind, float(future.lhs[number])),
            sign=signs[line.sense],
            bound=style.value(kind, line.bound),
        )
    if others:
        yield T("{count} soft or reported lines are missed.", count=others)
