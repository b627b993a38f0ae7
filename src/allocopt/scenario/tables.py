"""Sections whose rows stand in a CSV or xlsx file: ``{file: x.csv, sheet: S, rows: [...]}``."""

import importlib
from pathlib import Path, PurePosixPath

from allocopt.scenario.csv_table import csv_records
from allocopt.scenario.files import MAX_TABLE_BYTES, Files, inside
from allocopt.scenario.merge import merged_items
from allocopt.scenario.records import Records, table_rows
from allocopt.scenario.schema.scenario import ScenarioSchema
from allocopt.scenario.shape import TABLE_SECTIONS, Shape, item_of, stepped
from allocopt.scenario.tree import Branch, Broken, Items, Leaf, Mark, Node
from allocopt.scenario.wording import did_you_mean, shown
from allocopt.text import T, Text

_KEYS = ("file", "sheet", "rows")


def with_tables(root: Branch, folder: Path, files: Files) -> Branch:
    """Return ``root`` with the rows of every table in the place of its ``file``.

    Parameters
    ----------
    root : Branch
        Top of a scenario file or of an overlay.
    folder : Path
        Table names are relative to it and stay inside.
    files : Files
    """
    entries = dict(root.entries)
    for name, node in root.entries.items():
        shape = stepped(ScenarioSchema, name)
        if name in TABLE_SECTIONS:
            entries[name] = _section(node, item_of(shape), folder, files=files, path=name)
        elif name == "trees" and isinstance(node, Items):
            entries[name] = _trees(node, item_of(shape), folder, files)
    return Branch(entries, root.key_marks, root.mark)


def _trees(trees: Items, shape: Shape, folder: Path, files: Files) -> Items:
    nodes = []
    for tree in trees.nodes:
        if isinstance(tree, Branch) and "nodes" in tree.entries:
            row = item_of(stepped(shape, "nodes"))
            rows = _section(tree.entries["nodes"], row, folder, files=files, path="trees")
            tree = Branch({**tree.entries, "nodes": rows}, tree.key_marks, tree.mark)
        nodes.append(tree)
    return Items(tuple(nodes), trees.mark, trees.incomplete)


def _section(node: Node, shape: Shape, folder: Path, *, files: Files, path: str) -> Node:
    if not isinstance(node, Branch):
        return node
    unknown = [key for key in node.entries if key not in _KEYS]
    for key in unknown:
        message = T("the key {key} is not known in a table section", key=shown(key))
        files.notes.error(node.key_marks[key], message, did_you_mean(key, _KEYS), path=path)
    rows = node.entries.get("rows")
    if "file" not in node.entries:
        return rows or (Broken(node.mark) if unknown else _missing(node, files, path))
    table = _table(node, shape, folder, files=files, path=path)
    if not isinstance(table, Items) or rows is None:
        return table
    if not isinstance(rows, Items):
        return _refused(files, rows.mark, T("'rows' is not a list"), path=path)
    return merged_items(table, rows, files.notes, path)


def _missing(node: Branch, files: Files, path: str) -> Broken:
    return _refused(
        files, node.mark, T("a mapping was found, a list of rows is expected"), path=path
    )


def _refused(files: Files, mark: Mark, message: Text, *, path: str) -> Broken:
    hint = T("Write a list of rows, or 'file: NAME.csv' (xlsx also 'sheet: NAME').")
    files.notes.error(mark, message, hint, path=path)
    return Broken(mark)


def _table(node: Branch, shape: Shape, folder: Path, *, files: Files, path: str) -> Node:
    leaf = node.entries["file"]
    if not isinstance(leaf, Leaf) or not isinstance(leaf.value, str):
        return _refused(files, leaf.mark, T("'file' is not the name of a table"), path=path)
    target = _target(leaf.value, folder)
    if target is None:
        files.notes.error(
            leaf.mark,
            T("the table {file} lies outside the scenario folder", file=shown(leaf.value)),
            T("Copy it into the scenario folder and give its name relative to it."),
            path=path,
        )
        return Broken(leaf.mark)
    records = _records(target, leaf.mark, node.entries.get("sheet"), files=files, path=path)
    if records is None:
        return Broken(leaf.mark)
    return table_rows(records, shape, files.notes)


def _target(name: str, folder: Path) -> Path | None:
    """Return the file that ``name`` means, or ``None`` if it leaves the folder."""
    pure = PurePosixPath(name)
    foreign = "\\" in name or ":" in name or "\0" in name
    if foreign or pure.is_absolute() or ".." in pure.parts or not pure.parts:
        return None
    target = folder.joinpath(*pure.parts)
    return target if inside(target, folder) else None


def _records(
    target: Path, mark: Mark, sheet: Node | None, *, files: Files, path: str
) -> Records | None:
    kind = target.suffix.lower()
    if kind == ".csv" and sheet is not None:
        message = T("'sheet' is given, but {file} has no sheets", file=shown(target.name))
        files.notes.error(
            sheet.mark, message, T("Remove 'sheet', or name an xlsx file."), path=path
        )
        return None
    if kind == ".csv":
        text = files.read_text(target, mark, at_most=MAX_TABLE_BYTES)
        return None if text is None else csv_records(text, files.name_of(target), files.notes)
    if kind != ".xlsx":
        message = T("the table {file} is neither .csv nor .xlsx", file=shown(target.name))
        files.notes.error(mark, message, T("Save it as CSV UTF-8 or as xlsx."), path=path)
        return None
    content = files.read(target, mark, at_most=MAX_TABLE_BYTES)
    if content is None:
        return None
    # loaded here: the xlsx library doubles the start-up time and most scenarios have no workbook
    reader = importlib.import_module("allocopt.scenario.xlsx_table")
    found: Records | None = reader.xlsx_records(content, files.name_of(target), sheet, files.notes)
    return found
