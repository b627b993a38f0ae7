"""The schema's verdict on a merged tree: every invalid value at once, in our own words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from allocopt.scenario.faults import MISSING, TOO_SHORT, UNKNOWN, Fault, faults
from allocopt.scenario.messages import said_of
from allocopt.scenario.notes import Notes
from allocopt.scenario.quantities import MoneyUnit
from allocopt.scenario.salvage import Context, salvaged
from allocopt.scenario.schema.scenario import ScenarioSchema
from allocopt.scenario.shape import fields_of
from allocopt.scenario.suppression import Invalid, broken_paths, incomplete_lists, invalid
from allocopt.scenario.tree import Branch, Mark, Path, TableRow, plain_entries
from allocopt.scenario.wording import near_name


@dataclass(frozen=True)
class Verdict:
    """The valid part of a scenario, and what is not.

    Attributes
    ----------
    data : ScenarioSchema
        All of it if ``valid``; otherwise with defaults and stand-ins.
    valid : bool
    invalid : Invalid
    """

    data: ScenarioSchema
    valid: bool
    invalid: Invalid


def validated(root: Branch, notes: Notes) -> Verdict:
    """Return the schema's form of ``root``; findings go to ``notes``.

    Parameters
    ----------
    root : Branch
    notes : Notes
    """
    values = plain_entries(root)
    context: Context = {"money_unit": _money_unit(values.get("money_unit"))}
    unread = tuple(broken_paths(root))
    lacking = set(incomplete_lists(root))
    try:
        data = ScenarioSchema.model_validate(values, context=context)
    except ValidationError as error:
        found = tuple(faults(root, error.errors(include_url=False)))
        _note(_relevant(found, unread), notes)
        lacking |= {".".join(f.path[:-1][:-1]) for f in found if f.name == "id"}
        known = invalid([*unread, *(fault.path for fault in found)], lacking)
        return Verdict(salvaged(values, context), valid=False, invalid=known)
    return Verdict(data, valid=not unread and not lacking, invalid=invalid(unread, lacking))


def _money_unit(found: object) -> MoneyUnit:
    known = [unit for unit in MoneyUnit if unit.value == found]
    return known[0] if known else MoneyUnit.YUAN


def _relevant(found: Iterable[Fault], unread: Sequence[Path]) -> list[Fault]:
    """Leave out what follows from another fault: unreadable, or missing under a misspelled name."""
    listed = [fault for fault in found if fault.path not in unread]
    unknown = {}
    for fault in listed:
        if fault.code == UNKNOWN:
            near = near_name(fault.name, fields_of(fault.shape))
            unknown[(*fault.path[:-1], near)] = fault
    holders = {fault.path[:length] for fault in listed for length in range(len(fault.path))}
    return [
        fault
        for fault in listed
        if not (fault.code == MISSING and fault.path in unknown)
        # a list counts as empty when all of its rows are invalid
        and not (fault.code == TOO_SHORT and fault.path in holders)
    ]


def _note(found: Sequence[Fault], notes: Notes) -> None:
    for fault in _columns_once(found):
        message, hint = said_of(fault)
        notes.error(fault.mark, message, hint, path=".".join(fault.path))


def _columns_once(found: Iterable[Fault]) -> Iterator[Fault]:
    """Yield the faults, with a column that a whole table lacks reported once, at its header."""
    told: set[tuple[str, str]] = set()
    for fault in found:
        row = fault.parent
        if fault.code != MISSING or not isinstance(row, TableRow) or _has_column(row, fault.name):
            yield fault
            continue
        key = (fault.mark.file, fault.name)
        if key not in told and fault.name not in row.table.refused:
            told.add(key)
            mark = Mark(fault.mark.file, 1, 1)
            yield Fault(fault.code, fault.path, mark, None, {}, fault.shape, fault.parent)


def _has_column(row: TableRow, name: str) -> bool:
    return any(name in column for column in row.table.columns)
