"""From an exception to what the user reads and the exit code a program acts on."""

import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import click

from allocopt.cli.findings_view import finding_lines, tally
from allocopt.cli.output import paint, say, say_json
from allocopt.cli.session import Session
from allocopt.cli.ways_view import way_lines, way_records
from allocopt.errors import (
    AllocoptError,
    CurveError,
    FitError,
    InfeasibleError,
    ScenarioError,
    SolveError,
)
from allocopt.findings import Finding
from allocopt.text import Bilingual, T, Text
from allocopt.waysout import WayOut


class Exit(IntEnum):
    """What a call ended with; programs rely on these numbers."""

    OK = 0
    USAGE = 1
    INVALID = 2
    INFEASIBLE = 3
    LIMIT = 4
    IMPRECISE = 5
    BROKEN = 6
    BUG = 70
    INTERRUPTED = 130


_CODES: tuple[tuple[type[AllocoptError], Exit], ...] = (
    (InfeasibleError, Exit.INFEASIBLE),
    (SolveError, Exit.LIMIT),
    (ScenarioError, Exit.INVALID),
    (CurveError, Exit.INVALID),
    (FitError, Exit.INVALID),
    (AllocoptError, Exit.USAGE),
)


@dataclass(frozen=True)
class Conflict:
    """A line or limit that takes part in making a scenario infeasible.

    Attributes
    ----------
    name : str
    sentence : Bilingual or Text
    bound : str
        What is in force, whatever the sentence says; empty for a limit.
    """

    name: str
    sentence: Bilingual | Text
    bound: str = ""


@dataclass(frozen=True)
class Failure:
    """Why a command could not do its work.

    Attributes
    ----------
    code : Exit
    message, hint : Text
    findings : tuple of Finding
    conflict : tuple of Conflict
    ways : tuple of WayOut
        Ways out of the conflict, verified.
    notes : tuple of Text
        What is to be said about them.
    folder : Path or None
        Where the files of the findings are.
    shown_as : str
        What the user called that folder.
    """

    code: Exit
    message: Text
    hint: Text = Text("")
    findings: tuple[Finding, ...] = ()
    conflict: tuple[Conflict, ...] = ()
    ways: tuple[WayOut, ...] = ()
    notes: tuple[Text, ...] = ()
    folder: Path | None = None
    shown_as: str = ""


def failure_of(error: BaseException) -> Failure:
    """Return what to tell the user about any exception."""
    if isinstance(error, AllocoptError):
        return _of_ours(error)
    if isinstance(error, click.ClickException):
        return Failure(Exit.USAGE, _of_click(error), T("see --help"))
    if isinstance(error, KeyboardInterrupt | click.Abort):
        return Failure(Exit.INTERRUPTED, T("interrupted; nothing was written"))
    if isinstance(error, OSError):
        return Failure(Exit.USAGE, _of_system(error))
    return _of_bug(error)


def _of_ours(error: AllocoptError) -> Failure:
    code = next(code for kind, code in _CODES if isinstance(error, kind))
    findings = error.findings if isinstance(error, ScenarioError) else ()
    names = error.conflict if isinstance(error, InfeasibleError) else ()
    conflict = tuple(Conflict(name, Bilingual("", "")) for name in names)
    return Failure(code, error.text, findings=findings, conflict=conflict)


def _of_click(error: click.ClickException) -> Text:
    if isinstance(error, click.NoSuchOption):
        near = ", ".join(error.possibilities or ())
        if near:
            return T(
                "there is no option {option}; did you mean {near}?",
                option=error.option_name,
                near=near,
            )
        return T("there is no option {option}", option=error.option_name)
    if isinstance(error, click.MissingParameter) and error.param is not None:
        return T("{parameter} is missing", parameter=error.param.make_metavar(_context(error)))
    if isinstance(error, click.BadParameter) and error.param is not None:
        name = error.param.opts[0]
        return T("{parameter}: {reason}", parameter=name, reason=error.message)
    return T("{reason}", reason=error.format_message())


def _context(error: click.UsageError) -> click.Context:
    return error.ctx or click.Context(click.Command(""))


def _of_system(error: OSError) -> Text:
    reason = error.strerror or str(error) or type(error).__name__
    if error.filename is None:
        return T("{reason}", reason=reason)
    return T("{file}: {reason}", file=str(error.filename), reason=reason)


def _of_bug(error: BaseException) -> Failure:
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
    return Failure(
        Exit.BUG,
        T(
            "this is a mistake in allocopt, not in your input: {kind} at {place}: {reason}",
            kind=type(error).__name__,
            place=place,
            reason=str(error),
        ),
        T("please report it with the command; ALLOCOPT_DEBUG=1 shows where it comes from"),
    )


def report(session: Session, failure: Failure) -> int:
    """Tell the user and return the exit code."""
    if session.as_json:
        say_json({"error": _record(session, failure)})
    else:
        for line in _lines(session, failure):
            say(session, line, to_error=True)
    return int(failure.code)


def _record(session: Session, failure: Failure) -> dict[str, object]:
    record: dict[str, object] = {
        "message": failure.message.render(session.language),
        "exit_code": int(failure.code),
    }
    if failure.hint.template:
        record["hint"] = failure.hint.render(session.language)
    if failure.findings:
        record["findings"] = [found.as_record(session.language) for found in failure.findings]
    if failure.ways:
        record["ways_out"] = way_records(failure.ways, session.language)
    if failure.notes:
        record["notes"] = [note.render(session.language) for note in failure.notes]
    if failure.conflict:
        record["conflict"] = [
            {
                "name": row.name,
                "sentence": row.sentence.render(session.language),
                "bound": row.bound or None,
            }
            for row in failure.conflict
        ]
    return record


def _conflict(session: Session, row: Conflict) -> str:
    if not row.bound:
        return row.sentence.render(session.language)
    text = T("{sentence} (in force: {bound})", sentence=row.sentence, bound=row.bound)
    return text.render(session.language)


def _lines(session: Session, failure: Failure) -> Iterator[str]:
    shown_as, folder = failure.shown_as, failure.folder
    yield from finding_lines(session, failure.findings, folder=folder, shown_as=shown_as)
    word = paint(T("error").render(session.language), "red")
    yield T("{word}: {said}", word=word, said=failure.message).render(session.language)
    if failure.findings:
        yield tally(failure.findings).render(session.language)
    if failure.conflict:
        yield T("in conflict with each other:").render(session.language)
        for row in failure.conflict:
            yield f"  {row.name}  {_conflict(session, row)}".rstrip()
    for line in way_lines(failure.ways):
        yield line.render(session.language)
    for note in failure.notes:
        yield note.render(session.language)
    if failure.hint.template:
        yield T("    hint: {hint}", hint=failure.hint.render(session.language)).render(
            session.language
        )
