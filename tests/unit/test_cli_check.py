"""``allocopt check``, and what every command does with wrong arguments."""

import json
from pathlib import Path

import pytest

from allocopt.cli import run

Printed = pytest.CaptureFixture[str]

SCENARIO = """\
schema_version: 1
id: tiny
title: {zh: 小例子, en: Tiny}
money_unit: 万元
calendar: {start: 2026-01-01, periods: 2}
units: [{id: city, zh: 市, en: City}]
products: [{id: plan, zh: 套餐, en: Plan}]
channels: [{id: tv, zh: 电视, en: TV}]
cells:
  - {id: a, unit: city, product: plan, channel: tv, price: 10 元}
expenses: [{id: media, zh: 媒体, en: Media}]
levers: [{id: media, zh: 媒体, en: Media, expense: media}]
placements: {file: placements.csv}
lines:
  - {id: budget, zh: 预算, en: Budget, expression: spend, at_most: 5 万元}
objective: {goals: [{expression: revenue}]}
"""
PLACEMENTS = """\
id,lever,split_by,curve.family,curve.rate,upper
p,media,equal,linear,10000,4
"""


pytestmark = pytest.mark.usefixtures("scenario")


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("ALLOCOPT_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    (folder / "placements.csv").write_text(PLACEMENTS, encoding="utf-8")
    return folder


def edit(folder: Path, file: str, before: str, after: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_a_clean_scenario(capsys: Printed) -> None:
    assert run(["check", "tiny"]) == 0
    assert capsys.readouterr().out == "errors: 0, warnings: 0, notes: 0\n"


def test_findings_as_a_compiler_prints_them(scenario: Path, capsys: Printed) -> None:
    edit(scenario, "placements.csv", "10000,4", "10000,-4")
    edit(scenario, "scenario.yaml", "expression: spend", "expression: spent")
    assert run(["check", "tiny"]) == 2
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[0].startswith("tiny/placements.csv:2:6: error: ")
    assert lines[1:3] == [
        "    2 | p,media,equal,linear,10000,-4",
        "      |                            ^^",
    ]
    place = "tiny/scenario.yaml:15:50: error: "
    (headline,) = [line for line in lines if line.startswith(place)]
    excerpt = lines[lines.index(headline) + 1 : lines.index(headline) + 3]
    assert excerpt[0].index("spent") == excerpt[1].index("^^^^^") + _extra_width(excerpt[0])
    assert lines[-1].startswith("errors: 2")


def _extra_width(line: str) -> int:
    """Return how far a caret below must move left in characters for Chinese before it."""
    return -sum("\u4e00" <= character <= "\u9fff" for character in line.split("spent")[0])


def test_findings_in_chinese(scenario: Path, capsys: Printed) -> None:
    edit(scenario, "scenario.yaml", "expression: spend", "expression: spent")
    assert run(["check", "tiny", "--lang", "zh"]) == 2
    out = capsys.readouterr().out
    assert "错误：spent 不是已知的指标；是否想写 spend？" in out
    assert "错误 1 条，警告 0 条，说明 0 条" in out


def test_findings_as_json(scenario: Path, capsys: Printed) -> None:
    edit(scenario, "scenario.yaml", "expression: spend", "expression: spent")
    assert run(["check", "tiny", "--json"]) == 2
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert set(finding) == {"severity", "file", "line", "column", "path", "message", "hint"}
    assert (finding["file"], finding["line"], finding["column"]) == ("scenario.yaml", 15, 50)
    assert finding["severity"] == "error"


def test_override_and_variant(capsys: Printed) -> None:
    assert run(["check", "tiny", "--set", "lines.budget.at_most=10"]) == 2
    out = capsys.readouterr().out
    assert out.startswith("--set: error: spend is an amount of money, its bound 10 has no unit")
    assert out.splitlines()[0].endswith("[lines.budget.at_most]")
    assert run(["check", "tiny", "--set", "lines.budget.at_most=7 万元"]) == 0
    assert run(["check", "tiny", "--variant", "none"]) == 2


def test_a_bound_of_the_wrong_kind_is_shown_where_it_is_written(
    scenario: Path, capsys: Printed
) -> None:
    edit(scenario, "scenario.yaml", "at_most: 5 万元", "at_most: 5 %")
    assert run(["check", "tiny"]) == 2
    place, source, carets, *_ = capsys.readouterr().out.splitlines()
    assert place.endswith("error: spend is an amount of money, its bound is a percent")
    assert source[carets.index("^") - 2 :].startswith("5 %")


def test_a_bundled_scenario_by_name(capsys: Printed) -> None:
    assert run(["check", "media_mix"]) == 0
    assert run(["check", "media_mux"]) == 1
    assert "media_mix" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["checks"],
        ["check"],
        ["check", "tiny", "more"],
        ["check", "tiny", "--nope"],
        ["check", "tiny", "--lang", "fr"],
        ["check", "nowhere"],
        ["check", "tiny\0"],
        ["check", "x" * 5000],
        ["solve", "tiny", "--gap", "much"],
        ["solve", "tiny", "--gap", "-1"],
        ["solve", "tiny", "--gap", "nan"],
        ["solve", "tiny", "--model", "jiont"],
        ["solve", "tiny", "--model", "nowhere.py"],
        ["verify", "nowhere"],
        ["runs"],
        ["runs", "dif"],
        ["runs", "diff", "a", "b"],
        ["curves", "hil"],
        ["new", "x"],
        ["new", "x", "--from", "nothing"],
        ["schema", "--out", "no/such/folder.json"],
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_wrong_call_is_code_1_and_no_traceback(
    capsys: Printed,
    monkeypatch: pytest.MonkeyPatch,
    *,
    arguments: list[str],
    language: str,
) -> None:
    monkeypatch.setenv("ALLOCOPT_LANG", language)
    assert run(arguments) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.strip()
    assert "Traceback" not in err
    if arguments and arguments != ["runs"]:
        assert run([*arguments, "--json"]) == 1
        error = json.loads(capsys.readouterr().out)["error"]
        assert error["message"]


def test_a_mistake_of_ours_says_so(capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("allocopt.cli.check.check", broken)
    assert run(["check", "tiny"]) == 70
    assert "mistake in allocopt" in capsys.readouterr().err
    monkeypatch.setenv("ALLOCOPT_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run(["check", "tiny"])


def test_an_interrupt_is_code_130(capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("allocopt.cli.check.check", interrupted)
    assert run(["check", "tiny"]) == 130
    assert "interrupted" in capsys.readouterr().err
