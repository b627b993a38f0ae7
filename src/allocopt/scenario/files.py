"""Reading input files: bounded in size, inside their folder, remembered by their hash."""

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from allocopt.scenario.notes import Notes
from allocopt.scenario.tree import Mark
from allocopt.scenario.wording import shown
from allocopt.text import T, Text

MAX_YAML_BYTES = 20_000_000
MAX_TABLE_BYTES = 200_000_000


@dataclass(frozen=True)
class InputFile:
    """A file that a scenario was read from.

    Attributes
    ----------
    name : str
        Relative to the scenario folder, with forward slashes.
    sha256 : str
        Of the content, in hexadecimal.
    bytes : int
        Size.
    """

    name: str
    sha256: str
    bytes: int


class Files:
    """Reads files of one load and remembers each."""

    def __init__(self, folder: Path, notes: Notes) -> None:
        self.folder = folder
        self.notes = notes
        self.seen: dict[str, InputFile] = {}

    def name_of(self, path: Path) -> str:
        """Return the name of ``path`` that findings show."""
        try:
            return path.relative_to(self.folder).as_posix()
        except ValueError:
            above = path.relative_to(self.folder.parent)
            return PurePosixPath("..", above.as_posix()).as_posix()

    def read(self, path: Path, mark: Mark, *, at_most: int) -> bytes | None:
        """Return the content of ``path``, or ``None`` with a finding at ``mark``."""
        name = self.name_of(path)
        try:
            if not path.is_file():
                self._refuse(mark, T("there is no file {file}", file=shown(name)))
                return None
            size = path.stat().st_size
            if size > at_most:
                self._refuse_size(mark, name, at_most)
                return None
            content = path.read_bytes()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            self._refuse(
                mark, T("{file} cannot be read: {reason}", file=shown(name), reason=reason)
            )
            return None
        digest = hashlib.sha256(content).hexdigest()
        self.seen[name] = InputFile(name, digest, len(content))
        return content

    def read_text(self, path: Path, mark: Mark, *, at_most: int) -> str | None:
        """Return the UTF-8 text of ``path``, or ``None`` with a finding."""
        content = self.read(path, mark, at_most=at_most)
        if content is None:
            return None
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = content[: error.start].decode("utf-8-sig")
            column = len(before) - before.rfind("\n")
            self.notes.error(
                Mark(self.name_of(path), before.count("\n") + 1, column),
                T("the file is not UTF-8 text"),
                T("Save it again as UTF-8 (in a spreadsheet: 'CSV UTF-8')."),
            )
            return None

    def _refuse(self, mark: Mark, message: Text) -> None:
        self.notes.error(mark, message, T("Check the name and the permissions of the file."))

    def _refuse_size(self, mark: Mark, name: str, at_most: int) -> None:
        self.notes.error(
            mark,
            T(
                "{file} is larger than {size} MB, which is the limit",
                file=name,
                size=at_most // 1_000_000,
            ),
            T("Keep YAML for structure and put rows in CSV tables; split what is larger."),
        )


def inside(path: Path, folder: Path) -> bool:
    """Return whether ``path``, with all links followed, lies in ``folder``."""
    try:
        return path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):
        return False
