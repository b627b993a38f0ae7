"""What placements and groups of people are called by the scenario's author."""

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
