"""What placements, groups of people and lines are called by the scenario's author."""

from allocopt.measures.lines import Line
from allocopt.plan.plan import Plan
from allocopt.scenario.scenario import Scenario
from allocopt.text import Bilingual


def placement_names(scenario: Scenario) -> tuple[Bilingual, ...]:
    """Return the title of each placement."""
    return tuple(row.title() for row in scenario.data.placements)


def group_names(scenario: Scenario) -> tuple[Bilingual, ...]:
    """Return role and unit of each group."""
    roles = {row.id: row.title() for row in scenario.data.roles}
    units = {row.id: row.title() for row in scenario.data.units}
    pairs = [(roles[row.role], units[row.unit]) for row in scenario.data.staff]
    return tuple(
        Bilingual(f"{role.zh}（{unit.zh}）", f"{role.en} ({unit.en})") for role, unit in pairs
    )


def line_title(plan: Plan, line: Line) -> Bilingual:
    """Return the title of a line, with the unit and period that its name has."""
    title = next(one.title() for one in plan.problem.lines if one.id == line.spec)
    _, bracket, place = line.name.partition("[")
    suffix = f" [{place}" if bracket else ""
    return Bilingual(zh=title.zh + suffix, en=title.en + suffix)
