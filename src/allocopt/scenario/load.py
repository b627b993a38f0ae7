"""Scenario folders in, checked scenarios out: the only entry to the files."""

from collections.abc import Sequence
from pathlib import Path

from allocopt.errors import ScenarioError
from allocopt.findings import Finding, in_order
from allocopt.scenario.files import Files
from allocopt.scenario.inspecting import Check, inspected
from allocopt.scenario.layers import entry_of, merged_layers, read_layers, variant_names
from allocopt.scenario.notes import Notes
from allocopt.scenario.overrides import with_overrides
from allocopt.scenario.scenario import Scenario
from allocopt.scenario.tree import Mark
from allocopt.scenario.wording import shown
from allocopt.text import T

__all__ = ["Check", "check_scenario", "load_scenario", "variants_of", "with_values"]


def load_scenario(
    path: str | Path,
    *,
    variant: str | None = None,
    overrides: Sequence[str] = (),
    checks: Sequence[Check] = (),
) -> Scenario:
    """Return the scenario in a folder, checked.

    Parameters
    ----------
    path : str or Path
        A scenario folder, or the scenario file in it.
    variant : str, optional
        Name of a variant to lay over it.
    overrides : sequence of str
        ``path=value`` texts, applied last and in order.
    checks : sequence of Check
        Further checks; each gets the valid part of the scenario.

    Raises
    ------
    ScenarioError
        If anything is wrong; ``findings`` lists all of it, warnings included.
    """
    scenario, findings = _loaded(Path(path), variant, tuple(overrides), checks)
    if scenario is None:
        message = T("the scenario {name} cannot be used", name=shown(Path(path).name))
        raise ScenarioError(message, findings)
    return scenario


def check_scenario(
    path: str | Path,
    *,
    variant: str | None = None,
    overrides: Sequence[str] = (),
    checks: Sequence[Check] = (),
) -> tuple[Finding, ...]:
    """Return everything there is to say about a scenario, in order; see `load_scenario`.

    Parameters
    ----------
    path : str or Path
    variant : str, optional
    overrides : sequence of str
    checks : sequence of Check
    """
    return _loaded(Path(path), variant, tuple(overrides), checks)[1]


def variants_of(path: str | Path) -> tuple[str, ...]:
    """Return the names of the variants that a scenario defines, its bases' included.

    Parameters
    ----------
    path : str or Path

    Raises
    ------
    ScenarioError
        If the scenario's files cannot be read.
    """
    notes = Notes()
    entry = _entry(Path(path), notes)
    layers = None if entry is None else read_layers(entry, Files(entry.parent, notes))
    if layers is None:
        message = T("the scenario {name} cannot be used", name=shown(Path(path).name))
        raise ScenarioError(message, in_order(notes.findings))
    return variant_names(layers)


def _entry(path: Path, notes: Notes) -> Path | None:
    """Return the scenario file that ``path`` means, or ``None`` with a finding."""
    try:
        found = entry_of(path)
        if found.is_file():
            return found.parent.resolve() / found.name
    except (OSError, RuntimeError, ValueError):
        pass
    notes.error(
        Mark(shown(path.name), 0, 0),
        T("there is no scenario at {path}", path=shown(path)),
        T("Give a folder that holds a scenario.yaml."),
    )
    return None


def _loaded(
    path: Path, variant: str | None, overrides: tuple[str, ...], checks: Sequence[Check]
) -> tuple[Scenario | None, tuple[Finding, ...]]:
    notes = Notes()
    entry = _entry(path, notes)
    if entry is None:
        return None, in_order(notes.findings)
    files = Files(entry.parent, notes)
    layers = read_layers(entry, files)
    if layers is None:
        return None, in_order(notes.findings)
    root = with_overrides(merged_layers(layers, variant, files), overrides, notes)
    return inspected(
        root,
        notes,
        variant=variant,
        overrides=overrides,
        files=tuple(files.seen.values()),
        checks=checks,
    )


def with_values(
    scenario: Scenario, overrides: Sequence[str], checks: Sequence[Check] = ()
) -> Scenario:
    """Return ``scenario`` with more single values set, checked anew; no file is read.

    Parameters
    ----------
    scenario : Scenario
    overrides : sequence of str
        ``path=value`` texts, applied in order on top of those it has.
    checks : sequence of Check

    Raises
    ------
    ScenarioError
        If anything is wrong then; ``findings`` lists all of it, warnings included.
    """
    notes = Notes()
    changed, findings = inspected(
        with_overrides(scenario.root, overrides, notes),
        notes,
        variant=scenario.variant,
        overrides=(*scenario.overrides, *overrides),
        files=scenario.files,
        checks=checks,
    )
    if changed is None:
        message = T("the scenario {name} cannot be used", name=shown(scenario.name))
        raise ScenarioError(message, findings)
    return changed
