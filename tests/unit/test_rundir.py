"""Run directories: complete, exact, atomic, and refusing what they cannot read."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from tests.evaluated import in_cents, loaded, plan_of, ratio_sections
from tests.scenarios import random_decisions, random_sections
from tests.support import row

from allocopt.audit import verify_plan, verify_run
from allocopt.errors import RunError
from allocopt.findings import Severity
from allocopt.plan.diff import diff_runs
from allocopt.plan.header import RunList, list_runs, read_run_header
from allocopt.plan.labels import unit_sign
from allocopt.plan.parquet import measures_parquet
from allocopt.plan.plan import Plan
from allocopt.plan.rundir import load_plan, save_plan, slug
from allocopt.text import Bilingual

LINES = [
    row("budget", {"expression": "spend", "at_most": "600 元", "sentence": {"en": "Cap"}}),
    row("cap", {"expression": "expense", "at_most": "1 元", "per": "grid", "when": "each",
                "kind": "soft", "price": 0.001}),
    row("nothing", {"expression": "spend / last_year_revenue(units=\"x\")", "at_least": 0,
                    "kind": "report"}),
]  # fmt: skip
TARGETS = [row("adds", {"measure": "gross_adds", "quota": 400, "shortfall_price": 2})]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    rng = np.random.default_rng(5)
    sections = random_sections(rng, families=("hill", "table")) | {
        "lines": LINES,
        "targets": TARGETS,
    }
    scenario = loaded(sections, tmp_path / "scenario")
    first = plan_of(scenario)
    decisions = in_cents(random_decisions(rng, first.problem))
    return plan_of(scenario, decisions)


@pytest.fixture
def run(plan: Plan, tmp_path: Path) -> Path:
    return save_plan(plan, tmp_path / "run")


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_a_run_is_read_back_exactly(plan: Plan, run: Path) -> None:
    back = load_plan(run)
    same = {"status", "stop", "objective", "bound", "gap", "parts", "lines", "remarks", "seconds"}
    for name in (*same, "provenance"):
        assert getattr(back, name) == getattr(plan, name)
    for name, values in vars(plan.decisions).items():
        np.testing.assert_array_equal(vars(back.decisions)[name], values, strict=True)
    assert set(back.measures) == set(plan.measures)
    for name, values in plan.measures.items():
        np.testing.assert_array_equal(back.measures[name], values, strict=True)
    assert back.scenario.data == plan.scenario.data
    assert back.scenario.files == plan.scenario.files


def test_every_attribute_of_a_plan_is_checked_above() -> None:
    known = {"scenario", "problem", "decisions", "measures", "status", "stop", "objective", "bound",
             "gap", "parts", "lines", "remarks", "provenance", "seconds"}  # fmt: skip
    assert {field.name for field in fields(Plan)} == known


def test_a_run_saved_again_is_the_same_run(run: Path, tmp_path: Path) -> None:
    again = save_plan(load_plan(run), tmp_path / "again")
    assert contents(again) == contents(run)


def test_values_still_know_the_file_that_set_them(plan: Plan, run: Path) -> None:
    place = load_plan(run).scenario.locate("placements.one.upper")
    assert (place.file, place.line) == (
        "scenario.yaml",
        plan.scenario.locate("placements.one.upper").line,
    )


def test_missing_numbers_stay_missing(plan: Plan, tmp_path: Path) -> None:
    odd = replace(plan, bound=float("nan"), gap=float("inf"))
    back = load_plan(save_plan(odd, tmp_path / "odd"))
    assert np.isnan(back.bound)
    assert np.isinf(back.gap)


def test_the_name_says_when_and_what_and_tells_plans_apart(plan: Plan, tmp_path: Path) -> None:
    one = save_plan(plan, root=tmp_path / "runs")
    assert re.fullmatch(r"20260102T030405Z-test-joint-[0-9a-f]{8}", one.name)
    other = replace(plan, decisions=replace(plan.decisions, spend=plan.decisions.spend * 0))
    assert save_plan(other, root=tmp_path / "runs").name != one.name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("../../etc", "etc"),
        ("a/b\\c", "a-b-c"),
        ("电信", "plan"),
        (".hidden", "hidden"),
        ("x" * 99, "x" * 48),
    ],
)
def test_names_stay_inside_the_folder(text: str, name: str) -> None:
    assert slug(text) == name


def test_no_file_names_a_place_on_this_machine(run: Path, tmp_path: Path) -> None:
    for name, content in contents(run).items():
        assert str(tmp_path).encode() not in content, name
        assert str(Path.home()).encode() not in content or str(Path.home()) == "/", name


def test_a_run_is_never_overwritten(plan: Plan, run: Path) -> None:
    before = contents(run)
    with pytest.raises(RunError, match="exists already"):
        save_plan(plan, run)
    assert contents(run) == before
    assert [path.name for path in run.parent.iterdir() if path.name.startswith(".")] == []


def test_nothing_is_left_behind_when_writing_fails(
    plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Path.write_bytes
    written: list[Path] = []

    def fails_in_between(path: Path, content: bytes) -> int:
        if len(written) == 3:
            raise OSError(28, "No space left on device")
        written.append(path)
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", fails_in_between)
    with pytest.raises(RunError, match="No space left"):
        save_plan(plan, root=tmp_path / "runs")
    assert list((tmp_path / "runs").iterdir()) == []


def test_a_place_that_cannot_be_written_is_an_error(plan: Plan, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file" / "run", tmp_path / ("x" * 300), tmp_path / "a\0b"):
        with pytest.raises(RunError, match="cannot be written"):
            save_plan(plan, place)


def edited(run: Path, name: str, change: Callable[[str], str]) -> None:
    path = run / name
    path.write_text(change(path.read_text(encoding="utf-8-sig")), encoding="utf-8")


def replaced(old: str, new: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return change


def without_line(number: int) -> Callable[[str], str]:
    return lambda text: "".join(
        line for n, line in enumerate(text.splitlines(keepends=True), 1) if n != number
    )


def with_line_twice(number: int) -> Callable[[str], str]:
    return lambda text: text + text.splitlines(keepends=True)[number - 1]


def first_amount(written: str) -> Callable[[str], str]:
    return lambda text: re.sub(r"01,[\d.]+,元", f"01,{written},元", text, count=1)


SPEND = "decisions/spend.csv"
BROKEN = [
    ("run.json", lambda text: text[: len(text) // 2], r"run\.json, line \d+: this is no JSON"),
    ("run.json", lambda _: "[]", r"run\.json:  is \[\], expected is an object"),
    ("run.json", lambda _: "[" * 100_000, r"run\.json: this is no JSON"),
    ("run.json", replaced('"schema_version": 1', '"schema_version": 99'), "version 99"),
    ("run.json", replaced('"allocopt run"', '"a run"'), "does not describe a run"),
    ("run.json", replaced('"limit"', '"fine"'), "fine is no status"),
    ("run.json", replaced('"objective": ', '"objective": "much", "x": '), "objective is \"much\""),
    ("run.json", replaced("{count:.1f}", "{count.__class__}"), "cannot be filled"),
    ("run.json", replaced("{count:.1f}", "{count:999999999}"), "cannot be filled"),
    ("run.json", replaced("{count:.1f}", "{amount}"), "cannot be filled"),
    ("run.json", replaced('"gap": ', '"gap": NaN, "x": '), "this is no JSON"),
    (SPEND, lambda _: "", "line 1: the column placement is missing"),
    (SPEND, replaced("placement,", "placement,t,"), "the column t stands twice"),
    (SPEND, without_line(3), r"spend\.csv: the row of one in 2016-02 is missing"),
    (SPEND, with_line_twice(3), r"line 20: this row stands twice, first in line 3"),
    (SPEND, replaced("one,subsidy", "two,subsidy"), r"line 2: two is not in the scenario"),
    (SPEND, replaced("x,1,2016-01", "x,9,2016-01"), "line 2: there is no period 9"),
    (SPEND, replaced("x,1,2016-01", "x,1,2016-02"), "t = 1 is 2016-01, the row says 2016-02"),
    (SPEND, replaced("x,1,2016-01", "x,1.5,2016-01"), "1.5 is not a whole number"),
    (SPEND, first_amount('"1,234.5"'), "1,234.5 in spend"),
    (SPEND, first_amount("nan"), "nan in spend is not"),
    (SPEND, first_amount("\uff11"), "line 2: \uff11 in spend"),
    (SPEND, first_amount(""), "line 2: spend is empty"),
    (SPEND, replaced("2016-01,", ""), "has 6 fields, the header"),
    (SPEND, replaced("one,subsidy", '"one,subsidy'), "this is no CSV"),
    ("measures.csv", without_line(2), "not the row expected here"),
    ("measures.csv", replaced("demand,", "demands,"), "demands is no measure"),
    ("measures.csv", replaced(",2016-03", ""), "line 1: the header"),
    ("lines.csv", without_line(2), r"line 2: budget is expected here"),
    ("lines.csv", replaced("true", "perhaps"), "perhaps in met"),
    ("objective.csv", replaced("contribution + end_value,", "contribution + end_value,x"), "x"),
    ("provenance.csv", replaced("scenario.yaml,1", "scenario.yaml,one"), "one in line"),
    ("scenario.resolved.yaml", replaced('"one"', '"one'), "scenario.resolved.yaml"),
    ("scenario.resolved.yaml", replaced("schema_version: 1", "schema_version: 2"), "resolved"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "change", "message"), BROKEN)
def test_what_cannot_be_read_is_said_with_its_place(
    run: Path, name: str, change: Callable[[str], str], message: str
) -> None:
    edited(run, name, change)
    with pytest.raises(RunError, match=message):
        load_plan(run)


@pytest.mark.parametrize("name", ["scenario.resolved.yaml", SPEND, "measures.csv", "lines.csv"])
def test_a_missing_file_is_an_error(run: Path, name: str) -> None:
    (run / name).unlink()
    with pytest.raises(RunError, match=re.escape(f"{name}: the file is missing")):
        load_plan(run)


def test_text_that_is_not_utf_8_is_an_error(run: Path) -> None:
    content = (run / SPEND).read_bytes().splitlines(keepends=True)
    (run / SPEND).write_bytes(b"".join([*content[:4], "移动".encode("gbk"), *content[4:]]))
    with pytest.raises(RunError, match=r"spend\.csv, line 5: this is not UTF-8"):
        load_plan(run)


def test_links_that_lead_out_of_a_run_are_refused(run: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_bytes((run / SPEND).read_bytes())
    (run / SPEND).unlink()
    (run / SPEND).symlink_to(tmp_path / "secret.csv")
    with pytest.raises(RunError, match="leads out of the run"):
        load_plan(run)


def test_no_run_at_all_is_an_error(tmp_path: Path) -> None:
    for place in (tmp_path / "none", tmp_path):
        with pytest.raises(
            RunError, match=r"no run at none|is not a run directory: it has no run\.json"
        ):
            load_plan(place)


def test_a_spreadsheet_may_have_saved_the_decisions(plan: Plan, run: Path) -> None:
    header, *rows = (run / SPEND).read_text(encoding="utf-8-sig").splitlines()
    shuffled = [row.replace("2016-0", "Jan-") for row in reversed(rows)]
    (run / SPEND).write_bytes("\r\n".join([header, *shuffled, "", ""]).encode())
    np.testing.assert_array_equal(load_plan(run).decisions.spend, plan.decisions.spend)


def test_a_header_is_read_without_numpy(run: Path) -> None:
    code = (
        "import sys; from allocopt.plan.header import read_run_header as read;"
        f"print(read({str(run)!r}).model, 'numpy' in sys.modules, 'pydantic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["joint", "False", "False"]


def test_a_header_says_what_the_run_is(plan: Plan, run: Path) -> None:
    header = read_run_header(run)
    record = json.loads(json.dumps(header.as_record()))
    assert record["scenario"] == plan.scenario.name
    assert (header.objective, header.decides) == (plan.objective, plan.provenance.decides)
    assert header.options == plan.provenance.options


@pytest.mark.parametrize(
    ("goal", "unit"),
    [
        ("contribution + end_value", ("元", "元")),
        ("net_adds", ("线", "lines")),
        ("revenue + net_adds", ("混合单位", "mixed units")),
    ],
)
def test_the_header_says_what_the_objective_is_counted_in(
    plan: Plan, tmp_path: Path, goal: str, unit: tuple[str, str]
) -> None:
    written = plan.problem.objective.goals[0].model_copy(update={"expression": goal})
    objective = plan.problem.objective.model_copy(update={"goals": (written,)})
    lines = Bilingual(zh="线", en="lines")
    problem = replace(plan.problem, objective=objective, volume_unit=lines)
    run = save_plan(replace(plan, problem=problem), tmp_path / "other")
    zh, en = unit
    assert read_run_header(run).counted_in == Bilingual(zh=zh, en=en)
    assert read_run_header(run).as_record()["counted_in"] == {"zh": zh, "en": en}
    header, *parts = (run / "objective.csv").read_text(encoding="utf-8-sig").splitlines()
    assert header == "part,value,counted_in"
    assert parts[0].endswith(f",{unit_sign(Bilingual(zh=zh, en=en))}")
    assert len(parts) > 1
    assert all(part.endswith(",元") for part in parts[1:])


def test_a_run_without_the_unit_of_its_objective_is_read(run: Path) -> None:
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    del record["counted_in"]
    (run / "run.json").write_text(json.dumps(record), encoding="utf-8")
    assert read_run_header(run).counted_in is None
    assert verify_run(run).passed == verify_plan(load_plan(run)).passed


def test_runs_are_listed_by_age_and_drafts_are_not(plan: Plan, tmp_path: Path) -> None:
    root = tmp_path / "runs"
    assert list_runs(root) == RunList((), ())
    older = replace(plan, provenance=replace(plan.provenance, created="2025-01-01T00:00:00+00:00"))
    names = [save_plan(plan, root / "b").name, save_plan(older, root / "c").name]
    save_plan(plan, root / ".d.1.unfinished")
    (root / "notes").mkdir()
    assert [header.name for header in list_runs(root).headers] == names[::-1]


def test_a_damaged_run_hides_no_other_and_is_named(plan: Plan, tmp_path: Path) -> None:
    root = tmp_path / "runs"
    good, bad = save_plan(plan, root / "good"), save_plan(plan, root / "bad")
    (bad / "run.json").write_text("{", encoding="utf-8")
    found = list_runs(root)
    assert [header.name for header in found.headers] == ["good"]
    [warning] = found.damaged
    assert (warning.severity, warning.file) == (Severity.WARNING, "bad")
    assert "run.json, line 1: this is no JSON" in str(warning.message)
    readers: tuple[Callable[[], object], ...] = (
        lambda: load_plan(bad),
        lambda: verify_run(bad),
        lambda: diff_runs(good, bad),
    )
    for reader in readers:
        with pytest.raises(RunError, match=r"^run bad: run\.json, line 1: this is no JSON"):
            reader()


@pytest.mark.parametrize("name", ["ledger.csv", "lines.csv"])
def test_any_damaged_file_is_told_with_its_run(run: Path, name: str) -> None:
    (run / name).write_text("a,b\n", encoding="utf-8")
    with pytest.raises(RunError, match=rf"^run run: {name}, line 1: the column"):
        verify_run(run)


def test_a_run_does_not_differ_from_itself(run: Path) -> None:
    assert diff_runs(run, run) == ()


def test_differences_name_input_option_line_and_decision(tmp_path: Path) -> None:
    def run_with(spend: float, name: str) -> Path:
        plan = plan_of(
            loaded(ratio_sections(spend), tmp_path / f"{name}-scenario"), decides=("spend",)
        )
        options = {**plan.provenance.options, "seed": int(spend)}
        plan = replace(plan, provenance=replace(plan.provenance, options=options))
        return save_plan(plan, tmp_path / name)

    found = diff_runs(run_with(1_000, "a"), run_with(1_200, "b"))
    values = {(d.section, d.name): (d.before, d.after) for d in found}
    assert values["input", "placements.a.current"] == (1_000, 1_200)
    assert values["option", "seed"] == (1_000, 1_200)
    assert values["line", "expense_ratio lhs"] == (0.02, 0.024)
    assert values["line", "expense_ratio met"] == ("true", "false")
    assert values["decision", "spend a 2016-01"] == (1_000, 1_200)
    assert values["objective", "part contribution"] == (49_000, 48_800)
    assert json.dumps([difference.as_record() for difference in found])


def test_a_loaded_plan_passes_as_the_saved_one_did(plan: Plan, run: Path) -> None:
    def numbers(found: object) -> object:
        return {(f.severity, str(f.message)) for f in found}  # type: ignore[attr-defined]

    assert numbers(verify_run(run).findings) == numbers(verify_plan(plan).findings)
    assert numbers(verify_plan(load_plan(run)).findings) == numbers(verify_plan(plan).findings)


def test_every_file_of_a_run_is_explained_in_it(run: Path) -> None:
    explained = (run / "README.txt").read_text(encoding="utf-8")
    names = {name.split("/")[0] for name in contents(run)} - {"README.txt"}
    assert [name for name in names if name not in explained] == []


def test_measures_as_parquet_hold_the_same_numbers(plan: Plan) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    arrow = pytest.importorskip("pyarrow")
    table = parquet.read_table(arrow.BufferReader(measures_parquet(plan.problem, plan.measures)))
    rows = [r for r in table.to_pylist() if r["measure"] == "revenue"]
    assert [r["value"] for r in rows] == plan.measures["revenue"].ravel().tolist()
    assert {r["counted_in"] for r in rows} == {"元"}


@pytest.mark.skipif(os.name == "nt", reason="permissions work otherwise there")
def test_an_unreadable_file_is_an_error(run: Path) -> None:
    (run / SPEND).unlink()
    (run / SPEND).mkdir()
    with pytest.raises(RunError, match=r"spend\.csv: the file is missing"):
        load_plan(run)
