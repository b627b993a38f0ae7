"""``allocopt explain``: what it says of a plan that can be worked out by hand."""

import json
import re
import shutil
from pathlib import Path

import pytest

import allocopt as ao
from allocopt.cli import run

Printed = pytest.CaptureFixture[str]

# An account is worth 10 元. Of 6 万元 radio gets its most, 1 万元. Of the other 5, tv gets 4 and
# press 1 (curves take 万元): 10 * 200 000 / (2 sqrt(4)) = 10 * 100 000 / (2 sqrt(1)) = 500 000 元 a
# 万元, 50 a 元. mail: 10.
SCENARIO = """\
schema_version: 1
id: tiny
title: {zh: 小例子, en: Tiny}
money_unit: 万元
calendar: {start: 2026-01-01, periods: 1}
units: [{id: city, zh: 市, en: City}]
products: [{id: plan, zh: 套餐, en: Plan}]
channels: [{id: all, zh: 全部, en: All}]
cells:
  - {id: a, unit: city, product: plan, channel: all, price: 10 元}
expenses: [{id: media, zh: 媒体, en: Media}]
levers: [{id: media, zh: 媒体, en: Media, expense: media}]
placements:
  - {id: tv, zh: 电视, en: TV, lever: media, split_by: equal, upper: 6,
     curve: {family: square_root, scale: 200000, offset: 0}}
  - {id: press, zh: 报刊, en: Press, lever: media, split_by: equal, upper: 6,
     curve: {family: square_root, scale: 100000, offset: 0}}
  - {id: radio, zh: 广播, en: Radio, lever: media, split_by: equal, upper: 1,
     curve: {family: linear, rate: 100000}}
  - {id: mail, zh: 邮件, en: Mail, lever: media, split_by: equal, upper: 6,
     curve: {family: linear, rate: 10000}}
lines:
  - {id: budget, zh: 预算, en: Budget, expression: spend, at_most: 6 万元,
     sentence: {zh: 投入不超过 6 万元, en: Spend stays within 6 万元}}
  - {id: volume, zh: 新增, en: Volume, expression: gross_adds, at_least: 1000}
objective: {goals: [{expression: revenue}]}
"""


@pytest.fixture(scope="module")
def solved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("explained")
    (folder / "tiny.yaml").write_text(SCENARIO, encoding="utf-8")
    place = folder / "first"
    call = ["solve", str(folder / "tiny.yaml"), "--model", "subsidies", "--gap", "1e-6"]
    assert run([*call, "--out", str(place)]) == 0
    return place


def test_json_has_the_numbers_worked_out_by_hand(solved: Path, capsys: Printed) -> None:
    capsys.readouterr()
    assert run(["explain", str(solved), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found) == {
        "explained", "counted_in", "lines", "placements", "balance", "findings",
    }  # fmt: skip
    assert [line["name"] for line in found["lines"]] == ["budget"]
    assert found["lines"][0]["price"] == pytest.approx(50, rel=0.02)
    assert found["lines"][0]["worth"] == pytest.approx(500_000, rel=0.02)
    rows = {row["id"]: row for row in found["placements"]}
    returns = {name: row["marginal_return"] for name, row in rows.items()}
    assert returns == pytest.approx({"tv": 50, "press": 50, "radio": 100, "mail": 10}, rel=0.05)
    reasons = {name: row["reason"] for name, row in rows.items()}
    assert reasons == {"tv": "line", "press": "line", "radio": "upper_bound", "mail": "off"}
    assert {row["line"] for row in rows.values()} == {"budget"}
    assert [row["price"] for row in rows.values()] == pytest.approx([50] * 4, rel=0.02)
    assert found["balance"]["compared"] == 2
    assert found["balance"]["largest_relative_difference"] < 0.05
    assert [one["period"] for one in rows["tv"]["periods"]] == ["2026-01"]


def test_money_displaced_its_best_use_elsewhere(solved: Path) -> None:
    """A step of 1 万元: tv brings 2e6 (sqrt 5 - 2) more, press 1e6 (sqrt 2 - 1); tv loses
    2e6 (2 - sqrt 3) by it, press all its 1e6. Radio and mail have no room for a step.
    """
    rows = {row.id: row for row in ao.explain(solved).placements}
    best = {name: row.elsewhere for name, row in rows.items()}
    assert best["radio"] is not None
    assert best["radio"].id == "tv"
    assert best["radio"].brings == pytest.approx(200 * (5**0.5 - 2), rel=0.02)
    assert best["tv"] is not None
    assert best["tv"].id == "press"
    assert best["tv"].brings == pytest.approx(100 * (2**0.5 - 1), rel=0.02)
    assert best["mail"] is None
    source = rows["mail"].source
    assert source is not None
    assert source.id == "tv"
    assert source.brings == pytest.approx(200 * (2 - 3**0.5), rel=0.02)
    assert rows["radio"].source is None


def test_explanations_have_tables(solved: Path) -> None:
    tables = ao.explain(ao.load_plan(solved)).tables
    assert set(tables) == {"lines", "placements", "periods"}
    row = tables["placements"].set_index("placement").loc["radio"]
    assert (row["elsewhere"], row["reason"]) == ("tv", "upper_bound")
    assert "TV" in row["displaced_en"]
    assert "电视" in row["displaced_zh"]


def test_both_languages_say_why(solved: Path, capsys: Printed) -> None:
    capsys.readouterr()
    assert run(["explain", str(solved)]) == 0
    english = capsys.readouterr().out
    assert "TV; Press: gets money until one more 万元 brings what it costs under Budget" in english
    assert "Radio: at its upper bound; one more 万元 would bring 100.00 万元 and cost" in english
    assert "Mail: gets nothing; a 万元 would bring at most 10.00 万元" in english
    assert run(["explain", str(solved), "--lang", "zh"]) == 0
    chinese = capsys.readouterr().out
    assert "广播：处于上限；再投 1 万元可带来 100.00 万元" in chinese
    assert "邮件：未投入" in chinese


def test_top_shows_fewer_and_says_so(solved: Path, capsys: Printed) -> None:
    capsys.readouterr()
    assert run(["explain", str(solved), "--top", "1"]) == 0
    shown = capsys.readouterr().out
    assert "and 3 more placements" in shown
    assert "Mail" not in shown
    assert run(["explain", str(solved), "--top", "0"]) == 1


def test_a_figure_is_drawn(solved: Path, tmp_path: Path) -> None:
    picture = tmp_path / "returns.png"
    assert run(["explain", str(solved), "--plot", str(picture)]) == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert run(["explain", str(solved), "--plot", str(tmp_path / "returns.abc")]) == 1


def test_edited_decisions_are_not_explained(solved: Path, tmp_path: Path, capsys: Printed) -> None:
    edited = tmp_path / "edited"
    shutil.copytree(solved, edited)
    file = edited / "decisions" / "spend.csv"
    rows = file.read_text(encoding="utf-8")
    fewer = re.sub(r"^(radio,.*,)10000(\.0*)?", r"\g<1>9000.00", rows, flags=re.MULTILINE)
    assert fewer != rows
    file.write_text(fewer, encoding="utf-8")
    capsys.readouterr()
    assert run(["explain", str(edited)]) == 6
    assert "not explained" in capsys.readouterr().out
    assert run(["explain", str(edited), "--json"]) == 6
    found = json.loads(capsys.readouterr().out)
    assert found["explained"] is False
    assert found["findings"]


def test_a_file_written_anew_with_the_same_numbers_is_flagged(
    solved: Path, tmp_path: Path, capsys: Printed
) -> None:
    touched = tmp_path / "touched"
    shutil.copytree(solved, touched)
    file = touched / "decisions" / "spend.csv"
    file.write_text(file.read_text(encoding="utf-8").replace("10000.0,", "10000.00,"), "utf-8")
    capsys.readouterr()
    assert run(["explain", str(touched)]) == 0
    assert "edited after the run was written" in capsys.readouterr().out


def test_the_model_must_be_the_one_of_the_run(
    solved: Path, tmp_path: Path, capsys: Printed
) -> None:
    other = tmp_path / "mine.py"
    other.write_text("def build_model(problem, pieces):\n    raise NotImplementedError\n", "utf-8")
    capsys.readouterr()
    assert run(["explain", str(solved), "--model", str(other)]) == 1
    assert "SHA-256" in capsys.readouterr().err
    assert run(["explain", str(tmp_path / "missing")]) == 1


def test_a_model_file_is_found_by_its_path(solved: Path, tmp_path: Path, capsys: Printed) -> None:
    source = Path(__file__).parents[2] / "models" / "subsidies.py"
    mine = tmp_path / "mine.py"
    shutil.copy(source, mine)
    out, scenario = tmp_path / "own", solved.parent / "tiny.yaml"
    assert run(["solve", str(scenario), "--model", str(mine), "--out", str(out)]) == 0
    capsys.readouterr()
    assert run(["explain", str(out)]) == 1
    assert "give its path with --model" in capsys.readouterr().err
    assert run(["explain", str(out), "--model", str(mine)]) == 0


def test_targets_alone_have_no_prices(tmp_path: Path, capsys: Printed) -> None:
    small = Path(__file__).parents[1] / "data" / "small"
    out = tmp_path / "targets"
    assert run(["solve", str(small), "--model", "targets", "--out", str(out)]) == 0
    assert run(["explain", str(out)]) == 1
    assert "targets alone" in capsys.readouterr().err


def test_people_alone_have_lines_only(tmp_path: Path, capsys: Printed) -> None:
    small = Path(__file__).parents[1] / "data" / "small"
    out = tmp_path / "heads"
    assert (
        run(["solve", str(small), "--model", "headcount", "--gap", "0.05", "--out", str(out)]) == 0
    )
    capsys.readouterr()
    assert run(["explain", str(out)]) == 0
    assert "the model does not decide spend" in capsys.readouterr().out
