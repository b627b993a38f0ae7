"""Run directories: a plan written whole or not at all, and read back exactly."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from allocopt.errors import RunError
from allocopt.plan.columns import TABLES
from allocopt.plan.csv_files import run_error, sha256, shown, table_bytes
from allocopt.plan.decision_files import DECISION_FILES, decision_bytes
from allocopt.plan.header import FORMAT, RUN_FILE, SCHEMA_VERSION, naming
from allocopt.plan.json_values import finding_out, json_bytes, number_out
from allocopt.plan.marks import PROVENANCE_COLUMNS, PROVENANCE_FILE
from allocopt.plan.parquet import PARQUET_FILE, measures_parquet, worth_parquet
from allocopt.plan.plan import Plan, PlanStatus, Provenance
from allocopt.plan.readme import README_FILE, readme
from allocopt.plan.result_files import (
    LEDGER_FILE,
    LINES_FILE,
    MEASURES_FILE,
    OBJECTIVE_FILE,
    ledger_bytes,
    lines_bytes,
    measures_bytes,
    objective_bytes,
)
from allocopt.plan.stored import StoredRun, read_run
from allocopt.plan.wording import objective_unit
from allocopt.scenario.resolved import RESOLVED_FILE, leaf_provenance, resolved_yaml
from allocopt.text import T

VIEWS = ("targets", "gaps", "units", "expenses", "ratios")
"""Tables that are written for readers beside what the run is read back from."""

_LONGEST_SLUG = 48


def save_plan(plan: Plan, folder: str | Path | None = None, *, root: str | Path = "runs") -> Path:
    """Write ``plan`` as a run directory and return its path.

    Parameters
    ----------
    plan : Plan
    folder : str or Path or None
        The run directory; named after time, scenario, model and content in ``root`` when
        None.
    root : str or Path

    Returns
    -------
    Path

    Raises
    ------
    RunError
        If the directory exists already, or cannot be written; nothing is left behind.
    """
    contents = dict(run_files(plan))
    contents[RUN_FILE] = json_bytes(_run_record(plan, contents))
    place = Path(root) / run_name(plan, contents) if folder is None else Path(folder)
    _write(place, contents)
    return place


def load_plan(folder: str | Path) -> Plan:
    """Return the plan of a run directory, as it was saved; nothing is solved again.

    Raises
    ------
    RunError
        With file and line, if the run is missing or cannot be read.
    """
    stored = read_run(folder)
    header = stored.header
    if header.status not in list(PlanStatus):
        with naming(folder):
            raise run_error(RUN_FILE, 0, T("{found} is no status", found=shown(header.status)))
    return Plan(
        scenario=stored.scenario,
        problem=stored.problem,
        status=PlanStatus(header.status),
        stop=header.stop,
        objective=header.objective,
        bound=header.bound,
        gap=header.gap,
        parts=tuple(part.part for part in stored.parts),
        decisions=stored.decisions,
        measures=stored.measures.values,
        lines=tuple(line.result for line in stored.lines),
        remarks=stored.remarks,
        provenance=_provenance(stored),
        seconds=header.seconds,
    )


def _provenance(stored: StoredRun) -> Provenance:
    header = stored.header
    return Provenance(
        scenario=header.scenario,
        variant=header.variant,
        overrides=header.overrides,
        inputs={file.name: file.sha256 for file in header.inputs},
        model=header.model,
        model_sha256=header.model_sha256,
        decides=header.decides,
        options=header.options,
        versions=header.versions,
        created=header.created,
    )


def run_files(plan: Plan) -> Iterator[tuple[str, bytes]]:
    """Yield (name, content) of every file of a run but ``run.json``."""
    problem = plan.problem
    yield README_FILE, readme(plan).encode()
    yield RESOLVED_FILE, resolved_yaml(plan.scenario).encode()
    yield PROVENANCE_FILE, table_bytes(PROVENANCE_COLUMNS, leaf_provenance(plan.scenario))
    for file in DECISION_FILES:
        yield file.name, decision_bytes(problem, plan.decisions, file)
    yield MEASURES_FILE, measures_bytes(problem, plan.measures)
    yield LINES_FILE, lines_bytes(problem, plan.lines)
    yield OBJECTIVE_FILE, objective_bytes(problem, plan.parts, plan.provenance.decides)
    yield LEDGER_FILE, ledger_bytes(problem, plan.ledger)
    for name in VIEWS:
        columns = TABLES[name](plan)
        yield f"tables/{name}.csv", table_bytes(tuple(columns), zip(*columns.values(), strict=True))
    if worth_parquet(plan.measures):
        yield PARQUET_FILE, measures_parquet(problem, plan.measures)


def run_name(plan: Plan, contents: Mapping[str, bytes]) -> str:
    """Return ``<utc>-<slug>-<hash8>``: when, what, and a hash of what went in and came out.

    The hash covers scenario, model, options and decisions, so that equal plans show it.
    """
    provenance = plan.provenance
    names = (RESOLVED_FILE, *(file.name for file in DECISION_FILES))
    settings = json_bytes([provenance.model_sha256, dict(provenance.options)])
    digest = sha256(settings + b"".join(contents[name] for name in names))
    about = (provenance.scenario, provenance.variant, provenance.model)
    stamp = re.sub(r"[^0-9T]", "", provenance.created.split("+")[0])
    return f"{stamp}Z-{slug('-'.join(part for part in about if part))}-{digest[:8]}"


def slug(text: str) -> str:
    """Return ``text`` as part of a folder name: ASCII letters, digits, ``_`` and ``-``."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", text).strip("-")[:_LONGEST_SLUG] or "plan"


def _run_record(plan: Plan, contents: Mapping[str, bytes]) -> dict[str, object]:
    provenance = plan.provenance
    title, unit = plan.problem.title, objective_unit(plan.problem, provenance.decides)
    return {
        "format": FORMAT,
        "schema_version": SCHEMA_VERSION,
        "scenario": {
            "id": provenance.scenario,
            "title": {"zh": title.zh, "en": title.en},
            "variant": provenance.variant,
            "overrides": list(provenance.overrides),
        },
        "model": {
            "name": provenance.model,
            "sha256": provenance.model_sha256,
            "decides": list(provenance.decides),
        },
        "status": str(plan.status),
        "stop": plan.stop,
        "objective": number_out(plan.objective),
        "bound": number_out(plan.bound),
        "counted_in": {"zh": unit.zh, "en": unit.en},
        "gap": number_out(plan.gap),
        "options": dict(provenance.options),
        "seeds": {"solver": provenance.options.get("seed")},
        "versions": dict(provenance.versions),
        "inputs": [asdict(file) for file in plan.scenario.files],
        "created": provenance.created,
        "seconds": dict(plan.seconds),
        "remarks": [finding_out(finding) for finding in plan.remarks],
        "files": {name: sha256(content) for name, content in contents.items()},
    }


def _write(place: Path, contents: Mapping[str, bytes]) -> None:
    """Write ``contents`` under a temporary name and rename it when it is complete."""
    draft = place.with_name(f".{place.name}.{os.getpid()}.unfinished")
    try:
        if place.exists() or place.is_symlink():
            message = T("{place} exists already; a run is never overwritten", place=place.name)
            raise RunError(message)
        draft.mkdir(parents=True)
        for name, content in contents.items():
            path = draft / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        draft.rename(place)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        text = T(
            "the run {place} cannot be written: {reason}",
            place=shown(place.name),
            reason=reason or type(error).__name__,
        )
        raise RunError(text) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
