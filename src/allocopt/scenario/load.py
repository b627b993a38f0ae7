"""Scenario folders in, checked scenarios out: the only entry to the files."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from allocopt.errors import ScenarioError
from allocopt.findings import Finding, has_errors
from allocopt.scenario.capping import listed
from allocopt.scenario.checks import check_sections, duplicate_ids
from allocopt.scenario.files import Files
from allocopt.scenario.layers import entry_of, merged_layers, read_layers, variant_names
from allocopt.scenario.notes import Notes
from allocopt.scenario.overrides import with_overrides
from allocopt.scenario.pathfinding import PathFinding
from allocopt.scenario.places import resolved_path
from allocopt.scenario.scenario import Scenario
from allocopt.scenario.schema.scenario import ScenarioSchema
from allocopt.scenario.tree import Branch, Mark, plain_entries
from allocopt.scenario.validate import validated
from allocopt.scenario.wording import shown
from allocopt.text import T

Check: TypeAlias = Callable[[ScenarioSchema], Iterable[PathFinding]]


@dataclass(frozen=True)
class _Loaded:
    """A scenario, or ``None``, and everything that was found."""

    scenario: Scenario | None
    findings: tuple[Finding, ...]


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
    loaded = _loaded(Path(path), variant, tuple(overrides), checks)
    if loaded.scenario is None:
        message = T("the scenario {name} cannot be used", name=shown(Path(path).name))
        raise ScenarioError(message, loaded.findings)
    return loaded.scenario


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
    return _loaded(Path(path), variant, tuple(overrides), checks).findings


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
        raise ScenarioError(message, listed(notes.findings))
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
) -> _Loaded:
    notes = Notes()
    entry = _entry(path, notes)
    if entry is None:
        return _Loaded(None, listed(notes.findings))
    files = Files(entry.parent, notes)
    layers = read_layers(entry, files)
    if layers is None:
        return _Loaded(None, listed(notes.findings))
    root = with_overrides(merged_layers(layers, variant, files), overrides, notes)
    verdict = validated(root, notes)
    found = list(duplicate_ids(root))
    for check in (check_sections, *checks):
        found.extend(check(verdict.data))
    notes.findings += [located(root, one) for one in found if not verdict.invalid.covers(one)]
    findings = listed(notes.findings)
    if has_errors(findings) or not verdict.valid:
        return _Loaded(None, findings)
    scenario = Scenario(
        data=verdict.data,
        name=verdict.data.id,
        variant=variant,
        overrides=overrides,
        files=tuple(files.seen.values()),
        resolved=plain_entries(root),
        warnings=findings,
        root=root,
    )
    return _Loaded(scenario, findings)


def located(root: Branch, found: PathFinding) -> Finding:
    """Return ``found`` with its file, line and column."""
    path, mark = resolved_path(root, found.path)
    place = (mark.file, mark.line, mark.column)
    return Finding(found.severity, found.message, found.hint, *place, path)
