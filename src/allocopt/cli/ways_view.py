"""Ways out of a conflict, on a terminal and as JSON."""

import shlex
from collections.abc import Iterator, Sequence

from allocopt.errors import InfeasibleError
from allocopt.text import Language, T, Text
from allocopt.waysout import Change, WayOut

_MOST_SETTINGS = 12
"""More settings than that are in the JSON alone."""


def way_lines(ways: Sequence[WayOut]) -> Iterator[Text]:
    """Yield the lines that tell of ways out: what to change, and the options that do it."""
    if ways:
        yield T("ways out, each verified by a plan of the changed scenario:")
    for number, way in enumerate(ways, start=1):
        for place, change in enumerate(way.changes):
            yield (
                T("  {number}. {sentence}", number=number, sentence=change.sentence)
                if not place
                else T("     and {sentence}", sentence=change.sentence)
            )
        if way.enlarged > 1.0:
            yield T(
                "     the smallest amounts gave no plan in whole numbers, whole cents and on the "
                "true curves; these are {times} times as large",
                times=f"{way.enlarged:.3g}",
            )
        if len(way.overrides) <= _MOST_SETTINGS:
            settings = " ".join(f"--set {shlex.quote(text)}" for text in way.overrides)
            yield T("     {settings}", settings=settings)


def way_records(ways: Sequence[WayOut], language: Language) -> list[dict[str, object]]:
    """Return ways out as JSON values: amounts in 元, people, or shares as fractions."""
    return [
        {
            "changes": [_record(change, language) for change in way.changes],
            "overrides": list(way.overrides),
            "enlarged": way.enlarged,
            "verified": True,
            "objective": way.objective,
        }
        for way in ways
    ]


def _record(change: Change, language: Language) -> dict[str, object]:
    return {
        "path": change.path,
        "sentence": change.sentence.render(language),
        "before": change.before,
        "after": change.after,
        "least_change": change.least,
        "overrides": list(change.overrides),
    }


def notes_on(error: InfeasibleError) -> Iterator[Text]:
    """Yield what became of ways out that are not shown."""
    for changes in error.dropped:
        said = changes[0].sentence
        for change in changes[1:]:
            said = T("{first}; {next}", first=said, next=change.sentence)
        yield T("not shown, for no plan was found with it: {changes}", changes=said)
    if error.cut_short:
        yield T("the search for ways out was cut short; allow more time to see more of them")
