"""What the file ``expected.yaml`` of a bundled scenario says."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from allocopt.scenario.bundled import bundled_scenarios, find_scenario


def expected(name: str) -> dict[str, Any]:
    """Return what must hold for a bundled scenario."""
    content: dict[str, Any] = YAML(typ="safe").load(find_scenario(name) / "expected.yaml")
    return content


def variants_of(name: str) -> list[str]:
    """Return the variants that a scenario's file defines, as they stand."""
    whole = YAML(typ="safe").load(Path(find_scenario(name)) / "scenario.yaml")
    return list(whole.get("variants", {}))


@dataclass(frozen=True)
class Bracket:
    """Between what a model's best plan is worth: a plan that was found and a proven bound."""

    scenario: str
    model: str
    variant: str | None
    at_least: float
    at_most: float

    def __str__(self) -> str:
        """Return the name of a test."""
        return f"{self.scenario}-{self.model}-{self.variant or 'default'}"


def brackets() -> Iterator[Bracket]:
    """Yield every bracket of every bundled scenario."""
    for scenario in bundled_scenarios():
        for model, variants in expected(scenario)["objective_yuan"].items():
            for variant, ends in variants.items():
                named = None if variant == "default" else variant
                yield Bracket(scenario, model, named, ends["at_least"], ends["at_most"])
