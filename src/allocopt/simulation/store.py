"""Stress reports beside the plan they are of: written whole or not at all, read back exactly."""

import os
from dataclasses import asdict
from pathlib import Path

from allocopt.errors import AllocoptError, RunError
from allocopt.plan.csv_files import decoded, read_bytes, sha256, shown
from allocopt.plan.decision_files import DECISION_FILES
from allocopt.plan.header import naming
from allocopt.plan.json_values import Entry, json_bytes, number_out, read_json
from allocopt.scenario.schema.uncertainty import Precision
from allocopt.simulation.columns import DrawnColumns
from allocopt.simulation.report import (
    Address,
    BreakPart,
    FanRow,
    LineBreak,
    LineOutlook,
    MeasureOutlook,
    Pull,
    StressOutcome,
    StressReport,
)
from allocopt.text import T

STRESS_FILE = "stress.json"
PARTS = ".stress-parts"
"""Folder of what a test has played so far, beside the report."""
FORMAT = "allocopt stress"
VERSION = 2


def report_record(report: StressReport) -> dict[str, object]:
    """Return the report as plain values, the form that ``--json`` prints."""
    return {
        "draws": report.draws,
        "replicates": report.replicates,
        "seed": report.seed,
        "lines": [numbers_out(asdict(line)) for line in report.lines],
        "measures": [numbers_out(asdict(measure)) for measure in report.measures],
        "fan": [numbers_out(asdict(row)) for row in report.fan],
        "drivers": [numbers_out(asdict(pull)) for pull in report.pulls],
        "stresses": [_stress_out(one) for one in report.stresses],
        "breaks": [_break_out(one) for one in report.breaks],
        "worst": [asdict(address) for address in report.worst],
        "impossible": dict(report.impossible),
        "precision": report.precision.model_dump(),
        "precision_reached": report.precision_reached,
        "seconds": report.seconds,
        "resumed": report.resumed,
        "damaged": list(report.damaged),
    }


def numbers_out(record: dict[str, object]) -> dict[str, object]:
    """Return a record with its floats as JSON can write them."""
    return {k: number_out(v) if isinstance(v, float) else v for k, v in record.items()}


def save_report(report: StressReport, folder: str | Path) -> Path:
    """Write a report into the run directory of its plan; an earlier one is replaced.

    Parameters
    ----------
    report : StressReport
    folder : str or Path

    Raises
    ------
    RunError
        If the run cannot be read, or the file cannot be written.
    """
    place = Path(folder)
    with naming(folder):
        record = {
            "format": FORMAT,
            "schema_version": VERSION,
            "decisions": decisions_hash(place),
            **report_record(report),
            "columns": report.columns.to_record(),
        }
    draft = place / f".{STRESS_FILE}.{os.getpid()}.unfinished"
    try:
        draft.write_bytes(json_bytes(record))
        draft.replace(place / STRESS_FILE)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        text = T("{file} cannot be written: {reason}", file=STRESS_FILE, reason=reason)
        raise RunError(text) from error
    finally:
        draft.unlink(missing_ok=True)
    return place / STRESS_FILE


def decisions_hash(folder: Path) -> str:
    """Return a hash of the decisions in a run directory."""
    return sha256(b"".join(read_bytes(folder, file.name) for file in DECISION_FILES))


def load_report(folder: str | Path) -> StressReport:
    """Return the report in a run directory.

    Raises
    ------
    RunError
        If there is none, it cannot be read, or the decisions were changed after it.
    """
    place = Path(folder)
    with naming(folder):
        entry = read_json(decoded(read_bytes(place, STRESS_FILE), STRESS_FILE), STRESS_FILE)
        if entry.at("format").text() != FORMAT or entry.at("schema_version").whole() != VERSION:
            raise RunError(T("{file} is not of this version", file=STRESS_FILE))
        if entry.at("decisions").text() != decisions_hash(place):
            raise RunError(
                T(
                    "{file} is of other decisions than those in the run; stress the plan again",
                    file=STRESS_FILE,
                )
            )
        return _report(entry)


def _report(entry: Entry) -> StressReport:
    wanted = {
        name: None if entry.at("precision").at(name).value is None else number
        for name, number in entry.at("precision").map_of_numbers().items()
    }
    return StressReport(
        lines=tuple(_line(one) for one in entry.at("lines").entries()),
        measures=tuple(_measure(one) for one in entry.at("measures").entries()),
        fan=tuple(_fan(one) for one in entry.at("fan").entries()),
        pulls=tuple(
            Pull(one.at("driver").text(), one.at("outcome").text(), one.at("rank").number())
            for one in entry.at("drivers").entries()
        ),
        stresses=tuple(_stress(one) for one in entry.at("stresses").entries()),
        worst=tuple(
            Address(one.at("replicate").whole(), one.at("index").whole())
            for one in entry.at("worst").entries()
        ),
        impossible={
            name: entry.at("impossible").at(name).whole()
            for name in entry.at("impossible").object()
        },
        draws=entry.at("draws").whole(),
        replicates=entry.at("replicates").whole(),
        seed=entry.at("seed").whole(),
        precision=Precision.model_validate(wanted),
        precision_reached=bool(entry.at("precision_reached").value),
        seconds=entry.at("seconds").number(),
        columns=_columns(entry.at("columns")),
        resumed=entry.at("resumed").whole(),
        damaged=entry.at("damaged").texts(),
        breaks=tuple(_break(one) for one in entry.at("breaks").entries()),
    )


def _columns(entry: Entry) -> DrawnColumns:
    try:
        return DrawnColumns.from_record({name: entry.at(name).value for name in entry.object()})
    except (AllocoptError, KeyError) as error:
        reason = shown(str(error))
        raise RunError(T("{file}: {reason}", file=STRESS_FILE, reason=reason)) from error


def _line(one: Entry) -> LineOutlook:
    return LineOutlook(
        name=one.at("name").text(),
        p_met=one.at("p_met").number(),
        low=one.at("low").number(),
        high=one.at("high").number(),
        cvar_shortfall=one.at("cvar_shortfall").number(),
        p5=one.at("p5").number(),
        p50=one.at("p50").number(),
        p95=one.at("p95").number(),
    )


def _measure(one: Entry) -> MeasureOutlook:
    return MeasureOutlook(
        name=one.at("name").text(),
        mean=one.at("mean").number(),
        low=one.at("low").number(),
        high=one.at("high").number(),
        p5=one.at("p5").number(),
        p50=one.at("p50").number(),
        p95=one.at("p95").number(),
    )


def _fan(one: Entry) -> FanRow:
    return FanRow(
        period=one.at("period").text(),
        p5=one.at("p5").number(),
        p25=one.at("p25").number(),
        p50=one.at("p50").number(),
        p75=one.at("p75").number(),
        p95=one.at("p95").number(),
    )


def _break_out(one: LineBreak) -> dict[str, object]:
    parts = [numbers_out(asdict(part)) for part in one.parts]
    return {**numbers_out(asdict(one)), "parts": parts}


def _break(one: Entry) -> LineBreak:
    return LineBreak(
        line=one.at("line").text(),
        distance=one.at("distance").number(),
        reach=one.at("reach").number(),
        broken=bool(one.at("broken").value),
        lhs=one.at("lhs").number(),
        parts=tuple(
            BreakPart(
                row.at("cause").text(), row.at("deviations").number(), row.at("share").number()
            )
            for row in one.at("parts").entries()
        ),
    )


def _stress_out(one: StressOutcome) -> dict[str, object]:
    totals = {name: number_out(value) for name, value in one.totals.items()}
    return {
        "stress": one.stress,
        "impossible": one.impossible,
        "missed": list(one.missed),
        "measures": [{"name": name, "value": value} for name, value in totals.items()],
    }


def _stress(one: Entry) -> StressOutcome:
    return StressOutcome(
        stress=one.at("stress").text(),
        impossible=one.at("impossible").text(),
        missed=one.at("missed").texts(),
        totals={
            row.at("name").text(): row.at("value").number() for row in one.at("measures").entries()
        },
    )
