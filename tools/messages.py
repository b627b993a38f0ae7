"""Keep the Chinese catalog in step with the code: extract, update, compile, list what lacks.

    python tools/messages.py            update and compile; exit code 1 if a message lacks Chinese
    python tools/messages.py --check    the same without writing anything

A message is the first argument of ``T("...")`` anywhere in ``src``, or the first line of a
bundled model's docstring. Chinese goes into the .po file, by hand or with any .po editor.
"""

import ast
import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCES = (ROOT / "src" / "allocopt", ROOT / "models")
FOLDER = ROOT / "src" / "allocopt" / "locale" / "zh_CN" / "LC_MESSAGES"
PO, MO = FOLDER / "allocopt.po", FOLDER / "allocopt.mo"

# A catalog that says when it was made would differ after every run.
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)


def messages(source: str) -> Iterator[str]:
    """Yield the templates of every ``T("...")`` in a module's text."""
    for node in ast.walk(ast.parse(source)):
        is_mark = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if is_mark and node.func.id == "T" and node.args:
            template = node.args[0]
            if isinstance(template, ast.Constant) and isinstance(template.value, str):
                yield template.value
            else:
                where = f"line {node.lineno}: T() needs a literal, so that it can be translated"
                raise SystemExit(where)


def summary(source: str) -> str:
    """Return the first line of a module's docstring, braces doubled as templates want it."""
    lines = (ast.get_docstring(ast.parse(source)) or "").splitlines()
    return lines[0].replace("{", "{{").replace("}", "}}") if lines else ""


def extracted() -> dict[str, set[str]]:
    """Return message -> files that it stands in."""
    found: dict[str, set[str]] = {}
    for folder in SOURCES:
        for path in sorted(folder.rglob("*.py")):
            source = path.read_text(encoding="utf-8")
            own = [message for message in messages(source) if message]
            if folder.name == "models" and path.name != "__init__.py":
                own.append(summary(source))
            for message in own:
                found.setdefault(message, set()).add(path.relative_to(ROOT).as_posix())
    return found


def updated(known: Catalog, found: dict[str, set[str]]) -> Catalog:
    """Return a catalog of exactly the messages found, with the Chinese that is known."""
    catalog = Catalog(
        locale="zh_CN",
        project="allocopt",
        charset="utf-8",
        fuzzy=False,
        creation_date=_NO_DATE,
        revision_date=_NO_DATE,
        last_translator="allocopt",
        header_comment="# Chinese (simplified) wording of every message; see tools/messages.py.",
    )
    for message in sorted(found, key=lambda one: (sorted(found[one]), one)):
        before = known.get(message)
        chinese = before.string if before is not None else ""
        entry = catalog.add(message, chinese, [(file, None) for file in sorted(found[message])])
        entry.flags.discard("python-format")
    return catalog


def po_bytes(catalog: Catalog) -> bytes:
    """Return the catalog as the text that translators edit."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=100, include_lineno=False)
    return buffer.getvalue()


def mo_bytes(catalog: Catalog) -> bytes:
    """Return the catalog as gettext reads it."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def fields(template: str) -> set[tuple[str, str, str]]:
    """Return the fields of a template: name, conversion, format."""
    return {
        (name, conversion or "", form or "")
        for _, name, form, conversion in Formatter().parse(template)
        if name is not None
    }


def complaints(catalog: Catalog) -> list[str]:
    """Return what is wrong with the Chinese, one sentence each."""
    found = []
    for entry in catalog:
        if not entry.id:
            continue
        if not entry.string:
            found.append(f"no Chinese: {entry.id}")
        elif fields(str(entry.id)) != fields(str(entry.string)):
            found.append(f"other fields: {entry.id} / {entry.string}")
    return found


def stored() -> Catalog:
    """Return the catalog as it is in the repository."""
    if not PO.is_file():
        return Catalog(locale="zh_CN")
    return read_po(io.BytesIO(PO.read_bytes()), locale="zh_CN")


def main(arguments: list[str]) -> int:
    """Update (or only check) the catalog and return the exit code."""
    catalog = updated(stored(), extracted())
    faults = complaints(catalog)
    contents = {PO: po_bytes(catalog), MO: mo_bytes(catalog)}
    for path, content in contents.items():
        if "--check" not in arguments:
            FOLDER.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        elif not path.is_file() or path.read_bytes() != content:
            faults.append(f"not current: {path.relative_to(ROOT)}; run python tools/messages.py")
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    sys.stdout.write(f"{len(catalog)} messages, {len(faults)} complaints\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
