"""``models``, ``curves``, ``schema``, ``doctor``, help: what they list is what there is."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from allocopt.cli import run
from allocopt.curves import FAMILIES
from allocopt.solving.catalog import bundled_models, load_formulation

Printed = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALLOCOPT_LANG", "en")


def test_models(capsys: Printed) -> None:
    assert run(["models", "--json"]) == 0
    models = json.loads(capsys.readouterr().out)["models"]
    assert [model["name"] for model in models] == list(bundled_models())
    for model in models:
        # read from the source; the catalog runs the file
        loaded = load_formulation(model["name"])
        assert model["summary"] == loaded.summary
        assert (model["needs"], model["decides"]) == ([*loaded.needs], [*loaded.decides])
    assert run(["models", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert "目标、投入与人员一并规划。" in out
    assert "Spend per placement" not in out


def test_curves(capsys: Printed) -> None:
    assert run(["curves", "--json"]) == 0
    curves = json.loads(capsys.readouterr().out)["curves"]
    assert [curve["name"] for curve in curves] == list(FAMILIES)
    assert run(["curves"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in FAMILIES)


@pytest.mark.parametrize("name", list(FAMILIES))
def test_one_curve(name: str, capsys: Printed) -> None:
    assert run(["curves", name, "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    for parameter in FAMILIES[name].parameters:
        assert parameter.name in out
        assert parameter.description.zh in out


def test_schema(capsys: Printed, tmp_path: Path) -> None:
    assert run(["schema"]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed)["properties"]["lines"]
    assert run(["schema", "--out", "s.json"]) == 0
    assert (tmp_path / "s.json").read_text(encoding="utf-8") == printed


def test_doctor(capsys: Printed) -> None:
    assert run(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    verdicts = {check["name"]: check["verdict"] for check in found["checks"]}
    assert found["ok"] is True
    assert verdicts["highs_lp"] == verdicts["highs_mip"] == verdicts["python"] == "pass"
    assert "fail" not in verdicts.values()


def test_doctor_fails_where_the_solver_does(
    monkeypatch: pytest.MonkeyPatch, capsys: Printed
) -> None:
    def broken() -> bool:
        message = "no such library"
        raise ImportError(message)

    monkeypatch.setattr("allocopt.cli.doctor._mip", broken)
    assert run(["doctor"]) == 1
    assert "failed: HiGHS solves a problem in whole numbers: ImportError" in capsys.readouterr().out


def test_help_in_both_languages(capsys: Printed) -> None:
    for command in (
        "new",
        "check",
        "solve",
        "verify",
        "explain",
        "models",
        "curves",
        "runs",
        "schema",
        "doctor",
    ):
        assert run([command, "--help"]) == 0
        assert capsys.readouterr().out.startswith(f"Usage: allocopt {command}")
        assert run([command, "--help", "--lang", "zh"]) == 0
        out = capsys.readouterr().out
        assert out.startswith(f"用法：allocopt {command}")
        assert "选项" in out
    assert run(["solve", "--help"]) == 0
    assert "runs with your rights" in " ".join(capsys.readouterr().out.split())


LIGHT = ("pydantic", "pandas", "pyomo", "numpy", "scipy", "matplotlib", "rich", "highspy")


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["--help"], LIGHT),
        (["--version"], LIGHT),
        (["solve", "--lang"], ("pyomo", "matplotlib", "pandas")),
        (["check", "media_mix"], ("pyomo", "matplotlib", "pandas", "rich", "highspy")),
        (["runs", "list"], ("pyomo", "matplotlib", "pandas", "numpy", "pydantic")),
        (["models"], ("pyomo", "matplotlib", "pandas", "numpy", "pydantic")),
        (["curves"], ("pyomo", "matplotlib", "pandas", "pydantic")),
    ],
)
def test_a_command_imports_only_what_it_needs(
    arguments: list[str], absent: tuple[str, ...]
) -> None:
    code = (
        "import sys\n"
        "from allocopt.cli import run\n"
        f"run({arguments!r})\n"
        f"print([name for name in {absent!r} if name in sys.modules], file=sys.stderr)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stderr.splitlines()[-1] == "[]"
