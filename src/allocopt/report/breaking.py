"""The smallest shock that breaks each line, told as sentences."""

from collections.abc import Mapping

from allocopt.plan.plan import Plan
from allocopt.plan.wording import expression_kind
from allocopt.report.format import NumberStyle
from allocopt.report.names import line_title
from allocopt.report.stress import driver_titles
from allocopt.simulation.report import LineBreak, StressReport
from allocopt.text import Bilingual, Language, T, Text

_TOLD = 3
"""Parts of a shock that a sentence names."""


def break_sentences(plan: Plan, report: StressReport, style: NumberStyle) -> tuple[str, ...]:
    """Return one sentence per line of the scenario, in the style's language."""
    titles = driver_titles(plan)
    return tuple(
        _sentence(plan, found, titles, style).render(style.language) for found in report.breaks
    )


def _sentence(
    plan: Plan, found: LineBreak, titles: Mapping[str, Bilingual], style: NumberStyle
) -> Text:
    result = next(one for one in plan.lines if one.line.name == found.line)
    name = line_title(plan, result.line)
    value = style.value(expression_kind(result.line.expression), found.lhs)
    if not found.parts and found.broken:
        return T(
            "{name}: missed without any shock, at {value} with every driver at its median.",
            name=name,
            value=value,
        )
    if not found.parts:
        return T(
            "{name}: no joint shock within {reach} standard deviations was found that breaks it.",
            name=name,
            reach=f"{found.reach:g}",
        )
    if not found.broken:
        return T("{name}: the shock that was found does not break it when replayed.", name=name)
    return T(
        "{name}: breaks at a joint shock of {distance} standard deviations, at {value}: {parts}.",
        name=name,
        distance=f"{found.distance:.2f}",
        value=value,
        parts=_parts(found, titles, style),
    )


def _parts(found: LineBreak, titles: Mapping[str, Bilingual], style: NumberStyle) -> str:
    between = "、" if style.language is Language.CHINESE else ", "
    return between.join(
        f"{titles[part.cause].render(style.language)} {part.deviations:+.2f} "
        f"({style.share(part.share, digits=0)})"
        for part in found.parts[:_TOLD]
    )
