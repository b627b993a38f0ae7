"""``allocopt solve``, ``verify`` and ``runs``: from a small scenario to runs that are compared."""

import json
import math
import re
import signal
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from allocopt.cli import run
from allocopt.cli.output import _plain
from allocopt.errors import InfeasibleError, NoPlanInTimeError
from allocopt.plan.plan import Plan, PlanStatus
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Watch
from allocopt.text import T
from allocopt.workflow import plans
from allocopt.workflow.plans import Task
from allocopt.workflow.plans import run as solve_task

Printed = pytest.CaptureFixture[str]

# Two media with straight curves and one budget: all of it goes where a 元 brings more.
# press: 2 accounts per 元, at most 4 万元; tv: 1 per 元. An account is worth 10 元.
# 5 万元: 4 to press, 1 to tv: (80 000 + 10 000) accounts, 900 000 元.
SCENARIO = """\
schema_version: 1
id: tiny
title: {zh: 小例子, en: Tiny}
money_unit: 万元
calendar: {start: 2026-01-01, periods: 1}
units: [{id: city, zh: 市, en: City}]
products: [{id: plan, zh: 套餐, en: Plan}]
channels: [{id: tv, zh: 电视, en: TV}, {id: press, zh: 报刊, en: Press}]
cells:
  - {id: a, unit: city, product: plan, channel: tv, price: 10 元}
  - {id: b, unit: city, product: plan, channel: press, price: 10 元}
expenses: [{id: media, zh: 媒体, en: Media}]
levers: [{id: media, zh: 媒体, en: Media, expense: media}]
placements:
  - {id: tv, lever: media, channels: tv, split_by: equal, upper: 4, current: 2,
     curve: {family: linear, rate: 10000}}
  - {id: press, lever: media, channels: press, split_by: equal, upper: 4,
     curve: {family: linear, rate: 20000}}
lines:
  - {id: budget, zh: 预算, en: Budget, expression: spend, at_most: 5 万元,
     sentence: {zh: 投入不超过 5 万元, en: Spend stays within 5 万元}}
  - {id: tv_floor, zh: 电视保底, en: TV floor, expression: 'spend(placements="tv")',
     at_least: 1.5 万元, kind: report}
  - {id: volume, zh: 新增, en: Volume, expression: gross_adds, at_least: 100000,
     kind: soft, price: 0.5}
objective: {goals: [{expression: revenue}]}
"""


@pytest.fixture(autouse=True)
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALLOCOPT_LANG", "en")
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    return folder


def solve(*more: str) -> int:
    return run(["solve", "tiny", "--model", "subsidies", *more])


def test_json(capsys: Printed) -> None:
    assert solve("--json", "--out", "run") == 0
    out, err = capsys.readouterr()
    assert err == ""
    found = json.loads(out)
    assert found["status"] == "proven"
    # 10 000 accounts short of 100 000, at 0.5 元 each
    assert found["objective"] == pytest.approx(900_000 - 5_000)
    assert found["bound"] >= found["objective"] * (1 - 1e-9)
    assert found["gap"] <= 1e-3
    assert found["counted_in"] == {"zh": "元", "en": "元"}
    assert found["run"] == "run"
    assert {"load", "prepare", "build", "solver", "judge", "write"} <= set(found["seconds"])
    lines = {line["name"]: line for line in found["lines"]}
    assert {"name", "kind", "lhs", "rhs", "slack", "met"} <= set(lines["budget"])
    assert lines["budget"]["lhs"] == pytest.approx(50_000)
    assert lines["budget"]["unit"] == "元"
    assert lines["budget"]["met"] is True
    assert (lines["tv_floor"]["kind"], lines["tv_floor"]["met"]) == ("report", False)
    assert lines["tv_floor"]["slack"] == pytest.approx(-5_000)
    assert lines["volume"]["penalty"] == pytest.approx(5_000)


def test_summary_in_english(capsys: Printed) -> None:
    assert solve("--out", "run", "--set", "lines.volume.price=1") == 0
    out = capsys.readouterr().out
    assert "Tiny" in out
    assert "scenario tiny, model subsidies, with lines.volume.price=1" in out
    assert "maximize revenue: 89.00 万元" in out
    rows = {line.split("  ")[0]: line for line in out.splitlines()}
    assert "≤ 5.00 万元" in rows["Budget"]
    assert rows["Budget"].endswith("met")
    assert rows["TV floor"].endswith("SHORT by 0.50 万元")
    assert rows["Volume"].endswith("SHORT by 10,000 accounts, priced 1.00 万元")
    assert "+3.00 万元" in rows["Media"]
    assert "run directory: run" in out
    assert max(len(line) for line in out.splitlines()) <= 120


def test_summary_in_chinese(capsys: Printed) -> None:
    assert solve("--out", "run", "--lang", "zh") == 0
    out = capsys.readouterr().out
    for text in (
        "小例子",
        "最大化 revenue：89.50 万元",
        "未达标，缺口 10,000 户，计价 0.50 万元",
        "运行目录：run",
    ):
        assert text in out


def test_runs_go_to_runs_and_are_listed_compared_and_verified(capsys: Printed) -> None:
    assert solve("--json") == 0
    first = json.loads(capsys.readouterr().out)["run"]
    assert Path(first).parent == Path("runs")
    assert solve("--json", "--set", "lines.budget.at_most=6 万元", "--out", "runs/second") == 0
    capsys.readouterr()

    assert run(["runs", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["runs"]
    assert {one["folder"] for one in listed} == {first, "runs/second"}
    assert run(["runs", "list"]) == 0
    assert "tiny" in capsys.readouterr().out

    assert run(["runs", "diff", first, "runs/second", "--json"]) == 0
    differences = json.loads(capsys.readouterr().out)["differences"]
    assert {"section", "name", "before", "after"} == set(differences[0])
    assert any("budget" in one["name"] for one in differences)
    assert run(["runs", "diff", first, "runs/second"]) == 0
    assert "5 万元" in capsys.readouterr().out
    assert run(["runs", "diff", first, first]) == 0
    assert capsys.readouterr().out == "no difference\n"

    assert run(["verify", first]) == 0
    assert "the bound is taken from the search: it is not recomputed" in capsys.readouterr().out
    assert run(["verify", first, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["max_abs_error"] <= 1e-6
    assert not [one for one in found["findings"] if one["severity"] == "error"]


def test_a_damaged_run_is_named_beside_the_others(tmp_path: Path, capsys: Printed) -> None:
    assert solve("--out", "runs/good") == 0
    (tmp_path / "runs" / "bad").mkdir()
    (tmp_path / "runs" / "bad" / "run.json").write_text("{", encoding="utf-8")
    capsys.readouterr()
    assert run(["runs", "list"]) == 0
    out, err = capsys.readouterr()
    assert "good" in out
    assert err.startswith("runs/bad: warning: this run cannot be read: run.json, line 1: ")
    assert run(["runs", "list", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["run"] for one in found["runs"]] == ["good"]
    assert [one["file"] for one in found["findings"]] == ["bad"]
    (tmp_path / "runs" / "good").rename(tmp_path / "good")
    assert run(["runs", "list", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["runs"] == []


def test_a_folder_that_is_no_run_is_called_so(capsys: Printed) -> None:
    assert run(["verify", "tiny"]) == 1
    assert capsys.readouterr().err == ("error: tiny is not a run directory: it has no run.json\n")


def test_differences_between_models_keep_their_names_and_few_digits(capsys: Printed) -> None:
    assert solve("--out", "a") == 0
    assert run(["solve", "tiny", "--model", "joint", "--out", "b", "--set",
                "lines.budget.at_most=48888.888 元"]) == 0  # fmt: skip
    capsys.readouterr()
    assert run(["runs", "diff", "a", "b"]) == 0
    out = capsys.readouterr().out
    rows = {cells[1]: cells[2:] for line in out.splitlines()
            if len(cells := re.split(r"  +", line)) == 4}  # fmt: skip
    assert rows["model"] == ["subsidies", "joint"]
    assert [len(one) for one in rows["SHA-256 of the model file"]] == [12, 12]
    assert rows["budget: right side"] == ["50,000", "48,888.89"]
    assert not re.search(r"\.\d{7}", out)
    assert run(["runs", "diff", "a", "b", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["differences"]
    values = {one["name"]: (one["before"], one["after"]) for one in found}
    assert [len(one) for one in values["sha256"]] == [64, 64]
    assert values["budget rhs"] == (50_000, 48_888.888)


def test_differences_in_chinese(capsys: Printed) -> None:
    assert solve("--out", "a") == 0
    assert solve("--out", "b", "--set", "lines.budget.at_most=11 万元") == 0
    capsys.readouterr()
    assert run(["runs", "diff", "a", "b", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    for text in ("budget：右边", "tv_floor：是否达标", "组成部分 revenue", "目标值上界"):
        assert text in out
    assert not re.search(r"\b(lhs|rhs|met|part|true|false)\b", out)


def test_a_broken_hard_line_is_code_6(tmp_path: Path, capsys: Printed) -> None:
    assert solve("--out", "run") == 0
    changed = 0
    for path in (tmp_path / "run").rglob("spend.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("40000", "49999"), encoding="utf-8")
        changed += text.count("40000")
    assert changed
    capsys.readouterr()
    assert run(["verify", "run"]) == 6
    assert "error" in capsys.readouterr().out
    assert run(["verify", "run", "--json"]) == 6
    findings = json.loads(capsys.readouterr().out)["findings"]
    assert any("budget" in one["message"] for one in findings)


def test_infeasible_is_code_3(capsys: Printed) -> None:
    override = ("--set", "lines.volume.kind=hard", "--set", "lines.volume.price=null")
    assert solve(*override, "--out", "run") == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "no plan satisfies every hard line" in err
    assert not Path("run").exists()
    assert solve(*override, "--json") == 3
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["message"]
    assert {one["name"] for one in error["conflict"]} == {"budget", "volume"}


def test_an_invalid_scenario_is_code_2_and_writes_nothing(capsys: Printed) -> None:
    assert solve("--set", "lines.budget.at_most=5 %%", "--out", "run") == 2
    assert "error" in capsys.readouterr().err
    assert solve("--variant", "none", "--json", "--out", "run") == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["findings"][0]["severity"] == "error"
    assert not Path("run").exists()


def test_a_limit_is_code_4(capsys: Printed) -> None:
    code = run(["solve", "media_mix", "--model", "subsidies", "--time-limit", "0.01", "--json"])
    assert code == 4
    found = json.loads(capsys.readouterr().out)
    assert "error" in found or found["gap"] is None or found["gap"] > 1e-3


def test_an_existing_folder_is_refused_before_solving(tmp_path: Path, capsys: Printed) -> None:
    (tmp_path / "run").mkdir()
    assert solve("--out", "run") == 1
    assert "never overwritten" in capsys.readouterr().err
    assert list((tmp_path / "run").iterdir()) == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("raise ValueError('at import')", "fails when imported"),
        ("x = 1", "has no function build_model"),
        ("def build_model(problem, pieces):\n    return 1 / 0", "mine.py:2: ZeroDivisionError"),
        ("this is no python", "fails when imported"),
    ],
)
def test_a_model_of_ones_own_that_fails(
    tmp_path: Path, capsys: Printed, source: str, said: str
) -> None:
    (tmp_path / "mine.py").write_text(source, encoding="utf-8")
    assert run(["solve", "tiny", "--model", "mine.py"]) == 1
    assert said in capsys.readouterr().err


def test_nan_is_null() -> None:
    assert _plain({"a": [math.nan, 1.0, -math.inf], "b": (2, "x", None)}) == {
        "a": [None, 1.0, None],
        "b": [2, "x", None],
    }


def test_a_conflict_is_told_in_sentences(capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    def clash(*_: object, **__: object) -> None:
        names = ("budget", "volume[2026-01]")
        raise InfeasibleError(
            T("no plan satisfies every hard line; in conflict: {names}", names=", ".join(names)),
            names,
        )

    monkeypatch.setattr(plans, "run", clash)
    assert solve("--lang", "zh") == 3
    err = capsys.readouterr().err.splitlines()
    assert err[0].startswith("错误：没有任何方案能同时满足全部硬性红线")
    assert err[2:4] == [
        "  budget  投入不超过 5 万元（现行限值：<= 5 万元）",
        "  volume[2026-01]  新增（现行限值：>= 100,000）",
    ]
    # the author's sentence cannot know of an override
    assert solve("--set", "lines.budget.at_most=0.4 万元") == 3
    line = "  budget  Spend stays within 5 万元 (in force: <= 4,000 元)"
    assert line in capsys.readouterr().err.splitlines()
    assert solve("--json") == 3
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["conflict"][0] == {
        "name": "budget",
        "sentence": "Spend stays within 5 万元",
        "bound": "<= 5 万元",
    }


def test_ctrl_c_before_the_first_plan(capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        # the solver's interface swallows the exception and returns what it has: nothing
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise NoPlanInTimeError(T("no plan was found within the limits; allow more time"))

    monkeypatch.setattr(plans, "run", stopped)
    before = signal.getsignal(signal.SIGINT)
    assert solve("--out", "run") == 130
    assert "interrupted" in capsys.readouterr().err
    assert not Path("run").exists()
    assert signal.getsignal(signal.SIGINT) is before


def test_ctrl_c_keeps_the_plan_so_far(capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(task: Task, *, options: SolveOptions, watch: Watch, repairs: bool) -> Plan:
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        plan = solve_task(task, options=options, watch=watch, repairs=repairs)
        return replace(plan, status=PlanStatus.LIMIT, stop="interrupted")

    monkeypatch.setattr(plans, "run", stopped)
    assert solve("--out", "run") == 130
    assert "not proven to the wanted gap: it was interrupted" in capsys.readouterr().out
    assert (Path("run") / "run.json").is_file()


def test_a_plan_that_breaks_a_hard_line_is_code_6(
    capsys: Printed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaking(task: Task, *, options: SolveOptions, watch: Watch, repairs: bool) -> Plan:
        plan = solve_task(task, options=options, watch=watch, repairs=repairs)
        broken = replace(plan.lines[0], met=False, shortfall=1e4)
        return replace(plan, lines=(broken, *plan.lines[1:]))

    monkeypatch.setattr(plans, "run", breaking)
    assert solve("--out", "run") == 6
    out = capsys.readouterr().out
    assert "THIS PLAN BREAKS HARD LINES: 1" in out
    assert "SHORT by 1.00 万元" in out
