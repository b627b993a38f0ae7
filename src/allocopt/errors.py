"""Every exception that allocopt raises on purpose."""

from collections.abc import Mapping

from allocopt.findings import Finding
from allocopt.text import Language, Text
from allocopt.waysout import Change, WayOut

_NO_HINT = Text("")


class AllocoptError(Exception):
    """Base of all; ``text`` is the message in the user's language.

    Parameters
    ----------
    text : Text
    """

    def __init__(self, text: Text) -> None:
        super().__init__(str(text))
        self.text = text


class ScenarioError(AllocoptError):
    """The scenario cannot be used; ``findings`` lists everything that is wrong with it.

    Parameters
    ----------
    text : Text
    findings : tuple of Finding
    """

    def __init__(self, text: Text, findings: tuple[Finding, ...] = ()) -> None:
        super().__init__(text)
        self.findings = findings

    def __str__(self) -> str:
        """Return the message followed by one line per finding."""
        lines = [
            f"{f.file}:{f.line}:{f.column}: {f.message} {f.hint}".rstrip() for f in self.findings
        ]
        return "\n".join([self.text.render(Language.ENGLISH), *lines])


class CurveError(AllocoptError, ValueError):
    """A response curve's parameters are outside their range."""


class AllocationError(AllocoptError, ValueError):
    """What is to be allocated contradicts itself: lengths, bounds, budgets."""


class FitError(AllocoptError, ValueError):
    """Data that no curve can be fitted to, or a fit asked for what its data does not say."""


class SamplingError(AllocoptError, ValueError):
    """What is to be drawn contradicts itself: a distribution, a correlation, a registry.

    Parameters
    ----------
    text : Text
        What was found and what was expected.
    parameter : str
        Which of the given values; empty if it is about several.
    hint : Text
        What is possible instead.
    """

    def __init__(self, text: Text, parameter: str = "", hint: Text = _NO_HINT) -> None:
        super().__init__(text)
        self.parameter = parameter
        self.hint = hint


class StatisticsError(AllocoptError, ValueError):
    """Outcomes that an estimate cannot be made from: too few, of another shape or design."""


class ModelError(AllocoptError):
    """A model file breaks its contract, or the scenario lacks a section that the model needs."""


class SolveError(AllocoptError):
    """The solver ended without a plan."""


class InfeasibleError(SolveError):
    """No plan satisfies every hard line; ``conflict`` names the rows that clash.

    Parameters
    ----------
    text : Text
    conflict : tuple of str
        Names of lines and limits in conflict.
    ways_out : tuple of WayOut
        Changes that make a plan possible, each verified by a plan.
    dropped : tuple of tuple of Change
        Changes with which no plan was found, even enlarged.
    cut_short : bool
        Whether time ran out before all ways out were tried.
    """

    def __init__(
        self,
        text: Text,
        conflict: tuple[str, ...] = (),
        *,
        ways_out: tuple[WayOut, ...] = (),
        dropped: tuple[tuple[Change, ...], ...] = (),
        cut_short: bool = False,
    ) -> None:
        super().__init__(text)
        self.conflict = conflict
        self.ways_out = ways_out
        self.dropped = dropped
        self.cut_short = cut_short


class NoAllocationError(InfeasibleError):
    """No allocation keeps every limit.

    Parameters
    ----------
    text : Text
    conflict : tuple of str
        Names of limits that clash.
    repairs : mapping name -> float
        By how much each of them must be loosened at least if all others stay, in its own unit;
        without those that cannot help alone.
    """

    def __init__(self, text: Text, conflict: tuple[str, ...], repairs: Mapping[str, float]) -> None:
        super().__init__(text, conflict)
        self.repairs = repairs


class NoPlanInTimeError(SolveError):
    """A limit ended the search before the first plan was found."""


class RunError(AllocoptError):
    """A run directory is missing, unreadable, or not of this version."""


class NoRunError(RunError):
    """There is no run directory at the place."""


class UsageError(AllocoptError):
    """The call itself is wrong: an unknown name, an option out of range."""


class BoundError(UsageError):
    """A bound of a line is not of the kind that its expression counts.

    Parameters
    ----------
    text : Text
    field : str
        Which bound of the line: at_least, at_most or equals.
    """

    def __init__(self, text: Text, field: str) -> None:
        super().__init__(text)
        self.field = field
