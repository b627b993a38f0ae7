"""Spoiled run directories: a clear error or an audit, never a traceback."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import pytest
from tests.evaluated import in_cents, loaded, plan_of
from tests.scenarios import random_decisions, random_sections
from tests.support import row

from allocopt.audit import verify_run
from allocopt.errors import RunError
from allocopt.plan.diff import diff_runs
from allocopt.plan.rundir import load_plan, save_plan

LINES = [
    row("budget", {"expression": "spend", "at_most": "600 元"}),
    row("ratio", {"expression": "expense / revenue", "at_most": "6 %"}),
]
PIN = row("a", {"scope": {"units": ["x"]}, "at_least": 90})
TARGETS = [row("adds", {"measure": "gross_adds", "quota": 400, "pins": [PIN]})]
WORDS = [
    b"1e308", b"-1e308", b"nan", b"inf", b'""', b"{}", b"[]", b"null", b"-1", b"0", b",", b"\n",
    b'"', b"\x00", b"\xff", b"{", b"1e-320", b"true", b"{x}", b"9e14", b"-5", b"9" * 30,
]  # fmt: skip


@pytest.fixture
def run(tmp_path: Path) -> Path:
    rng = np.random.default_rng(5)
    sections = random_sections(rng, families=("hill", "table"), periods=2)
    scenario = loaded(sections | {"lines": LINES, "targets": TARGETS}, tmp_path / "scenario")
    decisions = random_decisions(rng, plan_of(scenario).problem)
    return save_plan(plan_of(scenario, in_cents(decisions)), tmp_path / "run")


def number_changed(random: Random, content: bytes) -> bytes:
    place = random.choice(list(re.finditer(rb"-?\d+\.?\d*", content)))
    return content[: place.start()] + random.choice(WORDS) + content[place.end() :]


def bytes_changed(random: Random, content: bytes) -> bytes:
    start = random.randrange(len(content))
    return content[:start] + random.choice(WORDS) + content[start + random.randrange(5) :]


def lines_swapped(random: Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    a, b = random.randrange(len(lines)), random.randrange(len(lines))
    lines[a], lines[b] = lines[b], lines[a]
    return b"\n".join(lines)


def line_dropped(random: Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    del lines[random.randrange(len(lines))]
    return b"\n".join(lines)


def cut_short(random: Random, content: bytes) -> bytes:
    return content[: random.randrange(len(content))]


def word_changed(random: Random, content: bytes) -> bytes:
    words = list(re.finditer(rb"[a-z_]{3,}", content))
    place, other = random.choice(words), random.choice(words)
    return content[: place.start()] + other.group() + content[place.end() :]


CHANGES = (
    number_changed,
    number_changed,
    bytes_changed,
    lines_swapped,
    line_dropped,
    cut_short,
    word_changed,
)


def read_and_say(folder: Path) -> object:
    return [str(remark.message) for remark in load_plan(folder).remarks]


def diff_with_itself(folder: Path) -> object:
    return diff_runs(folder, folder)


def audited(folder: Path) -> set[str]:
    """Return the files that findings speak of."""
    report = verify_run(folder)
    assert json.dumps(report.as_record(), allow_nan=False)
    return {finding.file for finding in report.findings}


def refusal(reader: Callable[[Path], object], run: Path) -> str:
    """Return why a reader refuses the run, empty where it does not."""
    try:
        reader(run)
    except RunError as error:
        return str(error)
    return ""


@dataclass(frozen=True)
class Spoiled:
    """What came of a run with one file spoiled.

    ``silent`` is the file where the audit neither refused the run nor said a word about it;
    ``unplaced`` are refusals that name no file.
    """

    refused: bool
    silent: str
    unplaced: tuple[str, ...]


def spoil_and_read(run: Path, random: Random) -> Spoiled:
    """Spoil one file, read the run in every way, and mend it."""
    files = sorted(path for path in run.rglob("*.*") if path.parent.name != "tables")
    path = random.choice(files)
    content, name = path.read_bytes(), path.relative_to(run).as_posix()
    path.write_bytes(random.choice(CHANGES)(random, content))
    reasons = [refusal(reader, run) for reader in (read_and_say, diff_with_itself, audited)]
    # run.json holds the hashes of the others, and nobody holds its own
    noticed = path.read_bytes() == content or name == "run.json" or reasons[-1]
    silent = "" if noticed or name in audited(run) else name
    path.write_bytes(content)
    unplaced = [one for one in reasons if one and not any(file.name in one for file in files)]
    return Spoiled(any(reasons), silent, tuple(unplaced))


@pytest.mark.parametrize("seed", range(4))
def test_a_spoiled_run_gives_an_error_or_an_audit(run: Path, seed: int) -> None:
    random = Random(seed)
    found = [spoil_and_read(run, random) for _ in range(10)]
    assert [one.silent for one in found if one.silent] == []
    assert [one.unplaced for one in found if one.unplaced] == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_a_thousand_spoiled_runs(run: Path, seed: int) -> None:
    random = Random(1_000 + seed)
    found = [spoil_and_read(run, random) for _ in range(50)]
    assert [one.silent for one in found if one.silent] == []
    assert [one.unplaced for one in found if one.unplaced] == []
    # some spoil the form and are refused, some a number and are audited
    assert {one.refused for one in found} == {True, False}
