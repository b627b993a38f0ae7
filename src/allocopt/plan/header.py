"""What ``run.json`` says about a run; needs neither numpy nor the scenario."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from allocopt.errors import NoRunError, RunError
from allocopt.findings import Finding, Severity
from allocopt.plan.csv_files import decoded, read_bytes, run_error, shown
from allocopt.plan.json_values import Entry, number_out, read_json
from allocopt.text import Bilingual, T

RUN_FILE = "run.json"
FORMAT = "allocopt run"
SCHEMA_VERSION = 1
_MAX_BYTES = 50_000_000


@dataclass(frozen=True)
class RunInput:
    """A file that the scenario was read from: name within its folder, SHA-256, size."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class RunHeader:
    """What a run says about itself.

    Attributes
    ----------
    name : str
        Of the folder.
    scenario : str
    title : Bilingual
    variant : str or None
    overrides : tuple of str
    model, model_sha256 : str
    decides : tuple of str
    status, stop : str
        Values of `PlanStatus`, and why the search ended.
    objective, bound, gap : float
        NaN where not known.
    counted_in : Bilingual or None
        Unit of objective and bound, 元 for money; None in runs written before it was kept.
    options : mapping option -> number
    versions : mapping package -> version
    inputs : tuple of RunInput
    created : str
        UTC time, ISO 8601.
    seconds : mapping stage -> seconds
    remarks : Entry
        Findings as they were written, see `allocopt.plan.json_values.finding_in`.
    files : mapping file -> SHA-256 at the time the run was written
    """

    name: str
    scenario: str
    title: Bilingual
    variant: str | None
    overrides: tuple[str, ...]
    model: str
    model_sha256: str
    decides: tuple[str, ...]
    status: str
    stop: str
    objective: float
    bound: float
    gap: float
    counted_in: Bilingual | None
    options: Mapping[str, float]
    versions: Mapping[str, str]
    inputs: tuple[RunInput, ...]
    created: str
    seconds: Mapping[str, float]
    remarks: Entry
    files: Mapping[str, str]

    def as_record(self) -> dict[str, object]:
        """Return the header as plain values, the form that ``--json`` prints."""
        unit = self.counted_in
        return {
            "run": self.name,
            "scenario": self.scenario,
            "variant": self.variant,
            "overrides": list(self.overrides),
            "model": self.model,
            "status": self.status,
            "stop": self.stop,
            "objective": number_out(self.objective),
            "bound": number_out(self.bound),
            "counted_in": None if unit is None else {"zh": unit.zh, "en": unit.en},
            "gap": number_out(self.gap),
            "created": self.created,
            "seconds": dict(self.seconds),
        }


def read_run_header(folder: str | Path) -> RunHeader:
    """Return what the run in ``folder`` says about itself.

    Raises
    ------
    NoRunError
        If there is no run.
    RunError
        If it cannot be read, or is of another version.
    """
    place = Path(folder)
    name = shown(place.name or str(place))
    if not place.is_dir():
        raise NoRunError(T("there is no run at {place}", place=name))
    if not (place / RUN_FILE).exists():
        text = T("{place} is not a run directory: it has no {file}", place=name, file=RUN_FILE)
        raise NoRunError(text)
    content = read_bytes(place, RUN_FILE, at_most=_MAX_BYTES)
    entry = read_json(decoded(content, RUN_FILE), RUN_FILE)
    _require_version(entry)
    return _header(place, entry)


@contextmanager
def naming(folder: str | Path) -> Iterator[None]:
    """Name the run in errors about its files, where several runs or none were in sight.

    Parameters
    ----------
    folder : str or Path

    Raises
    ------
    RunError
        What was raised inside, with the name of the run before it.
    """
    try:
        yield
    except NoRunError:
        raise  # names the folder already
    except RunError as error:
        place = Path(folder)
        name = shown(place.name or str(place))
        raise RunError(T("run {run}: {reason}", run=name, reason=error.text)) from error


@dataclass(frozen=True)
class RunList:
    """The runs of a folder.

    Attributes
    ----------
    headers : tuple of RunHeader
        Oldest first.
    damaged : tuple of Finding
        A warning per run that cannot be read, its folder as the file.
    """

    headers: tuple[RunHeader, ...]
    damaged: tuple[Finding, ...]


def list_runs(root: str | Path = "runs") -> RunList:
    """Return the runs in the folder ``root``.

    Folders without a ``run.json`` and unfinished runs are no runs.

    Parameters
    ----------
    root : str or Path
    """
    place, headers, damaged = Path(root), [], []
    folders = sorted(place.iterdir()) if place.is_dir() else []
    for folder in folders:
        if folder.name.startswith(".") or not (folder / RUN_FILE).is_file():
            continue
        try:
            headers.append(read_run_header(folder))
        except RunError as error:
            text = T("this run cannot be read: {reason}", reason=error.text)
            damaged.append(Finding(Severity.WARNING, text, file=folder.name))
    headers.sort(key=lambda header: (header.created, header.name))
    return RunList(tuple(headers), tuple(damaged))


def _require_version(entry: Entry) -> None:
    if entry.at("format").value != FORMAT:
        raise run_error(RUN_FILE, 0, T("this file does not describe a run"))
    version = entry.at("schema_version").whole()
    if version != SCHEMA_VERSION:
        reason = T(
            "the run has format version {found}, this program reads {known}",
            found=version,
            known=SCHEMA_VERSION,
        )
        raise run_error(RUN_FILE, 0, reason)


def _header(folder: Path, entry: Entry) -> RunHeader:
    scenario, model = entry.at("scenario"), entry.at("model")
    return RunHeader(
        name=folder.resolve().name,
        scenario=scenario.at("id").text(),
        title=scenario.at("title").bilingual(),
        variant=scenario.at("variant").optional_text(),
        overrides=scenario.at("overrides").texts(),
        model=model.at("name").text(),
        model_sha256=model.at("sha256").text(),
        decides=model.at("decides").texts(),
        status=entry.at("status").text(),
        stop=entry.at("stop").text(),
        objective=entry.at("objective").number(),
        bound=entry.at("bound").number(),
        gap=entry.at("gap").number(),
        counted_in=entry.at("counted_in").bilingual() if entry.has("counted_in") else None,
        options=entry.at("options").map_of_numbers(),
        versions=entry.at("versions").map_of_texts(),
        inputs=tuple(_input(one) for one in entry.at("inputs").entries()),
        created=entry.at("created").text(),
        seconds=entry.at("seconds").map_of_numbers(),
        remarks=entry.at("remarks"),
        files=entry.at("files").map_of_texts(),
    )


def _input(entry: Entry) -> RunInput:
    return RunInput(entry.at("name").text(), entry.at("sha256").text(), entry.at("bytes").whole())
