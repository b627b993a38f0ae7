"""The report of a stress test: what a plan is worth when the world moves."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from allocopt.scenario.schema.uncertainty import Precision
from allocopt.simulation.columns import DrawnColumns


@dataclass(frozen=True)
class LineOutlook:
    """How a line fares.

    Attributes
    ----------
    name : str
    p_met : float
        Probability that it is met.
    low, high : float
        Interval of it at 95 %.
    cvar_shortfall : float
        Mean shortfall in the worst twentieth of futures, in the numerator's unit.
    p5, p50, p95 : float
        Quantiles of the left side.
    """

    name: str
    p_met: float
    low: float
    high: float
    cvar_shortfall: float
    p5: float
    p50: float
    p95: float


@dataclass(frozen=True)
class MeasureOutlook:
    """How a measure fares over the horizon.

    Attributes
    ----------
    name : str
        Its expression.
    mean : float
    low, high : float
        Interval of the mean at 95 %.
    p5, p50, p95 : float
    """

    name: str
    mean: float
    low: float
    high: float
    p5: float
    p50: float
    p95: float


@dataclass(frozen=True)
class FanRow:
    """Revenue from the start to the end of a period over all futures, 元.

    Attributes
    ----------
    period : str
    p5, p25, p50, p75, p95 : float
    """

    period: str
    p5: float
    p25: float
    p50: float
    p75: float
    p95: float


@dataclass(frozen=True)
class Pull:
    """How strongly a driver or an event goes with an outcome.

    Attributes
    ----------
    driver : str
    outcome : str
        A line, or a measure's expression.
    rank : float
        Spearman's correlation.
    """

    driver: str
    outcome: str
    rank: float


@dataclass(frozen=True)
class StressOutcome:
    """What the plan comes to in a named stress.

    Attributes
    ----------
    stress : str
    impossible : str
        What has a number that cannot be; empty if nothing.
    missed : tuple of str
        Lines that are missed.
    totals : mapping from reported expression to its value
    """

    stress: str
    impossible: str
    missed: tuple[str, ...]
    totals: Mapping[str, float]


@dataclass(frozen=True)
class BreakPart:
    """A driver's or a common factor's part in a joint shock.

    Attributes
    ----------
    cause : str
    deviations : float
        In standard deviations; those of all parts, squared and summed, are the size squared.
    share : float
        Of the squared size.
    """

    cause: str
    deviations: float
    share: float


@dataclass(frozen=True)
class LineBreak:
    """The smallest joint shock that breaks a line.

    Attributes
    ----------
    line : str
        Of a line of many parts the one that is least likely met.
    distance : float
        Standard deviations; 0 if it is missed with every driver at its median, infinite if no
        shock within ``reach`` was found that breaks it.
    reach : float
        How far out was searched.
    broken : bool
        Whether the line is missed in the replay of the shock.
    lhs : float
        Its left side there; NaN without a shock.
    parts : tuple of BreakPart
        The largest first.
    """

    line: str
    distance: float
    reach: float
    broken: bool
    lhs: float
    parts: tuple[BreakPart, ...]


@dataclass(frozen=True)
class Address:
    """One future of a run: with the seed, all that is needed to replay it."""

    replicate: int
    index: int


@dataclass(frozen=True)
class StressReport:
    """What a stress test found.

    Attributes
    ----------
    lines : tuple of LineOutlook
    measures : tuple of MeasureOutlook
    fan : tuple of FanRow
    pulls : tuple of Pull
    stresses : tuple of StressOutcome
    worst : tuple of Address
        Worst futures first.
    impossible : mapping from target to the number of futures in which its number cannot be
        They count as misses of every line.
    draws, replicates, seed : int
    precision : Precision
    precision_reached : bool
    seconds : float
    columns : DrawnColumns
    resumed : int
        Futures that were kept by a test that was stopped.
    damaged : tuple of str
        Parts of that test that could not be read; their futures were played again.
    breaks : tuple of LineBreak
        Per line of the scenario; empty where it was not asked for.
    """

    lines: tuple[LineOutlook, ...]
    measures: tuple[MeasureOutlook, ...]
    fan: tuple[FanRow, ...]
    pulls: tuple[Pull, ...]
    stresses: tuple[StressOutcome, ...]
    worst: tuple[Address, ...]
    impossible: Mapping[str, int]
    draws: int
    replicates: int
    seed: int
    precision: Precision
    precision_reached: bool
    seconds: float
    columns: DrawnColumns = field(repr=False)
    resumed: int = 0
    damaged: tuple[str, ...] = ()
    breaks: tuple[LineBreak, ...] = ()
