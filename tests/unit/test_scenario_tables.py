"""Sections in CSV and xlsx files."""

import io
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bad_input.broken import Broken

from allocopt.scenario.csv_table import csv_records
from allocopt.scenario.load import load_scenario
from allocopt.scenario.notes import Notes
from allocopt.scenario.records import Records, table_rows
from allocopt.scenario.schema.levers import Placement
from allocopt.scenario.schema.structure import Cell
from allocopt.scenario.tree import Mark, child, plain
from allocopt.scenario.xlsx_table import xlsx_records


def rows(text: str, shape: type = Cell) -> list[object]:
    notes = Notes()
    records = csv_records(text, "t.csv", notes)
    assert records is not None
    found = plain(table_rows(records, shape, notes))
    assert notes.findings == []
    assert isinstance(found, list)
    return list(found)


def test_units_in_the_header_count_bare_numbers_only() -> None:
    text = (
        "id,price [元],arpu [万元],churn [%],cost_share\na,3,0.01,2.5,0.1\nb,3 万元,5 元,3 %,4 %\n"
    )
    assert rows(text) == [
        {"id": "a", "price": "3 元", "arpu": "0.01 万元", "churn": "2.5 %", "cost_share": "0.1"},
        {"id": "b", "price": "3 万元", "arpu": "5 元", "churn": "3 %", "cost_share": "4 %"},
    ]


def test_dotted_headers_nest_and_empty_cells_are_absent() -> None:
    text = "id,curve.family,curve.beta,curve.points,units\na,hill,3,,\nb,,,1|2,east|west\n"
    assert rows(text, Placement) == [
        {"id": "a", "curve": {"family": "hill", "beta": "3"}},
        {"id": "b", "curve": {"points": "1|2"}, "units": "east|west"},
    ]


def test_places_count_file_lines_and_fields() -> None:
    notes = Notes()
    text = 'id,zh,price\n"a","two\nlines",1\n\nb,,2\n'
    records = csv_records(text, "t.csv", notes)
    assert records is not None
    items = table_rows(records, Cell, notes)
    found = child(items, "b")
    assert found is not None
    price = child(found, "price")
    assert price is not None
    assert price.mark == Mark("t.csv", 5, 3)
    assert found.mark == Mark("t.csv", 5, 1)


PLAIN_TEXT = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters=""),
    max_size=12,
)


@settings(deadline=None, max_examples=30)
@given(table=st.lists(st.tuples(PLAIN_TEXT.filter(bool), PLAIN_TEXT), max_size=8))
def test_text_survives_csv_and_xlsx_alike(table: list[tuple[str, str]]) -> None:
    table = [(name, text) for name, text in table if not name.startswith("=") and text[:1] != "="]
    header = ["id", "season"]
    quoted = ['"' + '","'.join(f.replace('"', '""') for f in row) + '"' for row in [header, *table]]
    expected = [{"id": n, "season": t} if t else {"id": n} for n, t in table]
    assert rows("\n".join(quoted)) == expected
    assert xlsx_rows([list(row) for row in (header, *table)]) == expected


def xlsx_rows(table: list[list[object]], formats: dict[str, str] | None = None) -> list[object]:
    notes = Notes()
    records = records_of(table, formats or {}, notes)
    found = plain(table_rows(records, Cell, notes))
    assert notes.findings == []
    assert isinstance(found, list)
    return list(found)


def records_of(table: list[list[object]], formats: dict[str, str], notes: Notes) -> Records:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in table:
        sheet.append(row)
    for cell, number_format in formats.items():
        sheet[cell].number_format = number_format
    stream = io.BytesIO()
    book.save(stream)
    records = xlsx_records(stream.getvalue(), "t.xlsx", None, notes)
    assert records is not None
    return records


def test_xlsx_values_read_as_csv_fields_would() -> None:
    table: list[list[object]] = [
        [],
        ["id", "price [元]", "churn", "opening_customers", "season", "cost_share [%]"],
        [101, 3, 0.025, 1200.0, date(2016, 1, 1), 0.1],
        ["b", 3.5, 0.025, None, datetime(2016, 1, 1), 10],
        ["c", None, None, None, True],
    ]
    # a cell shown as a percent stores the fraction, under a % column just as without one
    assert xlsx_rows(table, {"C4": "0.0%", "F3": "0%"}) == [
        {
            "id": "101",
            "price": "3 元",
            "churn": "0.025",
            "opening_customers": "1200",
            "season": "2016-01-01",
            "cost_share": "10 %",
        },
        {
            "id": "b",
            "price": "3.5 元",
            "churn": "2.5 %",
            "season": "2016-01-01",
            "cost_share": "10 %",
        },
        {"id": "c", "season": "true"},
    ]


def test_rows_inside_the_yaml_are_merged_over_the_file(tmp_path: Path) -> None:
    broken = Broken.at(tmp_path)
    broken.replace(
        "{file: placements.csv}",
        "\n  file: placements.csv\n  rows:\n    - {id: p_keep, upper: 4}\n"
        "    - {id: p_new, lever: keep, upper: 1, curve_id: shared}",
    )
    scenario = load_scenario(broken.folder)
    uppers = {placement.id: placement.upper for placement in scenario.data.placements}
    assert uppers == {
        "p_east_gifts": 120_000.0,
        "p_west_gifts": 80_000.0,
        "p_keep": 40_000.0,
        "p_new": 10_000.0,
    }
    assert scenario.locate("placements.p_keep.upper").file == "scenario.yaml"
    assert scenario.locate("placements.p_keep.lever") == Mark("placements.csv", 4, 2)


def test_a_workbook_gives_the_same_scenario_as_the_csv(tmp_path: Path) -> None:
    broken = Broken.at(tmp_path)
    expected = load_scenario(broken.folder)
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name in ("cells", "placements"):
        sheet = book.create_sheet(name)
        for line in broken.text(f"{name}.csv").splitlines():
            sheet.append([_number(field) for field in line.split(",")])
        broken.replace(f"{{file: {name}.csv}}", f"{{file: book.xlsx, sheet: {name}}}")
    book.save(broken.folder / "book.xlsx")
    scenario = load_scenario(broken.folder)
    assert scenario.data == expected.data
    assert scenario.locate("cells.east_mobile_web.churn") == Mark("book.xlsx", 3, 10)


def _number(field: str) -> object:
    try:
        return float(field)
    except ValueError:
        return field or None


@pytest.mark.parametrize("count", [10, 1000])
def test_rows_keep_their_order_and_their_lines(count: int) -> None:
    text = "id,base_volume\n" + "".join(f"c{n},{n}\n" for n in range(count))
    notes = Notes()
    records = csv_records(text, "t.csv", notes)
    assert records is not None
    items = table_rows(records, Cell, notes)
    assert [node.mark.line for node in items.nodes] == list(range(2, count + 2))
