"""A comparison as a folder: plans as runs, comparison.json, figures; whole or not at all."""

import os
import shutil
from pathlib import Path

from allocopt.cli.session import Session
from allocopt.errors import RunError
from allocopt.plan.json_values import json_bytes
from allocopt.plan.rundir import save_plan
from allocopt.report.comparison_figure import figures_of
from allocopt.report.lettering import lettering
from allocopt.simulation.comparison import Comparison
from allocopt.simulation.comparison_record import comparison_record
from allocopt.text import T

COMPARISON_FILE = "comparison.json"
_DPI = 110


def save_comparison(session: Session, found: Comparison, folder: Path) -> None:
    """Write a comparison into a folder that is not there yet.

    Parameters
    ----------
    session : Session
    found : Comparison
    folder : Path

    Raises
    ------
    RunError
        If it cannot be written; nothing is left then.
    """
    draft = folder.with_name(f".{folder.name}.{os.getpid()}.unfinished")
    try:
        draft.mkdir(parents=True)
        for one in found.plans:
            save_plan(one.plan, draft / "plans" / one.name)
        (draft / COMPARISON_FILE).write_bytes(json_bytes(comparison_record(found)))
        words = lettering(session.language)
        for name, draw in figures_of(found).items():
            draw(found, words).savefig(draft / name, dpi=_DPI)
        draft.rename(folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        text = T("{file} cannot be written: {reason}", file=folder.as_posix(), reason=reason)
        raise RunError(text) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
