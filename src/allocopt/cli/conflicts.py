"""Lines and limits that clash, in sentences and with the bounds that are in force."""

from collections.abc import Iterator
from dataclasses import replace

from allocopt.cli.failure import Conflict, Failure, failure_of
from allocopt.cli.ways_view import notes_on
from allocopt.errors import InfeasibleError
from allocopt.scenario.quantities import Quantity
from allocopt.scenario.scenario import Scenario
from allocopt.scenario.schema.limits import LineSpec
from allocopt.scenario.wording import quantity
from allocopt.solving.limits import limit_named
from allocopt.text import Bilingual, T, Text


def explained(error: InfeasibleError, scenario: Scenario) -> Failure:
    """Return the failure with what the lines and limits in conflict say.

    Parameters
    ----------
    error : InfeasibleError
    scenario : Scenario
        With every override applied.
    """
    failure = failure_of(error)
    notes = tuple(notes_on(error))
    if not error.conflict:
        return replace(failure, ways=error.ways_out, notes=notes)
    rows = tuple(_row(name, scenario) for name in error.conflict)
    if error.ways_out:
        hint = T(
            "solve again with the --set options of one way out, or loosen one of them otherwise"
        )
    elif all(limit_named(name) is not None for name in error.conflict):
        hint = T("loosen one of them and solve again")
    else:
        hint = T("loosen one of them, or make it soft with a price, and solve again")
    return replace(failure, conflict=rows, ways=error.ways_out, notes=notes, hint=hint)


def _row(name: str, scenario: Scenario) -> Conflict:
    limit = limit_named(name)
    if limit is not None:
        return Conflict(name, limit.text)
    lines = {line.id: line for line in scenario.data.lines}
    line = lines.get(name.partition("[")[0])
    if line is None:
        return Conflict(name, Bilingual("", ""))
    return Conflict(name, _sentence(line), ", ".join(_bounds(line)))


def _sentence(line: LineSpec) -> Bilingual | Text:
    """Return what the author wrote, which an override or a variant may contradict."""
    sentence = line.sentence.bilingual()
    return sentence if str(sentence) else line.title()


def _bounds(line: LineSpec) -> Iterator[str]:
    written: tuple[tuple[str, Quantity | None], ...] = (
        (">=", line.at_least),
        ("<=", line.at_most),
        ("==", line.equals),
    )
    for sign, bound in written:
        if bound is not None:
            yield f"{sign} {quantity(bound)}"
