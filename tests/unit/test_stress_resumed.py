"""A stress test that is stopped in the middle goes on, with the results of one that was not."""

import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tests.simulated import driver, of
from tests.unit.test_stress import made

import allocopt as ao
from allocopt.cli import run as cli
from allocopt.plan.rundir import load_plan, save_plan
from allocopt.simulation.report import StressReport
from allocopt.simulation.store import PARTS
from allocopt.workflow.stressing import StressOrder, precision_of, stress

DRAWS = 2**16
PRECISION = {"p_met": 1e-6}
LONG = ["--max-draws", str(DRAWS), "--precision", "p=0.000001"]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return save_plan(made(tmp_path / "scenario"), tmp_path / "run")


def content(report: StressReport) -> StressReport:
    """Return the report without how it came about."""
    return replace(report, seconds=0.0, resumed=0, damaged=())


def kept_parts(run: Path) -> list[Path]:
    return sorted((run / PARTS).glob("*/*.npz"))


def stop_in_the_middle(run: Path) -> None:
    """Start a test in a process of its own and kill it once it has kept some parts."""
    command = [sys.executable, "-m", "allocopt", "stress", str(run), *LONG]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        until = time.monotonic() + 60.0
        while len(kept_parts(run)) < 3 and process.poll() is None and time.monotonic() < until:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL, "the test is to be killed before it ends"


def test_killed_and_run_again_it_says_what_it_would_have_said(run: Path, tmp_path: Path) -> None:
    whole = shutil.copytree(run, tmp_path / "whole")
    expected = ao.stress(whole, precision=PRECISION, max_draws=DRAWS)
    stop_in_the_middle(run)
    assert not (run / "stress.json").exists()
    assert len(kept_parts(run)) >= 3
    assert not [one for one in ao.verify(run) if one.severity == "error"]
    found = ao.stress(run, precision=PRECISION, max_draws=DRAWS)
    assert 512 * 3 <= found.resumed < DRAWS
    assert content(found) == content(expected)
    assert found.damaged == expected.damaged == ()
    assert not (run / PARTS).exists()
    assert ao.load_stress(run) == found


def test_damaged_parts_are_played_again_and_named(run: Path) -> None:
    order = StressOrder(precision_of(PRECISION), DRAWS, keep=run / PARTS)
    expected = stress(load_plan(run), order).report
    parts = kept_parts(run)
    assert len(parts) == DRAWS // 512
    spoiled = parts[1].read_bytes()
    parts[0].write_bytes(b"")
    parts[1].write_bytes(spoiled[: len(spoiled) // 2])
    middle = bytearray(parts[2].read_bytes())
    middle[2000] ^= 0xFF
    parts[2].write_bytes(bytes(middle))
    shutil.copy(parts[4], parts[3])  # whole, but of another task
    parts[5].unlink()
    found = ao.stress(run, precision=PRECISION, max_draws=DRAWS)
    assert set(found.damaged) == {part.name for part in parts[:4]}
    assert found.resumed == DRAWS - 5 * 512
    assert content(found) == content(expected)
    assert ao.load_stress(run).damaged == found.damaged


@pytest.mark.parametrize("change", ["seed", "measures", "scenario"])
def test_parts_of_other_futures_are_left_alone(run: Path, tmp_path: Path, change: str) -> None:
    order = StressOrder(precision_of(PRECISION), 8192, keep=run / PARTS)
    stress(load_plan(run), order)
    other = {
        "seed": replace(order, seed=1),
        "measures": replace(order, measures=("net_adds",)),
        "scenario": order,
    }[change]
    plan = load_plan(run)
    if change == "scenario":
        price = driver("price", "price", distribution=of("lognormal", spread=0.4))
        plan = made(tmp_path / "other", uncertainty={"drivers": [price]})
    assert stress(plan, other).report.resumed == 0
    assert len(list((run / PARTS).iterdir())) == 2


def test_the_command_says_what_was_kept(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    order = StressOrder(precision_of(PRECISION), 8192, keep=run / PARTS)
    stress(load_plan(run), order)
    kept_parts(run)[0].write_bytes(b"")
    assert cli(["stress", str(run), "--max-draws", "8192", "--lang", "en"]) in (0, 5)
    said = " ".join(capsys.readouterr().out.split())
    assert "7680 futures come from a test that was stopped before" in said
    assert "00-0000000-0000512.npz" in said
