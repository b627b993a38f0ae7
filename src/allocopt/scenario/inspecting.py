"""From the merged tree to a checked scenario: schema, then checks, then findings in order."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from allocopt.findings import Finding, has_errors
from allocopt.scenario.capping import listed
from allocopt.scenario.checks import check_sections, check_structure, duplicate_ids
from allocopt.scenario.files import InputFile
from allocopt.scenario.notes import Notes
from allocopt.scenario.pathfinding import PathFinding
from allocopt.scenario.places import resolved_path
from allocopt.scenario.scenario import Scenario
from allocopt.scenario.schema.scenario import ScenarioSchema
from allocopt.scenario.sound import made_sound
from allocopt.scenario.tree import Branch, plain_entries
from allocopt.scenario.validate import validated

Check: TypeAlias = Callable[[ScenarioSchema], Iterable[PathFinding]]


def inspected(
    root: Branch,
    notes: Notes,
    *,
    variant: str | None = None,
    overrides: tuple[str, ...] = (),
    files: tuple[InputFile, ...] = (),
    checks: Sequence[Check] = (),
) -> tuple[Scenario | None, tuple[Finding, ...]]:
    """Return the scenario, ``None`` if anything is wrong with it, and all findings.

    Parameters
    ----------
    root : Branch
        The merged tree.
    notes : Notes
        What was found while it was read.
    variant, overrides, files
        As in `Scenario`.
    checks : sequence of Check
        Further checks; each gets the valid part of the scenario.
    """
    verdict = validated(root, notes)
    trees_and_cells = [*duplicate_ids(root), *check_structure(verdict.data)]
    structure = [one for one in trees_and_cells if not verdict.invalid.covers(one)]
    known = verdict.invalid.extended(structure)
    sections = list(check_sections(verdict.data))
    data = made_sound(verdict.data, [*trees_and_cells, *sections])
    further = [one for check in checks for one in check(data)]
    found = [one for one in (*sections, *further) if not known.covers(one)]
    located = [_located(root, one) for one in (*structure, *found)]
    findings = listed([*notes.findings, *located])
    if has_errors(findings) or not verdict.valid:
        return None, findings
    scenario = Scenario(
        data=verdict.data,
        name=verdict.data.id,
        variant=variant,
        overrides=overrides,
        files=files,
        resolved=plain_entries(root),
        warnings=findings,
        root=root,
    )
    return scenario, findings


def _located(root: Branch, found: PathFinding) -> Finding:
    """Return ``found`` with its file, line and column."""
    path, mark = resolved_path(root, found.path)
    place = (mark.file, mark.line, mark.column)
    return Finding(found.severity, found.message, found.hint, *place, path)
