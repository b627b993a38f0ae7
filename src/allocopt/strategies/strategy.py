"""What a strategy is: a way to a full plan, and what it gets to make one."""

from dataclasses import dataclass
from typing import Protocol

from allocopt.plan.plan import Plan
from allocopt.problem.problem import Problem
from allocopt.scenario.scenario import Scenario
from allocopt.solving.catalog import Formulation
from allocopt.solving.options import SolveOptions
from allocopt.solving.outcome import Watch, no_watch
from allocopt.text import Text


@dataclass(frozen=True)
class Brief:
    """What a strategy plans for, and within which limits.

    Attributes
    ----------
    scenario : Scenario
    problem : Problem
        Of the scenario.
    formulation : Formulation
        What is decided, and the model for those who solve one.
    options : SolveOptions
        Gap, time limit, threads and seed of whatever is solved.
    watch : callable
        Gets a `Progress` now and then.
    """

    scenario: Scenario
    problem: Problem
    formulation: Formulation
    options: SolveOptions
    watch: Watch = no_watch


class Strategy(Protocol):
    """A way to allocate; settings of its own are fields of the class that implements it."""

    @property
    def name(self) -> str:
        """By which it is asked for."""

    @property
    def title(self) -> Text:
        """What a reader calls it."""

    @property
    def about(self) -> Text:
        """What it does, in a sentence."""

    @property
    def source(self) -> str:
        """Paper or book; empty if there is none."""

    def plan(self, brief: Brief) -> Plan:
        """Return a full plan, judged on the true curves.

        Hard lines may be broken; the plan's lines say so.

        Raises
        ------
        ModelError, SolveError
            If what it needs cannot be solved.
        """
