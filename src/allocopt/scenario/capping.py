"""Long lists of findings that are all alike, cut short in so many words."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from allocopt.findings import Finding, in_order
from allocopt.text import T

MOST_ALIKE = 100


def listed(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return ``findings`` in order; of those that are alike the first hundred and a count.

    Parameters
    ----------
    findings : iterable of Finding
        Alike are those on the same column or key of a section with the same message,
        whatever the values in it.
    """
    return tuple(_listed(in_order(findings)))


def _listed(findings: tuple[Finding, ...]) -> Iterator[Finding]:
    counts = Counter(_kind(finding) for finding in findings)
    seen: Counter[tuple[str, ...]] = Counter()
    for finding in findings:
        kind = _kind(finding)
        seen[kind] += 1
        if seen[kind] <= MOST_ALIKE:
            yield finding
        elif seen[kind] == MOST_ALIKE + 1:
            more = counts[kind] - MOST_ALIKE
            yield replace(
                finding,
                message=T("{count} more findings like this from here on", count=more),
                hint=T("Correct the ones before and check again."),
            )


def _kind(finding: Finding) -> tuple[str, ...]:
    section, _, rest = finding.path.partition(".")
    key = rest.rpartition(".")[2] if "." in rest else ""
    return (finding.severity, finding.file, section, key, finding.message.template)
