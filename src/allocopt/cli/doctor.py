"""``allocopt doctor``: whether this machine is ready to plan."""

import locale
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

import click

from allocopt.cli.failure import Exit
from allocopt.cli.output import paint, say, say_json
from allocopt.cli.session import Session
from allocopt.cli.spoken import SpokenCommand
from allocopt.text import T, Text

_OLDEST = (3, 11)


class Verdict(StrEnum):
    """What a check ended with; only a failure stops work."""

    PASS = "pass"
    WARN = "warn"
    FAIL = "fail"


_MARKS = {
    Verdict.PASS: (T("ok"), "green"),
    Verdict.WARN: (T("warning"), "yellow"),
    Verdict.FAIL: (T("failed"), "red"),
}


@dataclass(frozen=True)
class Diagnosis:
    """Result of one check.

    Attributes
    ----------
    name : str
        For programs.
    verdict : Verdict
    message, hint : Text
    """

    name: str
    verdict: Verdict
    message: Text
    hint: Text = Text("")


def command(session: Session) -> click.Command:
    """Return the command in the session's language."""
    return SpokenCommand(
        session,
        "doctor",
        T(
            "Check Python, packages, the solver, write access, fonts and locale. Exit code 1 if "
            "something that planning needs does not work."
        ),
        callback=partial(_doctor, session),
    )


def _doctor(session: Session) -> int:
    found = []
    for diagnosis in _diagnoses():
        found.append(diagnosis)
        if not session.as_json:
            _show(session, diagnosis)
    failed = any(diagnosis.verdict is Verdict.FAIL for diagnosis in found)
    if session.as_json:
        say_json({"ok": not failed, "checks": [_record(session, each) for each in found]})
    else:
        say(session, T("not ready") if failed else T("ready to plan"))
    return Exit.USAGE if failed else Exit.OK


def _diagnoses() -> Iterator[Diagnosis]:
    yield _python()
    yield from _packages()
    for name, title, check in (
        ("highs_lp", T("HiGHS solves a linear problem"), _lp),
        ("highs_mip", T("HiGHS solves a problem in whole numbers"), _mip),
    ):
        yield _solver(name, title, check)
    yield _writing(Path.cwd())
    yield _font()
    yield _locale()


def _python() -> Diagnosis:
    message = T(
        "Python {version} on {system}", version=platform.python_version(), system=platform.system()
    )
    if sys.version_info >= _OLDEST:
        return Diagnosis("python", Verdict.PASS, message)
    hint = T("allocopt needs Python 3.11 or newer")
    return Diagnosis("python", Verdict.FAIL, message, hint)


def _packages() -> Iterator[Diagnosis]:
    """Yield a check per package that allocopt requires, optional parts left out."""
    for requirement in requires("allocopt") or ():
        wanted, _, marker = requirement.partition(";")
        if "extra" in marker:
            continue
        name = wanted.split(">=")[0].strip()
        try:
            message = T("{package} {version}", package=name, version=version(name))
            yield Diagnosis(f"package_{name}", Verdict.PASS, message)
        except PackageNotFoundError:
            message = T("{package} is not installed", package=name)
            hint = T("install allocopt again with pip")
            yield Diagnosis(f"package_{name}", Verdict.FAIL, message, hint)


def _lp() -> bool:
    from allocopt.solving.probe import probe_lp

    return probe_lp().works


def _mip() -> bool:
    from allocopt.solving.probe import probe_mip

    return probe_mip().works


def _solver(name: str, title: Text, works: Callable[[], bool]) -> Diagnosis:
    hint = T("install highspy and pyomo again; see the message of: python -c 'import highspy'")
    try:
        verdict = Verdict.PASS if works() else Verdict.FAIL
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        return Diagnosis(
            name, Verdict.FAIL, T("{title}: {reason}", title=title, reason=reason), hint
        )
    return Diagnosis(name, verdict, title, Text("") if verdict is Verdict.PASS else hint)


def _writing(folder: Path) -> Diagnosis:
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".allocopt-doctor-"):
            return Diagnosis("write_access", Verdict.PASS, T("this folder can be written"))
    except OSError as error:
        reason = error.strerror or str(error)
        message = T("this folder cannot be written: {reason}", reason=reason)
        hint = T("change to another folder, or name one: solve --out RUN")
        return Diagnosis("write_access", Verdict.WARN, message, hint)


def _font() -> Diagnosis:
    from allocopt.report.fonts import CANDIDATES, chinese_font

    found = chinese_font()
    if found is not None:
        return Diagnosis("chinese_font", Verdict.PASS, T("charts use the font {font}", font=found))
    message = T("no font with Chinese characters was found; charts will speak English")
    hint = T("install one, such as {font}", font=CANDIDATES[0])
    return Diagnosis("chinese_font", Verdict.WARN, message, hint)


def _locale() -> Diagnosis:
    encoding = (sys.stdout.encoding or "ascii").lower()
    name = locale.setlocale(locale.LC_CTYPE, None)
    message = T("locale {name}, output in {encoding}", name=name, encoding=encoding)
    try:
        "万元".encode(encoding)
    except (LookupError, UnicodeEncodeError):
        hint = T("set a UTF-8 locale, or PYTHONUTF8=1, to see Chinese")
        return Diagnosis("locale", Verdict.WARN, message, hint)
    return Diagnosis("locale", Verdict.PASS, message)


def _show(session: Session, diagnosis: Diagnosis) -> None:
    word, color = _MARKS[diagnosis.verdict]
    mark = paint(word.render(session.language), color)
    say(session, T("{word}: {said}", word=mark, said=diagnosis.message))
    if diagnosis.hint.template:
        hint = diagnosis.hint.render(session.language)
        say(session, T("    hint: {hint}", hint=hint))


def _record(session: Session, diagnosis: Diagnosis) -> dict[str, object]:
    return {
        "name": diagnosis.name,
        "verdict": str(diagnosis.verdict),
        "message": diagnosis.message.render(session.language),
        "hint": diagnosis.hint.render(session.language),
    }
