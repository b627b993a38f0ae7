"""Mutated copies of the bundled scenarios: the loader answers with findings, never a traceback."""

import random
import shutil
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path

import pytest

from allocopt.findings import Finding, Severity
from allocopt.scenario.load import check_scenario
from allocopt.text import Language
from allocopt.workflow.inputs import CHECKS

ROOT = Path(__file__).parents[2]
SCENARIOS = (
    ROOT / "tests" / "data" / "small",
    *sorted(path.parent for path in (ROOT / "scenarios").glob("*/scenario.yaml")),
)
NASTY = (
    "", " ", "\t", "-", "- ", ":", "::", "{", "}", "[", "]", "[[[[", "{a: {b: {c: 1}}}", "&a", "*a",
    "!!python/object:os.system", "!x y", "|", ">", "%", "@", "`", "'", '"', "#", ",", "?", "? ",
    "---", "...", "null", "~", "true", "no", "nan", ".nan", ".inf", "-.inf", "1e999", "-1e999",
    "9" * 400, "-0", "0x1F", "0o17", "1_000", "1,000", "\uff11\uff12", "15\uff05", "15 %",
    "1500 %", "-3 %", "3 pp", "3 万元", "1e999999999 万元",
    "2016-02-30", "0001-01-01", "9999-12-31", "12:30", "\0",
    "\ufeff", "\u2028", "\x7f", "\U0001f600", "\\ud800", '"\\ud800"', '"\\x00"', "a" * 5000, "id",
    "../x", "/etc/passwd", "con", "a.b", "a|b|", "|", "#0", "..", "<<", "remove: true",
    "extends: .", "extends: ../x", "variants: 3", "file: cells.csv", "rows: []",
    "=1+1", "{{0}}", "{found}",
)  # fmt: skip

Mutator = Callable[[random.Random, str], str]


def lines_of(text: str) -> list[str]:
    return text.splitlines(keepends=True) or [""]


def drop_line(rng: random.Random, text: str) -> str:
    lines = lines_of(text)
    del lines[rng.randrange(len(lines))]
    return "".join(lines)


def repeat_line(rng: random.Random, text: str) -> str:
    lines = lines_of(text)
    lines.insert(rng.randrange(len(lines)), rng.choice(lines))
    return "".join(lines)


def swap_lines(rng: random.Random, text: str) -> str:
    lines = lines_of(text)
    one, two = rng.randrange(len(lines)), rng.randrange(len(lines))
    lines[one], lines[two] = lines[two], lines[one]
    return "".join(lines)


def indent_line(rng: random.Random, text: str) -> str:
    lines = lines_of(text)
    place = rng.randrange(len(lines))
    lines[place] = rng.choice([" ", "  ", "\t", "      "]) + lines[place]
    return "".join(lines)


def insert_nasty(rng: random.Random, text: str) -> str:
    place = rng.randrange(len(text) + 1)
    return text[:place] + rng.choice(NASTY) + text[place:]


def replace_word(rng: random.Random, text: str) -> str:
    """Put something nasty in the place of a value or a key."""
    lines = lines_of(text)
    place = rng.randrange(len(lines))
    separators = [n for n, c in enumerate(lines[place]) if c in ",:{}[]- \n"] or [0]
    start = rng.choice(separators)
    end = min((n for n in separators if n > start), default=len(lines[place]))
    lines[place] = lines[place][: start + 1] + rng.choice(NASTY) + lines[place][end:]
    return "".join(lines)


def swap_words(rng: random.Random, text: str) -> str:
    words = text.split(" ")
    one, two = rng.randrange(len(words)), rng.randrange(len(words))
    words[one], words[two] = words[two], words[one]
    return " ".join(words)


def cut(rng: random.Random, text: str) -> str:
    return text[: rng.randrange(len(text) + 1)]


def scramble(rng: random.Random, text: str) -> str:
    """Change a few characters, as a damaged file has them."""
    characters = list(text) or [" "]
    for _ in range(rng.randrange(1, 8)):
        characters[rng.randrange(len(characters))] = chr(rng.choice([*range(1, 256), 0x4E00]))
    return "".join(characters)


MUTATORS: tuple[Mutator, ...] = (
    drop_line,
    repeat_line,
    swap_lines,
    indent_line,
    insert_nasty,
    insert_nasty,
    replace_word,
    replace_word,
    replace_word,
    swap_words,
    cut,
    scramble,
)


def mutate(rng: random.Random, folder: Path) -> str:
    """Change one or two files of ``folder`` and say how."""
    files = sorted(p for p in folder.rglob("*") if p.suffix in (".yaml", ".csv"))
    files = [p for p in files if p.name not in ("expected.yaml", "provenance.csv")]
    told = []
    for _ in range(rng.choice([1, 1, 2, 4])):
        path = rng.choice([*files, folder / "scenario.yaml"])
        mutator = rng.choice(MUTATORS)
        text = mutator(rng, path.read_bytes().decode("utf-8", errors="replace"))
        encoding = rng.choice(["utf-8"] * 12 + ["gb18030", "utf-16"])
        path.write_bytes(text.encode(encoding, errors="surrogatepass"))
        told.append(f"{mutator.__name__} {path.name} {encoding}")
    return ", ".join(told)


def complaints(findings: tuple[Finding, ...]) -> list[str]:
    """Return what is wrong with findings themselves."""
    found = []
    for finding in findings:
        for language in Language:
            if not finding.message.render(language).strip():
                found.append(f"no message at {finding.path}")
        if finding.severity is Severity.ERROR and not finding.hint.render().strip():
            found.append(f"no hint: {finding.message}")
        if not finding.file:
            found.append(f"no file: {finding.message}")
        str(finding.as_record()).encode("utf-8")
    return found


def fuzz(folder: Path, scratch: Path, *, seed: int, count: int) -> int:
    """Check ``count`` mutated copies; return how many of them were refused."""
    refused = 0
    for number in range(count):
        rng = random.Random(f"{folder.name} {seed} {number}")
        copy = scratch / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy)
        told = mutate(rng, copy)
        variant = rng.choice([None, None, None, "frugal", "nope"])
        overrides = rng.choice([(), (), (f"{rng.choice(NASTY)}={rng.choice(NASTY)}",)])
        try:
            findings = check_scenario(copy, variant=variant, overrides=overrides, checks=CHECKS)
        except Exception as error:
            message = f"{folder.name} seed {seed} number {number}: {told}: {error!r}"
            raise AssertionError(message) from error
        assert complaints(findings) == [], f"{folder.name} seed {seed} number {number}: {told}"
        refused += any(finding.severity is Severity.ERROR for finding in findings)
    return refused


def test_a_few_mutations_give_findings(tmp_path: Path) -> None:
    refused = fuzz(SCENARIOS[0], tmp_path, seed=1, count=60)
    assert refused > 30


@pytest.mark.slow
@pytest.mark.parametrize("folder", SCENARIOS, ids=lambda path: path.name)
def test_thousands_of_mutations_give_findings(folder: Path, tmp_path: Path) -> None:
    count = 1400 if folder is SCENARIOS[0] else 300
    assert fuzz(folder, tmp_path, seed=2, count=count) > count / 2


def test_the_slow_run_is_large_enough() -> None:
    counts = [1400, *islice(cycle([300]), len(SCENARIOS) - 1)]
    assert sum(counts) >= 2000
