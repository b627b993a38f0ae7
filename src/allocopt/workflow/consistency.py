"""Whether the lines of a scenario agree: what each key figure can be while the others hold."""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from allocopt.arrays import FloatArray
from allocopt.declare.affine import Affine
from allocopt.declare.lines import Totals
from allocopt.declare.pieces import exact_pieces, outer_pieces
from allocopt.errors import ModelError, UsageError
from allocopt.measures.decisions import current_decisions
from allocopt.measures.lines import Line, compile_lines, judge_line
from allocopt.measures.numbers import evaluate
from allocopt.plan.kinds import Kind
from allocopt.plan.wording import expression_kind
from allocopt.problem import build_problem
from allocopt.problem.problem import Problem
from allocopt.scenario.scenario import Scenario
from allocopt.scenario.schema.limits import LineKind
from allocopt.solving.catalog import Formulation, load_formulation
from allocopt.solving.highs import LiveModel
from allocopt.solving.kpi import ANYTHING, Fraction, Interval, KpiProgram, Standing
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Progress, Watch, no_watch
from allocopt.text import Bilingual, T


@dataclass(frozen=True)
class KpiRow:
    """A line and what its key figure can be.

    Attributes
    ----------
    line : Line
    title : Bilingual
    counts : Kind
        What the numbers of this row count.
    range : Interval
        Of the line's expression (元, accounts, heads, fractions of 1) while the lines in force
        hold, this one aside. It contains the true range: the model is relaxed.
    standing : Standing
    off : float
        By how much the bound is out of reach, in the expression's unit; 0 where it is not.
    trend : float
        What the expression is if nothing is decided: spend and people as they are now.
    """

    line: Line
    title: Bilingual
    counts: Kind
    range: Interval
    standing: Standing
    off: float
    trend: float


@dataclass(frozen=True)
class Consistency:
    """How the lines of a scenario stand to each other.

    Attributes
    ----------
    problem : Problem
    rows : tuple of KpiRow, in file order
    given : Line or None
        The line that is in force beside the others and whose demands the ranges are.
    in_force : tuple of str
        Names of the lines that hold, each aside in its own row.
    feasible : bool
        Whether they can hold together, as far as the relaxed model tells. False too where a line
        in force that no decision moves breaks its bound.
    asked : int
        Rows whose range was asked for before the time limit or Ctrl-C; the rest is not known.
    """

    problem: Problem
    rows: tuple[KpiRow, ...]
    given: Line | None
    in_force: tuple[str, ...]
    feasible: bool
    asked: int


def consistency(
    scenario: Scenario,
    lines: Sequence[str] | None = None,
    *,
    given: str | None = None,
    every: bool = False,
    model: str = "joint",
    time_limit: float = 600.0,
    watch: Watch = no_watch,
) -> Consistency:
    """Return the range of each line's key figure while the other lines hold.

    Parameters
    ----------
    scenario : Scenario
    lines : sequence of str or None
        Lines to report, by id or by full name. None for all that are not split by unit or
        period.
    given : str or None
        A line that is to hold too, whatever its kind: ranges then are what it asks of others.
    every : bool
        Let soft and report-only lines hold too, those among ``lines``.
    model : str
        Name or path of the model whose identities tie the measures.
    time_limit : float
        Seconds for all ranges; lines after it, and after Ctrl-C, have no known range.
    watch : callable

    Raises
    ------
    UsageError
        If there is no such line; it names the nearest.
    ModelError
        If the model declares no lines.
    """
    problem = build_problem(scenario.data)
    compiled = compile_lines(problem)
    chosen = _chosen(compiled, lines)
    asked = None if given is None else _only(compiled, given)
    wanted = {line.name for line in chosen} if every else set()
    in_force = tuple(
        line.name
        for line in compiled
        if line.kind is LineKind.HARD or line.name in wanted or line is asked
    )
    kept = [line for line in compiled if line in chosen or line.name in in_force]
    options = SolveOptions(time_limit=time_limit)
    kpis = _program(problem, load_formulation(model), kept, options)
    kpis.enforce(in_force)
    feasible = kpis.feasible()
    shown = [(line, one) for line, one in zip(kept, kpis.fractions, strict=True) if line in chosen]
    found = _intervals(
        kpis, [one for _, one in shown], in_force, time_limit=time_limit, watch=watch
    )
    rest = [ANYTHING] * (len(shown) - len(found))
    pairs = zip((line for line, _ in shown), [*found, *rest], strict=True)
    rows = _rows(problem, list(pairs), {one.name for _, one in shown if one.fixed})
    broken = any(row.standing is Standing.FIXED and row.line.name in in_force for row in rows)
    return Consistency(problem, rows, asked, in_force, feasible and not broken, len(found))


def _intervals(
    kpis: KpiProgram,
    fractions: Sequence[Fraction],
    in_force: Sequence[str],
    *,
    time_limit: float,
    watch: Watch,
) -> list[Interval]:
    """Return the figures' ranges, each aside, until the time limit or Ctrl-C."""
    since, found = time.monotonic(), list[Interval]()
    try:
        for number, one in enumerate(fractions, start=1):
            if time.monotonic() - since > time_limit:
                break
            told = f"{number}/{len(fractions)} {one.name}"
            watch(Progress(told, time.monotonic() - since, np.nan, np.nan))
            kpis.enforce([name for name in in_force if name != one.name])
            found.append(kpis.interval(one))
    except KeyboardInterrupt:
        pass  # what is done is reported, the rest as not known
    return found


def _rows(
    problem: Problem, intervals: Sequence[tuple[Line, Interval]], fixed: Collection[str]
) -> tuple[KpiRow, ...]:
    measures = evaluate(problem, current_decisions(problem))
    titles = {spec.id: spec.title() for spec in problem.lines}
    return tuple(
        KpiRow(
            line,
            titles[line.spec],
            expression_kind(line.expression),
            interval,
            _standing(line, interval, fixed),
            0.0 if interval.empty else interval.off(line.sense, line.bound),
            judge_line(problem, line, measures).lhs,
        )
        for line, interval in intervals
    )


def _standing(line: Line, interval: Interval, fixed: Collection[str]) -> Standing:
    found = interval.standing(line.sense, line.bound)
    broken = found is Standing.CONFLICT and line.name in fixed
    return Standing.FIXED if broken else found


def _chosen(compiled: Sequence[Line], names: Collection[str] | None) -> tuple[Line, ...]:
    if names is None:
        return tuple(line for line in compiled if not _split(line))
    wanted = [line for name in names for line in _named(compiled, name)]
    return tuple(line for line in compiled if line in wanted)


def _split(line: Line) -> bool:
    """Whether a line is one of several, by unit or period (two bounds are no split)."""
    return line.name not in (line.spec, f"{line.spec}[min]", f"{line.spec}[max]")


def _named(compiled: Sequence[Line], name: str) -> list[Line]:
    """Return the lines of an id or full name.

    Raises
    ------
    UsageError
    """
    found = [line for line in compiled if name in (line.name, line.spec)]
    if found:
        return found
    known = [*dict.fromkeys(line.spec for line in compiled), *(line.name for line in compiled)]
    near = get_close_matches(name, known, n=1)
    if near:
        raise UsageError(
            T("there is no line {name}; did you mean {near}?", name=name, near=near[0])
        )
    every = ", ".join(dict.fromkeys(line.spec for line in compiled)) or "-"
    raise UsageError(T("there is no line {name}; there are: {known}", name=name, known=every))


def _only(compiled: Sequence[Line], name: str) -> Line:
    found = _named(compiled, name)
    if len(found) > 1:
        names = ", ".join(line.name for line in found[:5])
        raise UsageError(
            T(
                "{name} is {count} lines; take one, such as {names}",
                name=name,
                count=len(found),
                names=names,
            )
        )
    return found[0]


def _program(
    problem: Problem, formulation: Formulation, lines: Sequence[Line], options: SolveOptions
) -> KpiProgram:
    """Return the model's relaxation without its lines, and the lines as key figures over it."""
    placements = problem.placements
    spends = "spend" in formulation.decides
    pieces = (
        outer_pieces(placements, points=options.points)
        if spends
        else exact_pieces(placements, placements.current)
    )
    model = formulation.build(problem, pieces)
    declared = getattr(model, "allocopt_bounds", None)
    totals: Totals | None = None if declared is None else declared.totals
    if totals is None:
        raise ModelError(
            T("the model {model} declares no lines: it ties no key figures", model=formulation.name)
        )
    for constraint, _ in model.allocopt_lines.values():
        model.component(constraint).deactivate()
    parts = [_parts(totals, line) for line in lines]
    live = LiveModel(model, options)
    live.goals = live.goals[:1]
    program, variables = live.arrays()
    place = {id(variable): number for number, variable in enumerate(variables)}
    fractions = [
        _fraction(line, top_and_bottom, place)
        for line, top_and_bottom in zip(lines, parts, strict=True)
    ]
    return KpiProgram(
        program,
        fractions,
        threads=options.threads,
        seed=options.seed,
        time_limit=options.time_limit,
    )


def _parts(totals: Totals, line: Line) -> tuple[Affine, Affine | None]:
    under = line.expression.denominator
    top = totals.form(line.expression.numerator, line.stretch)
    return top, None if under is None else totals.form(under, line.stretch)


def _fraction(line: Line, parts: tuple[Affine, Affine | None], place: dict[int, int]) -> Fraction:
    top, bottom = parts
    above, plus = _vector(top, place)
    below, constant = (np.zeros_like(above), 1.0) if bottom is None else _vector(bottom, place)
    return Fraction(line.name, above, below, (plus, constant), line.sense, line.bound)


def _vector(form: Affine, place: dict[int, int]) -> tuple[FloatArray, float]:
    """Return a form's coefficients by column of the program, and its constant."""
    vector, coefficients = np.zeros(len(place)), form.coefficients()
    for column, value in zip(coefficients.indices.tolist(), coefficients.data, strict=True):
        vector[place[id(form.columns.variables[column])]] += value
    return vector, float(form.constant)
