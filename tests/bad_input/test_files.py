"""Files that are damaged, too large, not what they claim to be, or out of bounds."""

import io
import os
import zipfile
from pathlib import Path

import openpyxl
import pytest
from tests.bad_input.broken import Broken, place_of

from allocopt.errors import ScenarioError, UsageError
from allocopt.scenario import files, xlsx_table, yaml_source
from allocopt.scenario.bundled import find_scenario
from allocopt.scenario.load import check_scenario, load_scenario, variants_of


def workbook(rows: list[list[object]], *, sheets: tuple[str, ...] = ("Sheet",)) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = sheets[0]  # type: ignore[union-attr]
    for name in sheets[1:]:
        book.create_sheet(name)
    for row in rows:
        book[sheets[0]].append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def cells_as_rows(broken: Broken) -> list[list[object]]:
    return [list(line.split(",")) for line in broken.text("cells.csv").splitlines()]


def test_duplicate_key_with_both_places(broken: Broken) -> None:
    broken.replace("id: small\n", "id: small\nid: smaller\n")
    finding = broken.only()
    assert place_of(finding) == broken.place("^id: smaller")
    assert str(finding.message) == "the key id stands twice; first in line 2"


def test_tab_in_the_indentation(broken: Broken) -> None:
    broken.replace("  periods: 12", "\tperiods: 12")
    finding = broken.only()
    assert place_of(finding)[:2] == broken.place("\tperiods")[:2]
    assert "a tab stands where YAML expects spaces" in str(finding.message)


def test_syntax_error_with_line_and_column(broken: Broken) -> None:
    broken.replace("title: {zh: 小例子,", "title: {zh: 小例子: 3,")
    finding = broken.only()
    assert finding.line == 3
    assert "this is not valid YAML" in str(finding.message)


def test_unclosed_bracket(broken: Broken) -> None:
    broken.put("scenario.yaml", "units: [a, b\n")
    assert "this is not valid YAML" in str(broken.only().message)


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_empty_file(broken: Broken, text: str) -> None:
    broken.put("scenario.yaml", text)
    assert str(broken.only().message) == "the file is empty"


@pytest.mark.parametrize(("text", "kind"), [("- a\n", "a list"), ("hello\n", "a single value")])
def test_top_level_that_is_no_mapping(broken: Broken, text: str, kind: str) -> None:
    broken.put("scenario.yaml", text)
    assert str(broken.only().message) == f"the file holds {kind}, a mapping is expected"


def test_file_that_is_not_utf_8(broken: Broken) -> None:
    broken.put("scenario.yaml", broken.text().encode("gb18030"))
    finding = broken.only()
    assert place_of(finding) == ("scenario.yaml", 3, 14)
    assert str(finding.message) == "the file is not UTF-8 text"


def test_byte_order_mark_is_no_fault(broken: Broken) -> None:
    broken.put("scenario.yaml", b"\xef\xbb\xbf" + broken.text().encode())
    broken.put("cells.csv", b"\xef\xbb\xbf" + broken.text("cells.csv").encode())
    assert broken.findings() == ()


def test_character_that_yaml_forbids(broken: Broken) -> None:
    broken.replace("id: small", "id: sm\x00all")
    finding = broken.only()
    assert place_of(finding) == ("scenario.yaml", 2, 7)
    assert "U+0000" in str(finding.message)


def test_half_a_character(broken: Broken) -> None:
    broken.replace("en: Small example", 'en: "\\ud800"')
    assert "half a character" in str(broken.only().message)


def test_yaml_of_200_mb_is_refused_unread(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    path = broken.folder / "scenario.yaml"
    os.truncate(path, 200_000_000)

    def read(_: Path) -> bytes:
        raise AssertionError

    monkeypatch.setattr(Path, "read_bytes", read)
    finding = broken.only()
    assert "larger than 20 MB" in str(finding.message)


def test_yaml_of_too_many_values(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_source, "MAX_EVENTS", 50)
    assert "more than 50 values" in str(broken.only().message)


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_deeply_nested_yaml_is_refused_early(broken: Broken, opening: str) -> None:
    broken.put("scenario.yaml", "units: " * (opening != "- ") + opening * 100_000)
    messages = [str(finding.message) for finding in broken.findings()]
    assert messages
    assert "nested more than 40 levels" in messages[0] or opening == "? "


def test_anchors_and_aliases(broken: Broken) -> None:
    broken.replace("season", "season", "cells.csv")
    broken.replace("at_most: 18 %", "at_most: &limit 18 %").replace("price: 80", "price: *limit")
    found = broken.findings()
    assert [str(f.message) for f in found] == ["anchors and aliases (& and *) are not allowed"] * 2


def test_a_billion_laughs_stay_a_joke(broken: Broken) -> None:
    lines = ["a0: &a0 [ha, ha]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    broken.put("scenario.yaml", "\n".join(lines))
    messages = {str(finding.message) for finding in broken.findings()}
    assert "anchors and aliases (& and *) are not allowed" in messages


def test_a_tag_constructs_nothing(broken: Broken) -> None:
    broken.replace("id: small", "id: !!python/object/apply:os.getcwd []")
    assert "the tag tag:yaml.org,2002:python/object/apply:os.getcwd" in str(
        broken.findings()[0].message
    )


def test_second_document(broken: Broken) -> None:
    broken.put("scenario.yaml", broken.text() + "---\nid: other\n")
    finding = broken.only()
    assert place_of(finding) == broken.place("^---")
    assert "a second document" in str(finding.message)


def test_a_list_as_a_key(broken: Broken) -> None:
    broken.replace("id: small", "? [a, b]\n: 3")
    assert "where a key was expected" in str(broken.only().message)


@pytest.mark.parametrize(
    "name", ["../cells.csv", "/etc/passwd", "a/../../cells.csv", "C:\\cells.csv", "..\\cells.csv"]
)
def test_table_path_outside_the_folder(broken: Broken, name: str) -> None:
    (broken.folder.parent / "cells.csv").write_text(broken.text("cells.csv"), encoding="utf-8")
    broken.replace("file: cells.csv", f"file: '{name}'")
    finding = broken.only()
    assert place_of(finding) == broken.place(f"^'{name}'")
    assert "lies outside the scenario folder" in str(finding.message)


def test_table_that_is_a_link_out_of_the_folder(broken: Broken) -> None:
    outside = broken.folder.parent / "outside.csv"
    (broken.folder / "cells.csv").rename(outside)
    (broken.folder / "cells.csv").symlink_to(outside)
    assert "lies outside the scenario folder" in str(broken.only().message)


def test_table_that_is_not_there(broken: Broken) -> None:
    broken.replace("file: cells.csv", "file: sells.csv")
    finding = broken.only()
    assert place_of(finding) == broken.place("file: ^sells.csv")
    assert "there is no file sells.csv" in str(finding.message)


def test_table_that_is_a_folder(broken: Broken) -> None:
    (broken.folder / "more.csv").mkdir()
    broken.replace("file: cells.csv", "file: more.csv")
    assert "there is no file more.csv" in str(broken.only().message)


def test_table_of_an_unknown_kind(broken: Broken) -> None:
    broken.put("cells.txt", broken.text("cells.csv")).replace("cells.csv", "cells.txt")
    assert "neither .csv nor .xlsx" in str(broken.only().message)


def test_table_name_that_is_no_name(broken: Broken) -> None:
    broken.replace("file: cells.csv", "file: [cells.csv]")
    assert "'file' is not the name of a table" in str(broken.only().message)


def test_unknown_key_beside_file(broken: Broken) -> None:
    broken.replace("{file: cells.csv}", "{fil: cells.csv}")
    finding = broken.only()
    assert str(finding.hint) == "Did you mean file?"


def test_table_that_is_too_large(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allocopt.scenario.tables.MAX_TABLE_BYTES", 100)
    messages = {str(finding.message) for finding in broken.findings()}
    assert messages == {
        "cells.csv is larger than 0 MB, which is the limit",
        "placements.csv is larger than 0 MB, which is the limit",
    }


def test_csv_that_is_not_utf_8(broken: Broken) -> None:
    broken.replace("east_mobile_web,", "\u4e1c_mobile_web,", "cells.csv")
    broken.put("cells.csv", broken.text("cells.csv").replace("元", "万元").encode("gb18030"))
    finding = broken.only()
    assert place_of(finding)[:2] == ("cells.csv", 1)
    assert "CSV UTF-8" in str(finding.hint)


def test_csv_row_of_another_width(broken: Broken) -> None:
    broken.replace("12000,300,year,", "12 000,3,00,year,", "cells.csv")
    finding = broken.only()
    assert place_of(finding) == ("cells.csv", 2, 1)
    assert str(finding.message) == "the row has 15 fields, the header has 14"


def test_csv_with_an_open_quote(broken: Broken) -> None:
    broken.replace("west_mobile_hall,west", '"west_mobile_hall,west', "cells.csv")
    finding = broken.only()
    assert place_of(finding) == ("cells.csv", 5, 1)
    assert "is not valid CSV" in str(finding.message)


def test_csv_with_a_nul(broken: Broken) -> None:
    broken.replace("west_mobile_hall,west", "west_mobile\0hall,west", "cells.csv")
    finding = broken.only()
    assert place_of(finding) == ("cells.csv", 5, 1)
    assert "NUL" in str(finding.message)


def test_csv_that_is_empty(broken: Broken) -> None:
    broken.put("cells.csv", "\n\n")
    assert str(broken.only().message) == "the table is empty"


@pytest.mark.parametrize(
    ("header", "column", "message"),
    [
        ("potential,potential", 13, "the column potential stands twice; first as column 12"),
        ("potential,", 13, "a column has no usable name"),
        ("potentiall", 12, "the column potentiall is not known"),
        ("potential,weight", 13, "the column weight holds several values"),
        ("potential [千户]", 12, "the unit 千户 of column potential is not known"),
        ("potential,weight.bundle.x", 13, "the column weight.bundle.x is not known"),
    ],
)
def test_csv_header(broken: Broken, header: str, column: int, message: str) -> None:
    lines = broken.text("cells.csv").splitlines()
    commas = "," * header.count(",")
    names = lines[0].replace(",potential,last_year_volume,weight.bundle", f",{header}")
    rows = [line.rsplit(",", 2)[0] + commas for line in lines[1:]]
    broken.put("cells.csv", "\n".join([names, *rows]))
    finding = broken.findings()[0]
    assert place_of(finding) == ("cells.csv", 1, column)
    assert str(finding.message) == message


def test_csv_without_the_identifier(broken: Broken) -> None:
    broken.replace("id,unit", "name,unit", "cells.csv")
    messages = [str(finding.message) for finding in broken.findings()]
    assert "the table has no column 'id'" in messages


def test_csv_that_lacks_a_column_is_told_once(broken: Broken) -> None:
    lines = [line.split(",") for line in broken.text("placements.csv").splitlines()]
    broken.put("placements.csv", "\n".join(",".join([*line[:12], *line[13:]]) for line in lines))
    finding = broken.only()
    assert place_of(finding) == ("placements.csv", 1, 1)
    assert str(finding.message) == "the key upper is missing"


def test_xlsx_that_is_not_one(broken: Broken) -> None:
    broken.put("cells.xlsx", b"id,unit\n").replace("cells.csv", "cells.xlsx")
    finding = broken.only()
    assert place_of(finding) == ("cells.xlsx", 1, 1)
    assert "not a readable xlsx workbook" in str(finding.message)


def test_xlsx_that_is_another_archive(broken: Broken) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("hello.txt", "hello")
    broken.put("cells.xlsx", stream.getvalue()).replace("cells.csv", "cells.xlsx")
    assert "not a readable xlsx workbook" in str(broken.only().message)


def test_xlsx_that_is_cut_off(broken: Broken) -> None:
    content = workbook(cells_as_rows(broken))
    broken.put("cells.xlsx", content[: len(content) // 2]).replace("cells.csv", "cells.xlsx")
    assert "not a readable xlsx workbook" in str(broken.only().message)


def test_xlsx_that_unpacks_to_too_much(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_table, "MAX_EXPANDED_BYTES", 1000)
    broken.put("cells.xlsx", workbook(cells_as_rows(broken))).replace("cells.csv", "cells.xlsx")
    assert "unpacks to more than" in str(broken.only().message)


def test_xlsx_with_several_sheets_needs_a_name(broken: Broken) -> None:
    book = workbook(cells_as_rows(broken), sheets=("cells", "notes"))
    broken.put("cells.xlsx", book).replace("cells.csv", "cells.xlsx")
    finding = broken.only()
    assert str(finding.hint) == "Add 'sheet:' with one of: cells, notes."


def test_xlsx_without_the_sheet(broken: Broken) -> None:
    book = workbook(cells_as_rows(broken), sheets=("cells", "notes"))
    broken.put("cells.xlsx", book).replace("{file: cells.csv}", "{file: cells.xlsx, sheet: cell}")
    finding = broken.only()
    assert place_of(finding) == broken.place("sheet: ^cell}")
    assert str(finding.hint) == "Did you mean cells?"


def test_sheet_of_a_csv(broken: Broken) -> None:
    broken.replace("{file: cells.csv}", "{file: cells.csv, sheet: cells}")
    finding = broken.only()
    assert place_of(finding) == broken.place("sheet: ^cells}")
    assert str(finding.message) == "'sheet' is given, but cells.csv has no sheets"


def test_xlsx_cell_with_an_error(broken: Broken) -> None:
    rows = cells_as_rows(broken)
    rows[4][5] = "#DIV/0!"
    broken.put("cells.xlsx", workbook(rows)).replace("cells.csv", "cells.xlsx")
    finding = broken.only()
    assert place_of(finding) == ("cells.xlsx", 5, 6)
    assert str(finding.message) == "the cell holds the error #DIV/0!"


def test_xlsx_formula_that_nobody_computed(broken: Broken) -> None:
    rows = cells_as_rows(broken)
    rows[4][5] = "=100+100"
    broken.put("cells.xlsx", workbook(rows)).replace("cells.csv", "cells.xlsx")
    finding = broken.only()
    assert place_of(finding) == ("cells.xlsx", 5, 6)
    assert str(finding.message) == "the formula has no stored result"


def test_folder_without_a_scenario(tmp_path: Path) -> None:
    (finding,) = check_scenario(tmp_path)
    assert "there is no scenario at" in str(finding.message)
    with pytest.raises(ScenarioError):
        load_scenario(tmp_path)
    with pytest.raises(ScenarioError):
        variants_of(tmp_path)


@pytest.mark.parametrize("path", ["", "no/such", "x\0y", "a" * 5000])
def test_path_that_leads_nowhere(path: str) -> None:
    assert check_scenario(path)


def test_scenario_that_may_not_be_read(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "cannot be read: Permission denied" in str(broken.only().message)


def test_name_of_no_scenario_suggests_a_near_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allocopt.scenario.bundled._bundled", lambda: {"telecom_city": Path()})
    with pytest.raises(UsageError, match="did you mean the bundled telecom_city"):
        find_scenario("telecom_ctiy")
    with pytest.raises(UsageError, match="one of: telecom_city"):
        find_scenario("xyz")


def test_limits_are_what_the_documentation_says() -> None:
    assert files.MAX_YAML_BYTES == 20_000_000
    assert files.MAX_TABLE_BYTES == 200_000_000
