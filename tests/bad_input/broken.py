"""Copies of a valid scenario with one thing wrong."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from allocopt.findings import Finding, Severity
from allocopt.scenario.load import check_scenario

SMALL = Path(__file__).parents[1] / "data" / "small"


@dataclass(frozen=True)
class Broken:
    """A copy of the small scenario, to be changed and checked.

    ``folder`` lies in a directory of its own, so that neighbors can be put beside it.
    """

    folder: Path

    @classmethod
    def at(cls, parent: Path) -> "Broken":
        folder = parent / "small"
        shutil.copytree(SMALL, folder)
        return cls(folder)

    def text(self, file: str = "scenario.yaml") -> str:
        return (self.folder / file).read_text(encoding="utf-8")

    def put(self, file: str, content: str | bytes) -> "Broken":
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return self

    def replace(self, old: str, new: str, file: str = "scenario.yaml") -> "Broken":
        text = self.text(file)
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
        return self.put(file, text.replace(old, new))

    def findings(
        self, *, variant: str | None = None, overrides: Sequence[str] = ()
    ) -> tuple[Finding, ...]:
        return check_scenario(self.folder, variant=variant, overrides=overrides)

    def only(self, *, variant: str | None = None, overrides: Sequence[str] = ()) -> Finding:
        """Return the one finding that there must be."""
        findings = self.findings(variant=variant, overrides=overrides)
        assert len(findings) == 1, [f"{f.path}: {f.message}" for f in findings]
        return findings[0]

    def place(self, text: str, file: str = "scenario.yaml") -> tuple[str, int, int]:
        """Return file, line and column of ``^`` in the only occurrence of ``text`` without it.

        Without ``^`` in it, of where ``text`` begins.
        """
        content, wanted = self.text(file), text.replace("^", "")
        assert content.count(wanted) == 1, wanted
        before = content[: content.index(wanted) + max(text.find("^"), 0)]
        return file, before.count("\n") + 1, len(before) - before.rfind("\n")


def place_of(finding: Finding) -> tuple[str, int, int]:
    return finding.file, finding.line, finding.column


@dataclass(frozen=True)
class Case:
    """What is changed in the scenario, and what the finding says."""

    name: str
    old: str
    new: str
    at: str
    path: str
    message: str
    hint: str
    severity: Severity = Severity.ERROR


def assert_found(broken: Broken, case: Case) -> None:
    """Change what the case says, and hold the one finding against it."""
    broken.replace(case.old, case.new)
    finding = broken.only()
    assert finding.severity is case.severity
    assert finding.path == case.path
    assert case.message in str(finding.message)
    assert case.hint in str(finding.hint)
    assert place_of(finding) == broken.place(case.at)
