"""A scenario that has been read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allocopt.findings import Finding
from allocopt.scenario.files import InputFile
from allocopt.scenario.places import resolved_path
from allocopt.scenario.schema.scenario import ScenarioSchema
from allocopt.scenario.tree import Branch, Mark

__all__ = ["InputFile", "Mark", "Scenario"]


@dataclass(frozen=True)
class Scenario:
    """A checked scenario.

    Attributes
    ----------
    data : ScenarioSchema
        Frozen; money in 元, shares as fractions.
    name : str
        The scenario's ``id``.
    variant : str or None
        The variant that was laid over it.
    overrides : tuple of str
        ``path=value`` texts that were applied, in order.
    files : tuple of InputFile
        Every file that was read, the scenario file first.
    resolved : mapping
        The merged scenario as written, before units are converted; a single
        ``scenario.yaml`` of it gives the same ``data``.
    warnings : tuple of Finding
        What the planner should know; no errors among them.
    root : Branch
        The merged tree with the place of every value.
    """

    data: ScenarioSchema
    name: str
    variant: str | None
    overrides: tuple[str, ...]
    files: tuple[InputFile, ...]
    resolved: Mapping[str, Any]
    warnings: tuple[Finding, ...]
    root: Branch

    def locate(self, path: str) -> Mark:
        """Return where the value at ``path`` was set.

        Parameters
        ----------
        path : str
            Dotted, rows by identifier, such as ``placements.p07.upper``. If nothing is
            written there, the place of the nearest value above it.
        """
        return resolved_path(self.root, path)[1]
