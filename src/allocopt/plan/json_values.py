"""JSON of a run: numbers that may be missing, messages with their values, typed reading."""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Any

from allocopt.errors import RunError
from allocopt.findings import Finding, Severity
from allocopt.plan.csv_files import run_error, shown
from allocopt.text import Bilingual, Language, T, Text

_DEEPEST = 50
_SPEC = re.compile(r"[,+]?(?:\.\d{1,2})?[a-z%]?", re.ASCII)


def json_bytes(value: object) -> bytes:
    """Return ``value`` as the content of a JSON file."""
    return (json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


def number_out(value: float) -> float | str | None:
    """Return a number as JSON can hold it: NaN is null, infinity a word."""
    if math.isnan(value):
        return None
    return value if math.isfinite(value) else str(value)


@dataclass(frozen=True)
class Entry:
    """A value of a JSON file with the path that messages show.

    Attributes
    ----------
    value : Any
    file, path : str
    """

    value: Any
    file: str
    path: str = ""

    def at(self, key: str) -> "Entry":
        """Return the value of ``key``.

        Raises
        ------
        RunError
            If this is no object, or the key is missing.
        """
        found = self.object()
        if key not in found:
            raise self._error(T("{key} is missing", key=f"{self.path}{key}"))
        return Entry(found[key], self.file, f"{self.path}{key}.")

    def object(self) -> Mapping[str, Any]:
        """Return the value, an object."""
        if not isinstance(self.value, dict):
            raise self._wrong(T("an object"))
        return self.value

    def has(self, key: str) -> bool:
        """Return whether this is an object with ``key``."""
        return key in self.object()

    def entries(self) -> list["Entry"]:
        """Return the elements of a list."""
        if not isinstance(self.value, list):
            raise self._wrong(T("a list"))
        return [Entry(v, self.file, f"{self.path}{n}.") for n, v in enumerate(self.value)]

    def text(self) -> str:
        """Return the value, a text."""
        if not isinstance(self.value, str):
            raise self._wrong(T("a text"))
        return self.value

    def optional_text(self) -> str | None:
        """Return the value, a text or null."""
        return None if self.value is None else self.text()

    def texts(self) -> tuple[str, ...]:
        """Return the value, a list of texts."""
        return tuple(entry.text() for entry in self.entries())

    def number(self) -> float:
        """Return the value, a number; NaN for null."""
        if self.value is None:
            return math.nan
        if self.value in ("inf", "-inf"):
            return float(self.value)
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            raise self._wrong(T("a number"))
        return self.value

    def whole(self) -> int:
        """Return the value, a whole number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self._wrong(T("a whole number"))
        return self.value

    def map_of_texts(self) -> dict[str, str]:
        """Return the value, an object of texts."""
        return {key: self.at(key).text() for key in self.object()}

    def map_of_numbers(self) -> dict[str, float]:
        """Return the value, an object of numbers."""
        return {key: self.at(key).number() for key in self.object()}

    def bilingual(self) -> Bilingual:
        """Return the value, a wording in both languages."""
        return Bilingual(zh=self.at("zh").text(), en=self.at("en").text())

    def _wrong(self, expected: Text) -> RunError:
        found = shown(json.dumps(self.value, ensure_ascii=False))
        return self._error(
            T(
                "{path} is {found}, expected is {expected}",
                path=self.path.rstrip("."),
                found=found,
                expected=expected,
            )
        )

    def _error(self, reason: Text) -> RunError:
        return run_error(self.file, 0, reason)


def read_json(text: str, file: str) -> Entry:
    """Return the content of a JSON file.

    Raises
    ------
    RunError
        With the line at which it is no JSON.
    """
    try:
        return Entry(json.loads(text, parse_constant=_refuse), file)
    except json.JSONDecodeError as error:
        raise run_error(file, error.lineno, T("this is no JSON: {why}", why=error.msg)) from error
    except (ValueError, RecursionError) as error:
        raise run_error(file, 0, T("this is no JSON: {why}", why=type(error).__name__)) from error


def _refuse(found: str) -> float:
    raise ValueError(found)


def finding_out(finding: Finding) -> dict[str, object]:
    """Return a finding as JSON: readable in both languages, and as it was made."""
    return {
        "severity": str(finding.severity),
        "zh": f"{finding.message.render(Language.CHINESE)}",
        "en": f"{finding.message.render(Language.ENGLISH)}",
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "path": finding.path,
        "message": text_out(finding.message),
        "hint": text_out(finding.hint),
    }


def finding_in(entry: Entry) -> Finding:
    """Return the finding that `finding_out` wrote.

    Raises
    ------
    RunError
        If it was edited beyond reading.
    """
    severity = entry.at("severity").text()
    if severity not in list(Severity):
        raise run_error(entry.file, 0, T("{found} is no severity", found=shown(severity)))
    return Finding(
        severity=Severity(severity),
        message=text_in(entry.at("message")),
        hint=text_in(entry.at("hint")),
        file=entry.at("file").text(),
        line=entry.at("line").whole(),
        column=entry.at("column").whole(),
        path=entry.at("path").text(),
    )


def text_out(text: Text) -> dict[str, object]:
    """Return a message as JSON: its template and values."""
    return {"template": text.template, "values": {k: _value_out(v) for k, v in text.values}}


def _value_out(value: object) -> object:
    if isinstance(value, Text):
        return text_out(value)
    if isinstance(value, Bilingual):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, float):
        return {"number": number_out(float(value))}
    return value if isinstance(value, (int, str)) else str(value)


def text_in(entry: Entry, depth: int = 0) -> Text:
    """Return the message that `text_out` wrote.

    Raises
    ------
    RunError
        If it was edited beyond reading.
    """
    if depth > _DEEPEST:
        raise run_error(entry.file, 0, T("messages are nested too deeply"))
    values = entry.at("values")
    pairs = tuple((key, _value_in(values.at(key), depth + 1)) for key in values.object())
    text = Text(entry.at("template").text(), pairs)
    try:
        _require_plain_fields(text)
        text.render()
    except (LookupError, ValueError, AttributeError, TypeError) as error:
        raise run_error(
            entry.file, 0, T("the message {found} cannot be filled", found=shown(text.template))
        ) from error
    return text


def _require_plain_fields(text: Text) -> None:
    """Refuse a template whose fields reach into its values, or would fill memory with blanks."""
    for _, name, spec, _ in Formatter().parse(text.template):
        if name is not None and not (name.isidentifier() and _SPEC.fullmatch(spec or "")):
            raise ValueError(name)


def _value_in(entry: Entry, depth: int) -> object:
    if not isinstance(entry.value, dict):
        return entry.value if isinstance(entry.value, (int, str)) else str(entry.value)
    if "template" in entry.value:
        return text_in(entry, depth)
    return entry.at("number").number() if "number" in entry.value else entry.bilingual()
