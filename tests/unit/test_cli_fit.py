"""``allocopt fit``: tables in, curves out, nothing overwritten, every mistake with its place."""

import csv
import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

import allocopt as ao
from allocopt.cli import run
from allocopt.curves import Hill, make_curve
from allocopt.report.fit_figure import fit_figure

Printed = pytest.CaptureFixture[str]

JUDGED = """\
placement,none,half,current,one_and_half,saturation,effort_now,value_now
A,0.3,0.45,1.0,1.4,1.6,96.8,150
B,0.5,0.7,1.0,1.1,1.2,20,30
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALLOCOPT_LANG", "en")
    random = np.random.default_rng(4)
    lines = ["placement,period,spend,price,volume"]
    for name, top in (("tv", 90.0), ("radio", 0.0)):
        spend = np.round(random.uniform(0.0, 120.0, 40), 2)
        price = np.round(random.normal(5.0, 1.0, 40), 3)
        volume = 20.0 + Hill(top, 40.0, 1.8).value(spend) - 4.0 * price
        volume += random.normal(0.0, 2.0, 40)
        columns = zip(range(40), spend, price, volume, strict=True)
        lines += [f"{name},{t},{x},{p},{y}" for t, x, p, y in columns]
    (tmp_path / "history.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (tmp_path / "judged.csv").write_text(JUDGED, encoding="utf-8")
    return tmp_path


def columns_of(name: str, placement: str) -> dict[str, list[float]]:
    rows = list(csv.DictReader(Path(name).read_text(encoding="utf-8-sig").splitlines()))
    own = [row for row in rows if row["placement"] == placement]
    return {key: [float(row[key]) for row in own] for key in ("spend", "price", "volume")}


def test_history_by_placement_with_a_control(capsys: Printed) -> None:
    assert run(["fit", "history.csv", "--json", "--out", "curves.csv"]) == 0
    tv, radio = json.loads(capsys.readouterr().out)["fits"]
    data = columns_of("history.csv", "tv")
    fit = ao.fit_history(data["spend"], data["volume"], "hill", {"price": data["price"]})
    assert tv["parameters"] == pytest.approx(dict(fit.parameters))
    assert tv["standard_errors"] == pytest.approx(dict(fit.standard_errors))
    assert tv["controls"] == pytest.approx({"price": fit.controls["price"]})
    assert tv["unidentified"] == []
    assert radio["placement"] == "radio"
    assert {"beta", "ec50", "slope"} <= set(radio["unidentified"])


def test_the_table_is_what_placements_take() -> None:
    assert run(["fit", "judged.csv", "--out", "curves.csv"]) == 0
    rows = list(csv.DictReader(Path("curves.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["placement"] for row in rows] == ["A", "B"]
    for row in rows:
        prefix = "curve."
        values = {
            key.removeprefix(prefix): float(row[key])
            for key in row
            if key.startswith(prefix) and key != "curve.family"
        }
        curve = make_curve(row["curve.family"], values)
        assert row["curve.family"] == "adbudg"
        assert curve.value(0.0) < curve.value(20.0)
    assert {path.name for path in Path().iterdir()} == {"curves.csv", "history.csv", "judged.csv"}


def test_what_is_open_is_said_in_both_languages(capsys: Printed) -> None:
    assert run(["fit", "history.csv"]) == 0
    out = capsys.readouterr().out
    assert "radio: the data does not tell beta, ec50, slope" in out
    assert "tv: the data does not tell" not in out
    assert "not identified" in out
    assert run(["fit", "history.csv", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert "radio：数据无法确定 beta，ec50，slope" in out
    assert "identified" not in out


def test_nothing_is_overwritten(capsys: Printed) -> None:
    Path("mine.csv").write_text("mine", encoding="utf-8")
    for option in ("--out", "--plot"):
        assert run(["fit", "judged.csv", option, "mine.csv"]) == 1
        assert "mine.csv is there already" in capsys.readouterr().err
    assert Path("mine.csv").read_text(encoding="utf-8") == "mine"
    assert run(["fit", "judged.csv", "--out", "none/curves.csv"]) == 1
    assert "there is no folder for none/curves.csv" in capsys.readouterr().err


def test_a_table_without_placements_is_one_curve(capsys: Printed) -> None:
    spend = np.linspace(0.0, 50.0, 12)
    lines = [f"{x},{3.0 + 2.0 * np.sqrt(x)}" for x in spend]
    Path("sales.csv").write_text("\n".join(["spend,volume", *lines]), encoding="utf-8")
    assert run(["fit", "sales.csv", "--family", "power", "--json"]) == 0
    (fit,) = json.loads(capsys.readouterr().out)["fits"]
    assert fit["placement"] == "sales"
    assert fit["parameters"] == pytest.approx({"scale": 2.0, "exponent": 0.5}, rel=1e-6)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("spend,volume\n1,2\n-3,4\n", "bad.csv:3:1: error: spend is -3; it is below 0"),
        ("spend,volume\n1,2\n3,many\n", "bad.csv:3:2: error: many in volume is not a number"),
        ("spend,volume\n1,nan\n", "bad.csv:2:2: error: nan in volume is not a number"),
        ("spend,volume,price\n1,2,\n", "bad.csv:2:3: error: price is empty, a number is"),
        ("spend,volume\n1,2,3\n", "bad.csv:2:1: error: the row has 3 fields, the header has 2"),
        ("spend,sales\n1,2\n", "bad.csv:1:1: error: the columns volume are missing"),
        ("spend,volume,spend\n1,2,3\n", "bad.csv:1:3: error: the column spend stands twice"),
        ("spend,volume\n", "bad.csv:1:1: error: the table has no rows"),
        ("", "bad.csv:1:1: error: the table is empty"),
        ("placement,spend,volume\n,1,2\n", "bad.csv:2:1: error: the row names no placement"),
        ("period,spend,volume\n1,1,2\n1,1,3\n", "bad.csv:3:1: error: bad 1 is there already, in"),
        (f"{JUDGED}A,0,0,1,1,1,1,1\n", "bad.csv:4:1: error: A is there already, in line 2"),
        (JUDGED.replace("20,30", "0,30"), "bad.csv:3:7: error: effort_now is 0; a number above"),
        (JUDGED.replace("half", "price", 1), "bad.csv:1:1: error: the columns spend, volume are"),
        (JUDGED.replace("value_now", "x"), "bad.csv:1:1: error: the columns value_now are"),
    ],
)
def test_a_mistake_has_its_place(table: str, said: str, capsys: Printed) -> None:
    Path("bad.csv").write_text(table, encoding="utf-8")
    assert run(["fit", "bad.csv", "--out", "curves.csv"]) == 2
    assert said in capsys.readouterr().err
    assert not Path("curves.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["none.csv"], 2, "there is no file none.csv"),
        (["history.csv", "--family", "hil"], 1, "no curve of family hil can be fitted; known: hil"),
        (["judged.csv", "--family", "hill"], 1, "judged points make curves of the family adbudg"),
        (["judged.csv", "--plot", "fit.gif"], 1, "fit.gif is no .png, .svg or .pdf"),
    ],
)
def test_a_wrong_call(arguments: list[str], code: int, said: str, capsys: Printed) -> None:
    assert run(["fit", *arguments]) == code
    assert said in capsys.readouterr().err


def test_judgments_that_fall_name_their_placement(capsys: Printed) -> None:
    Path("bad.csv").write_text(JUDGED.replace("0.7,1.0", "0.7,0.6"), encoding="utf-8")
    assert run(["fit", "bad.csv"]) == 2
    assert "B: current (0.6) is below half (0.7)" in capsys.readouterr().err


def test_a_picture_is_written(capsys: Printed) -> None:
    assert run(["fit", "judged.csv", "--plot", "fit.png"]) == 0
    assert "written: fit.png" in capsys.readouterr().out
    assert Path("fit.png").read_bytes().startswith(b"\x89PNG")


def test_the_figure_shows_data_curve_and_band() -> None:
    data = columns_of("history.csv", "tv")
    fit = ao.fit_history(data["spend"], data["volume"], "hill", {"price": data["price"]})
    flat = ao.fit_history(np.full(40, 5.0), data["volume"])
    figure = fit_figure({"tv": fit, "flat": flat})
    figure.savefig(BytesIO(), format="png", dpi=40)
    known, unknown = figure.axes
    curve, dots = known.lines
    assert np.asarray(curve.get_ydata()) == pytest.approx(fit.predict(curve.get_xdata()))
    assert np.asarray(dots.get_xdata()) == pytest.approx(data["spend"])
    away = np.array(data["price"]) - np.mean(data["price"])
    volume = np.array(data["volume"]) - fit.controls["price"] * away
    assert np.asarray(dots.get_ydata()) == pytest.approx(volume)
    assert (len(known.collections), len(unknown.collections)) == (1, 0)
    assert unknown.get_title() == "flat (not identified)"
    with pytest.raises(ValueError, match="1 to 12 fits can be drawn, not 0"):
        fit_figure({})
