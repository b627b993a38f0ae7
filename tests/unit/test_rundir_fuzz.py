"""Spoiled run directories: a clear error or an audit, never a traceback."""

import json
import re
from collections.abc import Callable
from contextlib import suppress
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


def diff_with_itself(folder: Path) -> object:
    return diff_runs(folder, folder)


def read_and_say(folder: Path) -> object:
    return [str(remark.message) for remark in load_plan(folder).remarks]


def audit(folder: Path) -> object:
    return json.dumps(verify_run(folder).as_record(), allow_nan=False)


READERS: tuple[Callable[[Path], object], ...] = (read_and_say, audit, diff_with_itself)


def spoil_and_read(run: Path, random: Random) -> None:
    """Spoil one file, read the run in every way, and mend it."""
    files = sorted(path for path in run.rglob("*.*") if path.parent.name != "tables")
    path = random.choice(files)
    content = path.read_bytes()
    path.write_bytes(random.choice(CHANGES)(random, content))
    for reader in READERS:
        with suppress(RunError):
            reader(run)
    path.write_bytes(content)


@pytest.mark.parametrize("seed", range(4))
def test_a_spoiled_run_gives_an_error_or_an_audit(run: Path, seed: int) -> None:
    random = Random(seed)
    for _ in range(10):
        spoil_and_read(run, random)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_a_thousand_spoiled_runs(run: Path, seed: int) -> None:
    random = Random(1_000 + seed)
    for _ in range(50):
        spoil_and_read(run, random)
