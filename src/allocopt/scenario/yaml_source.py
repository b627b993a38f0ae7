"""YAML text to a tree of nodes: nothing is constructed, every value keeps its place.

The parser's events are folded here, not by a YAML constructor: so the depth is bounded
before anything is built, aliases and tags are refused, duplicate keys are seen with
both places, and plain scalars follow the core schema of YAML 1.2 (``no`` is a text,
``2016-01-01`` too).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
)
from ruamel.yaml.reader import ReaderError

from allocopt.scenario.notes import Notes
from allocopt.scenario.tree import Branch, Broken, Items, Leaf, Mark, Node, Scalar
from allocopt.scenario.wording import shown
from allocopt.text import T

MAX_DEPTH = 40
MAX_EVENTS = 1_000_000

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_LONGEST_NUMBER = 300
_SPECIAL = {".nan": "nan", ".inf": "inf", "+.inf": "inf", "-.inf": "-inf"}


class _StopError(Exception):
    """Reading on makes no sense; the finding has been noted."""


@dataclass
class _Open:
    """A mapping or list whose end has not come yet."""

    mark: Mark
    is_mapping: bool
    entries: dict[str, Node] = field(default_factory=dict)
    key_marks: dict[str, Mark] = field(default_factory=dict)
    nodes: list[Node] = field(default_factory=list)
    key: str | None = None
    key_mark: Mark | None = None

    def closed(self) -> Node:
        if self.is_mapping:
            return Branch(self.entries, self.key_marks, self.mark)
        kept = tuple(node for node in self.nodes if not isinstance(node, Broken))
        return Items(kept, self.mark, incomplete=len(kept) < len(self.nodes))


def plain_scalar(text: str) -> Scalar:
    """Return the value of an unquoted scalar under the core schema of YAML 1.2.

    Numbers too long or too large stay text, so that the field's own check refuses them.
    """
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if len(text) > _LONGEST_NUMBER:
        return text
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return number if isfinite(number := float(text)) else text
    if text.lower() in _SPECIAL:
        return float(_SPECIAL[text.lower()])
    return text


class _Fold:
    """Folds events into nodes; one per file."""

    def __init__(self, file: str, notes: Notes) -> None:
        self.file = file
        self.notes = notes
        self.open: list[_Open] = []
        self.root: Node | None = None
        self.documents = 0

    def mark(self, event: Any) -> Mark:  # noqa: ANN401 - events of the parser are untyped
        place = event.start_mark
        return Mark(self.file, place.line + 1, place.column + 1)

    def take(self, event: Any) -> None:  # noqa: ANN401 - events of the parser are untyped
        if isinstance(event, NodeEvent):
            self._take_node(event)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._place(self.open.pop().closed())
        elif isinstance(event, DocumentStartEvent):
            self._count_document(event)

    def _count_document(self, event: DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            self.notes.error(
                self.mark(event),
                T("a second document starts here, one was expected"),
                T("Remove the '---' line and merge the two."),
            )
            raise _StopError

    def _take_node(self, event: NodeEvent) -> None:
        mark = self.mark(event)
        self._note_specials(event, mark)
        if isinstance(event, ScalarEvent):
            self._take_scalar(event, mark)
            return
        top = self.open[-1] if self.open else None
        if top is not None and top.is_mapping and top.key is None:
            self._refuse_key(mark)
        if isinstance(event, AliasEvent):
            self._place(Broken(mark))
        else:
            self._start(mark, is_mapping=isinstance(event, MappingStartEvent))

    def _note_specials(self, event: Any, mark: Mark) -> None:  # noqa: ANN401 - as above
        if isinstance(event, AliasEvent) or event.anchor is not None:
            self.notes.error(
                mark,
                T("anchors and aliases (& and *) are not allowed"),
                T("Write the value out, or share it by 'extends' or a variant."),
            )
        elif event.tag is not None:
            self.notes.error(
                mark,
                T("the tag {tag} is not allowed", tag=shown(event.tag)),
                T("Remove the tag; a scenario holds plain values only."),
            )

    def _start(self, mark: Mark, *, is_mapping: bool) -> None:
        if len(self.open) >= MAX_DEPTH:
            self.notes.error(
                mark,
                T("the file is nested more than {depth} levels deep", depth=MAX_DEPTH),
                T("A scenario needs fewer than ten levels; look for unclosed brackets."),
            )
            raise _StopError
        self.open.append(_Open(mark, is_mapping))

    def _refuse_key(self, mark: Mark) -> None:
        self.notes.error(
            mark,
            T("a list or mapping stands where a key was expected"),
            T("Keys are plain names; put text with braces or brackets in quotes."),
        )
        raise _StopError

    def _take_scalar(self, event: ScalarEvent, mark: Mark) -> None:
        text = event.value
        top = self.open[-1] if self.open else None
        if any("\ud800" <= character <= "\udfff" for character in text):
            self.notes.error(
                mark,
                T("the text holds half a character (a lone surrogate)"),
                T("Replace the escape sequence by the character itself."),
            )
            raise _StopError
        if top is not None and top.is_mapping and top.key is None:
            top.key, top.key_mark = text, mark
            return
        if not text and top is not None and top.key_mark is not None:
            # the parser puts an empty value where the next one begins
            mark = top.key_mark
        self._place(Leaf(plain_scalar(text) if event.style is None else text, mark))

    def _place(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        top = self.open[-1]
        if not top.is_mapping:
            top.nodes.append(node)
            return
        self._place_entry(top, node)

    def _place_entry(self, top: _Open, node: Node) -> None:
        key, key_mark = top.key or "", top.key_mark or node.mark
        if key in top.entries:
            first = top.key_marks[key]
            self.notes.error(
                key_mark,
                T(
                    "the key {key} stands twice; first in line {line}",
                    key=shown(key),
                    line=first.line,
                ),
                T("Keep one of the two."),
            )
        else:
            top.entries[key] = node
            top.key_marks[key] = key_mark
        top.key = None


def read_yaml(text: str, file: str, notes: Notes) -> Node | None:
    """Return the tree of ``text``; ``None``, with findings in ``notes``, if it cannot be read.

    Parameters
    ----------
    text : str
    file : str
        Name for marks and findings.
    notes : Notes
    """
    fold = _Fold(file, notes)
    try:
        for count, event in enumerate(_events(text)):
            fold.take(event)
            if count > MAX_EVENTS:
                _refuse_length(file, notes)
    except _StopError:
        return None
    except ReaderError as error:
        _note_reader_error(error, text, file, notes)
        return None
    except MarkedYAMLError as error:
        _note_syntax(error, file, notes)
        return None
    except (YAMLError, ValueError, IndexError, AttributeError, AssertionError, TypeError) as error:
        # the parser's own slips on malformed text must not reach the planner as a traceback
        notes.error(
            Mark(file, 1, 1),
            T("the file cannot be read as YAML: {reason}", reason=shown(error)),
            T("Check the file in an editor with YAML support."),
        )
        return None
    if fold.root is None:
        notes.error(Mark(file, 1, 1), T("the file is empty"), T("Write the scenario's sections."))
    return fold.root


def _events(text: str) -> Iterator[Any]:
    parser = YAML(typ="safe", pure=True)
    yield from parser.parse(text)


def _refuse_length(file: str, notes: Notes) -> None:
    notes.error(
        Mark(file, 1, 1),
        T("the file holds more than {count} values", count=MAX_EVENTS),
        T("Put the rows in a CSV file and name it by 'file:'."),
    )
    raise _StopError


def _note_syntax(error: MarkedYAMLError, file: str, notes: Notes) -> None:
    place = error.problem_mark or error.context_mark
    mark = Mark(file, place.line + 1, place.column + 1) if place else Mark(file, 1, 1)
    if "'\\t'" in str(error.problem):
        notes.error(
            mark,
            T("a tab stands where YAML expects spaces"),
            T("Indent with spaces; most editors can replace tabs."),
        )
        return
    notes.error(
        mark,
        T("this is not valid YAML: {reason}", reason=shown(error.problem or error.context)),
        T("Check colons, indentation, quotes and brackets here and in the line above."),
    )


def _note_reader_error(error: ReaderError, text: str, file: str, notes: Notes) -> None:
    before = text[: error.position]
    line = before.count("\n") + 1
    column = len(before) - before.rfind("\n")
    code = error.character if isinstance(error.character, int) else ord(str(error.character)[:1])
    notes.error(
        Mark(file, line, column),
        T("the character {code} is not allowed in YAML", code=f"U+{code:04X}"),
        T("Delete it; it often comes from copying out of another program."),
    )
